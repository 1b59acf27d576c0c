//! One line a column: for results that are too wide for a table.

use super::cell::Cell;
use super::column::Column;
use super::table::footer;
use super::visible::{cut, width};
use super::{ResultWriter, Style};
use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::datatypes::{Schema, SchemaRef};
use datafusion::error::Result;
use std::io::Write;
use unicode_width::UnicodeWidthChar;

/// Lines that one value may take on a terminal.
pub(super) const MAX_LINES: usize = 20;

/// Writes records as they come.
pub(super) struct RecordWriter<W> {
    out: W,
    names: Vec<Cell>,
    style: Style,
    shown: usize,
    more: usize,
}

impl<W: Write> RecordWriter<W> {
    /// A writer for results of `schema`.
    pub(super) fn new(out: W, schema: &SchemaRef, style: Style) -> Self {
        Self { out, names: names(schema), style, shown: 0, more: 0 }
    }
}

/// The names of the columns, ready to print.
pub(super) fn names(schema: &Schema) -> Vec<Cell> {
    schema.fields().iter().map(|field| Cell::label(field.name())).collect()
}

/// The most columns of a cell that can be seen.
pub(super) fn limit(style: &Style) -> usize {
    style.width.map_or(usize::MAX, |width| width.saturating_mul(MAX_LINES))
}

impl<W: Write + Send> ResultWriter for RecordWriter<W> {
    fn batch(&mut self, batch: &RecordBatch) -> Result<()> {
        let room = self.style.max_rows.map_or(batch.num_rows(), |max| max.saturating_sub(self.shown).min(batch.num_rows()));
        self.more += batch.num_rows() - room;
        if room == 0 {
            return Ok(());
        }
        let columns = batch.columns().iter().map(|array| Column::new(array)).collect::<Result<Vec<_>>>()?;
        for row in 0..room {
            self.shown += 1;
            let cells = columns.iter().map(|column| Cell::lines(&column.get(row), self.style.defang, limit(&self.style)));
            self.out.write_all(record(self.shown, &self.names, &cells.collect::<Vec<_>>(), &self.style).as_bytes())?;
        }
        Ok(())
    }

    fn finish(&mut self) -> Result<()> {
        self.out.write_all(footer(self.shown, self.more, None, &self.style).as_bytes())?;
        Ok(self.out.flush()?)
    }
}

/// One record.
pub(super) fn record(number: usize, names: &[Cell], cells: &[Cell], style: &Style) -> String {
    let longest = names.iter().map(|name| name.width).max().unwrap_or(0);
    let name_width = style.width.map_or(longest, |total| longest.min((total / 3).max(8)));
    let room = style.width.map_or(usize::MAX, |total| total.saturating_sub(name_width + 5).max(8));
    let (bold, dim, plain) = if style.color { ("\x1b[1m", "\x1b[2m", "\x1b[0m") } else { ("", "", "") };
    let title = format!("── row {number} ");
    let rule = "─".repeat(style.width.unwrap_or(40).min(80).saturating_sub(width(&title)));
    let mut out = format!("{dim}{title}{rule}{plain}\n");
    for (name, cell) in names.iter().zip(cells) {
        let name = cut(&name.text, name_width);
        let gap = " ".repeat(name_width - width(&name).min(name_width));
        let start = if cell.null { dim } else { "" };
        let end = if cell.null { plain } else { "" };
        for (i, line) in wrap(&cell.text, room, if style.width.is_some() { MAX_LINES } else { usize::MAX }).iter().enumerate() {
            let label = if i == 0 { format!(" {bold}{name}{plain}{gap}") } else { " ".repeat(name_width + 1) };
            let text = format!("{label} │ {start}{line}{end}");
            out.push_str(text.trim_end());
            out.push('\n');
        }
    }
    out
}

/// `text` in lines of at most `room` columns; a cut at `max_lines` ends in `…`.
fn wrap(text: &str, room: usize, max_lines: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    let mut used = 0;
    for c in text.chars() {
        let wide = c.width().unwrap_or(0);
        if c == '\n' || used + wide > room {
            if lines.len() + 1 == max_lines {
                line.push_str(&" ".repeat(room.saturating_sub(used)));
                line.push('x');
                lines.push(cut(&line, room).into_owned());
                return lines;
            }
            lines.push(std::mem::take(&mut line));
            used = 0;
        }
        if c != '\n' {
            line.push(c);
            used += wide;
        }
    }
    lines.push(line);
    lines
}

#[cfg(test)]
mod tests {
    use super::wrap;

    #[test]
    fn long_values_wrap_and_are_cut_with_a_mark() {
        assert_eq!(wrap("abcdefgh", 3, 9), ["abc", "def", "gh"]);
        assert_eq!(wrap("abcdefgh", 3, 2), ["abc", "de…"]);
        assert_eq!(wrap("", 3, 2), [""]);
        assert_eq!(wrap("a\nb\n\nc", 3, 9), ["a", "b", "", "c"]);
        assert_eq!(wrap("a\nb\nc", 3, 2), ["a", "b …"]);
        assert_eq!(wrap("日本語", 5, 9), ["日本", "語"]);
    }
}
