//! All pairs of near points, a pair of nodes at a time.
//!
//! A search for each point alone meets the same far nodes again and again; where many points lie close together but far from as many others, that takes
//! the square of their number. Here a whole node is compared with another and, if nothing in the two can matter, neither is opened.

use super::neighbours::nearer_first;
use super::norm::Norm;
use super::tree::{LEAF, ROOT, Tree};
use crate::interrupt::{Interrupt, Interrupted};
use std::marker::PhantomData;

/// What is done with pairs. Each pair of points is shown at least once, in either order, unless it was skipped.
pub(crate) trait Pairing {
    /// Whether no pair within `node` matters (any more).
    fn skip_within(&mut self, tree: &Tree, node: usize) -> bool;
    /// Whether no pair of a point of `a` with one of `b` matters; all are at least `least` apart.
    fn skip_between(&mut self, tree: &Tree, a: usize, b: usize, least: f64) -> bool;
    /// Whether no pair of the point in `slot` with one of `node` matters; all are at least `least` apart.
    fn skip_point(&mut self, tree: &Tree, slot: usize, node: usize, least: f64) -> bool;
    /// The point in `slot` and its distances to the slots of `leaf`. Distances beyond [`Pairing::limit`] are not exact.
    fn leaf(&mut self, tree: &Tree, slot: usize, leaf: usize, distances: &[f64; LEAF]);
    /// Distances beyond this do not matter for the point in `slot` and those of `leaf`.
    fn limit(&self, slot: usize, leaf: usize) -> f64;
    /// Everything in `node` that had to be looked at has been: the time to bring up to date what is kept of it.
    fn visited(&mut self, tree: &Tree, node: usize);
}

/// Nodes looked at between two looks at the interrupt: below a millisecond for few features, some hundredths of a second for thousands.
const STEP: u32 = 1024;

/// Shows `pairing` all pairs of points of `tree`.
pub(crate) fn visit_pairs<N: Norm>(tree: &Tree, pairing: &mut impl Pairing, interrupt: &Interrupt) -> Result<(), Interrupted> {
    let diameters = (0..tree.nodes()).map(|node| tree.diameter::<N>(node.max(ROOT))).collect();
    Visit { tree, pairing, interrupt, diameters, steps: 0, norm: PhantomData::<N> }.within(ROOT)
}

struct Visit<'v, P, N> {
    tree: &'v Tree,
    pairing: &'v mut P,
    interrupt: &'v Interrupt,
    diameters: Vec<f64>,
    steps: u32,
    norm: PhantomData<N>,
}

impl<P: Pairing, N: Norm> Visit<'_, P, N> {
    fn within(&mut self, node: usize) -> Result<(), Interrupted> {
        if self.pairing.skip_within(self.tree, node) {
            return Ok(());
        }
        if self.tree.is_leaf(node) {
            self.each_point(node, node)?;
        } else {
            // Near pairs first: what they settle lets many of the others be skipped.
            self.within(2 * node)?;
            self.within(2 * node + 1)?;
            self.between(2 * node, 2 * node + 1, self.tree.least_between::<N>(2 * node, 2 * node + 1))?;
        }
        self.pairing.visited(self.tree, node);
        Ok(())
    }

    /// Looks at the interrupt now and then.
    #[inline]
    fn step(&mut self) -> Result<(), Interrupted> {
        self.steps = self.steps.wrapping_add(1);
        if self.steps.is_multiple_of(STEP) { self.interrupt.check() } else { Ok(()) }
    }

    fn between(&mut self, a: usize, b: usize, least: f64) -> Result<(), Interrupted> {
        self.step()?;
        if self.pairing.skip_between(self.tree, a, b, least) {
            return Ok(());
        }
        // The wider one is opened: the other is then nearly a point beside its parts.
        let (wide, other) = if self.diameters[a] >= self.diameters[b] { (a, b) } else { (b, a) };
        if self.tree.is_leaf(wide) {
            self.each_point(wide, other)?;
            self.pairing.visited(self.tree, other);
        } else {
            let to_left = self.tree.least_between::<N>(2 * wide, other);
            let to_right = self.tree.least_between::<N>(2 * wide + 1, other);
            for (child, least) in nearer_first(2 * wide, to_left, to_right) {
                self.between(child, other, least)?;
            }
        }
        self.pairing.visited(self.tree, wide);
        Ok(())
    }

    /// All points of `leaf` with those of `node`.
    fn each_point(&mut self, leaf: usize, node: usize) -> Result<(), Interrupted> {
        let mut point = Vec::with_capacity(self.tree.dims());
        for (slot, _) in self.tree.members_of(leaf) {
            self.tree.read(slot, &mut point);
            self.point(slot, &point, node, self.tree.least::<N>(node, &point))?;
        }
        Ok(())
    }

    fn point(&mut self, slot: usize, point: &[f64], node: usize, least: f64) -> Result<(), Interrupted> {
        self.step()?;
        if self.pairing.skip_point(self.tree, slot, node, least) {
            return Ok(());
        }
        if self.tree.is_leaf(node) {
            let distances = self.tree.distances::<N>(node, point, self.pairing.limit(slot, node));
            self.pairing.leaf(self.tree, slot, node, &distances);
            return Ok(());
        }
        let to_left = self.tree.least::<N>(2 * node, point);
        let to_right = self.tree.least::<N>(2 * node + 1, point);
        for (child, least) in nearer_first(2 * node, to_left, to_right) {
            self.point(slot, point, child, least)?;
        }
        Ok(())
    }
}
