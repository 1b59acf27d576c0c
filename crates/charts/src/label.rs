//! Texts fit to be seen: what logs hold is written by attackers.

use crate::model::Label;
use huntsql_kernels::text::{defang, is_hidden};
use std::borrow::Cow;

/// Longest text that is shown, in bytes: what is longer is cut, and says so.
pub(crate) const LONGEST: usize = 4096;

/// What a value that is not there is called, and how the name of several values begins.
pub(crate) const NULL: &str = "NULL";
pub(crate) const OTHER: &str = "other (";
/// What bars and histograms call it.
pub(crate) const NONE: &str = "(none)";

/// Makes labels.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Labels {
    /// Whether indicators are defanged.
    pub(crate) defang: bool,
}

impl Labels {
    /// The label of a value. One that is empty, or reads like what stands for several values or for none, is told from these by its `raw`.
    pub(crate) fn of(self, text: &str) -> Label {
        let shown = self.shown(text);
        let raw = (shown != text || text.is_empty() || text == NULL || text == NONE || text.starts_with(OTHER)).then(|| text.to_owned());
        Label { shown: shown.into_owned(), raw }
    }

    /// What is shown of a text of several lines.
    pub(crate) fn multiline(self, text: &str) -> String {
        text.lines().map(|line| self.shown(line).into_owned()).collect::<Vec<_>>().join("\n")
    }

    /// What is shown of a text.
    pub(crate) fn shown(self, text: &str) -> Cow<'_, str> {
        let mut shown = cut(text);
        if self.defang && may_hold_indicator(&shown) {
            let mut safe = String::with_capacity(shown.len() + 16);
            defang(&shown, &mut safe);
            if safe != *shown {
                shown = Cow::Owned(safe);
            }
        }
        if shown.chars().any(|c| picture(c).is_some()) {
            shown = Cow::Owned(shown.chars().map(|c| picture(c).unwrap_or(c)).collect());
        }
        shown
    }
}

/// Indicators have a dot, a colon or an at sign.
fn may_hold_indicator(text: &str) -> bool {
    text.bytes().any(|byte| matches!(byte, b'.' | b':' | b'@'))
}

fn cut(text: &str) -> Cow<'_, str> {
    if text.len() <= LONGEST {
        return Cow::Borrowed(text);
    }
    let end = (0..=LONGEST).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
    Cow::Owned(format!("{}… ({} bytes)", text.get(..end).unwrap_or(""), text.len()))
}

/// What stands for a character that steers a terminal or turns the direction of text, or that cannot be seen.
fn picture(c: char) -> Option<char> {
    match c {
        '\0'..='\x1f' => char::from_u32(0x2400 + u32::from(c)),
        '\x7f' => Some('\u{2421}'),
        c if is_hidden(c) => Some('\u{fffd}'),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_texts_are_tamed() {
        let labels = Labels { defang: true };
        assert_eq!(labels.of("plain"), Label { shown: "plain".to_owned(), raw: None });
        assert_eq!([labels.of("NULL").raw, labels.of("other (2)").raw], [Some("NULL".to_owned()), Some("other (2)".to_owned())]);
        assert_eq!(labels.of("http://evil.test/a").shown, "hxxp://evil[.]test/a");
        assert_eq!(labels.of("http://evil.test/a").raw.as_deref(), Some("http://evil.test/a"));
        assert_eq!(Labels { defang: false }.of("http://evil.test/a").raw, None);
        assert_eq!(labels.of("\u{1b}[31mred\n").shown, "␛[31mred␊");
        assert_eq!(labels.of("a\u{202e}b\u{200b}c\u{9b}d\u{ad}e").shown, "a\u{fffd}b\u{fffd}c\u{fffd}d\u{fffd}e");
        let long = "é".repeat(5000);
        let shown = labels.of(&long).shown;
        assert!(shown.ends_with("… (10000 bytes)") && shown.len() < LONGEST + 30);
    }
}
