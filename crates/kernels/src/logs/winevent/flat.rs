//! One pass over an event: its values by path, as places in the text. Nothing is decoded here.

use super::names::{Known, known};
use crate::json::{Cursor, Problem, unescape_into};
use std::ops::Range;

/// Deeper objects are kept as JSON text.
const MAX_DEPTH: usize = 8;
/// Objects below longer paths are kept as JSON text: a path is written once for each value below it.
const MAX_PREFIX: usize = 128;
/// What a [`Flat`] keeps room for from one event to the next.
const KEPT: usize = 4096;

/// How a value is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// Between its quotes.
    Text,
    /// Between its quotes, with escapes.
    Escaped,
    /// A number, true or false.
    Word,
    /// An object or a list.
    Json,
}

/// Where the path of a leaf stands.
#[derive(Debug, Clone)]
enum Place {
    /// A key of the top, as it is.
    Text(Range<usize>),
    /// In [`Flat::paths`].
    Paths(Range<usize>),
    /// In [`Flat::paths`]: the name of a `<Data>` element, whatever it looks like.
    Name(Range<usize>),
}

/// A value that is not null.
#[derive(Debug, Clone)]
pub(super) struct Leaf {
    path: Place,
    value: Range<usize>,
    pub(super) form: Form,
    pub(super) known: Option<Known>,
}

impl Leaf {
    /// The value as it is in the text.
    pub(super) fn raw<'t>(&self, text: &'t str) -> &'t str {
        text.get(self.value.clone()).unwrap_or_default()
    }

    /// Appends the value.
    pub(super) fn append(&self, text: &str, out: &mut String) {
        match self.form {
            Form::Escaped => unescape_into(self.raw(text), out),
            _ => out.push_str(self.raw(text)),
        }
    }
}

/// The leaves of an event.
#[derive(Debug, Default)]
pub(super) struct Flat {
    pub(super) leaves: Vec<Leaf>,
    paths: String,
    prefix: String,
    /// Producers whose marks were seen.
    pub(super) producers: u8,
    unnamed: usize,
}

impl Flat {
    /// Reads the object `text`; false where it is none.
    pub(super) fn read(&mut self, text: &str, prefix: &str) -> bool {
        self.leaves.clear();
        self.leaves.shrink_to(KEPT);
        self.paths.clear();
        self.paths.shrink_to(KEPT);
        self.prefix.clear();
        self.prefix.push_str(prefix);
        self.producers = 0;
        self.unnamed = 0;
        let mut cursor = Cursor::new(text);
        self.object(text, &mut cursor, 0).is_ok() && cursor.is_end()
    }

