//! Byte classes of the mask scanner.

/// `0`-`9`.
pub(super) const DIGIT: u8 = 1;
/// `a`-`f`, `A`-`F`.
pub(super) const HEX: u8 = 1 << 1;
/// `g`-`z`, `G`-`Z`.
pub(super) const LETTER: u8 = 1 << 2;
/// A byte of a character beyond ASCII.
pub(super) const HIGH: u8 = 1 << 3;
/// Blanks and control characters.
pub(super) const SPACE: u8 = 1 << 4;
/// An upper-case letter, beside its letter class.
pub(super) const UPPER: u8 = 1 << 5;
/// Punctuation that can join a word to what follows it: an address, a path, a number.
pub(super) const JOINT: u8 = 1 << 6;
/// What ends a path, or may.
pub(super) const STOP: u8 = 1 << 7;
/// What a word is made of.
pub(super) const WORD: u8 = DIGIT | HEX | LETTER | HIGH;

static CLASS: [u8; 256] = classes();

const fn classes() -> [u8; 256] {
    let mut table = [0; 256];
    let mut i = 0;
    while i < 256 {
        let byte = i as u8;
        table[i] = match byte {
            b'0'..=b'9' => DIGIT,
            b'a'..=b'f' => HEX,
            b'A'..=b'F' => HEX | UPPER,
            b'g'..=b'z' => LETTER,
            b'G'..=b'Z' => LETTER | UPPER,
            0x80.. => HIGH,
            0..=b' ' | 0x7f => SPACE | STOP,
            b':' => JOINT | STOP,
            b'.' | b'-' | b'_' | b'+' | b'/' | b'\\' | b'@' | b'%' | b'~' | b'$' => JOINT,
            b'"' | b'\'' | b'`' | b'=' | b'<' | b'>' | b'|' | b',' | b';' | b'&' | b'(' | b')' | b'[' | b']' | b'{' | b'}' => STOP,
            _ => 0,
        };
        i += 1;
    }
    table
}

/// Class bits of a byte.
#[inline]
pub(super) fn class(byte: u8) -> u8 {
    CLASS[byte as usize]
}

/// Whether a byte may stand inside a word.
#[inline]
pub(super) fn is_word(byte: u8) -> bool {
    class(byte) & WORD != 0
}

/// Whether a byte is `0`-`9`, `a`-`f` or `A`-`F`.
#[inline]
pub(super) fn is_hex(byte: u8) -> bool {
    class(byte) & (DIGIT | HEX) != 0
}

/// White space, a control character, or (as 0) an end of the text.
#[inline]
pub(super) fn is_space(byte: u8) -> bool {
    class(byte) & SPACE != 0
}
