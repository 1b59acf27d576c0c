//! How far the records of a file are from the order of their events. Audit writes events as they end, so that records of several processors come mixed,
//! but only with their neighbours.

use std::collections::VecDeque;

/// Time and serial of a record.
pub(super) type Key = (i64, i64);

/// Records by which one may come late: what is looked at and held on its account is as many.
const MOST_LATE: u64 = 4096;

/// How many records later than the first that belongs behind it a record comes at most.
#[derive(Debug, Default)]
pub(super) struct Disorder {
    /// Records whose key is larger than all before, with their numbers; the older ones are forgotten.
    highest: VecDeque<(Key, u64)>,
    has_forgotten: bool,
    count: u64,
    late: u64,
    /// The first records: others may come before these.
    head: Vec<Key>,
    /// The smallest key of the rest.
    lowest: Option<Key>,
    is_too_late: bool,
}

impl Disorder {
    /// Adds the next record.
    #[inline]
    pub(super) fn add(&mut self, key: Key) {
        if (self.head.len() as u64) < MOST_LATE {
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
        if part.has_forgotten {
            self.highest.clear();
            self.has_forgotten = true;
        }
        for (key, number) in part.highest {
            self.rise(key, self.count + number);
        }
        self.count += part.count;
    }

    /// The most that a record comes late; `None` where that is more than anybody waits for.
    pub(super) fn late(&self) -> Option<usize> {
        usize::try_from(self.late).ok().filter(|_| !self.is_too_late && self.late <= MOST_LATE)
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
            self.is_too_late |= before == 0 && self.has_forgotten;
        }
    }

    fn rise(&mut self, key: Key, number: u64) {
        if self.highest.back().is_none_or(|(highest, _)| key > *highest) {
            self.highest.push_back((key, number));
            if self.highest.len() as u64 > MOST_LATE {
                self.highest.pop_front();
                self.has_forgotten = true;
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

    fn of(keys: &[Key]) -> Disorder {
        let mut disorder = Disorder::default();
        keys.iter().for_each(|key| disorder.add(*key));
        disorder
    }

    proptest! {
        #[test]
        fn parts_say_what_the_whole_says(keys in prop::collection::vec((0..20i64, 0..3i64), 0..60), cuts in prop::collection::vec(0..60usize, 0..3)) {
            prop_assert_eq!(of(&keys).late(), Some(slowly(&keys)));
            let mut cuts: Vec<usize> = cuts.into_iter().map(|cut| cut.min(keys.len())).chain([0, keys.len()]).collect();
            cuts.sort_unstable();
            let mut joined = Disorder::default();
            cuts.windows(2).for_each(|cut| joined.join(of(&keys[cut[0]..cut[1]])));
            prop_assert_eq!(joined.late(), Some(slowly(&keys)));
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
            assert_eq!(of(&keys).late(), late);
            for cut in [1, 100, 4_096, 9_999, 12_500, 15_001, 19_999] {
                let mut joined = of(&keys[..cut]);
                joined.join(of(&keys[cut..]));
                assert_eq!(joined.late(), late, "cut at {cut}");
            }
        }
    }
}
