//! Texts that are fit to be drawn: logs are written by attackers, and so are the names in a picture.

use huntsql_kernels::text::is_hidden;

/// The text without characters that act; a run of line breaks and tabs becomes a space.
#[must_use]
pub fn clean(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        if matches!(character, '\n' | '\r' | '\t' | '\u{2028}' | '\u{2029}') {
            if !out.ends_with(' ') {
                out.push(' ');
            }
        } else if !is_hidden(character) {
            out.push(character);
        }
    }
    out
}

/// The name of a value in a picture: values without a text have one too.
#[must_use]
pub fn named(text: &str) -> String {
    let text = clean(text);
    if text.trim().is_empty() { "(empty)".to_owned() } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_acts_is_left() {
        for (text, expected) in [
            ("plain", "plain"),
            ("\u{1b}[31mred\u{1b}[0m", "[31mred[0m"),
            ("exe\u{202e}gpj.scr", "exegpj.scr"),
            ("a\r\n\tb", "a b"),
            ("\u{9b}31m\u{feff}x\u{e0041}\u{fffe}", "31mx"),
            ("Пример ä ␛", "Пример ä ␛"),
        ] {
            assert_eq!(clean(text), expected, "{text:?}");
        }
        assert_eq!(named("\u{200b}"), "(empty)");
    }
}
