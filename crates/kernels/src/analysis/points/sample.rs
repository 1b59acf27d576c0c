//! Rows for the tests of the clustering functions.

use crate::analysis::points::{Metric, Normalize, Space};
use crate::input::Input;
use crate::interrupt::Interrupt;
use crate::rows::Rows;
use crate::types::ArgType;

/// Features and time of a row.
pub(in crate::analysis) type Sample = (Option<Vec<f64>>, Option<i64>);

struct Samples<'s>(&'s [Sample]);

impl Input for Samples<'_> {
    fn text(&self, _: usize, _: usize) -> Option<&str> {
        None
    }
    fn int(&self, _: usize, _: usize) -> Option<i64> {
        None
    }
    fn float(&self, _: usize, _: usize) -> Option<f64> {
        None
    }
    fn bool(&self, _: usize, _: usize) -> Option<bool> {
        None
    }
    fn text_list(&self, _: usize, _: usize) -> Option<Vec<Option<&str>>> {
        None
    }
    fn time(&self, _: usize, row: usize) -> Option<i64> {
        self.0[row].1
    }
    fn float_list(&self, _: usize, row: usize, into: &mut Vec<f64>) -> bool {
        self.0[row].0.as_ref().is_some_and(|list| {
            into.extend(list);
            true
        })
    }
}

/// Rows as an engine hands them over.
pub(in crate::analysis) fn rows(samples: &[Sample]) -> Rows {
    let mut rows = Rows::new(&[ArgType::FloatList, ArgType::Time]);
    (0..samples.len()).for_each(|row| rows.push(&Samples(samples), row));
    rows
}

/// The points of rows without times.
pub(in crate::analysis) fn space(lists: &[Vec<f64>], metric: Metric) -> Space {
    let samples: Vec<Sample> = lists.iter().map(|list| (Some(list.clone()), None)).collect();
    Space::new(rows(&samples).float_lists(0), lists.len(), Normalize::None, metric, &Interrupt::default()).unwrap()
}

/// Four blobs of different density, some noise, and every fifth row twice. Made the same way by the Python that computed the expected values (docs/DESIGN.md, "Analysis").
pub(in crate::analysis) fn blobs(rows: usize, dims: usize) -> Vec<Vec<f64>> {
    let mut state = 42u64;
    // 53 bits of a linear congruential generator.
    let mut uniform = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 11) as f64 / (1u64 << 53) as f64
    };
    let mut made: Vec<Vec<f64>> = Vec::new();
    for row in 0..rows {
        if row % 5 == 4 {
            made.push(made[row - 3].clone());
            continue;
        }
        let blob = row % 9;
        let (centre, spread) =
            [(0.0, 1.0), (0.0, 1.0), (4.0, 0.5), (4.0, 0.5), (-5.0, 2.0), (-5.0, 2.0), (9.0, 0.25), (9.0, 0.25), (0.0, 30.0)][blob];
        made.push((0..dims).map(|_| centre + spread * (uniform() + uniform() - 1.0)).collect());
    }
    made
}
