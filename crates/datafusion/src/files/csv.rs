//! CSV: types inferred over all rows, quoted line ends, ragged rows.

use super::columns::{Column, Values};
use super::decode::{Batch, Emit, Plan};
use super::json::number;
use super::options::{BadRows, CsvOptions};
use super::shape::{Kinds, MAX_COLUMNS, ObjectShape};
use csv::StringRecord;
use huntsql_readers::{BlockOptions, BlockReader, Blocks, Error, Piece, Result};
use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// What the first pass found out about one file.
#[derive(Debug, Clone, Default)]
pub(crate) struct CsvFile {
    pub(crate) delimiter: u8,
    /// Names of the columns of this file, unique.
    names: Vec<String>,
    /// No field holds a line end, so lines can be read in any order.
    pub(crate) line_per_record: bool,
}

/// Records of a piece with their lines.
struct Records {
    csv: csv::Reader<BlockReader>,
    record: StringRecord,
    since_record: Arc<AtomicU64>,
    last_byte: Arc<AtomicU64>,
    /// Line of the last record if its last field runs over lines.
    swallows: Option<u64>,
    options: CsvOptions,
    first_line: u64,
    path: Arc<str>,
    max: usize,
}

impl Records {
    fn open(piece: &Piece, delimiter: u8, options: &CsvOptions, blocks: &BlockOptions) -> Result<Self> {
        let blocks = BlockOptions { by_line: false, ..blocks.clone() };
        let max = blocks.max_line;
        let reader = BlockReader::new(Blocks::open(piece, &blocks)?);
        let (since_record, last_byte) = (Arc::clone(&reader.since_record), Arc::clone(&reader.last_byte));
        let mut builder = csv::ReaderBuilder::new();
        builder.has_headers(false).flexible(true).delimiter(delimiter).buffer_capacity(1 << 16);
        match options.quote {
            Some(quote) => builder.quote(quote),
            None => builder.quoting(false),
        };
        Ok(Self {
            csv: builder.from_reader(reader),
            record: StringRecord::new(),
            since_record,
            last_byte,
            swallows: None,
            options: *options,
            first_line: piece.first_line.unwrap_or(1),
            path: Arc::clone(&piece.source.name),
            max,
        })
    }

    /// Reads the next record. Its line, or None at the end.
    fn next(&mut self) -> Result<Option<u64>> {
        let start = self.first_line + self.csv.position().line() - 1;
        match self.csv.read_record(&mut self.record) {
            Ok(false) => self.check_end().map(|()| None),
            Ok(true) => {
                self.since_record.store(0, Ordering::Relaxed);
                let line = self.record.position().map_or(start, |position| self.first_line + position.line() - 1);
                self.swallows = self.record.iter().next_back().is_some_and(|field| field.contains('\n')).then_some(line);
                Ok(Some(line))
            }
            Err(error) => Err(match error.into_kind() {
                csv::ErrorKind::Io(error) => match error.into_inner().map(|inner| inner.downcast::<Error>()) {
                    Some(Ok(error)) => *error,
                    _ => self.bad(start, format!("a record is longer than {} bytes: is a quote left open? {QUOTE_ADVICE}", self.max)),
                },
                kind => self.bad(start, format!("{kind:?}")),
            }),
        }
    }

    /// The csv crate ends an open quote at the end of the file: everything after it would be one field.
    fn check_end(&self) -> Result<()> {
        let quote = u64::from(self.options.quote.unwrap_or_default());
        match self.swallows {
            Some(line) if self.last_byte.load(Ordering::Relaxed) != quote => {
                Err(self.bad(line, format!("a quote is opened and never closed; {QUOTE_ADVICE}")))
            }
            _ => Ok(()),
        }
    }

    fn bad(&self, line: u64, problem: String) -> Error {
        Error::BadLine { path: self.path.to_string(), line, problem }
    }
}

const QUOTE_ADVICE: &str = "where quotes are ordinary characters use read_csv(.., {'quote': ''})";

