//! Encoded runs in a text: base64 in both alphabets and hex, wrapped over lines or not.

use super::alphabet::{Head, decode_base64, decode_hex, hex_value, is_base64};
use super::context::{Context, before};
use super::escapes;
use super::inflate::Inflater;
use super::item::Status;
use super::judge::{self, Verdict};
use super::limits::{Budget, Limits};
use super::lines::{join, padding};
use super::plausible;

/// An encoded run and what it holds.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) wrapping: &'static str,
    pub(super) bytes: Vec<u8>,
    pub(super) verdict: Verdict,
}

/// Buffers that are kept from text to text.
#[derive(Debug, Default)]
pub(super) struct Tools {
    pub(super) inflater: Inflater,
    segments: Vec<(usize, usize)>,
    symbols: Vec<u8>,
}

/// Maximal runs of base64 characters, at least `min` long. Looks at every `min`-th character where there is no run.
struct Runs<'t> {
    bytes: &'t [u8],
    min: usize,
    at: usize,
}

impl Runs<'_> {
    fn next(&mut self) -> Option<(usize, usize)> {
        let mut from = self.at;
        'window: loop {
            let window = self.bytes.get(from..from.checked_add(self.min)?)?;
            for (offset, byte) in window.iter().enumerate().rev() {
                if !is_base64(*byte) {
                    from += offset + 1;
                    continue 'window;
                }
            }
            let rest = self.bytes.get(from + self.min..).unwrap_or_default();
            let end = from + self.min + rest.iter().position(|byte| !is_base64(*byte)).unwrap_or(rest.len());
            self.at = end;
            return Some((from, end));
        }
    }
}

/// Finds what is hidden in `text`, at most `budget.members` pieces; returns where it stopped if there may be more.
pub(super) fn find(text: &str, limits: &Limits, budget: &mut Budget, tools: &mut Tools, out: &mut Vec<Found>) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut search = Search { bytes, limits, budget, tools, rejoins: 0, failed_until: 0 };
    let most = search.budget.members;
    let mut escaped = Vec::new();
    escapes::find(bytes, search.limits.min_length, &mut search.tools.inflater, most, &mut escaped);
    let mut escaped = escaped.into_iter().peekable();
    let mut runs = Runs { bytes, min: limits.min_length.max(1), at: 0 };
    let mut stopped = None;
    while let Some((start, end)) = runs.next() {
        while let Some(found) = escaped.next_if(|found| found.start <= start) {
            runs.at = runs.at.max(found.end);
            out.push(found);
        }
        if out.last().is_some_and(|last| start < last.end) {
            continue;
        }
        if out.len() >= most {
            stopped = Some(start);
            break;
        }
        runs.at = search.examine(start, end, out);
    }
    out.extend(escaped);
    if out.len() > most {
        stopped = out.get(most).map(|found| found.start);
        out.truncate(most);
    }
    stopped.or_else(|| (search.budget.attempts == 0).then_some(text.len()))
}

/// Lines that are joined again after a group of lines came to nothing; bounds the work on a text of lookalikes.
const REJOINS: usize = 3;

struct Search<'t> {
    bytes: &'t [u8],
    limits: &'t Limits,
    budget: &'t mut Budget,
    tools: &'t mut Tools,
    rejoins: usize,
    failed_until: usize,
}

