//! Numbers with a name: CVE, ATT&CK, autonomous systems, hyphenated Ethernet addresses.

use super::chars::{DIGIT, HIGH, HYPHEN, LETTER, UNDERSCORE, UPPER, at, before, label_before, run_end, slice};
use super::{IocType, Scanner, Trust};
use memchr::memmem;
use std::borrow::Cow;

/// `AS10`, `AS 7`.
pub(super) const SHORTEST: usize = 2;

impl<'t> Scanner<'t, '_> {
    /// A word that holds a digit.
    pub(super) fn ids(&mut self, start: usize, end: usize, flags: u8) {
        let len = end - start;
        if len >= 12 && flags & (HYPHEN | UNDERSCORE) != 0 {
            if flags & LETTER != 0 {
                self.cve(start, end);
            } else if len == 17 && flags & HIGH == 0 {
                self.hyphen_mac(start, end, flags);
            }
        }
        match at(self.bytes, start) {
            b'T' | b't' if len == 5 || len == 6 => self.mitre(start, end),
            b'A' | b'a' if (4..=13).contains(&len) => self.asn(start, end, flags),
            b'0'..=b'9' if len <= 10 && flags & !DIGIT == 0 => self.labelled_asn(start, end),
            _ => {}
        }
    }

    /// `CVE-2021-44228`, also inside a longer word and with underscores.
    fn cve(&mut self, start: usize, end: usize) {
        let word = self.slice(start, end);
        // Twice as fast as searching both cases at each letter.
        for name in ["CVE", "cve", "Cve"] {
            for at_name in memmem::find_iter(word.as_bytes(), name) {
                let from = start + at_name;
                let year = from + 4;
                let digits = run_end(self.bytes, year + 5, 19, |b| b.is_ascii_digit());
                let joined = matches!(at(self.bytes, from + 3), b'-' | b'_') && matches!(at(self.bytes, year + 4), b'-' | b'_');
                let is_year = matches!(self.bytes.get(year..year + 2), Some(b"19" | b"20"))
                    && slice(self.text, year + 2, year + 4).bytes().all(|b| b.is_ascii_digit());
                let glued = from > start && before(self.bytes, from).is_ascii_alphanumeric();
                let free = !glued && !at(self.bytes, digits).is_ascii_alphanumeric();
                if joined && is_year && free && digits >= year + 9 && digits <= end {
                    let raw = self.slice(from, digits);
                    let value = if name == "CVE" && !raw.contains('_') {
                        Cow::Borrowed(raw)
                    } else {
                        Cow::Owned(raw.to_ascii_uppercase().replace('_', "-"))
                    };
                    self.emit(IocType::Cve, from, digits, value);
                }
            }
        }
    }

    /// `T1059`, `T1059.001`, `TA0001`; lower case only where it says so: `attack.t1059.001`.
    fn mitre(&mut self, start: usize, end: usize) {
        let code = self.slice(start, end).as_bytes();
        let lower = code.first() == Some(&b't');
        let technique = matches!(code, [_, b'1', rest @ ..] if rest.len() == 3 && rest.iter().all(u8::is_ascii_digit));
        let tactic = matches!(code, [_, b'A', b'0', rest @ ..] if rest.len() == 3 && rest.iter().all(u8::is_ascii_digit));
        let said = matches!(self.trust, Trust::Named(_))
            || (before(self.bytes, start) == b'.' && label_before_dot(self.text, start).is_some_and(|l| l.eq_ignore_ascii_case("attack")));
        if !(technique || tactic) || (lower && !said) {
            return;
        }
        let digits = run_end(self.bytes, end + 1, 4, |b| b.is_ascii_digit());
        let sub = technique && at(self.bytes, end) == b'.' && digits == end + 4 && !super::chars::is_word(at(self.bytes, digits));
        let stop = if sub { digits } else { end };
        let raw = self.slice(start, stop);
        self.emit(IocType::Mitre, start, stop, if lower { Cow::Owned(raw.to_ascii_uppercase()) } else { Cow::Borrowed(raw) });
    }

    /// `AS64500`, `ASN64500`.
    fn asn(&mut self, start: usize, end: usize, flags: u8) {
        let word = self.slice(start, end);
        let (name, digits) = word.split_at(word.bytes().take_while(u8::is_ascii_alphabetic).count());
        let named = matches!(self.trust, Trust::Named(_) | Trust::Whole);
        let is_name = name == "AS" || name == "ASN" || (named && flags & UPPER == 0 && (name == "as" || name == "asn"));
        // AS400 is the name of a computer far more often.
        if is_name && (digits.len() >= 2 || named) && (word != "AS400" || named) && !digits.starts_with('0') {
            self.emit_asn(start, end, digits);
        }
    }

    /// `ASN 64500`, `AS 64500`, `asn: 64500`.
    fn labelled_asn(&mut self, start: usize, end: usize) {
        let gap = self
            .bytes
            .get(..start)
            .unwrap_or(&[])
            .iter()
            .rev()
            .take(4)
            .take_while(|b| matches!(b, b' ' | b':' | b'=' | b'"' | b'#'))
            .count();
        if gap > 0 && matches!(before(self.bytes, start - gap), b'N' | b'n' | b'S') {
            let label = label_before(self.text, start);
            if label.eq_ignore_ascii_case("asn") || (label == "AS" && before(self.bytes, start) == b' ') {
                let from = label.as_ptr() as usize - self.text.as_ptr() as usize;
                let blank = end - start >= 2 && from + label.len() + 1 == start;
                let (digits, from) = (self.slice(start, end), if blank { from } else { start });
                self.emit_asn(from, end, digits);
            }
        }
    }

    fn emit_asn(&mut self, start: usize, end: usize, digits: &str) {
        if let Ok(number) = digits.parse::<u32>() {
            let raw = self.slice(start, end);
            let same = raw.strip_prefix("AS") == Some(digits);
            self.emit(IocType::Asn, start, end, if same { Cow::Borrowed(raw) } else { Cow::Owned(format!("AS{number}")) });
        }
    }
}

/// The label before the dot before `start`.
fn label_before_dot(text: &str, start: usize) -> Option<&str> {
    let head = text.get(..start.checked_sub(1)?)?;
    let len = head.bytes().rev().take(16).take_while(u8::is_ascii_alphanumeric).count();
    head.get(head.len() - len..)
}
