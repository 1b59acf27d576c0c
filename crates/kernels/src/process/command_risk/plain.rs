//! Undoing what hides a word from a search but not from a shell: carets of cmd, backticks of PowerShell, quotes within a word,
//! joined strings, `$IFS`, dashes that are not hyphens.

/// A text without disguise, and where its bytes were.
#[derive(Debug, Default)]
pub(super) struct Plain {
    text: String,
    /// Place in `text`, and the bytes that were left out before it.
    left_out: Vec<(usize, usize)>,
}

impl Plain {
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// Where `at` was in the original.
    fn origin(&self, at: usize) -> usize {
        let index = self.left_out.partition_point(|(place, _)| *place <= at);
        at + index.checked_sub(1).and_then(|index| self.left_out.get(index)).map_or(0, |(_, left_out)| *left_out)
    }

    /// What in `original` the bytes from `start` to `end` were made of.
    pub(super) fn original<'t>(&self, original: &'t str, start: usize, end: usize) -> &'t str {
        // The end is that of the last byte, or what was left out after it would come along.
        let end = end.checked_sub(1).filter(|last| *last >= start).map_or(self.origin(start), |last| self.origin(last) + 1);
        let end = original.ceil_char_boundary(end);
        original.get(self.origin(start)..end).unwrap_or_default()
    }

    /// Takes the disguise off `text`; false where there is none.
    pub(super) fn strip(&mut self, text: &str) -> bool {
        self.text.clear();
        self.left_out.clear();
        let bytes = text.as_bytes();
        let (mut at, mut copied, mut last) = (0, 0, b' ');
        while let Some(byte) = bytes.get(at) {
            let edit = if SPECIAL[usize::from(*byte)] { edit(bytes, at, last) } else { None };
            let Some((length, put)) = edit else {
                last = *byte;
                at += 1;
                continue;
            };
            self.text.push_str(text.get(copied..at).unwrap_or_default());
            if let Some(put) = put {
                self.text.push(put);
                last = put as u8;
            }
            at += length;
            copied = at;
            self.left_out.push((self.text.len(), at - self.text.len()));
        }
        self.text.push_str(text.get(copied..).unwrap_or_default());
        !self.left_out.is_empty()
    }
}

const SPECIAL: [bool; 256] = {
    let mut special = [false; 256];
    special[b'^' as usize] = true;
    special[b'`' as usize] = true;
    special[b'"' as usize] = true;
    special[b'\'' as usize] = true;
    special[b'$' as usize] = true;
    special[0xe2] = true;
    special
};

/// Bytes to leave out at `at`, and what to put there. `last` is the byte before it in the plain text.
fn edit(bytes: &[u8], at: usize, last: u8) -> Option<(usize, Option<char>)> {
    let rest = bytes.get(at..)?;
    let next_is_word = rest.get(1).is_some_and(|next| is_word(*next));
    match rest {
        [b'^', b'^', ..] => Some((2, Some('^'))),
        [b'^', _, ..] => Some((1, None)),
        [b'`', ..] if next_is_word => Some((1, None)),
        [quote @ (b'"' | b'\''), ..] if is_word(last) => between(rest, *quote),
        [b'$', b'I' | b'i', b'F' | b'f', b'S' | b's', rest @ ..] if !rest.first().is_some_and(|byte| byte.is_ascii_alphanumeric()) => {
            Some((if rest.starts_with(b"$9") { 6 } else { 4 }, Some(' ')))
        }
        [b'$', b'{', b'I', b'F', b'S', b'}', ..] => Some((6, Some(' '))),
        // En dash, em dash and horizontal bar begin a PowerShell parameter as a hyphen does.
        [0xe2, 0x80, 0x93..=0x95, ..] => Some((3, Some('-'))),
        _ => None,
    }
}

/// Blanks around the plus sign of a joined string that are looked past.
const BLANKS: usize = 4;

/// Quotes within a word, and `'+'` between two parts of a string.
fn between(rest: &[u8], quote: u8) -> Option<(usize, Option<char>)> {
    let quotes = rest.iter().take_while(|byte| matches!(byte, b'"' | b'\'')).count();
    if rest.get(quotes).is_some_and(|next| is_word(*next)) {
        return Some((quotes, None));
    }
    let blanks = |from: usize| rest.iter().skip(from).take(BLANKS).take_while(|byte| **byte == b' ').count();
    let plus = 1 + blanks(1);
    let second = plus + 1 + blanks(plus + 1);
    let joined = rest.get(plus) == Some(&b'+') && rest.get(second) == Some(&quote);
    (joined && rest.get(second + 1).is_some_and(|next| is_word(*next))).then_some((second + 1, None))
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b'/')
}

/// The first `limit` bytes of `text`, whole characters, and whether that is less than all.
pub(super) fn cut(text: &str, limit: usize) -> (&str, bool) {
    if text.len() <= limit {
        return (text, false);
    }
    (text.get(..text.floor_char_boundary(limit)).unwrap_or_default(), true)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    #[rustfmt::skip]
    fn cases() {
        let mut plain = Plain::default();
        for (text, expected) in [
            ("p^o^w^e^r^s^h^e^l^l", "powershell"),
            ("^p^ower", "power"),
            ("a^^b", "a^b"),
            ("a^", "a^"),
            ("po`wer -n`op", "power -nop"),
            (r#"c""url w"h"oami who''ami"#, "curl whoami whoami"),
            (r#"-"e"nc cert"u"til.exe"#, "-enc certutil.exe"),
            ("'Down'+'load' + 'String'('x')", "'DownloadString'('x')"),
            ("cat$IFS/etc/passwd;a${IFS}b$IFS$9c", "cat /etc/passwd;a b c"),
            ("powershell –enc —w", "powershell -enc -w"),
            ("“x” é", "“x” é"),
            (r#"cmd /c "dir" 'a b'"#, r#"cmd /c "dir" 'a b'"#),
            ("$IFSX `ls` ``", "$IFSX ls` ``"),
            ("", ""),
        ] {
            let changed = plain.strip(text);
            assert_eq!(plain.text(), expected, "{text:?}");
            assert_eq!(changed, text != expected, "{text:?}");
        }
        plain.strip("x p^o^w y");
        assert_eq!(plain.original("x p^o^w y", 2, 5), "p^o^w");
        assert_eq!(plain.original("x p^o^w y", 0, 1), "x");
        assert_eq!(plain.original("x p^o^w y", 6, 7), "y");
        plain.strip("a –e");
        assert_eq!(plain.original("a –e", 2, 4), "–e");
        assert_eq!(plain.original("a –e", 2, 3), "–");
    }

    proptest! {
        #[test]
        fn any_text(text in "[a^`\"'$IFS{}+ –é\u{2}-]{0,30}", start in 0usize..40, length in 0usize..40) {
            let mut plain = Plain::default();
            let changed = plain.strip(&text);
            prop_assert!(plain.text().len() <= text.len());
            if !changed {
                prop_assert_eq!(plain.text(), &text);
            }
            let whole = plain.original(&text, 0, plain.text().len());
            prop_assert!(text.contains(whole));
            plain.original(&text, start, start + length);
        }
    }
}
