//! Reading one DuckDB vector.

use crate::logical_type::LogicalType;
use libduckdb_sys as ffi;

/// A flat vector of a data chunk, valid as long as the chunk.
#[derive(Clone, Copy)]
pub(crate) struct Vector {
    raw: ffi::duckdb_vector,
    data: *const u8,
    validity: *const u64,
}

/// Layout of `duckdb_string_t`: a length, then the bytes themselves (up to 12) or 4 bytes of prefix and a pointer.
const STRING_SIZE: usize = 16;
const INLINE: usize = 12;

impl Vector {
    /// # Safety
    /// `raw` is a flat vector that outlives the value.
    pub(crate) unsafe fn new(raw: ffi::duckdb_vector) -> Self {
        // SAFETY: the caller's promise.
        unsafe { Self { raw, data: ffi::duckdb_vector_get_data(raw).cast(), validity: ffi::duckdb_vector_get_validity(raw) } }
    }

    /// Type of the vector.
    ///
    /// # Safety
    /// The vector is live.
    pub(crate) unsafe fn logical_type(self) -> LogicalType {
        // SAFETY: the caller's promise; the C API hands us a type to destroy.
        unsafe { LogicalType::own(ffi::duckdb_vector_get_column_type(self.raw)) }
    }

    #[inline]
    pub(crate) fn is_valid(self, row: usize) -> bool {
        // SAFETY: a validity mask has a bit for every row of the vector.
        self.validity.is_null() || unsafe { (*self.validity.add(row / 64) >> (row % 64)) & 1 == 1 }
    }

    /// Text of `row` in a VARCHAR vector. DuckDB keeps VARCHAR valid UTF-8; what is not reads as NULL.
    ///
    /// # Safety
    /// The vector is a VARCHAR with more than `row` rows.
    #[inline]
    pub(crate) unsafe fn text<'v>(self, row: usize) -> Option<&'v str> {
        // SAFETY: the caller's promise.
        unsafe { self.bytes(row) }.and_then(|bytes| std::str::from_utf8(bytes).ok())
    }

    /// Bytes of `row` in a VARCHAR or BLOB vector.
    ///
    /// # Safety
    /// The vector is one of these with more than `row` rows.
    #[inline]
    pub(crate) unsafe fn bytes<'v>(self, row: usize) -> Option<&'v [u8]> {
        if !self.is_valid(row) {
            return None;
        }
        // SAFETY: the caller's promise, and the layout above.
        unsafe {
            let string = self.data.add(row * STRING_SIZE);
            let length = string.cast::<u32>().read_unaligned() as usize;
            let start = if length <= INLINE { string.add(4) } else { string.add(8).cast::<*const u8>().read_unaligned() };
            Some(std::slice::from_raw_parts(start, length))
        }
    }

    /// Value of `row` in a vector of plain `T`.
    ///
    /// # Safety
    /// The vector holds `T` and has more than `row` rows.
    #[inline]
    pub(crate) unsafe fn value<T: Copy>(self, row: usize) -> Option<T> {
        // SAFETY: the caller's promise.
        self.is_valid(row).then(|| unsafe { self.data.cast::<T>().add(row).read_unaligned() })
    }

    /// The elements' vector of a LIST.
    ///
    /// # Safety
    /// The vector is a LIST.
    pub(crate) unsafe fn list_child(self) -> Self {
        // SAFETY: the caller's promise.
        unsafe { Self::new(ffi::duckdb_list_vector_get_child(self.raw)) }
    }

    /// The vector of field `index` of a STRUCT.
    ///
    /// # Safety
    /// The vector is a STRUCT with more than `index` fields.
    pub(crate) unsafe fn struct_child(self, index: u64) -> Self {
        // SAFETY: the caller's promise.
        unsafe { Self::new(ffi::duckdb_struct_vector_get_child(self.raw, index)) }
    }

    /// Whether no value in the first `rows` rows is there.
    pub(crate) fn is_null(self, rows: usize) -> bool {
        (0..rows).all(|row| !self.is_valid(row))
    }

    /// Whether the first `rows` values of `size` bytes are all NULL, or all there and the same bytes: what a flattened constant looks like.
    ///
    /// # Safety
    /// The vector holds values of `size` bytes and has at least `rows` rows.
    pub(crate) unsafe fn is_repeated(self, size: usize, rows: usize) -> bool {
        if !(0..rows).all(|row| self.is_valid(row)) {
            return self.is_null(rows);
        }
        // SAFETY: the caller's promise.
        let bytes = unsafe { std::slice::from_raw_parts(self.data, size * rows) };
        // Each value equals the next one.
        bytes.get(size..) == bytes.get(..size * rows.saturating_sub(1))
    }
}
