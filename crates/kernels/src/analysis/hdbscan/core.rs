//! Core distances.

use crate::analysis::points::{LEAF, Norm, Points, ROOT, Tree};
use crate::interrupt::{Interrupt, Interrupted};
use std::collections::BinaryHeap;

/// The reduced distance within which each point has `needed` rows, its own included; by slot. There are so many.
pub(super) fn core_distances<N: Norm>(tree: &Tree, points: &Points, needed: u64, interrupt: &Interrupt) -> Result<Vec<f64>, Interrupted> {
    let mut core = vec![f64::MAX; tree.slots()];
    let mut nearest = NearestRows { heap: BinaryHeap::new(), rows: 0, needed };
    for leaf in tree.leaves() {
        for (slot, id) in tree.members_of(leaf) {
            interrupt.check()?;
            core[slot] = nearest.core_distance::<N>(tree, points, leaf, id as usize);
        }
    }
    Ok(core)
}

/// The nearest points seen, just enough to hold the rows that are needed.
struct NearestRows {
    /// Bits of the reduced distance, which order as the distances do since none is negative, and rows of the point.
    heap: BinaryHeap<(u64, u32)>,
    rows: u64,
    needed: u64,
}

impl NearestRows {
    fn core_distance<N: Norm>(&mut self, tree: &Tree, points: &Points, leaf: usize, id: usize) -> f64 {
        if u64::from(points.weight(id)) >= self.needed {
            return 0.0;
        }
        self.heap.clear();
        self.rows = 0;
        let (point, mut node) = (points.at(id), leaf);
        self.search::<N>(tree, points, leaf, point);
        // From its leaf upwards, the search soon knows how far it need not look.
        while node > ROOT {
            self.search::<N>(tree, points, node ^ 1, point);
            node /= 2;
        }
        self.limit().min(f64::MAX)
    }

    /// Distance from which on a point does not count.
    fn limit(&self) -> f64 {
        if self.rows < self.needed { f64::INFINITY } else { self.heap.peek().map_or(f64::INFINITY, |(bits, _)| f64::from_bits(*bits)) }
    }

    fn search<N: Norm>(&mut self, tree: &Tree, points: &Points, node: usize, point: &[f64]) {
        if tree.least::<N>(node, point) >= self.limit() {
            return;
        }
        if !tree.is_leaf(node) {
            self.search::<N>(tree, points, 2 * node, point);
            self.search::<N>(tree, points, 2 * node + 1, point);
            return;
        }
        let distances = tree.distances::<N>(node, point, self.limit());
        for (slot, id) in tree.members_of(node) {
            self.add(distances[slot % LEAF], points.weight(id as usize));
        }
    }

    fn add(&mut self, reduced: f64, rows: u32) {
        if reduced >= self.limit() {
            return;
        }
        self.heap.push((reduced.to_bits(), rows));
        self.rows += u64::from(rows);
        while let Some((_, farthest)) = self.heap.peek()
            && self.rows - u64::from(*farthest) >= self.needed
        {
            self.rows -= u64::from(*farthest);
            self.heap.pop();
        }
    }
}
