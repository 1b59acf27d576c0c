//! What `match_iocs` costs over the lines of a file, from an engine's column to result columns: rows taken in, then searched, written and
//! handed out.
//!
//! `cargo run --release -p huntsql-lookups --example match_iocs -- LINES FEED [runs]`. With `taskset -c 0` before it, one thread searches.
//! Linux only, like what it reads.
#![expect(clippy::print_stdout, reason = "a program for people")]

use huntsql_kernels::group::{Events, GroupFunction};
use huntsql_kernels::input::Input;
use huntsql_kernels::interrupt::Interrupt;
use huntsql_kernels::options::Value;
use huntsql_kernels::rows::Rows;
use huntsql_lookups::match_iocs::MatchIocs;
use std::fs::read_to_string;
use std::time::Instant;

/// Rows that an engine hands over at once.
const BATCH: usize = 8_192;

struct Lines<'l>(&'l [&'l str]);

impl Input for Lines<'_> {
    fn text(&self, _: usize, row: usize) -> Option<&str> {
        self.0.get(row).copied()
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

/// Milliseconds on processors, in ticks of ten.
fn spent() -> f64 {
    let stat = read_to_string("/proc/self/stat").unwrap_or_default();
    let word = |at: usize| stat.split(' ').nth(at).and_then(|word| word.parse::<u64>().ok()).unwrap_or(0);
    (word(13) + word(14)) as f64 * 10.0
}

fn main() {
    let mut words = std::env::args().skip(1);
    let (lines, feed) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let runs = words.next().and_then(|runs| runs.parse::<usize>().ok()).unwrap_or(3);
    let text = read_to_string(&lines).unwrap_or_default();
    let lines: Vec<&str> = text.lines().collect();
    let function = Events::<MatchIocs>::new();
    let options = match function.parse(&Value::Struct(vec![("feed".to_owned(), Value::Text(feed))])) {
        Ok(options) => options,
        Err(error) => return println!("{error}"),
    };
    for run in 0..=runs {
        let start = (Instant::now(), spent());
        let mut rows = Rows::new(function.args());
        lines.chunks(BATCH).for_each(|batch| rows.extend(&Lines(batch), batch.len()));
        let read = (Instant::now(), spent());
        let column = function.compute(&rows, &options, &Interrupt::default());
        let end = (Instant::now(), spent());
        let ms = |from: &(Instant, f64), to: &(Instant, f64)| ((to.0 - from.0).as_secs_f64() * 1e3, to.1 - from.1);
        let ((rows_wall, rows_cpu), (wall, cpu)) = (ms(&start, &read), ms(&read, &end));
        println!(
            "{}{} lines, {:?} hits: rows {rows_wall:.1} ms ({rows_cpu:.0} on processors), search {wall:.1} ms ({cpu:.0} on processors), {:.0} MB/s",
            if run == 0 { "with the feed read: " } else { "" },
            lines.len(),
            column.map(|column| column.len()),
            text.len() as f64 / 1e3 / (rows_wall + wall)
        );
    }
}
