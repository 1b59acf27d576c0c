//! Where forces begin: a tree around the node with most neighbours. It has no crossings, so forces need not undo any.

use super::{Part, Point};

/// A circle around the hub for each step from it; a wedge for each child, as wide as the leaves below it.
pub(super) fn start(part: &Part) -> Vec<Point> {
    let count = part.nodes.len();
    let hub = (0..count).max_by_key(|&node| (part.neighbours.get(node).map_or(0, Vec::len), std::cmp::Reverse(node))).unwrap_or(0);
    let mut parent: Vec<Option<usize>> = vec![None; count];
    let mut depth = vec![0_u32; count];
    let mut seen = vec![false; count];
    let mut order = vec![hub];
    if let Some(slot) = seen.get_mut(hub) {
        *slot = true;
    }
    let mut next = 0;
    while let Some(&node) = order.get(next) {
        next += 1;
        let deeper = depth.get(node).map_or(1, |depth| depth + 1);
        for &child in part.neighbours.get(node).into_iter().flatten() {
            if let (Some(slot @ false), Some(parent), Some(depth)) = (seen.get_mut(child), parent.get_mut(child), depth.get_mut(child)) {
                *slot = true;
                *parent = Some(node);
                *depth = deeper;
                order.push(child);
            }
        }
    }
    let mut leaves = vec![0.0_f64; count];
    for &node in order.iter().rev() {
        let own = leaves.get(node).copied().unwrap_or(0.0).max(1.0);
        if let Some(slot) = leaves.get_mut(node) {
            *slot = own;
        }
        if let Some(above) = parent.get(node).copied().flatten().and_then(|above| leaves.get_mut(above)) {
            *above += own;
        }
    }
    let mut wedge = vec![(0.0, std::f64::consts::TAU); count];
    let mut taken = vec![0.0_f64; count];
    let mut points = vec![Point::default(); count];
    for &node in &order {
        let Some(above) = parent.get(node).copied().flatten() else { continue };
        let (Some(&(from, width)), Some(&of), Some(&own)) = (wedge.get(above), leaves.get(above), leaves.get(node)) else { continue };
        let Some(taken) = taken.get_mut(above) else { continue };
        let (begin, share) = (from + width * *taken / of.max(1.0), width * own / of.max(1.0));
        *taken += own;
        if let Some(slot) = wedge.get_mut(node) {
            *slot = (begin, share);
        }
        let angle = begin + share / 2.0;
        let radius = f64::from(depth.get(node).copied().unwrap_or(0)) * 10.0;
        if let Some(point) = points.get_mut(node) {
            *point = Point { x: radius * angle.cos(), y: radius * angle.sin() };
        }
    }
    points
}
