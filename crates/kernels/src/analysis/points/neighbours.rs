//! The nearest point of a tree.

use super::norm::Norm;
use super::tree::{LEAF, ROOT, Tree};

/// A point found, and its reduced distance.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Nearest {
    /// Its number.
    pub(crate) id: u32,
    /// Its reduced distance.
    pub(crate) reduced: f64,
}

/// The point of `tree` that is nearest to `point`, and no farther than `limit`; of equally near ones the first.
pub(crate) fn nearest<N: Norm>(tree: &Tree, point: &[f64], limit: f64) -> Option<Nearest> {
    let mut best = Nearest { id: u32::MAX, reduced: limit };
    search::<N>(tree, ROOT, point, tree.least::<N>(ROOT, point), &mut best);
    Some(best).filter(|best| best.id != u32::MAX)
}

fn search<N: Norm>(tree: &Tree, node: usize, point: &[f64], least: f64, best: &mut Nearest) {
    if least > best.reduced {
        return;
    }
    if tree.is_leaf(node) {
        let distances = tree.distances::<N>(node, point, best.reduced);
        for (slot, id) in tree.members_of(node) {
            let reduced = distances[slot % LEAF];
            if reduced < best.reduced || (reduced == best.reduced && id < best.id) {
                *best = Nearest { id, reduced };
            }
        }
        return;
    }
    for (child, least) in nearer_first(2 * node, tree.least::<N>(2 * node, point), tree.least::<N>(2 * node + 1, point)) {
        search::<N>(tree, child, point, least, best);
    }
}

/// Two sibling nodes with their least distances, the nearer first.
#[inline]
pub(super) fn nearer_first(left: usize, to_left: f64, to_right: f64) -> [(usize, f64); 2] {
    if to_left <= to_right { [(left, to_left), (left + 1, to_right)] } else { [(left + 1, to_right), (left, to_left)] }
}
