//! What the databases said, laid out for addresses that come again: a row costs one line of a table, one of a place, and its texts.
//!
//! An address that came once is not kept: most of a log of scans do not come again, and memory that is written to for the first time costs more than to
//! look up an address twice. Records are kept at once, since many addresses share one.

use super::database::Network;
use super::facts::Facts;
use super::place::{Place, Placed};
use super::seen::Seen;
use hashbrown::{DefaultHashBuilder, HashMap, HashTable};
use std::hash::BuildHasher;
use std::net::IpAddr;

/// What was said about an address.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Answer {
    /// Number of the place, or [`NO_PLACE`].
    place: u32,
    /// Where its texts begin; here, so that they can be fetched together with the place.
    texts: u32,
    /// The smallest network that something was said about.
    pub(crate) network: Network,
    /// Whether a database is damaged where it should have answered.
    pub(crate) is_damaged: bool,
}

const NO_PLACE: u32 = u32::MAX;

impl Answer {
    /// Nothing is known of the address.
    pub(crate) fn none(network: Network, is_damaged: bool) -> Self {
        Self { place: NO_PLACE, texts: 0, network, is_damaged }
    }

    /// Whether something is known.
    pub(crate) fn has_place(&self) -> bool {
        self.place != NO_PLACE
    }
}

/// Most addresses, places and bytes of texts that are kept, some 30 MB; what is full is forgotten.
pub(super) const MAX_ADDRESSES: usize = 1 << 17;
const MAX_PLACES: usize = 1 << 16;
const MAX_TEXTS: usize = 16 << 20;

/// Which hashes came before. It takes some for others, and forgets.
#[derive(Debug, Default)]
struct Before {
    /// Empty until the first comes.
    bits: Vec<u64>,
    set: usize,
}

/// 128 KB; a quarter of the bits are set at most.
const BEFORE_LOG2: u32 = 20;

impl Before {
    /// Whether it came before; now it has.
    fn has(&mut self, hash: u64) -> bool {
        if self.bits.is_empty() || self.set >= 1 << (BEFORE_LOG2 - 2) {
            self.bits.clear();
            self.bits.resize(1 << (BEFORE_LOG2 - 6), 0);
            self.set = 0;
        }
        // The highest bits: the lowest find the slot in a table.
        let at = hash >> (u64::BITS - BEFORE_LOG2);
        let Some(word) = self.bits.get_mut((at >> 6) as usize) else { return false };
        let has = *word >> (at & 63) & 1 == 1;
        *word |= 1 << (at & 63);
        self.set += usize::from(!has);
        has
    }
}

/// Each batch of rows has one to itself, so that threads do not wait for each other.
#[derive(Debug, Default)]
pub(super) struct Cache {
    v4: V4Table,
    v6: HashMap<u128, Answer>,
    before: Before,
    places: Vec<Place>,
    texts: String,
    /// The records that each place was made of, one for each database.
    records: Vec<u32>,
    by_records: HashTable<(u32, u32)>,
    /// What records have in common. It holds for as long as the databases do.
    pub(super) seen: Seen,
    hasher: DefaultHashBuilder,
}

impl Cache {
    #[inline]
    pub(super) fn get(&self, address: IpAddr) -> Option<Answer> {
        match address {
            IpAddr::V4(address) => self.v4.get(self.hasher.hash_one(address.to_bits()), address.to_bits()),
            IpAddr::V6(address) => self.v6.get(&address.to_bits()).copied(),
        }
    }

    /// Whether the address came before; now it has. Of one that did the answer is kept.
    #[inline]
    pub(super) fn comes_again(&mut self, address: IpAddr) -> bool {
        let hash = match address {
            IpAddr::V4(address) => self.hasher.hash_one(address.to_bits()),
            IpAddr::V6(address) => self.hasher.hash_one(address.to_bits()),
        };
        self.before.has(hash)
    }

    /// Keeps an answer.
    pub(super) fn insert(&mut self, address: IpAddr, answer: Answer) {
        match address {
            IpAddr::V4(address) => self.v4.insert(address.to_bits(), answer, &self.hasher),
            IpAddr::V6(address) => drop(self.v6.insert(address.to_bits(), answer)),
        }
    }

    /// Whether no more fits in.
    pub(super) fn is_full(&self) -> bool {
        self.is_full_of_addresses(0) || self.is_full_of_places(0)
    }

    fn is_full_of_addresses(&self, more: usize) -> bool {
        self.v4.used + self.v6.len() + more >= MAX_ADDRESSES
    }

    fn is_full_of_places(&self, more: usize) -> bool {
        self.places.len() + more >= MAX_PLACES || self.texts.len() >= MAX_TEXTS
    }

    /// Forgets addresses where there is no room for `more`, and places as well where there is none for theirs: those will come again with other addresses.
    pub(super) fn make_room(&mut self, more: usize) {
        let all = self.is_full_of_places(more);
        if all || self.is_full_of_addresses(more) {
            self.v4.clear();
            self.v6.clear();
        }
        if all {
            self.places.clear();
            self.texts.clear();
            self.records.clear();
            self.by_records.clear();
        }
    }

