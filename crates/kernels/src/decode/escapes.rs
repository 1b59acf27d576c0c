//! Payloads written as numbers: `\x4d\x5a`, `0x4d,0x5a`, `%6c%73`, `[char]73+[char]69`, `Chr(73) & Chr(69)`, `&#73;`,
//! `\u0049`, `[byte[]](77,90)`.

use super::candidates::Found;
use super::inflate::Inflater;
use super::judge;
use memchr::memmem;
use std::sync::LazyLock;

/// How the numbers are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Backslash,
    Unicode,
    Hex,
    Percent,
    Char,
    Entity,
    List,
}

impl Form {
    fn name(self) -> &'static str {
        match self {
            Self::Backslash => "hex-escape",
            Self::Unicode => "unicode-escape",
            Self::Hex => "byte-list",
            Self::Percent => "percent",
            Self::Char => "char",
            Self::Entity => "html-entity",
            Self::List => "byte-list",
        }
    }
}

/// Fewest numbers that are worth a look.
const FEWEST: usize = 8;

static ZERO_X: LazyLock<memmem::Finder<'static>> = LazyLock::new(|| memmem::Finder::new(b"0x"));

/// Shortest sequence: eight times `%41`.
const SHORTEST: usize = 24;

/// Finds at most one more than `most` such payloads, in order.
pub(super) fn find(bytes: &[u8], min_length: usize, inflater: &mut Inflater, most: usize, out: &mut Vec<Found>) {
    if bytes.len() < SHORTEST.max(min_length) {
        return;
    }
    // Three searches at the speed of memory; few texts have a hit in any of them.
    let mut search = Search { bytes, min_length, inflater, most, out };
    search.run(memchr::memchr3_iter(b'\\', b'%', b'&', bytes), |at| {
        let form = match bytes.get(at..at + 2)? {
            [b'\\', b'x' | b'X'] => Form::Backslash,
            [b'\\', b'u' | b'U'] => Form::Unicode,
            [b'%', b'2'..=b'7'] => Form::Percent,
            [b'&', b'#'] => Form::Entity,
            _ => return None,
        };
        Some((at, form))
    });
    search.run(memchr::memchr2_iter(b'[', b'(', bytes), |at| {
        let tag = |from: usize, tag: &[u8]| bytes.get(from..from + tag.len()).is_some_and(|there| there.eq_ignore_ascii_case(tag));
        if tag(at, b"[char]") {
            Some((at, Form::Char))
        } else if tag(at, b"[byte[]]") || tag(at, b"[char[]]") {
            Some((at, Form::List))
        } else if at >= 3 && tag(at - 3, b"chr(") {
            Some((at - 3, Form::Char))
        } else if at >= 4 && tag(at - 4, b"chrw(") {
            Some((at - 4, Form::Char))
        } else {
            None
        }
    });
    search.run(ZERO_X.find_iter(bytes), |at| Some((at, Form::Hex)));
    out.sort_by_key(|found| (found.start, usize::MAX - found.end));
    let mut end = 0;
    out.retain(|found| {
        let apart = found.start >= end;
        end = end.max(found.end);
        apart
    });
    out.truncate(most.saturating_add(1));
}

struct Search<'s> {
    bytes: &'s [u8],
    min_length: usize,
    inflater: &'s mut Inflater,
    most: usize,
    out: &'s mut Vec<Found>,
}

impl Search<'_> {
    fn run(&mut self, places: impl Iterator<Item = usize>, form_at: impl Fn(usize) -> Option<(usize, Form)>) {
        let before = self.out.len();
        let mut done = 0;
        for place in places {
            if place < done {
                continue;
            }
            let Some((start, form)) = form_at(place) else { continue };
            let Some(sequence) = read(self.bytes, start, form) else { continue };
            done = sequence.end;
            if sequence.count < FEWEST || sequence.end - start < self.min_length {
                continue;
            }
            if let Some(verdict) = judge::convincing(&sequence.bytes, judge::ENOUGH, self.inflater) {
                self.out.push(Found { start, end: sequence.end, wrapping: form.name(), bytes: sequence.bytes, verdict });
                // One more than asked for tells the caller that there is more.
                if self.out.len() - before > self.most {
                    return;
                }
            }
        }
    }
}

struct Sequence {
    end: usize,
    count: usize,
    bytes: Vec<u8>,
}

/// The sequence of `form` at `at`, as long as it goes on.
fn read(bytes: &[u8], at: usize, form: Form) -> Option<Sequence> {
    let mut sequence = Sequence { end: at, count: 0, bytes: Vec::new() };
    let mut next = at;
    if form == Form::List {
        next = list_start(bytes, at)?;
    }
    while let Some((value, end)) = number(bytes, next, form) {
        match form {
            // These name characters, the others bytes.
            Form::Char | Form::Entity | Form::Unicode => {
                let Some(symbol) = char::from_u32(value) else { break };
                sequence.bytes.extend_from_slice(symbol.encode_utf8(&mut [0; 4]).as_bytes());
            }
            _ => {
                let Ok(byte) = u8::try_from(value) else { break };
                sequence.bytes.push(byte);
            }
        }
        sequence.count += 1;
        sequence.end = end;
        next = separator(bytes, end, form);
    }
    (sequence.count > 0).then_some(sequence)
}

/// After `[byte[]]`, `@` and `(`.
fn list_start(bytes: &[u8], at: usize) -> Option<usize> {
    let from = at + "[byte[]]".len();
    let open = bytes.get(from..)?.iter().take(24).position(|byte| *byte == b'(')?;
    let between = bytes.get(from..from + open)?;
    if !between.iter().all(|byte| matches!(byte, b' ' | b'@' | b'$' | b'=' | b'(') || byte.is_ascii_alphanumeric()) {
        return None;
    }
    Some(skip(bytes, from + open + 1, |byte| matches!(byte, b' ' | b'(' | b'@')))
}

