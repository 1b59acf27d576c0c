//! E-mail addresses: what stands around an `@`.

use super::chars::{at, is_word};
use super::dotted::Dotted;
use super::{IocType, Scanner};
use std::borrow::Cow;

/// Longest local part (RFC 5321).
const LONGEST_LOCAL: usize = 64;

impl<'t> Scanner<'t, '_> {
    /// Reads the address around the `@` at `sign`; returns the end of its domain.
    pub(super) fn email(&mut self, sign: usize) -> Option<usize> {
        let local = self.bytes.get(self.floor.min(sign)..sign)?.iter().rev().take(LONGEST_LOCAL + 1).take_while(|b| is_local(**b)).count();
        if local == 0 || local > LONGEST_LOCAL || !is_word(at(self.bytes, sign + 1)) {
            return None;
        }
        let written = self.slice(sign - local, sign);
        // `%3Cuser@...`: only what follows the last escape.
        let written = match written.rsplit_once('%') {
            Some((_, rest)) => rest.get(2..)?,
            None => written,
        };
        let written = written.trim_start_matches(|c: char| !c.is_ascii_alphanumeric() && c != '_');
        if written.is_empty() || written.ends_with('.') || written.contains("..") {
            return None;
        }
        let run = Dotted::read(self.text, sign + 1);
        if run.labels < 2 || run.end - run.start > 1024 {
            return None;
        }
        let end = run.start + self.slice(run.start, run.end).trim_end_matches(['-', '_']).len();
        let domain = super::domain::normalise(self.slice(run.start, end), run.flags)?;
        let start = sign - written.len();
        let raw = self.slice(start, end);
        let is_lower = !written.bytes().any(|b| b.is_ascii_uppercase());
        let value = if is_lower && self.slice(run.start, end) == domain {
            Cow::Borrowed(raw)
        } else {
            Cow::Owned(format!("{}@{domain}", written.to_ascii_lowercase()))
        };
        self.emit(IocType::Email, start, end, value);
        self.emit(IocType::Domain, run.start, end, domain);
        self.floor = run.end;
        Some(run.end)
    }
}

fn is_local(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'%' | b'+' | b'-' | b'~' | b'&')
}
