//! What `read_auditd` costs over a file, from its bytes to result columns: wall time, processor time of all threads, page faults and
//! memory.
//!
//! `cargo run --release -p huntsql-readers --example read_auditd -- FILE [columns, by commas] [runs] [pieces]`: the first line is the first
//! run. Linux only, like what it reads.
#![expect(clippy::print_stdout, reason = "a program for people")]

use huntsql_kernels::options::Value;
use huntsql_readers::{Control, FileEntry, Place, catalogue};
use std::fs::{metadata, read_to_string};
use std::time::Instant;

/// Rows that an engine asks for at once.
const BATCH: usize = 8_192;

/// Milliseconds on processors, page faults, and the most memory held so far in kilobytes.
fn spent() -> (f64, u64, u64) {
    let stat = read_to_string("/proc/self/stat").unwrap_or_default();
    let status = read_to_string("/proc/self/status").unwrap_or_default();
    let word = |at: usize| stat.split(' ').nth(at).and_then(|word| word.parse::<u64>().ok()).unwrap_or(0);
    let held = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let held = held.and_then(|held| held.split_whitespace().next()).and_then(|held| held.parse().ok()).unwrap_or(0);
    // in ticks of ten milliseconds
    ((word(13) + word(14)) as f64 * 10.0, word(9), held)
}

fn main() {
    let mut words = std::env::args().skip(1);
    let path = words.next().unwrap_or_default();
    let names = words.next().unwrap_or_else(|| "time,serial".to_owned());
    let runs = words.next().and_then(|runs| runs.parse::<usize>().ok()).unwrap_or(1);
    let pieces = words.next().and_then(|pieces| pieces.parse::<usize>().ok()).unwrap_or(1);
    let (Some(reader), Ok(file)) = (catalogue::reader("read_auditd"), metadata(&path)) else {
        println!("no such file: {path}");
        return;
    };
    for _ in 0..runs {
        let (before, start) = (spent(), Instant::now());
        let entry = FileEntry { name: path.clone(), path: path.clone().into(), size: file.len(), modified: None, found: false };
        let Ok(log) = reader.open(vec![(entry, Place::Disk(path.clone().into()))], &Value::Null, &Control::default()) else { return };
        let wanted: Vec<usize> = names.split(',').filter_map(|name| log.columns().iter().position(|column| column.name == name)).collect();
        let mut rows = 0;
        for piece in log.pieces(pieces) {
            let Ok(mut scan) = log.scan(&piece, &wanted, &Control::default()) else { return };
            while let Ok(Some((_, more))) = scan.next(BATCH) {
                rows += more;
            }
        }
        let (wall, after) = (start.elapsed().as_secs_f64(), spent());
        println!(
            "{rows} events, {} columns: wall {:.1} ms ({:.0} MB/s), processors {:.0} ms, {} faults, held {:.1} MB at most",
            wanted.len(),
            wall * 1e3,
            file.len() as f64 / wall / 1e6,
            after.0 - before.0,
            after.1 - before.1,
            after.2 as f64 / 1e3
        );
    }
}
