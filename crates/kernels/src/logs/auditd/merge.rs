//! Records to events.

use super::builder::Builder;
use super::event::{AuditEvent, Wants};
use super::record::Record;
use super::types;
use crate::column::{Column, SqlValue};
use crate::interrupt::{Interrupt, Interrupted};
use std::borrow::Cow;
use std::cmp::Ordering;
use std::ops::Range;

/// Records between two looks at the interrupt.
const RECORDS: usize = 4096;

/// Records that are sorted between two looks at the interrupt, to begin with; what is sorted is merged in pairs then.
const PART: usize = 1 << 16;

/// The records of a log, whose text is kept by others: in chunks that have numbers.
#[derive(Debug, Default)]
pub struct AuditLog {
    heads: Vec<Head>,
}

/// What a record is sorted by, and where its parts are in its chunk. A log has millions of them: 48 bytes each.
#[derive(Debug, Clone, Copy)]
struct Head {
    time: i64,
    serial: i64,
    chunk: u32,
    kind: (u32, u32),
    /// `NOWHERE` where there is none: a node that is named has a name.
    node: (u32, u32),
    body: (u32, u32),
    rank: u8,
}

/// Where no node is.
const NOWHERE: (u32, u32) = (0, 0);

impl Head {
    fn has_node(&self) -> bool {
        self.node != NOWHERE
    }

    fn node<'t>(&self, texts: &impl Fn(u32) -> &'t str) -> Option<&'t str> {
        self.has_node().then(|| part(texts(self.chunk), self.node))
    }

    fn record<'t>(&self, texts: &impl Fn(u32) -> &'t str) -> Record<'t> {
        let text = texts(self.chunk);
        Record {
            kind: types::name(part(text, self.kind)),
            time: self.time,
            serial: self.serial,
            node: self.has_node().then(|| part(text, self.node)),
            body: part(text, self.body),
        }
    }
}

#[inline]
fn part(text: &str, (from, to): (u32, u32)) -> &str {
    text.get(from as usize..to as usize).unwrap_or_default()
}

impl AuditLog {
    /// Bytes that a record takes here, beside its text.
    pub const RECORD_BYTES: usize = size_of::<Head>();

    /// Takes note of `line`, which begins at byte `start` of `chunk`; false where it is no record. What lies beyond 4 GiB of a chunk is
    /// none.
    pub fn add(&mut self, chunk: u32, start: usize, line: &str) -> bool {
        let Some((record, kind)) = Record::parse_with_kind(line) else { return false };
        let range = |part: &str| {
            // A part of the line lies where its bytes do.
            let from = part.as_ptr().addr().checked_sub(line.as_ptr().addr())?.checked_add(start)?;
            u32::try_from(from).ok().zip(u32::try_from(from + part.len()).ok())
        };
        let Some((kind, body)) = range(kind).zip(range(record.body)) else { return false };
        let Record { time, serial, .. } = record;
        let node = record.node.and_then(range).unwrap_or(NOWHERE);
        self.heads.push(Head { time, serial, chunk, kind, node, body, rank: rank(record.kind) });
        true
    }

    /// Adds what another has, whose chunks have numbers from `first_chunk` on.
    pub fn append(&mut self, other: Self, first_chunk: u32) {
        if self.heads.capacity() == 0 && first_chunk == 0 {
            *self = other;
            return;
        }
        self.heads.extend(other.heads.into_iter().map(|head| Head { chunk: head.chunk.saturating_add(first_chunk), ..head }));
    }

    /// Makes room for so many records, and no more.
    pub fn reserve(&mut self, more: usize) {
        self.heads.reserve_exact(more);
    }

    /// Gives back the memory that no record needs.
    pub fn shrink(&mut self) {
        self.heads.shrink_to_fit();
    }

    /// Forgets all records but the first `count`.
    pub fn truncate(&mut self, count: usize) {
        self.heads.truncate(count);
    }

    /// Time and serial of each record.
    pub fn keys(&self) -> impl Iterator<Item = (i64, i64)> {
        self.heads.iter().map(|head| (head.time, head.serial))
    }

    /// Forgets all records but those with smaller time and serial.
    pub fn keep_before(&mut self, key: (i64, i64)) {
        self.heads.retain(|head| (head.time, head.serial) < key);
    }

    /// Number of records.
    pub fn len(&self) -> usize {
        self.heads.len()
    }

