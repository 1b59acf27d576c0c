//! Rows as points in space: what the clustering functions share.
//!
//! Equal rows become one point with a weight, and points are sorted by their coordinates. That makes results independent of the order of the rows, and
//! keeps logs, where the same row comes thousands of times, small.

mod distinct;
mod members;
mod neighbours;
mod norm;
mod pairs;
#[cfg(test)]
pub(super) mod sample;
mod scale;
mod sort;
mod space;
mod tree;
mod union;

pub(super) use distinct::Points;
pub(super) use members::{Member, describe};
pub(super) use neighbours::nearest;
pub(super) use norm::{Euclidean, Manhattan, Metric, Norm};
pub(super) use pairs::{Pairing, visit_pairs};
pub(super) use scale::Normalize;
pub(super) use sort::sort_by;
pub(super) use space::Space;
pub(super) use tree::{LEAF, ROOT, Tree};
pub(super) use union::Sets;
