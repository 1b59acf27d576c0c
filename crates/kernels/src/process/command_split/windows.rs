//! The rules of the Microsoft C runtime ("Parsing C command-line arguments", learn.microsoft.com).

use super::Words;

/// Appends the words of `text`.
pub(super) fn split(text: &str, words: &mut Words) {
    if text.trim_matches([' ', '\t']).is_empty() {
        return;
    }
    let mut rest = program(text, words).trim_start_matches([' ', '\t']);
    while !rest.is_empty() {
        rest = argument(rest, words).trim_start_matches([' ', '\t']);
    }
}

/// The first word: quotes toggle, nothing escapes.
fn program<'t>(text: &'t str, words: &mut Words) -> &'t str {
    let mut quoted = false;
    for (at, c) in text.char_indices() {
        match c {
            '"' => quoted = !quoted,
            ' ' | '\t' if !quoted => {
                words.end_word();
                return text.get(at..).unwrap_or_default();
            }
            _ => words.text.push(c),
        }
    }
    words.end_word();
    ""
}

/// Any other word.
fn argument<'t>(text: &'t str, words: &mut Words) -> &'t str {
    let mut quoted = false;
    let mut slashes = 0;
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        match c {
            '\\' => {
                slashes += 1;
                words.text.push(c);
                continue;
            }
            '"' => {
                // Half of the backslashes before it were there to escape.
                words.text.truncate(words.text.len() - slashes / 2 - slashes % 2);
                if slashes % 2 == 1 || (quoted && chars.next_if(|(_, next)| *next == '"').is_some()) {
                    words.text.push('"');
                } else {
                    quoted = !quoted;
                }
            }
            ' ' | '\t' if !quoted => {
                words.end_word();
                return text.get(at..).unwrap_or_default();
            }
            _ => words.text.push(c),
        }
        slashes = 0;
    }
    words.end_word();
    ""
}

#[cfg(test)]
mod tests {
    use super::super::{Platform, tests::words};

    #[test]
    #[rustfmt::skip]
    fn cases() {
        for (text, expected) in [
            ("", &[][..]),
            (" \t ", &[]),
            ("a", &["a"]),
            ("a.exe b\tc  d ", &["a.exe", "b", "c", "d"]),
            (" a b", &["", "a", "b"]),
            (r#""" a"#, &["", "a"]),
            (r#""C:\Program Files\x\y.exe" -k"#, &[r"C:\Program Files\x\y.exe", "-k"]),
            (r#""C:\a b\"c d" e"#, &[r"C:\a b\c", r"d e"]),
            (r#"C:\"Program Files"\x.exe y"#, &[r"C:\Program Files\x.exe", "y"]),
            (r#"x "abc" d e"#, &["x", "abc", "d", "e"]),
            (r#"x a\\b d"e f"g h"#, &["x", r"a\\b", "de fg", "h"]),
            (r#"x a\\\"b c d"#, &["x", r#"a\"b"#, "c", "d"]),
            (r#"x a\\\\"b c" d e"#, &["x", r"a\\b c", "d", "e"]),
            (r#"x a"b"" c d"#, &["x", r#"ab" c d"#]),
            (r#"x "a""b c" d"#, &["x", r#"a"b c"#, "d"]),
            (r#"x """a b""" c"#, &["x", r#""a b""#, "c"]),
            (r#"x "" b"#, &["x", "", "b"]),
            (r#"x "a b"#, &["x", "a b"]),
            (r#"x "a\"#, &["x", r"a\"]),
            (r#"x a\"#, &["x", r"a\"]),
            (r#"x \" \\" b"#, &["x", "\"", r"\ b"]),
            ("x 'a b'", &["x", "'a", "b'"]),
            (r#"c^m^d /c "who""ami""#, &["c^m^d", "/c", r#"who"ami"#]),
            ("x é\u{a0}ü 日本", &["x", "é\u{a0}ü", "日本"]),
            ("x a\0b\nc", &["x", "a\0b\nc"]),
        ] {
            assert_eq!(words(text, Platform::Windows), expected, "{text:?}");
        }
    }
}
