//! The scanner: one pass over the words of a text; each word and the byte after it decide what can begin there.
//!
//! Every look ahead or back is bounded by the longest form of what it looks for (a name 253 bytes, a URL
//! [`url::LONGEST`]), and what was recognised is not read again, so the time is linear in the text.

pub(crate) mod chars;
mod digest;
mod domain;
mod dotted;
mod email;
mod encoded;
pub(crate) mod file_name;
mod ids;
mod ipv4;
mod ipv6;
mod linux_path;
pub(crate) mod marks;
mod punycode;
mod registry;
mod tld;
mod url;
mod user_agent;
mod wallet;
mod windows_path;

use super::kind::{IocType, TypeSet};
use chars::{HIGH, TRIGGER, WORD, at, before, class, word_end};
use marks::Rewritten;
use std::borrow::Cow;

/// An indicator as the scanner finds it; offsets are those of the scanned text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Found<'t> {
    pub(crate) kind: IocType,
    pub(crate) start: usize,
    pub(crate) end: usize,
    /// Normalised.
    pub(crate) value: Cow<'t, str>,
    /// Written defanged.
    pub(crate) defanged: bool,
}

/// What is known about a text beforehand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Trust {
    /// Nothing: running text.
    Text,
    /// It is said to be one indicator.
    Whole,
    /// It is said to be one indicator of this type.
    Named(IocType),
}

/// URLs within URLs that are reported one inside the other.
const MAX_OPEN_URLS: usize = 4;

/// State of one pass.
pub(crate) struct Scanner<'t, 'o> {
    text: &'t str,
    bytes: &'t [u8],
    wanted: TypeSet,
    trust: Trust,
    /// Where defang marks were, if the text had some.
    marks: Option<&'t Rewritten>,
    /// Levels of percent-encoding around this text.
    depth: u8,
    /// Ends of the URLs that are being read, outermost first.
    open_urls: [usize; MAX_OPEN_URLS],
    /// Nothing looks back beyond this: the end of the last address or name.
    floor: usize,
    /// End of the Windows path that is being read: no other begins inside it.
    path_end: usize,
    out: &'o mut Vec<Found<'t>>,
}

/// Appends the indicators in `text` to `out`, roughly in text order.
pub(crate) fn scan<'t>(text: &'t str, wanted: TypeSet, trust: Trust, marks: Option<&'t Rewritten>, out: &mut Vec<Found<'t>>) {
    Scanner::new(text, wanted, trust, marks, 0, out).run();
}

impl<'t, 'o> Scanner<'t, 'o> {
    fn new(text: &'t str, wanted: TypeSet, trust: Trust, marks: Option<&'t Rewritten>, depth: u8, out: &'o mut Vec<Found<'t>>) -> Self {
        Self { text, bytes: text.as_bytes(), wanted, trust, marks, depth, open_urls: [0; MAX_OPEN_URLS], floor: 0, path_end: 0, out }
    }

    fn run(&mut self) {
        let mut i = 0;
        while let Some(&byte) = self.bytes.get(i) {
            let class = class(byte);
            i = if class & WORD != 0 {
                let (end, flags) = word_end(self.text, i);
                if end > i { self.word(i, end, flags).max(i + 1) } else { self.next_char(i) }
            } else if class & TRIGGER != 0 {
                self.separator(i, byte).max(i + 1)
            } else {
                i + 1
            };
        }
    }

    /// Reads the word `start..end`; returns where to go on.
    #[inline]
    fn word(&mut self, start: usize, end: usize, flags: u8) -> usize {
        let after = at(self.bytes, end);
        // `%2Fevil.example.net`: the digits belong to the percent sign.
        if before(self.bytes, start) == b'%'
            && end - start > 2
            && at(self.bytes, start).is_ascii_hexdigit()
            && at(self.bytes, start + 1).is_ascii_hexdigit()
        {
            return start + 2;
        }
        let taken = match after {
            b'.' => self.dotted(start),
            b':' => self.colon(start, end, flags),
            b'\\' => self.registry_key(start, end),
            b'%' => self.encoded(start, end),
            b'*' => self.starred_scheme(end),
            _ => None,
        };
        taken.unwrap_or_else(|| {
            if flags & chars::DIGIT != 0 || self.wants(IocType::UserAgent) {
                self.plain(start, end, flags);
            }
            end
        })
    }

    /// What a word and a colon can begin.
    fn colon(&mut self, start: usize, end: usize, flags: u8) -> Option<usize> {
        if self.bytes.get(end + 1..end + 3) == Some(b"//")
            && let Some(next) = self.url(start, end)
        {
            return Some(next);
        }
        if end - start == 1 && matches!(at(self.bytes, end + 1), b'\\' | b'/') {
            return self.drive_path(start);
        }
        if let Some(next) = self.registry_key(start, end) {
            return Some(next);
        }
        self.colon_groups(start, end, flags)
    }

    /// What a separator can begin.
    fn separator(&mut self, i: usize, byte: u8) -> usize {
        let taken = match byte {
            b'@' => self.email(i),
            b':' if at(self.bytes, i + 1) == b':' => self.leading_colons(i),
            b'/' | b'~' => self.linux_path(i),
            b'\\' => self.unc_path(i),
            b'%' => self.variable_path(i),
            _ => None,
        };
        taken.unwrap_or(i + 1)
    }

    /// What a word can be by itself: digests, numbers, wallets.
    fn plain(&mut self, start: usize, end: usize, flags: u8) {
        let len = end - start;
        if flags & chars::DIGIT != 0 {
            if len >= digest::SHORTEST {
                self.digests(start, end, flags);
            }
            if len >= wallet::SHORTEST && flags & HIGH == 0 {
                self.wallets(start, end, flags);
            }
            if len >= ids::SHORTEST {
                self.ids(start, end, flags);
            }
        } else if flags & HIGH == 0 && self.wants(IocType::UserAgent) {
            self.user_agent(start, end);
        }
    }

    fn next_char(&self, i: usize) -> usize {
        (i + 1..self.bytes.len()).take(3).find(|j| self.text.is_char_boundary(*j)).unwrap_or(self.bytes.len())
    }

    #[inline]
    fn wants(&self, kind: IocType) -> bool {
        self.wanted.has(kind)
    }

    #[inline]
    fn slice(&self, start: usize, end: usize) -> &'t str {
        chars::slice(self.text, start, end)
    }

    /// Whether a defang mark lies in `start..end`.
    fn is_marked(&self, start: usize, end: usize) -> bool {
        self.marks.is_some_and(|marks| marks.is_defanged(start, end))
    }

    fn emit(&mut self, kind: IocType, start: usize, end: usize, value: Cow<'t, str>) {
        if self.wants(kind) {
            self.out.push(Found { kind, start, end, value, defanged: false });
        }
    }

    /// Emits `start..end` in lower case.
    fn emit_lower(&mut self, kind: IocType, start: usize, end: usize, flags: u8) {
        let raw = self.slice(start, end);
        let value = if flags & (chars::UPPER | HIGH) == 0 { Cow::Borrowed(raw) } else { Cow::Owned(raw.to_ascii_lowercase()) };
        self.emit(kind, start, end, value);
    }
}
