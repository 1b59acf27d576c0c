//! Formats whose columns are found in the files themselves.

use super::lines::Raw;
use super::texts::Texts;
use crate::Result;
use crate::batch::{Batch, Wanted};
use crate::format::{LogColumn, LogScan};
use huntsql_kernels::column::{Column, SqlValue};
use huntsql_kernels::logs::zeek::{JsonRows, Line, Rows, ZeekColumn};
use huntsql_kernels::types::SqlType;

/// The columns of a log as its caller sees them: those that were found, and the text of what is no row.
pub(crate) fn log_columns(columns: &[ZeekColumn]) -> Vec<LogColumn> {
    let found = columns.iter().map(|column| LogColumn { name: column.name.clone(), ty: column.ty });
    found.chain([LogColumn { name: Raw::Unparsed.name().to_owned(), ty: SqlType::Text }]).collect()
}

/// How a text becomes a row.
pub(crate) enum FoundRows {
    Tsv(Box<Rows>),
    Json(JsonRows),
}

/// Reads the wanted ones of such columns.
pub(crate) struct FoundScan {
    texts: Texts,
    rows: FoundRows,
    /// The columns of the log that are wanted, and their types.
    places: Vec<usize>,
    types: Vec<SqlType>,
    /// The column of what is no row.
    unparsed: usize,
}

impl FoundScan {
    /// `rows` is given the columns that are wanted.
    pub(crate) fn new(columns: &[ZeekColumn], wanted: &Wanted, texts: Texts, rows: impl FnOnce(&[ZeekColumn]) -> FoundRows) -> Self {
        let places: Vec<usize> = (0..columns.len()).filter(|index| wanted.has(*index)).collect();
        let asked: Vec<ZeekColumn> = places.iter().filter_map(|index| columns.get(*index)).cloned().collect();
        let types = asked.iter().map(|column| column.ty).collect();
        Self { texts, rows: rows(&asked), places, types, unparsed: columns.len() }
    }
}

impl LogScan for FoundScan {
    fn fill(&mut self, batch: &mut Batch) -> Result<bool> {
        let mut out: Vec<Column> = self.types.iter().map(Column::new).collect();
        let mut more = true;
        while !batch.is_full() {
            let Some((text, line)) = self.texts.next()? else {
                more = false;
                break;
            };
            let was = match &mut self.rows {
                FoundRows::Tsv(rows) => rows.line(text, &mut out),
                FoundRows::Json(rows) => rows.line(text, &mut out),
            };
            let unparsed = match was {
                Line::Header => continue,
                Line::Row => None,
                Line::Bad(_) => {
                    out.iter_mut().for_each(Column::push_null);
                    Some(text)
                }
            };
            if let Some(column) = batch.column(self.unparsed) {
                unparsed.write(column);
            }
            batch.end_row(line, text.len());
        }
        for (place, column) in self.places.iter().zip(out) {
            if let Some(to) = batch.column(*place) {
                *to = column;
            }
        }
        Ok(more)
    }
}
