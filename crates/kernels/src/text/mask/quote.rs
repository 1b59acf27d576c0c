//! Quoted texts: one word in quotes is that word, a path in quotes is that path, a command in quotes is a command.

use super::class::{is_space, is_word};
use super::{Mask, Scanner, Sink};
use crate::ioc::scan::chars::{at, before, slice_bytes};
use memchr::{memchr, memchr_iter};

/// Quotes within quotes that are looked into.
const MAX_DEPTH: u8 = 2;

/// Switches after which a command stands.
#[rustfmt::skip]
const COMMAND_SWITCHES: &[&[u8]] = &[
    b"--command", b"-c", b"-command", b"-e", b"-ic", b"-lc", b"/c", b"/command", b"/k", b"/r", b"&", b".",
];

impl<S: Sink> Scanner<'_, '_, S> {
    /// What stands between the quote at `open` and the one that closes it.
    pub(super) fn quoted(&mut self, open: usize) -> Option<usize> {
        let masks_text = self.masks.has(Mask::Str);
        if !(masks_text || self.masks.has(Mask::Path)) || self.depth >= MAX_DEPTH || !may_open(before(self.bytes, open)) {
            return None;
        }
        let quote = at(self.bytes, open);
        if at(self.bytes, open + 1) == quote {
            return self.is_empty(open, quote).then_some(open + 2);
        }
        let begin = open + 1;
        let begins_path = self.begins_path(begin);
        if !masks_text && !begins_path {
            return None;
        }
        let close = self.closing(open, quote)?;
        let content = slice_bytes(self.bytes, begin, close);
        let whole_path = (begins_path && !has_switch(content)).then_some(begin);
        let one_word = !content.iter().any(|b| is_space(*b));
        if masks_text && (whole_path.is_some() || one_word) {
            self.flush(open);
            self.literal = begin;
            self.within(begin, close, whole_path);
            self.flush(close);
            self.literal = close + 1;
        } else if !masks_text || begins_path || self.is_command(open) {
            self.within(begin, close, whole_path);
        } else {
            self.emit(Mask::Str, open, close + 1);
        }
        Some(close + 1)
    }

    /// Whether the two quotes at `open` hold an empty text; in `cmd /c ""C:\a b\c.exe" -x"` they do not.
    fn is_empty(&self, open: usize, quote: u8) -> bool {
        let after = at(self.bytes, open + 2);
        !is_word(after) && !matches!(after, b'%' | b'\\' | b'/' | b'.' | b'-' | b'$') && after != quote
    }

    /// The quote that closes the one at `open`.
    fn closing(&mut self, open: usize, quote: u8) -> Option<usize> {
        let double = quote == b'"';
        let unclosed = self.known.unclosed.get_mut(usize::from(!double))?;
        if unclosed.is_some_and(|from| open >= from) {
            return None;
        }
        let mut from = open + 1;
        while let Some(next) = memchr(quote, self.bytes.get(from..).unwrap_or(&[])) {
            let close = from + next;
            let after = at(self.bytes, close + 1);
            // `C:\dir\" ` closes, `\"word\"` does not; `don't` does not.
            let closes = if double { before(self.bytes, close) != b'\\' || is_space(after) } else { !is_word(after) };
            if closes {
                return Some(close);
            }
            from = close + 1;
        }
        *unclosed = Some(open);
        None
    }

    /// Whether what is quoted at `open` is a program or a command: it comes first or after a switch such as `-c`.
    fn is_command(&self, open: usize) -> bool {
        let head = slice_bytes(self.bytes, open.saturating_sub(16), open).trim_ascii_end();
        let word = head.rsplit(|b| is_space(*b)).next().unwrap_or(head);
        word.is_empty() || COMMAND_SWITCHES.iter().any(|switch| switch.eq_ignore_ascii_case(word))
    }
}

fn may_open(before: u8) -> bool {
    is_space(before)
        || matches!(before, b'=' | b':' | b',' | b';' | b'(' | b'[' | b'{' | b'<' | b'>' | b'|' | b'&' | b'!' | b'"' | b'\'' | b'+' | b'@')
}

/// Whether a switch follows a blank: `C:\a\b.exe -k x`.
fn has_switch(content: &[u8]) -> bool {
    memchr_iter(b' ', content).any(|blank| matches!(at(content, blank + 1), b'-' | b'/'))
}
