//! JSON in files: how its values follow each other, and where each begins and ends.

mod records;

pub use records::{CutProblem, Records};

use huntsql_kernels::json::Cursor;

/// How values follow each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// Every line holds whole values: lines can be read in any order.
    Lines,
    /// Values run over lines, or are the elements of a list.
    Stream,
}

impl Layout {
    /// From the first 64 KiB.
    pub fn guess(text: &str) -> Self {
        let text = text.trim_start();
        if text.starts_with('[') {
            return Self::Stream;
        }
        let (first, rest) = text.split_once('\n').unwrap_or((text, ""));
        if !text.starts_with('{') || is_values(first) || rest.is_empty() {
            return Self::Lines;
        }
        // The first line is no value: either values run over lines, or this line is broken.
        let mut records = Records::new(usize::MAX);
        let mut first_is_value = None;
        let _ = records.feed(text, &mut |record, _| {
            first_is_value.get_or_insert(is_values(record));
            Ok(())
        });
        match first_is_value {
            Some(true) | None => Self::Stream,
            Some(false) => Self::Lines,
        }
    }
}

/// Whether a line is one or more whole JSON values.
fn is_values(line: &str) -> bool {
    let mut cursor = Cursor::new(line);
    let mut any = false;
    while !cursor.is_end() {
        if cursor.skip().is_err() {
            return false;
        }
        any = true;
    }
    any
}

/// Whether text that is not called JSON is JSON all the same: it begins with an object or a list of objects.
pub fn looks_like_json(text: &str) -> bool {
    let trimmed = text.trim_start();
    let body = trimmed.strip_prefix('[').map_or(trimmed, str::trim_start);
    let Some(inner) = body.strip_prefix('{') else { return false };
    let inner = inner.trim_start();
    if !inner.starts_with(['"', '}']) {
        return false;
    }
    let first = trimmed.lines().next().unwrap_or_default();
    // A whole first line must be JSON; else the first value of the text, if it ends within it.
    if is_values(first) {
        return true;
    }
    let mut valid = None;
    let _ = Records::new(usize::MAX).feed(text, &mut |record, _| {
        valid.get_or_insert(is_values(record));
        Ok(())
    });
    valid.unwrap_or(true)
}
