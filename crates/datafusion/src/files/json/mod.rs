//! JSON logs: one object a line, several a line, over many lines, or one big list.

mod decode;
mod infer;
mod records;

pub(crate) use decode::decode;
pub(crate) use infer::{infer, number};

use huntsql_kernels::json::{Cursor, Problem};
use huntsql_readers::{BlockOptions, Blocks, Error, Piece, Result};
use records::Records;

/// How values follow each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Layout {
    /// Every line holds whole values: lines can be read in any order.
    Lines,
    /// Values run over lines, or are the elements of a list.
    Stream,
}

impl Layout {
    /// From the first 64 KiB.
    pub(crate) fn guess(text: &str) -> Self {
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
pub(crate) fn looks_like_json(text: &str) -> bool {
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

/// Takes a line or value with its line number; false means that no more are wanted.
type OnRecord<'f> = dyn FnMut(&str, u64) -> Result<bool> + 'f;

/// Calls `on_record` with every line (or value) and its line number until it returns false.
fn each_record(piece: &Piece, layout: Layout, options: &BlockOptions, on_record: &mut OnRecord<'_>) -> Result<()> {
    let options = BlockOptions { by_line: layout == Layout::Lines, ..options.clone() };
    let mut blocks = Blocks::open(piece, &options)?;
    let mut records = Records::new(options.max_line);
    let mut wanted = true;
    while wanted && let Some(block) = blocks.next()? {
        match layout {
            Layout::Lines => {
                let mut line_number = block.first_line;
                let mut from = 0;
                while wanted && from < block.text.len() {
                    let end = memchr::memchr(b'\n', block.text.as_bytes().get(from..).unwrap_or_default())
                        .map_or(block.text.len(), |at| from + at);
                    let line = block.text.get(from..end).unwrap_or_default().trim_matches(is_space);
                    if line.len() > options.max_line {
                        return Err(too_long(piece, line_number, options.max_line));
                    }
                    if !line.is_empty() {
                        wanted = on_record(line, line_number)?;
                    }
                    line_number += 1;
                    from = end + 1;
                }
            }
            Layout::Stream => {
                let fed = records.feed(&block.text, &mut |record, line| {
                    if wanted {
                        wanted = on_record(record, line)?;
                    }
                    Ok(())
                });
                fed.map_err(|error| match error {
                    records::Problem::TooLong(line) => too_long(piece, line, options.max_line),
                    records::Problem::Other(error) => error,
                })?;
            }
        }
    }
    if wanted && layout == Layout::Stream {
        let (rest, open_list) = records.finish();
        if let Some((record, line)) = rest {
            on_record(&record, line)?;
        }
        if let Some(line) = open_list {
            on_record("[", line)?;
        }
    }
    Ok(())
}

fn is_space(letter: char) -> bool {
    matches!(letter, ' ' | '\t' | '\r' | '\n')
}

fn too_long(piece: &Piece, line: u64, max: usize) -> Error {
    Error::BadLine {
        path: piece.source.name.to_string(),
        line,
        problem: format!("the value is longer than {max} bytes; raise it with read_json(.., {{'max_line_bytes': ..}})"),
    }
}

/// Why a value does not parse, in words.
fn bad_record(piece: &Piece, line: u64, problem: Problem) -> Error {
    Error::BadLine { path: piece.source.name.to_string(), line, problem: format!("{}; {ADVICE}", explain(problem)) }
}

const ADVICE: &str = "leave such rows out with read_json(.., {'bad_rows': 'skip'})";

fn explain(problem: Problem) -> String {
    format!("{} at byte {}", problem.words, problem.at + 1)
}
