//! Places and keys that were read before: records point to the same countries, regions and cities again and again, each with its names in eight languages,
//! and to the same few keys.

use super::word::Word;

/// 400 KB: a country of the world stays in it, whatever cities come between.
const SLOTS_LOG2: u32 = 14;

/// What was read.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    /// Of maps of a code and names. Two tables, since a database shares these or those: of the other nothing is kept.
    pub(crate) places: Maps,
    /// Of maps of names.
    pub(crate) names: Maps,
    /// What the keys are, by number of the database and place; empty until the first is kept.
    words: Vec<Option<(u8, u32, Word)>>,
}

/// What was read of the maps that pointers led to. What comes later in the same slot takes it over.
#[derive(Debug, Default)]
pub(crate) struct Maps {
    /// Empty until the first is kept.
    slots: Vec<Option<(Key, Chosen)>>,
}

/// Keys that are kept, some 4 KB: databases have fifty.
const WORDS_LOG2: u32 = 8;

/// What is read of a map. Each stands at one depth only, so that what is read again nests as deep as before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    Country,
    Continent,
    State,
    City,
    Registered,
}

/// A map.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Key {
    /// Where it is in the data.
    pub(crate) at: u32,
    /// Number of the database.
    pub(crate) database: u8,
    /// `None` for the names of any of them.
    pub(crate) part: Option<Part>,
}

/// A text in the data section.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Span {
    pub(crate) start: u32,
    /// Nothing says as much as an empty text.
    pub(crate) length: u16,
}

/// The texts of a map, and what it took to find them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Chosen {
    starts: [u32; 2],
    lengths: [u16; 2],
    /// How many values it is, with all in it.
    pub(crate) values: u16,
}

impl Chosen {
    pub(crate) fn new([code, name]: [Span; 2], values: u16) -> Self {
        Self { starts: [code.start, name.start], lengths: [code.length, name.length], values }
    }

    /// Code and name.
    #[inline]
    pub(crate) fn spans(self) -> [Span; 2] {
        let ([code, name], [code_length, name_length]) = (self.starts, self.lengths);
        [Span { start: code, length: code_length }, Span { start: name, length: name_length }]
    }
}

// Two or three in a line of memory.
const _: () = assert!(size_of::<Option<(Key, Chosen)>>() == 24);

impl Maps {
    #[inline]
    fn slot(key: Key) -> usize {
        let key = u64::from(key.at) ^ u64::from(key.database) << 40 ^ key.part.map_or(7, |part| part as u64) << 32;
        (key.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (u64::BITS - SLOTS_LOG2)) as usize
    }

    /// What was read of the map.
    #[inline]
    pub(crate) fn get(&self, key: Key) -> Option<Chosen> {
        self.slots.get(Self::slot(key)).copied().flatten().filter(|(known, _)| *known == key).map(|(_, chosen)| chosen)
    }

    /// Keeps it.
    pub(crate) fn put(&mut self, key: Key, chosen: Chosen) {
        if self.slots.is_empty() {
            self.slots = vec![None; 1 << SLOTS_LOG2];
        }
        if let Some(slot) = self.slots.get_mut(Self::slot(key)) {
            *slot = Some((key, chosen));
        }
    }
}

impl Seen {
    /// What the key there is; `read` says it the first time.
    #[inline]
    pub(crate) fn word<E>(&mut self, database: u8, at: u32, read: impl FnOnce() -> Result<Word, E>) -> Result<Word, E> {
        let slot = ((at ^ u32::from(database) << 24).wrapping_mul(0x9e37_79b9) >> (u32::BITS - WORDS_LOG2)) as usize;
        if let Some(Some((known_database, known_at, word))) = self.words.get(slot)
            && (*known_database, *known_at) == (database, at)
        {
            return Ok(*word);
        }
        let word = read()?;
        if self.words.is_empty() {
            self.words = vec![None; 1 << WORDS_LOG2];
        }
        if let Some(slot) = self.words.get_mut(slot) {
            *slot = Some((database, at, word));
        }
        Ok(word)
    }
}
