//! A data chunk as kernel arguments.

use crate::vector::Vector;
use huntsql_kernels::input::Input;
use huntsql_kernels::types::ArgType;
use libduckdb_sys as ffi;

/// The arguments of one chunk. DuckDB has cast them to the declared types and flattened them.
pub(crate) struct ChunkInput {
    args: Vec<(ArgType, Vector)>,
}

impl ChunkInput {
    /// # Safety
    /// `chunk` has at least `types.len()` vectors of these types, and outlives the value.
    pub(crate) unsafe fn new(types: &[ArgType], chunk: ffi::duckdb_data_chunk) -> Self {
        // SAFETY: the caller's promise.
        let vector = |index: usize| unsafe { Vector::new(ffi::duckdb_data_chunk_get_vector(chunk, index as u64)) };
        Self { args: types.iter().enumerate().map(|(index, ty)| (*ty, vector(index))).collect() }
    }

    #[inline]
    fn arg(&self, index: usize, ty: ArgType) -> Option<Vector> {
        self.args.get(index).filter(|(is, _)| *is == ty).map(|(_, vector)| *vector)
    }
}

// SAFETY of the blocks below: `arg` checks the type, and rows come from the chunk's own size.
impl Input for ChunkInput {
    #[inline]
    fn text(&self, arg: usize, row: usize) -> Option<&str> {
        let vector = self.arg(arg, ArgType::Text)?;
        // SAFETY: see the impl.
        unsafe { vector.text(row) }
    }

    fn int(&self, arg: usize, row: usize) -> Option<i64> {
        let vector = self.arg(arg, ArgType::Int)?;
        // SAFETY: see the impl.
        unsafe { vector.value(row) }
    }

    fn float(&self, arg: usize, row: usize) -> Option<f64> {
        let vector = self.arg(arg, ArgType::Float)?;
        // SAFETY: see the impl.
        unsafe { vector.value(row) }
    }

    fn bool(&self, arg: usize, row: usize) -> Option<bool> {
        let vector = self.arg(arg, ArgType::Bool)?;
        // SAFETY: see the impl. Read as a byte: any value but 0 is true.
        unsafe { vector.value::<u8>(row).map(|byte| byte != 0) }
    }

    fn text_list(&self, arg: usize, row: usize) -> Option<Vec<Option<&str>>> {
        let vector = self.arg(arg, ArgType::TextList)?;
        // SAFETY: see the impl; an entry points into the child vector.
        unsafe {
            let entry = vector.value::<ffi::duckdb_list_entry>(row)?;
            let child = vector.list_child();
            let start = usize::try_from(entry.offset).ok()?;
            let end = start.checked_add(usize::try_from(entry.length).ok()?)?;
            Some((start..end).map(|index| child.text(index)).collect())
        }
    }

    fn text_list_identity(&self, arg: usize, row: usize) -> Option<usize> {
        let vector = self.arg(arg, ArgType::TextList)?;
        // SAFETY: see the impl.
        let entry = unsafe { vector.value::<ffi::duckdb_list_entry>(row) }?;
        // Every row of a flattened constant points at the same elements.
        (entry.length < 1 << 24 && entry.offset < 1 << 39).then(|| usize::try_from(entry.offset << 24 | entry.length).ok()).flatten()
    }
}
