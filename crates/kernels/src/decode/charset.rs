//! Text out of bytes: UTF-8, UTF-16 in both orders, Windows-1252; decided by content.

use super::item::Text;
use super::plausible;

/// A text, how it was written and how much speaks for it.
#[derive(Debug)]
pub(super) struct Decoded {
    pub(super) charset: &'static str,
    pub(super) text: Text,
    /// Tenths of a bit, against random bytes.
    pub(super) evidence: i32,
    /// The bytes end within a character.
    pub(super) cut: bool,
}

/// What `bytes` read as, or `None` where no charset gives a text. The evidence decides whether to believe it.
pub(super) fn decode(bytes: &[u8], haste: bool) -> Option<Decoded> {
    match bytes {
        [0xef, 0xbb, 0xbf, rest @ ..] => utf8(rest, 3, haste).map(|decoded| Decoded { evidence: decoded.evidence + 200, ..decoded }),
        [0xff, 0xfe, rest @ ..] if !rest.is_empty() => utf16(rest, u16::from_le_bytes, "utf-16le", true, haste),
        [0xfe, 0xff, rest @ ..] if !rest.is_empty() => utf16(rest, u16::from_be_bytes, "utf-16be", true, haste),
        _ => {
            let (first_zero, second_zero) = zero_halves(bytes);
            if second_zero > first_zero
                && let Some(decoded) = utf16(bytes, u16::from_le_bytes, "utf-16le", false, haste)
            {
                return Some(decoded);
            }
            if first_zero > second_zero
                && let Some(decoded) = utf16(bytes, u16::from_be_bytes, "utf-16be", false, haste)
            {
                return Some(decoded);
            }
            utf8(bytes, 0, haste)
                .or_else(|| nul_separated(bytes, haste))
                .or_else(|| utf16_one_script(bytes, haste))
                .or_else(|| windows_1252(bytes, haste))
        }
    }
}

/// Zero bytes at even and at odd offsets of the head.
fn zero_halves(bytes: &[u8]) -> (usize, usize) {
    bytes.chunks_exact(2).take(256).fold((0, 0), |(first, second), pair| match pair {
        [0, 0] => (first, second),
        [0, _] => (first + 1, second),
        [_, 0] => (first, second + 1),
        _ => (first, second),
    })
}

fn utf8(bytes: &[u8], skipped: usize, haste: bool) -> Option<Decoded> {
    let kept = trim_nul(bytes);
    let (text, cut) = match std::str::from_utf8(kept) {
        Ok(text) => (text, false),
        Err(error) if error.error_len().is_none() && error.valid_up_to() > 0 => {
            (std::str::from_utf8(kept.get(..error.valid_up_to())?).ok()?, true)
        }
        Err(_) => return None,
    };
    let evidence = plausible::score(text, haste)?.saturating_add(8 * clamp(text.len()));
    Some(Decoded { charset: "utf-8", text: Text::Utf8(skipped, skipped + text.len()), evidence, cut })
}

/// Words with one NUL between them, as a process keeps its arguments: the NULs become blanks.
fn nul_separated(bytes: &[u8], haste: bool) -> Option<Decoded> {
    let kept = trim_nul(bytes);
    let separators = memchr::memchr_iter(0, kept).count();
    if separators == 0 || separators * 3 > kept.len() || memchr::memmem::find(kept, b"\0\0").is_some() {
        return None;
    }
    let text = std::str::from_utf8(kept).ok()?.replace('\0', " ");
    let evidence = plausible::score(&text, haste)?.saturating_add(8 * clamp(text.len()));
    Some(Decoded { charset: "utf-8", text: Text::Converted(text), evidence, cut: false })
}

/// C strings end in NULs; more than a few are not an end but data.
fn trim_nul(bytes: &[u8]) -> &[u8] {
    let mut kept = bytes;
    for _ in 0..4 {
        match kept {
            [rest @ .., 0] => kept = rest,
            _ => break,
        }
    }
    kept
}

fn clamp(length: usize) -> i32 {
    i32::try_from(length).unwrap_or(i32::MAX / 100).min(i32::MAX / 100)
}

/// UTF-16 of mostly ASCII, or of anything that has a byte order mark.
fn utf16(bytes: &[u8], order: fn([u8; 2]) -> u16, charset: &'static str, marked: bool, haste: bool) -> Option<Decoded> {
    let units = bytes.chunks_exact(2).filter_map(|pair| pair.first_chunk().map(|pair| order(*pair)));
    let count = bytes.len() / 2;
    let ascii = units.clone().filter(|unit| matches!(unit, 9 | 10 | 13 | 0x20..=0x7e)).count();
    // Two thirds: a sentence may quote another script; noise that looks like CJK has next to no ASCII.
    if !marked && ascii * 3 < count * 2 {
        return None;
    }
    let (text, cut) = convert_utf16(units)?;
    let evidence = plausible::utf16_evidence(&text, haste)?.saturating_add(if marked { 160 } else { 0 });
    Some(Decoded { charset, text: Text::Converted(text), evidence, cut: cut || !bytes.len().is_multiple_of(2) })
}

