//! Dates and times of day, by their shape: `43:18:12` is one too.

use super::class::{DIGIT, HIGH, is_word};
use super::{Mask, Scanner, Sink};
use crate::ioc::scan::chars::{at, before, slice_bytes};

const MONTHS: &[u8; 36] = b"janfebmaraprmayjunjulaugsepoctnovdec";
const DAYS: &[u8; 21] = b"montuewedthufrisatsun";

/// Letters of the name of a day or month.
pub(super) const NAME: usize = 3;

impl<S: Sink> Scanner<'_, '_, S> {
    /// A date or time that begins with the word `start..end`.
    #[inline]
    pub(super) fn time(&mut self, start: usize, end: usize, flags: u8, next: u8) -> Option<usize> {
        let len = end - start;
        let shape = Shape { bytes: self.bytes, i: start };
        let found = if flags & !DIGIT == 0 {
            match (len, next) {
                (1 | 2, b':') => shape.clock_alone(),
                (1 | 2, b'/' | b'-' | b'.') => shape.day_first(next),
                (1 | 2, b' ') => shape.day_and_name(),
                (4, b'-' | b'/' | b'.') => shape.year_first(next),
                _ => None,
            }
        } else if len == NAME && flags & (DIGIT | HIGH) == 0 && shape.may_be_name(next) {
            shape.names()
        } else if len >= 15 && flags & DIGIT != 0 && at(self.bytes, start + 8).eq_ignore_ascii_case(&b'T') {
            shape.basic(len)
        } else {
            None
        };
        let stop = found.filter(|stop| !is_word(at(self.bytes, *stop)) && !matches!(before(self.bytes, start), b':' | b'.'))?;
        Some(self.emit_wanted(Mask::Time, start, stop))
    }
}

/// Reads a shape piece by piece; each piece moves on where it fits.
#[derive(Clone, Copy)]
struct Shape<'t> {
    bytes: &'t [u8],
    i: usize,
}

