//! Rows on their way into batches: what all row formats share.

use super::columns::{Column, Members};
use super::options::Common;
use super::shape::ObjectShape;
use datafusion::arrow::array::{ArrayRef, StringViewArray, make_view, new_null_array};
use datafusion::arrow::array::{RecordBatch, RecordBatchOptions};
use datafusion::arrow::buffer::{Buffer, ScalarBuffer};
use datafusion::arrow::datatypes::{FieldRef, SchemaRef};
use huntsql_readers::{BlockOptions, Cancel, Error, Piece, Result, Tally};
use std::sync::Arc;

/// Name of the column with a row's file.
pub(crate) const FILE: &str = "_file";
/// Name of the column with a row's line.
pub(crate) const LINE: &str = "_line";
/// Why a kept row is bad.
pub(crate) const ERROR: &str = "_error";
/// The text of a kept bad row.
pub(crate) const RAW: &str = "_raw";

/// Most bytes of source text per batch, so that long lines make small batches.
const BATCH_BYTES: usize = 8 << 20;

/// What a scan wants of every piece.
#[derive(Clone)]
pub(crate) struct Plan {
    /// The columns wanted, in order.
    pub(crate) schema: SchemaRef,
    /// The whole table.
    pub(crate) shape: Arc<ObjectShape>,
    /// Which of the wanted names are made here and not data.
    pub(crate) extras: Extras,
    pub(crate) common: Common,
    pub(crate) batch_size: usize,
    pub(crate) tally: Arc<Tally>,
    pub(crate) cancel: Cancel,
}

/// Columns that no file holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Extras {
    /// `_file`
    pub file: bool,
    /// `_line`
    pub line: bool,
    /// `_error` and `_raw`
    pub bad: bool,
}

impl Plan {
    pub(crate) fn block_options(&self, by_line: bool) -> BlockOptions {
        BlockOptions {
            by_line,
            lossy: self.common.lossy,
            max_line: self.common.max_line_bytes,
            tally: Arc::clone(&self.tally),
            cancel: Arc::clone(&self.cancel),
        }
    }
}

/// Where batches go; false means that no more are wanted.
pub(crate) type Emit<'e> = dyn FnMut(RecordBatch) -> bool + 'e;

/// The batch being filled.
pub(crate) struct Batch<'p> {
    plan: &'p Plan,
    file: Arc<str>,
    pub(crate) members: Members,
    pub(crate) rows: usize,
    bytes: usize,
    lines: Option<Column>,
    errors: Option<(Column, Column)>,
}

impl<'p> Batch<'p> {
    pub(crate) fn new(plan: &'p Plan, piece: &Piece) -> Self {
        let fields: Vec<FieldRef> = plan.schema.fields().iter().filter(|field| !plan.extras.owns(field.name())).cloned().collect();
        let wants = |name: &str| plan.extras.owns(name) && plan.schema.index_of(name).is_ok();
        Self {
            plan,
            file: Arc::clone(&piece.source.name),
            members: Members::new(&plan.shape, &fields),
            rows: 0,
            bytes: 0,
            lines: wants(LINE).then(Column::int),
            errors: (wants(ERROR) || wants(RAW)).then(|| (Column::text(), Column::text())),
        }
    }

    /// Ends a row that took `bytes` of the source.
    pub(crate) fn end_row(&mut self, line: u64, bytes: usize) {
        if let Some(lines) = &mut self.lines {
            lines.seek(self.rows);
            lines.push_int(i64::try_from(line).unwrap_or(i64::MAX));
        }
        self.rows += 1;
        self.bytes += bytes;
    }

    /// Ends a row that is kept although it is bad.
    pub(crate) fn end_bad_row(&mut self, line: u64, problem: &str, raw: &str) {
        if let Some((errors, raws)) = &mut self.errors {
            errors.seek(self.rows);
            errors.push_text(problem);
            raws.seek(self.rows);
            raws.push_text(raw);
        }
        self.end_row(line, raw.len());
    }

    /// Forgets the rows from `rows` on.
    pub(crate) fn truncate(&mut self, rows: usize) {
        self.rows = rows;
        self.members.truncate(rows);
        if let Some(lines) = &mut self.lines {
            lines.truncate(rows);
        }
    }

    pub(crate) fn is_full(&self) -> bool {
        self.rows >= self.plan.batch_size || self.bytes >= BATCH_BYTES
    }

    /// Hands the rows out. False when no more are wanted.
    pub(crate) fn flush(&mut self, emit: &mut Emit<'_>) -> Result<bool> {
        let rows = std::mem::take(&mut self.rows);
        self.bytes = 0;
        if rows == 0 {
            return Ok(true);
        }
        let internal = |error: datafusion::arrow::error::ArrowError| Error::Internal(error.to_string());
        let mut arrays = Vec::with_capacity(self.plan.schema.fields().len());
        for field in self.plan.schema.fields() {
            let name = field.name().as_str();
            let array: ArrayRef = match name {
                FILE if self.plan.extras.file => repeat(&self.file, rows),
                LINE if self.plan.extras.line => match &mut self.lines {
                    Some(lines) => lines.finish(rows).map_err(internal)?,
                    None => new_null_array(field.data_type(), rows),
                },
                ERROR | RAW if self.plan.extras.bad => match &mut self.errors {
                    Some((errors, raws)) => (if name == ERROR { errors } else { raws }).finish(rows).map_err(internal)?,
                    None => new_null_array(field.data_type(), rows),
                },
                name => match self.members.take(name, rows).map_err(internal)? {
                    Some(array) => array,
                    None => new_null_array(field.data_type(), rows),
                },
            };
            arrays.push(array);
        }
        // Members that the projection leaves out hold nothing; those in it were all taken.
        let options = RecordBatchOptions::new().with_row_count(Some(rows));
        let batch = RecordBatch::try_new_with_options(Arc::clone(&self.plan.schema), arrays, &options).map_err(internal)?;
        Ok(emit(batch))
    }
}

impl Extras {
    /// Whether `name` is made here.
    pub(crate) fn owns(self, name: &str) -> bool {
        match name {
            FILE => self.file,
            LINE => self.line,
            ERROR | RAW => self.bad,
            _ => false,
        }
    }
}

/// The same text in every row, stored once.
pub(crate) fn repeat(text: &str, rows: usize) -> ArrayRef {
    let view = make_view(text.as_bytes(), 0, 0);
    let buffers = if text.len() > 12 { vec![Buffer::from(text.as_bytes())] } else { Vec::new() };
    match StringViewArray::try_new(ScalarBuffer::from(vec![view; rows]), buffers, None) {
        Ok(array) => Arc::new(array),
        Err(_) => Arc::new(StringViewArray::from_iter_values(std::iter::repeat_n(text, rows))),
    }
}