impl Search<'_> {
    /// Adds what the run from `start` to `end` holds; returns where to go on. A run never reaches into an escaped one:
    /// their characters differ.
    fn examine(&mut self, mut start: usize, end: usize, out: &mut Vec<Found>) -> usize {
        // `\nSGVs`: in JSON and in source code the line break is two characters.
        if let (Some(b'\\'), Some(b'n' | b'r' | b't')) = (start.checked_sub(1).and_then(|at| self.bytes.get(at)), self.bytes.get(start)) {
            start += 1;
        }
        let run = self.bytes.get(start..end).unwrap_or_default();
        if let Some(outcome) = self.hex(run, start) {
            out.extend(outcome);
            return end;
        }
        let plus = run.iter().any(|byte| matches!(byte, b'+' | b'/'));
        let minus = run.iter().any(|byte| matches!(byte, b'-' | b'_'));
        if !(plus && minus)
            && let Some(found) = self.base64(start, end, true)
        {
            let next = found.end.max(end);
            out.push(found);
            return next;
        }
        // What looks like one run may be a path, an option or two runs with a character of the other alphabet between.
        let before = out.len();
        if minus {
            self.parts(start, end, |byte| matches!(byte, b'-' | b'_'), out);
        }
        if plus && out.len() == before {
            self.parts(start, end, |byte| matches!(byte, b'/' | b'+'), out);
        }
        out.last().filter(|_| out.len() > before).map_or(end, |found| found.end.max(end))
    }

    fn parts(&mut self, start: usize, end: usize, splits: fn(u8) -> bool, out: &mut Vec<Found>) {
        let mut from = start;
        while let Some(rest) = self.bytes.get(from..end).filter(|rest| !rest.is_empty()) {
            let to = from + rest.iter().position(|byte| splits(*byte)).unwrap_or(rest.len());
            if to - from >= self.limits.min_length && (from, to) != (start, end) {
                out.extend(self.base64(from, to, to == end));
                if out.len() > self.budget.members {
                    return;
                }
            }
            from = to + 1;
        }
    }

    /// `Some(None)`: a digest or a GUID, not to be read as base64.
    fn hex(&mut self, run: &[u8], start: usize) -> Option<Option<Found>> {
        let (prefix, digits) = match run {
            [b'0', b'x' | b'X', digits @ ..] => (2, digits),
            _ => (0, run),
        };
        if !digits.iter().take(8).all(|byte| hex_value(*byte).is_some()) {
            return None;
        }
        if !digits.iter().all(|byte| hex_value(*byte).is_some() || *byte == b'-') {
            return None;
        }
        let length = digits.iter().position(|byte| *byte == b'-').unwrap_or(digits.len());
        if prefix == 0 && length < 16 && length == digits.len() {
            return None;
        }
        // Twelve bytes: what is shorter has too many accidental readings.
        if length < 24 || length != digits.len() || length < self.limits.min_length {
            return Some(None);
        }
        let head = Head::of_hex(digits);
        if !judge::hope(head.as_slice(), length / 2).direct {
            return Some(None);
        }
        let mut bytes = Vec::new();
        decode_hex(digits, &mut bytes);
        let verdict = judge::convincing(&bytes, judge::ENOUGH + 60, &mut self.tools.inflater).map(|verdict| odd(verdict, length));
        Some(verdict.map(|verdict| Found { start, end: start + run.len(), wrapping: "hex", bytes, verdict }))
    }

    fn base64(&mut self, start: usize, end: usize, whole: bool) -> Option<Found> {
        let run = self.bytes.get(start..end)?;
        let head = Head::of_base64(run);
        let hope = judge::hope(head.as_slice(), run.len() / 4 * 3);
        let deflate = hope.deflate && looks_packed(run);
        if !hope.direct && !deflate && !may_be_certain(self.bytes, start) {
            return None;
        }
        let context = before(self.bytes, start);
        if !hope.direct && !deflate && context != Context::Certain {
            return None;
        }
        if whole && (start >= self.failed_until || self.rejoins < REJOINS) {
            let mut segments = std::mem::take(&mut self.tools.segments);
            let stop = join(self.bytes, (start, end), &mut segments);
            let found = if segments.len() > 1 { self.joined(&segments, deflate, context) } else { None };
            if segments.len() > 1 && found.is_none() {
                self.rejoins = if start >= self.failed_until { 0 } else { self.rejoins + 1 };
                self.failed_until = self.failed_until.max(stop);
            }
            self.tools.segments = segments;
            if found.is_some() {
                return found;
            }
        }
        self.decode(&[(start, end)], deflate, context)
    }

    /// The last line may be a word that follows the payload: it must add to the evidence.
    fn joined(&mut self, segments: &[(usize, usize)], deflate: bool, context: Context) -> Option<Found> {
        let all = self.decode(segments, deflate, context);
        if all.as_ref().is_some_and(|found| found.verdict.kind != "text")
            || padding(self.bytes, segments.last()?.1) > 0 && segments.len() > 2
        {
            return all;
        }
        let shorter = self.decode(segments.get(..segments.len() - 1)?, deflate, context);
        match (all, shorter) {
            (Some(all), Some(shorter)) if all.verdict.evidence <= shorter.verdict.evidence => Some(shorter),
            (all, shorter) => all.or(shorter),
        }
    }

    fn decode(&mut self, segments: &[(usize, usize)], deflate: bool, context: Context) -> Option<Found> {
        let (&(start, _), &(_, end)) = segments.first().zip(segments.last())?;
        let mut symbols = std::mem::take(&mut self.tools.symbols);
        symbols.clear();
        for (from, to) in segments {
            symbols.extend_from_slice(self.bytes.get(*from..*to).unwrap_or_default());
        }
        let mut bytes = Vec::new();
        decode_base64(&symbols, &mut bytes);
        let padding = padding(self.bytes, end);
        let plain = segments.len() == 1;
        let need = need(&symbols, padding > 0, plain, context);
        let verdict = judge::convincing(&bytes, need, &mut self.tools.inflater)
            .or_else(|| {
                (deflate && judge::is_deflate(&bytes, self.limits, self.budget, &mut self.tools.inflater))
                    .then(|| judge::unnamed("deflate"))
            })
            .or_else(|| (context == Context::Certain && symbols.len() >= 16).then(|| judge::unnamed("binary")))
            // Four characters hold three bytes; one character alone holds none.
            .map(
                |verdict| {
                    if symbols.len() % 4 == 1 { Verdict { status: verdict.status.max(Status::Truncated), ..verdict } } else { verdict }
                },
            );
        let url = symbols.iter().any(|byte| matches!(byte, b'-' | b'_'));
        self.tools.symbols = symbols;
        let verdict = verdict?;
        Some(Found { start, end: end + padding, wrapping: if url { "base64url" } else { "base64" }, bytes, verdict })
    }
}

