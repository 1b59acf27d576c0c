//! Is this a payload? What decoded bytes are, and whether they convince.

use super::alphabet::{decode_base64, is_base64};
use super::charset::{self, Decoded};
use super::inflate::{Inflater, may_be_deflate};
use super::item::{Status, Text};
use super::limits::{Budget, Limits};
use super::magic;

/// What bytes are.
#[derive(Debug)]
pub(super) struct Verdict {
    pub(super) kind: &'static str,
    pub(super) charset: Option<&'static str>,
    pub(super) text: Text,
    pub(super) status: Status,
    /// Evidence of a text, in tenths of a bit.
    pub(super) evidence: i32,
}

impl Verdict {
    fn of(kind: &'static str) -> Self {
        Self { kind, charset: None, text: Text::None, status: Status::Ok, evidence: 0 }
    }

    fn text(decoded: Decoded) -> Self {
        let status = if decoded.cut { Status::Truncated } else { Status::Ok };
        Self { kind: "text", charset: Some(decoded.charset), text: decoded.text, status, evidence: decoded.evidence }
    }
}

/// Evidence, in tenths of a bit, that a run without any context must show: one random run in 2^18 that is already
/// printable. Tuned on logs without payloads (docs/DESIGN.md, "False decodes").
pub(super) const ENOUGH: i32 = 180;

/// What the first bytes leave possible.
#[derive(Debug, Clone, Copy)]
pub(super) struct Hope {
    /// Text, a magic number or an archive.
    pub(super) direct: bool,
    /// A raw deflate stream.
    pub(super) deflate: bool,
}

/// False hopes are cheap, lost payloads are not: this rejects only what no later check would take.
pub(super) fn hope(head: &[u8], length: usize) -> Hope {
    let Some(first) = head.first() else { return Hope { direct: false, deflate: false } };
    let ascii = head.iter().all(|byte| matches!(byte, 9 | 10 | 13 | 0x1b | 0x20..=0x7e));
    let direct = ascii
        || magic::may_start(*first) && (magic::kind(head).is_some() || matches!(first, b'M' | b'P' | b'B' | b'r' | b'R' | 0x30 | 0x60 | 0x6e | 0x80 | 0xff | 0xca))
        || magic::may_be_zlib(head)
        || may_be_utf16(head)
        || may_be_utf8(head)
        // A tar header starts with a name and NULs; so do arguments with NULs between them.
        || first.is_ascii_graphic() && head.iter().all(|byte| matches!(byte, 0 | 0x20..=0x7e))
        || head.iter().filter(|byte| !matches!(byte, 9 | 10 | 13 | 0x20..=0x7e)).count() <= 2 && length >= 24;
    Hope { direct, deflate: length >= 18 && may_be_deflate(head) }
}

fn may_be_utf16(head: &[u8]) -> bool {
    match head {
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => true,
        [_, a, _, b, _, c, ..] if a == b && b == c && matches!(a, 0 | 3..=6 | 0x0e | 0x10) => true,
        [a, _, b, _, c, _, ..] if a == b && b == c && *a == 0 => true,
        // A sentence in another script with a blank among the first letters.
        [_, a, _, b, _, c, ..] => [a, b, c].iter().all(|high| matches!(high, 0 | 3..=6 | 0x0e | 0x10)),
        _ => false,
    }
}

fn may_be_utf8(head: &[u8]) -> bool {
    match std::str::from_utf8(head) {
        Ok(text) => !text.chars().any(|symbol| symbol.is_control() && !symbol.is_ascii_whitespace()),
        Err(error) => error.error_len().is_none() && error.valid_up_to() + 4 > head.len(),
    }
}

/// What a member of a container is; no doubt about its being a payload.
pub(super) fn identify(bytes: &[u8], inflater: &mut Inflater) -> Verdict {
    if bytes.is_empty() {
        return Verdict { kind: "empty", charset: None, text: Text::Utf8(0, 0), status: Status::Ok, evidence: 0 };
    }
    if let Some(kind) = magic::container_or_magic(bytes) {
        return Verdict::of(kind);
    }
    if let Some(decoded) = charset::decode(bytes, false).filter(|decoded| decoded.charset != "windows-1252" || decoded.evidence > 0) {
        return Verdict::text(decoded);
    }
    if is_zlib(bytes, inflater) {
        return Verdict::of("zlib");
    }
    Verdict::of("binary")
}

