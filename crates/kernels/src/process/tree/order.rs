//! Sorting by numbers in linear time: ids and times of one log share most of their digits.

use super::events::Start;
use crate::interrupt::{Interrupt, Interrupted};

/// What is sorted: by `group`, then by `key`, then as it stood.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) key: u64,
    pub(super) group: u32,
    /// What is meant.
    pub(super) index: u32,
}

impl Entry {
    /// What is compared.
    #[inline]
    pub(super) fn place(&self) -> (u32, u64) {
        (self.group, self.key)
    }
}

/// Bits of a digit: more of them want more cache, fewer more passes.
const BITS: u32 = 11;
const DIGIT: u64 = (1 << BITS) - 1;
/// Fewer entries than this are compared.
const FEW: usize = 1 << 10;

/// A time as a number that sorts as it does.
pub(super) fn time_key(time: i64) -> u64 {
    time.cast_unsigned() ^ (1 << 63)
}

/// The starts by time and row.
pub(super) fn by_time(starts: &[Start], interrupt: &Interrupt) -> Result<Vec<u32>, Interrupted> {
    let entries = (0..).zip(starts).map(|(index, start)| Entry { key: time_key(start.time), group: 0, index });
    Ok(sort(entries.collect(), interrupt)?.into_iter().map(|entry| entry.index).collect())
}

/// A stable sort, digit by digit from the lowest. Digits in which all agree are left out.
pub(super) fn sort(mut entries: Vec<Entry>, interrupt: &Interrupt) -> Result<Vec<Entry>, Interrupted> {
    interrupt.check()?;
    if entries.is_sorted_by_key(Entry::place) {
        return Ok(entries);
    }
    if entries.len() < FEW {
        entries.sort_by_key(Entry::place);
        return Ok(entries);
    }
    let first = entries.first().copied().unwrap_or_default();
    let (mut keys, mut groups) = (0, 0);
    for entry in &entries {
        keys |= entry.key ^ first.key;
        groups |= entry.group ^ first.group;
    }
    let mut other = vec![Entry::default(); entries.len()];
    for shift in (0..u64::BITS).step_by(BITS as usize).filter(|shift| keys >> shift & DIGIT != 0) {
        interrupt.check()?;
        distribute(&entries, &mut other, |entry| entry.key >> shift & DIGIT);
        std::mem::swap(&mut entries, &mut other);
    }
    for shift in (0..u32::BITS).step_by(BITS as usize).filter(|shift| u64::from(groups >> shift) & DIGIT != 0) {
        interrupt.check()?;
        distribute(&entries, &mut other, |entry| u64::from(entry.group >> shift) & DIGIT);
        std::mem::swap(&mut entries, &mut other);
    }
    Ok(entries)
}

/// Copies `from` to `to` in the order of a digit.
fn distribute(from: &[Entry], to: &mut [Entry], digit: impl Fn(&Entry) -> u64) {
    let mut places = vec![0usize; 1 << BITS];
    for entry in from {
        if let Some(place) = places.get_mut(digit(entry) as usize) {
            *place += 1;
        }
    }
    let mut sum = 0;
    for place in &mut places {
        sum += std::mem::replace(place, sum);
    }
    for entry in from {
        let Some(place) = places.get_mut(digit(entry) as usize) else { continue };
        if let Some(slot) = to.get_mut(*place) {
            *slot = *entry;
        }
        *place += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_a_stable_sort() {
        let mut seed = 7u64;
        let mut random = || {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            seed >> 33
        };
        for (count, keys, groups) in
            [(0, 1, 1), (1, 9, 9), (500, 9, 3), (5_000, 1, 1), (5_000, 40, 3), (5_000, u64::MAX, 1 << 31), (9_000, 1 << 20, 1)]
        {
            let make = |index| Entry { key: (random() << 33 | random()) % keys, group: (random() % groups) as u32, index };
            let mut entries: Vec<Entry> = (0..count).map(make).collect();
            let sorted = sort(entries.clone(), &Interrupt::default()).unwrap();
            entries.sort_by_key(Entry::place);
            assert_eq!(sorted, entries, "{count} {keys} {groups}");
        }
        let stopped = Interrupt::default();
        stopped.stop();
        assert_eq!(sort(Vec::new(), &stopped), Err(Interrupted));
    }

    #[test]
    fn times_sort_as_numbers() {
        let times = [i64::MIN, -5, 0, 7, i64::MAX];
        assert!(times.iter().map(|time| time_key(*time)).is_sorted());
    }
}