    /// Whether there is no record.
    pub fn is_empty(&self) -> bool {
        self.heads.is_empty()
    }

    /// Puts the records in the order of their events: by time, serial and node. Equal ones count once.
    pub fn sort<'t>(&mut self, texts: impl Fn(u32) -> &'t str, interrupt: &Interrupt) -> Result<(), Interrupted> {
        sort_in_parts(&mut self.heads, |a, b| order(a, b, &texts), interrupt)?;
        let (mut seen, mut stopped) = (0usize, Ok(()));
        self.heads.dedup_by(|a, b| {
            seen += 1;
            if seen.is_multiple_of(RECORDS) {
                stopped = stopped.and(interrupt.check());
            }
            stopped.is_ok() && (a.time, a.serial, a.rank) == (b.time, b.serial, b.rank) && a.record(&texts) == b.record(&texts)
        });
        stopped.and(interrupt.check())
    }

    /// Where the records end of at most `most` events, or of fewer that together have `bytes`, the first of which begins at record `from`
    /// of the sorted ones.
    pub fn batch<'t>(&self, from: usize, most: usize, bytes: usize, texts: impl Fn(u32) -> &'t str) -> Range<usize> {
        let (mut to, mut events, mut read) = (from, 0, 0);
        for group in self.events(from..self.heads.len(), &texts) {
            if events >= most || read >= bytes {
                break;
            }
            events += 1;
            to += group.len();
            read += group.iter().map(|head| (head.body.1 - head.body.0) as usize).sum::<usize>();
        }
        from..to
    }

    /// Writes the events of the records in `range`, of the sorted ones, to `out`, a column of [`AuditEvent`].
    pub fn write<'t>(
        &self,
        range: Range<usize>,
        texts: impl Fn(u32) -> &'t str,
        interrupt: &Interrupt,
        out: &mut Column,
    ) -> Result<(), Interrupted> {
        let mut builder = Builder::new(Wants::of(out));
        self.each(range, &texts, interrupt, &mut builder, |event| event.write(out))
    }

    /// The records of each event in `range`.
    fn events<'t>(&self, range: Range<usize>, texts: &impl Fn(u32) -> &'t str) -> impl Iterator<Item = &[Head]> {
        self.heads.get(range).unwrap_or_default().chunk_by(|a, b| {
            (a.time, a.serial) == (b.time, b.serial) && (!(a.has_node() || b.has_node()) || a.node(texts) == b.node(texts))
        })
    }

    /// Hands the events of the records in `range` to `take`: kept together they are larger than the log.
    fn each<'t>(
        &self,
        range: Range<usize>,
        texts: &impl Fn(u32) -> &'t str,
        interrupt: &Interrupt,
        builder: &mut Builder<'t>,
        mut take: impl FnMut(&AuditEvent<Cow<'t, str>>),
    ) -> Result<(), Interrupted> {
        let mut read = 0;
        for group in self.events(range, texts) {
            let Some(first) = group.first() else { continue };
            let counted = builder.count(group.len());
            for head in group {
                if read % RECORDS == 0 {
                    interrupt.check()?;
                }
                read += 1;
                if !counted {
                    builder.add(&head.record(texts));
                }
            }
            builder.finish(first.time, first.serial, first.node(texts), &mut take);
        }
        Ok(())
    }

    /// The log of `lines`, each a chunk of its own, sorted.
    pub(in crate::logs) fn of_lines<'t>(
        lines: impl Iterator<Item = (u32, &'t str)>,
        texts: impl Fn(u32) -> &'t str,
        interrupt: &Interrupt,
    ) -> Result<Self, Interrupted> {
        let mut log = Self::default();
        for (at, (chunk, line)) in lines.enumerate() {
            if at % RECORDS == 0 {
                interrupt.check()?;
            }
            log.add(chunk, 0, line);
        }
        log.sort(texts, interrupt)?;
        Ok(log)
    }

    /// All events.
    pub(in crate::logs) fn all<'t>(&self, texts: impl Fn(u32) -> &'t str, interrupt: &Interrupt) -> Result<Vec<AuditEvent>, Interrupted> {
        let mut events = Vec::new();
        self.each(0..self.len(), &texts, interrupt, &mut Builder::new(Wants::ALL), |event| events.push(event.owned()))?;
        Ok(events)
    }
}

