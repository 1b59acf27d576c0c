//! CSV and TSV (RFC 4180; tabs are quoted as commas are).

use super::cell::push_plain;
use super::column::{Column, Value};
use super::json::push_hex;
use super::{ResultWriter, Style, unique_names, visible};
use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::datatypes::Schema;
use datafusion::error::Result;
use std::io::Write;

/// Writes CSV rows as they come. NULL is an empty field and the empty text is `""`.
pub(super) struct DelimitedWriter<W> {
    out: W,
    header: Option<Vec<String>>,
    delimiter: u8,
    defang: bool,
    guard: bool,
    terminal: bool,
}

impl<W: Write> DelimitedWriter<W> {
    /// A writer with `delimiter` between fields.
    pub(super) fn new(out: W, schema: &Schema, style: &Style, delimiter: u8) -> Self {
        Self { out, header: Some(unique_names(schema)), delimiter, defang: style.defang, guard: style.csv_guard, terminal: style.terminal }
    }

    fn header(&mut self) -> Result<()> {
        if let Some(names) = self.header.take() {
            let mut line = String::new();
            for (i, name) in names.iter().enumerate() {
                self.separate(i, &mut line);
                self.push_text(name, &mut line);
            }
            line.push('\n');
            self.out.write_all(line.as_bytes())?;
        }
        Ok(())
    }

    fn separate(&self, i: usize, line: &mut String) {
        if i > 0 {
            line.push(char::from(self.delimiter));
        }
    }

    fn push_value(&self, value: &Value<'_, '_>, only: bool, line: &mut String) {
        let mut text = String::new();
        match value {
            // A line without any field is skipped by readers: the row would be lost.
            Value::Null if only => line.push_str("\"\""),
            Value::Null => {}
            Value::Text(raw) if self.defang => {
                huntsql_kernels::text::defang(raw, &mut text);
                self.push_text(&text, line);
            }
            Value::Text(raw) => self.push_text(raw, line),
            Value::Bytes(bytes) => push_hex(bytes, line),
            other => {
                push_plain(other, self.defang, usize::MAX, &mut text);
                push_quoted(&text, self.delimiter, line);
            }
        }
    }

    fn push_text(&self, raw: &str, line: &mut String) {
        let raw = if self.terminal { visible(raw) } else { raw.into() };
        if self.guard && is_formula(&raw) {
            push_quoted(&format!("'{raw}"), self.delimiter, line);
        } else {
            push_quoted(&raw, self.delimiter, line);
        }
    }
}

/// A spreadsheet would run this text or take it apart (OWASP, "CSV Injection"). Plain numbers are left alone.
fn is_formula(text: &str) -> bool {
    match text.chars().next() {
        Some('=' | '@' | '\t' | '\r' | '\n' | '＝' | '＋' | '－' | '＠') => true,
        Some('+' | '-') => !is_plain_number(text),
        _ => false,
    }
}

fn is_plain_number(text: &str) -> bool {
    let digits = |c: char| c.is_ascii_digit() || matches!(c, '.' | '+' | '-' | 'e' | 'E');
    text.chars().all(digits) && text.parse::<f64>().is_ok()
}

fn push_quoted(text: &str, delimiter: u8, line: &mut String) {
    let special = |byte: u8| byte == delimiter || matches!(byte, b'"' | b'\n' | b'\r');
    if !text.is_empty() && !text.bytes().any(special) && !text.starts_with(' ') && !text.ends_with(' ') {
        line.push_str(text);
        return;
    }
    line.push('"');
    for (i, part) in text.split('"').enumerate() {
        if i > 0 {
            line.push_str("\"\"");
        }
        line.push_str(part);
    }
    line.push('"');
}

impl<W: Write + Send> ResultWriter for DelimitedWriter<W> {
    fn batch(&mut self, batch: &RecordBatch) -> Result<()> {
        self.header()?;
        let columns = batch.columns().iter().map(|array| Column::new(array)).collect::<Result<Vec<_>>>()?;
        let mut line = String::new();
        for row in 0..batch.num_rows() {
            line.clear();
            for (i, column) in columns.iter().enumerate() {
                self.separate(i, &mut line);
                self.push_value(&column.get(row), columns.len() == 1, &mut line);
            }
            line.push('\n');
            self.out.write_all(line.as_bytes())?;
        }
        Ok(())
    }

    fn finish(&mut self) -> Result<()> {
        self.header()?;
        Ok(self.out.flush()?)
    }
}