/// Most characters between two numbers.
const GAP: usize = 16;

fn skip(bytes: &[u8], at: usize, blank: fn(u8) -> bool) -> usize {
    at + bytes.get(at..).unwrap_or_default().iter().take(GAP).take_while(|byte| blank(**byte)).count()
}

fn separator(bytes: &[u8], at: usize, form: Form) -> usize {
    match form {
        Form::Percent | Form::Unicode | Form::Entity => at,
        // Lines of a C string: `"\x90"` newline `"\x90"`.
        Form::Backslash => match bytes.get(at) {
            Some(b'"' | b'\'') => skip(bytes, at, |byte| matches!(byte, b'"' | b'\'' | b' ' | b'\t' | b'\r' | b'\n' | b'+' | b'.' | b'\\')),
            _ => at,
        },
        Form::Hex | Form::List => skip(bytes, at, |byte| matches!(byte, b',' | b';' | b' ' | b'\t' | b'\r' | b'\n' | b'`' | b'_')),
        Form::Char => {
            skip(bytes, at, |byte| matches!(byte, b')' | b'(' | b' ' | b'+' | b'&' | b',' | b'$' | b'"' | b'\'' | b'.' | b'\n' | b'\r'))
        }
    }
}

/// The number of `form` at `at` and where it ends.
fn number(bytes: &[u8], at: usize, form: Form) -> Option<(u32, usize)> {
    let rest = bytes.get(at..)?;
    let tagged = |tag: &str| rest.get(..tag.len()).is_some_and(|head| head.eq_ignore_ascii_case(tag.as_bytes())).then_some(at + tag.len());
    match form {
        Form::Backslash => digits(bytes, tagged("\\x")?, 16, 2, 2),
        Form::Unicode => digits(bytes, tagged("\\u")?, 16, 4, 4),
        Form::Percent => digits(bytes, tagged("%")?, 16, 2, 2),
        Form::Hex => digits(bytes, tagged("0x")?, 16, 1, 2),
        Form::List => plain_number(bytes, at),
        Form::Char => {
            let from = tagged("[char]").or_else(|| tagged("chr(")).or_else(|| tagged("chrw("))?;
            plain_number(bytes, skip(bytes, from, |byte| matches!(byte, b' ' | b'(')))
        }
        Form::Entity => {
            let (value, end) = match tagged("&#x") {
                Some(from) => digits(bytes, from, 16, 1, 6)?,
                None => digits(bytes, tagged("&#")?, 10, 1, 7)?,
            };
            (bytes.get(end) == Some(&b';')).then_some((value, end + 1))
        }
    }
}

/// Decimal, or hex with `0x` or `&h`.
fn plain_number(bytes: &[u8], at: usize) -> Option<(u32, usize)> {
    match bytes.get(at..at + 2) {
        Some([b'0', b'x' | b'X'] | [b'&', b'h' | b'H']) => digits(bytes, at + 2, 16, 1, 6),
        _ => digits(bytes, at, 10, 1, 7),
    }
}

fn digits(bytes: &[u8], at: usize, radix: u32, fewest: usize, most: usize) -> Option<(u32, usize)> {
    let rest = bytes.get(at..)?;
    let mut value = 0_u32;
    let mut count = 0;
    for byte in rest.iter().take(most) {
        let Some(digit) = char::from(*byte).to_digit(radix) else { break };
        value = value.checked_mul(radix)?.checked_add(digit)?;
        count += 1;
    }
    // A longer number is another one: 0x41424344 is no byte.
    let longer = radix == 16 && most == 2 && fewest == 1 && rest.get(count).is_some_and(u8::is_ascii_hexdigit);
    (count >= fewest && !longer).then_some((value, at + count))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms() {
        let text = "Invoke-Expression whoami";
        let each = |f: &dyn Fn(u8) -> String, joint: &str| text.bytes().map(f).collect::<Vec<_>>().join(joint);
        for (encoded, name) in [
            (each(&|b| format!("\\x{b:02x}"), ""), "hex-escape"),
            (each(&|b| format!("\\u{b:04X}"), ""), "unicode-escape"),
            (each(&|b| format!("%{b:02X}"), ""), "percent"),
            (each(&|b| format!("0x{b:x}"), ", "), "byte-list"),
            (each(&|b| format!("[char]{b}"), "+"), "char"),
            (each(&|b| format!("[CHAR]0x{b:02x}"), " + "), "char"),
            (each(&|b| format!("Chr({b})"), " & "), "char"),
            (each(&|b| format!("&#{b};"), ""), "html-entity"),
            (format!("[byte[]]({})", each(&|b| b.to_string(), ",")), "byte-list"),
        ] {
            let line = format!("log: {encoded} end");
            let mut out = Vec::new();
            find(line.as_bytes(), 12, &mut Inflater::default(), 10, &mut out);
            assert_eq!(out.len(), 1, "{line}");
            assert_eq!((out[0].bytes.as_slice(), out[0].wrapping, out[0].start), (text.as_bytes(), name, 5), "{line}");
        }
        for nothing in ["0x41424344, 0x00000001", "100%25 of 50%2c", "\\xyz\\x41", "[char]65", "%", "&#", "[byte[]]", "\\x", "0x"] {
            let mut out = Vec::new();
            find(nothing.as_bytes(), 12, &mut Inflater::default(), 10, &mut out);
            assert!(out.is_empty(), "{nothing}");
        }
    }
}
