//! Results for eyes and for other programs.
//!
//! [`writer`] gives a [`ResultWriter`] for any [`Mode`]; it takes the batches of a result as they come, so a result of any size
//! needs little memory. What is for eyes (table, record, Markdown) never prints a control, bidi or zero-width character from the data.

mod cell;
mod column;
mod delimited;
mod explain;
mod json;
mod layout;
mod markdown;
mod mode;
mod parquet;
mod record;
mod table;
mod type_name;
mod visible;

pub use mode::Mode;
pub use table::thousands;
pub use type_name::type_name;
pub use visible::{is_hidden, visible, visible_lines};

use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::datatypes::{DataType, Schema, SchemaRef};
use datafusion::error::Result;
use std::collections::HashSet;
use std::io::Write;

/// How a result is shown, apart from its format.
#[derive(Debug, Clone)]
pub struct Style {
    /// Rows that a table shows; `None` = all.
    pub max_rows: Option<usize>,
    /// Columns that a table may take; `None` = any.
    pub width: Option<usize>,
    /// Prints indicators defanged, in every format.
    pub defang: bool,
    /// Disarms formulas in CSV and TSV.
    pub csv_guard: bool,
    /// Colours.
    pub color: bool,
    /// The output is a terminal: CSV and TSV too show escapes.
    pub terminal: bool,
    /// What shows all rows: `.maxrows 0` in the shell.
    pub all_rows: &'static str,
    /// What shows all columns: `.mode record` in the shell.
    pub all_columns: &'static str,
}

impl Default for Style {
    fn default() -> Self {
        Self {
            max_rows: None,
            width: None,
            defang: false,
            csv_guard: true,
            color: false,
            terminal: false,
            all_rows: "SET huntsql.max_rows = 0",
            all_columns: "SET huntsql.mode = 'record'",
        }
    }
}

/// Takes the batches of one result.
pub trait ResultWriter: Send {
    /// Takes the next batch.
    fn batch(&mut self, batch: &RecordBatch) -> Result<()>;
    /// Prints what is left. Call it once, after the last batch.
    fn finish(&mut self) -> Result<()>;
}

/// A writer of `mode` for results of `schema`.
pub fn writer<'a, W: Write + Send + 'a>(mode: Mode, schema: &SchemaRef, style: Style, out: W) -> Result<Box<dyn ResultWriter + 'a>> {
    Ok(match mode {
        Mode::Table => Box::new(table::TableWriter::new(out, schema, style)),
        Mode::Record => Box::new(record::RecordWriter::new(out, schema, style)),
        Mode::Markdown => Box::new(markdown::MarkdownWriter::new(out, schema, &style)),
        Mode::Csv => Box::new(delimited::DelimitedWriter::new(out, schema, &style, b',')),
        Mode::Tsv => Box::new(delimited::DelimitedWriter::new(out, schema, &style, b'\t')),
        Mode::Json => Box::new(json::JsonWriter::new(out, schema, &style, true)),
        Mode::Ndjson => Box::new(json::JsonWriter::new(out, schema, &style, false)),
        Mode::Parquet => Box::new(parquet::ParquetWriter::new(out, schema, &style)?),
    })
}

/// A writer for the result of `EXPLAIN`, for eyes: plans are lines, which a table would show as `\n`.
pub fn explain_writer<'a, W: Write + Send + 'a>(out: W) -> Box<dyn ResultWriter + 'a> {
    Box::new(explain::ExplainWriter(out))
}

/// The names of the columns, each once: a join can give `id` twice, and in JSON or Parquet the second would hide the first. It
/// becomes `id_2`.
fn unique_names(schema: &Schema) -> Vec<String> {
    let mut taken: HashSet<&str> = schema.fields().iter().map(|field| field.name().as_str()).collect();
    let mut made: HashSet<String> = HashSet::new();
    let mut names = Vec::with_capacity(schema.fields().len());
    for field in schema.fields() {
        if taken.remove(field.name().as_str()) {
            names.push(field.name().clone());
            continue;
        }
        let free = |name: &String| !made.contains(name) && schema.index_of(name).is_err();
        let name = (2..).map(|n| format!("{}_{n}", field.name())).find(free).unwrap_or_default();
        made.insert(name.clone());
        names.push(name);
    }
    names
}

/// Numbers are set right, so that their digits stand below each other.
fn is_number(data_type: &DataType) -> bool {
    match data_type {
        DataType::Dictionary(_, value) => is_number(value),
        other => other.is_numeric(),
    }
}

#[cfg(test)]
mod tests;