/// The events of `lines` in order of time, serial and node. Equal lines count once; lines that are no records are left out.
pub fn merge<'a>(lines: impl Iterator<Item = &'a str>, interrupt: &Interrupt) -> Result<Vec<AuditEvent>, Interrupted> {
    let lines: Vec<&str> = lines.collect();
    let text = |number: u32| lines.get(number as usize).copied().unwrap_or_default();
    AuditLog::of_lines((0..).zip(lines.iter().copied()), text, interrupt)?.all(text, interrupt)
}

/// Sorts `items`, and keeps the order of equal ones: parts first, then pairs of what is sorted, so that a cancelled statement need not wait
/// for the whole. A pair in order stays as it is: logs are runs.
fn sort_in_parts<T>(items: &mut [T], order: impl Fn(&T, &T) -> Ordering, interrupt: &Interrupt) -> Result<(), Interrupted> {
    let (mut sorted, mut part) = (0usize, PART);
    loop {
        for span in items.chunks_mut(part) {
            interrupt.check()?;
            let is_in_order = |pair: &[T]| matches!(pair, [left, right] if order(left, right).is_le());
            let seam = sorted.checked_sub(1).map(|last| span.get(last..=sorted).unwrap_or_default());
            // What has no seam is a part that was left alone, and sorted by itself.
            if seam.is_none_or(|pair| !pair.is_empty() && !is_in_order(pair)) {
                span.sort_by(&order);
            }
        }
        if part >= items.len() {
            return interrupt.check();
        }
        (sorted, part) = (part, part.saturating_mul(2));
    }
}

fn order<'t>(a: &Head, b: &Head, texts: &impl Fn(u32) -> &'t str) -> Ordering {
    let times = (a.time, a.serial).cmp(&(b.time, b.serial));
    times.then_with(|| {
        if !(a.has_node() || b.has_node()) && a.rank != b.rank {
            return a.rank.cmp(&b.rank);
        }
        let (a_record, b_record) = (a.record(texts), b.record(texts));
        let nodes = a_record.node.cmp(&b_record.node);
        let kinds = || (a.rank, a_record.kind).cmp(&(b.rank, b_record.kind));
        nodes.then_with(kinds).then_with(|| items(&a_record, &b_record)).then_with(|| a_record.body.cmp(b_record.body))
    })
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

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::Cell;

    #[test]
    fn a_record_takes_what_the_notes_say() {
        // docs/DESIGN.md, "Log readers".
        assert_eq!(AuditLog::RECORD_BYTES, 48);
    }

    #[test]
    fn parts_are_sorted_as_the_whole() {
        let noise = |at: usize| at.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 44;
        for count in [0, 1, PART - 1, PART, PART + 1, 3 * PART, 3 * PART + 1, 4 * PART + 7] {
            for value in [&noise as &dyn Fn(usize) -> usize, &|at| at, &|at| count - at, &|at| at / 5 % 1000] {
                let mut items: Vec<(usize, usize)> = (0..count).map(|at| (value(at), at)).collect();
                let mut expected = items.clone();
                expected.sort_by_key(|item| item.0);
                sort_in_parts(&mut items, |a, b| a.0.cmp(&b.0), &Interrupt::default()).unwrap();
                assert!(items == expected, "{count}");
            }
        }
    }

    /// Sorting a million records takes longer than anybody waits who cancelled.
    #[test]
    fn sorting_stops_on_the_way() {
        let line = "node=a type=PATH msg=audit(1.0:1): item=1";
        let mut log = AuditLog::default();
        (0..5 * PART).for_each(|_| assert!(log.add(0, 0, line)));
        let (interrupt, looked) = (Interrupt::default(), Cell::new(0));
        let texts = |_| {
            interrupt.stop();
            looked.set(looked.get() + 1);
            line
        };
        assert_eq!(log.sort(texts, &interrupt), Err(Interrupted));
        // Two texts a comparison, and of equal records as many comparisons as there are.
        assert!(looked.get() <= 2 * PART, "{} texts", looked.get());

        let (interrupt, looked) = (Interrupt::default(), Cell::new(0));
        let texts = |_| {
            looked.set(looked.get() + 1);
            // Once they are in order, while equal ones are taken out.
            if looked.get() == 10 * PART + 1000 {
                interrupt.stop();
            }
            line
        };
        assert_eq!(log.sort(texts, &interrupt), Err(Interrupted));
        assert!(looked.get() < 12 * PART, "{} texts", looked.get());
    }
}
