//! Zeek logs in JSON: one object a line. Nothing says what the columns are: they are inferred from the lines.

use super::header::ZeekColumn;
use super::kind::{Kind, Scalar};
use super::row::Line;
use crate::column::{Column, SqlValue, Timestamp};
use crate::json::{Cursor, Problem};
use crate::logs::any_time::any_time;
use hashbrown::HashMap;

/// Keys beyond this many are not columns.
const MAX_COLUMNS: usize = 4096;

/// The columns of the lines that were seen.
#[derive(Debug, Default)]
pub struct JsonShape {
    places: HashMap<String, usize>,
    columns: Vec<Seen>,
}

/// A key and what its values are.
#[derive(Debug)]
struct Seen {
    name: String,
    /// `None` where all are null or lists of nothing.
    kind: Option<Kind>,
    has_empty_list: bool,
}

impl Seen {
    fn kind(&self) -> Kind {
        match self.kind {
            None if self.has_empty_list => Kind::List(Scalar::Text),
            Some(Kind::One(_)) if self.has_empty_list => Kind::One(Scalar::Text),
            kind => kind.unwrap_or(Kind::One(Scalar::Text)),
        }
    }
}

impl JsonShape {
    /// Looks at a line; false where it is no object, of which nothing is kept from where it goes wrong.
    pub fn see(&mut self, line: &str) -> bool {
        let mut cursor = Cursor::new(line);
        cursor.is_end() || self.see_keys(&mut cursor).is_ok() && cursor.is_end()
    }

    fn see_keys(&mut self, cursor: &mut Cursor<'_>) -> Result<(), Problem> {
        let mut more = cursor.enter_object()?;
        while more {
            let key = cursor.key()?;
            let is_list = cursor.peek() == Some(b'[');
            let kind = kind(&key, cursor)?;
            let place = match self.places.get(key.as_ref()) {
                Some(place) => *place,
                None if self.columns.len() < MAX_COLUMNS => {
                    self.places.insert(key.clone().into_owned(), self.columns.len());
                    self.columns.push(Seen { name: key.into_owned(), kind: None, has_empty_list: false });
                    self.columns.len() - 1
                }
                None => MAX_COLUMNS,
            };
            if let Some(seen) = self.columns.get_mut(place) {
                seen.has_empty_list |= is_list && kind.is_none();
                seen.kind = match (seen.kind, kind) {
                    (Some(known), Some(kind)) => Some(known.widest(kind)),
                    (known, kind) => known.or(kind),
                };
            }
            more = cursor.another(b'}')?;
        }
        Ok(())
    }

    /// The columns in the order in which their keys were first seen, of the widest type of their values.
    pub fn columns(&self) -> Vec<ZeekColumn> {
        self.columns.iter().map(|seen| ZeekColumn { name: seen.name.clone(), ty: seen.kind().sql() }).collect()
    }
}

/// Type of the next value, which is taken; `None` for null and for a list without elements.
fn kind(key: &str, cursor: &mut Cursor<'_>) -> Result<Option<Kind>, Problem> {
    if cursor.peek() != Some(b'[') {
        return Ok(scalar(key, cursor)?.map(Kind::One));
    }
    let mut all = None;
    let mut more = cursor.enter_list()?;
    while more {
        let is_nested = matches!(cursor.peek(), Some(b'[' | b'{'));
        // Times in lists stay texts, and so do objects.
        let one = match scalar("", cursor)? {
            Some(Scalar::Time) => Some(Scalar::Text),
            _ if is_nested => Some(Scalar::Text),
            one => one,
        };
        all = match (all, one.map(Kind::List)) {
            (Some(known), Some(one)) => Some(Kind::widest(known, one)),
            (known, one) => known.or(one),
        };
        more = cursor.another(b']')?;
    }
    Ok(all)
}

fn scalar(key: &str, cursor: &mut Cursor<'_>) -> Result<Option<Scalar>, Problem> {
    Ok(match cursor.peek() {
        Some(b'"') => {
            let (text, _) = cursor.raw_text()?;
            Some(if is_iso(text) { Scalar::Time } else { Scalar::Text })
        }
        Some(b'n') => {
            cursor.skip()?;
            None
        }
        Some(b't' | b'f') => {
            cursor.skip()?;
            Some(Scalar::Bool)
        }
        Some(b'{' | b'[') => {
            cursor.skip()?;
            Some(Scalar::Text)
        }
        _ => {
            let number = cursor.slice()?;
            // The time of every log. Other times are numbers like any other.
            Some(match number.parse::<i64>() {
                _ if key == "ts" => Scalar::Time,
                Ok(_) => Scalar::Int,
                Err(_) => Scalar::Float,
            })
        }
    })
}

