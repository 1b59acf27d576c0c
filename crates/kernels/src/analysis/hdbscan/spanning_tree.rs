//! The minimum spanning tree of mutual reachability, by Borůvka's algorithm: as long as there are several components, each is joined to its nearest other.
//!
//! The nearest are found for all components at once by comparing tree nodes in pairs: March, Ram, Gray, "Fast Euclidean minimum spanning tree", 2010.

use crate::analysis::points::{LEAF, Norm, Pairing, ROOT, Sets, Tree, visit_pairs};
use crate::interrupt::{Interrupt, Interrupted};
use std::cmp::Ordering;

/// An edge between two points.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Edge {
    /// One point.
    pub(super) a: u32,
    /// The other.
    pub(super) b: u32,
    /// Mutual reachability distance, reduced or not.
    pub(super) distance: f64,
    /// Plain distance, reduced.
    pub(super) apart: f64,
}

impl Edge {
    /// Shorter ones first; of those at which rows are equally reachable, the one between nearer rows.
    pub(super) fn compare(&self, other: &Self) -> Ordering {
        let ends = |edge: &Self| (edge.a.min(edge.b), edge.a.max(edge.b));
        self.distance.total_cmp(&other.distance).then(self.apart.total_cmp(&other.apart)).then_with(|| ends(self).cmp(&ends(other)))
    }
}

/// Whole components only: no component of a node is named by it.
const MIXED: u32 = u32::MAX;

/// The edges, with reduced distances. `core` holds the reduced core distances by slot. Among equally reachable points the nearer ones are joined.
pub(super) fn spanning_tree<N: Norm>(tree: &Tree, core: &[f64], interrupt: &Interrupt) -> Result<Vec<Edge>, Interrupted> {
    let slots: Vec<usize> = tree.members_of(ROOT).map(|(slot, _)| slot).collect();
    let least = |leaf: usize| tree.members_of(leaf).fold(f64::INFINITY, |least, (slot, _)| least.min(core[slot]));
    let least_core = tree.fold(0.0, least, |a, b| a.min(*b));
    let mut sets = Sets::new(tree.slots());
    let mut edges = Vec::with_capacity(slots.len());
    while edges.len() + 1 < slots.len() {
        interrupt.check()?;
        let mut round = Round::new(tree, core, &least_core, &mut sets);
        visit_pairs::<N>(tree, &mut round, interrupt)?;
        let before = edges.len();
        for nearest in round.nearest {
            if let (Some(a), Some(b)) = (tree.member(nearest.from as usize), tree.member(nearest.to as usize))
                && nearest.length != FAR
                && sets.join(nearest.from as usize, nearest.to as usize)
            {
                edges.push(Edge { a, b, distance: nearest.length.reach, apart: nearest.length.apart });
            }
        }
        if edges.len() == before {
            break;
        }
    }
    Ok(edges)
}

/// Length of an edge, in reduced distances. A length is shorter if its reach is, or if that is equal and the points are less far apart.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
struct Length {
    /// Mutual reachability.
    reach: f64,
    /// Plain distance.
    apart: f64,
}

/// Longer than any: even what a float cannot hold counts as [`f64::MAX`].
const FAR: Length = Length { reach: f64::INFINITY, apart: f64::INFINITY };

impl Length {
    #[inline]
    fn new(apart: f64, core: f64, other_core: f64) -> Self {
        let apart = apart.min(f64::MAX);
        Self { reach: apart.max(core).max(other_core), apart }
    }

    #[inline]
    fn longer(self, other: Self) -> Self {
        if self < other { other } else { self }
    }
}

/// The way from a component to another.
#[derive(Debug, Clone, Copy)]
struct Way {
    length: Length,
    from: u32,
    to: u32,
}

/// The search for the shortest way out of each component.
struct Round<'r> {
    core: &'r [f64],
    /// Least core distance in each node.
    least_core: &'r [f64],
    /// Component of each slot.
    components: Vec<u32>,
    /// Component of each node, or [`MIXED`].
    whole: Vec<u32>,
    /// Shortest way found out of each component.
    nearest: Vec<Way>,
    /// For a mixed node, a length that is no shorter than the shortest way found out of any of its components.
    bounds: Vec<Length>,
}

impl<'r> Round<'r> {
    fn new(tree: &Tree, core: &'r [f64], least_core: &'r [f64], sets: &mut Sets) -> Self {
        let components: Vec<u32> = (0..tree.slots()).map(|slot| sets.find(slot) as u32).collect();
        let of_leaf = |leaf: usize| {
            let mut own = tree.members_of(leaf).map(|(slot, _)| components[slot]);
            let first = own.next().unwrap_or(MIXED);
            if own.all(|component| component == first) { first } else { MIXED }
        };
        let whole = tree.fold(MIXED, of_leaf, |a, b| if a == b { *a } else { MIXED });
        let nearest = vec![Way { length: FAR, from: 0, to: 0 }; tree.slots()];
        Self { core, least_core, components, whole, nearest, bounds: vec![FAR; tree.nodes()] }
    }

    /// A pair of a point in `node` matters only if it is shorter than this, or if it matters to the other point.
    #[inline]
    fn bound(&self, node: usize) -> Length {
        match self.whole[node] {
            MIXED => self.bounds[node],
            component => self.nearest[component as usize].length,
        }
    }

    #[inline]
    fn nearest_of(&self, slot: usize) -> Length {
        self.nearest[self.components[slot] as usize].length
    }

    #[inline]
    fn offer(&mut self, from: usize, to: usize, length: Length) {
        let nearest = &mut self.nearest[self.components[from] as usize];
        if length < nearest.length {
            *nearest = Way { length, from: from as u32, to: to as u32 };
        }
    }
}

impl Pairing for Round<'_> {
    fn skip_within(&mut self, _: &Tree, node: usize) -> bool {
        self.whole[node] != MIXED || Length::new(0.0, self.least_core[node], 0.0) >= self.bound(node)
    }

    fn skip_between(&mut self, _: &Tree, a: usize, b: usize, least: f64) -> bool {
        let least = Length::new(least, self.least_core[a], self.least_core[b]);
        (self.whole[a] != MIXED && self.whole[a] == self.whole[b]) || (least >= self.bound(a) && least >= self.bound(b))
    }

    fn skip_point(&mut self, _: &Tree, slot: usize, node: usize, least: f64) -> bool {
        let least = Length::new(least, self.core[slot], self.least_core[node]);
        self.components[slot] == self.whole[node] || (least >= self.nearest_of(slot) && least >= self.bound(node))
    }

    fn limit(&self, slot: usize, leaf: usize) -> f64 {
        self.nearest_of(slot).longer(self.bound(leaf)).reach
    }

    fn leaf(&mut self, tree: &Tree, slot: usize, leaf: usize, distances: &[f64; LEAF]) {
        for (other, _) in tree.members_of(leaf) {
            if self.components[slot] != self.components[other] {
                let length = Length::new(distances[other % LEAF], self.core[slot], self.core[other]);
                self.offer(slot, other, length);
                self.offer(other, slot, length);
            }
        }
    }

    fn visited(&mut self, tree: &Tree, node: usize) {
        if self.whole[node] == MIXED {
            self.bounds[node] = if tree.is_leaf(node) {
                tree.members_of(node).fold(Length { reach: 0.0, apart: 0.0 }, |most, (slot, _)| most.longer(self.nearest_of(slot)))
            } else {
                self.bound(2 * node).longer(self.bound(2 * node + 1))
            };
        }
    }
}
