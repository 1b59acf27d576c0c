//! DBSCAN: Ester, Kriegel, Sander, Xu, "A density-based algorithm for discovering clusters in large spatial databases with noise", 1996.
//!
//! No neighbour list is kept. A point's neighbours are only counted until it is a core point, and core points are joined a tree node at a time (see
//! `points::pairs`), so that memory is linear in the rows and a million rows in one heap cost no more than a million rows apart.

mod components;
mod core;
#[cfg(test)]
mod tests;

use super::points::{Euclidean, Manhattan, Metric, Norm, Points, Space, Tree, nearest};
use crate::interrupt::{Interrupt, Interrupted};

/// What DBSCAN says about a point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// At least `min_samples` rows are within `eps`, the point's own among them. The number is the cluster's.
    Core(u32),
    /// Within `eps` of a core point; it belongs to the nearest one.
    Border(u32),
    /// Neither.
    Noise,
}

impl Kind {
    /// Its cluster; `None` for noise.
    pub(super) fn cluster(self) -> Option<u32> {
        match self {
            Self::Core(cluster) | Self::Border(cluster) => Some(cluster),
            Self::Noise => None,
        }
    }
}

/// Clusters the points of `space`. Clusters are numbered arbitrarily.
pub(super) fn dbscan(space: &Space, eps: f64, min_samples: u64, interrupt: &Interrupt) -> Result<Vec<Kind>, Interrupted> {
    let limit = space.metric.reduced(eps);
    match space.metric {
        Metric::Euclidean | Metric::Cosine => cluster::<Euclidean>(&space.points, limit, min_samples, interrupt),
        Metric::Manhattan => cluster::<Manhattan>(&space.points, limit, min_samples, interrupt),
    }
}

fn cluster<N: Norm>(points: &Points, limit: f64, min_samples: u64, interrupt: &Interrupt) -> Result<Vec<Kind>, Interrupted> {
    let tree = Tree::of_all(points, interrupt)?;
    let is_core = core::core_points::<N>(&tree, points, limit, min_samples, interrupt)?;
    let chosen: Vec<u32> = (0..points.len() as u32).filter(|id| is_core[*id as usize]).collect();
    let tree = if chosen.len() == points.len() { tree } else { Tree::build(points, chosen, interrupt)? };
    let mut kinds = vec![Kind::Noise; points.len()];
    components::components::<N>(&tree, limit, interrupt, |id, component| kinds[id as usize] = Kind::Core(component))?;
    for id in (0..points.len()).filter(|id| !is_core[*id]) {
        interrupt.check()?;
        let core = nearest::<N>(&tree, points.at(id), limit);
        if let Some(cluster) = core.and_then(|core| kinds[core.id as usize].cluster()) {
            kinds[id] = Kind::Border(cluster);
        }
    }
    Ok(kinds)
}
