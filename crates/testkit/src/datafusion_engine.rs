//! DataFusion as a library user has it: a plain `SessionContext` with `register_all`.

use crate::EngineError;
use async_trait::async_trait;
use datafusion::arrow::array::{Array, ArrayRef, RecordBatch};
use datafusion::arrow::util::display::{ArrayFormatter, FormatOptions};
use datafusion::prelude::SessionContext;
use sqllogictest::{AsyncDB, DBOutput, DefaultColumnType};

/// A session.
pub struct DataFusionEngine(SessionContext);

impl DataFusionEngine {
    /// A new session with all functions.
    pub fn new() -> Result<Self, EngineError> {
        let ctx = SessionContext::new();
        huntsql_datafusion::register_all(&ctx).map_err(|error| EngineError(error.to_string()))?;
        Ok(Self(ctx))
    }
}

#[async_trait]
impl AsyncDB for DataFusionEngine {
    type Error = EngineError;
    type ColumnType = DefaultColumnType;

    async fn run(&mut self, sql: &str) -> Result<DBOutput<DefaultColumnType>, EngineError> {
        let failed = |error: datafusion::error::DataFusionError| EngineError(error.to_string());
        let frame = self.0.sql(sql).await.map_err(failed)?;
        let columns = frame.schema().fields().len();
        let batches = frame.collect().await.map_err(failed)?;
        let is_query = ["select", "with", "explain", "values"].iter().any(|word| starts_with_word(sql, word));
        if !is_query {
            return Ok(DBOutput::StatementComplete(0));
        }
        Ok(DBOutput::Rows { types: vec![DefaultColumnType::Any; columns], rows: rows(&batches)? })
    }

    async fn shutdown(&mut self) {}

    fn engine_name(&self) -> &str {
        "datafusion"
    }
}

/// Whether `sql` begins with `word`, comments left aside.
pub(crate) fn starts_with_word(sql: &str, word: &str) -> bool {
    let text = sql.trim_start();
    text.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word))
}

/// The cells of a result as the suite compares them.
pub fn rows(batches: &[RecordBatch]) -> Result<Vec<Vec<String>>, EngineError> {
    let options = FormatOptions::default().with_null("NULL").with_timestamp_format(Some("%Y-%m-%d %H:%M:%S%.f"));
    let mut rows = Vec::new();
    for batch in batches {
        let columns = batch.columns().iter().map(|column| Ok((column, ArrayFormatter::try_new(column, &options)?)));
        let columns: Vec<(&ArrayRef, ArrayFormatter<'_>)> =
            columns.collect::<datafusion::arrow::error::Result<_>>().map_err(|error| EngineError(error.to_string()))?;
        rows.extend((0..batch.num_rows()).map(|row| columns.iter().map(|(column, format)| cell(column, format, row)).collect()));
    }
    Ok(rows)
}

fn cell(column: &ArrayRef, format: &ArrayFormatter<'_>, row: usize) -> String {
    let text = format.value(row).to_string();
    if text.is_empty() && !column.is_null(row) { "(empty)".to_owned() } else { text }
}
