//! The lines at the head of a Zeek log that say how to read it.

use super::kind::Kind;
use crate::types::SqlType;
use hashbrown::{HashMap, HashSet};

/// More fields than this are not read: Zeek's longest log has less than a hundred.
const MAX_FIELDS: usize = 4096;

/// A column of a Zeek log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ZeekColumn {
    /// Name as in the log: `id.orig_h`.
    pub name: String,
    /// Type in SQL.
    pub ty: SqlType,
}

impl ZeekColumn {
    /// A type that holds the values of both columns.
    pub fn ty_with(&self, other: &Self) -> SqlType {
        Kind::of_sql(&self.ty).widest(Kind::of_sql(&other.ty)).sql()
    }
}

/// How the rows after a header are written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    pub(super) separator: u8,
    pub(super) set_separator: String,
    pub(super) empty_field: String,
    pub(super) unset_field: String,
    path: Option<String>,
    names: Vec<String>,
    kinds: Vec<Kind>,
    /// Whether `kinds` are those of a `#types`.
    is_typed: bool,
}

/// What a line says to [`Header::take_line`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Taken {
    /// Nothing: it is a row.
    Row,
    /// Nothing about the columns.
    Setting,
    /// Which columns there are, or of which types.
    Columns,
}

impl Default for Header {
    /// As Zeek writes without settings, and without fields.
    fn default() -> Self {
        Self {
            separator: b'\t',
            set_separator: ",".to_owned(),
            empty_field: "(empty)".to_owned(),
            unset_field: "-".to_owned(),
            path: None,
            names: Vec::new(),
            kinds: Vec::new(),
            is_typed: false,
        }
    }
}

impl Header {
    /// Reads the headers among `lines`: the last of each kind counts, but of several `#types` for the same fields the first.
    pub fn read<'l>(lines: impl IntoIterator<Item = &'l str>) -> Result<Self, &'static str> {
        let mut header = Self::default();
        for line in lines {
            header.take(line)?;
        }
        Ok(header)
    }

    /// Takes a line; whether it belongs to a header. What Zeek does not write, such as a comment, is left out. A `#separator` starts a new header.
    pub fn take(&mut self, line: &str) -> Result<bool, &'static str> {
        Ok(self.take_line(line)? != Taken::Row)
    }

    /// As [`Header::take`]. What is done about [`Taken::Columns`] costs what the columns are many: only a line as long as that says it, and the first `#types` for
    /// those columns. After an error they are others too.
    pub(super) fn take_line(&mut self, line: &str) -> Result<Taken, &'static str> {
        let Some(text) = line.strip_prefix('#') else { return Ok(Taken::Row) };
        // Always a blank here, whatever the separator.
        if let Some(separator) = text.strip_prefix("separator ") {
            *self = Self::default();
            self.separator = match unescape(separator.trim_end_matches('\r')).as_bytes() {
                [byte] if byte.is_ascii() => *byte,
                _ => return Err("the separator is not one character of ASCII"),
            };
            return Ok(Taken::Columns);
        }
        let separator = char::from(self.separator);
        let (key, value) = text.split_once(separator).unwrap_or((text, ""));
        let value = value.trim_end_matches('\r');
        match key {
            "set_separator" => self.set_separator = unescape(value),
            "empty_field" => self.empty_field = unescape(value),
            "unset_field" => self.unset_field = unescape(value),
            "path" => self.path = Some(unescape(value)),
            "fields" => {
                self.names = value.split(separator).take(MAX_FIELDS + 1).map(unescape).collect();
                let too_many = self.names.len() > MAX_FIELDS;
                if too_many {
                    self.names.clear();
                }
                self.kinds = vec![Kind::of_zeek(""); self.names.len()];
                self.is_typed = false;
                return if too_many { Err("more than 4096 fields") } else { Ok(Taken::Columns) };
            }
            // Without `#types` all fields are texts.
            "types" if !self.is_typed => {
                self.kinds.iter_mut().zip(value.split(separator)).for_each(|(kind, name)| *kind = Kind::of_zeek(name));
                self.is_typed = true;
                return Ok(Taken::Columns);
            }
            _ => {}
        }
        Ok(Taken::Setting)
    }

    /// Name of the log, such as `conn`.
    pub fn path(&self) -> Option<&str> {
        self.path.as_deref()
    }

    /// Whether the fields are known: rows can be read.
    pub fn is_complete(&self) -> bool {
        !self.names.is_empty()
    }

    /// The columns in the order of the fields. Of fields with the same name the first counts.
    pub fn columns(&self) -> Vec<ZeekColumn> {
        let mut seen = HashSet::new();
        let columns = self.fields().filter(|(name, _)| seen.insert(*name));
        columns.map(|(name, kind)| ZeekColumn { name: name.to_owned(), ty: kind.sql() }).collect()
    }

    pub(super) fn fields(&self) -> impl ExactSizeIterator<Item = (&str, Kind)> {
        self.names.iter().map(String::as_str).zip(self.kinds.iter().copied())
    }
}

