//! A k-d tree whose leaves are blocks of points.
//!
//! The tree is perfectly balanced, so nodes need no pointers: the children of node `n` are `2n` and `2n + 1`, the root is 1. A leaf holds up to [`LEAF`]
//! points in slots, one feature after another, so that the distances of a whole leaf are a few vector instructions a feature.

use super::distinct::Points;
use super::norm::Norm;
use crate::interrupt::{Interrupt, Interrupted};
use std::ops::Range;

/// Slots of a leaf.
pub(crate) const LEAF: usize = 16;

/// In place of a point's number: the slot is empty.
const EMPTY: u32 = u32::MAX;

/// Features that are summed before looking whether the leaf is already too far.
const STRIDE: usize = 16;

/// The root.
pub(crate) const ROOT: usize = 1;

/// The tree. Points are addressed by slot here, by `member` among the [`Points`] it was made of.
pub(crate) struct Tree {
    dims: usize,
    leaves: usize,
    /// Least and greatest coordinate of each node, feature by feature.
    boxes: Vec<[f64; 2]>,
    /// Coordinates of each leaf; infinite in empty slots.
    blocks: Vec<f64>,
    members: Vec<u32>,
}

impl Tree {
    /// A tree of those `points` that are listed in `chosen`.
    pub(crate) fn build(points: &Points, mut chosen: Vec<u32>, interrupt: &Interrupt) -> Result<Self, Interrupted> {
        let (dims, leaves) = (points.dims(), chosen.len().div_ceil(LEAF).max(1).next_power_of_two());
        let mut tree = Self {
            dims,
            leaves,
            boxes: vec![[0.0; 2]; 2 * leaves * dims],
            blocks: vec![f64::INFINITY; leaves * LEAF * dims],
            members: vec![EMPTY; leaves * LEAF],
        };
        tree.fill(ROOT, points, &mut chosen, interrupt)?;
        Ok(tree)
    }

    /// A tree of all points.
    pub(crate) fn of_all(points: &Points, interrupt: &Interrupt) -> Result<Self, Interrupted> {
        Self::build(points, (0..points.len() as u32).collect(), interrupt)
    }

    fn fill(&mut self, node: usize, points: &Points, chosen: &mut [u32], interrupt: &Interrupt) -> Result<(), Interrupted> {
        interrupt.check()?;
        let axis = self.bound(node, points, chosen);
        if self.is_leaf(node) {
            let start = (node - self.leaves) * LEAF;
            for (slot, id) in (start..).zip(chosen.iter()) {
                self.members[slot] = *id;
                for (feature, x) in points.at(*id as usize).iter().enumerate() {
                    self.blocks[start * self.dims + feature * LEAF + (slot - start)] = *x;
                }
            }
            return Ok(());
        }
        let middle = chosen.len() / 2;
        if middle < chosen.len() {
            let x = |id: u32| points.at(id as usize)[axis];
            chosen.select_nth_unstable_by(middle, |a, b| x(*a).total_cmp(&x(*b)).then(a.cmp(b)));
        }
        let (low, high) = chosen.split_at_mut(middle);
        self.fill(2 * node, points, low, interrupt)?;
        self.fill(2 * node + 1, points, high, interrupt)
    }

