//! IP and Ethernet addresses.

use super::class::{DIGIT, WORD, is_hex, is_word};
use super::{Mask, Scanner, Sink};
use crate::ioc::scan::chars::{at, before, run_end};
use std::net::Ipv6Addr;

/// Longest text of an IPv6 address, with an IPv4 address in its end.
const LONGEST_V6: usize = 45;

impl<S: Sink> Scanner<'_, '_, S> {
    /// An address that begins with the word `start..end` of digits and hex letters.
    pub(super) fn address(&mut self, start: usize, end: usize, next: u8) -> Option<usize> {
        let len = end - start;
        match next {
            b'.' if len <= 3 => {
                let stop = self.ipv4_end(start)?;
                (!self.is_version(start)).then(|| self.emit_wanted(Mask::Ip, start, stop))
            }
            b':' | b'-' if len == 2 && self.is_mac(start, next) => Some(self.emit_wanted(Mask::Mac, start, start + 17)),
            b':' if len <= 4 => self.ipv6(start),
            _ => None,
        }
    }

    /// An IPv6 address that begins with the colons at `start`.
    pub(super) fn address_of_colons(&mut self, start: usize) -> Option<usize> {
        if at(self.bytes, start + 1) != b':' || is_word(before(self.bytes, start)) { None } else { self.ipv6(start) }
    }

    fn ipv4_end(&self, start: usize) -> Option<usize> {
        if before(self.bytes, start) == b'.' {
            return None;
        }
        let mut i = start;
        for part in 0..4 {
            let digits = run_end(self.bytes, i, 4, |b| b.is_ascii_digit());
            let value = self.bytes.get(i..digits)?.iter().fold(0u32, |value, b| value * 10 + u32::from(b & 0xf));
            if digits == i || digits > i + 3 || value > 255 {
                return None;
            }
            i = digits;
            if part < 3 {
                if at(self.bytes, i) != b'.' {
                    return None;
                }
                i += 1;
            }
        }
        let goes_on = is_word(at(self.bytes, i)) || (at(self.bytes, i) == b'.' && at(self.bytes, i + 1).is_ascii_digit());
        (!goes_on).then_some(i)
    }

    /// `Version=4.0.0.0`, `version 10.0.0.1`.
    fn is_version(&self, start: usize) -> bool {
        let word = match before(self.bytes, start) {
            b'=' | b':' | b' ' | b'_' | b'"' => start - 1,
            _ => start,
        };
        let label = self.bytes.get(word.saturating_sub(6)..word).unwrap_or(&[]);
        label.eq_ignore_ascii_case(b"ersion") || label.ends_with(b" Ver")
    }

    fn is_mac(&self, start: usize, separator: u8) -> bool {
        let Some(text) = self.bytes.get(start..start + 17) else { return false };
        let free = !matches!(at(self.bytes, start + 17), b':' | b'-') || !is_hex(at(self.bytes, start + 18));
        let pairs = text.chunks(3).all(|pair| match pair {
            [a, b, rest @ ..] => is_hex(*a) && is_hex(*b) && rest.iter().all(|b| *b == separator),
            _ => false,
        });
        pairs && free && !is_word(at(self.bytes, start + 17)) && before(self.bytes, start) != separator
    }

    fn ipv6(&mut self, start: usize) -> Option<usize> {
        if matches!(before(self.bytes, start), b':' | b'.') {
            return None;
        }
        let run = run_end(self.bytes, start, LONGEST_V6 + 1, |b| is_hex(b) || b == b':' || b == b'.');
        if run < start + 3 {
            return None;
        }
        let text = std::str::from_utf8(self.bytes.get(start..run)?).ok()?;
        // A sentence may end after the address, and a list may follow it.
        let text = if text.ends_with("::") { text } else { text.trim_end_matches(['.', ':']) };
        let end = start + text.len();
        let digits = text.bytes().any(|b| super::class::class(b) & DIGIT != 0);
        let is = digits && super::class::class(at(self.bytes, run)) & WORD == 0 && text.parse::<Ipv6Addr>().is_ok();
        is.then(|| self.emit_wanted(Mask::Ip, start, end))
    }
}
