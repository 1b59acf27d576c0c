//! One value as the text of a table cell.

use super::column::Value;
use super::json::{push_hex, push_json};
use super::visible::{Marks, push_visible, width};

/// A cell that is ready to print.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Cell {
    /// What is printed: nothing in it is hidden or moves a cursor.
    pub(super) text: String,
    /// Columns that `text` takes.
    pub(super) width: usize,
    /// Printed dim on a terminal.
    pub(super) null: bool,
}

impl Cell {
    /// Renders `value`. Text past `limit` columns is left out: the caller cuts there, and a cell of 100 MB must not be
    /// rendered for 40 columns.
    pub(super) fn new(value: &Value<'_, '_>, defang: bool, limit: usize) -> Self {
        let mut text = String::new();
        match value {
            Value::Null => text.push_str("NULL"),
            Value::Text(raw) => push_text(raw, defang, limit, &mut text),
            Value::Bytes(bytes) => push_hex(bytes.get(..limit.saturating_add(1)).unwrap_or(bytes), &mut text),
            other => push_plain(other, defang, bytes_of(limit), &mut text),
        }
        Self { width: width(&text), text, null: matches!(value, Value::Null) }
    }

    /// Like [`Cell::new`], with the line ends of a text kept as `\n`: only for who prints them behind a gutter.
    pub(super) fn lines(value: &Value<'_, '_>, defang: bool, limit: usize) -> Self {
        let Value::Text(raw) = value else { return Self::new(value, defang, limit) };
        let mut text = String::new();
        for (i, line) in raw.lines().enumerate() {
            if text.len() > bytes_of(limit) {
                break;
            }
            if i > 0 {
                text.push('\n');
            }
            push_text(line, defang, limit, &mut text);
        }
        Self { width: width(&text), text, null: false }
    }

    /// A cell of our own words.
    pub(super) fn label(text: &str) -> Self {
        let text = super::visible(text).into_owned();
        Self { width: width(&text), text, null: false }
    }
}

/// Everything but text, bytes and NULL: numbers and times as they are, nested values as JSON.
pub(super) fn push_plain(value: &Value<'_, '_>, defang: bool, limit: usize, out: &mut String) {
    match value {
        Value::Time(text) | Value::Decimal(text) => out.push_str(text),
        // JSON has no words for these.
        Value::Float(number) if !number.is_finite() => out.push_str(not_finite(*number)),
        Value::Single(number) if !number.is_finite() => out.push_str(not_finite(f64::from(*number))),
        other => push_json(other, defang, limit, out),
    }
}

/// Bytes that surely fill `columns`: a letter of two bytes may carry three marks of two.
fn bytes_of(columns: usize) -> usize {
    columns.saturating_mul(8)
}

fn not_finite(number: f64) -> &'static str {
    match number {
        _ if number.is_nan() => "NaN",
        _ if number > 0.0 => "inf",
        _ => "-inf",
    }
}

fn push_text(raw: &str, defang: bool, limit: usize, out: &mut String) {
    let mut safe = String::new();
    let raw = if defang {
        huntsql_kernels::text::defang(raw, &mut safe);
        &safe
    } else {
        raw
    };
    let mut marks = Marks::default();
    let mut used = 0;
    for c in raw.chars() {
        used += push_visible(c, &mut marks, out);
        if used > limit {
            break;
        }
    }
}
