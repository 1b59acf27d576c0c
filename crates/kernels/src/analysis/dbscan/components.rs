//! Core points within `eps` of each other are one cluster.

use crate::analysis::points::{LEAF, Norm, Pairing, ROOT, Sets, Tree, visit_pairs};
use crate::interrupt::{Interrupt, Interrupted};

/// Tells `found` the component of each point of `tree`: points are in one if a chain of steps no longer than `limit` leads from one to the other.
pub(super) fn components<N: Norm>(
    tree: &Tree,
    limit: f64,
    interrupt: &Interrupt,
    mut found: impl FnMut(u32, u32),
) -> Result<(), Interrupted> {
    let is_small = (0..tree.nodes()).map(|node| tree.diameter::<N>(node.max(ROOT)) <= limit).collect();
    let mut join =
        Join { sets: Sets::new(tree.slots()), joined: vec![false; tree.nodes()], is_small, limit, norm: std::marker::PhantomData::<N> };
    visit_pairs::<N>(tree, &mut join, interrupt)?;
    for (slot, id) in tree.members_of(ROOT) {
        found(id, join.sets.find(slot) as u32);
    }
    Ok(())
}

struct Join<N> {
    sets: Sets,
    /// Nodes known to be in one component.
    joined: Vec<bool>,
    /// Nodes of which all points are near each other.
    is_small: Vec<bool>,
    limit: f64,
    norm: std::marker::PhantomData<N>,
}

impl<N: Norm> Join<N> {
    /// The component of all points of `node`, as far as that is known to be one.
    fn component(&mut self, tree: &Tree, node: usize) -> Option<usize> {
        let first = tree.slots_of(node).start;
        (self.joined[node]).then(|| self.sets.find(first))
    }

    fn same(&mut self, tree: &Tree, a: usize, b: usize) -> bool {
        self.joined[a] && self.joined[b] && self.component(tree, a) == self.component(tree, b)
    }

    fn join_all(&mut self, tree: &Tree, node: usize) {
        if !self.joined[node] {
            let first = tree.slots_of(node).start;
            tree.members_of(node).for_each(|(slot, _)| {
                self.sets.join(first, slot);
            });
            self.joined[node] = true;
        }
    }
}

impl<N: Norm> Pairing for Join<N> {
    fn skip_within(&mut self, tree: &Tree, node: usize) -> bool {
        if self.is_small[node] {
            self.join_all(tree, node);
        }
        self.joined[node]
    }

    fn skip_between(&mut self, tree: &Tree, a: usize, b: usize, least: f64) -> bool {
        if least > self.limit || self.same(tree, a, b) {
            return true;
        }
        let near = tree.most_between::<N>(a, b) <= self.limit;
        if near {
            self.join_all(tree, a);
            self.join_all(tree, b);
            self.sets.join(tree.slots_of(a).start, tree.slots_of(b).start);
        }
        near
    }

    fn skip_point(&mut self, tree: &Tree, slot: usize, node: usize, least: f64) -> bool {
        least > self.limit || self.component(tree, node).is_some_and(|component| component == self.sets.find(slot))
    }

    fn limit(&self, _: usize, _: usize) -> f64 {
        self.limit
    }

    fn leaf(&mut self, tree: &Tree, slot: usize, leaf: usize, distances: &[f64; LEAF]) {
        for (other, _) in tree.members_of(leaf) {
            if distances[other % LEAF] <= self.limit {
                self.sets.join(slot, other);
            }
        }
    }

    fn visited(&mut self, tree: &Tree, node: usize) {
        if self.joined[node] {
            return;
        }
        let first = tree.slots_of(node).start;
        self.joined[node] = if tree.is_leaf(node) {
            let component = self.sets.find(first);
            tree.members_of(node).all(|(slot, _)| self.sets.find(slot) == component)
        } else {
            self.same(tree, 2 * node, 2 * node + 1)
        };
    }
}
