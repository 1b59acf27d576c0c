//! Text of Windows as UTF-8.

/// What the bytes 0x80 to 0x9F of windows-1252 stand for (WHATWG: the five that stand for nothing are themselves).
const WINDOWS_1252: [char; 32] = [
    '\u{20AC}', '\u{81}', '\u{201A}', '\u{192}', '\u{201E}', '\u{2026}', '\u{2020}', '\u{2021}', '\u{2C6}', '\u{2030}', '\u{160}',
    '\u{2039}', '\u{152}', '\u{8D}', '\u{17D}', '\u{8F}', '\u{90}', '\u{2018}', '\u{2019}', '\u{201C}', '\u{201D}', '\u{2022}', '\u{2013}',
    '\u{2014}', '\u{2DC}', '\u{2122}', '\u{161}', '\u{203A}', '\u{153}', '\u{9D}', '\u{17E}', '\u{178}',
];

/// Units that are looked at together.
const BLOCK: usize = 16;

/// Appends UTF-16LE up to its first NUL, where Windows ends a text. Half a pair becomes U+FFFD, an odd last byte is left out.
pub(crate) fn push_utf16(bytes: &[u8], out: &mut Vec<u8>) {
    out.reserve(bytes.len() / 2);
    let mut rest = bytes;
    while let Some((block, after)) = rest.split_first_chunk::<{ 2 * BLOCK }>() {
        let mut narrow = [0_u8; BLOCK];
        let mut other = false;
        for (to, unit) in narrow.iter_mut().zip(block.as_chunks::<2>().0) {
            let [low, high] = *unit;
            *to = low;
            // Neither NUL nor past ASCII.
            other |= high != 0 || low.wrapping_sub(1) >= 0x7f;
        }
        if other {
            break;
        }
        out.extend_from_slice(&narrow);
        rest = after;
    }
    push_units(rest, out);
}

fn push_units(bytes: &[u8], out: &mut Vec<u8>) {
    let mut units = bytes.as_chunks::<2>().0.iter().map(|unit| u16::from_le_bytes(*unit)).take_while(|unit| *unit != 0);
    loop {
        match units.next() {
            None => return,
            Some(unit) if unit < 0x80 => out.extend(u8::try_from(unit)),
            Some(unit) => {
                // From here on whatever comes: texts are of one script mostly.
                let all = std::iter::once(unit).chain(units);
                for decoded in char::decode_utf16(all) {
                    push_char(decoded.unwrap_or(char::REPLACEMENT_CHARACTER), out);
                }
                return;
            }
        }
    }
}

/// Appends windows-1252, without the NULs in it: values are padded with them.
pub(crate) fn push_ansi(bytes: &[u8], out: &mut Vec<u8>) {
    for byte in bytes {
        match byte {
            0 => {}
            1..=0x7f => out.push(*byte),
            _ => {
                let known = byte.checked_sub(0x80).and_then(|at| WINDOWS_1252.get(usize::from(at)));
                push_char(known.copied().unwrap_or(char::from(*byte)), out);
            }
        }
    }
}

fn push_char(character: char, out: &mut Vec<u8>) {
    out.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utf16(text: &str) -> Vec<u8> {
        text.encode_utf16().flat_map(u16::to_le_bytes).collect()
    }

    #[test]
    fn utf16_at_every_length() {
        // A character that is not ASCII, and a NUL, before, in and after a block.
        for length in 0..40 {
            for (mark, ends) in [("é", false), ("日本", false), ("😀", false), ("\0", true), ("", false)] {
                for tail in 0..20 {
                    let text = format!("{}{mark}{}", "a".repeat(length), "b".repeat(tail));
                    let mut out = Vec::new();
                    push_utf16(&utf16(&text), &mut out);
                    let want = if ends { &text[..length] } else { &text };
                    assert_eq!(std::str::from_utf8(&out).unwrap(), want);
                }
            }
        }
        let mut out = Vec::new();
        push_utf16(&[0x61, 0, 0, 0xd8, 0x62, 0, 0, 0xdc, 0x63], &mut out);
        assert_eq!(std::str::from_utf8(&out).unwrap(), "a\u{fffd}b\u{fffd}");
    }

    #[test]
    fn ansi() {
        let mut out = Vec::new();
        push_ansi(b"\x80a\0\xe9\x9f\0", &mut out);
        assert_eq!(std::str::from_utf8(&out).unwrap(), "€aéŸ");
    }
}
