//! A finished kernel column into a DuckDB vector.

use huntsql_kernels::column::{Column, Data};
use libduckdb_sys as ffi;

/// Writes every row of `column` into `vector`.
///
/// # Safety
/// `vector` was made for the column's type and has room for its rows.
pub(crate) unsafe fn write(vector: ffi::duckdb_vector, column: &Column) {
    // SAFETY: the caller's promise; children are asked for after their list was given room.
    unsafe {
        match column.data() {
            Data::Text { offsets, bytes } | Data::Blob { offsets, bytes } => {
                for (row, bounds) in offsets.windows(2).enumerate() {
                    let value = bytes.get(bounds[0]..bounds[1]).unwrap_or_default();
                    ffi::duckdb_vector_assign_string_element_len(vector, row as u64, value.as_ptr().cast(), value.len() as u64);
                }
            }
            Data::Int(values) => copy(vector, values),
            Data::Float(values) => copy(vector, values),
            Data::Bool(values) => copy(vector, values),
            Data::List { offsets, child } => {
                let entries: *mut ffi::duckdb_list_entry = ffi::duckdb_vector_get_data(vector).cast();
                for (row, bounds) in offsets.windows(2).enumerate() {
                    *entries.add(row) = ffi::duckdb_list_entry { offset: bounds[0] as u64, length: (bounds[1] - bounds[0]) as u64 };
                }
                ffi::duckdb_list_vector_reserve(vector, child.len() as u64);
                ffi::duckdb_list_vector_set_size(vector, child.len() as u64);
                write(ffi::duckdb_list_vector_get_child(vector), child);
            }
            Data::Struct(fields) => {
                for (index, field) in fields.iter().enumerate() {
                    write(ffi::duckdb_struct_vector_get_child(vector, index as u64), field);
                }
            }
        }
        if let Some(valid) = column.validity() {
            ffi::duckdb_vector_ensure_validity_writable(vector);
            let mask = ffi::duckdb_vector_get_validity(vector);
            for (row, _) in valid.iter().enumerate().filter(|(_, valid)| !**valid) {
                ffi::duckdb_validity_set_row_invalid(mask, row as u64);
            }
        }
    }
}

/// # Safety
/// `vector` holds plain `T` and has room for `values`.
unsafe fn copy<T: Copy>(vector: ffi::duckdb_vector, values: &[T]) {
    // SAFETY: the caller's promise; the vector's memory is DuckDB's own and does not overlap.
    unsafe { std::ptr::copy_nonoverlapping(values.as_ptr(), ffi::duckdb_vector_get_data(vector).cast(), values.len()) };
}
