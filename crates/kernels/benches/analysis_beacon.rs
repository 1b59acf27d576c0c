//! `beacons`: a pair of 1,000 connections with and without a clock, over a day (periodogram in coarse bins) and an hour (by the second).
#![allow(missing_docs, reason = "criterion's macros write undocumented functions")]

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use huntsql_kernels::analysis::{BeaconOptions, Beacons};
use huntsql_kernels::group::GroupKernel;
use huntsql_kernels::input::Input;
use huntsql_kernels::interrupt::Interrupt;
use huntsql_kernels::rows::Rows;
use std::hint::black_box;

const EVENTS: usize = 1_000;

/// Times in microseconds.
struct Times(Vec<i64>);

impl Times {
    fn rows(&self) -> Rows {
        let mut rows = Rows::new(Beacons::ARGS);
        (0..self.0.len()).for_each(|row| rows.push(self, row));
        rows
    }
}

impl Input for Times {
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
        self.0.get(row).copied()
    }
}

fn all(c: &mut Criterion) {
    let mut group = c.benchmark_group("analysis_beacon");
    group.throughput(Throughput::Elements(EVENTS as u64));
    for (name, seconds) in [("day", 86_400), ("hour", 3_600)] {
        let span = seconds * 1_000_000;
        let shuffled = |n: i64| n.wrapping_mul(0x9e37_79b9_7f4a_7c15_u64 as i64).rem_euclid(span);
        let noise = Times((0..EVENTS as i64).map(shuffled).collect());
        let period = span / EVENTS as i64;
        let clock = Times((0..EVENTS as i64).map(|n| n * period + shuffled(n) / EVENTS as i64 / 3).collect());
        for (what, times) in [("noise", noise), ("clock", clock)] {
            let rows = times.rows();
            group.bench_function(format!("{what}/{name}"), |b| {
                b.iter(|| black_box(Beacons::compute(&rows, &BeaconOptions::default(), &Interrupt::default())).is_ok());
            });
        }
    }
    group.finish();
}

criterion_group!(benches, all);
criterion_main!(benches);
