//! Plans: the one result whose texts are lines by intent.

use super::column::{Column, Value};
use super::{ResultWriter, visible};
use datafusion::arrow::array::RecordBatch;
use datafusion::error::Result;
use std::io::Write;

/// Prints what `EXPLAIN` gives, line by line.
pub(super) struct ExplainWriter<W>(pub(super) W);

impl<W: Write + Send> ResultWriter for ExplainWriter<W> {
    fn batch(&mut self, batch: &RecordBatch) -> Result<()> {
        let columns = batch.columns().iter().map(|array| Column::new(array)).collect::<Result<Vec<_>>>()?;
        for row in 0..batch.num_rows() {
            let mut out = String::new();
            for (i, column) in columns.iter().enumerate() {
                let Value::Text(text) = column.get(row) else { continue };
                for line in text.lines() {
                    // The first column names the plan, the others are it.
                    out.push_str(if i == 0 { "" } else { "  " });
                    out.push_str(&visible(line));
                    out.push('\n');
                }
            }
            self.0.write_all(out.as_bytes())?;
        }
        Ok(())
    }

    fn finish(&mut self) -> Result<()> {
        Ok(self.0.flush()?)
    }
}
