//! Which points are core points.

use crate::analysis::points::{LEAF, Norm, Points, ROOT, Tree};
use crate::interrupt::{Interrupt, Interrupted};

/// Whether each point has at least `needed` rows within `limit`.
pub(super) fn core_points<N: Norm>(
    tree: &Tree,
    points: &Points,
    limit: f64,
    needed: u64,
    interrupt: &Interrupt,
) -> Result<Vec<bool>, Interrupted> {
    let weigh = |leaf| tree.members_of(leaf).map(|(_, id)| u64::from(points.weight(id as usize))).sum();
    let weights = tree.fold(0, weigh, |left, right| left + right);
    let count = Count { tree, points, weights, limit, needed };
    let mut is_core = vec![false; points.len()];
    count.mark::<N>(ROOT, &mut is_core, interrupt)?;
    Ok(is_core)
}

struct Count<'c> {
    tree: &'c Tree,
    points: &'c Points,
    /// Rows below each node.
    weights: Vec<u64>,
    limit: f64,
    needed: u64,
}

impl Count<'_> {
    /// Marks the core points below `node`.
    fn mark<N: Norm>(&self, node: usize, is_core: &mut [bool], interrupt: &Interrupt) -> Result<(), Interrupted> {
        interrupt.check()?;
        if self.weights[node] >= self.needed && self.tree.diameter::<N>(node) <= self.limit {
            self.tree.members_of(node).for_each(|(_, id)| is_core[id as usize] = true);
        } else if self.tree.is_leaf(node) {
            for (_, id) in self.tree.members_of(node) {
                interrupt.check()?;
                is_core[id as usize] = self.is_core::<N>(node, id as usize);
            }
        } else {
            self.mark::<N>(2 * node, is_core, interrupt)?;
            self.mark::<N>(2 * node + 1, is_core, interrupt)?;
        }
        Ok(())
    }

    /// Counts from the point's own leaf upwards, so that dense places need no more than a few leaves.
    fn is_core<N: Norm>(&self, leaf: usize, id: usize) -> bool {
        let (point, mut found, mut node) = (self.points.at(id), 0, leaf);
        self.count::<N>(node, point, &mut found);
        while node > ROOT && found < self.needed {
            self.count::<N>(node ^ 1, point, &mut found);
            node /= 2;
        }
        found >= self.needed
    }

    /// Adds the rows of `node` within the limit to `found`, until there are enough.
    fn count<N: Norm>(&self, node: usize, point: &[f64], found: &mut u64) {
        if *found >= self.needed || self.tree.least::<N>(node, point) > self.limit {
            return;
        }
        if self.tree.is_leaf(node) {
            let distances = self.tree.distances::<N>(node, point, self.limit);
            let near = self.tree.members_of(node).filter(|(slot, _)| distances[slot % LEAF] <= self.limit);
            *found += near.map(|(_, id)| u64::from(self.points.weight(id as usize))).sum::<u64>();
        } else if self.tree.most::<N>(node, point) <= self.limit {
            *found += self.weights[node];
        } else {
            self.count::<N>(2 * node, point, found);
            self.count::<N>(2 * node + 1, point, found);
        }
    }
}
