//! Percent-encoded pieces: `?u=http%3A%2F%2Fevil.example.net%2Fx`, `user%40example.com`, also encoded more than once.

use super::chars::{at, run_end};
use super::marks::Rewritten;
use super::{Found, Scanner, Trust};
use std::borrow::Cow;

/// Levels of encoding that are undone.
const MAX_DEPTH: u8 = 4;
/// Longest piece that is decoded at once.
const LONGEST: usize = super::url::LONGEST;

impl<'t> Scanner<'t, '_> {
    /// Decodes and scans the piece that begins with the word `start..percent` if a URL or an address follows it.
    pub(super) fn encoded(&mut self, start: usize, percent: usize) -> Option<usize> {
        if self.depth >= MAX_DEPTH || !(is_colon_slashes(self.bytes, percent) || is_at_sign(self.bytes, percent)) {
            return None;
        }
        let end = run_end(self.bytes, percent, LONGEST, |b| {
            !(b <= b' '
                || b >= 0x7f
                || matches!(b, b'&' | b'"' | b'\'' | b'<' | b'>' | b'`' | b'\\' | b'|' | b'(' | b')' | b'[' | b']' | b'{' | b'}'))
        });
        let piece = self.slice(start, end);
        let decoded = decode(piece);
        let mut inner: Vec<Found<'_>> = Vec::new();
        Scanner::new(&decoded.text, self.wanted, Trust::Text, None, self.depth + 1, &mut inner).run();
        for found in inner {
            let (from, to) = decoded.to_raw(found.start, found.end);
            self.out.push(Found { start: start + from, end: start + to, value: Cow::Owned(found.value.into_owned()), ..found });
        }
        self.floor = end;
        Some(end)
    }
}

/// Undoes one level; bytes beyond ASCII and controls stay encoded.
fn decode(piece: &str) -> Rewritten {
    let bytes = piece.as_bytes();
    let mut out = Rewritten::default();
    let mut i = 0;
    while i < bytes.len() {
        if at(bytes, i) == b'%'
            && let Some(byte @ 0x20..0x7f) = bytes.get(i + 1..i + 3).and_then(hex_byte)
        {
            out.replace(piece, i, i + 3, (byte as char).encode_utf8(&mut [0; 4]), false);
            i += 3;
            continue;
        }
        i += 1;
    }
    out.finish(piece);
    out
}

fn hex_byte(digits: &[u8]) -> Option<u8> {
    let nibble = |b: u8| (b as char).to_digit(16).and_then(|d| u8::try_from(d).ok());
    match digits {
        [high, low] => Some(nibble(*high)? << 4 | nibble(*low)?),
        _ => None,
    }
}

/// `%3A%2F%2F`, with any number of `25` after each percent sign up to the depth.
fn is_colon_slashes(bytes: &[u8], percent: usize) -> bool {
    let colon = escape(bytes, percent, *b"3a");
    let slash = colon.and_then(|next| escape(bytes, next, *b"2f"));
    slash.and_then(|next| escape(bytes, next, *b"2f")).is_some() || colon.is_some_and(|next| bytes.get(next..next + 2) == Some(b"//"))
}

fn is_at_sign(bytes: &[u8], percent: usize) -> bool {
    escape(bytes, percent, *b"40").is_some()
}

/// The end of `%XX`, `%25XX`, ... for the digits `wanted`.
fn escape(bytes: &[u8], percent: usize, wanted: [u8; 2]) -> Option<usize> {
    if at(bytes, percent) != b'%' {
        return None;
    }
    let mut i = percent + 1;
    for _ in 0..MAX_DEPTH {
        if bytes.get(i..i + 2) != Some(b"25") {
            break;
        }
        i += 2;
    }
    bytes.get(i..i + 2).is_some_and(|digits| digits.eq_ignore_ascii_case(&wanted)).then_some(i + 2)
}
