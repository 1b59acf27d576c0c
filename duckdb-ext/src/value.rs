//! Constants that DuckDB hands over as values: the arguments of table functions.

use huntsql_kernels::options::Value;
use libduckdb_sys as ffi;
use std::ffi::CStr;

/// Deeper lists are no arguments of ours.
const MAX_DEPTH: usize = 4;

/// Reads `value` and destroys it.
///
/// # Safety
/// `value` is live and ours, or null.
pub(crate) unsafe fn take(mut value: ffi::duckdb_value) -> Value {
    if value.is_null() {
        return Value::Null;
    }
    // SAFETY: the caller's promise.
    unsafe {
        let read = read(value, 0);
        ffi::duckdb_destroy_value(&mut value);
        read
    }
}

/// # Safety
/// `value` is live.
unsafe fn read(value: ffi::duckdb_value, depth: usize) -> Value {
    // SAFETY: the caller's promise; the type belongs to the value, every getter fits the type, children are ours to destroy.
    unsafe {
        if ffi::duckdb_is_null_value(value) {
            return Value::Null;
        }
        match ffi::duckdb_get_type_id(ffi::duckdb_get_value_type(value)) {
            ffi::DUCKDB_TYPE_DUCKDB_TYPE_SQLNULL => Value::Null,
            ffi::DUCKDB_TYPE_DUCKDB_TYPE_BOOLEAN => Value::Bool(ffi::duckdb_get_bool(value)),
            ffi::DUCKDB_TYPE_DUCKDB_TYPE_TINYINT
            | ffi::DUCKDB_TYPE_DUCKDB_TYPE_SMALLINT
            | ffi::DUCKDB_TYPE_DUCKDB_TYPE_INTEGER
            | ffi::DUCKDB_TYPE_DUCKDB_TYPE_BIGINT => Value::Int(ffi::duckdb_get_int64(value)),
            ffi::DUCKDB_TYPE_DUCKDB_TYPE_FLOAT | ffi::DUCKDB_TYPE_DUCKDB_TYPE_DOUBLE | ffi::DUCKDB_TYPE_DUCKDB_TYPE_DECIMAL => {
                Value::Float(ffi::duckdb_get_double(value))
            }
            ffi::DUCKDB_TYPE_DUCKDB_TYPE_VARCHAR => {
                let text = ffi::duckdb_get_varchar(value);
                if text.is_null() {
                    return Value::Null;
                }
                let owned = CStr::from_ptr(text).to_string_lossy().into_owned();
                ffi::duckdb_free(text.cast());
                Value::Text(owned)
            }
            ffi::DUCKDB_TYPE_DUCKDB_TYPE_LIST if depth < MAX_DEPTH => {
                let child = |index| {
                    let mut child = ffi::duckdb_get_list_child(value, index);
                    let read = if child.is_null() { Value::Null } else { read(child, depth + 1) };
                    ffi::duckdb_destroy_value(&mut child);
                    read
                };
                Value::List((0..ffi::duckdb_get_list_size(value)).map(child).collect())
            }
            other => Value::Other(crate::options::type_name(other).to_owned()),
        }
    }
}
