//! Rows as events: what starts and what ends, with names and ids that can be compared.

use super::super::process_tree::TreeOptions;
use crate::group::GroupResult;
use crate::interrupt::Interrupt;
use crate::rows::{Pool, Rows, Texts};

/// No text, no node.
pub(in super::super) const NONE: u32 = u32::MAX;
pub(in super::super) const NO_TIME: i64 = i64::MIN;
pub(in super::super) const NO_PID: u64 = u64::MAX;
/// Set in ids that are no numbers: they are numbered here.
const NAMED: u64 = 1 << 63;
/// Rows between two looks at the interrupt.
const STEP: usize = 1 << 16;

/// The start of a process. Texts are numbers of [`Events::pool`].
#[derive(Debug, Clone, Copy)]
pub(in super::super) struct Start {
    pub(in super::super) row: u32,
    pub(in super::super) time: i64,
    pub(in super::super) end: i64,
    pub(in super::super) pid: u64,
    pub(in super::super) parent_pid: u64,
    pub(in super::super) parent_time: i64,
    pub(in super::super) host: u32,
    /// File name in lower case.
    pub(in super::super) name: u32,
    pub(in super::super) parent_name: u32,
    pub(in super::super) guid: u32,
    pub(in super::super) parent_guid: u32,
    /// The session that asked for the process, and that it runs in.
    pub(in super::super) asked_by: u32,
    pub(in super::super) session: u32,
}

/// The end of one.
#[derive(Debug, Clone, Copy)]
pub(super) struct End {
    pub(super) host: u32,
    pub(super) pid: u64,
    pub(super) time: i64,
}

/// All events of a group.
#[derive(Debug, Default)]
pub(in super::super) struct Events {
    pub(in super::super) starts: Vec<Start>,
    pub(super) ends: Vec<End>,
    pub(in super::super) pool: Pool,
    grandparent_ids: Vec<u64>,
    grandparent_names: Vec<u32>,
}

impl Events {
    /// Tells starts from ends; other rows are left out.
    pub(in super::super) fn read(rows: &Rows, options: &TreeOptions, interrupt: &Interrupt) -> GroupResult<Self> {
        let mut pool = Pool::default();
        let mut of = |arg: usize, clean: fn(&str, &mut String) -> bool| Numbers::new(rows.texts(arg), &mut pool, clean);
        let (names, parent_names) = (of(3, file_name), of(4, file_name));
        let (hosts, guids, parent_guids) = (of(5, folded), of(6, guid), of(7, guid));
        let (asked_by, session) = (of(8, logon), of(9, logon));
        let mut ids = |arg: usize| ProcessIds::new(rows.texts(arg), &mut pool);
        let (pids, parents, grandparents) = (ids(1), ids(2), ids(13));
        let grandparent_names = Numbers::new(rows.texts(14), &mut pool, file_name);
        let kinds = options.kinds(rows.texts(10));
        let texts_of_time = options.times(rows.texts(16));
        let time_of = |row: usize| match rows.int(0, row) {
            Some(time) => time,
            None => rows.texts(16).id(row).and_then(|id| texts_of_time.get(id as usize).copied()).unwrap_or(NO_TIME),
        };
        let mut events = Self { grandparent_ids: grandparents.numbers, grandparent_names: grandparent_names.numbers, ..Self::default() };
        for row in 0..rows.len() {
            if row % STEP == 0 {
                interrupt.check()?;
            }
            let time = time_of(row);
            match kinds.of(rows.texts(10).id(row)) {
                Kind::Start => events.starts.push(Start {
                    row: u32::try_from(row).unwrap_or(NONE),
                    time,
                    end: rows.int(11, row).unwrap_or(NO_TIME),
                    pid: pids.of(row),
                    parent_pid: parents.of(row),
                    parent_time: rows.int(12, row).unwrap_or(NO_TIME),
                    host: hosts.of(row),
                    name: names.of(row),
                    parent_name: parent_names.of(row),
                    guid: guids.of(row),
                    parent_guid: parent_guids.of(row),
                    asked_by: asked_by.of(row),
                    session: Some(session.of(row)).filter(|session| *session != NONE).unwrap_or_else(|| asked_by.of(row)),
                }),
                Kind::End => {
                    let pid = if options.end_is_parent() { parents.of(row) } else { pids.of(row) };
                    events.ends.push(End { host: hosts.of(row), pid, time });
                }
                Kind::Other => {}
            }
        }
        events.pool = pool;
        Ok(events)
    }

    /// What `row` says of its parent's parent: id, name, time.
    pub(in super::super) fn grandparent(&self, rows: &Rows, row: u32) -> Option<(u64, u32, i64)> {
        let row = row as usize;
        let pid = *self.grandparent_ids.get(rows.texts(13).id(row)? as usize)?;
        let name = rows.texts(14).id(row).and_then(|id| self.grandparent_names.get(id as usize).copied()).unwrap_or(NONE);
        Some((pid, name, rows.int(15, row).unwrap_or(NO_TIME)))
    }
}

/// What an event says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum Kind {
    Start,
    End,
    Other,
}

/// Numbers of cleaned texts: each distinct text is cleaned once.
struct Numbers<'t> {
    texts: &'t Texts,
    numbers: Vec<u32>,
}

impl<'t> Numbers<'t> {
    fn new(texts: &'t Texts, pool: &mut Pool, clean: fn(&str, &mut String) -> bool) -> Self {
        let mut cleaned = String::new();
        let number = |id: usize| {
            cleaned.clear();
            let is = clean(texts.text(u32::try_from(id).unwrap_or(NONE)), &mut cleaned);
            if is { pool.intern(&cleaned) } else { NONE }
        };
        Self { texts, numbers: (0..texts.distinct()).map(number).collect() }
    }

