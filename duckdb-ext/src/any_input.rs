//! A data chunk whose vectors have the types of the user's columns: DuckDB has cast nothing.
//!
//! Aggregates take every argument as ANY. That lets one overload serve arguments that are left out, times of every kind, and
//! structs, and lets a wrong type be answered with a sample of what was given.

use crate::logical_type::LogicalType;
use crate::options::{decimal, read};
use crate::vector::Vector;
use huntsql_kernels::input::Input;
use huntsql_kernels::options::Value;
use huntsql_kernels::types::ArgType;
use libduckdb_sys as ffi;
use std::borrow::Cow;

/// The arguments of one chunk.
pub(crate) struct AnyInput {
    args: Vec<Typed>,
}

/// A vector and what is in it.
struct Typed {
    vector: Vector,
    ty: LogicalType,
    id: ffi::duckdb_type,
    /// The elements of a list.
    child: Option<Box<Typed>>,
}

impl Typed {
    /// # Safety
    /// `vector` is live and flat.
    unsafe fn new(vector: Vector) -> Self {
        // SAFETY: the caller's promise; a list's child lives as long.
        unsafe {
            let ty = vector.logical_type();
            let id = ty.id();
            let child = (id == ffi::DUCKDB_TYPE_DUCKDB_TYPE_LIST).then(|| Box::new(Self::new(vector.list_child())));
            Self { vector, ty, id, child }
        }
    }

    fn is_null_type(&self) -> bool {
        self.id == ffi::DUCKDB_TYPE_DUCKDB_TYPE_SQLNULL
    }

    fn is_number(&self) -> bool {
        matches!(
            self.id,
            ffi::DUCKDB_TYPE_DUCKDB_TYPE_TINYINT
                | ffi::DUCKDB_TYPE_DUCKDB_TYPE_SMALLINT
                | ffi::DUCKDB_TYPE_DUCKDB_TYPE_INTEGER
                | ffi::DUCKDB_TYPE_DUCKDB_TYPE_BIGINT
                | ffi::DUCKDB_TYPE_DUCKDB_TYPE_HUGEINT
                | ffi::DUCKDB_TYPE_DUCKDB_TYPE_UTINYINT
                | ffi::DUCKDB_TYPE_DUCKDB_TYPE_USMALLINT
                | ffi::DUCKDB_TYPE_DUCKDB_TYPE_UINTEGER
                | ffi::DUCKDB_TYPE_DUCKDB_TYPE_UBIGINT
                | ffi::DUCKDB_TYPE_DUCKDB_TYPE_FLOAT
                | ffi::DUCKDB_TYPE_DUCKDB_TYPE_DOUBLE
                | ffi::DUCKDB_TYPE_DUCKDB_TYPE_DECIMAL
        )
    }

    fn is_integer(&self) -> bool {
        self.is_number()
            && !matches!(
                self.id,
                ffi::DUCKDB_TYPE_DUCKDB_TYPE_FLOAT | ffi::DUCKDB_TYPE_DUCKDB_TYPE_DOUBLE | ffi::DUCKDB_TYPE_DUCKDB_TYPE_DECIMAL
            )
    }

    fn is_time(&self) -> bool {
        matches!(
            self.id,
            ffi::DUCKDB_TYPE_DUCKDB_TYPE_TIMESTAMP
                | ffi::DUCKDB_TYPE_DUCKDB_TYPE_TIMESTAMP_TZ
                | ffi::DUCKDB_TYPE_DUCKDB_TYPE_TIMESTAMP_TZ_NS
                | ffi::DUCKDB_TYPE_DUCKDB_TYPE_TIMESTAMP_S
                | ffi::DUCKDB_TYPE_DUCKDB_TYPE_TIMESTAMP_MS
                | ffi::DUCKDB_TYPE_DUCKDB_TYPE_TIMESTAMP_NS
                | ffi::DUCKDB_TYPE_DUCKDB_TYPE_DATE
        )
    }

    /// Whether the values can be read as `wanted`.
    fn fits(&self, wanted: ArgType) -> bool {
        let is = |id: ffi::duckdb_type| self.id == id;
        self.is_null_type()
            || match wanted {
                ArgType::Text => is(ffi::DUCKDB_TYPE_DUCKDB_TYPE_VARCHAR),
                ArgType::Bool => is(ffi::DUCKDB_TYPE_DUCKDB_TYPE_BOOLEAN),
                ArgType::Int => self.is_integer(),
                ArgType::Float => self.is_number(),
                ArgType::Time => self.is_time(),
                ArgType::FloatList => self.child.as_ref().is_some_and(|child| child.is_number() || child.is_null_type()),
                ArgType::TextList => self.child.as_ref().is_some_and(|child| child.fits(ArgType::Text)),
                ArgType::Json => matches!(
                    self.id,
                    ffi::DUCKDB_TYPE_DUCKDB_TYPE_STRUCT
                        | ffi::DUCKDB_TYPE_DUCKDB_TYPE_MAP
                        | ffi::DUCKDB_TYPE_DUCKDB_TYPE_LIST
                        | ffi::DUCKDB_TYPE_DUCKDB_TYPE_VARCHAR
                ),
            }
    }

