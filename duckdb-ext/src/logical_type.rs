//! Logical types, destroyed when dropped.

use huntsql_kernels::types::{ArgType, SqlType};
use libduckdb_sys as ffi;
use std::ffi::CString;

/// An owned logical type.
pub(crate) struct LogicalType(ffi::duckdb_logical_type);

impl LogicalType {
    /// A type without parameters.
    pub(crate) fn plain(id: ffi::duckdb_type) -> Self {
        // SAFETY: any id gives a type.
        Self(unsafe { ffi::duckdb_create_logical_type(id) })
    }

    /// Takes over a type that the C API created for us.
    ///
    /// # Safety
    /// `raw` is a live logical type that nobody else destroys.
    pub(crate) unsafe fn own(raw: ffi::duckdb_logical_type) -> Self {
        Self(raw)
    }

    /// Accepts any type as it is: for the options struct, whose fields the user chooses.
    pub(crate) fn any() -> Self {
        Self::plain(ffi::DUCKDB_TYPE_DUCKDB_TYPE_ANY)
    }

    /// A list of structs of these fields.
    pub(crate) fn list_of_struct(fields: &[(&str, SqlType)]) -> Self {
        Self::list(&Self::structure(fields))
    }

    fn list(element: &Self) -> Self {
        // SAFETY: the element type is live; DuckDB copies it.
        Self(unsafe { ffi::duckdb_create_list_type(element.0) })
    }

    /// Type of an argument.
    pub(crate) fn argument(ty: ArgType) -> Self {
        match ty {
            ArgType::Text | ArgType::Prose => Self::result(&SqlType::Text),
            ArgType::Int => Self::result(&SqlType::Int),
            ArgType::Float => Self::result(&SqlType::Float),
            ArgType::Bool => Self::result(&SqlType::Bool),
            ArgType::TextList => Self::result(&SqlType::List(&SqlType::Text)),
            ArgType::FloatList => Self::result(&SqlType::List(&SqlType::Float)),
            ArgType::Time => Self::result(&SqlType::Time),
            ArgType::TimeOrText | ArgType::Json | ArgType::Key | ArgType::Shown | ArgType::Columns => Self::any(),
        }
    }

    /// Type of a result.
    pub(crate) fn result(ty: &SqlType) -> Self {
        match ty {
            SqlType::Text => Self::plain(ffi::DUCKDB_TYPE_DUCKDB_TYPE_VARCHAR),
            SqlType::Int => Self::plain(ffi::DUCKDB_TYPE_DUCKDB_TYPE_BIGINT),
            SqlType::Float => Self::plain(ffi::DUCKDB_TYPE_DUCKDB_TYPE_DOUBLE),
            SqlType::Bool => Self::plain(ffi::DUCKDB_TYPE_DUCKDB_TYPE_BOOLEAN),
            SqlType::Blob => Self::plain(ffi::DUCKDB_TYPE_DUCKDB_TYPE_BLOB),
            SqlType::Time => Self::plain(ffi::DUCKDB_TYPE_DUCKDB_TYPE_TIMESTAMP),
            SqlType::List(element) => Self::list(&Self::result(element)),
            SqlType::Struct(fields) => Self::structure(fields),
            SqlType::Map => {
                let text = Self::result(&SqlType::Text);
                // SAFETY: both types are live; DuckDB copies them.
                Self(unsafe { ffi::duckdb_create_map_type(text.0, text.0) })
            }
        }
    }

    /// A struct of these fields.
    pub(crate) fn structure(fields: &[(&str, SqlType)]) -> Self {
        let types: Vec<Self> = fields.iter().map(|(_, ty)| Self::result(ty)).collect();
        let names: Vec<CString> = fields.iter().map(|(name, _)| CString::new(*name).unwrap_or_default()).collect();
        let mut raw_types: Vec<_> = types.iter().map(|ty| ty.0).collect();
        let mut raw_names: Vec<_> = names.iter().map(|name| name.as_ptr()).collect();
        // SAFETY: both arrays have `fields.len()` live entries; DuckDB copies them.
        Self(unsafe { ffi::duckdb_create_struct_type(raw_types.as_mut_ptr(), raw_names.as_mut_ptr(), fields.len() as u64) })
    }

    /// The C handle.
    pub(crate) fn raw(&self) -> ffi::duckdb_logical_type {
        self.0
    }

    /// Which type it is.
    pub(crate) fn id(&self) -> ffi::duckdb_type {
        // SAFETY: the type is live.
        unsafe { ffi::duckdb_get_type_id(self.0) }
    }
}

impl Drop for LogicalType {
    fn drop(&mut self) {
        // SAFETY: ours, destroyed once.
        unsafe { ffi::duckdb_destroy_logical_type(&mut self.0) };
    }
}
