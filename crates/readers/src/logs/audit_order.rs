//! How far the records of a file are from the order of their events. Audit writes events as they end, so that records of several processors come mixed,
//! but only with their neighbours.

use std::collections::VecDeque;

/// Time and serial of a record.
pub(super) type Key = (i64, i64);

/// Records by which one may come late: what is looked at and held on its account is as many.
pub(super) const MOST_LATE: usize = 4096;

/// How many records later than the first that belongs behind it a record comes at most.
#[derive(Debug)]
pub(super) struct Disorder {
    /// Later than that is too late.
    most: usize,
    /// Records whose key is larger than all before, with their numbers; the older ones are forgotten.
    highest: VecDeque<(Key, u64)>,
    /// The largest that was forgotten.
    forgotten: Option<Key>,
    count: u64,
    late: u64,
    /// The first records: others may come before these.
    head: Vec<Key>,
    /// The smallest key of the rest.
    lowest: Option<Key>,
    is_too_late: bool,
}

impl Disorder {
    /// Of no records yet.
    pub(super) fn new(most: usize) -> Self {
        let (highest, head) = (VecDeque::new(), Vec::new());
        Self { most, highest, forgotten: None, count: 0, late: 0, head, lowest: None, is_too_late: false }
    }

    /// How many records there are.
    pub(super) fn count(&self) -> u64 {
        self.count
    }

    /// Adds the next record.
    #[inline]
    pub(super) fn add(&mut self, key: Key) {
        if self.head.len() < self.most {
            self.head.push(key);
        } else {
            self.lowest = Some(self.lowest.map_or(key, |lowest| lowest.min(key)));
        }
        self.place(key, self.count);
        self.count += 1;
    }

    /// Adds the records of the part that follows.
    pub(super) fn join(&mut self, part: Self) {
        for (number, key) in (self.count..).zip(&part.head) {
            self.look(*key, number);
        }
        let highest = self.highest.back().map(|(key, _)| *key);
        self.is_too_late |= part.is_too_late || part.lowest.is_some_and(|lowest| highest.is_some_and(|highest| lowest < highest));
        self.late = self.late.max(part.late);
        // What the part forgot is smaller than what it knows: where that is not larger than all before, nothing is missing.
        if part.forgotten.is_some() && part.highest.front().is_some_and(|(first, _)| highest.is_none_or(|highest| *first > highest)) {
            self.highest.clear();
            self.forgotten = part.forgotten.max(highest);
        }
        for (key, number) in part.highest {
            self.rise(key, self.count + number);
        }
        self.count += part.count;
    }

    /// The most that a record comes late; `None` where that is more than anybody waits for.
    pub(super) fn late(&self) -> Option<usize> {
        usize::try_from(self.late).ok().filter(|late| !self.is_too_late && *late <= self.most)
    }

    fn place(&mut self, key: Key, number: u64) {
        match self.highest.back() {
            // Most are of the same event as the one before.
            Some((highest, _)) if key == *highest => {}
            Some((highest, _)) if key < *highest => self.look(key, number),
            _ => self.rise(key, number),
        }
    }

    /// Looks how late a record is.
    fn look(&mut self, key: Key, number: u64) {
        let before = self.highest.partition_point(|(known, _)| *known <= key);
        if let Some((_, first)) = self.highest.get(before) {
            self.late = self.late.max(number - first);
            // What is forgotten may belong behind it as well.
            self.is_too_late |= before == 0 && self.forgotten.is_some_and(|forgotten| forgotten > key);
        }
    }

    fn rise(&mut self, key: Key, number: u64) {
        if self.highest.back().is_none_or(|(highest, _)| key > *highest) {
            self.highest.push_back((key, number));
            if self.highest.len() > self.most {
                self.forgotten = self.highest.pop_front().map(|(key, _)| key);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// By comparing every record with every other.
    fn slowly(keys: &[Key]) -> usize {
        let first =
            |at: usize| keys.get(..at).and_then(|before| before.iter().position(|known| *known > keys[at])).map_or(0, |first| at - first);
        (0..keys.len()).map(first).max().unwrap_or(0)
    }

    fn of(keys: &[Key], most: usize) -> Disorder {
        let mut disorder = Disorder::new(most);
        keys.iter().for_each(|key| disorder.add(*key));
        disorder
    }

    /// As pieces that end at `cuts`.
    fn joined(keys: &[Key], most: usize, cuts: &[usize]) -> Disorder {
        let mut cuts: Vec<usize> = cuts.iter().map(|cut| *cut.min(&keys.len())).chain([0, keys.len()]).collect();
        cuts.sort_unstable();
        let mut joined = Disorder::new(most);
        cuts.windows(2).for_each(|cut| joined.join(of(&keys[cut[0]..cut[1]], most)));
        assert_eq!(joined.count(), keys.len() as u64);
        joined
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]
        /// With few records that one may come late by, all is forgotten at every turn.
        #[test]
        fn parts_say_what_the_whole_says(keys in prop::collection::vec((0..20i64, 0..3i64), 0..60), cuts in prop::collection::vec(0..60usize, 0..4), most in 1..7usize) {
            let truth = slowly(&keys);
            prop_assert_eq!(of(&keys, 100).late(), Some(truth));
            prop_assert_eq!(joined(&keys, 100, &cuts).late(), Some(truth));
            for late in [of(&keys, most).late(), joined(&keys, most, &cuts).late()] {
                prop_assert!(late.is_none_or(|late| late == truth), "{late:?}, not {truth}");
                prop_assert!(late.is_some() || truth > most, "{truth} is not too late");
            }
        }
    }

    #[test]
    fn what_is_too_late() {
        let rising: Vec<Key> = (0..20_000).map(|at| (at, 0)).collect();
        let with = |at: usize, key: Key| {
            let mut keys = rising.clone();
            keys.insert(at, key);
            keys
        };
        for (keys, late) in [
            (rising.clone(), Some(0)),
            (with(10_000, (9_990, 0)), Some(9)),
            (with(15_000, (12_000, 0)), Some(2_999)),
            (with(15_000, (10_000, 0)), None),
            (with(15_000, (3, 0)), None),
            (with(5_000, (3, 0)), None),
            (with(20_000, (-1, 0)), None),
            (with(0, (30_000, 0)), None),
        ] {
            assert_eq!(of(&keys, MOST_LATE).late(), late);
            for cuts in
                [&[1][..], &[100], &[4_096], &[9_999], &[12_500], &[15_001], &[19_999], &[5_000, 5_001, 15_002], &[1, 8_000, 16_000]]
            {
                assert_eq!(joined(&keys, MOST_LATE, cuts).late(), late, "cut at {cuts:?}");
            }
        }
    }
}
