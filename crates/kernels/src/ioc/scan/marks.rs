//! Defang marks: `[.]`, `(dot)`, `[@]`, `[:]//`, `\.` and their kin, taken out of a text with a map of where they were.

use super::chars::{at, before, class, is_word, slice};
use memchr::{memchr2_iter, memchr3_iter};

/// One stretch of a rewritten text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Mark {
    raw_start: usize,
    raw_end: usize,
    clean_start: usize,
    clean_end: usize,
    defang: bool,
}

/// A text with its marks replaced, and the way back to the offsets of the original.
#[derive(Debug, Default)]
pub struct Rewritten {
    /// The text without marks.
    pub text: String,
    marks: Vec<Mark>,
    copied: usize,
}

impl Rewritten {
    /// Copies `raw` up to `raw_start`, then writes `with` for `raw[raw_start..raw_end]`.
    pub(crate) fn replace(&mut self, raw: &str, raw_start: usize, raw_end: usize, with: &str, defang: bool) {
        self.text.push_str(slice(raw, self.copied, raw_start));
        let clean_start = self.text.len();
        self.text.push_str(with);
        self.copied = raw_end;
        self.marks.push(Mark { raw_start, raw_end, clean_start, clean_end: self.text.len(), defang });
    }

    /// Copies what is left of `raw`.
    pub(crate) fn finish(&mut self, raw: &str) {
        self.text.push_str(slice(raw, self.copied, raw.len()));
        self.copied = raw.len();
    }

    /// The original span of `start..end`; a mark counts as a whole.
    pub fn to_raw(&self, start: usize, end: usize) -> (usize, usize) {
        let first = self.marks.partition_point(|mark| mark.clean_end <= start);
        let raw_start = match (self.marks.get(first), first.checked_sub(1).and_then(|i| self.marks.get(i))) {
            (Some(mark), _) if mark.clean_start <= start => mark.raw_start,
            (_, Some(last)) => last.raw_end + (start - last.clean_end),
            _ => start,
        };
        let past = self.marks.partition_point(|mark| mark.clean_start < end);
        let raw_end = match past.checked_sub(1).and_then(|i| self.marks.get(i)) {
            Some(mark) if mark.clean_end >= end => mark.raw_end,
            Some(mark) => mark.raw_end + (end - mark.clean_end),
            None => end,
        };
        (raw_start, raw_end)
    }

    /// Whether a defang mark lies in `start..end`.
    pub fn is_defanged(&self, start: usize, end: usize) -> bool {
        let first = self.marks.partition_point(|mark| mark.clean_end <= start);
        let past = self.marks.partition_point(|mark| mark.clean_start < end);
        self.marks.get(first..past).is_some_and(|marks| marks.iter().any(|mark| mark.defang))
    }
}

/// `text` without its marks, or `None` where it has none (the usual case: two fast passes). `escapes`: those of JSON in URLs count as marks as well.
pub fn refang_marks(text: &str, escapes: bool) -> Option<Rewritten> {
    let bytes = text.as_bytes();
    let opens = |i: usize| matches!(at(bytes, i + 1), b'.' | b':' | b'/' | b'@' | b'd' | b'D' | b'a' | b'A' | b' ');
    let other = |i: usize| if at(bytes, i) == b'\\' { matches!(at(bytes, i + 1), b'.' | b'/' | b'u') } else { before(bytes, i) == b'.' };
    if !memchr3_iter(b'[', b'(', b'{', bytes).any(opens) && !memchr2_iter(b'\\', b']', bytes).any(other) {
        return None;
    }
    let mut out = Rewritten::default();
    let mut escaped_url = false;
    let mut i = 0;
    while let Some(&byte) = bytes.get(i) {
        let found = match byte {
            b'[' | b'(' | b'{' => bracketed(text, i).or_else(|| half_open(text, i)),
            b'.' if at(bytes, i + 1) == b']' => half_closed(text, i),
            b'\\' if at(bytes, i + 1) == b'.' => backslash_dot(bytes, i, &out),
            b'\\' if escapes && at(bytes, i + 1) == b'/' => {
                escaped_url |= before(bytes, i) == b':' && bytes.get(i + 2..i + 4) == Some(b"\\/");
                escaped_url.then_some((i, i + 2, "/", false))
            }
            // JSON of Go and PowerShell escapes the ampersand.
            b'\\' if escapes && bytes.get(i + 1..i + 6) == Some(b"u0026") => Some((i, i + 6, "&", false)),
            b' ' | b'\t' | b'\n' | b'"' | b'\'' => {
                escaped_url = false;
                None
            }
            _ => None,
        };
        match found {
            Some((start, end, with, defang)) if start >= out.copied => {
                out.replace(text, start, end, with, defang);
                i = end;
            }
            _ => i += 1,
        }
    }
    if out.marks.is_empty() {
        return None;
    }
    out.finish(text);
    Some(out)
}

