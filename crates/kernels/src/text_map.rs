//! Maps of texts: what a [`SqlType::Map`] is written from.
//!
//! Engines ask for distinct keys, logs do not: RFC 5424 repeats a parameter for every value, and an attacker may write `user=root user=nobody`. No value is
//! lost: of equal keys the first keeps its name, and a later one with another value becomes `key#2`, `key#3` and so on. The same key with the same value
//! is written once.

use crate::column::{Column, SqlValue};
use crate::types::SqlType;
use hashbrown::{HashMap, HashSet};

/// Pairs of key and value.
#[derive(Debug, Clone, Copy)]
pub struct Pairs<'a>(pub &'a [(&'a str, &'a str)]);

impl SqlValue for Pairs<'_> {
    const TYPE: SqlType = SqlType::Map;
    fn write(&self, out: &mut Column) {
        write_distinct(self.0.iter().copied(), self.0.len(), out);
    }
}

/// A map under construction, in one buffer that can be used again.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TextMap {
    bytes: String,
    /// Ends of each key and its value in `bytes`.
    ends: Vec<(usize, usize)>,
}

impl TextMap {
    /// Forgets all entries and keeps the memory.
    pub fn clear(&mut self) {
        self.bytes.clear();
        self.ends.clear();
    }

    /// Makes room for `entries` more, of `bytes` altogether.
    pub fn reserve(&mut self, entries: usize, bytes: usize) {
        self.ends.reserve(entries);
        self.bytes.reserve(bytes);
    }

    /// Number of entries.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there is no entry.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// Appends an entry.
    pub fn push(&mut self, key: &str, value: &str) {
        self.push_with(key, |out| out.push_str(value));
    }

    /// Appends an entry whose value `write` appends to the buffer.
    pub fn push_with<R>(&mut self, key: &str, write: impl FnOnce(&mut String) -> R) -> R {
        self.bytes.push_str(key);
        let key_end = self.bytes.len();
        let result = write(&mut self.bytes);
        self.ends.push((key_end, self.bytes.len()));
        result
    }

    /// Appends an entry with the key `outer.inner`.
    pub fn push_joined(&mut self, outer: &str, inner: &str, write: impl FnOnce(&mut String)) {
        self.bytes.push_str(outer);
        self.bytes.push('.');
        self.push_with(inner, write);
    }

    /// Appends to the value of the last entry.
    pub fn extend_last(&mut self, more: &str) {
        if let Some((_, end)) = self.ends.last_mut() {
            self.bytes.push_str(more);
            *end = self.bytes.len();
        }
    }

    /// All entries in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> + Clone {
        let mut start = 0;
        self.ends.iter().map(move |(key_end, end)| {
            let entry = (self.bytes.get(start..*key_end).unwrap_or(""), self.bytes.get(*key_end..*end).unwrap_or(""));
            start = *end;
            entry
        })
    }

    /// The value of the first entry with `key`.
    pub fn get(&self, key: &str) -> Option<&str> {
        self.iter().find(|(name, _)| *name == key).map(|(_, value)| value)
    }
}

impl SqlValue for &TextMap {
    const TYPE: SqlType = SqlType::Map;
    fn write(&self, out: &mut Column) {
        write_distinct(self.iter(), self.len(), out);
    }
}

/// Below this many entries, comparing the few keys that look alike is faster than hashing.
const FEW: usize = 64;

pub(crate) fn write_distinct<'a>(entries: impl Iterator<Item = (&'a str, &'a str)> + Clone, count: usize, out: &mut Column) {
    let distinct = if count <= FEW {
        few_are_distinct(entries.clone())
    } else {
        let mut seen = HashSet::with_capacity(count);
        entries.clone().all(|(key, _)| seen.insert(key))
    };
    if distinct {
        out.push_map(entries);
    } else {
        let renamed = renamed(entries);
        out.push_map(renamed.iter().map(|(key, value)| (key.as_str(), *value)));
    }
}

/// Equal keys have equal marks, so that only keys whose mark was seen are compared with those before them.
fn few_are_distinct<'a>(entries: impl Iterator<Item = (&'a str, &'a str)> + Clone) -> bool {
    let mut seen = [0u64; 4];
    entries.clone().enumerate().all(|(at, (key, _))| {
        let mark = mark(key);
        let Some(bits) = seen.get_mut(usize::from(mark >> 6)) else { return false };
        let is_new = *bits & (1 << (mark & 63)) == 0;
        *bits |= 1 << (mark & 63);
        is_new || entries.clone().take(at).all(|(before, _)| before != key)
    })
}

