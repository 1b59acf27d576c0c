//! What an aggregate says of a whole table, in compressed blocks, and the scalar functions that make entries of the blocks and fields of an entry.
//!
//! As a list of structs it is larger than the table that it speaks of, and DuckDB holds a list whole. Blocks are small, and become entries as they are asked
//! for; an entry stays packed until it was joined with its row, so that the join holds one text and not seventeen.

use crate::aggregate::{Form, ROW};
use crate::connection::Connection;
use crate::error::{Error, Result};
use crate::logical_type::LogicalType;
use crate::macros;
use crate::output;
use crate::vector::Vector;
use huntsql_kernels::column::{Column, SqlValue};
use huntsql_kernels::error::KernelError;
use huntsql_kernels::guard::guard;
use huntsql_kernels::types::SqlType;
use libduckdb_sys as ffi;
use std::ffi::{CString, c_void};

/// Bytes of the blocks that are unpacked at once, which DuckDB wants to be 2,048 of them.
const MOST: usize = 1 << 31;
/// Entries of a block, and the bytes that end one with fewer.
const ENTRIES: usize = 64;
const ENOUGH: usize = 64 << 10;

/// What a block holds, entry by entry.
const ENTRY: SqlType = SqlType::Struct(&[(ROW, SqlType::Int), ("_huntsql_entry", SqlType::Blob)]);

/// The blocks of one result.
pub(crate) struct Blocks {
    column: Column,
    entries: usize,
    bytes: Vec<u8>,
    compressed: Vec<u8>,
}

impl Blocks {
    pub(crate) fn new() -> Self {
        Self { column: Column::new(&SqlType::Blob), entries: 0, bytes: Vec::new(), compressed: Vec::new() }
    }

    pub(crate) fn add(&mut self, row: Option<i64>, entry: &[u8]) {
        self.bytes.push(u8::from(row.is_some()));
        self.bytes.extend_from_slice(&row.unwrap_or(0).to_le_bytes());
        self.bytes.extend_from_slice(&(entry.len() as u64).to_le_bytes());
        self.bytes.extend_from_slice(entry);
        self.entries += 1;
        if self.entries == ENTRIES || self.bytes.len() > ENOUGH {
            self.compress();
        }
    }

    fn compress(&mut self) {
        self.compressed.clear();
        self.compressed.extend_from_slice(&(self.bytes.len() as u64).to_le_bytes());
        let start = self.compressed.len();
        self.compressed.resize(start + lz4_flex::block::get_maximum_output_size(self.bytes.len()), 0);
        let room = self.compressed.get_mut(start..).unwrap_or_default();
        // There is room for whatever it becomes, so this does not fail.
        let length = lz4_flex::block::compress_into(&self.bytes, room).unwrap_or(0);
        self.compressed.truncate(start + length);
        self.compressed.as_slice().write(&mut self.column);
        self.entries = 0;
        self.bytes.clear();
    }

    /// One blob a block.
    pub(crate) fn finish(mut self) -> Column {
        if self.entries > 0 {
            self.compress();
        }
        self.column
    }
}

/// Appends the entries of a block to `into`; `None` where it is no block, or has more bytes than are `left`.
fn entries(block: &[u8], left: &mut usize, bytes: &mut Vec<u8>, into: &mut Column) -> Option<()> {
    let (length, block) = block.split_first_chunk()?;
    let length = usize::try_from(u64::from_le_bytes(*length)).ok()?;
    // A byte of LZ4 gives 255 at most: what is reserved is bounded by what is there.
    if length / 255 > block.len() {
        return None;
    }
    *left = left.checked_sub(length)?;
    bytes.clear();
    bytes.resize(length, 0);
    (lz4_flex::block::decompress_into(block, bytes).ok()? == length).then_some(())?;
    let mut rest = bytes.as_slice();
    let most = into.len() + ENTRIES;
    while let Some((has_row, after)) = rest.split_first() {
        if into.len() == most {
            return None;
        }
        let (row, after) = after.split_first_chunk()?;
        let (length, after) = after.split_first_chunk()?;
        let (entry, after) = after.split_at_checked(usize::try_from(u64::from_le_bytes(*length)).ok()?)?;
        into.row().put((*has_row == 1).then_some(i64::from_le_bytes(*row))).put(entry).end();
        rest = after;
    }
    Some(())
}

