//! The points that a clustering runs on: usable rows, scaled, and placed so that the metric is a sum over features.

use super::distinct::{NO_POINT, Points};
use super::norm::Metric;
use super::scale::{Normalize, unit};
use crate::interrupt::{Interrupt, Interrupted};
use crate::rows::FloatLists;
use std::collections::BTreeMap;

/// Points, and where the rows are among them.
pub(crate) struct Space {
    /// The points, scaled.
    pub(crate) points: Points,
    /// The point of each row; [`NO_POINT`] for a row that cannot be used.
    pub(crate) places: Vec<u32>,
    /// How distances are measured.
    pub(crate) metric: Metric,
}

impl Space {
    /// The points of the first `rows` lists of `features`.
    pub(crate) fn new(
        features: &FloatLists,
        rows: usize,
        normalize: Normalize,
        metric: Metric,
        interrupt: &Interrupt,
    ) -> Result<Self, Interrupted> {
        let dims = usual_length(features, rows, interrupt)?;
        let read = |row: usize, into: &mut Vec<f64>| {
            into.extend_from_slice(usable(features, row).filter(|list| list.len() == dims)?);
            Some(1)
        };
        let (points, mut places) = Points::distinct(dims, rows, read, interrupt)?;
        if normalize == Normalize::None && metric != Metric::Cosine {
            return Ok(Self { points, places, metric });
        }
        let (points, moved) = scaled(&points, normalize, metric, interrupt)?;
        places.iter_mut().filter(|place| **place != NO_POINT).for_each(|place| *place = moved[*place as usize]);
        Ok(Self { points, places, metric })
    }
}

/// The points after scaling, and where each went.
fn scaled(points: &Points, normalize: Normalize, metric: Metric, interrupt: &Interrupt) -> Result<(Points, Vec<u32>), Interrupted> {
    let scaler = normalize.scaler(points, interrupt)?;
    // A row of zeros has no direction. One more feature, which only such rows have, makes it orthogonal to every other.
    let with_zeros = metric == Metric::Cosine;
    let read = |id: usize, into: &mut Vec<f64>| {
        let start = into.len();
        into.extend_from_slice(points.at(id));
        let point = into.get_mut(start..)?;
        scaler.apply(point);
        if with_zeros {
            unit(point);
            let is_zero = point.iter().all(|x| *x == 0.0);
            into.push(f64::from(is_zero));
        }
        Some(points.weight(id))
    };
    Points::distinct(points.dims() + usize::from(with_zeros), points.len(), read, interrupt)
}

/// The features of `row`, unless they are NULL, none, or not all finite.
fn usable(features: &FloatLists, row: usize) -> Option<&[f64]> {
    features.get(row).filter(|list| !list.is_empty() && list.iter().all(|x| x.is_finite()))
}

/// The number of features that most usable rows have; the larger one where two are equally frequent.
fn usual_length(features: &FloatLists, rows: usize, interrupt: &Interrupt) -> Result<usize, Interrupted> {
    let mut counts = BTreeMap::<usize, usize>::new();
    for row in 0..rows {
        if row % 4096 == 0 {
            interrupt.check()?;
        }
        if let Some(list) = usable(features, row) {
            *counts.entry(list.len()).or_default() += 1;
        }
    }
    Ok(counts.iter().max_by_key(|(length, count)| (**count, **length)).map_or(0, |(length, _)| *length))
}
