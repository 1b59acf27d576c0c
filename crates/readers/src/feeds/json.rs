//! JSON documents seen through the cursor: an object is its keys and the text of their values, nothing is decoded before it is asked for.

use super::indicator::shared;
use huntsql_kernels::json::Cursor;
use huntsql_kernels::logs::parse_time;
use std::borrow::Cow;
use std::sync::Arc;

/// The keys of an object and the texts of their values; of a key that is there twice the last counts.
#[derive(Debug, Default)]
pub(super) struct Object<'t>(Vec<(Cow<'t, str>, &'t str)>);

/// Most keys of an object that are looked at.
const MOST_KEYS: usize = 10_000;

impl<'t> Object<'t> {
    /// The object that `text` is. Of one that is cut off the last value is what is left of it.
    pub(super) fn read(text: &'t str) -> Option<Self> {
        let mut cursor = Cursor::new(text);
        let mut fields = Vec::new();
        let mut more = cursor.enter_object().ok()?;
        while more && fields.len() < MOST_KEYS {
            let Ok(key) = cursor.key() else { break };
            cursor.peek();
            let start = cursor.position();
            let whole = cursor.slice();
            more = whole.is_ok() && cursor.another(b'}').unwrap_or(false);
            fields.push((key, whole.unwrap_or_else(|_| text.get(start..).unwrap_or_default())));
        }
        Some(Self(fields))
    }

    /// The text of the value of `key`.
    pub(super) fn get(&self, key: &str) -> Option<&'t str> {
        self.0.iter().rev().find(|(name, _)| name == key).map(|(_, value)| *value).filter(|value| *value != "null")
    }

    /// The value of `key`, a string or a number, as text.
    pub(super) fn text(&self, key: &str) -> Option<Cow<'t, str>> {
        scalar(self.get(key)?)
    }

    /// As [`Object::text`], bounded and to be shared.
    pub(super) fn shared(&self, key: &str) -> Option<Arc<str>> {
        shared(&self.text(key)?)
    }

    /// The time that `key` holds.
    pub(super) fn time(&self, key: &str) -> Option<i64> {
        time(&self.text(key)?)
    }

    /// Whether `key` is true.
    pub(super) fn flag(&self, key: &str) -> Option<bool> {
        match self.get(key)? {
            "true" | "1" | "\"1\"" => Some(true),
            "false" | "0" | "\"0\"" => Some(false),
            _ => None,
        }
    }

    /// The elements of the list that `key` holds.
    pub(super) fn items(&self, key: &str) -> Items<'t> {
        Items::of(self.get(key).unwrap_or_default())
    }

    /// The texts in the list that `key` holds.
    pub(super) fn texts(&self, key: &str) -> impl Iterator<Item = Cow<'t, str>> {
        self.items(key).filter_map(scalar)
    }

    /// All keys with the texts of their values.
    pub(super) fn fields(&self) -> impl Iterator<Item = (&str, &'t str)> {
        self.0.iter().map(|(key, value)| (key.as_ref(), *value))
    }
}

/// A string, number or truth value as text.
pub(super) fn scalar(value: &str) -> Option<Cow<'_, str>> {
    if value.starts_with('"') {
        return Cursor::new(value).string().ok();
    }
    (!value.starts_with(['{', '[']) && value != "null").then_some(Cow::Borrowed(value))
}

/// A time, or a day, or seconds since 1970.
pub(super) fn time(text: &str) -> Option<i64> {
    let text = text.trim();
    match parse_time(text) {
        // MISP writes 0 for never.
        Some(0) => None,
        Some(time) => Some(time),
        None if text.len() == 10 => parse_time(&format!("{text}T00:00:00Z")),
        None => None,
    }
}

/// The elements of a list, as far as they can be read.
#[derive(Debug)]
pub(super) struct Items<'t> {
    cursor: Cursor<'t>,
    more: bool,
}

impl<'t> Items<'t> {
    /// Those of `text`; none where it is no list.
    pub(super) fn of(text: &'t str) -> Self {
        let mut cursor = Cursor::new(text);
        let more = cursor.enter_list().unwrap_or(false);
        Self { cursor, more }
    }
}

impl<'t> Iterator for Items<'t> {
    type Item = &'t str;

    fn next(&mut self) -> Option<&'t str> {
        if !self.more {
            return None;
        }
        let item = self.cursor.slice().ok();
        self.more = item.is_some() && self.cursor.another(b']').unwrap_or(false);
        item
    }
}

/// The line on which a part of a document begins. Parts are asked for in order.
#[derive(Debug)]
pub(super) struct LineCount<'t> {
    text: &'t str,
    at: usize,
    line: u64,
}

impl<'t> LineCount<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self { text, at: 0, line: 1 }
    }

    /// Of `part`, a slice of the text.
    pub(super) fn of(&mut self, part: &str) -> u64 {
        let at = (part.as_ptr() as usize).checked_sub(self.text.as_ptr() as usize).unwrap_or(self.at);
        self.at(at)
    }

    /// Of byte `at`.
    pub(super) fn at(&mut self, at: usize) -> u64 {
        if let Some(between) = self.text.as_bytes().get(self.at..at) {
            self.line += memchr::memchr_iter(b'\n', between).count() as u64;
            self.at = at;
        }
        self.line
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_whole_is_read() {
        let object = Object::read(r#"{"a": "x\u0041", "b": [1, "2", {}], "b": [3, "4"], "t": "2024-05-06", "c": tru"#).unwrap();
        assert_eq!(object.text("a").as_deref(), Some("xA"));
        assert_eq!(object.texts("b").collect::<Vec<_>>(), ["3", "4"]);
        assert_eq!(object.time("t"), Some(1_714_953_600_000_000));
        assert_eq!(object.get("c"), Some("tru"));
        assert!(Object::read("[1]").is_none());
        assert_eq!(Items::of(r#"[1, 2, "x"#).collect::<Vec<_>>(), ["1", "2"]);
        let text = "a\nb\nc";
        let mut lines = LineCount::new(text);
        assert_eq!((lines.of(text.get(2..3).unwrap()), lines.of(text.get(4..).unwrap()), lines.at(5)), (2, 3, 3));
    }
}
