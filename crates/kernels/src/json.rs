//! Reads JSON in place: a value is skipped, sliced out or decoded without building a tree. The readers of NDJSON files and the parsers of logs in JSON use it.
//!
//! Not serde_json, because rows need what it does not offer together: the text of a number as written, lone
//! surrogates (attackers and cut-off logs write them), nesting without recursion, and slices without its
//! `raw_value` feature, which would compile DataFusion again.

use std::borrow::Cow;

/// Why text is no JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Problem {
    /// What was expected or found, in words.
    pub words: &'static str,
    /// Byte of the text.
    pub at: usize,
    /// The text ends too early.
    pub cut_off: bool,
}

/// A position in JSON text.
#[derive(Debug, Clone)]
pub struct Cursor<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Cursor<'t> {
    /// At the beginning of `text`.
    #[inline]
    pub fn new(text: &'t str) -> Self {
        Self { text, at: 0 }
    }

    /// What is wrong here.
    #[inline]
    pub fn problem(&self, words: &'static str) -> Problem {
        let cut_off = self.at >= self.text.len();
        Problem { words: if cut_off { "the JSON is cut off" } else { words }, at: self.at, cut_off }
    }

    #[inline]
    fn rest(&self) -> &'t [u8] {
        self.text.as_bytes().get(self.at..).unwrap_or_default()
    }

    /// The next byte that is no space.
    #[inline]
    pub fn peek(&mut self) -> Option<u8> {
        loop {
            match self.text.as_bytes().get(self.at) {
                Some(b' ' | b'\t' | b'\r' | b'\n') => self.at += 1,
                other => return other.copied(),
            }
        }
    }

    /// Takes `byte` if it comes next.
    #[inline]
    fn take(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    /// Whether nothing but space is left.
    #[inline]
    pub fn is_end(&mut self) -> bool {
        self.peek().is_none()
    }

    /// Steps into the object that comes next; false when it is empty.
    #[inline]
    pub fn enter_object(&mut self) -> Result<bool, Problem> {
        if !self.take(b'{') {
            return Err(self.problem("expected an object"));
        }
        Ok(!self.take(b'}'))
    }

    /// Steps into the list that comes next; false when it is empty.
    #[inline]
    pub fn enter_list(&mut self) -> Result<bool, Problem> {
        if !self.take(b'[') {
            return Err(self.problem("expected a list"));
        }
        Ok(!self.take(b']'))
    }

    /// A key and its colon.
    #[inline]
    pub fn key(&mut self) -> Result<Cow<'t, str>, Problem> {
        let (inner, escaped) = self.raw_key()?;
        Ok(if escaped { Cow::Owned(unescape(inner)) } else { Cow::Borrowed(inner) })
    }

    /// After a value: whether another one follows before `close`, which is taken.
    #[inline]
    pub fn another(&mut self, close: u8) -> Result<bool, Problem> {
        if self.take(b',') {
            Ok(true)
        } else if self.take(close) {
            Ok(false)
        } else {
            Err(self.problem(if close == b'}' { "expected ',' or '}'" } else { "expected ',' or ']'" }))
        }
    }

    /// Byte of the text that comes next.
    #[inline]
    pub fn position(&self) -> usize {
        self.at
    }

    /// The text of the next value.
    #[inline]
    pub fn slice(&mut self) -> Result<&'t str, Problem> {
        self.peek();
        let start = self.at;
        self.skip()?;
        Ok(self.text.get(start..self.at).unwrap_or_default())
    }

    /// Goes past the next value. Checks all of it; never recurses.
    pub fn skip(&mut self) -> Result<(), Problem> {
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
        self.raw_key().map(drop)
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

    /// A key and its colon, as [`Cursor::raw_text`] has it.
    #[inline]
    pub fn raw_key(&mut self) -> Result<(&'t str, bool), Problem> {
        if self.peek() != Some(b'"') {
            return Err(self.problem("expected a key in quotes"));
        }
        let key = self.raw_string()?;
        if self.take(b':') { Ok(key) } else { Err(self.problem("expected ':'")) }
    }

    /// The string that comes next as it is between its quotes, and whether it holds escapes for [`unescape_into`].
    #[inline]
    pub fn raw_text(&mut self) -> Result<(&'t str, bool), Problem> {
        if self.peek() != Some(b'"') {
            return Err(self.problem("expected a string"));
        }
        self.raw_string()
    }

    /// Goes past a string; what is between its quotes and whether it holds escapes.
    #[inline]
    fn raw_string(&mut self) -> Result<(&'t str, bool), Problem> {
        self.at += 1;
        let start = self.at;
        let mut escaped = false;
        loop {
            let found = if escaped { near(self.rest(), |byte| matches!(byte, b'"' | b'\\')) } else { None };
            let Some(found) = found.or_else(|| memchr::memchr2(b'"', b'\\', self.rest())) else {
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
    #[inline]
    pub fn string(&mut self) -> Result<Cow<'t, str>, Problem> {
        let (inner, escaped) = self.raw_text()?;
        Ok(if escaped { Cow::Owned(unescape(inner)) } else { Cow::Borrowed(inner) })
    }
}

fn unescape(inner: &str) -> String {
    let mut out = String::with_capacity(inner.len());
    unescape_into(inner, &mut out);
    out
}

/// Appends a string that [`Cursor::raw_text`] checked, without its escapes. A lone surrogate becomes U+FFFD.
pub fn unescape_into(inner: &str, out: &mut String) {
    let mut rest = inner;
    while let Some(at) = near(rest.as_bytes(), |byte| byte == b'\\').or_else(|| memchr::memchr(b'\\', rest.as_bytes())) {
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
}

/// The first of the next few bytes that is one of those. Escapes come in clusters (`\r\n\t`, paths): a call of memchr for each would cost more than it saves.
#[inline]
fn near(bytes: &[u8], is_one: impl Fn(u8) -> bool) -> Option<usize> {
    bytes.iter().take(12).position(|byte| is_one(*byte))
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
