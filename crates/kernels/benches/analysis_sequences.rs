//! The Markov model over sessions as logs hold them: lists a second, events a second.
#![allow(missing_docs, reason = "criterion's macros write undocumented functions")]

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use huntsql_kernels::analysis::{RareSequences, RareSessions, SequenceModel};
use huntsql_kernels::group::{GroupKernel, RowKernel};
use huntsql_kernels::input::Input;
use huntsql_kernels::interrupt::Interrupt;
use huntsql_kernels::rows::Rows;
use std::hint::black_box;

const SESSIONS: usize = 20_000;

/// Sessions of commands, each of which has a few that mostly follow it.
struct Sessions(Vec<Vec<String>>);

/// The same, one row per event.
struct Events(Vec<(String, i64, String, Option<String>)>);

fn sessions() -> Sessions {
    // a fixed linear congruential sequence: the same sessions in every run
    let mut state = 1u32;
    let mut next = move |below: u32| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) % below
    };
    let session = |_| {
        let mut command = next(80);
        (0..2 + next(18))
            .map(|_| {
                command = if next(20) == 0 { next(80) } else { (command * 7 + next(5)) % 80 };
                format!("Set-Command{command}")
            })
            .collect()
    };
    Sessions((0..SESSIONS).map(session).collect())
}

impl Sessions {
    fn events(&self, with_params: bool) -> Events {
        let events = self.0.iter().enumerate().flat_map(|(session, commands)| {
            commands.iter().enumerate().map(move |(at, command)| {
                let params = with_params.then(|| format!("{{\"Identity\": \"user{session}\", \"Force\": {}}}", at.is_multiple_of(3)));
                (format!("session{session}"), (session * 100 + at) as i64, command.clone(), params)
            })
        });
        Events(events.collect())
    }
}

impl Input for Sessions {
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
    fn text_list(&self, _: usize, row: usize) -> Option<Vec<Option<&str>>> {
        Some(self.0.get(row)?.iter().map(|command| Some(command.as_str())).collect())
    }
}

impl Input for Events {
    fn text(&self, arg: usize, row: usize) -> Option<&str> {
        let (session, _, command, params) = self.0.get(row)?;
        match arg {
            0 => Some(session),
            2 => Some(command),
            3 => params.as_deref(),
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
    fn time(&self, _: usize, row: usize) -> Option<i64> {
        Some(self.0.get(row)?.1)
    }
}

fn all(c: &mut Criterion) {
    let interrupt = Interrupt::default();
    let sessions = sessions();
    let mut rows = Rows::new(RareSessions::ARGS);
    (0..SESSIONS).for_each(|row| rows.push(&sessions, row));
    let mut group = c.benchmark_group("analysis_sequences");
    group.throughput(Throughput::Elements(SESSIONS as u64));
    group.bench_function("rare_sessions", |b| b.iter(|| black_box(RareSessions::compute(&rows, &Default::default(), &interrupt)).is_ok()));
    group
        .bench_function("sequence_model", |b| b.iter(|| black_box(SequenceModel::compute(&rows, &Default::default(), &interrupt)).is_ok()));
    for (name, with_params) in [("rare_sequences", false), ("rare_sequences/params", true)] {
        let events = sessions.events(with_params);
        let mut rows = Rows::new(RareSequences::ARGS);
        (0..events.0.len()).for_each(|row| rows.push(&events, row));
        group.throughput(Throughput::Elements(events.0.len() as u64));
        group.bench_function(name, |b| b.iter(|| black_box(RareSequences::compute(&rows, &Default::default(), &interrupt)).is_ok()));
    }
    group.finish();
}

criterion_group!(benches, all);
criterion_main!(benches);
