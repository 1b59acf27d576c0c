//! Reads JSON in place: a value is skipped, sliced out or decoded without building a tree.
//!
//! Not serde_json, because rows need what it does not offer together: the text of a number as written, lone
//! surrogates (attackers and cut-off logs write them), nesting without recursion, and slices without its
//! `raw_value` feature, which would compile DataFusion again.

use std::borrow::Cow;

/// Why text is no JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Problem {
    pub(super) words: &'static str,
    /// Byte of the text.
    pub(super) at: usize,
    /// The text ends too early.
    pub(super) cut_off: bool,
}

/// A position in JSON text.
pub(super) struct Cursor<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Cursor<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self { text, at: 0 }
    }

    pub(super) fn problem(&self, words: &'static str) -> Problem {
        let cut_off = self.at >= self.text.len();
        Problem { words: if cut_off { "the JSON is cut off" } else { words }, at: self.at, cut_off }
    }

    fn rest(&self) -> &'t [u8] {
        self.text.as_bytes().get(self.at..).unwrap_or_default()
    }

    /// The next byte that is no space.
    pub(super) fn peek(&mut self) -> Option<u8> {
        loop {
            match self.text.as_bytes().get(self.at) {
                Some(b' ' | b'\t' | b'\r' | b'\n') => self.at += 1,
                other => return other.copied(),
            }
        }
    }

    /// Takes `byte` if it comes next.
    fn take(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    /// Whether nothing but space is left.
    pub(super) fn is_end(&mut self) -> bool {
        self.peek().is_none()
    }

    /// Steps into the object that comes next; false when it is empty.
    pub(super) fn enter_object(&mut self) -> Result<bool, Problem> {
        if !self.take(b'{') {
            return Err(self.problem("expected an object"));
        }
        Ok(!self.take(b'}'))
    }

    /// Steps into the list that comes next; false when it is empty.
    pub(super) fn enter_list(&mut self) -> Result<bool, Problem> {
        if !self.take(b'[') {
            return Err(self.problem("expected a list"));
        }
        Ok(!self.take(b']'))
    }

    /// A key and its colon.
    pub(super) fn key(&mut self) -> Result<Cow<'t, str>, Problem> {
        if self.peek() != Some(b'"') {
            return Err(self.problem("expected a key in quotes"));
        }
        let key = self.string()?;
        if self.take(b':') { Ok(key) } else { Err(self.problem("expected ':'")) }
    }

    /// After a value: whether another one follows before `close`, which is taken.
    pub(super) fn another(&mut self, close: u8) -> Result<bool, Problem> {
        if self.take(b',') {
            Ok(true)
        } else if self.take(close) {
            Ok(false)
        } else {
            Err(self.problem(if close == b'}' { "expected ',' or '}'" } else { "expected ',' or ']'" }))
        }
    }

    /// The text of the next value.
    pub(super) fn slice(&mut self) -> Result<&'t str, Problem> {
        self.peek();
        let start = self.at;
        self.skip()?;
        Ok(self.text.get(start..self.at).unwrap_or_default())
    }

    /// Goes past the next value. Checks all of it; never recurses.
    pub(super) fn skip(&mut self) -> Result<(), Problem> {
        let mut open: Vec<u8> = Vec::new();
        loop {
            match self.peek() {
                Some(b'{') => {
                    if self.enter_object()? {
                        self.skip_key()?;
                        open.push(b'}');
                        continue;
                    }
                }
                Some(b'[') => {
                    if self.enter_list()? {
                        open.push(b']');
                        continue;
                    }
                }
                Some(b'"') => {
                    self.raw_string()?;
                }
                Some(b't') => self.word("true")?,
                Some(b'f') => self.word("false")?,
                Some(b'n') => self.word("null")?,
                Some(b'-' | b'0'..=b'9') => self.number()?,
                _ => return Err(self.problem("expected a value")),
            }
            loop {
                let Some(&close) = open.last() else { return Ok(()) };
                if !self.another(close)? {
                    open.pop();
                    continue;
                }
                if close == b'}' {
                    self.skip_key()?;
                }
                break;
            }
        }
    }

    fn skip_key(&mut self) -> Result<(), Problem> {
        if self.peek() != Some(b'"') {
            return Err(self.problem("expected a key in quotes"));
        }
        self.raw_string()?;
        if self.take(b':') { Ok(()) } else { Err(self.problem("expected ':'")) }
    }

    fn word(&mut self, word: &'static str) -> Result<(), Problem> {
        if self.rest().starts_with(word.as_bytes()) {
            self.at += word.len();
            return Ok(());
        }
        if word.as_bytes().starts_with(self.rest()) {
            self.at = self.text.len();
        }
        Err(self.problem("expected a value"))
    }

    /// RFC 8259, section 6.
    fn number(&mut self) -> Result<(), Problem> {
        self.at += usize::from(self.rest().first() == Some(&b'-'));
        match self.rest().first() {
            Some(b'0') => self.at += 1,
            Some(b'1'..=b'9') => self.digits()?,
            _ => return Err(self.problem("expected a digit")),
        }
        if self.rest().first() == Some(&b'.') {
            self.at += 1;
            self.digits()?;
        }
        if let Some(b'e' | b'E') = self.rest().first() {
            self.at += 1;
            self.at += usize::from(matches!(self.rest().first(), Some(b'+' | b'-')));
            self.digits()?;
        }
        match self.rest().first() {
            None | Some(b' ' | b'\t' | b'\r' | b'\n' | b',' | b'}' | b']' | b'{' | b'[' | b'"') => Ok(()),
            Some(_) => Err(self.problem("not a number")),
        }
    }

    fn digits(&mut self) -> Result<(), Problem> {
        let count = self.rest().iter().take_while(|byte| byte.is_ascii_digit()).count();
        self.at += count;
        if count == 0 { Err(self.problem("expected a digit")) } else { Ok(()) }
    }

    /// Goes past a string; what is between its quotes and whether it holds escapes.
    fn raw_string(&mut self) -> Result<(&'t str, bool), Problem> {
        self.at += 1;
        let start = self.at;
        let mut escaped = false;
        loop {
            let Some(found) = memchr::memchr2(b'"', b'\\', self.rest()) else {
                self.at = self.text.len();
                return Err(self.problem("open string"));
            };
            self.at += found;
            if self.rest().first() == Some(&b'"') {
                let inner = self.text.get(start..self.at).unwrap_or_default();
                self.at += 1;
                return Ok((inner, escaped));
            }
            escaped = true;
            match self.rest() {
                [_, b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't', ..] => self.at += 2,
                [_, b'u', hex @ ..] => match hex.get(..4) {
                    Some(hex) if hex.iter().all(u8::is_ascii_hexdigit) => self.at += 6,
                    Some(_) => return Err(self.problem("a bad \\u escape")),
                    None => {
                        self.at = self.text.len();
                        return Err(self.problem("open string"));
                    }
                },
                [_] => {
                    self.at = self.text.len();
                    return Err(self.problem("open string"));
                }
                _ => return Err(self.problem("a bad escape")),
            }
        }
    }

    /// The string that comes next. A lone surrogate becomes U+FFFD.
    pub(super) fn string(&mut self) -> Result<Cow<'t, str>, Problem> {
        if self.peek() != Some(b'"') {
            return Err(self.problem("expected a string"));
        }
        let (inner, escaped) = self.raw_string()?;
        Ok(if escaped { Cow::Owned(unescape(inner)) } else { Cow::Borrowed(inner) })
    }
}

