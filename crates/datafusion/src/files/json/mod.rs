//! JSON logs: one object a line, several a line, over many lines, or one big list.

mod decode;
mod infer;

pub(crate) use decode::decode;
pub(crate) use infer::{infer, number};

use huntsql_kernels::json::Problem;
use huntsql_readers::json::{CutProblem, Layout, Records};
use huntsql_readers::{BlockOptions, Blocks, Error, Piece, Result};

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
                    CutProblem::TooLong(line) => too_long(piece, line, options.max_line),
                    CutProblem::Other(error) => error,
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
