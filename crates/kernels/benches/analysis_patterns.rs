//! Patterns of discrete attributes, in rows a second: columns that depend on each other, some skewed, one nearly unique.
#![allow(missing_docs, reason = "criterion's macros write undocumented functions")]

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use huntsql_kernels::analysis::{Autocluster, Basket, Diffpatterns, DiffpatternsOptions};
use huntsql_kernels::group::GroupKernel;
use huntsql_kernels::input::Input;
use huntsql_kernels::interrupt::Interrupt;
use huntsql_kernels::options::{Options, Setting};
use huntsql_kernels::rows::Rows;
use std::hint::black_box;

const ROWS: usize = 100_000;

struct Log(Vec<(String, &'static str)>);

impl Input for Log {
    fn text(&self, arg: usize, row: usize) -> Option<&str> {
        let (attributes, side) = self.0.get(row)?;
        match arg {
            0 => Some(attributes),
            1 => Some(side),
            _ => None,
        }
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
}

fn log(with_id: bool) -> Log {
    // a fixed linear congruential sequence: the same rows in every run
    let mut state = 1u32;
    let mut next = move |below: u32| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) % below
    };
    let row = |at: usize| {
        // The smallest of three: low numbers are common.
        let mut skewed = |below: u32| next(below).min(next(below)).min(next(below));
        let (host, op) = (skewed(50), skewed(20));
        let (user, code) = ((host * 3 + skewed(4)) % 100, [200, 200, 404, 500][skewed(4) as usize]);
        let id = if with_id { at } else { 0 };
        let attributes = format!(
            "{{\"host\": \"h{host}\", \"site\": \"s{}\", \"user\": \"u{user}\", \"op\": \"op{op}\", \"write\": {}, \"code\": {code}, \"id\": {id}}}",
            host % 5,
            op.is_multiple_of(3)
        );
        (attributes, if at.is_multiple_of(2) { "a" } else { "b" })
    };
    Log((0..ROWS).map(row).collect())
}

fn all(c: &mut Criterion) {
    let interrupt = Interrupt::default();
    let mut group = c.benchmark_group("analysis_patterns");
    group.throughput(Throughput::Elements(ROWS as u64));
    group.sample_size(10);
    for (name, with_id) in [("few different rows", false), ("different rows", true)] {
        let log = log(with_id);
        let mut rows = Rows::new(Basket::ARGS);
        let mut sides = Rows::new(Diffpatterns::ARGS);
        (0..ROWS).for_each(|row| {
            rows.push(&log, row);
            sides.push(&log, row);
        });
        let mut options = DiffpatternsOptions::default();
        let set = options.set("a", Setting::Text("a".to_owned()));
        group.bench_function(format!("basket/{name}"), |b| {
            b.iter(|| black_box(Basket::compute(&rows, &Default::default(), &interrupt)).is_ok())
        });
        group.bench_function(format!("autocluster/{name}"), |b| {
            b.iter(|| black_box(Autocluster::compute(&rows, &Default::default(), &interrupt)).is_ok());
        });
        group.bench_function(format!("diffpatterns/{name}"), |b| {
            b.iter(|| set.is_ok() && black_box(Diffpatterns::compute(&sides, &options, &interrupt)).is_ok());
        });
    }
    group.finish();
}

criterion_group!(benches, all);
criterion_main!(benches);
