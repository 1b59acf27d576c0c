//! HDBSCAN*: Campello, Moulavi, Sander, "Density-based clustering based on hierarchical density estimates", 2013; choice of clusters as in McInnes, Healy, "Accelerated
//! hierarchical density based clustering", 2017, and scikit-learn's `HDBSCAN`.
//!
//! No distance matrix is made: core distances come from a k-d tree, the spanning tree of mutual reachability from Borůvka's algorithm on the same tree. Memory is
//! linear in the rows.
//!
//! Where several distances are equal, textbook and scikit-learn merge two clusters after the other, in an order that follows from the order of the
//! rows. Here all that merges at one distance merges at once. Without ties that is the same; with ties it is what makes the result a property of the data.

mod condense;
mod core;
mod dendrogram;
mod select;
mod spanning_tree;
#[cfg(test)]
mod tests;

use super::points::{Euclidean, Manhattan, Metric, Norm, Space, Tree};
use crate::interrupt::{Interrupt, Interrupted};

/// How clusters are chosen from the hierarchy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Selection {
    /// Those that persist over the widest range of densities.
    #[default]
    Eom,
    /// The densest, most homogeneous ones.
    Leaf,
}

/// What HDBSCAN is told.
#[derive(Debug, Clone, Copy)]
pub(super) struct Parameters {
    /// A smaller group is noise.
    pub(super) min_cluster_size: u64,
    /// Rows within the core distance, the row itself included.
    pub(super) min_samples: u64,
    /// How clusters are chosen.
    pub(super) selection: Selection,
    /// Clusters are not split at smaller distances.
    pub(super) epsilon: f64,
    /// Whether all rows may be one cluster.
    pub(super) allow_single_cluster: bool,
}

/// What HDBSCAN says about a point.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Membership {
    /// Its cluster, by an arbitrary number; `None` for noise.
    pub(super) cluster: Option<u32>,
    /// How long it stays in the cluster as the density that is asked for grows, from 0 to 1.
    pub(super) probability: f64,
}

/// Clusters the points of `space`.
pub(super) fn hdbscan(space: &Space, parameters: &Parameters, interrupt: &Interrupt) -> Result<Vec<Membership>, Interrupted> {
    match space.metric {
        Metric::Euclidean | Metric::Cosine => cluster::<Euclidean>(space, parameters, interrupt),
        Metric::Manhattan => cluster::<Manhattan>(space, parameters, interrupt),
    }
}

fn cluster<N: Norm>(space: &Space, parameters: &Parameters, interrupt: &Interrupt) -> Result<Vec<Membership>, Interrupted> {
    let points = &space.points;
    if points.rows() < parameters.min_samples.max(parameters.min_cluster_size) {
        return Ok(vec![Membership::default(); points.len()]);
    }
    let tree = Tree::of_all(points, interrupt)?;
    let core = core::core_distances::<N>(&tree, points, parameters.min_samples, interrupt)?;
    let mut edges = spanning_tree::spanning_tree::<N>(&tree, &core, interrupt)?;
    edges.iter_mut().for_each(|edge| edge.distance = space.metric.distance(edge.distance));
    let mut core_distances = vec![0.0; points.len()];
    for (slot, id) in tree.members_of(super::points::ROOT) {
        core_distances[id as usize] = space.metric.distance(core[slot]);
    }
    drop((tree, core));
    let dendrogram = dendrogram::Dendrogram::new(points, edges, interrupt)?;
    let condensed = condense::condense(&dendrogram, points, &core_distances, parameters.min_cluster_size, interrupt)?;
    interrupt.check()?;
    Ok(select::select(&condensed, parameters))
}
