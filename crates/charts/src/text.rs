//! Texts that are fit to be drawn: logs are written by attackers, and so are the names in a picture.

/// Whether a character only acts on its surroundings: control characters, bidirectional controls, joiners, tags, noncharacters.
#[must_use]
pub fn acts(character: char) -> bool {
    matches!(character,
        '\u{0}'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}'
        | '\u{1d173}'..='\u{1d17a}')
        || u32::from(character) & 0xfffe == 0xfffe
        || matches!(character, '\u{fdd0}'..='\u{fdef}')
}

/// The text without characters that act; a run of line breaks and tabs becomes a space.
#[must_use]
pub fn clean(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        if matches!(character, '\n' | '\r' | '\t' | '\u{2028}' | '\u{2029}') {
            if !out.ends_with(' ') {
                out.push(' ');
            }
        } else if !acts(character) {
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
