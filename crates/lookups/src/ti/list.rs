//! Lists in what others wrote: the first elements are kept, all are counted, and judged where a verdict hangs on them.

use serde::de::{DeserializeOwned, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use std::fmt;

/// Elements of a list that are kept in the details; `<name>_count` says how many there were.
pub(super) const MOST_ELEMENTS: usize = 20;

/// The first elements of a list that are of the right shape, and how many elements there were. What is no list has none; a lone text is a list of one.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct List<T> {
    pub(super) kept: Vec<T>,
    pub(super) count: usize,
}

impl<T> Default for List<T> {
    fn default() -> Self {
        Self { kept: Vec::new(), count: 0 }
    }
}

impl<T> List<T> {
    pub(super) fn is_empty(&self) -> bool {
        self.kept.is_empty()
    }

    pub(super) fn iter(&self) -> std::slice::Iter<'_, T> {
        self.kept.iter()
    }

    /// The same list of something in the elements.
    pub(super) fn map<U>(self, of: impl FnMut(T) -> U) -> List<U> {
        List { kept: self.kept.into_iter().map(of).collect(), count: self.count }
    }
}

/// What is made of all elements of a list, of which only the first are kept.
pub(super) trait Judge<T>: Default {
    fn see(&mut self, element: &T);
}

/// A list that a verdict hangs on: all of its elements are judged, however many there are, and the first are kept.
#[derive(Debug, Clone, Default)]
pub(super) struct Judged<T, J> {
    pub(super) list: List<T>,
    pub(super) judge: J,
}

impl<'de, T: DeserializeOwned> Deserialize<'de> for List<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Elements { see: None })
    }
}

impl<'de, T: DeserializeOwned, J: Judge<T>> Deserialize<'de> for Judged<T, J> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut judge = J::default();
        let mut see = |element: &T| judge.see(element);
        let list = deserializer.deserialize_any(Elements { see: Some(&mut see) })?;
        Ok(Self { list, judge })
    }
}

/// Reads a list; `see` is shown every element.
struct Elements<'s, T> {
    see: Option<&'s mut dyn FnMut(&T)>,
}

impl<T: DeserializeOwned> Elements<'_, T> {
    fn one(&mut self, value: Value) -> List<T> {
        let mut list = List::default();
        self.add(&mut list, value);
        list.count = list.kept.len();
        list
    }

    fn add(&mut self, list: &mut List<T>, value: Value) {
        list.count += 1;
        // A struct would read itself from a list, field by field.
        if value.is_array() {
            return;
        }
        let Ok(element) = serde_json::from_value(value) else { return };
        if let Some(see) = &mut self.see {
            see(&element);
        }
        if list.kept.len() < MOST_ELEMENTS {
            list.kept.push(element);
        }
    }
}

impl<'de, T: DeserializeOwned> Visitor<'de> for Elements<'_, T> {
    type Value = List<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut elements: A) -> Result<List<T>, A::Error> {
        let mut list = List::default();
        while self.see.is_some() || list.kept.len() < MOST_ELEMENTS {
            let Some(value) = elements.next_element::<Value>()? else { return Ok(list) };
            self.add(&mut list, value);
        }
        while elements.next_element::<IgnoredAny>()?.is_some() {
            list.count += 1;
        }
        Ok(list)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<List<T>, A::Error> {
        while fields.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(List::default())
    }

    fn visit_str<E>(mut self, text: &str) -> Result<List<T>, E> {
        Ok(if text.trim().is_empty() { List::default() } else { self.one(Value::from(text)) })
    }

    fn visit_i64<E>(self, _: i64) -> Result<List<T>, E> {
        Ok(List::default())
    }

    fn visit_u64<E>(self, _: u64) -> Result<List<T>, E> {
        Ok(List::default())
    }

    fn visit_f64<E>(self, _: f64) -> Result<List<T>, E> {
        Ok(List::default())
    }

    fn visit_bool<E>(self, _: bool) -> Result<List<T>, E> {
        Ok(List::default())
    }

    fn visit_unit<E>(self) -> Result<List<T>, E> {
        Ok(List::default())
    }
}
