//! Runs of base64.

use super::class::{DIGIT, HIGH, LETTER, UPPER, class, is_word};
use super::{Mask, Scanner, Sink};
use crate::ioc::scan::chars::{at, before};

/// Shortest word that may be random.
pub(super) const SHORTEST: usize = 16;
/// Shortest padded run, shortest other run that may hold `+` and `/`.
const PADDED: usize = 20;
const WITH_MARKS: usize = 32;
/// No name is as long.
const BEYOND_NAMES: usize = 64;
/// The word before `-` or `_` in a run is rarely shorter: they are two of 64 symbols.
const WORTH_A_LOOK: usize = 12;

impl<S: Sink> Scanner<'_, '_, S> {
    /// A run that begins with the word `start..end`.
    #[inline]
    pub(super) fn base64(&mut self, start: usize, end: usize, flags: u8, next: u8) -> Option<usize> {
        let worth = match next {
            b'+' => true,
            b'/' => flags & (UPPER | DIGIT) != 0,
            b'=' | b'-' | b'_' => end - start >= WORTH_A_LOOK,
            _ => end - start >= SHORTEST,
        };
        if worth && start >= self.known.no_base64 { self.base64_run(start, end, flags) } else { None }
    }

    fn base64_run(&mut self, start: usize, end: usize, flags: u8) -> Option<usize> {
        let run = Run::read(self.bytes, start);
        self.known.no_base64 = run.end;
        let digest = run.end == end && flags & (LETTER | HIGH) == 0;
        let joined = matches!(before(self.bytes, start), b'+' | b'/' | b'\\' | b'_' | b'-') && !run.is_padded();
        let is = !digest && !joined && !is_word(at(self.bytes, run.end)) && run.is_random();
        is.then(|| self.emit_wanted(Mask::Base64, start, run.end))
    }
}

/// What a run of the base64 alphabet is like.
struct Run {
    start: usize,
    /// With the padding.
    end: usize,
    padding: usize,
    upper: usize,
    lower: usize,
    digits: usize,
    /// `+`, `/`, `-` and `_`.
    marks: usize,
    /// Neighbours of different classes.
    changes: usize,
}

impl Run {
    /// Reads the run that begins at `start`, of either alphabet of RFC 4648.
    fn read(bytes: &[u8], start: usize) -> Self {
        let mut run = Self { start, end: start, padding: 0, upper: 0, lower: 0, digits: 0, marks: 0, changes: 0 };
        let mut last = 0;
        let mut url_safe = None;
        loop {
            let byte = at(bytes, run.end);
            let kind = match byte {
                b'+' | b'/' | b'-' | b'_' => {
                    let safe = matches!(byte, b'-' | b'_');
                    if *url_safe.get_or_insert(safe) != safe {
                        break;
                    }
                    run.marks += 1;
                    0
                }
                _ if !is_word(byte) || class(byte) & HIGH != 0 => break,
                _ if class(byte) & DIGIT != 0 => {
                    run.digits += 1;
                    1
                }
                _ if class(byte) & UPPER != 0 => {
                    run.upper += 1;
                    2
                }
                _ => {
                    run.lower += 1;
                    3
                }
            };
            run.changes += usize::from(kind != last && kind != 0 && last != 0);
            last = kind;
            run.end += 1;
        }
        while at(bytes, run.end) == b'=' && run.padding < 2 {
            run.end += 1;
            run.padding += 1;
        }
        run
    }

    fn is_padded(&self) -> bool {
        self.padding > 0 && (self.end - self.start).is_multiple_of(4)
    }

    /// Names have fewer changes of class (`MicrosoftEdgeUpdate`: one of four neighbours) and paths more slashes than random symbols, where
    /// three of five neighbours differ in class. UTF-16 in base64 is between the two.
    fn is_random(&self) -> bool {
        let len = self.end - self.start - self.padding;
        let mixed = self.upper > 0 && self.lower > 0 && self.digits + usize::from(self.is_padded()) > 0;
        if mixed && len >= if self.is_padded() { PADDED } else { WITH_MARKS } {
            return self.marks <= 2 + len / 16 && self.changes * 4 >= len;
        }
        self.marks == 0 && (len >= BEYOND_NAMES || (len >= SHORTEST && self.changes * 2 >= len))
    }
}
