//! One line: `node=web1 type=SYSCALL msg=audit(1551487424.869:752): arch=c000003e ...`.

use super::tokens::{Token, Tokens};
use super::{types, value};
use crate::logs::moment::SECOND;
use crate::prelude::*;

/// What stands before the fields of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Record<'a> {
    /// `SYSCALL`, `EXECVE` ...
    pub kind: &'a str,
    /// Microseconds since 1970.
    pub time: i64,
    /// Number of the event; starts again with the machine.
    pub serial: i64,
    /// Host, where auditd was told to write it.
    pub node: Option<&'a str>,
    /// The fields.
    pub body: &'a str,
}

impl<'a> Record<'a> {
    /// Reads the head of a line. `None` where it is no record. Anything may stand before it, such as a syslog header.
    pub fn parse(line: &'a str) -> Option<Self> {
        Self::parse_with_kind(line).map(|(record, _)| record)
    }

    /// Time and serial of the record that a line is.
    pub fn key(line: &str) -> Option<(i64, i64)> {
        let (record, _) = Record::plain(line).or_else(|| Record::anywhere(line))?;
        Some((record.time, record.serial))
    }

    /// As [`Record::parse`], with the type as it is written.
    pub(super) fn parse_with_kind(line: &'a str) -> Option<(Self, &'a str)> {
        let (record, kind) = Self::plain(line).or_else(|| Self::anywhere(line))?;
        Some((Self { kind: types::name(kind), body: record.body.trim_end_matches(['\n', '\r']), ..record }, kind))
    }

    /// A line as auditd writes it: no search.
    fn plain(line: &'a str) -> Option<(Self, &'a str)> {
        let word =
            |text: &'a str, most| text.split_at_checked(text.bytes().take(most).position(|b| b == b' ').filter(|length| *length > 0)?);
        // What a search would find elsewhere is left to it.
        let (node, rest) = match line.strip_prefix("node=") {
            None => (None, line),
            Some(rest) => {
                let (node, rest) = word(rest, 256).filter(|(node, _)| !node.contains(['=', '(']))?;
                (Some(node), rest.get(1..)?)
            }
        };
        let (kind, rest) = word(rest.strip_prefix("type=")?, 32).filter(|(kind, _)| !kind.contains(['=', '(']))?;
        let (time, serial, rest) = stamp(rest.strip_prefix(" msg=audit(")?.as_bytes())?;
        let body = line.get(line.len() - rest.len()..)?;
        Some((Self { kind, time, serial, node, body }, kind))
    }

    fn anywhere(line: &'a str) -> Option<(Self, &'a str)> {
        let mut stamps = memchr::memchr_iter(b'(', line.as_bytes()).filter_map(|at| {
            let head = line.get(..at)?.strip_suffix("audit")?;
            stamp(line.as_bytes().get(at + 1..)?).map(|stamp| (head, stamp))
        });
        let (head, (time, serial, rest)) = stamps.next()?;
        let (before, kind) = head.rsplit_once("type=")?;
        let kind = kind.split(' ').next().filter(|kind| !kind.is_empty())?;
        let node = before.rsplit_once("node=").and_then(|(_, name)| name.split(' ').next()).filter(|name| !name.is_empty());
        let body = line.get(line.len() - rest.len()..)?;
        Some((Self { kind, time, serial, node, body }, kind))
    }
}

/// `1551487424.869:752)` and the colon after it.
fn stamp(bytes: &[u8]) -> Option<(i64, i64, &[u8])> {
    let (seconds, rest) = number(bytes, 11)?;
    let rest = rest.strip_prefix(b".")?;
    let (fraction, after) = number(rest, 7)?;
    let count = Some(rest.len() - after.len()).filter(|count| *count <= 6)?;
    let micros = (count..6).fold(fraction, |fraction, _| fraction * 10);
    let (serial, rest) = number(after.strip_prefix(b":")?, 18)?;
    let rest = rest.strip_prefix(b")")?;
    Some((seconds * SECOND + micros, serial, rest.strip_prefix(b":").unwrap_or(rest)))
}

/// A number of at most `most` digits, which are 18 at most.
#[inline]
fn number(bytes: &[u8], most: usize) -> Option<(i64, &[u8])> {
    let (mut number, mut count) = (0, 0);
    for byte in bytes.iter().take(most) {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            break;
        }
        (number, count) = (number * 10 + i64::from(digit), count + 1);
    }
    Some((number, bytes.get(count..)?)).filter(|_| count > 0)
}

/// Appends the decoded fields of `record` to `out`; `words` is a buffer.
pub fn fields(record: &Record<'_>, out: &mut TextMap, words: &mut String) {
    words.clear();
    out.reserve(32, record.body.len());
    Tokens::new(record.body).each(|token| match token {
        Token::Field(field) if value::is_unset(&field) => {}
        Token::Field(field) => out.push(field.key, &value::decode(record.kind, &field)),
        Token::Word(word) => push_word(words, word),
    });
    if !words.is_empty() {
        out.push("text", words);
    }
}

/// Collects what is no field: `avc: denied { read } for`.
pub(super) fn push_word(words: &mut String, word: &str) {
    if word != ":" {
        words.push_str(if words.is_empty() { "" } else { " " });
        words.push_str(word);
    }
}
