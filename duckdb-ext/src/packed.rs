//! What an aggregate says of a whole table, in compressed blocks, and the scalar function that reads them.
//!
//! As a list of structs it is larger than the table that it speaks of, and DuckDB holds a list whole. Blocks are small, and become rows as they are asked for.

use crate::aggregate::{Form, fields};
use crate::connection::Connection;
use crate::error::{Error, Result};
use crate::logical_type::LogicalType;
use crate::output;
use crate::vector::Vector;
use huntsql_kernels::column::{Column, SqlValue};
use huntsql_kernels::error::KernelError;
use huntsql_kernels::guard::guard;
use huntsql_kernels::types::SqlType;
use libduckdb_sys as ffi;
use std::ffi::{CString, c_void};

/// A block of more bytes is none of ours: 64 rows have far less.
const MOST: usize = 1 << 30;

/// The blocks of one result.
pub(crate) struct Blocks {
    column: Column,
    compressed: Vec<u8>,
}

impl Blocks {
    pub(crate) fn new() -> Self {
        Self { column: Column::new(&SqlType::Blob), compressed: Vec::new() }
    }

    pub(crate) fn add(&mut self, packed: &[u8]) {
        // Its length is not taken from the block alone when it is read: what a block becomes is bounded by its own size.
        self.compressed.clear();
        self.compressed.extend_from_slice(&(packed.len() as u64).to_le_bytes());
        let start = self.compressed.len();
        self.compressed.resize(start + lz4_flex::block::get_maximum_output_size(packed.len()), 0);
        let room = self.compressed.get_mut(start..).unwrap_or_default();
        // There is room for whatever it becomes, so this does not fail.
        let length = lz4_flex::block::compress_into(packed, room).unwrap_or(0);
        self.compressed.truncate(start + length);
        self.compressed.as_slice().write(&mut self.column);
    }

    /// One blob a block.
    pub(crate) fn finish(self) -> Column {
        self.column
    }
}

/// Appends the rows of a block to `into`.
fn unpack(block: &[u8], unpacked: &mut Vec<u8>, into: &mut Column) -> Option<()> {
    let (length, block) = block.split_first_chunk()?;
    let length = usize::try_from(u64::from_le_bytes(*length)).ok()?;
    // A byte of LZ4 gives 255 at most.
    if length > MOST || length / 255 > block.len() {
        return None;
    }
    unpacked.clear();
    unpacked.resize(length, 0);
    (lz4_flex::block::decompress_into(block, unpacked).ok()? == length).then_some(())?;
    let mut rest = unpacked.as_slice();
    into.unpack(&mut rest)?;
    rest.is_empty().then_some(())
}

/// Registers the function that makes rows of the blocks of `form`, under `name`.
pub(crate) fn register(connection: &Connection, name: &str, form: Form) -> Result<()> {
    let name_c = CString::new(name).map_err(|_| Error::Internal(format!("NUL in the name of {name}")))?;
    // SAFETY: every handle is created here, handed to DuckDB (which copies) and destroyed here; the form is freed by `drop_form`.
    let state = unsafe {
        let mut function = ffi::duckdb_create_scalar_function();
        ffi::duckdb_scalar_function_set_name(function, name_c.as_ptr());
        ffi::duckdb_scalar_function_add_parameter(function, LogicalType::result(&SqlType::Blob).raw());
        ffi::duckdb_scalar_function_set_return_type(function, LogicalType::list_of_struct(&fields(form)).raw());
        ffi::duckdb_scalar_function_set_extra_info(function, Box::into_raw(Box::new(form)).cast(), Some(drop_form));
        // SAFETY: the two differ in what may pass through them, not in how they are called.
        let call = std::mem::transmute::<Call, unsafe extern "C" fn(_, _, _)>(call);
        ffi::duckdb_scalar_function_set_function(function, Some(call));
        let state = ffi::duckdb_register_scalar_function(connection.raw(), function);
        ffi::duckdb_destroy_scalar_function(&mut function);
        state
    };
    if state == ffi::DuckDBSuccess { Ok(()) } else { Err(Error::Load(format!("DuckDB refused the function {name}"))) }
}

unsafe extern "C" fn drop_form(form: *mut c_void) {
    // SAFETY: made by Box::into_raw in `register`, freed once by DuckDB.
    let _ = guard(|| drop(unsafe { Box::from_raw(form.cast::<Form>()) }));
}

type Call = unsafe extern "C-unwind" fn(ffi::duckdb_function_info, ffi::duckdb_data_chunk, ffi::duckdb_vector);

/// As `finalize` of an aggregate it must let through what DuckDB throws where memory runs out.
unsafe extern "C-unwind" fn call(info: ffi::duckdb_function_info, chunk: ffi::duckdb_data_chunk, result: ffi::duckdb_vector) {
    // SAFETY: DuckDB calls with live handles of the registered types; the form lives as long as the function.
    unsafe {
        let Some(form) = ffi::duckdb_scalar_function_get_extra_info(info).cast::<Form>().as_ref() else { return };
        let function = form.function.spec().name;
        let outcome = guard(|| rows_of(*form, chunk)).unwrap_or_else(|what| Err(KernelError::Internal { function, what }));
        match outcome {
            Ok(rows) => output::write(result, &rows),
            Err(error) => {
                let message = CString::new(error.to_string().replace('\0', "\\0")).unwrap_or_default();
                ffi::duckdb_scalar_function_set_error(info, message.as_ptr());
            }
        }
    }
}

/// # Safety
/// `chunk` has a column of blobs.
unsafe fn rows_of(form: Form, chunk: ffi::duckdb_data_chunk) -> std::result::Result<Column, KernelError> {
    let mut items = Column::new(&SqlType::Struct(form.function.computed_fields()));
    let (mut offsets, mut unpacked) = (vec![0], Vec::new());
    // SAFETY: the caller's promise.
    unsafe {
        let count = usize::try_from(ffi::duckdb_data_chunk_get_size(chunk)).unwrap_or(0);
        let blocks = Vector::new(ffi::duckdb_data_chunk_get_vector(chunk, 0));
        for row in 0..count {
            if let Some(block) = blocks.bytes(row) {
                unpack(block, &mut unpacked, &mut items).ok_or_else(|| KernelError::BadArgument {
                    function: form.function.spec().name,
                    argument: "block",
                    problem: "is none that the table form made: call that instead".to_owned(),
                })?;
            }
            offsets.push(items.len());
        }
    }
    Ok(Column::of_lists(offsets, items))
}