    /// The path of a leaf, and whether it is a name of event data already.
    pub(super) fn path<'f>(&'f self, text: &'f str, leaf: &Leaf) -> (&'f str, bool) {
        let (from, range, named) = match &leaf.path {
            Place::Text(range) => (text, range, false),
            Place::Paths(range) => (self.paths.as_str(), range, false),
            Place::Name(range) => (self.paths.as_str(), range, true),
        };
        (from.get(range.clone()).unwrap_or_default(), named)
    }

    fn object(&mut self, text: &str, cursor: &mut Cursor<'_>, depth: usize) -> Result<(), Problem> {
        let mut more = cursor.enter_object()?;
        while more {
            cursor.peek();
            // After the quote.
            let start = cursor.position() + 1;
            let (key, escaped) = cursor.raw_key()?;
            let next = cursor.peek();
            if next == Some(b'{') || !self.prefix.is_empty() || escaped {
                self.below(text, cursor, key, escaped, depth)?;
            } else if next == Some(b'[') && is_data(key) {
                self.data(cursor)?;
            } else {
                let (known, producer) = known(key);
                self.producers |= producer;
                self.leaf(cursor, Place::Text(start..start + key.len()), known)?;
            }
            more = cursor.another(b'}')?;
        }
        Ok(())
    }

    /// The value of `key` where its path has to be put together.
    fn below(&mut self, text: &str, cursor: &mut Cursor<'_>, key: &str, escaped: bool, depth: usize) -> Result<(), Problem> {
        let is_object = cursor.peek() == Some(b'{');
        if key == "Event" && is_object && depth < MAX_DEPTH && matches!(self.prefix.as_str(), "" | "document.data") {
            // The event itself, perhaps in what Chainsaw puts around it.
            let around = std::mem::take(&mut self.prefix);
            let read = self.object(text, cursor, depth + 1);
            self.prefix = around;
            return read;
        }
        let from = self.prefix.len();
        self.append_key(key, escaped, is_object);
        let read = if is_data(&self.prefix) && (from > 0 || !is_object) {
            self.data(cursor)
        } else if is_object && depth < MAX_DEPTH && self.prefix.len() <= MAX_PREFIX {
            self.object(text, cursor, depth + 1)
        } else {
            let (known, producer) = known(&self.prefix);
            self.producers |= producer;
            let start = self.paths.len();
            self.paths.push_str(&self.prefix);
            self.leaf(cursor, Place::Paths(start..self.paths.len()), known)
        };
        self.prefix.truncate(from);
        read
    }

    /// Appends a key to the prefix, without the marks of XML attributes and texts.
    fn append_key(&mut self, key: &str, escaped: bool, is_object: bool) {
        let key = match (self.prefix.is_empty(), key) {
            (false, "#attributes" | "#text") => return,
            (false, key) => key.strip_prefix('@').unwrap_or(key),
            (true, key) => key,
        };
        let key = if is_object { key.strip_suffix("_attributes").unwrap_or(key) } else { key };
        if !self.prefix.is_empty() {
            self.prefix.push('.');
        }
        if escaped {
            unescape_into(key, &mut self.prefix);
        } else {
            self.prefix.push_str(key);
        }
    }

    /// Takes the next value.
    fn leaf(&mut self, cursor: &mut Cursor<'_>, path: Place, known: Option<Known>) -> Result<(), Problem> {
        if let Some((value, form)) = value(cursor)? {
            self.leaves.push(Leaf { path, value, form, known });
        }
        Ok(())
    }

    /// The `<Data>` elements that come next: one, or a list of them.
    fn data(&mut self, cursor: &mut Cursor<'_>) -> Result<(), Problem> {
        if cursor.peek() != Some(b'[') {
            return self.element(cursor);
        }
        let mut more = cursor.enter_list()?;
        while more {
            self.element(cursor)?;
            more = cursor.another(b']')?;
        }
        Ok(())
    }

    /// A value, or an object with a value and perhaps a name.
    fn element(&mut self, cursor: &mut Cursor<'_>) -> Result<(), Problem> {
        if cursor.peek() != Some(b'{') {
            let value = value(cursor)?;
            self.element_leaf(None, value);
            return Ok(());
        }
        let mut name = None;
        let mut found = None;
        let mut more = cursor.enter_object()?;
        while more {
            let (key, _) = cursor.raw_key()?;
            match (key, cursor.peek()) {
                ("Name" | "@Name" | "name", Some(b'"')) => name = Some(self.name(cursor)?),
                ("#attributes", Some(b'{')) => {
                    let mut more = cursor.enter_object()?;
                    while more {
                        match (cursor.raw_key()?, cursor.peek()) {
                            (("Name", _), Some(b'"')) => name = Some(self.name(cursor)?),
                            _ => cursor.skip()?,
                        }
                        more = cursor.another(b'}')?;
                    }
                }
                ("#text", Some(b'[')) => {
                    let mut more = cursor.enter_list()?;
                    while more {
                        let value = value(cursor)?;
                        self.element_leaf(None, value);
                        more = cursor.another(b']')?;
                    }
                }
                ("#text" | "Value" | "value" | "text", _) => found = Some(value(cursor)?),
                _ => cursor.skip()?,
            }
            more = cursor.another(b'}')?;
        }
        if let Some(value) = found {
            self.element_leaf(name, value);
        }
        Ok(())
    }

    fn name(&mut self, cursor: &mut Cursor<'_>) -> Result<Range<usize>, Problem> {
        let (raw, _) = cursor.raw_text()?;
        let start = self.paths.len();
        unescape_into(raw, &mut self.paths);
        Ok(start..self.paths.len())
    }

    /// A value without a name is `param1`, `param2` and so on by its position.
    fn element_leaf(&mut self, name: Option<Range<usize>>, value: Option<(Range<usize>, Form)>) {
        self.unnamed += usize::from(name.is_none());
        let Some((value, form)) = value else { return };
        let name = name.unwrap_or_else(|| {
            let start = self.paths.len();
            self.paths.push_str("param");
            self.paths.push_str(&self.unnamed.to_string());
            start..self.paths.len()
        });
        self.leaves.push(Leaf { path: Place::Name(name), value, form, known: None });
    }
}

/// Where a list holds the values of `<Data>` elements, and an object or a text is one.
fn is_data(path: &str) -> bool {
    matches!(path, "EventData.Data" | "EventData" | "Properties")
}

/// The next value: where it is and how it is written; `None` for null.
fn value(cursor: &mut Cursor<'_>) -> Result<Option<(Range<usize>, Form)>, Problem> {
    match cursor.peek() {
        Some(b'"') => {
            let start = cursor.position() + 1;
            let (raw, escaped) = cursor.raw_text()?;
            Ok(Some((start..start + raw.len(), if escaped { Form::Escaped } else { Form::Text })))
        }
        first => {
            let start = cursor.position();
            cursor.skip()?;
            Ok(match first {
                Some(b'n') => None,
                Some(b'{' | b'[') => Some((start..cursor.position(), Form::Json)),
                _ => Some((start..cursor.position(), Form::Word)),
            })
        }
    }
}
