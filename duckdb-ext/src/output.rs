//! A finished kernel column into a DuckDB vector.

use huntsql_kernels::column::{Column, Data};
use huntsql_kernels::error::KernelError;
use huntsql_kernels::guard::guard;
use libduckdb_sys as ffi;
use std::ffi::CString;

/// A scalar function that lets through what DuckDB throws where memory runs out while a result is written: only DuckDB can catch that, so no guard of ours may
/// stand in the way.
type Call = unsafe extern "C-unwind" fn(ffi::duckdb_function_info, ffi::duckdb_data_chunk, ffi::duckdb_vector);

/// As the C API wants it.
pub(crate) fn through(call: Call) -> unsafe extern "C" fn(ffi::duckdb_function_info, ffi::duckdb_data_chunk, ffi::duckdb_vector) {
    // SAFETY: the two differ in what may pass through them, not in how they are called.
    unsafe { std::mem::transmute(call) }
}

/// Computes the rows of a scalar function under a guard and writes them without one; what went wrong is an error of the statement.
///
/// # Safety
/// `info` is live, and `result` was made for what `compute` gives.
pub(crate) unsafe fn answer(
    info: ffi::duckdb_function_info,
    function: &'static str,
    result: ffi::duckdb_vector,
    compute: impl FnOnce() -> Result<Column, KernelError>,
) {
    let outcome = guard(compute).unwrap_or_else(|what| Err(KernelError::Internal { function, what }));
    // SAFETY: the caller's promise; DuckDB copies the message.
    unsafe {
        match outcome {
            Ok(rows) => write(result, &rows),
            Err(error) => {
                let message = CString::new(error.to_string().replace('\0', "\\0")).unwrap_or_default();
                ffi::duckdb_scalar_function_set_error(info, message.as_ptr());
            }
        }
    }
}

/// Writes every row of `column` into `vector`, from row 0.
///
/// # Safety
/// `vector` was made for the column's type and has room for its rows.
pub(crate) unsafe fn write(vector: ffi::duckdb_vector, column: &Column) {
    // SAFETY: the caller's promise.
    unsafe { write_at(vector, 0, column) };
}

/// Writes `items` as the list in `row` of `vector`, behind the lists that are there already. Each field is freed as soon as it is written: there may be
/// ten million items.
///
/// # Safety
/// `vector` is a list of what `items` is made for, with more than `row` rows.
pub(crate) unsafe fn write_list(vector: ffi::duckdb_vector, row: usize, items: Column) {
    // SAFETY: the caller's promise; the child is asked for after it was given room.
    unsafe {
        let base = ffi::duckdb_list_vector_get_size(vector);
        let entries: *mut ffi::duckdb_list_entry = ffi::duckdb_vector_get_data(vector).cast();
        *entries.add(row) = ffi::duckdb_list_entry { offset: base, length: items.len() as u64 };
        let size = base + items.len() as u64;
        // Room for twice as many where groups come one after another.
        ffi::duckdb_list_vector_reserve(vector, if base == 0 { size } else { size.next_power_of_two() });
        ffi::duckdb_list_vector_set_size(vector, size);
        let (child, base) = (ffi::duckdb_list_vector_get_child(vector), usize::try_from(base).unwrap_or(0));
        match items.into_fields() {
            Ok(fields) => {
                for (index, field) in fields.into_iter().enumerate() {
                    write_at(ffi::duckdb_struct_vector_get_child(child, index as u64), base, &field);
                }
            }
            Err(items) => write_at(child, base, &items),
        }
    }
}

/// # Safety
/// `vector` was made for the column's type and has room for its rows from `at`.
unsafe fn write_at(vector: ffi::duckdb_vector, at: usize, column: &Column) {
    // SAFETY: the caller's promise; children are asked for after their list was given room.
    unsafe {
        match column.data() {
            Data::Text { offsets, bytes } | Data::Blob { offsets, bytes } => {
                for (row, bounds) in offsets.windows(2).enumerate() {
                    let value = bytes.get(bounds[0]..bounds[1]).unwrap_or_default();
                    let row = (at + row) as u64;
                    ffi::duckdb_vector_assign_string_element_len(vector, row, value.as_ptr().cast(), value.len() as u64);
                }
            }
            Data::Int(values) => copy(vector, at, values),
            Data::Float(values) => copy(vector, at, values),
            Data::Bool(values) => copy(vector, at, values),
            Data::List { offsets, child } => {
                // Rows that stand before these have their elements already.
                let base = if at == 0 { 0 } else { ffi::duckdb_list_vector_get_size(vector) };
                let entries: *mut ffi::duckdb_list_entry = ffi::duckdb_vector_get_data(vector).cast();
                for (row, bounds) in offsets.windows(2).enumerate() {
                    let length = (bounds[1] - bounds[0]) as u64;
                    *entries.add(at + row) = ffi::duckdb_list_entry { offset: base + bounds[0] as u64, length };
                }
                let size = base + child.len() as u64;
                ffi::duckdb_list_vector_reserve(vector, if at == 0 { size } else { size.next_power_of_two() });
                ffi::duckdb_list_vector_set_size(vector, size);
                write_at(ffi::duckdb_list_vector_get_child(vector), usize::try_from(base).unwrap_or(0), child);
            }
            // DuckDB asks for whole structs.
            Data::Skipped => {}
            Data::Struct(fields) => {
                for (index, field) in fields.iter().enumerate() {
                    write_at(ffi::duckdb_struct_vector_get_child(vector, index as u64), at, field);
                }
            }
        }
        if let Some(valid) = column.validity() {
            ffi::duckdb_vector_ensure_validity_writable(vector);
            let mask = ffi::duckdb_vector_get_validity(vector);
            for (row, _) in valid.iter().enumerate().filter(|(_, valid)| !**valid) {
                ffi::duckdb_validity_set_row_invalid(mask, (at + row) as u64);
            }
        }
    }
}

/// # Safety
/// `vector` holds plain `T` and has room for `values` from `at`.
unsafe fn copy<T: Copy>(vector: ffi::duckdb_vector, at: usize, values: &[T]) {
    // SAFETY: the caller's promise; the vector's memory is DuckDB's own and does not overlap.
    unsafe { std::ptr::copy_nonoverlapping(values.as_ptr(), ffi::duckdb_vector_get_data(vector).cast::<T>().add(at), values.len()) };
}
