//! A few patterns that say most: the best one, then the best for the rows that are left, and so on.

use super::search::{Budget, Found, Search};
use super::table::{Sides, Table};
use crate::interrupt::{Interrupt, Interrupted};

/// What patterns are worth.
pub(crate) trait Worth {
    /// The most that a pattern can be worth of whose rows these are left.
    fn bound(&self, left: Sides) -> f64;
    /// What a pattern is worth, if it counts; never above the bound of its rows.
    fn of(&self, found: &Found) -> Option<f64>;
}

/// The best patterns, each for the rows that those before it left.
pub(crate) fn cover(
    table: &Table,
    worth: &impl Worth,
    max_dimensions: usize,
    max_patterns: usize,
    interrupt: &Interrupt,
) -> Result<(Vec<Found>, Budget), Interrupted> {
    let (mut budget, mut chosen) = (Budget::default(), Vec::new());
    let mut left = table.weights().to_vec();
    while let Some(best) = budget.quarter(|budget| best(table, &left, worth, max_dimensions, budget, interrupt))? {
        if chosen.len() == max_patterns {
            budget.is_spent = true;
            break;
        }
        for row in table.matching(&best.attributes) {
            if let Some(weights) = left.get_mut(row as usize) {
                *weights = [0, 0];
            }
        }
        chosen.push(best);
    }
    Ok((chosen, budget))
}

/// The pattern worth most; of equal ones, the one that the search meets first.
fn best(
    table: &Table,
    left: &[Sides],
    worth: &impl Worth,
    max_dimensions: usize,
    budget: &mut Budget,
    interrupt: &Interrupt,
) -> Result<Option<Found>, Interrupted> {
    let mut search = Search::new(table, left, max_dimensions, 0.0, |left| worth.bound(left));
    let (mut best, mut most) = (None, 0.0);
    while let Some(found) = search.next(budget, interrupt)? {
        if let Some(value) = worth.of(&found).filter(|value| *value > most) {
            most = value;
            search.raise(most);
            best = Some(found);
        }
    }
    Ok(best)
}