    /// Sets the box of `node` and tells its longest side.
    fn bound(&mut self, node: usize, points: &Points, chosen: &[u32]) -> usize {
        let sides = &mut self.boxes[node * self.dims..][..self.dims];
        sides.fill([f64::INFINITY, f64::NEG_INFINITY]);
        for id in chosen {
            for (side, x) in sides.iter_mut().zip(points.at(*id as usize)) {
                *side = [side[0].min(*x), side[1].max(*x)];
            }
        }
        let lengths = sides.iter().map(|[least, most]| most - least).enumerate();
        lengths.max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0))).map_or(0, |(axis, _)| axis)
    }

    /// Number of features.
    pub(crate) fn dims(&self) -> usize {
        self.dims
    }

    /// Nodes are numbered below this, from [`ROOT`].
    pub(crate) fn nodes(&self) -> usize {
        2 * self.leaves
    }

    /// Slots are numbered below this.
    pub(crate) fn slots(&self) -> usize {
        self.members.len()
    }

    /// Whether `node` has no children.
    #[inline]
    pub(crate) fn is_leaf(&self, node: usize) -> bool {
        node >= self.leaves
    }

    /// All leaves.
    pub(crate) fn leaves(&self) -> Range<usize> {
        self.leaves..2 * self.leaves
    }

    /// The slots below `node`.
    #[inline]
    pub(crate) fn slots_of(&self, node: usize) -> Range<usize> {
        let span = LEAF << (self.leaves.ilog2() - node.ilog2());
        let start = (node - (1 << node.ilog2())) * span;
        start..start + span
    }

    /// The point in `slot`.
    #[inline]
    pub(crate) fn member(&self, slot: usize) -> Option<u32> {
        Some(self.members[slot]).filter(|id| *id != EMPTY)
    }

    /// The slots below `node` that hold a point, with the point.
    pub(crate) fn members_of(&self, node: usize) -> impl Iterator<Item = (usize, u32)> + '_ {
        self.slots_of(node).filter_map(|slot| Some((slot, self.member(slot)?)))
    }

    /// Puts the coordinates of the point in `slot` into `into`.
    #[inline]
    pub(crate) fn read(&self, slot: usize, into: &mut Vec<f64>) {
        into.clear();
        let block = &self.blocks[slot / LEAF * LEAF * self.dims..][..LEAF * self.dims];
        for column in block.chunks_exact(LEAF) {
            into.push(column[slot % LEAF]);
        }
    }

    /// For each node, what `leaf` says of it if it is a leaf, or else what `join` makes of its children's values.
    pub(crate) fn fold<T: Clone>(&self, nothing: T, mut leaf: impl FnMut(usize) -> T, join: impl Fn(&T, &T) -> T) -> Vec<T> {
        let mut values = vec![nothing; self.nodes()];
        for node in (ROOT..self.nodes()).rev() {
            values[node] = if self.is_leaf(node) { leaf(node) } else { join(&values[2 * node], &values[2 * node + 1]) };
        }
        values
    }

    #[inline]
    fn sides(&self, node: usize) -> &[[f64; 2]] {
        &self.boxes[node * self.dims..][..self.dims]
    }

    /// Least reduced distance that `point` can have to a point of `node`.
    #[inline]
    pub(crate) fn least<N: Norm>(&self, node: usize, point: &[f64]) -> f64 {
        let mut sum = 0.0;
        for ([least, most], x) in self.sides(node).iter().zip(point) {
            sum = N::add(sum, larger(larger(least - x, x - most), 0.0));
        }
        sum
    }

    /// Greatest reduced distance that `point` can have to a point of `node`.
    #[inline]
    pub(crate) fn most<N: Norm>(&self, node: usize, point: &[f64]) -> f64 {
        let mut sum = 0.0;
        for ([least, most], x) in self.sides(node).iter().zip(point) {
            sum = N::add(sum, larger(x - least, most - x));
        }
        sum
    }

    /// Least reduced distance that a point of `a` can have to one of `b`.
    #[inline]
    pub(crate) fn least_between<N: Norm>(&self, a: usize, b: usize) -> f64 {
        let mut sum = 0.0;
        for (a, b) in self.sides(a).iter().zip(self.sides(b)) {
            sum = N::add(sum, larger(larger(a[0] - b[1], b[0] - a[1]), 0.0));
        }
        sum
    }

    /// Greatest reduced distance that a point of `a` can have to one of `b`.
    #[inline]
    pub(crate) fn most_between<N: Norm>(&self, a: usize, b: usize) -> f64 {
        let mut sum = 0.0;
        for (a, b) in self.sides(a).iter().zip(self.sides(b)) {
            sum = N::add(sum, larger(a[1] - b[0], b[1] - a[0]));
        }
        sum
    }

    /// Greatest reduced distance that two points of `node` can have.
    pub(crate) fn diameter<N: Norm>(&self, node: usize) -> f64 {
        self.sides(node).iter().fold(0.0, |sum, [least, most]| N::add(sum, most - least))
    }

    /// Reduced distances of `point` to the slots of `leaf`; infinite for empty ones, and not exact where all are beyond `limit`.
    #[inline]
    pub(crate) fn distances<N: Norm>(&self, leaf: usize, point: &[f64], limit: f64) -> [f64; LEAF] {
        let mut sums = [0.0; LEAF];
        let block = &self.blocks[(leaf - self.leaves) * LEAF * self.dims..][..LEAF * self.dims];
        for (columns, xs) in block.chunks(LEAF * STRIDE).zip(point.chunks(STRIDE)) {
            for (column, x) in columns.chunks_exact(LEAF).zip(xs) {
                for (sum, y) in sums.iter_mut().zip(column) {
                    *sum = N::add(*sum, x - y);
                }
            }
            if xs.len() == STRIDE && sums.iter().all(|sum| *sum > limit) {
                break;
            }
        }
        sums
    }
}

