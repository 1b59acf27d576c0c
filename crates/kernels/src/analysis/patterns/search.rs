//! The closed patterns of a table, the most promising first.
//!
//! A pattern is a set of attributes; it is closed if it holds every attribute that all of its rows share. Each is reached from a few freely chosen
//! attributes, its generator, by adding those. Nodes of the search are generators with ascending attributes; they wait in a heap ordered by an upper
//! bound of what they and all that can be made of them are worth, so patterns come out in that order and the search can stop at any of them.

use super::table::{Sides, Table, add, both};
use crate::interrupt::{Interrupt, Interrupted};
use std::cmp::Ordering;
use std::collections::BinaryHeap;

/// A closed pattern.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Found {
    /// Ascending.
    pub(crate) attributes: Vec<u32>,
    /// Weight of its rows.
    pub(crate) all: Sides,
    /// Weight of those of its rows that are left.
    pub(crate) left: Sides,
}

/// What a call may spend. It is counted, not timed, so that the same rows give the same result on any machine.
#[derive(Debug)]
pub(crate) struct Budget {
    /// Attributes of rows that may still be looked at; some ten seconds.
    cells: u64,
    /// Nodes of one search; each takes 32 bytes.
    nodes: usize,
    /// Whether something was left out.
    pub(crate) is_spent: bool,
}

impl Default for Budget {
    fn default() -> Self {
        Self { cells: 3_000_000_000, nodes: 8 << 20, is_spent: false }
    }
}

impl Budget {
    /// Lets `work` spend a quarter of what is left, so that there is always something for what comes after.
    pub(crate) fn quarter<T>(&mut self, work: impl FnOnce(&mut Self) -> T) -> T {
        let kept = self.cells - self.cells / 4;
        self.cells /= 4;
        let result = work(self);
        self.cells += kept;
        result
    }
}

/// A running search.
#[derive(Debug)]
pub(crate) struct Search<'t, B> {
    table: &'t Table,
    /// For each row, what is left of its weight.
    left: &'t [Sides],
    max_dimensions: usize,
    bound: B,
    /// Bounds that are not above it are not followed.
    floor: f64,
    nodes: Vec<Node>,
    heap: BinaryHeap<Waiting>,
    tallies: Vec<Tally>,
}

#[derive(Debug, Clone, Copy)]
struct Node {
    parent: u32,
    attribute: u32,
}

/// The node of no attributes.
const ROOT: u32 = 0;

#[derive(Debug, Clone, Copy)]
struct Waiting {
    bound: f64,
    node: u32,
}

impl Ord for Waiting {
    /// The highest bound first; of equal ones, the node that was made first.
    fn cmp(&self, other: &Self) -> Ordering {
        self.bound.total_cmp(&other.bound).then(other.node.cmp(&self.node))
    }
}

impl PartialOrd for Waiting {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Waiting {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Waiting {}

#[derive(Debug, Clone, Copy, Default)]
struct Tally {
    all: u64,
    left: Sides,
}

impl<'t, B: Fn(Sides) -> f64> Search<'t, B> {
    /// Looks for patterns that take at most `max_dimensions` free choices. `bound` says what rows that are left can be worth at most: no subset
    /// of them may be worth more. Only bounds above `floor` are followed.
    pub(crate) fn new(table: &'t Table, left: &'t [Sides], max_dimensions: usize, floor: f64, bound: B) -> Self {
        let heap = BinaryHeap::from([Waiting { bound: f64::INFINITY, node: ROOT }]);
        let nodes = vec![Node { parent: ROOT, attribute: 0 }];
        Self { table, left, max_dimensions, bound, floor, nodes, heap, tallies: vec![Tally::default(); table.attributes()] }
    }

    /// From now on only patterns that may be worth more than `floor` are of interest.
    pub(crate) fn raise(&mut self, floor: f64) {
        self.floor = floor;
    }

    /// The next pattern. One pattern can come several times.
    pub(crate) fn next(&mut self, budget: &mut Budget, interrupt: &Interrupt) -> Result<Option<Found>, Interrupted> {
        while let Some(Waiting { bound, node }) = self.heap.pop() {
            interrupt.check()?;
            if bound <= self.floor || budget.cells == 0 {
                budget.is_spent |= bound > self.floor;
                break;
            }
            let found = self.visit(node, budget, interrupt)?;
            if !found.attributes.is_empty() {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }

    /// Counts the attributes of a node's rows, which tells its pattern and its children.
    fn visit(&mut self, node: u32, budget: &mut Budget, interrupt: &Interrupt) -> Result<Found, Interrupted> {
        let generator = self.generator(node);
        let rows = self.table.matching(&generator);
        let mut touched = Vec::new();
        let (mut all, mut left) = ([0, 0], [0, 0]);
        let mut cells = self.table.matching_cells(&generator);
        for (at, row) in rows.iter().enumerate() {
            if at % 4096 == 4095 {
                interrupt.check()?;
            }
            let weights = self.table.weights().get(*row as usize).copied().unwrap_or_default();
            let row_left = self.left.get(*row as usize).copied().unwrap_or_default();
            add(&mut all, weights);
            add(&mut left, row_left);
            let weight = both(weights);
            let attributes = self.table.row(*row);
            cells += attributes.len() as u64;
            for attribute in attributes {
                if let Some(tally) = self.tallies.get_mut(*attribute as usize) {
                    if tally.all == 0 {
                        touched.push(*attribute);
                    }
                    tally.all = tally.all.saturating_add(weight);
                    add(&mut tally.left, row_left);
                }
            }
        }
        budget.cells = budget.cells.saturating_sub(cells);
        touched.sort_unstable();
        let mut attributes = Vec::new();
        let may_grow = generator.len() < self.max_dimensions;
        for attribute in touched {
            let tally = self.tallies.get_mut(attribute as usize).map(std::mem::take).unwrap_or_default();
            if tally.all == both(all) {
                attributes.push(attribute);
            } else if may_grow && generator.last().is_none_or(|last| *last < attribute) && self.table.is_first(attribute) {
                self.push(node, attribute, tally.left, budget);
            }
        }
        Ok(Found { attributes, all, left })
    }

    fn push(&mut self, parent: u32, attribute: u32, left: Sides, budget: &mut Budget) {
        let bound = (self.bound)(left);
        if bound <= self.floor {
            return;
        }
        if self.nodes.len() >= budget.nodes {
            budget.is_spent = true;
            return;
        }
        self.heap.push(Waiting { bound, node: self.nodes.len() as u32 });
        self.nodes.push(Node { parent, attribute });
    }

    /// The attributes of a node, ascending.
    fn generator(&self, mut node: u32) -> Vec<u32> {
        let mut attributes = Vec::new();
        while node != ROOT {
            let Some(Node { parent, attribute }) = self.nodes.get(node as usize) else { break };
            attributes.push(*attribute);
            node = *parent;
        }
        attributes.reverse();
        attributes
    }
}