/// First pass: names and kinds.
pub(crate) fn infer(piece: &Piece, delimiter: u8, options: &CsvOptions, blocks: &BlockOptions) -> Result<(ObjectShape, CsvFile)> {
    let mut records = Records::open(piece, delimiter, options, blocks)?;
    let mut file = CsvFile { delimiter, names: Vec::new(), line_per_record: true };
    let mut kinds: Vec<Kinds> = Vec::new();
    let mut first = true;
    while let Some(line) = records.next()? {
        let record = &records.record;
        if first {
            first = false;
            file.names = if options.header { unique(record.iter()) } else { unique(std::iter::repeat_n("", record.len())) };
            file.line_per_record &= !record.iter().any(|field| field.contains(['\n', '\r']));
            if record.len() > MAX_COLUMNS {
                return Err(records.bad(line, format!("more than {MAX_COLUMNS} columns; read it with read_text")));
            }
            kinds.resize(file.names.len(), Kinds::default());
            if options.header {
                continue;
            }
        }
        if record.len() != file.names.len() {
            match options.common.bad_rows {
                BadRows::Error => return Err(ragged(&records, line, file.names.len())),
                BadRows::Skip => continue,
                BadRows::Keep if record.len() > MAX_COLUMNS => {
                    return Err(records.bad(line, format!("more than {MAX_COLUMNS} columns; read it with read_text")));
                }
                BadRows::Keep => {
                    while file.names.len() < record.len() {
                        let name = format!("column{}", file.names.len() + 1);
                        file.names.push(name);
                        kinds.push(Kinds::default());
                    }
                }
            }
        }
        for (kinds, field) in kinds.iter_mut().zip(record.iter()) {
            kinds.add(if options.all_text { Kinds::TEXT } else { kind(field) });
            file.line_per_record &= !field.contains(['\n', '\r']);
        }
    }
    file.names = unique(file.names.iter().map(String::as_str));
    let mut shape = ObjectShape::default();
    for (name, kinds) in file.names.iter().zip(kinds) {
        let position = shape.position(name, shape.len());
        if let Some(column) = shape.shape_mut(position) {
            column.kinds.add(kinds);
        }
    }
    Ok((shape, file))
}

fn ragged(records: &Records, line: u64, width: usize) -> Error {
    records.bad(
        line,
        format!(
            "{} fields where the first line has {width}; use read_csv(.., {{'bad_rows': 'keep'}}) to widen the table or 'skip' to leave such rows out",
            records.record.len()
        ),
    )
}

/// Names of columns: a blank one is named by its position, a repeated one is numbered.
fn unique<'n>(names: impl Iterator<Item = &'n str>) -> Vec<String> {
    let names: Vec<String> = names
        .enumerate()
        .map(|(at, name)| if name.trim().is_empty() { format!("column{}", at + 1) } else { name.trim().to_owned() })
        .collect();
    let taken: HashSet<String> = names.iter().cloned().collect();
    let mut used = HashSet::new();
    let mut out = Vec::with_capacity(names.len());
    for name in names {
        let mut unique = name.clone();
        let mut number = 1;
        while used.contains(&unique) || (number > 1 && taken.contains(&unique)) {
            number += 1;
            unique = format!("{name}_{number}");
        }
        used.insert(unique.clone());
        out.push(unique);
    }
    out
}

/// The kind of a field as it is written. `0012`, `+1` and `1e400` stay text.
fn kind(field: &str) -> Kinds {
    if field.is_empty() {
        return Kinds::default();
    }
    if is_bool(field).is_some() {
        return Kinds::BOOL;
    }
    let digits = field.strip_prefix('-').unwrap_or(field).as_bytes();
    let plain = matches!(digits, [b'0'] | [b'0', b'.', ..] | [b'1'..=b'9', ..]);
    if !plain || field.len() > 40 || !is_number(digits) {
        return Kinds::TEXT;
    }
    number(field)
}