    /// # Safety
    /// The vector has more than `row` rows.
    unsafe fn float(&self, row: usize) -> Option<f64> {
        let vector = self.vector;
        // SAFETY: the caller's promise; each read is of the type that the vector has.
        unsafe {
            match self.id {
                ffi::DUCKDB_TYPE_DUCKDB_TYPE_DOUBLE => vector.value::<f64>(row),
                ffi::DUCKDB_TYPE_DUCKDB_TYPE_FLOAT => vector.value::<f32>(row).map(f64::from),
                ffi::DUCKDB_TYPE_DUCKDB_TYPE_DECIMAL => match decimal(vector, row, &self.ty) {
                    Value::Float(value) => Some(value),
                    _ => None,
                },
                ffi::DUCKDB_TYPE_DUCKDB_TYPE_UBIGINT => vector.value::<u64>(row).map(|value| value as f64),
                // Two words, the lower first: the layout of an i128.
                ffi::DUCKDB_TYPE_DUCKDB_TYPE_HUGEINT => vector.value::<i128>(row).map(|value| value as f64),
                _ => self.int(row).map(|value| value as f64),
            }
        }
    }

    /// # Safety
    /// The vector has more than `row` rows.
    unsafe fn int(&self, row: usize) -> Option<i64> {
        let vector = self.vector;
        // SAFETY: as for `float`.
        unsafe {
            match self.id {
                ffi::DUCKDB_TYPE_DUCKDB_TYPE_BIGINT => vector.value::<i64>(row),
                ffi::DUCKDB_TYPE_DUCKDB_TYPE_INTEGER => vector.value::<i32>(row).map(i64::from),
                ffi::DUCKDB_TYPE_DUCKDB_TYPE_SMALLINT => vector.value::<i16>(row).map(i64::from),
                ffi::DUCKDB_TYPE_DUCKDB_TYPE_TINYINT => vector.value::<i8>(row).map(i64::from),
                ffi::DUCKDB_TYPE_DUCKDB_TYPE_UTINYINT => vector.value::<u8>(row).map(i64::from),
                ffi::DUCKDB_TYPE_DUCKDB_TYPE_USMALLINT => vector.value::<u16>(row).map(i64::from),
                ffi::DUCKDB_TYPE_DUCKDB_TYPE_UINTEGER => vector.value::<u32>(row).map(i64::from),
                ffi::DUCKDB_TYPE_DUCKDB_TYPE_UBIGINT => vector.value::<u64>(row).and_then(|value| i64::try_from(value).ok()),
                ffi::DUCKDB_TYPE_DUCKDB_TYPE_HUGEINT => vector.value::<i128>(row).and_then(|value| i64::try_from(value).ok()),
                _ => None,
            }
        }
    }

    /// Microseconds since 1970. Infinity, which DuckDB writes as the largest number, is no time.
    ///
    /// # Safety
    /// The vector has more than `row` rows.
    unsafe fn time(&self, row: usize) -> Option<i64> {
        let vector = self.vector;
        // SAFETY: as for `float`.
        let value = unsafe {
            match self.id {
                ffi::DUCKDB_TYPE_DUCKDB_TYPE_DATE => {
                    let days = vector.value::<i32>(row).filter(|days| *days != i32::MAX && *days != -i32::MAX)?;
                    return i64::from(days).checked_mul(86_400_000_000);
                }
                _ => vector.value::<i64>(row).filter(|value| *value != i64::MAX && *value != -i64::MAX)?,
            }
        };
        match self.id {
            ffi::DUCKDB_TYPE_DUCKDB_TYPE_TIMESTAMP_S => value.checked_mul(1_000_000),
            ffi::DUCKDB_TYPE_DUCKDB_TYPE_TIMESTAMP_MS => value.checked_mul(1000),
            ffi::DUCKDB_TYPE_DUCKDB_TYPE_TIMESTAMP_NS | ffi::DUCKDB_TYPE_DUCKDB_TYPE_TIMESTAMP_TZ_NS => Some(value.div_euclid(1000)),
            _ => Some(value),
        }
    }