/// As [`f64::max`] for numbers that are no NaN, in one instruction.
#[inline(always)]
fn larger(a: f64, b: f64) -> f64 {
    if a > b { a } else { b }
}

#[cfg(test)]
mod tests {
    use super::super::norm::{Euclidean, Manhattan};
    use super::*;
    use proptest::prelude::*;

    fn points(rows: &[Vec<f64>]) -> Points {
        let read = |row: usize, into: &mut Vec<f64>| {
            into.extend_from_slice(&rows[row]);
            Some(1)
        };
        Points::distinct(rows.first().map_or(1, Vec::len), rows.len(), read, &Interrupt::default()).unwrap().0
    }

    fn exact<N: Norm>(a: &[f64], b: &[f64]) -> f64 {
        a.iter().zip(b).fold(0.0, |sum, (a, b)| N::add(sum, a - b))
    }

    fn bounds_hold<N: Norm>(points: &Points) -> Result<(), TestCaseError> {
        let tree = Tree::of_all(points, &Interrupt::default()).unwrap();
        let mut seen: Vec<u32> = tree.members_of(ROOT).map(|(_, id)| id).collect();
        seen.sort_unstable();
        prop_assert_eq!(seen, (0..points.len() as u32).collect::<Vec<_>>());
        let query = points.at(0);
        for node in ROOT..tree.nodes() {
            for (slot, id) in tree.members_of(node) {
                let distance = exact::<N>(query, points.at(id as usize));
                prop_assert!(tree.least::<N>(node, query) <= distance && distance <= tree.most::<N>(node, query));
                for other in [ROOT, tree.nodes() - 1] {
                    for (_, id) in tree.members_of(other).take(3) {
                        let distance = exact::<N>(points.at(tree.member(slot).unwrap() as usize), points.at(id as usize));
                        prop_assert!(tree.least_between::<N>(node, other) <= distance && distance <= tree.most_between::<N>(node, other));
                        prop_assert!(node != other || distance <= tree.diameter::<N>(node));
                    }
                }
                if tree.is_leaf(node) {
                    prop_assert_eq!(tree.distances::<N>(node, query, f64::INFINITY)[slot % LEAF], distance);
                }
            }
        }
        Ok(())
    }

    proptest! {
        #[test]
        fn bounds_are_never_crossed(rows in prop::collection::vec(prop::collection::vec(prop_oneof![-1e3..1e3, Just(0.1), Just(1e200)], 20), 1..90)) {
            for dims in [1, 3, 20] {
                let rows: Vec<Vec<f64>> = rows.iter().map(|row| row[..dims].to_vec()).collect();
                bounds_hold::<Euclidean>(&points(&rows))?;
                bounds_hold::<Manhattan>(&points(&rows))?;
            }
        }
    }

    #[test]
    fn no_points_are_infinitely_far() {
        let tree = Tree::build(&points(&[vec![1.0]]), Vec::new(), &Interrupt::default()).unwrap();
        assert_eq!(tree.least::<Euclidean>(ROOT, &[0.0]), f64::INFINITY);
        assert_eq!(tree.members_of(ROOT).count(), 0);
    }
}
