//! Sorting that a cancelled query does not wait for.

use crate::interrupt::{Interrupt, Interrupted};
use std::cmp::Ordering;

/// Items that are sorted between two looks at the interrupt: a few milliseconds.
const STEP: usize = 1 << 16;

/// Sorts `items`, of which no two compare equal, looking at `interrupt` many times a second.
pub(crate) fn sort_by<T>(items: &mut [T], compare: &impl Fn(&T, &T) -> Ordering, interrupt: &Interrupt) -> Result<(), Interrupted> {
    interrupt.check()?;
    if items.len() <= STEP {
        items.sort_unstable_by(compare);
        return Ok(());
    }
    let middle = items.len() / 2;
    items.select_nth_unstable_by(middle, compare);
    let (low, high) = items.split_at_mut(middle);
    sort_by(low, compare, interrupt)?;
    sort_by(high, compare, interrupt)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sorts_more_than_a_step() {
        let mut items: Vec<u64> = (0..200_000).map(|i: u64| i.wrapping_mul(0x9E37_79B9_7F4A_7C15)).collect();
        let mut expected = items.clone();
        expected.sort_unstable();
        sort_by(&mut items, &u64::cmp, &Interrupt::default()).unwrap();
        assert_eq!(items, expected);
        let stopped = Interrupt::default();
        stopped.stop();
        assert_eq!(sort_by(&mut items, &u64::cmp, &stopped), Err(Interrupted));
    }
}