    fn of(&self, row: usize) -> u32 {
        self.texts.id(row).and_then(|id| self.numbers.get(id as usize).copied()).unwrap_or(NONE)
    }
}

/// Process ids as numbers.
struct ProcessIds<'t> {
    texts: &'t Texts,
    numbers: Vec<u64>,
}

impl<'t> ProcessIds<'t> {
    fn new(texts: &'t Texts, pool: &mut Pool) -> Self {
        let number = |id: usize| process_id(texts.text(u32::try_from(id).unwrap_or(NONE)), pool);
        Self { texts, numbers: (0..texts.distinct()).map(number).collect() }
    }

    fn of(&self, row: usize) -> u64 {
        self.texts.id(row).and_then(|id| self.numbers.get(id as usize).copied()).unwrap_or(NO_PID)
    }
}

/// `0x1f`, `31`, `31.0` are one id. What is no number is an id of its own; `-1` and 4294967295 stand for none.
fn process_id(text: &str, pool: &mut Pool) -> u64 {
    if let Some(number) = plain_id(text.as_bytes()) {
        return if number == 0xffff_ffff { NO_PID } else { number };
    }
    let text = text.trim();
    let hex = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X"));
    let whole = text.split_once('.').filter(|(_, rest)| rest.bytes().all(|digit| digit == b'0')).map_or(text, |(whole, _)| whole);
    let number = hex.map_or_else(|| whole.parse().ok(), |digits| u64::from_str_radix(digits, 16).ok());
    match number {
        Some(0xffff_ffff) => NO_PID,
        Some(number) if number < NAMED => number,
        _ if text.is_empty() || text.starts_with('-') || text.eq_ignore_ascii_case("nan") || text.eq_ignore_ascii_case("null") => NO_PID,
        _ => NAMED | u64::from(pool.intern(text)),
    }
}

/// The number that is written as nearly all are: nothing but digits, and few enough.
fn plain_id(text: &[u8]) -> Option<u64> {
    let (digits, base, most) = text.strip_prefix(b"0x").map_or((text, 10, 18), |digits| (digits, 16, 15));
    if digits.is_empty() || digits.len() > most {
        return None;
    }
    digits.iter().try_fold(0u64, |number, digit| Some(number * base + u64::from(char::from(*digit).to_digit(base as u32)?)))
}

/// The id as a number, if it is one.
pub(in super::super) fn number(pid: u64) -> Option<i64> {
    i64::try_from(pid).ok()
}

/// The file name in lower case; false where there is none.
pub(in super::super) fn file_name(text: &str, out: &mut String) -> bool {
    let name = text.trim().trim_matches('"').rsplit(['\\', '/']).next().unwrap_or("");
    folded(name, out)
}

fn folded(text: &str, out: &mut String) -> bool {
    let text = text.trim();
    if text.is_ascii() {
        out.extend(text.bytes().map(|byte| char::from(byte.to_ascii_lowercase())));
    } else {
        out.extend(text.chars().flat_map(char::to_lowercase));
    }
    !out.is_empty() && out != "-"
}

/// Without braces, in lower case; one of zeros is none.
fn guid(text: &str, out: &mut String) -> bool {
    folded(text.trim().trim_start_matches('{').trim_end_matches('}'), out) && out.bytes().any(|byte| !matches!(byte, b'0' | b'-'))
}

/// A logon session: `0x3e7` and 999 are one; 0 is none.
fn logon(text: &str, out: &mut String) -> bool {
    let text = text.trim();
    let number = text.strip_prefix("0x").map_or_else(|| text.parse().ok(), |digits| u64::from_str_radix(digits, 16).ok());
    match number {
        Some(0) => false,
        Some(number) => {
            out.push_str(&number.to_string());
            true
        }
        None => folded(text, out),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_in_every_spelling() {
        let mut pool = Pool::default();
        for (text, expected) in [
            ("0x1f", 31),
            ("31", 31),
            (" 31.0 ", 31),
            ("0X1F", 31),
            ("0", 0),
            ("-1", NO_PID),
            ("4294967295", NO_PID),
            ("0xffffffff", NO_PID),
            ("0x", NAMED),
            ("0x123456789ABCDEF", 0x0123_4567_89ab_cdef),
            ("999999999999999999", 999_999_999_999_999_999),
            ("0x7fffffffffffffff", i64::MAX as u64),
            ("", NO_PID),
            ("NaN", NO_PID),
        ] {
            assert_eq!(process_id(text, &mut pool), expected, "{text}");
        }
        assert_eq!(process_id("a:1", &mut pool), process_id("a:1", &mut pool));
        assert_ne!(process_id("a:1", &mut pool), process_id("a:2", &mut pool));
        assert_eq!(number(process_id("a:1", &mut pool)), None);
    }

    #[test]
    fn names_and_sessions() {
        let clean = |clean: fn(&str, &mut String) -> bool, text: &str| {
            let mut out = String::new();
            clean(text, &mut out).then_some(out)
        };
        assert_eq!(clean(file_name, r"C:\Windows\System32\CMD.EXE").as_deref(), Some("cmd.exe"));
        assert_eq!(clean(file_name, "\"/usr/bin/Bash\"").as_deref(), Some("bash"));
        assert_eq!(clean(file_name, "C:\\"), None);
        assert_eq!(clean(guid, "{ABCD0000-0000-0000-0000-000000000001}").as_deref(), Some("abcd0000-0000-0000-0000-000000000001"));
        assert_eq!(clean(guid, "{00000000-0000-0000-0000-000000000000}"), None);
        assert_eq!(clean(logon, "0x3e7"), clean(logon, "999"));
        assert_eq!(clean(logon, "0x0"), None);
    }
}
