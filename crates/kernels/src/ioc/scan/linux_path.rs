//! Absolute Unix paths.

use super::chars::{at, before, is_word, slice};
use super::windows_path::LONGEST;
use super::{IocType, Scanner};
use std::borrow::Cow;

/// First directories of absolute Unix paths.
#[rustfmt::skip]
const ROOTS: &[&str] = &[
    "Applications", "Library", "System", "Users", "Volumes", "bin", "boot", "data", "dev", "etc", "home", "lib",
    "lib32", "lib64", "media", "mnt", "opt", "private", "proc", "root", "run", "sbin", "snap", "srv", "sys", "tmp",
    "usr", "var",
];

impl Scanner<'_, '_> {
    /// `/usr/bin/curl`, `~/.ssh/id_rsa`.
    pub(super) fn linux_path(&mut self, start: usize) -> Option<usize> {
        if !self.wants(IocType::LinuxPath) || self.open_urls.first().is_some_and(|end| start < *end) {
            return None;
        }
        let prior = before(self.bytes, start);
        let home = at(self.bytes, start) == b'~';
        if is_word(prior)
            || matches!(prior, b'/' | b'.' | b'\\' | b')' | b']' | b'}' | b'*' | b'~' | b'$' | b'%')
            || (home && at(self.bytes, start + 1) != b'/')
        {
            return None;
        }
        let first = start + 1 + usize::from(home);
        if !(is_word(at(self.bytes, first)) || at(self.bytes, first) == b'.')
            || at(self.bytes, first + 1) == b'/' && at(self.bytes, first + 2) == b'/'
        {
            return None;
        }
        let quote = self.quote(start);
        let mut end = start;
        while end < (start + LONGEST).min(self.bytes.len()) {
            let byte = at(self.bytes, end);
            let goes_on = match byte {
                b' ' => before(self.bytes, end) == b'\\' || quote.is_some() || self.is_whole(),
                b'\\' => at(self.bytes, end + 1) == b' ',
                b'(' | b')' | b'[' | b']' | b'{' | b'}' | b',' | b':' | b'=' | b'&' | b'#' => quote.is_some() || self.is_whole(),
                _ => byte > b' ' && byte != 0x7f && !matches!(byte, b';' | b'|' | b'<' | b'>' | b'"' | b'\'' | b'`' | b'*' | b'?' | b'$'),
            };
            if !goes_on || Some(byte) == quote {
                break;
            }
            end += 1;
        }
        while !self.text.is_char_boundary(end) {
            end -= 1;
        }
        let raw = self.slice(start, end).trim_end_matches(['.', ' ', ',', ':', '!', '\\']);
        let end = start + raw.len();
        let inner = slice(raw, 1 + usize::from(home), raw.len());
        let mut parts = inner.split('/').filter(|part| !part.is_empty());
        let root = parts.next()?;
        let known = home || ROOTS.contains(&root);
        let deep = parts.next().is_some();
        let enough = deep || home || (known && self.is_whole());
        if !enough || (raw.contains("//") && !known) {
            return None;
        }
        if !known && is_http_method(self.text, start) {
            return None;
        }
        self.emit(IocType::LinuxPath, start, end, Cow::Borrowed(raw));
        // Names inside are read as well.
        Some(start + 1)
    }
}

/// `GET /index.php/x`: the path of a request.
fn is_http_method(text: &str, start: usize) -> bool {
    let head = slice(text, start.saturating_sub(8), start);
    ["GET ", "POST ", "HEAD ", "PUT ", "DELETE ", "OPTIONS ", "PATCH ", "CONNECT "].iter().any(|method| head.ends_with(method))
}
