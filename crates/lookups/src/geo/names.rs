//! Names that were chosen before: records point to the same countries, regions and cities again and again, each with its names in eight
//! languages.

/// 100 KB: a country of the world stays in it, whatever cities come between.
const SLOTS_LOG2: u32 = 12;

/// Which of the names in a map is the one that is wanted. What comes later in the same place takes it over.
#[derive(Debug, Default)]
pub(crate) struct Names {
    /// Empty until the first name is kept.
    slots: Vec<Option<(Key, Chosen)>>,
}

/// Number of the database, and where in its data the map begins.
pub(crate) type Key = (u32, u32);

/// A name in the data section, and what it took to find it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Chosen {
    /// Where it begins; `None` where there is none.
    pub(crate) start: Option<u32>,
    /// Its length.
    pub(crate) length: u16,
    /// Values in the map.
    pub(crate) values: u16,
}

impl Names {
    #[inline]
    fn place((database, at): Key) -> usize {
        (u64::from(at ^ database.rotate_left(24)).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (u64::BITS - SLOTS_LOG2)) as usize
    }

    /// What was chosen of the map at `key`.
    #[inline]
    pub(crate) fn get(&self, key: Key) -> Option<Chosen> {
        self.slots.get(Self::place(key)).copied().flatten().filter(|(known, _)| *known == key).map(|(_, chosen)| chosen)
    }

    /// Keeps it.
    pub(crate) fn put(&mut self, key: Key, chosen: Chosen) {
        if self.slots.is_empty() {
            self.slots = vec![None; 1 << SLOTS_LOG2];
        }
        if let Some(slot) = self.slots.get_mut(Self::place(key)) {
            *slot = Some((key, chosen));
        }
    }
}
