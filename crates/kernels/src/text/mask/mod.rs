//! The scanner behind `command_pattern` and `log_templates`: it finds what varies between texts of one kind, numbers, names
//! made by machines, places and times.
//!
//! One pass; at the start of each word its characters and the byte after it say what can begin there. A mask does not depend on
//! the value where the shape allows another one: `34c` and `308` are the same mask. Every look ahead is bounded, is
//! remembered, or reads what is then skipped, so the time is linear in the text.

mod address;
mod base64;
mod class;
mod kind;
mod names;
mod number;
mod path;
mod quote;
mod time;

pub(crate) use kind::{Mask, MaskSet};

use class::{DIGIT, HIGH, JOINT, LETTER, SPACE, WORD, class, is_space};
use memchr::{memchr, memchr2};
use std::ops::Range;

/// Takes the parts of a text, in order.
pub(crate) trait Sink {
    /// Whether a single blank within a text is to be told by [`Self::space`]; else it may be part of the text.
    const WORDS: bool;

    /// A part that stays as it is: a range of bytes on character boundaries.
    fn text(&mut self, range: Range<usize>);
    /// A part to be masked.
    fn mask(&mut self, mask: Mask, range: Range<usize>);
    /// White space of any length.
    fn space(&mut self);
    /// Whether the rest of the text is of no interest.
    #[inline]
    fn is_full(&self) -> bool {
        false
    }
}

/// Hands the parts of `text` to `sink`. What is not in `masks` stays as it is, but for what is in paths and between quotes.
pub(crate) fn scan(text: &str, masks: MaskSet, sink: &mut impl Sink) {
    let mut scanner = Scanner { bytes: text.as_bytes(), masks, sink, literal: 0, known: Known::default(), whole_path: None, depth: 0 };
    scanner.run(0);
    scanner.flush(text.len());
}

/// State of one pass.
struct Scanner<'t, 's, S> {
    /// What is scanned; while a quoted text is, all up to its end.
    bytes: &'t [u8],
    masks: MaskSet,
    sink: &'s mut S,
    /// Start of the text that has not been handed over.
    literal: usize,
    known: Known,
    /// A path that begins here fills the quotes around it.
    whole_path: Option<usize>,
    /// Quotes around what is scanned.
    depth: u8,
}

/// What earlier looks ahead found out, so that nothing is read twice.
#[derive(Debug, Default, Clone, Copy)]
struct Known {
    /// The next `@`, and the next `/` or `\`; to be looked for again once it lies behind.
    at_sign: Option<usize>,
    separator: Option<usize>,
    /// Before these no base64 and no path begins.
    no_base64: usize,
    no_path: usize,
    /// From these on there is no closing quote: double, single.
    unclosed: [Option<usize>; 2],
}

impl<S: Sink> Scanner<'_, '_, S> {
    fn run(&mut self, mut i: usize) {
        while let Some(&byte) = self.bytes.get(i)
            && !self.sink.is_full()
        {
            let class = class(byte);
            i = if class & WORD != 0 {
                self.word(i)
            } else if class & SPACE != 0 {
                self.space(i, byte)
            } else {
                self.mark(i, byte).unwrap_or(i + 1)
            };
        }
    }

    /// The word at `start`: where to read on.
    #[inline]
    fn word(&mut self, start: usize) -> usize {
        let mut end = start;
        let mut flags = 0;
        let next = loop {
            let Some(&byte) = self.bytes.get(end) else { break 0 };
            let class = class(byte);
            if class & WORD == 0 {
                break byte;
            }
            flags |= class;
            end += 1;
        };
        let len = end - start;
        // Most words: nothing begins with them.
        if flags & DIGIT == 0 && class(next) & JOINT == 0 && len < base64::SHORTEST && len != time::NAME {
            return end;
        }
        self.named(start, end, flags, next).unwrap_or(end)
    }

