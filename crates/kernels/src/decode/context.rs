//! What stands before an encoded run: some words leave no doubt that base64 follows.

/// How the words before a run speak for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Context {
    /// Nothing known.
    None,
    /// Base64 is likely: less evidence is asked for.
    Likely,
    /// Base64 for sure: whatever comes out is reported.
    Certain,
}

/// Calls and labels that take nothing but base64.
const CERTAIN: &[&[u8]] =
    &[b"frombase64string", b";base64,", b"b64decode", b"base64_decode", b"atob", b"base64.decode", b"urlsafe_b64decode", b"decode64"];

/// Words that base64 often follows: options of PowerShell in every length it accepts, HTTP headers, shells.
const LIKELY: &[&[u8]] = &[
    b"-encodedcommand",
    b"-encodedcomman",
    b"-encodedcomma",
    b"-encodedcomm",
    b"-encodedcom",
    b"-encodedco",
    b"-encodedc",
    b"-encoded",
    b"-encode",
    b"-encod",
    b"-enco",
    b"-enc",
    b"-en",
    b"-ec",
    b"-e",
    b"/enc",
    b"/e",
    b"-encodedarguments",
    b"basic",
    b"base64",
    b"b64",
    b"<<<",
];

/// Longest of the above with the blanks, quotes and brackets after it.
const REACH: usize = 40;

/// Looks at what stands before `start`.
pub(super) fn before(bytes: &[u8], start: usize) -> Context {
    let tail = bytes.get(start.saturating_sub(REACH)..start).unwrap_or_default();
    if tail.trim_ascii_end().len() < tail.len() && tail.trim_ascii_end().ends_with(b"-----") {
        return Context::Certain;
    }
    let mut word = tail;
    while let [rest @ .., b' ' | b'\t' | b'"' | b'\'' | b'(' | b'@' | b'=' | b':' | b'\\' | b'^' | b'`'] = word {
        word = rest;
    }
    let ends =
        |with: &[u8]| word.len() >= with.len() && word.get(word.len() - with.len()..).is_some_and(|end| end.eq_ignore_ascii_case(with));
    if CERTAIN.iter().any(|with| ends(with)) {
        Context::Certain
    } else if word.len() < tail.len() && LIKELY.iter().any(|with| ends(with)) {
        Context::Likely
    } else {
        Context::None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_before_a_run() {
        for (before_it, expected) in [
            ("powershell -enc ", Context::Likely),
            ("powershell -EncodedCommand \"", Context::Likely),
            ("[Convert]::FromBase64String('", Context::Certain),
            ("src=\"data:image/png;base64,", Context::Certain),
            ("-----BEGIN CERTIFICATE-----\n", Context::Certain),
            ("Authorization: Basic ", Context::Likely),
            ("C:\\Windows\\", Context::None),
            ("", Context::None),
        ] {
            assert_eq!(before(before_it.as_bytes(), before_it.len()), expected, "{before_it}");
        }
    }
}
