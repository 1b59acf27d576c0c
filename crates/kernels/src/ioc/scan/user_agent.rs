//! User agents of web clients, by their grammar (RFC 9110, section 10.1.5): products and comments.

use super::chars::{at, run_end};
use super::{IocType, Scanner};
use std::borrow::Cow;

/// Longest user agent that is read.
const LONGEST: usize = 512;

/// First products of user agents. Sorted.
#[rustfmt::skip]
const CLIENTS: &[&str] = &[
    "Apache-HttpClient", "Dalvik", "Go-http-client", "Java", "Mozilla", "Opera", "PostmanRuntime", "Python-urllib",
    "Wget", "axios", "certutil", "curl", "libwww-perl", "masscan", "node-fetch", "okhttp", "python-httpx",
    "python-requests", "sqlmap", "zgrab",
];

impl<'t> Scanner<'t, '_> {
    /// Reads a user agent whose first product is the word `start..end`.
    pub(super) fn user_agent(&mut self, start: usize, end: usize) {
        if at(self.bytes, end) != b'/' || CLIENTS.binary_search(&self.slice(start, end)).is_err() || start < self.floor {
            return;
        }
        let limit = start + LONGEST;
        let mut stop = self.product(start);
        if stop == start {
            return;
        }
        while stop < limit && at(self.bytes, stop) == b' ' {
            let next = if at(self.bytes, stop + 1) == b'(' { self.comment(stop + 1) } else { self.product(stop + 1) };
            if next == stop + 1 {
                break;
            }
            stop = next;
        }
        self.emit(IocType::UserAgent, start, stop, Cow::Borrowed(self.slice(start, stop)));
    }

    /// The end of `name/1.2` at `from`, or `from`.
    fn product(&self, from: usize) -> usize {
        let is_token = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b'+' | b'!');
        let slash = run_end(self.bytes, from, 40, is_token);
        let end = run_end(self.bytes, slash + 1, 40, is_token);
        if slash > from && at(self.bytes, slash) == b'/' && at(self.bytes, slash + 1).is_ascii_alphanumeric() { end } else { from }
    }

    /// The end of the comment in round brackets at `from`, or `from`.
    fn comment(&self, from: usize) -> usize {
        let mut depth = 0usize;
        for (i, byte) in self.bytes.get(from..).unwrap_or(&[]).iter().take(LONGEST).enumerate() {
            match byte {
                b'(' => depth += 1,
                b')' if depth == 1 => return from + i + 1,
                b')' => depth -= 1,
                b'"' | 0..=0x1f => return from,
                _ => {}
            }
        }
        from
    }
}
