//! One isolation tree.

use super::points::Points;
use crate::analysis::random::SplitMix64;

/// A cut: points whose `feature` lies above `threshold` go on at `next + 1`, the others at `next`. A leaf points at itself, and no
/// number lies above its threshold.
#[derive(Debug, Clone, Copy)]
struct Node {
    threshold: f64,
    feature: u32,
    next: u32,
}

/// A tree and the length of the path to each of its nodes.
#[derive(Debug, Default)]
pub(crate) struct Tree {
    nodes: Vec<Node>,
    lengths: Vec<f64>,
    depth: usize,
}

/// Points that descend side by side: the steps of one point wait for one another, those of different points do not.
const LANES: usize = 8;

impl Tree {
    /// A tree that isolates the points of `sample` by cuts through `features`. Path lengths are in units of the mean path of
    /// `sample.len()` points.
    pub(crate) fn grow(points: &Points, sample: &mut [u32], features: &mut [u32], random: &mut SplitMix64) -> Self {
        let depth = sample.len().max(2).next_power_of_two().trailing_zeros() as usize;
        let unit = mean_path(sample.len());
        let mut growth = Growth { points, features, random, most: depth, unit, tree: Self { depth, ..Self::default() } };
        growth.tree.push();
        let all = growth.features.len();
        growth.split(0, sample, all, 0);
        growth.tree
    }

    fn push(&mut self) {
        let next = self.nodes.len() as u32;
        self.nodes.push(Node { threshold: f64::INFINITY, feature: 0, next });
        self.lengths.push(1.0);
    }

    /// Adds the path length of each point to its sum. `values` are whole points of `width` numbers.
    pub(crate) fn add_lengths(&self, values: &[f64], width: usize, sums: &mut [f64]) {
        for (values, sums) in values.chunks(width * LANES).zip(sums.chunks_mut(LANES)) {
            let mut at = [0u32; LANES];
            for _ in 0..self.depth {
                for (lane, at) in at.iter_mut().enumerate() {
                    let Some(node) = self.nodes.get(*at as usize) else { continue };
                    // The last lanes of the last chunk have no values: where they end up is not read.
                    let value = values.get(lane * width + node.feature as usize).copied().unwrap_or(0.0);
                    *at = node.next + u32::from(value > node.threshold);
                }
            }
            for (sum, at) in sums.iter_mut().zip(at) {
                *sum += self.lengths.get(at as usize).copied().unwrap_or(1.0);
            }
        }
    }
}

struct Growth<'g> {
    points: &'g Points,
    features: &'g mut [u32],
    random: &'g mut SplitMix64,
    tree: Tree,
    most: usize,
    unit: f64,
}

impl Growth<'_> {
    /// Cuts `sample` at node `at`. The first `varied` features may differ within the sample, the rest are known not to.
    fn split(&mut self, at: usize, sample: &mut [u32], varied: usize, depth: usize) {
        let cut = if depth < self.most && sample.len() > 1 { self.cut(sample, varied) } else { None };
        let Some((feature, threshold, varied)) = cut else {
            if let Some(length) = self.tree.lengths.get_mut(at) {
                // A sample of one point has no path; as with scikit-learn its score is middling.
                *length = if self.unit > 0.0 { (depth as f64 + mean_path(sample.len())) / self.unit } else { 1.0 };
            }
            return;
        };
        let next = self.tree.nodes.len();
        if let Some(node) = self.tree.nodes.get_mut(at) {
            *node = Node { threshold, feature, next: next as u32 };
        }
        self.tree.push();
        self.tree.push();
        let low = partition(sample, |point| self.points.value(point, feature) <= threshold);
        let (low, high) = sample.split_at_mut(low);
        self.split(next, low, varied, depth + 1);
        self.split(next + 1, high, varied, depth + 1);
    }

    /// A feature that varies within the sample, a place between its least and greatest value, and how many features may still vary.
    fn cut(&mut self, sample: &[u32], mut varied: usize) -> Option<(u32, f64, usize)> {
        while varied > 0 {
            let pick = self.random.below(varied);
            let feature = *self.features.get(pick)?;
            let (low, high) = sample.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), point| {
                let value = self.points.value(*point, feature);
                (low.min(value), high.max(value))
            });
            if low < high {
                let share = self.random.unit();
                // The difference could overflow.
                let place = (low * (1.0 - share) + high * share).clamp(low, high);
                return Some((feature, if place < high { place } else { low }, varied));
            }
            // What does not vary here does not vary below: it is not looked at again.
            varied -= 1;
            self.features.swap(pick, varied);
        }
        None
    }
}

/// Moves the points that are `low` to the front and counts them.
fn partition(sample: &mut [u32], low: impl Fn(u32) -> bool) -> usize {
    let mut count = 0;
    for at in 0..sample.len() {
        if sample.get(at).is_some_and(|point| low(*point)) {
            sample.swap(at, count);
            count += 1;
        }
    }
    count
}

/// Mean length of the path to one of `count` points in a random binary search tree: what stands below a leaf that was not cut up.
fn mean_path(count: usize) -> f64 {
    const EULER: f64 = 0.577_215_664_901_532_9;
    match count {
        0 | 1 => 0.0,
        2 => 1.0,
        _ => {
            let n = count as f64;
            2.0 * ((n - 1.0).ln() + EULER) - 2.0 * (n - 1.0) / n
        }
    }
}