    /// Reads what an answer is made of, for nothing but to have it near.
    #[inline]
    pub(super) fn fetch(&self, answer: Answer) {
        if let Some(place) = self.places.get(answer.place as usize) {
            let text = self.texts.as_bytes();
            let at = answer.texts as usize;
            // Texts of a place have some hundred bytes: the lines they are in.
            std::hint::black_box((place.has(), text.get(at).copied(), text.get(at + 64).copied(), text.get(at + 128).copied()));
        }
    }

    /// The place of an answer.
    #[inline]
    pub(super) fn placed(&self, answer: Answer) -> Option<Placed<'_>> {
        let place = self.places.get(answer.place as usize)?;
        Some(Placed { place, texts: self.texts.get(answer.texts as usize..)? })
    }

    /// The answer that was made of these records, about a network of this address.
    #[inline]
    pub(super) fn known(&self, records: &[u32], network: Network) -> Option<Answer> {
        let is = |(place, _): &(u32, u32)| self.records_of(*place, records.len()) == records;
        let (place, texts) = *self.by_records.find(self.hasher.hash_one(records), is)?;
        Some(Answer { place, texts, network, is_damaged: false })
    }

    fn records_of(&self, place: u32, databases: usize) -> &[u32] {
        let start = place as usize * databases;
        self.records.get(start..start + databases).unwrap_or(&[])
    }

    /// Keeps what records said.
    pub(super) fn add(&mut self, records: &[u32], facts: &Facts<'_>, network: Network, is_damaged: bool) -> Answer {
        let (place, texts) = (self.places.len() as u32, self.texts.len() as u32);
        self.places.push(Place::new(facts, &mut self.texts));
        self.records.extend_from_slice(records);
        // What is damaged is found again.
        if !is_damaged {
            let (all, hasher) = (&self.records, &self.hasher);
            let hash = |(place, _): &(u32, u32)| {
                let start = *place as usize * records.len();
                hasher.hash_one(all.get(start..start + records.len()).unwrap_or(&[]))
            };
            self.by_records.insert_unique(hasher.hash_one(records), (place, texts), hash);
        }
        Answer { place, texts, network, is_damaged }
    }

    #[cfg(test)]
    pub(super) fn sizes(&self) -> (usize, usize) {
        (self.v4.used, self.places.len())
    }
}

/// Answers by IPv4 address: one line of memory where a general hash table has two. The hash has a seed, so nobody can make addresses meet on purpose.
#[derive(Debug, Default)]
struct V4Table {
    /// A power of four, at most half of them used.
    slots: Vec<Option<(u32, Answer)>>,
    used: usize,
}

impl V4Table {
    #[inline]
    fn get(&self, hash: u64, address: u32) -> Option<Answer> {
        let mask = self.slots.len().wrapping_sub(1);
        let mut at = hash as usize & mask;
        loop {
            match self.slots.get(at)? {
                Some((known, answer)) if *known == address => return Some(*answer),
                Some(_) => at = (at + 1) & mask,
                None => return None,
            }
        }
    }

    fn insert(&mut self, address: u32, answer: Answer, hasher: &DefaultHashBuilder) {
        if self.used * 2 >= self.slots.len() {
            let more = vec![None; (self.slots.len() * 4).max(64)];
            let all = std::mem::replace(&mut self.slots, more);
            all.into_iter().flatten().for_each(|(address, answer)| self.put(hasher.hash_one(address), address, answer));
        }
        self.put(hasher.hash_one(address), address, answer);
        self.used += 1;
    }

    /// There is room, and `address` is new.
    fn put(&mut self, hash: u64, address: u32, answer: Answer) {
        let mask = self.slots.len().wrapping_sub(1);
        let mut at = hash as usize & mask;
        while let Some(slot) = self.slots.get_mut(at) {
            if slot.is_none() {
                *slot = Some((address, answer));
                return;
            }
            at = (at + 1) & mask;
        }
    }

    fn clear(&mut self) {
        self.slots.fill(None);
        self.used = 0;
    }
}

// Four slots a line of memory, and a place in one.
const _: () = assert!(size_of::<Option<(u32, Answer)>>() == 16 && size_of::<Place>() == 64);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_came_before_is_known_and_forgotten() {
        let mut before = Before::default();
        let hash = |number: u64| number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        assert!(!before.has(hash(1)) && before.has(hash(1)) && !before.has(hash(2)));
        // A quarter of the bits: fewer than one in three is taken for another.
        let taken = (3..200_000).filter(|number| before.has(hash(*number))).count();
        assert!(taken < 200_000 / 3 && before.set <= 1 << (BEFORE_LOG2 - 2));
        for number in 200_000..600_000 {
            before.has(hash(number));
        }
        assert!(!before.has(hash(3)), "it was forgotten");
        assert!(before.set <= 1 << (BEFORE_LOG2 - 2) && before.bits.len() == 1 << (BEFORE_LOG2 - 6));
    }
}