    /// Bounds of the list in `row`.
    ///
    /// # Safety
    /// The vector is a list with more than `row` rows.
    unsafe fn bounds(&self, row: usize) -> Option<std::ops::Range<usize>> {
        // SAFETY: the caller's promise.
        let entry = unsafe { self.vector.value::<ffi::duckdb_list_entry>(row) }?;
        let start = usize::try_from(entry.offset).ok()?;
        Some(start..start.checked_add(usize::try_from(entry.length).ok()?)?)
    }
}

impl AnyInput {
    /// The first `count` vectors of `chunk`.
    ///
    /// # Safety
    /// `chunk` has as many vectors, flat, and outlives the value.
    pub(crate) unsafe fn new(chunk: ffi::duckdb_data_chunk, count: usize) -> Self {
        // SAFETY: the caller's promise.
        let typed = |index: usize| unsafe { Typed::new(Vector::new(ffi::duckdb_data_chunk_get_vector(chunk, index as u64))) };
        Self { args: (0..count).map(typed).collect() }
    }

    /// The first argument that has another type than `types` ask for: its place, and what it holds.
    pub(crate) fn misfit(&self, types: &[ArgType], rows: usize) -> Option<(usize, String)> {
        let (index, arg) =
            self.args.iter().zip(types).enumerate().find(|(_, (arg, ty))| !arg.fits(**ty)).map(|(index, (arg, _))| (index, arg))?;
        // SAFETY: rows are those of the chunk.
        let sample = (0..rows).map(|row| unsafe { read(arg.vector, row, 0) }).find(|value| *value != Value::Null);
        Some((index, sample.unwrap_or(Value::Null).to_string()))
    }
}

// SAFETY of the blocks below: rows come from the chunk's own size, and each vector is read as the type it has.
impl Input for AnyInput {
    fn text(&self, arg: usize, row: usize) -> Option<&str> {
        let arg = self.args.get(arg).filter(|arg| arg.id == ffi::DUCKDB_TYPE_DUCKDB_TYPE_VARCHAR)?;
        // SAFETY: see the impl.
        unsafe { arg.vector.text(row) }
    }

    fn int(&self, arg: usize, row: usize) -> Option<i64> {
        // SAFETY: see the impl.
        self.args.get(arg).and_then(|arg| unsafe { arg.int(row) })
    }

    fn float(&self, arg: usize, row: usize) -> Option<f64> {
        // SAFETY: see the impl.
        self.args.get(arg).and_then(|arg| unsafe { arg.float(row) })
    }

    fn bool(&self, arg: usize, row: usize) -> Option<bool> {
        let arg = self.args.get(arg).filter(|arg| arg.id == ffi::DUCKDB_TYPE_DUCKDB_TYPE_BOOLEAN)?;
        // SAFETY: see the impl. Read as a byte: any value but 0 is true.
        unsafe { arg.vector.value::<u8>(row).map(|byte| byte != 0) }
    }

    fn text_list(&self, arg: usize, row: usize) -> Option<Vec<Option<&str>>> {
        let arg = self.args.get(arg)?;
        let child = arg.child.as_ref()?;
        let is_text = child.id == ffi::DUCKDB_TYPE_DUCKDB_TYPE_VARCHAR;
        // SAFETY: see the impl; an entry points into the child vector.
        unsafe { arg.bounds(row).map(|bounds| bounds.map(|index| if is_text { child.vector.text(index) } else { None }).collect()) }
    }

    fn time(&self, arg: usize, row: usize) -> Option<i64> {
        // SAFETY: see the impl.
        self.args.get(arg).filter(|arg| arg.is_time()).and_then(|arg| unsafe { arg.time(row) })
    }

    fn float_list(&self, arg: usize, row: usize, into: &mut Vec<f64>) -> bool {
        let Some(arg) = self.args.get(arg) else { return false };
        let Some(child) = &arg.child else { return false };
        // SAFETY: see the impl; an entry points into the child vector.
        let Some(bounds) = (unsafe { arg.bounds(row) }) else { return false };
        // SAFETY: as above.
        into.extend(bounds.map(|index| unsafe { child.float(index) }.unwrap_or(f64::NAN)));
        true
    }

    fn json(&self, arg: usize, row: usize) -> Option<Cow<'_, str>> {
        let arg = self.args.get(arg)?;
        if arg.id == ffi::DUCKDB_TYPE_DUCKDB_TYPE_VARCHAR {
            // SAFETY: see the impl.
            return unsafe { arg.vector.text(row) }.map(Cow::Borrowed);
        }
        // SAFETY: see the impl.
        match unsafe { read(arg.vector, row, 0) } {
            Value::Null => None,
            value => Some(Cow::Owned(value.to_json())),
        }
    }
}
