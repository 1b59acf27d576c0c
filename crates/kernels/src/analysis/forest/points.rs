//! The rows a forest works on: each distinct point once, in an order of their own.

use crate::rows::FloatLists;
use std::cmp::Ordering;

/// Stands for "no point": the row has none that can be measured.
const NONE: u32 = u32::MAX;

/// The distinct points among the rows, sorted: what is computed from them cannot depend on the order of the rows, and logs repeat
/// themselves, so that far fewer points than rows have to be scored.
#[derive(Debug, Default)]
pub(crate) struct Points {
    width: usize,
    values: Vec<f64>,
    of_row: Vec<u32>,
    train: Vec<u32>,
}

impl Points {
    /// Of rows `0..count` of `lists`; those that `is_training` picks may build the forest.
    pub(crate) fn new(lists: &FloatLists, count: usize, is_training: impl Fn(usize) -> bool) -> Self {
        let width = usual_length(lists, count);
        let point = |row: u32| lists.get(row as usize).unwrap_or(&[]);
        let measured = |row: &u32| point(*row).len() == width && point(*row).iter().all(|value| value.is_finite());
        let key = |row: u32| (sort_key(point(row).first().copied().unwrap_or(0.0)), row);
        let rows = 0..u32::try_from(count).unwrap_or(NONE);
        // The first feature decides most comparisons: as an integer beside the row number it needs no look at the lists.
        let mut order: Vec<(u64, u32)> = if width == 0 { Vec::new() } else { rows.filter(measured).map(key).collect() };
        order.sort_unstable_by(|a, b| a.0.cmp(&b.0).then_with(|| compare(point(a.1), point(b.1))));

        let mut points = Self { width, values: Vec::new(), of_row: vec![NONE; count], train: Vec::new() };
        let same = |a: &(u64, u32), b: &(u64, u32)| a.0 == b.0 && compare(point(a.1), point(b.1)).is_eq();
        for (number, equals) in (0u32..).zip(order.chunk_by(same)) {
            // -0 and 0 are one point: adding 0 makes them the same bits.
            points.values.extend(equals.iter().take(1).flat_map(|(_, row)| point(*row)).map(|value| value + 0.0));
            for (_, row) in equals {
                if let Some(slot) = points.of_row.get_mut(*row as usize) {
                    *slot = number;
                }
                if is_training(*row as usize) {
                    points.train.push(number);
                }
            }
        }
        points
    }

    /// Number of features.
    pub(crate) fn width(&self) -> usize {
        self.width
    }

    /// Number of distinct points.
    pub(crate) fn len(&self) -> usize {
        self.values.len().checked_div(self.width).unwrap_or(0)
    }

    /// All points, one after another.
    pub(crate) fn values(&self) -> &[f64] {
        &self.values
    }

    /// Feature `feature` of point `point`.
    #[inline]
    pub(crate) fn value(&self, point: u32, feature: u32) -> f64 {
        self.values.get(point as usize * self.width + feature as usize).copied().unwrap_or(0.0)
    }

    /// The point of each training row, sorted.
    pub(crate) fn train(&self) -> &[u32] {
        &self.train
    }

    /// The point of each row.
    pub(crate) fn of_rows(&self) -> impl Iterator<Item = Option<usize>> {
        self.of_row.iter().map(|point| (*point != NONE).then_some(*point as usize))
    }
}

/// The length that most lists have, the greater one of two as frequent: one odd row must not make all others unfit.
fn usual_length(lists: &FloatLists, count: usize) -> usize {
    let mut lengths: Vec<usize> = (0..count).filter_map(|row| lists.get(row)).map(<[f64]>::len).collect();
    lengths.sort_unstable();
    lengths.chunk_by(usize::eq).max_by_key(|equal| equal.len()).and_then(|equal| equal.first().copied()).unwrap_or(0)
}

/// An integer in the order of the numbers.
fn sort_key(value: f64) -> u64 {
    let bits = (value + 0.0).to_bits();
    if value.is_sign_negative() && value != 0.0 { !bits } else { bits | 1 << 63 }
}

fn compare(a: &[f64], b: &[f64]) -> Ordering {
    // Finite numbers only: -0 equals 0.
    a.partial_cmp(b).unwrap_or(Ordering::Equal)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_sort_as_numbers_do() {
        let numbers = [-f64::MAX, -1.5, -1.0, -f64::MIN_POSITIVE, 0.0, f64::MIN_POSITIVE, 1.0, 1.5, f64::MAX];
        assert!(numbers.windows(2).all(|pair| sort_key(pair[0]) < sort_key(pair[1])));
        assert_eq!(sort_key(-0.0), sort_key(0.0));
    }
}
