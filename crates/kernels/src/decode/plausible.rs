//! How much a text reads like one, in bits.
//!
//! The score is a log-likelihood ratio over pairs of neighbouring character classes: written text and commands
//! against random printable characters. By the likelihood-ratio bound a random printable text reaches a score of
//! `t` bits with a probability of at most 2^-t. The pair frequencies behind the table are our own estimate for prose,
//! shell and PowerShell lines.

/// Classes of characters; the numbers index [`PAIRS`].
const LOWER: u8 = 0;
const UPPER: u8 = 1;
const DIGIT: u8 = 2;
const SPACE: u8 = 3;
const PUNCT: u8 = 4;
const RARE: u8 = 5;
const BAD: u8 = 6;
/// A letter beyond ASCII.
const LETTER: u8 = 7;

/// Class of every ASCII byte.
const ASCII: [u8; 128] = ascii_classes();

const fn ascii_classes() -> [u8; 128] {
    let mut table = [BAD; 128];
    let mut byte = 0_u8;
    while byte < 128 {
        table[byte as usize] = match byte {
            b'a'..=b'z' => LOWER,
            b'A'..=b'Z' => UPPER,
            b'0'..=b'9' => DIGIT,
            b' ' | b'\t' | b'\n' | b'\r' => SPACE,
            b'~' | b'^' | b'`' => RARE,
            0x1b => RARE,
            b'!'..=b'~' => PUNCT,
            _ => BAD,
        };
        byte += 1;
    }
    table
}

/// Tenths of a bit for a pair: row = first, column = second; order lower, upper, digit, space, punct, rare.
const PAIRS: [[i32; 6]; 6] = [
    [15, -32, -18, 22, -22, -40],
    [7, 6, -10, 6, -22, -40],
    [-24, -28, 25, 23, -7, -40],
    [7, -4, 0, 13, -7, -20],
    [7, -7, 0, 27, -11, -30],
    [-20, -20, -20, 0, -20, -10],
];

/// Bytes that are scored; the rest must only be free of control characters.
const ENOUGH_TO_TELL: usize = 1 << 16;

/// Evidence against a text at which a hasty reader gives up, in tenths of a bit.
const HOPELESS: i32 = -400;

/// The score of `text` in tenths of a bit, or `None` where it holds characters that no text has. In haste, a text that
/// starts hopelessly is not read to its end.
pub(super) fn score(text: &str, haste: bool) -> Option<i32> {
    let (text, rest) = text.split_at(text.floor_char_boundary(ENOUGH_TO_TELL));
    if rest.bytes().any(|byte| ASCII.get(usize::from(byte)) == Some(&BAD)) {
        return None;
    }
    let mut total = 0_i32;
    let mut last = SPACE;
    let mut count = 0;
    let mut previous = ' ';
    let mut block = 0;
    for symbol in text.chars() {
        let class = match u8::try_from(symbol) {
            Ok(byte) if byte < 128 => ASCII[usize::from(byte)],
            _ => beyond_ascii(symbol),
        };
        total = total.saturating_add(match (last, class) {
            (_, BAD) => return None,
            // A letter of two bytes or more is itself unlikely in random bytes.
            (LETTER, LETTER) if block == block_of(symbol) => 40,
            (LETTER, LETTER) => -60,
            (SPACE | PUNCT | DIGIT, LETTER) => 20,
            // A Latin word may hold an accented letter, but no Cyrillic one.
            (_, LETTER) => {
                if block_of(symbol) == 0 {
                    15
                } else {
                    -60
                }
            }
            (LETTER, LOWER | UPPER) => {
                if block == 0 {
                    10
                } else {
                    -60
                }
            }
            (LETTER, SPACE | PUNCT) => 20,
            (LETTER, _) => -10,
            (PUNCT, PUNCT) if is_idiom(previous, symbol) => 20,
            (a, b) => PAIRS.get(usize::from(a)).and_then(|row| row.get(usize::from(b))).copied().unwrap_or(0),
        });
        // Printable characters speak for a text with 0.8 bits each: see `charset`.
        count += 8;
        if haste && total + count < HOPELESS {
            return Some(i32::MIN / 2);
        }
        last = class;
        previous = symbol;
        if class == LETTER {
            block = block_of(symbol);
        }
    }
    Some(total)
}

/// Two signs that stand together in code, JSON, XML and URLs: 32 of 1,024 pairs, so a random pair is one with 3 %.
fn is_idiom(first: char, second: char) -> bool {
    matches!(
        (first, second),
        ('"', ':' | ',' | '}' | ')' | ']' | '>')
            | ('{' | '(' | '[' | ':' | ',' | '=', '"')
            | ('(' | '=', '\'')
            | ('\'', ')' | ',' | ';')
            | (')', ';' | '.' | ')')
            | (':' | '/' | '<', '/')
            | ('/', '>')
            | ('>', '<' | '&')
            | ('-', '-')
            | ('&', '&')
            | ('|', '|')
            | ('$', '(' | '{')
            | ('(', ')' | '$')
            | (']', ':')
    )
}

fn beyond_ascii(symbol: char) -> u8 {
    let code = u32::from(symbol);
    match code {
        0x80..=0x9f | 0xd800..=0xf8ff | 0xfff0..=0xfffb | 0xfffe..=0xffff | 0xe0000.. => BAD,
        0xfffd => BAD,
        _ if symbol.is_alphanumeric() => LETTER,
        0xa0..=0xbf | 0x2000..=0x27bf | 0x3000..=0x303f | 0xff00..=0xffef | 0x1f300..=0x1faff | 0x300..=0x36f => PUNCT,
        _ => RARE,
    }
}

/// Coarse script: neighbours in one word share it.
fn block_of(symbol: char) -> u32 {
    match u32::from(symbol) {
        0..=0x24f | 0x1e00..=0x1eff => 0,
        0x3040..=0x30ff | 0x3400..=0x9fff | 0xac00..=0xd7ff | 0xf900..=0xfaff | 0x20000.. => 1,
        code => code >> 8,
    }
}

/// Evidence in UTF-16 text, in tenths of a bit: every other byte of ASCII is zero, and an alphabet keeps to one
/// high byte; half of all random units, though, are CJK.
pub(super) fn utf16_evidence(text: &str, haste: bool) -> Option<i32> {
    let mut last = 0;
    let mut total = score(text, haste)?;
    for symbol in text.chars() {
        let page = u32::from(symbol) >> 8;
        total = total.saturating_add(match page {
            0 => 60,
            _ if block_of(symbol) == 1 && page != 0x30 => -35,
            _ if page == last => 20,
            _ => -40,
        });
        last = page;
    }
    Some(total)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_scores_high_and_noise_low() {
        for text in
            ["whoami /all", "net user administrator", "IEX (New-Object Net.WebClient)", "привет, мир", "Grüße aus Köln", "你好，世界"]
        {
            assert!(score(text, false).is_some_and(|s| s >= 80), "{text}: {:?}", score(text, false));
        }
        for noise in ["aB3$xQ9!zK2@", "q7W~x^P0mL", "жAзBиCйDк"] {
            assert!(score(noise, false).is_some_and(|s| s < 0), "{noise}: {:?}", score(noise, false));
        }
        for bad in ["a\0b", "a\u{7f}", "\u{fffd}", "\u{e000}"] {
            assert_eq!(score(bad, false), None, "{bad:?}");
        }
    }
}
