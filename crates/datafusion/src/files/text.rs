//! Text files: one row a line, column `line`. The lines stay where they were read.

use super::decode::{Emit, FILE, LINE, Plan, repeat};
use super::shape::{Kinds, ObjectShape};
use datafusion::arrow::array::{ArrayRef, Int64Array, RecordBatch, RecordBatchOptions, StringViewArray, make_view, new_null_array};
use datafusion::arrow::buffer::{Buffer, ScalarBuffer};
use huntsql_readers::{Blocks, Error, Piece, Result};
use std::sync::Arc;

/// The one column.
pub(crate) const COLUMN: &str = "line";

/// The shape of every text file.
pub(crate) fn shape() -> ObjectShape {
    let mut shape = ObjectShape::default();
    let position = shape.position(COLUMN, 0);
    if let Some(column) = shape.shape_mut(position) {
        column.kinds.add(Kinds::TEXT);
    }
    shape
}

/// Decodes a piece into batches.
pub(crate) fn decode(piece: &Piece, plan: &Plan, emit: &mut Emit<'_>) -> Result<()> {
    let mut blocks = Blocks::open(piece, &plan.block_options(true)).map_err(|error| piece.mend(error))?;
    let wanted = plan.schema.index_of(COLUMN).is_ok();
    while let Some(block) = blocks.next().map_err(|error| piece.mend(error))? {
        let bytes = Buffer::from_vec(block.text.into_bytes());
        let mut first = block.first_line;
        let mut at = 0;
        while at < bytes.len() {
            let mut views = Vec::new();
            let mut rows = 0;
            while rows < plan.batch_size && at < bytes.len() {
                let rest = bytes.as_slice().get(at..).unwrap_or_default();
                let end = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
                let line = rest.get(..end).unwrap_or_default();
                if line.len() > plan.common.max_line_bytes {
                    let problem = format!("the line is longer than {} bytes; raise 'max_line_bytes'", plan.common.max_line_bytes);
                    let line = first + rows as u64;
                    return Err(piece.mend(Error::BadLine { path: piece.source.name.to_string(), line, problem }));
                }
                if wanted {
                    let line = line.strip_suffix(b"\r").unwrap_or(line);
                    let offset = u32::try_from(at).map_err(|_| Error::Internal("a block beyond 4 GiB".to_owned()))?;
                    views.push(make_view(line, 0, offset));
                }
                rows += 1;
                at += end + 1;
            }
            if !emit(batch(piece, plan, views, &bytes, rows, first)?) {
                return Ok(());
            }
            first += rows as u64;
        }
    }
    Ok(())
}

fn batch(piece: &Piece, plan: &Plan, views: Vec<u128>, bytes: &Buffer, rows: usize, first: u64) -> Result<RecordBatch> {
    let internal = |error: datafusion::arrow::error::ArrowError| Error::Internal(error.to_string());
    let mut views = Some(views);
    let mut arrays: Vec<ArrayRef> = Vec::with_capacity(plan.schema.fields().len());
    for field in plan.schema.fields() {
        arrays.push(match field.name().as_str() {
            FILE if plan.extras.file => repeat(&piece.source.name, rows),
            LINE if plan.extras.line => {
                let first = i64::try_from(first).unwrap_or(i64::MAX);
                Arc::new(Int64Array::from_iter_values((0..rows).map(|row| first.saturating_add_unsigned(row as u64))))
            }
            COLUMN => {
                let views = ScalarBuffer::from(views.take().unwrap_or_default());
                Arc::new(StringViewArray::try_new(views, vec![bytes.clone()], None).map_err(internal)?)
            }
            _ => new_null_array(field.data_type(), rows),
        });
    }
    let options = RecordBatchOptions::new().with_row_count(Some(rows));
    RecordBatch::try_new_with_options(Arc::clone(&plan.schema), arrays, &options).map_err(internal)
}
