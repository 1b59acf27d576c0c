//! What `rare_sessions` costs over 100,000 sessions, from an engine's columns to result columns: CPU time, page faults and memory of one run in a fresh process,
//! as a query has them.
//!
//! `cargo run --release -p huntsql-kernels --example rare_sessions [runs] [all|rank]`: the first line is the first run. Linux only, like what it reads.
#![expect(clippy::print_stdout, reason = "a program for people")]

use huntsql_kernels::analysis::RareSessions;
use huntsql_kernels::group::{GroupFunction, PerRow};
use huntsql_kernels::input::Input;
use huntsql_kernels::interrupt::Interrupt;
use huntsql_kernels::options::Value;
use huntsql_kernels::rows::Rows;
use std::fs::read_to_string;

const SESSIONS: usize = 100_000;
const COMMANDS: usize = 80;
/// Rows that an engine hands over at once.
const BATCH: usize = 8_192;

/// A batch of lists of texts, laid out as arrow does.
struct Batch {
    list_offsets: Vec<i32>,
    text_offsets: Vec<i32>,
    bytes: String,
}

impl Batch {
    fn texts(&self, row: usize) -> impl Iterator<Item = Option<&str>> {
        let bounds = self.list_offsets.get(row).zip(self.list_offsets.get(row + 1));
        let (from, to) = bounds.map_or((0, 0), |(from, to)| (*from as usize, *to as usize));
        (from..to).map(|at| {
            let (from, to) = self.text_offsets.get(at).zip(self.text_offsets.get(at + 1))?;
            self.bytes.get(*from as usize..*to as usize)
        })
    }
}

impl Input for Batch {
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
        Some(self.texts(row).collect())
    }
    fn each_text<'a>(&'a self, _: usize, row: usize, take: &mut dyn FnMut(Option<&'a str>)) -> bool {
        self.texts(row).for_each(take);
        true
    }
    fn is_missing(&self, arg: usize) -> bool {
        arg > 0
    }
}

/// Sessions of the shape that `gen_sessions.py` of the peers makes: a random chain of 80 commands, each with a few usual followers; one session in 500 is in no order.
fn sessions() -> Vec<Batch> {
    // a fixed linear congruential sequence: the same sessions in every run
    let mut state = 20_240_607u64;
    let mut random = move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 40) as f64 / f64::from(1u32 << 24)
    };
    let names: Vec<String> = ["Get", "Set", "New", "Remove", "Add"]
        .iter()
        .flat_map(|verb| (0..COMMANDS / 5).map(move |noun| format!("{verb}-{:0width$}", noun, width = 4 + noun % 10)))
        .collect();
    let mut weights = || {
        let mut sum = 0.0;
        let mut cumulated: Vec<f64> = Vec::new();
        for _ in 0..COMMANDS {
            sum += random().powi(20);
            cumulated.push(sum);
        }
        (cumulated, sum)
    };
    let rows: Vec<(Vec<f64>, f64)> = (0..=COMMANDS).map(|_| weights()).collect();
    let mut batches = Vec::new();
    for first in (0..SESSIONS).step_by(BATCH) {
        let mut batch = Batch { list_offsets: vec![0], text_offsets: vec![0], bytes: String::new() };
        for session in first..SESSIONS.min(first + BATCH) {
            let mut before = COMMANDS;
            for _ in 0..2 + (random() * 18.0) as usize {
                before = match rows.get(before) {
                    Some((cumulated, sum)) if session % 500 != 499 => {
                        let place = random() * sum;
                        cumulated.partition_point(|to| *to < place).min(COMMANDS - 1)
                    }
                    _ => (random() * COMMANDS as f64) as usize,
                };
                batch.bytes.push_str(names.get(before).map_or("", String::as_str));
                batch.text_offsets.push(batch.bytes.len() as i32);
            }
            batch.list_offsets.push(batch.text_offsets.len() as i32 - 1);
        }
        batches.push(batch);
    }
    batches
}

/// Nanoseconds on a processor, page faults, and the most memory held so far in kilobytes.
fn spent() -> (u64, u64, u64) {
    let number = |text: Option<&str>| text.and_then(|text| text.parse().ok()).unwrap_or(0);
    let cpu = read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let stat = read_to_string("/proc/thread-self/stat").unwrap_or_default();
    let status = read_to_string("/proc/self/status").unwrap_or_default();
    let held = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    (number(cpu.split(' ').next()), number(stat.split(' ').nth(9)), number(held.and_then(|held| held.split_whitespace().next())))
}

fn main() {
    let mut words = std::env::args().skip(1);
    let runs = words.next().and_then(|runs| runs.parse::<usize>().ok()).unwrap_or(1);
    let rank_only = words.next().is_none_or(|fields| fields == "rank");
    let batches = sessions();
    let function = PerRow::<RareSessions>::new();
    let wanted: Vec<bool> = function.fields().iter().map(|(name, _)| !rank_only || *name == "rank").collect();
    let Ok(options) = function.parse(&Value::Null) else { return };
    for _ in 0..runs {
        let before = spent();
        let mut rows = Rows::new(function.args());
        for batch in &batches {
            rows.extend(batch, batch.list_offsets.len() - 1);
        }
        let read = spent();
        let column = function.compute_wanted(&rows, &options, &Interrupt::default(), Some(&wanted));
        let after = spent();
        let ms = |from: u64, to: u64| (to - from) as f64 / 1e6;
        println!(
            "rows {:.1} ms {} faults, compute {:.1} ms {} faults, sum {:.1} ms, held {:.1} MB more: {:?}",
            ms(before.0, read.0),
            read.1 - before.1,
            ms(read.0, after.0),
            after.1 - read.1,
            ms(before.0, after.0),
            (after.2 - before.2) as f64 / 1e3,
            column.map(|column| column.len())
        );
    }
}
