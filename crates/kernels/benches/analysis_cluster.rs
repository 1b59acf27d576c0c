//! Rows per second of the clustering functions, over 20,000 rows of three features: all distinct, and as logs hold them.
#![allow(missing_docs, reason = "criterion's macros write undocumented functions")]

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use huntsql_kernels::analysis::{DbCluster, DbClusterOptions, HdbCluster, HdbClusterOptions};
use huntsql_kernels::group::RowKernel;
use huntsql_kernels::input::Input;
use huntsql_kernels::interrupt::Interrupt;
use huntsql_kernels::rows::Rows;
use std::hint::black_box;

const ROWS: usize = 20_000;

struct Features(Vec<[f64; 3]>);

impl Input for Features {
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
    fn float_list(&self, _: usize, row: usize, into: &mut Vec<f64>) -> bool {
        into.extend(self.0[row]);
        true
    }
}

/// Forty blobs; with `step`, rounded to its multiples.
fn features(step: Option<f64>) -> Rows {
    let mut state = 7u64;
    let mut uniform = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 11) as f64 / (1u64 << 53) as f64
    };
    let centres: Vec<[f64; 3]> = (0..40).map(|_| [uniform() * 100.0, uniform() * 100.0, uniform() * 100.0]).collect();
    let mut blob = |row: usize| centres[row % 40].map(|centre| centre + 3.0 * (uniform() + uniform() - 1.0));
    let made = (0..ROWS).map(|row| blob(row).map(|x| step.map_or(x, |step| (x / step).round() * step)));
    let input = Features(made.collect());
    let mut rows = Rows::new(DbCluster::ARGS);
    (0..ROWS).for_each(|row| rows.push(&input, row));
    rows
}

fn clusters(c: &mut Criterion) {
    let mut group = c.benchmark_group("cluster");
    group.throughput(Throughput::Elements(ROWS as u64)).sample_size(10);
    for (name, rows) in [("distinct", features(None)), ("repeated", features(Some(1.0)))] {
        group.bench_function(format!("dbcluster {name}"), |b| {
            b.iter(|| DbCluster::compute(black_box(&rows), &DbClusterOptions::default(), &Interrupt::default()));
        });
        group.bench_function(format!("hdbcluster {name}"), |b| {
            b.iter(|| HdbCluster::compute(black_box(&rows), &HdbClusterOptions::default(), &Interrupt::default()));
        });
    }
    group.finish();
}

criterion_group!(benches, clusters);
criterion_main!(benches);