type Found = Option<(usize, usize, &'static str, bool)>;

/// What stands in brackets, longest first, and what it means.
const BODIES: &[(&str, &str)] =
    &[("://", "://"), ("//", "//"), (":/", ":/"), (":", ":"), ("/", "/"), (".", "."), ("@", "@"), ("dot", "."), ("at", "@")];

/// `[.]`, `(dot)`, `[ at ]`, `[:]//`, `[://]`.
fn bracketed(text: &str, open: usize) -> Found {
    let bytes = text.as_bytes();
    let blanks = |from: usize| (0..2).take_while(|n| at(bytes, from + n) == b' ').count();
    let body = open + 1 + blanks(open + 1);
    let rest = bytes.get(body..)?;
    let (spelt, means) =
        BODIES.iter().find(|(spelt, _)| rest.get(..spelt.len()).is_some_and(|b| b.eq_ignore_ascii_case(spelt.as_bytes())))?;
    let close = body + spelt.len();
    let close = close + blanks(close);
    if !matches!(at(bytes, close), b']' | b')' | b'}') {
        return None;
    }
    let (mut start, mut end) = (open, close + 1);
    match *means {
        "." | "@" => {
            // `user [at] example [dot] com`; in round brackets that is prose too often.
            if at(bytes, open) != b'(' && before(bytes, start) == b' ' && at(bytes, end) == b' ' {
                start -= 1;
                end += 1;
            }
            let ends = |b: u8| is_word(b) || (*means == "@" && b == b'[');
            (is_word(before(bytes, start)) && ends(at(bytes, end))).then_some((start, end, means, true))
        }
        ":" => matches!(at(bytes, end), b'/' | b':' | b'[').then_some((start, end, *means, true)).or_else(|| {
            (at(bytes, end).is_ascii_hexdigit() && (is_word(before(bytes, start)) || before(bytes, start) == b']'))
                .then_some((start, end, *means, true))
        }),
        _ => (is_word(at(bytes, end)) || at(bytes, end) == b'[').then_some((start, end, *means, true)),
    }
}

/// Longest label of a name (RFC 1035).
const LABEL: usize = 63;

/// `evil[.com`: no closing bracket after the label.
fn half_open(text: &str, open: usize) -> Found {
    let bytes = text.as_bytes();
    if at(bytes, open + 1) != b'.' || at(bytes, open) == b'{' || !before(bytes, open).is_ascii_alphanumeric() {
        return None;
    }
    let label = super::chars::run_end(bytes, open + 2, LABEL, is_word);
    (label > open + 2 && !matches!(at(bytes, label), b']' | b')' | b'(' | b'[' | b'+' | b'*' | b'\\')).then_some((
        open,
        open + 2,
        ".",
        true,
    ))
}

/// `evil.]com`: no opening bracket before the label.
fn half_closed(text: &str, dot: usize) -> Found {
    let bytes = text.as_bytes();
    let label = bytes.get(..dot)?.iter().rev().take(LABEL).take_while(|b| is_word(**b)).count();
    let opener = before(bytes, dot - label);
    // After `]` only where that ended another half mark: `a.]b.]c`, not `a[.]com.]b`.
    let begin = dot - label;
    let after_half = opener == b']' && begin >= 3 && at(bytes, begin - 2) == b'.' && is_word(at(bytes, begin - 3));
    (label > 0
        && (after_half || !matches!(opener, b'[' | b'(' | b'.' | b'\\' | b']' | b')' | b'}'))
        && at(bytes, dot + 2).is_ascii_alphanumeric())
    .then_some((dot, dot + 2, ".", true))
}

/// `evil\.example\.com`, but not `C:\dir\.git\config` nor `HKU\.DEFAULT\Software`.
fn backslash_dot(bytes: &[u8], at_slash: usize, so_far: &Rewritten) -> Found {
    let label = bytes.get(..at_slash)?.iter().rev().take(LABEL).take_while(|b| is_word(**b)).count();
    let begin = at_slash - label;
    let continues = so_far.copied == begin && begin >= 2 && bytes.get(begin - 2..begin) == Some(b"\\.");
    if label == 0 || (!continues && matches!(before(bytes, begin), b'\\' | b'/' | b':' | b'.' | b']' | b')' | b'+' | b'*')) {
        return None;
    }
    let next = super::chars::run_end(bytes, at_slash + 2, LABEL, is_word);
    let after = at(bytes, next);
    let path = after == b'\\' && at(bytes, next + 1) != b'.';
    let pattern = matches!(after, b'*' | b'+' | b'[' | b'?' | b'$');
    (next > at_slash + 2 && class(at(bytes, at_slash + 2)) != 0 && !path && !pattern).then_some((at_slash, at_slash + 2, ".", true))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_and_what_only_looks_like_them() {
        for (raw, clean) in [
            ("evil[.]com", "evil.com"),
            ("evil(.)com and evil{.}com", "evil.com and evil.com"),
            ("evil[dot]com (evil(DOT)com)", "evil.com (evil.com)"),
            ("evil[ . ]com", "evil.com"),
            ("user [at] example [dot] com", "user@example.com"),
            ("user[@]example(dot)com, user(at)example.com", "user@example.com, user@example.com"),
            ("hxxp[:]//evil[.]com[/]x[:]8080", "hxxp://evil.com/x:8080"),
            ("hxxp[://]evil[.]com[:]80", "hxxp://evil.com:80"),
            ("evil[.com evil.]com", "evil.com evil.com"),
            (r"evil\.example\.com", "evil.example.com"),
            ("2001[:]db8::1", "2001:db8::1"),
        ] {
            assert_eq!(refang_marks(raw, false).map(|r| r.text).as_deref(), Some(clean), "{raw}");
        }
        for raw in [
            "sshd[12]: (root) CMD (x)",
            "list[:] = a[.5]",
            "[.class] (.*) f(.)",
            r"C:\dir\.git\config",
            r"HKU\.DEFAULT\Software",
            "meet (at) noon (dot) x",
            r"\d+\.\d+",
            "[ ] [x] (a) (d)",
        ] {
            assert_eq!(refang_marks(raw, false).map(|r| r.text), None, "{raw}");
        }
    }

    #[test]
    fn offsets_go_back() {
        let raw = "at evil[.]com now";
        let r = refang_marks(raw, false).unwrap();
        assert_eq!(r.to_raw(3, 11), (3, 13));
        assert_eq!(&raw[3..13], "evil[.]com");
        assert_eq!(r.to_raw(3, 7), (3, 7));
        assert_eq!(r.to_raw(8, 11), (10, 13));
        assert!(r.is_defanged(3, 11) && !r.is_defanged(3, 7) && !r.is_defanged(8, 11));
    }
}