impl Shape<'_> {
    /// A quick look at what follows three letters: `Tue May`, `May  4`, `Tue, 4`.
    fn may_be_name(self, next: u8) -> bool {
        let after = at(self.bytes, self.i + NAME + 1);
        let day = matches!(at(self.bytes, self.i) | 0x20, b'f' | b'm' | b's' | b't' | b'w');
        match next {
            b',' => day,
            b' ' => {
                after.is_ascii_digit()
                    || after == b' '
                    || (day && matches!(after | 0x20, b'a' | b'd' | b'f' | b'j' | b'm' | b'n' | b'o' | b's'))
            }
            _ => false,
        }
    }

    fn digits(&mut self, least: usize, most: usize) -> Option<()> {
        let run = (0..most).take_while(|k| at(self.bytes, self.i + k).is_ascii_digit()).count();
        self.i += run;
        (run >= least && !at(self.bytes, self.i).is_ascii_digit()).then_some(())
    }

    fn byte(&mut self, byte: u8) -> Option<()> {
        (at(self.bytes, self.i) == byte).then(|| self.i += 1)
    }

    fn name(&mut self, names: &[u8]) -> Option<()> {
        let word = slice_bytes(self.bytes, self.i, self.i + 3);
        let known = word.len() == 3 && names.chunks(3).any(|name| name.eq_ignore_ascii_case(word));
        (known && !is_word(at(self.bytes, self.i + 3))).then(|| self.i += 3)
    }

    /// What `read` takes, or nothing.
    fn maybe(&mut self, read: impl FnOnce(&mut Self) -> Option<()>) {
        let mut ahead = *self;
        if read(&mut ahead).is_some() {
            *self = ahead;
        }
    }

    /// `13:33`, `13:33:31`, `13:33:31.123456`, `1:33:31 PM`.
    fn clock(&mut self, seconds: bool) -> Option<()> {
        self.digits(1, 2)?;
        self.byte(b':')?;
        self.digits(2, 2)?;
        let before_seconds = *self;
        let full = self.byte(b':').and_then(|()| self.digits(2, 2));
        if full.is_none() {
            *self = before_seconds;
            if seconds || at(self.bytes, self.i) == b':' {
                return None;
            }
        }
        self.maybe(|s| {
            matches!(at(s.bytes, s.i), b'.' | b',').then(|| s.i += 1)?;
            s.digits(3, 9)
        });
        self.maybe(|s| {
            s.byte(b' ')?;
            let word = slice_bytes(s.bytes, s.i, s.i + 2);
            let half = word.eq_ignore_ascii_case(b"am") || word.eq_ignore_ascii_case(b"pm");
            (half && !is_word(at(s.bytes, s.i + 2))).then(|| s.i += 2)
        });
        Some(())
    }

    /// `Z`, `+02:00`, ` +0200`, ` UTC`.
    fn zone(&mut self) -> Option<()> {
        self.maybe(|s| s.byte(b' '));
        match at(self.bytes, self.i) {
            b'Z' if before(self.bytes, self.i) != b' ' && !is_word(at(self.bytes, self.i + 1)) => {
                self.i += 1;
                Some(())
            }
            b'+' | b'-' => {
                self.i += 1;
                let mut short = *self;
                if short.digits(4, 4).is_some() {
                    *self = short;
                    return Some(());
                }
                self.digits(2, 2)?;
                self.byte(b':')?;
                self.digits(2, 2)
            }
            _ => {
                let word = slice_bytes(self.bytes, self.i, self.i + 3);
                ((word == b"UTC" || word == b"GMT") && !is_word(at(self.bytes, self.i + 3))).then(|| self.i += 3)
            }
        }
    }

    /// A time of day after a date, and its zone.
    fn then_clock(&mut self) {
        self.maybe(|s| {
            matches!(at(s.bytes, s.i), b' ' | b'T' | b't' | b'_' | b':' | b'-').then(|| s.i += 1)?;
            s.clock(false)?;
            s.maybe(Self::zone);
            Some(())
        });
    }

    fn clock_alone(mut self) -> Option<usize> {
        self.clock(true)?;
        self.maybe(Self::zone);
        (at(self.bytes, self.i) != b':').then_some(self.i)
    }

    /// `2021-05-04`, `2021/05/04 13:33:31`.
    fn year_first(mut self, separator: u8) -> Option<usize> {
        self.digits(4, 4)?;
        self.byte(separator)?;
        self.digits(2, 2)?;
        self.byte(separator)?;
        self.digits(2, 2).filter(|()| separator != b'.' || at(self.bytes, self.i) != b'.')?;
        self.then_clock();
        Some(self.i)
    }

    /// `04/05/2021`, `4.5.2021 13:33`, `04/May/2021:13:33:31 +0000`.
    fn day_first(mut self, separator: u8) -> Option<usize> {
        self.digits(1, 2)?;
        self.byte(separator)?;
        if self.name(MONTHS).is_none() {
            self.digits(1, 2)?;
        }
        self.byte(separator)?;
        // `10.20.3000` is a version.
        if separator == b'.' && !matches!(slice_bytes(self.bytes, self.i, self.i + 2), b"19" | b"20") {
            return None;
        }
        self.digits(4, 4).filter(|()| separator != b'.' || at(self.bytes, self.i) != b'.')?;
        self.then_clock();
        Some(self.i)
    }

    /// `04 May 2021 13:33:31 GMT`.
    fn day_and_name(mut self) -> Option<usize> {
        self.digits(1, 2)?;
        self.byte(b' ')?;
        self.name(MONTHS)?;
        self.byte(b' ')?;
        self.digits(4, 4)?;
        self.then_clock();
        Some(self.i)
    }

    /// `May  4 13:33:31`, `Tue May  4 13:33:31 CEST 2021`, `Tue, 04 May 2021 13:33:31 GMT`.
    fn names(mut self) -> Option<usize> {
        self.maybe(|s| {
            s.name(DAYS)?;
            s.maybe(|s| s.byte(b','));
            s.byte(b' ')
        });
        if at(self.bytes, self.i).is_ascii_digit() {
            return self.day_and_name();
        }
        self.name(MONTHS)?;
        self.byte(b' ')?;
        self.maybe(|s| s.byte(b' '));
        self.digits(1, 2)?;
        self.maybe(|s| s.byte(b','));
        let (day, mut year) = (self, self);
        let dated = year.byte(b' ').and_then(|()| year.digits(4, 4)).is_some();
        if dated {
            self = year;
        }
        let from = self.i;
        self.then_clock();
        if from == self.i {
            return dated.then_some(self.i);
        }
        if !dated {
            self.maybe(|s| {
                s.maybe(|s| {
                    s.byte(b' ')?;
                    let letters = (0..5).take_while(|k| at(s.bytes, s.i + k).is_ascii_uppercase()).count();
                    s.i += letters;
                    (letters >= 3).then_some(())
                });
                s.byte(b' ')?;
                s.digits(4, 4)
            });
        }
        (self.i > day.i).then_some(self.i)
    }

    /// `20210504T133331Z`, the basic format of ISO 8601.
    fn basic(mut self, len: usize) -> Option<usize> {
        let end = self.i + len;
        self.digits(8, 8)?;
        self.i += 1;
        self.digits(6, 6)?;
        self.maybe(|s| s.byte(b'Z').or_else(|| s.byte(b'z')));
        (self.i == end).then_some(end)
    }
}
