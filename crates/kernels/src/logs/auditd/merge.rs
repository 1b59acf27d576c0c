//! Records to events.

use super::event::{AuditEvent, Builder};
use super::record::Record;
use crate::interrupt::{Interrupt, Interrupted};
use std::cmp::Ordering;

/// Lines between two looks at the interrupt.
const LINES: usize = 4096;

/// The events of `lines` in order of time, serial and node. Equal lines count once; lines that are no records are left out.
pub fn merge<'a>(lines: impl Iterator<Item = &'a str>, interrupt: &Interrupt) -> Result<Vec<AuditEvent>, Interrupted> {
    let mut events = Vec::new();
    merge_each(lines, interrupt, |event| events.push(event.clone()))?;
    Ok(events)
}

/// Hands the events of [`merge`] to `take`, one after another: kept together they are larger than the log.
pub fn merge_each<'a>(
    lines: impl Iterator<Item = &'a str>,
    interrupt: &Interrupt,
    mut take: impl FnMut(&AuditEvent),
) -> Result<(), Interrupted> {
    let mut records = Vec::new();
    for (at, line) in lines.enumerate() {
        if at % LINES == 0 {
            interrupt.check()?;
        }
        records.extend(Record::parse(line));
    }
    interrupt.check()?;
    // Stable, which is fast on the runs that logs are.
    records.sort_by(order);
    records.dedup();
    interrupt.check()?;
    let mut builder = Builder::default();
    let mut read = 0;
    for group in records.chunk_by(|a, b| key(a) == key(b)) {
        for record in group {
            if read % LINES == 0 {
                interrupt.check()?;
            }
            read += 1;
            builder.add(record);
        }
        if let Some(first) = group.first() {
            let event = builder.finish(first);
            take(&event);
            builder.give_back(event);
        }
    }
    Ok(())
}

/// What an event is known by: serials start again with the machine, so the time belongs to it.
fn key<'a>(record: &Record<'a>) -> (i64, i64, Option<&'a str>) {
    (record.time, record.serial, record.node)
}

fn order(a: &Record<'_>, b: &Record<'_>) -> Ordering {
    key(a)
        .cmp(&key(b))
        .then_with(|| (rank(a.kind), a.kind).cmp(&(rank(b.kind), b.kind)))
        .then_with(|| items(a, b))
        .then_with(|| a.body.cmp(b.body))
}

/// The order in which the kernel writes the records of an event, so that a log in order need not be sorted.
fn rank(kind: &str) -> u8 {
    match kind {
        "SYSCALL" => 1,
        "EXECVE" => 3,
        "CWD" => 5,
        "PATH" => 6,
        "PROCTITLE" => 7,
        "EOE" => 8,
        "SOCKADDR" | "FD_PAIR" | "MMAP" | "BPRM_FCAPS" | "CAPSET" | "OBJ_PID" => 4,
        _ => 0,
    }
}

/// PATH records by their number: `item=10` comes after `item=9`.
fn items(a: &Record<'_>, b: &Record<'_>) -> Ordering {
    let item = |record: &Record<'_>| {
        let rest = record.body.trim_start_matches(' ').strip_prefix("item=")?;
        rest.split(' ').next()?.parse::<u64>().ok()
    };
    if a.kind == "PATH" { item(a).cmp(&item(b)) } else { Ordering::Equal }
}
