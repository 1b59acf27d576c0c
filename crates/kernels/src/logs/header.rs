//! The header of CEF and LEEF: fields between pipes.

use std::borrow::Cow;

/// Where `name` (such as `CEF:`) starts a header with a version after it: what stands before, the version, and what follows its pipe.
pub(crate) fn find<'a>(line: &'a str, name: &str) -> Option<(&'a str, &'a str, &'a str)> {
    let mut from = 0;
    loop {
        let at = from + memchr::memmem::find(line.as_bytes().get(from..)?, name.as_bytes())?;
        from = at + name.len();
        let (before, after) = (line.get(..at)?, line.get(from..)?);
        let digits = after.bytes().take_while(|byte| byte.is_ascii_digit() || *byte == b'.').count();
        if let Some((version, rest)) = after.split_at_checked(digits)
            && version.starts_with(|c: char| c.is_ascii_digit())
            && let Some(rest) = rest.strip_prefix('|')
        {
            return Some((before, version, rest));
        }
    }
}

/// What stands before a header, without the blanks around it; NULL where that is nothing.
pub(crate) fn prefix(text: &str) -> Option<&str> {
    Some(text.trim()).filter(|text| !text.is_empty())
}

/// Takes the text before the next pipe off the front. A line that ends early has fields that are NULL after its last.
pub(crate) fn field<'a>(rest: &mut Option<&'a str>) -> Option<Cow<'a, str>> {
    let text = (*rest)?;
    let mut from = 0;
    let end = loop {
        match memchr::memchr2(b'|', b'\\', text.as_bytes().get(from..).unwrap_or(b"")).map(|at| at + from) {
            Some(at) if text.as_bytes().get(at) == Some(&b'\\') => from = at + 2,
            found => break found,
        }
    };
    let (raw, after) = match end.and_then(|end| Some((text.get(..end)?, text.get(end + 1..)?))) {
        Some((raw, after)) => (raw, Some(after)),
        None => (text, None),
    };
    *rest = after;
    Some(unescape(raw))
}

/// `\|` and `\\`; any other backslash stands for itself.
fn unescape(raw: &str) -> Cow<'_, str> {
    if !raw.contains('\\') {
        return Cow::Borrowed(raw);
    }
    let mut out = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some((plain, escaped)) = rest.split_once('\\') {
        out.push_str(plain);
        match escaped.strip_prefix(['|', '\\']) {
            Some(after) => {
                out.extend(escaped.chars().next());
                rest = after;
            }
            None => {
                out.push('\\');
                rest = escaped;
            }
        }
    }
    out.push_str(rest);
    Cow::Owned(out)
}
