//! JSON: one value, an array of rows, or a row a line.

use super::column::{Column, Value};
use super::visible::is_hidden;
use super::{ResultWriter, Style, unique_names};
use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::datatypes::Schema;
use datafusion::error::Result;
use std::fmt::Write as _;
use std::io::Write;

/// Appends `value` as JSON. Integers and decimals keep every digit; NaN and the infinities, which JSON lacks, are null; bytes are
/// hex text. Characters that are not seen are escaped, so the text is safe on a terminal and still means the same.
/// Past about `limit` bytes the rest is left out, for who shows the start only.
pub(super) fn push_json(value: &Value<'_, '_>, defang: bool, limit: usize, out: &mut String) {
    // Writing to a String cannot fail.
    let _ = match value {
        Value::Null => write!(out, "null"),
        Value::Bool(flag) => write!(out, "{flag}"),
        Value::Int(number) => write!(out, "{number}"),
        Value::UInt(number) => write!(out, "{number}"),
        Value::Single(number) => write!(out, "{}", serde_json::to_string(number).unwrap_or_else(|_| "null".to_owned())),
        Value::Float(number) => write!(out, "{}", serde_json::to_string(number).unwrap_or_else(|_| "null".to_owned())),
        Value::Decimal(digits) => write!(out, "{digits}"),
        Value::Time(text) => write!(out, "\"{text}\""),
        Value::Text(text) if defang => {
            let mut safe = String::new();
            huntsql_kernels::text::defang(text, &mut safe);
            push_string(start(&safe, limit), out);
            Ok(())
        }
        Value::Text(text) => {
            push_string(start(text, limit), out);
            Ok(())
        }
        Value::Bytes(bytes) => {
            out.push('"');
            push_hex(bytes.get(..limit).unwrap_or(bytes), out);
            out.push('"');
            Ok(())
        }
        Value::List(column, rows) => {
            out.push('[');
            for (i, row) in rows.clone().enumerate() {
                if out.len() > limit {
                    break;
                }
                separate(i, out);
                push_json(&column.get(row), defang, limit, out);
            }
            out.push(']');
            Ok(())
        }
        Value::Struct(fields, row) => {
            out.push('{');
            for (i, (name, column)) in fields.iter().enumerate() {
                separate(i, out);
                push_string(name, out);
                out.push(':');
                push_json(&column.get(*row), defang, limit, out);
            }
            out.push('}');
            Ok(())
        }
        Value::Map(keys, values, rows) => {
            out.push('{');
            for (i, row) in rows.clone().enumerate() {
                if out.len() > limit {
                    break;
                }
                separate(i, out);
                push_key(&keys.get(row), defang, limit, out);
                out.push(':');
                push_json(&values.get(row), defang, limit, out);
            }
            out.push('}');
            Ok(())
        }
    };
}

/// What of `text` can matter within `limit`.
fn start(text: &str, limit: usize) -> &str {
    text.get(..text.floor_char_boundary(limit)).unwrap_or(text)
}

/// Appends `bytes` as lower-case hex.
pub(super) fn push_hex(bytes: &[u8], out: &mut String) {
    for byte in bytes {
        let _ = write!(out, "{byte:02x}");
    }
}

/// JSON names are texts: another key is written as its JSON, quoted.
fn push_key(key: &Value<'_, '_>, defang: bool, limit: usize, out: &mut String) {
    match key {
        Value::Text(_) | Value::Time(_) | Value::Bytes(_) => push_json(key, defang, limit, out),
        _ => {
            let mut text = String::new();
            push_json(key, defang, limit, &mut text);
            push_string(&text, out);
        }
    }
}

fn separate(i: usize, out: &mut String) {
    if i > 0 {
        out.push(',');
    }
}

fn push_string(text: &str, out: &mut String) {
    out.push('"');
    if text.bytes().all(|byte| matches!(byte, b' '..=b'~') && !matches!(byte, b'"' | b'\\')) {
        out.push_str(text);
        out.push('"');
        return;
    }
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if is_hidden(c) => {
                for unit in c.encode_utf16(&mut [0; 2]) {
                    let _ = write!(out, "\\u{unit:04x}");
                }
            }
            c => out.push(c),
        }
    }
    out.push('"');
}

/// Writes JSON rows as they come.
pub(super) struct JsonWriter<W> {
    out: W,
    keys: Vec<String>,
    defang: bool,
    array: bool,
    started: bool,
}

impl<W: Write> JsonWriter<W> {
    /// `array`: one array of all rows, else a row a line.
    pub(super) fn new(out: W, schema: &Schema, style: &Style, array: bool) -> Self {
        let keys = unique_names(schema).into_iter().map(|name| {
            let mut key = String::new();
            push_string(&name, &mut key);
            key.push(':');
            key
        });
        Self { out, keys: keys.collect(), defang: style.defang, array, started: false }
    }
}

impl<W: Write + Send> ResultWriter for JsonWriter<W> {
    fn batch(&mut self, batch: &RecordBatch) -> Result<()> {
        let columns = batch.columns().iter().map(|array| Column::new(array)).collect::<Result<Vec<_>>>()?;
        let mut line = String::new();
        for row in 0..batch.num_rows() {
            line.clear();
            if self.array {
                line.push_str(if self.started { ",\n" } else { "[" });
            }
            self.started = true;
            line.push('{');
            for (i, (key, column)) in self.keys.iter().zip(&columns).enumerate() {
                separate(i, &mut line);
                line.push_str(key);
                push_json(&column.get(row), self.defang, usize::MAX, &mut line);
            }
            line.push('}');
            if !self.array {
                line.push('\n');
            }
            self.out.write_all(line.as_bytes())?;
        }
        Ok(())
    }

    fn finish(&mut self) -> Result<()> {
        if self.array {
            self.out.write_all(if self.started { b"]\n" } else { b"[]\n" })?;
        }
        Ok(self.out.flush()?)
    }
}
