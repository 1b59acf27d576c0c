//! A scalar kernel as a DuckDB function.

use crate::connection::Connection;
use crate::error::{Error, Result};
use crate::input::ChunkInput;
use crate::logical_type::LogicalType;
use crate::options;
use crate::output;
use crate::vector::Vector;
use huntsql_kernels::column::Column;
use huntsql_kernels::error::KernelError;
use huntsql_kernels::guard::guard;
use huntsql_kernels::kernel::{ScalarKernel, run, signature};
use huntsql_kernels::options::{Memo, Options};
use libduckdb_sys as ffi;
use std::ffi::{CString, c_void};
use std::sync::Arc;

/// Registers kernel `K` under `name`: one overload without and, where it has any, one with options.
pub(crate) fn register<K: ScalarKernel>(connection: &Connection, name: &str) -> Result<()> {
    let name_c = CString::new(name).map_err(|_| Error::Internal(format!("NUL in the name of {}", K::SPEC.name)))?;
    // SAFETY: every handle is created here, handed to DuckDB (which copies) and destroyed here.
    let state = unsafe {
        let mut set = ffi::duckdb_create_scalar_function_set(name_c.as_ptr());
        let overloads: &[bool] = if K::Options::FIELDS.is_empty() { &[false] } else { &[false, true] };
        for with_options in overloads {
            let mut function = overload::<K>(&name_c, *with_options);
            ffi::duckdb_add_scalar_function_to_set(set, function);
            ffi::duckdb_destroy_scalar_function(&mut function);
        }
        let state = ffi::duckdb_register_scalar_function_set(connection.raw(), set);
        ffi::duckdb_destroy_scalar_function_set(&mut set);
        state
    };
    if state == ffi::DuckDBSuccess { Ok(()) } else { Err(Error::Load(format!("DuckDB refused the function {name}"))) }
}

/// # Safety
/// The C API is ready; the caller destroys the handle.
unsafe fn overload<K: ScalarKernel>(name: &CString, with_options: bool) -> ffi::duckdb_scalar_function {
    let signature = signature::<K>();
    // SAFETY: the caller's promise; types are copied by DuckDB, the memo is freed by `drop_memo`.
    unsafe {
        let function = ffi::duckdb_create_scalar_function();
        ffi::duckdb_scalar_function_set_name(function, name.as_ptr());
        for ty in signature.args {
            ffi::duckdb_scalar_function_add_parameter(function, LogicalType::argument(*ty).raw());
        }
        if with_options {
            ffi::duckdb_scalar_function_add_parameter(function, LogicalType::any().raw());
        }
        ffi::duckdb_scalar_function_set_return_type(function, LogicalType::result(&signature.result).raw());
        // NULL arguments reach us: an optional one may mean something, and NULL options are the defaults.
        ffi::duckdb_scalar_function_set_special_handling(function);
        if K::IS_REMOTE {
            // What asks others is not asked while the statement is planned.
            ffi::duckdb_scalar_function_set_volatile(function);
        }
        let memo: Box<Memo<K::Options>> = Box::default();
        ffi::duckdb_scalar_function_set_extra_info(function, Box::into_raw(memo).cast(), Some(drop_memo::<K>));
        ffi::duckdb_scalar_function_set_function(function, Some(output::through(call::<K>)));
        function
    }
}

unsafe extern "C" fn drop_memo<K: ScalarKernel>(memo: *mut c_void) {
    // SAFETY: made by Box::into_raw in `overload`, freed once by DuckDB.
    let _ = guard(|| drop(unsafe { Box::from_raw(memo.cast::<Memo<K::Options>>()) }));
}

unsafe extern "C-unwind" fn call<K: ScalarKernel>(
    info: ffi::duckdb_function_info,
    chunk: ffi::duckdb_data_chunk,
    result: ffi::duckdb_vector,
) {
    // SAFETY: DuckDB calls with live handles of the registered types.
    unsafe { output::answer(info, K::SPEC.name, result, || compute::<K>(info, chunk)) };
}

/// # Safety
/// As for [`call`].
unsafe fn compute<K: ScalarKernel>(
    info: ffi::duckdb_function_info,
    chunk: ffi::duckdb_data_chunk,
) -> std::result::Result<Column, KernelError> {
    let types = signature::<K>().args;
    // SAFETY: the caller's promise; the memo lives as long as the function.
    unsafe {
        let rows = usize::try_from(ffi::duckdb_data_chunk_get_size(chunk)).unwrap_or(0);
        let has_options = ffi::duckdb_data_chunk_get_column_count(chunk) > types.len() as u64;
        let options = if has_options {
            let vector = Vector::new(ffi::duckdb_data_chunk_get_vector(chunk, types.len() as u64));
            let value = options::constant(vector, rows).ok_or_else(|| KernelError::BadArgument {
                function: K::SPEC.name,
                argument: "options",
                problem: "must be a constant, such as {'name': 'value'}".to_owned(),
            })?;
            let memo: *const Memo<K::Options> = ffi::duckdb_scalar_function_get_extra_info(info).cast();
            match memo.as_ref() {
                Some(memo) => memo.parse(K::SPEC.name, &value)?,
                None => Arc::new(huntsql_kernels::options::parse(K::SPEC.name, &value)?),
            }
        } else {
            Arc::default()
        };
        run::<K>(&ChunkInput::new(types, chunk), rows, &options)
    }
}
