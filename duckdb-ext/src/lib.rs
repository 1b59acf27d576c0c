//! `LOAD huntsql`: huntsql's functions inside DuckDB.
//!
//! Built on the stable v1 C API (`C_STRUCT`, v1.2.0) through `libduckdb-sys` alone, so that one binary loads in
//! DuckDB 1.3 and later, 2.0 included.

mod aggregate;
mod any_input;
mod connection;
mod error;
mod input;
mod logical_type;
mod macros;
mod options;
mod output;
mod packed;
mod reader;
mod register;
mod scalar;
mod typed;
mod value;
mod vector;

use connection::Connection;
use error::{Error, Result};
use huntsql_kernels::guard::guard;
use libduckdb_sys as ffi;
use std::ffi::CString;

/// The C API version that the footer asks for; nothing newer may be called.
const API_VERSION: &str = "v1.2.0";

/// Entry point. Its name is fixed by the file name `huntsql.duckdb_extension`.
///
/// # Safety
/// Called by DuckDB's extension loader with the pointers that its C API promises.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn huntsql_init_c_api(info: ffi::duckdb_extension_info, access: *const ffi::duckdb_extension_access) -> bool {
    // SAFETY: info and access come from the loader and live until this function returns.
    let outcome = guard(|| unsafe { load(info, access) }).unwrap_or_else(|what| Err(Error::Internal(what)));
    match outcome {
        Ok(loaded) => loaded,
        Err(error) => {
            let message = CString::new(error.to_string()).unwrap_or_default();
            // SAFETY: access is valid (above); the loader copies the message.
            unsafe {
                if let Some(set_error) = access.as_ref().and_then(|access| access.set_error) {
                    set_error(info, message.as_ptr());
                }
            }
            false
        }
    }
}

/// `Ok(false)`: this DuckDB lacks the C API version, and has said so itself.
///
/// # Safety
/// As for [`huntsql_init_c_api`].
unsafe fn load(info: ffi::duckdb_extension_info, access: *const ffi::duckdb_extension_access) -> Result<bool> {
    // SAFETY: pointers from the loader.
    let ready = unsafe { ffi::duckdb_rs_extension_api_init(info, access, API_VERSION) }.map_err(|error| Error::Load(error.to_string()))?;
    if !ready {
        return Ok(false);
    }
    // SAFETY: as above; the database is borrowed for the length of this call only.
    let database = unsafe { access.as_ref().and_then(|access| access.get_database).map(|get| get(info)) };
    let database = database.filter(|pointer| !pointer.is_null()).ok_or_else(|| Error::Load("DuckDB gave no database".to_owned()))?;
    // SAFETY: `database` was checked and is open.
    let connection = unsafe { Connection::open(*database) }?;
    register::all(&connection)?;
    Ok(true)
}
