//! Columns side by side.

use super::cell::Cell;
use super::column::Column;
use super::layout::{Layout, Natural, fit};
use super::record::{limit, names, record};
use super::visible::cut;
use super::{ResultWriter, Style, is_number};
use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::error::Result;
use std::io::Write;

/// Rows that are looked at before the widths are set: with more rows, the table is printed as they come.
const LOOK_AHEAD: usize = 1_000;
/// A result of no more rows is printed as records where its columns do not fit.
const FEW_ROWS: usize = 5;

/// Writes a table.
pub(super) struct TableWriter<W> {
    out: W,
    schema: SchemaRef,
    names: Vec<Cell>,
    style: Style,
    held: Vec<Vec<Cell>>,
    /// The first rows, as they look in records.
    records: Vec<Vec<Cell>>,
    layout: Option<Layout>,
    shown: usize,
    more: usize,
}

impl<W: Write> TableWriter<W> {
    /// A writer for results of `schema`.
    pub(super) fn new(out: W, schema: &SchemaRef, style: Style) -> Self {
        let names = names(schema);
        Self { out, schema: SchemaRef::clone(schema), names, style, held: Vec::new(), records: Vec::new(), layout: None, shown: 0, more: 0 }
    }

    fn layout(&self) -> Layout {
        let natural = |(i, field): (usize, &std::sync::Arc<datafusion::arrow::datatypes::Field>)| {
            let name = self.names.get(i).map_or(0, |name| name.width);
            let cells = self.held.iter().filter_map(|row| row.get(i)).map(|cell| cell.width).max().unwrap_or(0);
            Natural { width: name.max(cells), name, rigid: is_number(field.data_type()) || field.data_type().is_temporal() }
        };
        fit(&self.schema.fields().iter().enumerate().map(natural).collect::<Vec<_>>(), self.style.width)
    }

    /// Sets the widths, prints the header and what was held back.
    fn start(&mut self, layout: Layout) -> Result<()> {
        if !self.names.is_empty() {
            let mut head = self.line(&layout, &self.names, if self.style.color { "\x1b[1m" } else { "" });
            let mut rule = Vec::new();
            for (i, (_, width)) in layout.columns.iter().enumerate() {
                if layout.gap == Some(i) {
                    rule.push("─".repeat(3));
                }
                rule.push("─".repeat(width + 2));
            }
            if layout.gap == Some(layout.columns.len()) {
                rule.push("─".repeat(3));
            }
            head.push_str(&rule.join("┼"));
            head.push('\n');
            self.out.write_all(head.as_bytes())?;
        }
        for row in std::mem::take(&mut self.held) {
            self.print(&layout, &row)?;
        }
        self.layout = Some(layout);
        Ok(())
    }

    fn print(&mut self, layout: &Layout, row: &[Cell]) -> Result<()> {
        if !row.is_empty() {
            let line = self.line(layout, row, "");
            self.out.write_all(line.as_bytes())?;
        }
        Ok(())
    }

    fn line(&self, layout: &Layout, row: &[Cell], look: &str) -> String {
        let mut line = String::new();
        for (i, (column, width)) in layout.columns.iter().enumerate() {
            if i > 0 {
                line.push('│');
            }
            if layout.gap == Some(i) {
                line.push_str(" … │");
            }
            let Some(cell) = row.get(*column) else { continue };
            let text = if self.style.width.is_some() { cut(&cell.text, *width) } else { cell.text.as_str().into() };
            let pad = " ".repeat(width.saturating_sub(super::visible::width(&text)));
            let right = self.schema.fields().get(*column).is_some_and(|field| is_number(field.data_type()));
            let look = if cell.null && self.style.color { "\x1b[2m" } else { look };
            let end = if look.is_empty() { "" } else { "\x1b[0m" };
            line.push(' ');
            if right {
                line.push_str(&pad);
            }
            line.push_str(look);
            line.push_str(&text);
            line.push_str(end);
            if !right {
                line.push_str(&pad);
            }
            line.push(' ');
        }
        if layout.gap == Some(layout.columns.len()) {
            line.push_str("│ … ");
        }
        line.truncate(line.trim_end_matches(' ').len());
        line.push('\n');
        line
    }
}

impl<W: Write + Send> ResultWriter for TableWriter<W> {
    fn batch(&mut self, batch: &RecordBatch) -> Result<()> {
        let room = self.style.max_rows.map_or(batch.num_rows(), |max| max.saturating_sub(self.shown).min(batch.num_rows()));
        self.more += batch.num_rows() - room;
        if room == 0 {
            return Ok(());
        }
        let columns = batch.columns().iter().map(|array| Column::new(array)).collect::<Result<Vec<_>>>()?;
        for row in 0..room {
            self.shown += 1;
            if self.records.len() < FEW_ROWS {
                let cells = columns.iter().map(|column| Cell::lines(&column.get(row), self.style.defang, limit(&self.style)));
                self.records.push(cells.collect());
            }
            let cells = columns.iter().map(|column| Cell::new(&column.get(row), self.style.defang, limit(&self.style)));
            let cells: Vec<_> = cells.collect();
            match self.layout.take() {
                Some(layout) => {
                    self.print(&layout, &cells)?;
                    self.layout = Some(layout);
                }
                None => self.held.push(cells),
            }
            if self.held.len() >= LOOK_AHEAD {
                self.start(self.layout())?;
            }
        }
        Ok(())
    }

    fn finish(&mut self) -> Result<()> {
        let mut dropped = None;
        if self.layout.is_none() {
            let layout = self.layout();
            if layout.gap.is_some() && (1..=FEW_ROWS).contains(&self.held.len()) {
                for (i, row) in self.records.iter().enumerate() {
                    self.out.write_all(record(i + 1, &self.names, row, &self.style).as_bytes())?;
                }
            } else {
                self.start(layout)?;
            }
        }
        if let Some(layout) = &self.layout
            && layout.gap.is_some()
        {
            dropped = Some((layout.columns.len(), self.names.len()));
        }
        self.out.write_all(footer(self.shown, self.more, dropped, &self.style).as_bytes())?;
        Ok(self.out.flush()?)
    }
}

/// The last lines: how many rows there are, and everything that is not shown.
pub(super) fn footer(shown: usize, more: usize, columns: Option<(usize, usize)>, style: &Style) -> String {
    let mut out = String::new();
    if more > 0 {
        out.push_str(&format!("… {} more {}; {} shows all\n", thousands(more), rows(more), style.all_rows));
    }
    if let Some((shown, all)) = columns {
        out.push_str(&format!("… {} of {all} columns not shown; {} shows all\n", all - shown, style.all_columns));
    }
    let total = shown + more;
    out.push_str(&format!("({} {})\n", thousands(total), rows(total)));
    if style.color {
        let text = out.trim_end();
        return format!("\x1b[2m{text}\x1b[0m\n");
    }
    out
}

fn rows(count: usize) -> &'static str {
    if count == 1 { "row" } else { "rows" }
}

/// `1,234,567`.
pub fn thousands(number: usize) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}
