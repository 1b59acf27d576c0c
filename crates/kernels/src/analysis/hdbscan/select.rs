//! Which clusters of the hierarchy are the answer.

use super::condense::{Cluster, Condensed};
use super::{Membership, Parameters, Selection};

/// The cluster that holds all rows.
const ALL: usize = 0;

/// What is said about each point.
pub(super) fn select(condensed: &Condensed, parameters: &Parameters) -> Vec<Membership> {
    let clusters = &condensed.clusters;
    let mut chosen = match parameters.selection {
        Selection::Eom => most_stable(clusters, parameters.allow_single_cluster),
        Selection::Leaf => leaves(clusters),
    };
    if parameters.epsilon > 0.0 && !chosen.first().is_some_and(|all| *all) {
        chosen = merged_below(clusters, &chosen, parameters);
    }
    let owners = owners(clusters, &chosen);
    let leaving = |leaving: &super::condense::Leaving| {
        let Some(owner) = owners[leaving.cluster as usize] else { return Membership::default() };
        let cluster = &clusters[owner as usize];
        // All rows are in the one cluster of all rows: those that leave it before the end are its noise.
        let needed = if parameters.epsilon > 0.0 { 1.0 / parameters.epsilon } else { cluster.death };
        if owner as usize == ALL && leaving.lambda < needed {
            return Membership::default();
        }
        let forever = cluster.death == 0.0 || leaving.lambda == f64::INFINITY;
        Membership { cluster: Some(owner), probability: if forever { 1.0 } else { leaving.lambda.min(cluster.death) / cluster.death } }
    };
    condensed.leavings.iter().map(leaving).collect()
}

/// The clusters that are more stable than all chosen parts of them together ("excess of mass").
fn most_stable(clusters: &[Cluster], allow_single_cluster: bool) -> Vec<bool> {
    let mut parts = vec![0.0; clusters.len()];
    let mut chosen = vec![false; clusters.len()];
    for (id, cluster) in clusters.iter().enumerate().rev() {
        chosen[id] = parts[id] <= cluster.stability && (id != ALL || allow_single_cluster);
        if let Some(parent) = cluster.parent {
            parts[parent as usize] += if chosen[id] { cluster.stability } else { parts[id] };
        }
    }
    chosen
}

/// The clusters without parts. The cluster of all rows is none of them, as in scikit-learn.
fn leaves(clusters: &[Cluster]) -> Vec<bool> {
    let mut is_leaf = vec![true; clusters.len()];
    is_leaf[ALL] = false;
    clusters.iter().filter_map(|cluster| cluster.parent).for_each(|parent| is_leaf[parent as usize] = false);
    is_leaf
}

/// For clusters that split off at less than `epsilon`, the smallest one around them that did not.
fn merged_below(clusters: &[Cluster], chosen: &[bool], parameters: &Parameters) -> Vec<bool> {
    let mut merged = vec![false; clusters.len()];
    // The cluster that each one becomes; a parent's is known before its parts'.
    let mut becomes: Vec<usize> = vec![ALL; clusters.len()];
    for (id, cluster) in clusters.iter().enumerate() {
        let Some(parent) = cluster.parent.map(|parent| parent as usize) else { continue };
        becomes[id] = match (1.0 / cluster.birth < parameters.epsilon, parent) {
            (false, _) => id,
            (true, ALL) if parameters.allow_single_cluster => ALL,
            (true, ALL) => id,
            (true, parent) => becomes[parent],
        };
    }
    let top = owners(clusters, chosen);
    top.iter().flatten().for_each(|id| merged[becomes[*id as usize]] = true);
    merged
}

/// The outermost chosen cluster around each cluster.
fn owners(clusters: &[Cluster], chosen: &[bool]) -> Vec<Option<u32>> {
    let mut owners: Vec<Option<u32>> = vec![None; clusters.len()];
    for (id, cluster) in clusters.iter().enumerate() {
        let around = cluster.parent.and_then(|parent| owners[parent as usize]);
        owners[id] = around.or_else(|| chosen[id].then_some(id as u32));
    }
    owners
}