fn mark(key: &str) -> u8 {
    let bytes = key.as_bytes();
    let byte = |at: usize| bytes.get(at).copied().unwrap_or(0);
    let mark = (bytes.len() as u8).wrapping_mul(29).wrapping_add(byte(0).wrapping_mul(7));
    mark.wrapping_add(byte(1).wrapping_mul(53)).wrapping_add(byte(bytes.len().saturating_sub(1)).wrapping_mul(101))
}

/// The entries with distinct keys. The number of a key only grows, so that the work is linear.
fn renamed<'a>(entries: impl Iterator<Item = (&'a str, &'a str)>) -> Vec<(String, &'a str)> {
    let mut kept: Vec<(String, &str)> = Vec::new();
    let mut pairs = HashSet::new();
    let mut numbers: HashMap<&str, u64> = HashMap::new();
    let mut taken: HashSet<String> = HashSet::new();
    for (key, value) in entries {
        if !pairs.insert((key, value)) {
            continue;
        }
        let mut name = key.to_owned();
        while taken.contains(&name) {
            let number = numbers.entry(key).or_insert(1);
            *number += 1;
            name = format!("{key}#{number}");
        }
        taken.insert(name.clone());
        kept.push((name, value));
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::column::Data;

    fn texts(column: &Column) -> Vec<String> {
        let Data::Text { offsets, bytes } = column.data() else { panic!("not text") };
        offsets.windows(2).map(|w| String::from_utf8(bytes[w[0]..w[1]].to_vec()).unwrap()).collect()
    }

    fn written(value: impl SqlValue) -> Vec<String> {
        let mut column = Column::new(&SqlType::Map);
        value.write(&mut column);
        let Data::List { child, .. } = column.data() else { panic!("not a list") };
        let Data::Struct(fields) = child.data() else { panic!("not structs") };
        assert_eq!(child.validity(), None);
        texts(&fields[0]).iter().zip(texts(&fields[1])).map(|(key, value)| format!("{key}={value}")).collect()
    }

    #[test]
    fn maps_are_lists_of_entries() {
        let mut column = Column::new(&SqlType::Map);
        Pairs(&[("a", "1"), ("b", "")]).write(&mut column);
        column.push_null();
        Pairs(&[]).write(&mut column);
        let Data::List { offsets, child } = column.data() else { panic!("not a list") };
        assert_eq!((offsets.as_slice(), child.len()), (&[0, 2, 2, 2][..], 2));
        assert_eq!(column.validity(), Some(&[true, false, true][..]));
        assert_eq!(SqlType::Map.to_string(), "MAP(TEXT, TEXT)");
    }

    #[test]
    fn equal_keys_are_numbered() {
        assert_eq!(written(Pairs(&[("ip", "1"), ("ip", "2"), ("x", ""), ("ip", "3"), ("ip", "1")])), ["ip=1", "ip#2=2", "x=", "ip#3=3"]);
        assert_eq!(written(Pairs(&[("a", "1"), ("a#2", "2"), ("a", "3"), ("a#2", "4")])), ["a=1", "a#2=2", "a#3=3", "a#2#2=4"]);
        let many: Vec<(String, String)> = (0..100).map(|i| (format!("k{}", i % 50), i.to_string())).collect();
        let pairs: Vec<(&str, &str)> = many.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
        let found = written(Pairs(&pairs));
        assert_eq!((found.len(), found[0].as_str(), found[50].as_str()), (100, "k0=0", "k0#2=50"));
    }

    #[test]
    fn equal_keys_are_not_quadratic() {
        let values: Vec<String> = (0..200_000).map(|i| i.to_string()).collect();
        let pairs: Vec<(&str, &str)> = values.iter().map(|v| ("k", v.as_str())).collect();
        assert_eq!(written(Pairs(&pairs)).last().map(String::as_str), Some("k#200000=199999"));
    }

    #[test]
    fn built_in_one_buffer() {
        let mut map = TextMap::default();
        map.push("a", "b c");
        map.push_with("d", |out| out.push('e'));
        map.extend_last("f");
        assert_eq!(map.iter().collect::<Vec<_>>(), [("a", "b c"), ("d", "ef")]);
        assert_eq!((map.get("d"), map.get("x"), map.len()), (Some("ef"), None, 2));
        assert_eq!(written(&map), ["a=b c", "d=ef"]);
        map.clear();
        assert!(map.is_empty() && written(&map).is_empty());
    }
}