fn odd(verdict: Verdict, length: usize) -> Verdict {
    if length % 2 == 1 { Verdict { status: verdict.status.max(Status::Truncated), ..verdict } } else { verdict }
}

/// Evidence that a text from these symbols must show: more where they read like a word themselves.
fn need(symbols: &[u8], padded: bool, plain: bool, context: Context) -> i32 {
    let mut need = judge::ENOUGH;
    if context != Context::None {
        need -= 80;
    }
    need += match (symbols.len() % 4, padded) {
        (1, _) => 100,
        (0, _) => 0,
        (_, true) => -30,
        (_, false) => 20,
    };
    if plain {
        let head = symbols.get(..128).unwrap_or(symbols);
        let wordy = std::str::from_utf8(head).ok().and_then(|head| plausible::score(head, false)).unwrap_or(0);
        need += wordy.max(0) / 2;
    }
    need
}

/// Quotes, brackets and line ends stand between a call or label and its base64.
fn may_be_certain(bytes: &[u8], start: usize) -> bool {
    start.checked_sub(1).and_then(|at| bytes.get(at)).is_some_and(|byte| matches!(byte, b'"' | b'\'' | b'(' | b',' | b'\n' | b'\r'))
}

/// Packed bytes use the whole alphabet; words and numbers do not.
fn looks_packed(run: &[u8]) -> bool {
    let head = run.get(..64).unwrap_or(run);
    head.iter().any(u8::is_ascii_uppercase)
        && head.iter().any(u8::is_ascii_lowercase)
        && head.iter().any(|byte| !byte.is_ascii_alphabetic())
}