/// Most output of a probe that only asks whether a stream is one.
const PROBE: usize = 4096;

fn is_zlib(bytes: &[u8], inflater: &mut Inflater) -> bool {
    magic::may_be_zlib(bytes)
        && inflater.zlib(bytes, PROBE).is_some_and(|stream| match stream.status {
            Status::Ok => true,
            // Two bytes of header are no proof: a cut or damaged stream is believed for what it gave.
            Status::LimitBytes => bytes.len() >= 32,
            _ => {
                bytes.len() >= 32
                    && charset::decode(&stream.bytes, true)
                        .is_some_and(|decoded| decoded.evidence >= 3 * ENOUGH && decoded.charset == "utf-8")
            }
        })
}

/// What an encoded run holds, or `None` where `bytes` do not convince. `need` is the evidence that a text must show.
pub(super) fn convincing(bytes: &[u8], need: i32, inflater: &mut Inflater) -> Option<Verdict> {
    if bytes.len() < 6 {
        return None;
    }
    if let Some(kind) = magic::container_or_magic(bytes).filter(|_| bytes.len() >= 8) {
        return Some(Verdict::of(kind));
    }
    if let Some(decoded) = charset::decode(bytes, true)
        && (decoded.evidence >= need || decoded.charset == "utf-8" && nested(bytes))
    {
        return Some(Verdict::text(decoded));
    }
    is_zlib(bytes, inflater).then(|| Verdict::of("zlib"))
}

/// Evidence for the end of several layers. That the bytes above are themselves base64 says 2 bits a byte; half the evidence is
/// kept, since words of letters are base64 as well.
const ENOUGH_BELOW: i32 = ENOUGH / 2;

/// True where `bytes` are one more base64 run that ends, some layers down, in something convincing.
fn nested(bytes: &[u8]) -> bool {
    let mut layer = bytes.to_vec();
    // Each layer is a quarter shorter: the sum stays under four times the length.
    for _ in 0..64 {
        let symbols = layer.trim_ascii();
        let body = symbols.iter().rposition(|byte| *byte != b'=').map_or(0, |last| last + 1);
        let Some(symbols) = symbols.get(..body).filter(|symbols| symbols.len() >= 8 && symbols.iter().all(|byte| is_base64(*byte))) else {
            return false;
        };
        let mut next = Vec::new();
        decode_base64(symbols, &mut next);
        if magic::container_or_magic(&next).is_some()
            || charset::decode(&next, true).is_some_and(|decoded| decoded.evidence >= ENOUGH_BELOW)
        {
            return true;
        }
        layer = next;
    }
    false
}

/// A raw deflate stream of exactly these bytes whose output convinces; a cut one must convince twice as much.
pub(super) fn is_deflate(bytes: &[u8], limits: &Limits, budget: &mut Budget, inflater: &mut Inflater) -> bool {
    if budget.attempts == 0 || !may_be_deflate(bytes) {
        return false;
    }
    let cap = limits.ratio_cap(bytes.len()).min(budget.attempts);
    let stream = inflater.raw(bytes, cap);
    budget.attempts = budget.attempts.saturating_sub(stream.bytes.len() + bytes.len() / 8);
    let enough = match stream.status {
        Status::Ok if stream.used == bytes.len() => ENOUGH,
        Status::LimitBytes => ENOUGH,
        Status::Truncated => 3 * ENOUGH,
        _ => return false,
    };
    // A few random bytes can say "repeat that" for long: a cut stream must be one of some length.
    if stream.status == Status::Truncated && bytes.len() < 32 {
        return false;
    }
    stream.bytes.len() >= 6
        && (stream.status != Status::Truncated && magic::container_or_magic(&stream.bytes).is_some()
            || charset::decode(&stream.bytes, true).is_some_and(|decoded| {
                decoded.evidence >= enough
                    && (decoded.charset == "utf-8" || stream.status == Status::Ok && decoded.charset != "windows-1252")
            }))
}

/// The verdict for a raw deflate stream, and for what the context alone speaks for.
pub(super) fn unnamed(kind: &'static str) -> Verdict {
    Verdict::of(kind)
}