/// The columns of all headers that were seen: those of a header that comes later, as when logs are concatenated, are added at the end, and a column with two
/// types gets one that holds both.
#[derive(Debug, Default)]
pub struct TsvShape {
    header: Header,
    /// Whether `header` is in `columns` already: it is whole when the first line that is no header comes.
    is_merged: bool,
    columns: Vec<ZeekColumn>,
    places: HashMap<String, usize>,
}

impl TsvShape {
    /// Looks at a line. Only headers say anything: a reader may leave the other lines out, except the first after each header.
    pub fn see(&mut self, line: &str) -> Result<(), &'static str> {
        if line.starts_with("#separator ") || !line.starts_with('#') {
            self.merge();
        }
        let taken = self.header.take_line(line);
        self.is_merged &= matches!(taken, Ok(Taken::Row | Taken::Setting));
        taken.map(|_| ())
    }

    /// The columns.
    pub fn columns(mut self) -> Vec<ZeekColumn> {
        self.merge();
        self.columns
    }

    fn merge(&mut self) {
        if self.is_merged {
            return;
        }
        self.is_merged = true;
        for column in self.header.columns() {
            if let Some(known) = self.places.get(&column.name).copied().and_then(|at| self.columns.get_mut(at)) {
                known.ty = Kind::of_sql(&known.ty).widest(Kind::of_sql(&column.ty)).sql();
                continue;
            }
            // Headers without end must not make columns without end.
            if self.columns.len() < MAX_FIELDS {
                self.places.insert(column.name.clone(), self.columns.len());
                self.columns.push(column);
            }
        }
    }
}

/// Undoes `\x09`; other backslashes stand for themselves, as for Zeek's own reader. What is no UTF-8 becomes U+FFFD.
pub(super) fn unescape(text: &str) -> String {
    let mut out = String::new();
    unescape_into(text, &mut Vec::new(), &mut out);
    out
}

/// As [`unescape`], appended to `out`.
pub(super) fn unescape_into(text: &str, bytes: &mut Vec<u8>, out: &mut String) {
    bytes.clear();
    let mut rest = text.as_bytes();
    while let Some(at) = memchr::memchr(b'\\', rest) {
        let (plain, escaped) = rest.split_at(at);
        bytes.extend_from_slice(plain);
        match escaped {
            [_, b'x', high, low, after @ ..] if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => {
                bytes.push(hex(*high) << 4 | hex(*low));
                rest = after;
            }
            _ => {
                bytes.push(b'\\');
                rest = escaped.get(1..).unwrap_or_default();
            }
        }
    }
    bytes.extend_from_slice(rest);
    for chunk in bytes.utf8_chunks() {
        out.push_str(chunk.valid());
        if !chunk.invalid().is_empty() {
            out.push('\u{fffd}');
        }
    }
}

fn hex(digit: u8) -> u8 {
    match digit {
        b'0'..=b'9' => digit - b'0',
        _ => (digit | 32).wrapping_sub(b'a').wrapping_add(10) & 15,
    }
}
