//! The texts of late: logs repeat themselves, and to compare two numbers is less than to hash a text and to look it up.

use super::{NULL_TEXT, Pool};

/// A column with fewer rows is not worth the memory.
pub(super) const RECENT_FROM: usize = 1 << SLOTS_LOG2;

/// Of texts that seldom come again the longer ones are looked up all the same, as they cost most where they do.
const LONG: usize = 1024;

/// 24 KB.
const SLOTS_LOG2: u32 = 10;

/// One text for each place that the ends of a text lead to.
#[derive(Debug, Clone, Default)]
pub(super) struct Recent {
    /// Empty until the first text comes.
    slots: Vec<Slot>,
}

/// A text, as far as two numbers can tell: as a whole up to 16 bytes.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Ends {
    length: u32,
    head: u64,
    tail: u64,
}

#[derive(Debug, Clone, Copy)]
struct Slot {
    ends: Ends,
    id: u32,
}

impl Ends {
    #[inline]
    fn of(text: &str) -> Self {
        let bytes = text.as_bytes();
        let (head, tail) = match (bytes.first_chunk::<8>(), bytes.last_chunk::<8>()) {
            (Some(head), Some(tail)) => (u64::from_le_bytes(*head), u64::from_le_bytes(*tail)),
            _ => (bytes.iter().fold(0, |number, byte| number << 8 | u64::from(*byte)), 0),
        };
        Self { length: u32::try_from(bytes.len()).unwrap_or(u32::MAX - 1), head, tail }
    }

    /// Whether no other text looks the same.
    fn is_whole(self) -> bool {
        self.length <= 16
    }

    /// The place of the text.
    #[inline]
    fn place(self) -> usize {
        const ODD: u64 = 0x9e37_79b9_7f4a_7c15;
        let mixed = (self.head ^ u64::from(self.length)).wrapping_mul(ODD) ^ self.tail;
        ((mixed ^ mixed >> 32).wrapping_mul(ODD) >> (u64::BITS - SLOTS_LOG2)) as usize
    }
}

impl Recent {
    /// The number of `text` in `pool`, where it is put if it is not there yet.
    #[inline]
    pub(super) fn intern(&mut self, text: &str, pool: &mut Pool) -> u32 {
        let ends = Ends::of(text);
        self.find(text, ends, pool).unwrap_or_else(|| self.add(text, ends, pool, Pool::intern))
    }

    /// As [`Recent::intern`], of texts that seldom come again: only among those of late is `text` looked for, unless it is long. Whoever writes a log must not make us
    /// keep a long line as often as it is written.
    #[inline]
    pub(super) fn keep(&mut self, text: &str, pool: &mut Pool) -> u32 {
        let ends = Ends::of(text);
        let put = if text.len() > LONG { Pool::intern } else { Pool::keep };
        self.find(text, ends, pool).unwrap_or_else(|| self.add(text, ends, pool, put))
    }

    #[inline]
    fn find(&self, text: &str, ends: Ends, pool: &Pool) -> Option<u32> {
        let slot = self.slots.get(ends.place()).filter(|slot| slot.ends == ends)?;
        (ends.is_whole() || pool.is(slot.id, text)).then_some(slot.id)
    }

    #[cold]
    fn add(&mut self, text: &str, ends: Ends, pool: &mut Pool, put: fn(&mut Pool, &str) -> u32) -> u32 {
        if self.slots.is_empty() {
            // No text has this length.
            let nothing = Ends { length: u32::MAX, head: 0, tail: 0 };
            self.slots = vec![Slot { ends: nothing, id: NULL_TEXT }; 1 << SLOTS_LOG2];
        }
        let id = put(pool, text);
        if let Some(slot) = self.slots.get_mut(ends.place()) {
            *slot = Slot { ends, id };
        }
        id
    }

    pub(super) fn size(&self) -> usize {
        self.slots.capacity() * size_of::<Slot>()
    }
}

#[cfg(test)]
mod tests {
    use super::super::Texts;
    use proptest::prelude::*;

    proptest! {
        /// Few letters and lengths around those where the comparison changes, so that texts meet in their ends.
        #[test]
        fn texts_keep_their_numbers(rows in prop::collection::vec(prop::option::of("[ab]{0,4}|[ab]{7,9}|[ab]{15,18}"), 0..3000)) {
            let mut texts = Texts::default();
            rows.iter().for_each(|text| texts.push(text.as_deref()));
            for (row, text) in rows.iter().enumerate() {
                prop_assert_eq!(texts.get(row), text.as_deref());
                prop_assert_eq!(texts.id(row), text.as_ref().and_then(|text| texts.find(text)));
            }
        }
    }
}
