//! Byte classes: what may stand inside a word, and which other bytes can begin an indicator.

/// `0`-`9`.
pub(crate) const DIGIT: u8 = 1;
/// `a`-`f`.
pub(crate) const HEX_LETTER: u8 = 1 << 1;
/// `g`-`z`.
pub(crate) const LETTER: u8 = 1 << 2;
/// `_`.
pub(crate) const UNDERSCORE: u8 = 1 << 3;
/// `-`.
pub(crate) const HYPHEN: u8 = 1 << 4;
/// A byte of a character beyond ASCII.
pub(crate) const HIGH: u8 = 1 << 5;
/// A separator that can begin an indicator by itself.
pub(crate) const TRIGGER: u8 = 1 << 6;
/// An upper-case letter, beside its letter class.
pub(crate) const UPPER: u8 = 1 << 7;
/// What a word is made of.
pub(crate) const WORD: u8 = DIGIT | HEX_LETTER | LETTER | UNDERSCORE | HYPHEN | HIGH;

static CLASS: [u8; 256] = classes();

const fn classes() -> [u8; 256] {
    let mut table = [0; 256];
    let mut i = 0;
    while i < 256 {
        let byte = i as u8;
        table[i] = match byte {
            b'0'..=b'9' => DIGIT,
            b'a'..=b'f' => HEX_LETTER,
            b'A'..=b'F' => HEX_LETTER | UPPER,
            b'g'..=b'z' => LETTER,
            b'G'..=b'Z' => LETTER | UPPER,
            b'_' => UNDERSCORE,
            b'-' => HYPHEN,
            0x80.. => HIGH,
            b':' | b'@' | b'/' | b'\\' | b'%' | b'~' => TRIGGER,
            _ => 0,
        };
        i += 1;
    }
    table
}

/// Class bits of a byte.
#[inline]
pub(crate) fn class(byte: u8) -> u8 {
    CLASS[byte as usize]
}

/// Whether a byte may stand inside a word.
#[inline]
pub(crate) fn is_word(byte: u8) -> bool {
    class(byte) & WORD != 0
}

/// The byte at `i`, 0 beyond the end: no indicator holds a NUL.
#[inline]
pub(crate) fn at(bytes: &[u8], i: usize) -> u8 {
    bytes.get(i).copied().unwrap_or(0)
}

/// The byte before `i`, 0 at the start.
#[inline]
pub(crate) fn before(bytes: &[u8], i: usize) -> u8 {
    i.checked_sub(1).map_or(0, |i| at(bytes, i))
}

/// `text[start..end]`, empty where that is no slice.
#[inline]
pub(crate) fn slice(text: &str, start: usize, end: usize) -> &str {
    text.get(start..end).unwrap_or("")
}

/// `bytes[start..end]`, empty where that is no slice.
#[inline]
pub(crate) fn slice_bytes(bytes: &[u8], start: usize, end: usize) -> &[u8] {
    bytes.get(start..end).unwrap_or(&[])
}

/// Letters, digits and combining marks of any script; quotes, dashes and blanks beyond ASCII are none.
#[inline]
pub(crate) fn is_word_char(c: char) -> bool {
    // The Unicode tables are slow; most names beyond ASCII are in these alphabets.
    matches!(c, 'a'..='z' | '0'..='9' | 'A'..='Z' | 'À'..='Ö' | 'Ø'..='ö' | 'ø'..='ž' | 'Ѐ'..='ҁ' | '\u{4e00}'..='\u{9fa5}')
        || c.is_alphanumeric()
        || unicode_normalization::char::is_combining_mark(c)
}

/// End of the word that begins at `start`, and the union of its classes. `end == start` where no word begins.
#[inline]
pub(crate) fn word_end(text: &str, start: usize) -> (usize, u8) {
    let bytes = text.as_bytes();
    let mut end = start;
    let mut flags = 0;
    while let Some(&byte) = bytes.get(end) {
        let class = class(byte);
        if class & WORD == 0 {
            break;
        }
        if class & HIGH != 0 {
            match text.get(end..).and_then(|rest| rest.chars().next()) {
                Some(c) if is_word_char(c) => end += c.len_utf8(),
                _ => break,
            }
        } else {
            end += 1;
        }
        flags |= class;
    }
    (end, flags)
}

/// End of the run of bytes from `start` that satisfy `inside`, at most `limit` long.
#[inline]
pub(crate) fn run_end(bytes: &[u8], start: usize, limit: usize, inside: impl Fn(u8) -> bool) -> usize {
    start + bytes.get(start..).unwrap_or(&[]).iter().take(limit).take_while(|b| inside(**b)).count()
}

/// The name that labels what begins at `start`: the word before blanks, quotes, `=`, `:`... (`ja3="..."`, `Version 1.2.3.4`).
pub(crate) fn label_before(text: &str, start: usize) -> &str {
    const GAP: usize = 5;
    const LONGEST: usize = 24;
    let bytes = text.as_bytes();
    let mut end = start;
    while end > 0 && start - end < GAP && matches!(before(bytes, end), b' ' | b'\t' | b'=' | b':' | b'"' | b'\'' | b'(' | b'#' | b'>') {
        end -= 1;
    }
    let mut begin = end;
    while begin > 0
        && end - begin < LONGEST
        && (before(bytes, begin).is_ascii_alphanumeric() || matches!(before(bytes, begin), b'_' | b'-'))
    {
        begin -= 1;
    }
    if end == start { "" } else { slice(text, begin, end) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_short_cut_agrees_with_the_tables() {
        for c in '\0'..='\u{ffff}' {
            assert_eq!(is_word_char(c), c.is_alphanumeric() || unicode_normalization::char::is_combining_mark(c), "{c:?}");
        }
    }
}