    /// What begins with the word `start..end`; where to read on, if that is not `end`.
    fn named(&mut self, start: usize, end: usize, flags: u8, next: u8) -> Option<usize> {
        let joins = class(next) & JOINT != 0;
        if next == b':'
            && let Some(end) = self.url(start, end)
        {
            return Some(end);
        }
        if joins
            && flags & (LETTER | HIGH) == 0
            && let Some(end) = self.guid(start, end).or_else(|| self.address(start, end, next))
        {
            return Some(end);
        }
        if let Some(end) = self.time(start, end, flags, next) {
            return Some(end);
        }
        if joins
            && self.at_sign(start)
            && let Some(end) = self.email(start)
        {
            return Some(end);
        }
        if next == b'-'
            && let Some(end) = self.sid(start, end)
        {
            return Some(end);
        }
        if let Some(end) = self.base64(start, end, flags, next) {
            return Some(end);
        }
        if joins
            && self.masks.has(Mask::Path)
            && self.separator(start)
            && let Some(end) = self.path_of_word(start, end, next)
        {
            return Some(end);
        }
        if flags & DIGIT != 0 { Some(self.number(start, end, flags)) } else { None }
    }

    /// What begins with the punctuation mark at `i`.
    #[inline]
    fn mark(&mut self, i: usize, byte: u8) -> Option<usize> {
        match byte {
            b'"' | b'\'' => self.quoted(i),
            b'/' | b'\\' | b'~' | b'.' | b'%' | b'$' if self.masks.has(Mask::Path) => self.path_of_mark(i),
            b':' => self.address_of_colons(i),
            _ => None,
        }
    }

    #[inline]
    fn space(&mut self, start: usize, byte: u8) -> usize {
        let mut end = start + 1;
        while self.bytes.get(end).is_some_and(|byte| is_space(*byte)) {
            end += 1;
        }
        let single = end == start + 1 && byte == b' ' && end < self.bytes.len();
        if S::WORDS || !single || self.literal == start {
            self.flush(start);
            self.sink.space();
            self.literal = end;
        }
        end
    }

    /// Hands over the text before `end`.
    #[inline]
    fn flush(&mut self, end: usize) {
        if self.literal < end {
            self.sink.text(self.literal..end);
            self.literal = end;
        }
    }

    /// Masks `start..end`, and tells where to read on.
    #[inline]
    fn emit(&mut self, mask: Mask, start: usize, end: usize) -> usize {
        self.flush(start);
        self.sink.mask(mask, start..end);
        self.literal = end;
        end
    }

    /// As [`Self::emit`], unless such parts are kept.
    #[inline]
    fn emit_wanted(&mut self, mask: Mask, start: usize, end: usize) -> usize {
        if self.masks.has(mask) { self.emit(mask, start, end) } else { end }
    }

    /// Whether a separator of directories stands within a name's length of `start`.
    fn separator(&mut self, start: usize) -> bool {
        let next = match self.known.separator {
            Some(next) if next >= start => next,
            _ => self.find(start, |rest| memchr2(b'/', b'\\', rest)),
        };
        self.known.separator = Some(next);
        next < self.bytes.len() && next - start < path::LONGEST_NAME
    }

    /// Whether an `@` stands within the length of a mailbox's name of `start`.
    fn at_sign(&mut self, start: usize) -> bool {
        let next = match self.known.at_sign {
            Some(next) if next >= start => next,
            _ => self.find(start, |rest| memchr(b'@', rest)),
        };
        self.known.at_sign = Some(next);
        next < self.bytes.len() && next - start <= names::LONGEST_MAILBOX
    }

    fn find(&self, start: usize, find: impl Fn(&[u8]) -> Option<usize>) -> usize {
        let rest = self.bytes.get(start..).unwrap_or(&[]);
        start + find(rest).unwrap_or(rest.len())
    }

    /// Scans `start..end` as a text of its own that stands between quotes.
    fn within(&mut self, start: usize, end: usize, whole_path: Option<usize>) {
        let outer = (self.bytes, self.known, self.whole_path);
        self.bytes = self.bytes.get(..end).unwrap_or(self.bytes);
        self.known = Known::default();
        self.whole_path = whole_path;
        self.depth += 1;
        self.run(start);
        self.depth -= 1;
        (self.bytes, self.known, self.whole_path) = outer;
    }
}

#[cfg(test)]
mod tests;
