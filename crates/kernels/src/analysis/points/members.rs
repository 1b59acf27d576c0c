//! What the clustering functions say about a row: its cluster, and what the cluster is like.

use super::distinct::{NO_POINT, compare};
use super::norm::{Euclidean, Manhattan, Metric, Norm};
use super::space::Space;
use crate::column::Timestamp;
use crate::interrupt::{Interrupt, Interrupted};
use crate::rows::Rows;
use hashbrown::HashMap;
use std::cmp::Ordering;

/// Rows or points between two looks at the interrupt.
const STEP: usize = 1 << 14;

/// The cluster of noise, as users see it.
const NOISE: i64 = -1;

/// What is said about a row.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Member {
    /// Its point.
    pub(crate) place: usize,
    /// Its cluster, numbered from 0 in the order of the clusters' first points; -1 for noise.
    pub(crate) cluster_id: i64,
    /// Rows of the cluster; 1 for noise.
    pub(crate) cluster_size: i64,
    /// Whether it is the one row that stands for its cluster.
    pub(crate) is_exemplar: bool,
    /// Time of the cluster's first row.
    pub(crate) first_time: Option<Timestamp>,
    /// Time of the cluster's last row.
    pub(crate) last_time: Option<Timestamp>,
}

/// Argument of the rows that holds the features.
const FEATURES: usize = 0;
/// Argument of the rows that holds the time.
const TIME: usize = 1;

/// Describes each row; `None` where it is no point. `clusters` names the cluster of each point by any number, `None` for noise; `strengths` tells how much each
/// point is in the midst of its cluster. The exemplar is, among the points of the greatest strength, the one nearest to the mean of the cluster's rows; of
/// equally near ones the first by coordinates, of its rows the earliest.
pub(crate) fn describe(
    rows: &Rows,
    space: &Space,
    mut clusters: Vec<Option<u32>>,
    strengths: &[f64],
    interrupt: &Interrupt,
) -> Result<Vec<Option<Member>>, Interrupted> {
    let mut seen = renumber(&mut clusters);
    find_exemplars(&mut seen, space, &clusters, strengths, interrupt)?;
    let cluster_of =
        |row: usize| Some(space.places[row] as usize).filter(|place| *place != NO_POINT as usize).map(|place| (place, clusters[place]));
    for row in 0..rows.len() {
        if row % STEP == 0 {
            interrupt.check()?;
        }
        if let Some((place, Some(cluster))) = cluster_of(row) {
            seen[cluster as usize].add_row(rows, row, place);
        }
    }
    let mut members = Vec::with_capacity(rows.len());
    for row in 0..rows.len() {
        if row % STEP == 0 {
            interrupt.check()?;
        }
        members.push(cluster_of(row).map(|(place, cluster)| match cluster {
            Some(cluster) => seen[cluster as usize].member(cluster, row, place),
            None => noise(rows, row, place),
        }));
    }
    Ok(members)
}

fn noise(rows: &Rows, row: usize, place: usize) -> Member {
    let time = rows.int(TIME, row).map(Timestamp);
    Member { place, cluster_id: NOISE, cluster_size: 1, is_exemplar: false, first_time: time, last_time: time }
}

/// Numbers the clusters by their first points. Gives an empty account of each.
fn renumber(clusters: &mut [Option<u32>]) -> Vec<Cluster> {
    let mut numbers = HashMap::<u32, u32>::new();
    for cluster in clusters.iter_mut().flatten() {
        let next = numbers.len() as u32;
        *cluster = *numbers.entry(*cluster).or_insert(next);
    }
    vec![Cluster::default(); numbers.len()]
}

/// What is gathered about a cluster.
#[derive(Debug, Clone, Default)]
struct Cluster {
    size: i64,
    /// Point of the exemplar, with its strength and reduced distance to the centre.
    best: Option<(usize, f64, f64)>,
    exemplar: Option<usize>,
    first_time: Option<i64>,
    last_time: Option<i64>,
}

impl Cluster {
    fn add_row(&mut self, rows: &Rows, row: usize, place: usize) {
        self.size += 1;
        if let Some(time) = rows.int(TIME, row) {
            self.first_time = Some(self.first_time.map_or(time, |first| first.min(time)));
            self.last_time = Some(self.last_time.map_or(time, |last| last.max(time)));
        }
        if self.best.is_some_and(|(best, ..)| best == place) && self.exemplar.is_none_or(|other| earlier(rows, row, other).is_lt()) {
            self.exemplar = Some(row);
        }
    }

    fn member(&self, cluster: u32, row: usize, place: usize) -> Member {
        Member {
            place,
            cluster_id: i64::from(cluster),
            cluster_size: self.size,
            is_exemplar: self.exemplar == Some(row),
            first_time: self.first_time.map(Timestamp),
            last_time: self.last_time.map(Timestamp),
        }
    }
}

/// Order of two rows of one point as exemplars: the earlier, and one without a time last. Scaling may have made one point of several rows: then the
/// first by its features.
fn earlier(rows: &Rows, a: usize, b: usize) -> Ordering {
    let time = |row| rows.int(TIME, row).unwrap_or(i64::MAX);
    let features = |row| rows.float_lists(FEATURES).get(row).unwrap_or(&[]);
    time(a).cmp(&time(b)).then_with(|| compare(features(a), features(b)))
}

/// Sets the point of each cluster's exemplar.
fn find_exemplars(
    seen: &mut [Cluster],
    space: &Space,
    clusters: &[Option<u32>],
    strengths: &[f64],
    interrupt: &Interrupt,
) -> Result<(), Interrupted> {
    let (points, dims) = (&space.points, space.points.dims());
    let mut centres = vec![0.0; seen.len() * dims];
    let mut sizes = vec![0.0; seen.len()];
    let members = || clusters.iter().enumerate().filter_map(|(id, cluster)| Some((id, (*cluster)? as usize)));
    for (id, cluster) in members() {
        if id % STEP == 0 {
            interrupt.check()?;
        }
        let weight = f64::from(points.weight(id));
        sizes[cluster] += weight;
        centres[cluster * dims..][..dims].iter_mut().zip(points.at(id)).for_each(|(sum, x)| *sum += weight * x);
    }
    for (cluster, size) in sizes.iter().enumerate() {
        centres[cluster * dims..][..dims].iter_mut().for_each(|sum| *sum /= size);
    }
    for (id, cluster) in members() {
        if id % STEP == 0 {
            interrupt.check()?;
        }
        let apart = reduced(space.metric, points.at(id), &centres[cluster * dims..][..dims]);
        let better = seen[cluster]
            .best
            .is_none_or(|(_, strength, nearest)| strengths[id].total_cmp(&strength).then_with(|| nearest.total_cmp(&apart)).is_gt());
        if better {
            seen[cluster].best = Some((id, strengths[id], apart));
        }
    }
    Ok(())
}

fn reduced(metric: Metric, a: &[f64], b: &[f64]) -> f64 {
    let sum = |add: fn(f64, f64) -> f64| a.iter().zip(b).fold(0.0, |sum, (a, b)| add(sum, a - b));
    match metric {
        Metric::Euclidean | Metric::Cosine => sum(Euclidean::add),
        Metric::Manhattan => sum(Manhattan::add),
    }
}
