//! Digests: runs of hexadecimal digits of the right length.

use super::chars::{DIGIT, HEX_LETTER, UPPER, label_before, slice};
use super::{IocType, Scanner, Trust};

/// Digits of MD5.
pub(super) const SHORTEST: usize = 32;
/// Digits of JARM.
const JARM: usize = 62;
/// A digest of random bytes has fewer kinds of digits less than once in 10^12.
const MIN_KINDS: u32 = 5;

impl<'t> Scanner<'t, '_> {
    /// Emits the digests in a word; hyphens, underscores and letters beyond ASCII separate them.
    pub(super) fn digests(&mut self, start: usize, end: usize, flags: u8) {
        if flags & !(DIGIT | HEX_LETTER | UPPER) == 0 {
            return self.digest(start, end, flags);
        }
        let word = self.slice(start, end);
        let mut from = start;
        for part in word.split(|c: char| !c.is_ascii_alphanumeric()) {
            if part.len() >= SHORTEST && part.bytes().all(|b| b.is_ascii_hexdigit()) {
                self.digest(from, from + part.len(), flags);
            }
            from += part.len();
            from += slice(self.text, from, end).chars().next().map_or(0, char::len_utf8);
        }
    }

    fn digest(&mut self, start: usize, end: usize, flags: u8) {
        let kind = match end - start {
            32 => IocType::Md5,
            40 => IocType::Sha1,
            56 => IocType::Sha224,
            JARM => IocType::Jarm,
            64 => IocType::Sha256,
            96 => IocType::Sha384,
            128 => IocType::Sha512,
            _ => return,
        };
        let digits = self.bytes.get(start..end).unwrap_or(&[]);
        if !digits.iter().any(u8::is_ascii_digit) || !digits.iter().any(u8::is_ascii_alphabetic) {
            return;
        }
        let kinds = digits.iter().fold(0u32, |kinds, b| kinds | 1 << (b.to_ascii_lowercase() % 32));
        if kinds.count_ones() < MIN_KINDS {
            return;
        }
        let kind = match kind {
            IocType::Md5 => match self.trust {
                Trust::Named(named @ (IocType::Ja3 | IocType::Ja3s | IocType::Imphash)) => named,
                _ => md5_label(self.text, start),
            },
            IocType::Jarm if !matches!(self.trust, Trust::Named(IocType::Jarm)) && !is_labelled(self.text, start, "jarm") => return,
            other => other,
        };
        self.emit_lower(kind, start, end, flags);
    }
}

/// An MD5 is a fingerprint of another kind where a label says so.
fn md5_label(text: &str, start: usize) -> IocType {
    if is_labelled(text, start, "ja3s") {
        IocType::Ja3s
    } else if is_labelled(text, start, "ja3") {
        IocType::Ja3
    } else if is_labelled(text, start, "imphash") {
        IocType::Imphash
    } else {
        IocType::Md5
    }
}

/// `ja3=...`, `"ja3_hash": "..."`, `ja3 digest ...`.
fn is_labelled(text: &str, start: usize, name: &str) -> bool {
    let label = label_before(text, start);
    let is = |label: &str| label.split(['_', '-']).any(|part| part.eq_ignore_ascii_case(name));
    if label.is_empty() {
        return false;
    }
    let second = ["hash", "digest", "fingerprint", "md5"].iter().any(|word| word.eq_ignore_ascii_case(label));
    is(label) || (second && is(label_before(text, label.as_ptr() as usize - text.as_ptr() as usize)))
}
