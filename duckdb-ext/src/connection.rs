//! A connection for the length of LOAD. It is never kept: a kept one locks the user's file.

use crate::error::{Error, Result};
use crate::vector::Vector;
use libduckdb_sys as ffi;
use std::ffi::{CStr, CString};

/// An open connection; closed on drop.
pub(crate) struct Connection(ffi::duckdb_connection);

impl Connection {
    /// # Safety
    /// `database` is open.
    pub(crate) unsafe fn open(database: ffi::duckdb_database) -> Result<Self> {
        let mut raw: ffi::duckdb_connection = std::ptr::null_mut();
        // SAFETY: the caller's promise; `raw` is ours.
        if unsafe { ffi::duckdb_connect(database, &mut raw) } != ffi::DuckDBSuccess {
            return Err(Error::Load("cannot connect to the database".to_owned()));
        }
        Ok(Self(raw))
    }

    /// The C handle, for registering.
    pub(crate) fn raw(&self) -> ffi::duckdb_connection {
        self.0
    }

    /// Runs `sql`; `purpose` names it in errors.
    pub(crate) fn execute(&self, purpose: &'static str, sql: &str) -> Result<()> {
        QueryResult::run(self, purpose, sql).map(drop)
    }

    /// The first column of `sql` as texts; NULLs are left out.
    pub(crate) fn texts(&self, purpose: &'static str, sql: &str) -> Result<Vec<String>> {
        let result = QueryResult::run(self, purpose, sql)?;
        let mut texts = Vec::new();
        loop {
            // SAFETY: the result is open; each chunk is destroyed below.
            let mut chunk = unsafe { ffi::duckdb_fetch_chunk(result.0) };
            if chunk.is_null() {
                return Ok(texts);
            }
            // SAFETY: column 0 exists and is VARCHAR in every statement that is passed here.
            unsafe {
                let column = Vector::new(ffi::duckdb_data_chunk_get_vector(chunk, 0));
                let rows = usize::try_from(ffi::duckdb_data_chunk_get_size(chunk)).unwrap_or(0);
                texts.extend((0..rows).filter_map(|row| column.text(row).map(str::to_owned)));
                ffi::duckdb_destroy_data_chunk(&mut chunk);
            }
        }
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        // SAFETY: opened by us, closed once.
        unsafe { ffi::duckdb_disconnect(&mut self.0) };
    }
}

struct QueryResult(ffi::duckdb_result);

impl QueryResult {
    fn run(connection: &Connection, purpose: &'static str, sql: &str) -> Result<Self> {
        let sql = CString::new(sql).map_err(|_| Error::Internal(format!("{purpose}: NUL in a statement")))?;
        // SAFETY: an all-zero duckdb_result is what the C API expects to fill; it is destroyed on drop, also after an error.
        let mut result = Self(unsafe { std::mem::zeroed() });
        // SAFETY: the connection is open, the text ends with NUL.
        if unsafe { ffi::duckdb_query(connection.0, sql.as_ptr(), &mut result.0) } == ffi::DuckDBSuccess {
            return Ok(result);
        }
        // SAFETY: the error text belongs to the result and is copied here.
        let message = unsafe {
            let text = ffi::duckdb_result_error(&mut result.0);
            if text.is_null() { String::new() } else { CStr::from_ptr(text).to_string_lossy().into_owned() }
        };
        Err(Error::Sql { statement: purpose, message })
    }
}

impl Drop for QueryResult {
    fn drop(&mut self) {
        // SAFETY: filled or zeroed by us, destroyed once.
        unsafe { ffi::duckdb_destroy_result(&mut self.0) };
    }
}