/// Undoes escapes that were checked before.
fn unescape(inner: &str) -> String {
    let mut out = String::with_capacity(inner.len());
    let mut rest = inner;
    while let Some(at) = memchr::memchr(b'\\', rest.as_bytes()) {
        out.push_str(rest.get(..at).unwrap_or_default());
        rest = rest.get(at + 1..).unwrap_or_default();
        let Some(letter) = rest.bytes().next() else { break };
        rest = rest.get(1..).unwrap_or_default();
        match letter {
            b'b' => out.push('\u{8}'),
            b'f' => out.push('\u{c}'),
            b'n' => out.push('\n'),
            b'r' => out.push('\r'),
            b't' => out.push('\t'),
            b'u' => {
                let unit = hex_unit(&mut rest);
                let low = rest.strip_prefix("\\u").and_then(|mut low| {
                    let unit = hex_unit(&mut low);
                    (0xdc00..0xe000).contains(&unit).then_some((unit, low))
                });
                match (unit, low) {
                    (0xd800..0xdc00, Some((low, after))) => {
                        out.push(char::from_u32(0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00)).unwrap_or('\u{fffd}'));
                        rest = after;
                    }
                    _ => out.push(char::from_u32(unit).unwrap_or('\u{fffd}')),
                }
            }
            other => out.push(char::from(other)),
        }
    }
    out.push_str(rest);
    out
}

fn hex_unit(rest: &mut &str) -> u32 {
    let unit = rest.get(..4).and_then(|hex| u32::from_str_radix(hex, 16).ok()).unwrap_or(0xfffd);
    *rest = rest.get(4..).unwrap_or_default();
    unit
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn skips(text: &str) -> bool {
        let mut cursor = Cursor::new(text);
        cursor.skip().is_ok() && cursor.is_end()
    }

    #[test]
    fn grammar() {
        for good in ["{}", "[]", "[1,2.5e-3,-0,\"a\\u00e9\\n\"]", "{\"a\":{\"b\":[null,true,false]}}", " 1 ", "\"\\ud800\""] {
            assert!(skips(good), "{good}");
        }
        for bad in ["", "{", "[1,]", "{\"a\"}", "{\"a\":}", "01", "1.", "tru", "\"\\x\"", "\"a", "{a:1}", "[1}", "\"\\u12\""] {
            assert!(!skips(bad), "{bad}");
        }
        assert!(skips(&("[".repeat(1_000_000) + &"]".repeat(1_000_000))));
    }

    #[test]
    fn strings() {
        let of = |text: &str| Cursor::new(text).string().map(Cow::into_owned);
        assert_eq!(of(r#""a\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00\ud83dx\ude00""#).unwrap(), "a\"\\/\u{8}\u{c}\n\r\té😀\u{fffd}x\u{fffd}");
        assert!(of("\"a").unwrap_err().cut_off);
    }

    proptest! {
        #[test]
        fn agrees_with_serde_json(text in "[\\[\\]{}\",:truefalsn0-9.eE+\\\\u \u{e9}-]{0,24}") {
            let serde = serde_json::from_str::<serde::de::IgnoredAny>(&text).is_ok();
            prop_assert_eq!(skips(&text), serde, "{}", text);
        }
        #[test]
        fn strings_agree_with_serde_json(text in any::<String>()) {
            let json = serde_json::to_string(&text).unwrap();
            let mut cursor = Cursor::new(&json);
            prop_assert_eq!(cursor.string().unwrap(), text.as_str());
        }
    }
}
