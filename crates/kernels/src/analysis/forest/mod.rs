//! Isolation forest (Liu, Ting, Zhou: "Isolation Forest", ICDM 2008): points that few random cuts set apart are odd.

mod points;
mod tree;

use super::random::SplitMix64;
use crate::prelude::*;
pub(crate) use points::Points;
use tree::Tree;

/// How a forest is grown.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Growth {
    /// Number of trees.
    pub(crate) trees: usize,
    /// Training points per tree, drawn without replacement.
    pub(crate) sample_size: usize,
    /// Share of the features that one tree sees.
    pub(crate) max_features: f64,
    /// Makes the same forest again.
    pub(crate) seed: u64,
}

/// Points between two looks at the interrupt: well below a millisecond.
const CHUNK: usize = 4096;

/// The score of each point: 2^-(mean path length / expected path length), in 0..1; `None` where no row is for training.
///
/// A tree is dropped once its paths are added up, so that memory does not grow with the number of trees.
pub(crate) fn scores(points: &Points, growth: &Growth, interrupt: &Interrupt) -> GroupResult<Option<Vec<f64>>> {
    let mut deck = points.train().to_vec();
    if deck.is_empty() {
        return Ok(None);
    }
    let width = points.width();
    let mut features: Vec<u32> = (0..u32::try_from(width).unwrap_or(u32::MAX)).collect();
    let seen = ((width as f64 * growth.max_features) as usize).clamp(1, width.max(1));
    let mut sums = vec![0.0; points.len()];
    for tree in 0..growth.trees {
        interrupt.check()?;
        let mut random = SplitMix64::new(growth.seed, tree as u64);
        let sample = draw(&mut deck, growth.sample_size, &mut random);
        let tree = Tree::grow(points, sample, draw(&mut features, seen, &mut random), &mut random);
        for (values, sums) in points.values().chunks(width * CHUNK).zip(sums.chunks_mut(CHUNK)) {
            interrupt.check()?;
            tree.add_lengths(values, width, sums);
        }
    }
    sums.iter_mut().for_each(|sum| *sum = (-*sum / growth.trees as f64).exp2());
    Ok(Some(sums))
}

/// Brings `count` entries, drawn without replacement, to the front of the deck (Fisher and Yates). However the deck lies, all draws are
/// as likely.
fn draw<'d>(deck: &'d mut [u32], count: usize, random: &mut SplitMix64) -> &'d mut [u32] {
    let (all, count) = (deck.len(), count.min(deck.len()));
    if count < all {
        (0..count).for_each(|at| deck.swap(at, at + random.below(all - at)));
    }
    deck.split_at_mut(count).0
}
