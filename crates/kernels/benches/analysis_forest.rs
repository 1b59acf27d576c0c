//! `outliers`: forest and scores of 20,000 rows of four features, all distinct and one in five distinct, and `mad_outliers`.
#![allow(missing_docs, reason = "criterion's macros write undocumented functions")]

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use huntsql_kernels::analysis::{MadOptions, MadOutliers, OutlierOptions, Outliers};
use huntsql_kernels::group::RowKernel;
use huntsql_kernels::input::Input;
use huntsql_kernels::interrupt::Interrupt;
use huntsql_kernels::rows::Rows;
use std::hint::black_box;

const ROWS: usize = 20_000;
const FEATURES: usize = 4;

/// Row `row` holds what a fixed multiplicative sequence gives for `row % distinct`.
struct Table {
    distinct: usize,
}

impl Table {
    fn value(&self, row: usize, feature: usize) -> f64 {
        let at = (row % self.distinct * FEATURES + feature) as u32;
        f64::from(at.wrapping_mul(2_654_435_761) >> 12)
    }

    fn rows<K: RowKernel>(&self) -> Rows {
        let mut rows = Rows::new(K::ARGS);
        (0..ROWS).for_each(|row| rows.push(self, row));
        rows
    }
}

impl Input for Table {
    fn text(&self, _: usize, _: usize) -> Option<&str> {
        None
    }
    fn int(&self, _: usize, _: usize) -> Option<i64> {
        None
    }
    fn float(&self, _: usize, row: usize) -> Option<f64> {
        Some(self.value(row, 0))
    }
    fn bool(&self, _: usize, _: usize) -> Option<bool> {
        None
    }
    fn text_list(&self, _: usize, _: usize) -> Option<Vec<Option<&str>>> {
        None
    }
    fn float_list(&self, _: usize, row: usize, into: &mut Vec<f64>) -> bool {
        into.extend((0..FEATURES).map(|feature| self.value(row, feature)));
        true
    }
}

fn all(c: &mut Criterion) {
    let mut group = c.benchmark_group("analysis_forest");
    group.throughput(Throughput::Elements(ROWS as u64));
    for (name, distinct) in [("distinct", ROWS), ("repeated", ROWS / 5)] {
        let rows = Table { distinct }.rows::<Outliers>();
        group.bench_function(format!("outliers/{name}"), |b| {
            b.iter(|| black_box(Outliers::compute(&rows, &OutlierOptions::default(), &Interrupt::default())).is_ok());
        });
    }
    let rows = Table { distinct: ROWS }.rows::<MadOutliers>();
    group.bench_function("mad_outliers", |b| {
        b.iter(|| black_box(MadOutliers::compute(&rows, &MadOptions::default(), &Interrupt::default())).is_ok());
    });
    group.finish();
}

criterion_group!(benches, all);
criterion_main!(benches);
