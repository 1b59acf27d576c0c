//! The hierarchy of clusters: a dendrogram without the merges of groups too small to be clusters.
//!
//! Read from the top, a cluster loses rows as the distance shrinks. It lives on as long as one part is large enough; it ends by splitting where two or more are.

use super::dendrogram::Dendrogram;
use crate::analysis::points::{Points, Sets};
use crate::interrupt::{Interrupt, Interrupted};

/// A cluster of the hierarchy.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Cluster {
    /// The cluster it is part of; `None` for the first, which holds all rows.
    pub(super) parent: Option<u32>,
    /// Where it splits off its parent, as 1 / distance.
    pub(super) birth: f64,
    /// Where its last rows leave it or it splits, as 1 / distance.
    pub(super) death: f64,
    /// Sum over its rows of how long each stays, in 1 / distance.
    pub(super) stability: f64,
}

/// Where a point leaves the hierarchy.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Leaving {
    /// The smallest cluster it was in.
    pub(super) cluster: u32,
    /// Where it leaves that, as 1 / distance.
    pub(super) lambda: f64,
}

/// The hierarchy. A cluster comes after its parent.
pub(super) struct Condensed {
    /// The clusters.
    pub(super) clusters: Vec<Cluster>,
    /// Where each point leaves.
    pub(super) leavings: Vec<Leaving>,
}

/// The hierarchy of those groups that have `min_cluster_size` rows.
pub(super) fn condense(
    dendrogram: &Dendrogram,
    points: &Points,
    core_distances: &[f64],
    min_cluster_size: u64,
    interrupt: &Interrupt,
) -> Result<Condensed, Interrupted> {
    let root = Cluster { parent: None, birth: 0.0, death: 0.0, stability: 0.0 };
    let mut condensed = Condensed { clusters: vec![root], leavings: vec![Leaving { cluster: 0, lambda: 0.0 }; points.len()] };
    let mut open = vec![(dendrogram.root(), 0)];
    let mut steps = 0u32;
    while let Some((node, cluster)) = open.pop() {
        steps = steps.wrapping_add(1);
        if steps.is_multiple_of(1 << 12) {
            interrupt.check()?;
        }
        let Some(distance) = dendrogram.distance(node) else {
            // The rows of a point are equal but not closer to each other than its core distance.
            condensed.leave(points, node, cluster, lambda(core_distances[node as usize]));
            continue;
        };
        let parts = dendrogram.parts(node);
        // A point whose core distance this is does not yet hold together at any smaller one.
        let holds = |part: u32| core_distances.get(part as usize).is_none_or(|core| *core < distance);
        let rows = |part: u32| dendrogram.rows(points, part);
        let is_cluster: Vec<bool> = parts.iter().map(|part| holds(*part) && rows(*part) >= min_cluster_size).collect();
        let lambda = lambda(distance);
        let mut owners = vec![cluster; parts.len()];
        if is_cluster.iter().filter(|is_cluster| **is_cluster).count() > 1 {
            let split =
                parts.iter().zip(&is_cluster).map(|(part, is_cluster)| is_cluster.then(|| condensed.split(cluster, lambda, rows(*part))));
            owners = attach(split.collect(), dendrogram.links(node));
        }
        for ((part, is_cluster), owner) in parts.iter().zip(is_cluster).zip(owners) {
            if is_cluster {
                open.push((*part, owner));
                continue;
            }
            if owner != cluster {
                condensed.lose(cluster, lambda, rows(*part));
            }
            dendrogram.each_point(*part, |point| condensed.leave(points, point, owner, lambda));
        }
    }
    Ok(condensed)
}

/// The cluster of each part where a cluster splits: its own, or else that of the nearest part that has one. A row that is as dense as the bridge between two
/// clusters is such a part; it stays in one of them for no time at all, but that decides to which it belongs.
fn attach(mut clusters: Vec<Option<u32>>, links: &[(u32, u32)]) -> Vec<u32> {
    let mut sets = Sets::new(clusters.len());
    for (a, b) in links {
        let (a, b) = (sets.find(*a as usize), sets.find(*b as usize));
        if clusters[a].is_none() || clusters[b].is_none() {
            let cluster = clusters[a].or(clusters[b]);
            sets.join(a, b);
            clusters[sets.find(a)] = cluster;
        }
    }
    (0..clusters.len()).map(|part| clusters[sets.find(part)].unwrap_or(0)).collect()
}

/// Density at which rows that far apart separate.
fn lambda(distance: f64) -> f64 {
    if distance > 0.0 { 1.0 / distance } else { f64::INFINITY }
}

impl Condensed {
    /// `point` leaves `cluster` at `lambda`.
    fn leave(&mut self, points: &Points, point: u32, cluster: u32, lambda: f64) {
        self.leavings[point as usize] = Leaving { cluster, lambda };
        self.lose(cluster, lambda, u64::from(points.weight(point as usize)));
    }

    /// A new cluster of `rows` rows splits off `parent` at `lambda`.
    fn split(&mut self, parent: u32, lambda: f64, rows: u64) -> u32 {
        self.lose(parent, lambda, rows);
        self.clusters.push(Cluster { parent: Some(parent), birth: lambda, death: 0.0, stability: 0.0 });
        (self.clusters.len() - 1) as u32
    }

    fn lose(&mut self, cluster: u32, lambda: f64, rows: u64) {
        let cluster = &mut self.clusters[cluster as usize];
        cluster.death = cluster.death.max(lambda);
        // Both may be infinite where distances are too small for a float to tell 1 / distance.
        if lambda > cluster.birth {
            cluster.stability += (lambda - cluster.birth) * rows as f64;
        }
    }
}
