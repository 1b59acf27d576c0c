//! Rows of a Zeek log in columns.

use super::header::{Header, Taken, ZeekColumn, unescape_into};
use super::kind::{Kind, Scalar};
use crate::column::{Column, SqlValue, Timestamp};
use crate::logs::any_time::epoch;
use std::borrow::Cow;

/// What a line was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Line {
    /// A row: every column has one value more.
    Row,
    /// Of a header, or empty: no column has changed.
    Header,
    /// Not a row, in words: no column has changed.
    Bad(&'static str),
}

/// Reads the lines of a log into the wanted columns. Headers among them change how the rows after them are read, and columns are found by name.
#[derive(Debug)]
pub struct Rows {
    header: Header,
    wanted: Vec<(String, Kind)>,
    /// Whether `plan` and `missing` are those of `header`: they are made when a row needs them.
    is_planned: bool,
    /// For each wanted column, in the order of their fields: the field and the column.
    plan: Vec<(usize, usize)>,
    /// Columns that this header has no field for.
    missing: Vec<usize>,
    bytes: Vec<u8>,
    text: String,
}

impl Rows {
    /// `header` is the one before the first line.
    pub fn new(wanted: &[ZeekColumn], header: Header) -> Self {
        let wanted = wanted.iter().map(|column| (column.name.clone(), Kind::of_sql(&column.ty))).collect();
        Self { header, wanted, is_planned: false, plan: Vec::new(), missing: Vec::new(), bytes: Vec::new(), text: String::new() }
    }

    /// The header before the next line.
    pub fn header(&self) -> &Header {
        &self.header
    }

    fn make_plan(&mut self) {
        let mut fields = hashbrown::HashMap::new();
        for (at, (name, _)) in self.header.fields().enumerate() {
            fields.entry(name).or_insert(at);
        }
        self.plan.clear();
        self.missing.clear();
        for (place, (name, _)) in self.wanted.iter().enumerate() {
            match fields.get(name.as_str()) {
                Some(field) => self.plan.push((*field, place)),
                None => self.missing.push(place),
            }
        }
        self.plan.sort_unstable();
        self.is_planned = true;
    }

    /// Reads a line without its end. `out` are the wanted columns, of [`ZeekColumn::ty`].
    pub fn line(&mut self, line: &str, out: &mut [Column]) -> Line {
        let line = line.strip_suffix('\r').unwrap_or(line);
        if line.is_empty() {
            return Line::Header;
        }
        let taken = self.header.take_line(line);
        self.is_planned &= matches!(taken, Ok(Taken::Row | Taken::Setting));
        match taken {
            Err(problem) => return Line::Bad(problem),
            Ok(Taken::Row) => {}
            Ok(Taken::Setting | Taken::Columns) => return Line::Header,
        }
        let fields = self.header.fields().len();
        if fields == 0 {
            return Line::Bad("a row before any #fields");
        }
        let separator = self.header.separator;
        if memchr::memchr_iter(separator, line.as_bytes()).count() + 1 != fields {
            return Line::Bad("another number of values than #fields has");
        }
        if !self.is_planned {
            self.make_plan();
        }
        let mut ends = memchr::memchr_iter(separator, line.as_bytes());
        let (mut start, mut field) = (0, 0);
        let mut end = ends.next().unwrap_or(line.len());
        for (wanted, place) in &self.plan {
            while field < *wanted {
                start = end + 1;
                end = ends.next().unwrap_or(line.len());
                field += 1;
            }
            // A column has its own type, whatever this header says of the field: `wanted` may be made of several headers.
            let (Some(column), Some((_, kind))) = (out.get_mut(*place), self.wanted.get(*place)) else { continue };
            put(line.get(start..end).unwrap_or_default(), *kind, &self.header, (&mut self.bytes, &mut self.text), column);
        }
        for place in &self.missing {
            out.get_mut(*place).into_iter().for_each(Column::push_null);
        }
        Line::Row
    }
}

fn put(value: &str, kind: Kind, header: &Header, (bytes, text): (&mut Vec<u8>, &mut String), out: &mut Column) {
    if value == header.unset_field {
        return out.push_null();
    }
    match kind {
        Kind::One(Scalar::Text) if value == header.empty_field => "".write(out),
        Kind::One(Scalar::Text) if memchr::memchr(b'\\', value.as_bytes()).is_none() => value.write(out),
        Kind::One(Scalar::Text) => {
            text.clear();
            unescape_into(value, bytes, text);
            text.as_str().write(out);
        }
        Kind::One(Scalar::Time) => epoch(value).map(Timestamp).write(out),
        Kind::One(Scalar::Float) => float(value).write(out),
        Kind::One(Scalar::Int) => integer(value).write(out),
        Kind::One(Scalar::Bool) => truth(value).write(out),
        Kind::List(scalar) => {
            let elements = (value != header.empty_field).then(|| elements(value, &header.set_separator)).into_iter().flatten();
            let elements = elements.map(|element| (element != header.unset_field).then_some(element));
            match scalar {
                Scalar::Float => elements.map(|element| element.and_then(float)).collect::<Vec<_>>().write(out),
                Scalar::Int => elements.map(|element| element.and_then(integer)).collect::<Vec<_>>().write(out),
                Scalar::Bool => elements.map(|element| element.and_then(truth)).collect::<Vec<_>>().write(out),
                Scalar::Text | Scalar::Time => {
                    let decoded = elements.map(|element| {
                        Some(match element? {
                            element if element == header.empty_field => Cow::Borrowed(""),
                            element if !element.contains('\\') => Cow::Borrowed(element),
                            element => {
                                let mut text = String::new();
                                unescape_into(element, bytes, &mut text);
                                Cow::Owned(text)
                            }
                        })
                    });
                    decoded.collect::<Vec<Option<Cow<'_, str>>>>().write(out);
                }
            }
        }
    }
}

/// The parts of `value` between `separator`; all of it where there is none.
fn elements<'v>(value: &'v str, separator: &'v str) -> impl Iterator<Item = &'v str> {
    let whole = separator.is_empty().then_some(value);
    let parts = (!separator.is_empty()).then(|| value.split(separator)).into_iter().flatten();
    whole.into_iter().chain(parts)
}

/// `80`, and `80/tcp` as older versions write ports.
fn integer(value: &str) -> Option<i64> {
    value.parse().ok().or_else(|| value.split_once('/')?.0.parse().ok())
}

fn float(value: &str) -> Option<f64> {
    value.parse().ok().filter(|number: &f64| number.is_finite())
}

fn truth(value: &str) -> Option<bool> {
    match value {
        "T" | "1" => Some(true),
        "F" | "0" => Some(false),
        _ => None,
    }
}
