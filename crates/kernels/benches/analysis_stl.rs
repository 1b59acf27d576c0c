//! Points per second of the time-series functions, over one series of 90 days of hours and one of a month of minutes.
#![allow(missing_docs, reason = "criterion's macros write undocumented functions")]

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use huntsql_kernels::analysis::{FindAnomalyPeriods, StlAnomalies};
use huntsql_kernels::group::{GroupFunction, GroupKernel, Items};
use huntsql_kernels::input::Input;
use huntsql_kernels::interrupt::Interrupt;
use huntsql_kernels::options::Value;
use huntsql_kernels::rows::Rows;
use std::f64::consts::TAU;
use std::hint::black_box;

/// A day's cycle with noise; every 271st point is far off.
struct Series {
    step: i64,
    period: f64,
}

impl Series {
    fn odd(row: usize) -> bool {
        row % 271 == 100
    }

    fn rows<K: GroupKernel>(&self, len: usize) -> Rows {
        let mut rows = Rows::new(K::ARGS);
        (0..len).for_each(|row| rows.push(self, row));
        rows
    }
}

impl Input for Series {
    fn text(&self, _: usize, _: usize) -> Option<&str> {
        None
    }
    fn int(&self, _: usize, row: usize) -> Option<i64> {
        Some(i64::from(Self::odd(row)))
    }
    fn float(&self, _: usize, row: usize) -> Option<f64> {
        // a fixed multiplicative sequence: the same series in every run
        let noise = f64::from((row as u32).wrapping_mul(2_654_435_761)) / f64::from(u32::MAX);
        let odd = if Self::odd(row) { 500.0 } else { 0.0 };
        Some(1000.0 + 100.0 * (TAU * row as f64 / self.period).sin() + 20.0 * noise + odd)
    }
    fn bool(&self, _: usize, _: usize) -> Option<bool> {
        None
    }
    fn text_list(&self, _: usize, _: usize) -> Option<Vec<Option<&str>>> {
        None
    }
    fn time(&self, _: usize, row: usize) -> Option<i64> {
        Some(row as i64 * self.step)
    }
}

fn bench(c: &mut Criterion, what: &str, function: &dyn GroupFunction, rows: &Rows, options: Vec<(&str, Value)>) {
    let options = options.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    let Ok(options) = function.parse(&Value::Struct(options)) else { return };
    let mut group = c.benchmark_group("analysis_stl");
    group.throughput(Throughput::Elements(rows.len() as u64));
    group.bench_function(format!("{}/{what}", function.spec().name), |b| {
        b.iter(|| black_box(function.compute(rows, &options, &Interrupt::default())).is_ok());
    });
    group.finish();
}

fn all(c: &mut Criterion) {
    let stl = &Items::<StlAnomalies>::new();
    let hours = Series { step: 3_600_000_000, period: 24.0 }.rows::<StlAnomalies>(24 * 90);
    let minutes = Series { step: 60_000_000, period: 1440.0 }.rows::<StlAnomalies>(1440 * 30);
    let day = ("period", Value::Int(24));
    let week = ("period", Value::List(vec![Value::Int(24), Value::Int(168)]));
    let robust = ("robust", Value::Bool(true));
    bench(c, "hours", stl, &hours, vec![day.clone()]);
    bench(c, "hours, period detected", stl, &hours, vec![]);
    bench(c, "hours, robust", stl, &hours, vec![day, robust]);
    bench(c, "hours, day and week", stl, &hours, vec![week]);
    bench(c, "minutes", stl, &minutes, vec![("period", Value::Int(1440))]);
    let flags = Series { step: 3_600_000_000, period: 24.0 }.rows::<FindAnomalyPeriods>(100_000);
    bench(c, "100,000 points", &Items::<FindAnomalyPeriods>::new(), &flags, vec![]);
}

criterion_group!(benches, all);
criterion_main!(benches);