/// Digits, then perhaps a fraction, then perhaps an exponent.
fn is_number(digits: &[u8]) -> bool {
    let count = |from: usize| digits.iter().skip(from).take_while(|byte| byte.is_ascii_digit()).count();
    let mut at = count(0);
    if digits.get(at) == Some(&b'.') {
        let fraction = count(at + 1);
        if fraction == 0 {
            return false;
        }
        at += 1 + fraction;
    }
    if matches!(digits.get(at), Some(b'e' | b'E')) {
        at += 1 + usize::from(matches!(digits.get(at + 1), Some(b'+' | b'-')));
        let exponent = count(at);
        if exponent == 0 {
            return false;
        }
        at += exponent;
    }
    at == digits.len()
}

fn is_bool(field: &str) -> Option<bool> {
    match field {
        "true" | "True" | "TRUE" => Some(true),
        "false" | "False" | "FALSE" => Some(false),
        _ => None,
    }
}

/// Second pass: rows.
pub(crate) fn decode(piece: &Piece, file: &CsvFile, options: &CsvOptions, plan: &Plan, emit: &mut Emit<'_>) -> Result<()> {
    decode_rows(piece, file, options, plan, emit).map_err(|error| piece.mend(error))
}

fn decode_rows(piece: &Piece, file: &CsvFile, options: &CsvOptions, plan: &Plan, emit: &mut Emit<'_>) -> Result<()> {
    let mut records = Records::open(piece, file.delimiter, options, &plan.block_options(false))?;
    if options.header && piece.start == 0 && records.next()?.is_none() {
        return Ok(());
    }
    let mut batch = Batch::new(plan, piece);
    let positions: Vec<Option<usize>> = file
        .names
        .iter()
        .enumerate()
        .map(|(at, name)| batch.members.position(name, at).filter(|at| batch.members.column(*at).is_some()))
        .collect();
    while let Some(line) = records.next()? {
        let record = &records.record;
        let fits = match options.common.bad_rows {
            BadRows::Keep => record.len() <= file.names.len(),
            BadRows::Error | BadRows::Skip => record.len() == file.names.len(),
        };
        if !fits {
            if options.common.bad_rows == BadRows::Skip {
                plan.tally.skipped.fetch_add(1, Ordering::Relaxed);
                continue;
            }
            return Err(ragged(&records, line, file.names.len()));
        }
        for (position, field) in positions.iter().zip(record.iter()) {
            if let Some(column) = position.and_then(|position| batch.members.column(position)) {
                column.seek(batch.rows);
                if !put(column, field) {
                    return Err(
                        records.bad(line, "a value of another kind than when the file was first read: it changed meanwhile".to_owned())
                    );
                }
            }
        }
        let bytes = record.as_slice().len();
        batch.end_row(line, bytes);
        if batch.is_full() && !batch.flush(emit)? {
            return Ok(());
        }
    }
    batch.flush(emit)?;
    Ok(())
}

fn put(column: &mut Column, field: &str) -> bool {
    if field.is_empty() {
        column.push_null();
        return true;
    }
    let put = match &mut column.values {
        Values::Text { .. } => return column.push_text(field),
        Values::Bool(bits) => is_bool(field).map(|value| bits.append(value)).is_some(),
        Values::Int(values) => field.parse().map(|value| values.push(value)).is_ok(),
        Values::UInt(values) => field.parse().map(|value| values.push(value)).is_ok(),
        Values::Float(values) => field.parse().map(|value| values.push(value)).is_ok(),
        Values::Struct { .. } | Values::List { .. } => false,
    };
    if put {
        column.set();
    }
    put
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_of_fields() {
        for (field, text) in [
            ("0012", true),
            ("12", false),
            ("-5", false),
            ("+5", true),
            ("1.5", false),
            ("1.", true),
            (".5", true),
            ("1e5", false),
            ("1e", true),
            ("1.2.3", true),
            ("nan", true),
            (" 1", true),
            ("0x1f", true),
            ("true", false),
            ("99999999999999999999", false),
        ] {
            assert_eq!(kind(field) == Kinds::TEXT, text, "{field}");
        }
    }

    #[test]
    fn names_are_unique() {
        assert_eq!(unique(["a", "", "a", "a_2", "A"].into_iter()), ["a", "column2", "a_3", "a_2", "A"]);
    }
}
