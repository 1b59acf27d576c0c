//! Runs that go on: padding, wrapped lines, joined string literals.

use super::alphabet::is_base64;

/// Length of the padding at `at`: `=` up to four times, percent-encoded or as a JSON escape too.
pub(super) fn padding(bytes: &[u8], at: usize) -> usize {
    let mut end = at;
    for _ in 0..4 {
        let rest = bytes.get(end..).unwrap_or_default();
        end += match rest {
            [b'=', ..] => 1,
            [b'%', b'3', b'd' | b'D', ..] => 3,
            [b'\\', b'u', b'0', b'0', b'3', b'd' | b'D', ..] => 6,
            _ => break,
        };
    }
    end - at
}

/// Lines shorter than this are not joined: they are words.
const LINE: usize = 16;
/// Lines from here on are joined though their lengths differ (RFC 2045 wraps at 76, RFC 7468 at 64).
const LONG_LINE: usize = 40;

/// Collects the run and those that continue it on the next lines; returns where the last one ends.
pub(super) fn join(bytes: &[u8], first: (usize, usize), segments: &mut Vec<(usize, usize)>) -> usize {
    segments.clear();
    segments.push(first);
    let (mut last_start, mut last_end) = first;
    while padding(bytes, last_end) == 0 {
        let Some((next, kind)) = line_break(bytes, last_end) else { break };
        let rest = bytes.get(next..).unwrap_or_default();
        let length = rest.iter().position(|byte| !is_base64(*byte)).unwrap_or(rest.len());
        // `-----END` closes a PEM block.
        if length == 0 || rest.starts_with(b"--") {
            break;
        }
        let last_length = last_end - last_start;
        let fits = match kind {
            Break::Concatenation => true,
            Break::Line if last_length < LINE => false,
            Break::Line if length >= LONG_LINE => true,
            Break::Line => length <= last_length && (length == last_length || ends_well(bytes, next + length)),
        };
        if !fits {
            break;
        }
        segments.push((next, next + length));
        let shorter = kind == Break::Line && length < last_length && length < LONG_LINE;
        (last_start, last_end) = (next, next + length);
        if shorter {
            break;
        }
    }
    last_end
}

/// True where the last, shorter line ends as base64 does and not as a sentence.
fn ends_well(bytes: &[u8], at: usize) -> bool {
    let at = at + padding(bytes, at);
    bytes
        .get(at)
        .is_none_or(|byte| !byte.is_ascii_alphanumeric() && !matches!(byte, b' ' | b'.' | b',' | b':' | b';' | b'!' | b'?' | b'\t'))
        || bytes.get(at..).is_some_and(|rest| rest.trim_ascii_start().is_empty() || line_end(rest).is_some())
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Break {
    Line,
    Concatenation,
}

/// Length of blanks and a line end at the start of `rest`.
fn line_end(rest: &[u8]) -> Option<usize> {
    let blanks = blanks(rest);
    let rest = rest.get(blanks..)?;
    Some(
        blanks
            + match rest {
                [b'\r', b'\n', ..] => 2,
                [b'\n' | b'\r', ..] => 1,
                [b'\\', b'r', b'\\', b'n', ..] => 4,
                [b'\\', b'n', ..] => 2,
                _ => return None,
            },
    )
}

/// Blanks and tabs at the start; so many at most, so that a text of blanks stays linear.
fn blanks(rest: &[u8]) -> usize {
    rest.iter().take(64).take_while(|byte| matches!(byte, b' ' | b'\t')).count()
}

/// The place after a line break (with a continuation mark of cmd, PowerShell or sh before it and an indent after it)
/// or after a joint of two string literals.
fn line_break(bytes: &[u8], at: usize) -> Option<(usize, Break)> {
    let rest = bytes.get(at..)?;
    let before = blanks(rest);
    let mark = before
        + match rest.get(before..)? {
            [b'^' | b'`', ..] => 1,
            [b'\\', b'\r' | b'\n', ..] => 1,
            _ => 0,
        };
    if let Some(length) = line_end(rest.get(mark..)?) {
        let next = at + mark + length;
        return Some((next + blanks(bytes.get(next..)?), Break::Line));
    }
    let quote = *rest.first().filter(|byte| matches!(byte, b'"' | b'\''))?;
    let mut from = 1 + blanks(rest.get(1..)?);
    from += usize::from(matches!(rest.get(from)?, b'+' | b'&' | b'.'));
    let operator = from;
    from += blanks(rest.get(from..)?);
    from += usize::from(rest.get(from) == Some(&b'_'));
    let broken = line_end(rest.get(from..)?).unwrap_or(0);
    from += broken;
    from += blanks(rest.get(from..)?);
    (rest.get(from) == Some(&quote) && (operator > 1 || broken > 0)).then_some((at + from + 1, Break::Concatenation))
}
