//! GUIDs, security identifiers, URLs and e-mail addresses.

use super::class::{is_hex, is_space, is_word};
use super::{Mask, Scanner, Sink};
use crate::ioc::scan::chars::{at, before, run_end};

/// Longest name of a mailbox (RFC 5321, 4.5.3.1.1).
pub(super) const LONGEST_MAILBOX: usize = 64;
/// Longest name of a domain (RFC 1035, 2.3.4).
const LONGEST_DOMAIN: usize = 253;

impl<S: Sink> Scanner<'_, '_, S> {
    /// `ba52d99a-1d2c-4b5e-8f00-0123456789ab`.
    pub(super) fn guid(&mut self, start: usize, end: usize) -> Option<usize> {
        if end - start != 8 || at(self.bytes, end) != b'-' {
            return None;
        }
        let text = self.bytes.get(start..start + 36)?;
        let shaped = text.iter().enumerate().all(|(i, b)| if matches!(i, 8 | 13 | 18 | 23) { *b == b'-' } else { is_hex(*b) });
        let free = !is_word(at(self.bytes, start + 36));
        (shaped && free).then(|| self.emit_wanted(Mask::Guid, start, start + 36))
    }

    /// `S-1-5-21-1004336348-1177238915-682003330-512`.
    pub(super) fn sid(&mut self, start: usize, end: usize) -> Option<usize> {
        if end - start != 1 || !self.bytes.get(start..start + 4)?.eq_ignore_ascii_case(b"S-1-") {
            return None;
        }
        let mut stop = end + 2;
        let mut parts = 0;
        while at(self.bytes, stop) == b'-' {
            let digits = run_end(self.bytes, stop + 1, 15, |b| b.is_ascii_digit());
            if digits == stop + 1 {
                break;
            }
            parts += 1;
            stop = digits;
        }
        (parts >= 2).then(|| self.emit_wanted(Mask::Sid, start, stop))
    }

    /// `scheme://...`, also defanged, up to a blank, a quote or a bracket that was not opened in it.
    pub(super) fn url(&mut self, start: usize, end: usize) -> Option<usize> {
        if !self.bytes.get(end..end + 3)?.eq(b"://") {
            return None;
        }
        let mut stop = end + 3;
        let mut open = [0u32; 2];
        loop {
            match at(self.bytes, stop) {
                b'"' | b'\'' | b'`' | b'<' | b'>' | b'{' | b'}' | b'|' | b'\\' | b'^' => break,
                byte if is_space(byte) => break,
                b'(' => open[0] += 1,
                b'[' => open[1] += 1,
                b')' if open[0] == 0 => break,
                b']' if open[1] == 0 => break,
                b')' => open[0] -= 1,
                b']' => open[1] -= 1,
                _ => {}
            }
            stop += 1;
        }
        while matches!(before(self.bytes, stop), b'.' | b',' | b';' | b':' | b'!' | b'?') {
            stop -= 1;
        }
        (stop > end + 3).then(|| self.emit_wanted(Mask::Url, start, stop))
    }

    /// `bob.smith@example.com`.
    pub(super) fn email(&mut self, start: usize) -> Option<usize> {
        let in_name = |b: u8| is_word(b) || matches!(b, b'.' | b'_' | b'%' | b'+' | b'-');
        let sign = run_end(self.bytes, start, LONGEST_MAILBOX, in_name);
        if at(self.bytes, sign) != b'@' {
            return None;
        }
        let run = run_end(self.bytes, sign + 1, LONGEST_DOMAIN, |b| is_word(b) || matches!(b, b'.' | b'-'));
        let mut end = run;
        while matches!(before(self.bytes, end), b'.' | b'-') {
            end -= 1;
        }
        let domain = self.bytes.get(sign + 1..end)?;
        let top = domain.rsplit(|b| *b == b'.').next()?;
        let is_domain = top.len() + 1 < domain.len() && top.len() >= 2 && !top.iter().any(u8::is_ascii_digit);
        (is_domain && !is_word(at(self.bytes, run))).then(|| self.emit_wanted(Mask::Email, start, end))
    }
}