/// `2020-04-30T00:06:39.824370Z`, as Zeek writes times when told to: any other text is a text.
fn is_iso(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.get(10) == Some(&b'T') && bytes.last() == Some(&b'Z') && any_time(text).is_some()
}

/// Reads the lines of a log into the wanted columns.
#[derive(Debug)]
pub struct JsonRows {
    places: HashMap<String, usize>,
    /// Where the value of each column is in the line: start and end.
    values: Vec<Option<(usize, usize)>>,
    kinds: Vec<Kind>,
}

impl JsonRows {
    /// Of equal names the first counts.
    pub fn new(wanted: &[ZeekColumn]) -> Self {
        let kinds: Vec<Kind> = wanted.iter().map(|column| Kind::of_sql(&column.ty)).collect();
        let mut places = HashMap::new();
        for (place, column) in wanted.iter().enumerate() {
            places.entry(column.name.clone()).or_insert(place);
        }
        Self { places, values: Vec::new(), kinds }
    }

    /// Reads a line. `out` are the wanted columns, of [`ZeekColumn::ty`]; a value of another type is NULL. Of a repeated key the first value counts.
    pub fn line(&mut self, line: &str, out: &mut [Column]) -> Line {
        self.values.clear();
        self.values.resize(self.kinds.len(), None);
        let mut cursor = Cursor::new(line);
        if cursor.is_end() {
            return Line::Header;
        }
        if let Err(problem) = self.find(&mut cursor) {
            return Line::Bad(problem.words);
        }
        if !cursor.is_end() {
            return Line::Bad("something after the object");
        }
        for ((value, kind), column) in self.values.iter().zip(&self.kinds).zip(out) {
            match value.and_then(|(start, end)| line.get(start..end)) {
                // The value was checked before.
                Some(value) if put(value, *kind, column).is_ok() => {}
                _ => column.push_null(),
            }
        }
        Line::Row
    }

    fn find(&mut self, cursor: &mut Cursor<'_>) -> Result<(), Problem> {
        let mut more = cursor.enter_object()?;
        while more {
            let key = cursor.key()?;
            cursor.peek();
            let start = cursor.position();
            cursor.skip()?;
            let value = self.places.get(key.as_ref()).and_then(|place| self.values.get_mut(*place));
            if let Some(value @ None) = value {
                *value = Some((start, cursor.position()));
            }
            more = cursor.another(b'}')?;
        }
        Ok(())
    }
}

/// Writes one row, or fails before it has written anything.
fn put(value: &str, kind: Kind, out: &mut Column) -> Result<(), Problem> {
    let mut cursor = Cursor::new(value);
    match kind {
        _ if value == "null" => out.push_null(),
        Kind::One(Scalar::Text) => match cursor.peek() {
            Some(b'"') => cursor.string()?.write(out),
            _ => value.write(out),
        },
        Kind::One(Scalar::Time) => any_time(value.trim_matches('"')).map(|time| Timestamp(time.micros)).write(out),
        Kind::One(Scalar::Float) => value.parse::<f64>().ok().write(out),
        Kind::One(Scalar::Int) => value.parse::<i64>().ok().write(out),
        Kind::One(Scalar::Bool) => value.parse::<bool>().ok().write(out),
        Kind::List(scalar) => {
            let mut elements = Vec::new();
            let mut more = cursor.enter_list()?;
            while more {
                let is_text = cursor.peek() == Some(b'"');
                elements.push(if is_text { cursor.string()? } else { cursor.slice()?.into() });
                more = cursor.another(b']')?;
            }
            match scalar {
                Scalar::Float => elements.iter().map(|element| element.parse::<f64>().ok()).collect::<Vec<_>>().write(out),
                Scalar::Int => elements.iter().map(|element| element.parse::<i64>().ok()).collect::<Vec<_>>().write(out),
                Scalar::Bool => elements.iter().map(|element| element.parse::<bool>().ok()).collect::<Vec<_>>().write(out),
                Scalar::Text | Scalar::Time => {
                    elements.into_iter().map(|element| (element != "null").then_some(element)).collect::<Vec<_>>().write(out)
                }
            }
        }
    }
    Ok(())
}