/// UTF-16LE of one script that has a high byte of its own (Greek, Cyrillic, Armenian/Hebrew, Arabic, Thai, Georgian) and blanks.
fn utf16_one_script(bytes: &[u8], haste: bool) -> Option<Decoded> {
    let count = bytes.len() / 2;
    if count < 12 {
        return None;
    }
    let high = bytes.chunks_exact(2).filter_map(|pair| pair.get(1)).copied().find(|high| *high != 0)?;
    if !matches!(high, 0x03..=0x06 | 0x0e | 0x10) || bytes.chunks_exact(2).any(|pair| !matches!(pair, [_, h] if *h == high || *h == 0)) {
        return None;
    }
    let units = bytes.chunks_exact(2).filter_map(|pair| pair.first_chunk().map(|pair| u16::from_le_bytes(*pair)));
    let (text, cut) = convert_utf16(units)?;
    let evidence = plausible::utf16_evidence(&text, haste)?;
    Some(Decoded { charset: "utf-16le", text: Text::Converted(text), evidence, cut: cut || !bytes.len().is_multiple_of(2) })
}

fn convert_utf16(units: impl Iterator<Item = u16>) -> Option<(String, bool)> {
    let mut text = String::new();
    let mut cut = false;
    for symbol in char::decode_utf16(units) {
        match symbol {
            // An unpaired surrogate is the end of a cut text or no text at all.
            Err(_) if !cut => cut = true,
            Ok(symbol) if !cut => text.push(symbol),
            _ => return None,
        }
    }
    let kept = text.trim_end_matches('\0').len();
    text.truncate(kept);
    Some((text, cut))
}

/// Western text of the years before UTF-8: mostly ASCII, or it is not believed.
fn windows_1252(bytes: &[u8], haste: bool) -> Option<Decoded> {
    let high = bytes.iter().filter(|byte| **byte >= 0x80).count();
    if high * 8 > bytes.len() {
        return None;
    }
    let text = bytes.iter().map(|byte| from_windows_1252(*byte)).collect::<Option<String>>()?;
    let evidence = plausible::score(&text, haste)?.saturating_add(8 * clamp(bytes.len())).saturating_sub(80 * clamp(high));
    Some(Decoded { charset: "windows-1252", text: Text::Converted(text), evidence, cut: false })
}

/// 0x80..=0x9f as in the WHATWG index of windows-1252; the five holes are not text.
fn from_windows_1252(byte: u8) -> Option<char> {
    const MIDDLE: [char; 32] = [
        '€', '\0', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\0', 'Ž', '\0', '\0', '‘', '’', '“', '”', '•', '–', '—', '˜',
        '™', 'š', '›', 'œ', '\0', 'ž', 'Ÿ',
    ];
    match byte {
        0 => None,
        0x80..=0x9f => MIDDLE.get(usize::from(byte - 0x80)).copied().filter(|symbol| *symbol != '\0'),
        _ => Some(char::from(byte)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> Option<(&'static str, String)> {
        let decoded = decode(bytes, false)?;
        let text = match decoded.text {
            Text::Utf8(start, end) => String::from_utf8(bytes[start..end].to_vec()).unwrap(),
            Text::Converted(text) => text,
            Text::None => return None,
        };
        Some((decoded.charset, text))
    }

    #[test]
    fn content_decides() {
        let le = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>();
        let be = |text: &str| text.encode_utf16().flat_map(u16::to_be_bytes).collect::<Vec<_>>();
        for (bytes, expected) in [
            (b"plain".to_vec(), Some(("utf-8", "plain"))),
            (b"\xef\xbb\xbfmarked".to_vec(), Some(("utf-8", "marked"))),
            (le("whoami"), Some(("utf-16le", "whoami"))),
            (be("whoami"), Some(("utf-16be", "whoami"))),
            ([&[0xff, 0xfe][..], &le("日本語")].concat(), Some(("utf-16le", "日本語"))),
            (le("Привет, большой мир"), Some(("utf-16le", "Привет, большой мир"))),
            ("Привет".as_bytes().to_vec(), Some(("utf-8", "Привет"))),
            (b"Gr\xfc\xdfe aus K\xf6ln am Rhein und anderswo".to_vec(), Some(("windows-1252", "Grüße aus Köln am Rhein und anderswo"))),
            (b"even length utf-8 is no CJK!".to_vec(), Some(("utf-8", "even length utf-8 is no CJK!"))),
            (b"\x01\x02\x03\x04".to_vec(), None),
            (b"/bin/sh\0-c\0id".to_vec(), Some(("utf-8", "/bin/sh -c id"))),
            (b"c string\0".to_vec(), Some(("utf-8", "c string"))),
        ] {
            assert_eq!(read(&bytes), expected.map(|(charset, text)| (charset, text.to_owned())), "{bytes:?}");
        }
    }
}
