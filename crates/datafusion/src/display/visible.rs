//! Text from logs made safe for a terminal: whatever moves a cursor, hides or reorders text becomes a visible escape.

pub use huntsql_kernels::text::is_hidden;
use std::borrow::Cow;
use std::fmt::Write;
use unicode_width::UnicodeWidthChar;

/// Marks in a row that may combine with one letter. Real scripts stay at or below three.
const MAX_MARKS: usize = 3;

/// `text` with every hidden character as an escape: `\n`, `\x1b`, `\u{202e}`. Backslashes stay as they are (Windows paths are
/// everywhere), so the escapes are for eyes and not for reading back.
pub fn visible(text: &str) -> Cow<'_, str> {
    if text.bytes().all(|byte| (b' '..0x7f).contains(&byte)) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    let mut marks = Marks::default();
    for c in text.chars() {
        push_visible(c, &mut marks, &mut out);
    }
    Cow::Owned(out)
}

/// Like [`visible`], for messages of several lines: line ends stay, and every line but the first is indented, so that text
/// from a log cannot pass for a line of ours.
pub fn visible_lines(text: &str) -> String {
    let lines: Vec<_> = text.trim_end().lines().map(visible).collect();
    lines.join("\n  ")
}

/// Counts combining marks, to escape those that pile up or stand at the start.
#[derive(Debug, Default)]
pub(super) struct Marks {
    seen: usize,
    based: bool,
}

/// Appends one character and returns the columns that it takes.
pub(super) fn push_visible(c: char, marks: &mut Marks, out: &mut String) -> usize {
    if !is_hidden(c) {
        let width = c.width().unwrap_or(0);
        if width > 0 {
            *marks = Marks { seen: 0, based: true };
            out.push(c);
            return width;
        }
        marks.seen += 1;
        if marks.based && marks.seen <= MAX_MARKS {
            out.push(c);
            return 0;
        }
    }
    *marks = Marks { seen: 0, based: true };
    let start = out.len();
    // Writing to a String cannot fail.
    let _ = match c {
        '\n' => write!(out, "\\n"),
        '\r' => write!(out, "\\r"),
        '\t' => write!(out, "\\t"),
        '\0'..='\x7f' => write!(out, "\\x{:02x}", c as u32),
        _ => write!(out, "\\u{{{:x}}}", c as u32),
    };
    out.len() - start
}

/// Columns that already visible text takes.
pub(super) fn width(text: &str) -> usize {
    text.chars().map(|c| c.width().unwrap_or(0)).sum()
}

/// `text`, already visible, in at most `columns` columns; a cut ends in `…`.
pub(super) fn cut(text: &str, columns: usize) -> Cow<'_, str> {
    let mut used = 0;
    let mut end = 0;
    for (at, c) in text.char_indices() {
        let wide = c.width().unwrap_or(0);
        if used + wide > columns {
            return match columns {
                0 => Cow::Borrowed(""),
                _ => Cow::Owned(format!("{}…", text.get(..end).unwrap_or_default())),
            };
        }
        used += wide;
        // One column is kept for the mark.
        if used < columns {
            end = at + c.len_utf8();
        }
    }
    Cow::Borrowed(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn hidden_characters_become_escapes() {
        for (raw, shown) in [
            ("plain C:\\temp", "plain C:\\temp"),
            ("a\nb\tc\r", "a\\nb\\tc\\r"),
            ("\x1b[31mred", "\\x1b[31mred"),
            ("\u{9b}2J", "\\u{9b}2J"),
            ("gpj.\u{202e}exe", "gpj.\\u{202e}exe"),
            ("a\u{200b}b\u{feff}", "a\\u{200b}b\\u{feff}"),
            ("e\u{301}t\u{e9}", "e\u{301}t\u{e9}"),
            ("\u{301}", "\\u{301}"),
            ("z\u{301}\u{301}\u{301}\u{301}", "z\u{301}\u{301}\u{301}\\u{301}"),
            ("日本 мир", "日本 мир"),
            ("\u{e0041}", "\\u{e0041}"),
        ] {
            assert_eq!(visible(raw), shown);
        }
        assert_eq!(visible_lines("one\nwarning: two\x07\n"), "one\n  warning: two\\x07");
    }

    #[test]
    fn cuts_by_columns() {
        for (text, columns, cut_text) in [
            ("abcdef", 6, "abcdef"),
            ("abcdef", 4, "abc…"),
            ("日本語", 6, "日本語"),
            ("日本語", 5, "日本…"),
            ("日本語", 4, "日…"),
            ("ab", 1, "…"),
            ("ab", 0, ""),
        ] {
            assert_eq!(cut(text, columns), cut_text, "{text} in {columns}");
        }
    }

    proptest! {
        #[test]
        fn nothing_hidden_is_left(text in any::<String>(), columns in 0_usize..40) {
            let shown = visible(&text);
            prop_assert!(!shown.chars().any(is_hidden));
            prop_assert!(!shown.chars().any(char::is_control));
            prop_assert!(width(&cut(&shown, columns)) <= columns);
        }
    }
}
