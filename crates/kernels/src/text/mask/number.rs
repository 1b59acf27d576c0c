//! Numbers: in decimal, in hex, with dots or a unit, and inside words.

use super::class::{DIGIT, HEX, HIGH, LETTER, SPACE, class, is_hex, is_word};
use super::{Mask, Scanner, Sink};
use crate::ioc::scan::chars::{at, before, run_end, slice_bytes};

/// From here on a number in hex is taken for a digest or a key: one of 2000 such has no letter and looks like a decimal number.
const DIGEST: usize = 16;

/// What may follow the digits of a quantity.
#[rustfmt::skip]
const UNITS: &[&[u8]] = &[
    b"b", b"bytes", b"d", b"g", b"gb", b"gib", b"h", b"hr", b"hrs", b"k", b"kb", b"kib", b"m", b"mb", b"mib", b"min", b"mins", b"ms",
    b"ns", b"px", b"s", b"sec", b"secs", b"t", b"tb", b"tib", b"us", b"x",
];

/// What stands before the digits of an algorithm's name: `sha256`, `AES128`.
const ALGORITHMS: &[&[u8]] = &[b"aes", b"rsa", b"sha"];

impl<S: Sink> Scanner<'_, '_, S> {
    /// The word `start..end`, which holds a digit: masks what varies in it. Where to read on.
    pub(super) fn number(&mut self, start: usize, end: usize, flags: u8) -> usize {
        if flags & !DIGIT == 0 {
            self.decimal(start, end)
        } else if flags & (LETTER | HIGH) == 0 {
            self.hex(start, end)
        } else {
            self.mixed(start, end)
        }
    }

    /// Digits only; further groups of digits after dots belong to it.
    fn decimal(&mut self, start: usize, end: usize) -> usize {
        let next = at(self.bytes, end);
        let redirection = end == start + 1 && (next == b'>' || slice_bytes(self.bytes, start.saturating_sub(2), start) == b">&");
        let platform = end == start + 2 && matches!(slice_bytes(self.bytes, start.saturating_sub(4), end), b"x86_64" | b"x86-64");
        if redirection || platform {
            return end;
        }
        let (stop, unit) = self.groups(end);
        self.emit_wanted(Mask::Num, start, stop);
        unit
    }

    /// End of the groups of digits that follow `.`, and of a unit after them.
    fn groups(&self, from: usize) -> (usize, usize) {
        let mut end = from;
        while at(self.bytes, end) == b'.' {
            let digits = run_end(self.bytes, end + 1, usize::MAX, |b| b.is_ascii_digit());
            if digits == end + 1 {
                break;
            }
            let word = run_end(self.bytes, digits, 8, is_word);
            if word == digits {
                end = digits;
            } else if is_unit(slice_bytes(self.bytes, digits, word)) {
                return (digits, word);
            } else {
                break;
            }
        }
        (end, end)
    }

    /// Digits and hex letters.
    fn hex(&mut self, start: usize, end: usize) -> usize {
        let len = end - start;
        if len >= DIGEST {
            return self.emit_wanted(Mask::Hex, start, end);
        }
        let leads = class(at(self.bytes, start)) & DIGIT != 0;
        // `a0=`, `e2e.py` and `ec2-user` are names.
        if leads || len >= 8 || (len >= 3 && self.is_alone(start, end)) { self.emit_wanted(Mask::Num, start, end) } else { end }
    }

    fn is_alone(&self, start: usize, end: usize) -> bool {
        let lead = matches!(
            before(self.bytes, start),
            0..=b' ' | b'=' | b':' | b',' | b';' | b'(' | b'[' | b'{' | b'"' | b'\'' | b'/' | b'\\' | b'@' | b'#' | b'-' | b'<'
        );
        let next = at(self.bytes, end);
        let ends = matches!(next, b',' | b';' | b')' | b']' | b'}' | b'"' | b'\'' | b':' | b'/' | b'\\' | b'>' | b'|' | b'!' | b'?');
        lead && (ends || class(next) & SPACE != 0 || (next == b'.' && !is_word(at(self.bytes, end + 1))))
    }

    /// Letters and digits.
    fn mixed(&mut self, start: usize, end: usize) -> usize {
        let first = at(self.bytes, start);
        let second = at(self.bytes, start + 1);
        let tail = slice_bytes(self.bytes, start + 2, end);
        if first == b'0' && matches!(second, b'x' | b'X') && !tail.is_empty() && tail.iter().all(|b| is_hex(*b)) {
            return self.emit_wanted(Mask::Hex, start, end);
        }
        if matches!(first, b'v' | b'V') && second.is_ascii_digit() && tail.iter().all(u8::is_ascii_digit) {
            let (stop, unit) = self.groups(end);
            if stop > end || end - start > 3 {
                self.emit_wanted(Mask::Num, start + 1, stop);
                return unit;
            }
        }
        let digits = run_end(self.bytes, start, end - start, |b| b.is_ascii_digit());
        if digits > start && is_unit(slice_bytes(self.bytes, digits, end)) {
            self.emit_wanted(Mask::Num, start, digits);
            return end;
        }
        self.runs(start, end);
        end
    }

    /// Masks the runs of digits in a word that are too long for a part of a name: `KB890830`, `tmp4AD8`; not in `rundll32`, `x64`.
    fn runs(&mut self, start: usize, end: usize) {
        let mut i = start;
        while i < end {
            let left = end - i;
            let digits = run_end(self.bytes, i, left, |b| b.is_ascii_digit());
            if digits == i {
                i += 1;
                continue;
            }
            let hex = run_end(self.bytes, i, left, is_hex);
            let count = slice_bytes(self.bytes, i, hex).iter().filter(|b| b.is_ascii_digit()).count();
            i = if hex - i >= DIGEST {
                let free = self.literal.max(start);
                let letters = slice_bytes(self.bytes, free, i).iter().rev().take_while(|b| class(**b) & HEX != 0).count();
                self.emit_wanted(Mask::Hex, i - letters, hex)
            } else if hex == end && hex - i >= 4 && count >= 2 {
                self.emit_wanted(Mask::Num, i, hex)
            } else if digits - i >= 3 && !is_algorithm(slice_bytes(self.bytes, start, i)) {
                self.emit_wanted(Mask::Num, i, digits)
            } else {
                digits
            };
        }
    }
}

fn is_algorithm(word: &[u8]) -> bool {
    ALGORITHMS.iter().any(|name| name.eq_ignore_ascii_case(word))
}

fn is_unit(word: &[u8]) -> bool {
    UNITS.iter().any(|unit| unit.eq_ignore_ascii_case(word))
}