/// Registers the functions that make entries of the blocks of `form`, and fields of the entries.
pub(crate) fn register(connection: &Connection, form: Form) -> Result<()> {
    let name = form.function.spec().name;
    let fields = LogicalType::structure(form.function.fields());
    register_one(connection, &macros::entries_name(name), &LogicalType::result(&SqlType::List(&ENTRY)), form, entries_of)?;
    register_one(connection, &macros::fields_name(name), &fields, form, fields_of)
}

/// Rows of a result for blobs.
type Work = unsafe fn(Form, Vector, usize) -> Option<Column>;

struct Function {
    form: Form,
    work: Work,
}

fn register_one(connection: &Connection, name: &str, result: &LogicalType, form: Form, work: Work) -> Result<()> {
    let name_c = CString::new(name).map_err(|_| Error::Internal(format!("NUL in the name of {name}")))?;
    // SAFETY: every handle is created here, handed to DuckDB (which copies) and destroyed here; the function's own is freed by `drop_function`.
    let state = unsafe {
        let mut function = ffi::duckdb_create_scalar_function();
        ffi::duckdb_scalar_function_set_name(function, name_c.as_ptr());
        ffi::duckdb_scalar_function_add_parameter(function, LogicalType::result(&SqlType::Blob).raw());
        ffi::duckdb_scalar_function_set_return_type(function, result.raw());
        let own = Box::new(Function { form, work });
        ffi::duckdb_scalar_function_set_extra_info(function, Box::into_raw(own).cast(), Some(drop_function));
        ffi::duckdb_scalar_function_set_function(function, Some(output::through(call)));
        let state = ffi::duckdb_register_scalar_function(connection.raw(), function);
        ffi::duckdb_destroy_scalar_function(&mut function);
        state
    };
    if state == ffi::DuckDBSuccess { Ok(()) } else { Err(Error::Load(format!("DuckDB refused the function {name}"))) }
}

unsafe extern "C" fn drop_function(function: *mut c_void) {
    // SAFETY: made by Box::into_raw in `register_one`, freed once by DuckDB.
    let _ = guard(|| drop(unsafe { Box::from_raw(function.cast::<Function>()) }));
}

unsafe extern "C-unwind" fn call(info: ffi::duckdb_function_info, chunk: ffi::duckdb_data_chunk, result: ffi::duckdb_vector) {
    // SAFETY: DuckDB calls with live handles of the registered types; the function lives as long as it may be called.
    unsafe {
        let Some(Function { form, work }) = ffi::duckdb_scalar_function_get_extra_info(info).cast::<Function>().as_ref() else { return };
        let function = form.function.spec().name;
        output::answer(info, function, result, || {
            let count = usize::try_from(ffi::duckdb_data_chunk_get_size(chunk)).unwrap_or(0);
            let blobs = Vector::new(ffi::duckdb_data_chunk_get_vector(chunk, 0));
            work(*form, blobs, count).ok_or_else(|| KernelError::BadArgument {
                function,
                argument: "block",
                problem: "is none that the table form made, or too large: call that instead, and with fewer rows where they are large"
                    .to_owned(),
            })
        });
    }
}

/// # Safety
/// `blocks` is a vector of `count` blobs.
unsafe fn entries_of(_: Form, blocks: Vector, count: usize) -> Option<Column> {
    let (mut items, mut offsets, mut bytes, mut left) = (Column::new(&ENTRY), vec![0], Vec::new(), MOST);
    for row in 0..count {
        // SAFETY: the caller's promise.
        if let Some(block) = unsafe { blocks.bytes(row) } {
            entries(block, &mut left, &mut bytes, &mut items)?;
        }
        offsets.push(items.len());
    }
    Some(Column::of_lists(offsets, items))
}

/// # Safety
/// `entries` is a vector of `count` blobs.
unsafe fn fields_of(form: Form, entries: Vector, count: usize) -> Option<Column> {
    let mut fields = Column::new(&SqlType::Struct(form.function.fields()));
    for row in 0..count {
        // SAFETY: the caller's promise.
        match unsafe { entries.bytes(row) } {
            None => fields.push_null(),
            Some(mut entry) => {
                fields.unpack(1, &mut entry)?;
                entry.is_empty().then_some(())?;
            }
        }
    }
    Some(fields)
}
