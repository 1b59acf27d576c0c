//! Windows events in JSON, whoever wrote them: what is wanted of an event, and the event.

mod convert;
mod field;
mod fill;
mod flat;
mod names;
#[cfg(test)]
mod tests;
mod wants;
mod xml;

pub use field::Field;
pub use wants::Wants;

use crate::text_map::TextMap;
use fill::{Fill, Nested};
use flat::Flat;

/// An event. It keeps its buffers from one event to the next.
#[derive(Debug, Default)]
pub struct Event {
    /// Fields that have a value.
    set: u32,
    numbers: [i64; Field::ALL.len()],
    texts: [String; Field::ALL.len()],
    data: TextMap,
    named: Vec<Named>,
}

/// A field of event data that was asked for by name.
#[derive(Debug, Default)]
struct Named {
    found: Found,
    text: String,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Found {
    #[default]
    Not,
    /// The name is spelt in another case.
    Alike,
    Exactly,
}

impl Event {
    /// When it happened, in microseconds since 1970.
    pub fn time(&self) -> Option<i64> {
        self.number(Field::Time)
    }

    /// A number; `None` for a field that is a text.
    pub fn number(&self, field: Field) -> Option<i64> {
        self.has(field).then(|| self.numbers.get(field as usize).copied())?
    }

    /// A text; empty for a field that is a number.
    pub fn text(&self, field: Field) -> Option<&str> {
        self.has(field).then(|| self.texts.get(field as usize).map(String::as_str))?
    }

    /// Everything else; empty where the map was not wanted.
    pub fn data(&self) -> &TextMap {
        &self.data
    }

    /// The value of the wanted name at `index`.
    pub fn named(&self, index: usize) -> Option<&str> {
        self.named.get(index).filter(|named| named.found != Found::Not).map(|named| named.text.as_str())
    }

    fn has(&self, field: Field) -> bool {
        self.set & field.bit() != 0
    }

    fn clear(&mut self, names: usize) {
        self.set = 0;
        self.data.clear();
        self.named.resize_with(names, Named::default);
        self.named.iter_mut().for_each(|named| named.found = Found::Not);
    }
}

/// Reads events.
#[derive(Debug, Default)]
pub struct Reader {
    flat: Flat,
    nested: Nested,
}

impl Reader {
    /// Reads the event in `line`, of which only what is wanted is decoded. False where it is no JSON object, or one with neither an event id nor a provider.
    pub fn parse(&mut self, line: &str, wants: &Wants, event: &mut Event) -> bool {
        event.clear(wants.names().len());
        if !self.flat.read(line, "") {
            return false;
        }
        Fill::new(line, &self.flat, wants, event, &mut self.nested).fill()
    }
}
