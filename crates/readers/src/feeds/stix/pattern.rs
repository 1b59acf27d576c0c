//! The STIX 2 patterning language (OASIS STIX 2.1, section 9): what a pattern compares for equality.

use std::borrow::Cow;

/// Brackets in brackets.
const MOST_LEVELS: usize = 64;
/// Longest pattern.
const LONGEST: usize = 1 << 20;

/// A comparison of a pattern that names one value: `=`, a member of `IN`, or a network of `ISSUBSET`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Compared<'p> {
    /// Type of the object: `ipv4-addr`.
    pub object: &'p str,
    /// Path in the object, without quotes and indexes: `hashes.SHA-256`.
    pub path: String,
    /// What it is compared with.
    pub value: Cow<'p, str>,
}

impl Compared<'_> {
    /// Whether it is a digest of a file.
    fn is_digest(&self) -> bool {
        self.object == "file" && self.path.starts_with("hashes")
    }

    /// Whether it says how a file is called.
    fn is_name(&self) -> bool {
        matches!((self.object, self.path.as_str()), ("file" | "process", "name") | ("directory", _))
            || self.path.starts_with("parent_directory_ref")
    }
}

/// Reads a whole pattern: what it compares for equality, in the order in which it is written. `Err` holds the byte at which it is none.
///
/// A name that must hold together with a digest says nothing by itself and is left out.
pub fn comparisons(pattern: &str) -> Result<Vec<Compared<'_>>, usize> {
    if pattern.len() > LONGEST {
        return Err(LONGEST);
    }
    let mut parser = Parser { text: pattern, at: 0 };
    let found = parser.observations(0)?;
    parser.blanks();
    if parser.at == pattern.len() { Ok(found) } else { Err(parser.at) }
}

struct Parser<'p> {
    text: &'p str,
    at: usize,
}

type Found<'p> = Result<Vec<Compared<'p>>, usize>;

impl<'p> Parser<'p> {
    fn rest(&self) -> &'p str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn blanks(&mut self) {
        loop {
            let rest = self.rest();
            let trimmed = rest.trim_start();
            self.at += rest.len() - trimmed.len();
            // Comments as in C.
            let end = match trimmed.get(..2) {
                Some("/*") => trimmed.find("*/").map(|end| end + 2),
                Some("//") => Some(trimmed.find('\n').unwrap_or(trimmed.len())),
                _ => None,
            };
            match end {
                Some(end) => self.at += end,
                None => return,
            }
        }
    }

    fn take(&mut self, symbol: &str) -> bool {
        self.blanks();
        let found = self.rest().starts_with(symbol);
        self.at += if found { symbol.len() } else { 0 };
        found
    }

    fn expect(&mut self, symbol: &str) -> Result<(), usize> {
        if self.take(symbol) { Ok(()) } else { Err(self.at) }
    }

    /// Takes a word of the language, which no letter follows.
    fn word(&mut self, word: &str) -> bool {
        self.blanks();
        let rest = self.rest();
        let found = rest.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word))
            && !rest.get(word.len()..).unwrap_or_default().starts_with(|c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | ':'));
        self.at += if found { word.len() } else { 0 };
        found
    }

    /// `[...] AND [...] FOLLOWEDBY ([...] OR [...]) WITHIN 5 SECONDS`.
    fn observations(&mut self, level: usize) -> Found<'p> {
        let mut found = self.observation(level)?;
        while self.word("AND") || self.word("OR") || self.word("FOLLOWEDBY") {
            found.extend(self.observation(level)?);
        }
        Ok(found)
    }

    fn observation(&mut self, level: usize) -> Found<'p> {
        if level > MOST_LEVELS {
            return Err(self.at);
        }
        let found = if self.take("(") {
            let found = self.observations(level + 1)?;
            self.expect(")")?;
            found
        } else {
            self.expect("[")?;
            let found = self.any_of(level)?;
            self.expect("]")?;
            found
        };
        loop {
            if self.word("WITHIN") {
                self.number()?;
                if !self.word("SECONDS") {
                    return Err(self.at);
                }
            } else if self.word("REPEATS") {
                self.number()?;
                if !self.word("TIMES") {
                    return Err(self.at);
                }
            } else if self.word("START") {
                self.literal()?;
                if !self.word("STOP") {
                    return Err(self.at);
                }
                self.literal()?;
            } else {
                return Ok(found);
            }
        }
    }

    /// Comparisons joined by OR, which binds less than AND.
    fn any_of(&mut self, level: usize) -> Found<'p> {
        let mut found = self.all_of(level)?;
        while self.word("OR") {
            found.extend(self.all_of(level)?);
        }
        Ok(found)
    }

    fn all_of(&mut self, level: usize) -> Found<'p> {
        let mut found = self.comparison(level)?;
        let mut joined = false;
        while self.word("AND") {
            found.extend(self.comparison(level)?);
            joined = true;
        }
        if joined && found.iter().any(Compared::is_digest) {
            found.retain(|compared| !compared.is_name());
        }
        Ok(found)
    }

    fn comparison(&mut self, level: usize) -> Found<'p> {
        if level > MOST_LEVELS {
            return Err(self.at);
        }
        if self.take("(") {
            let found = self.any_of(level + 1)?;
            self.expect(")")?;
            return Ok(found);
        }
        let negated = self.word("NOT");
        if self.word("EXISTS") {
            self.path()?;
            return Ok(Vec::new());
        }
        let (object, path) = self.path()?;
        let negated = self.word("NOT") || negated;
        let of = |values: Vec<Cow<'p, str>>| {
            let compared = values.into_iter().map(|value| Compared { object, path: path.clone(), value });
            if negated { Vec::new() } else { compared.collect() }
        };
        // The longer ones first: `<=` begins with `<`.
        for operator in ["!=", "<>", "<=", ">=", "<", ">"] {
            if self.take(operator) {
                self.literal()?;
                return Ok(Vec::new());
            }
        }
        if self.take("==") || self.take("=") {
            let value = self.literal()?;
            return Ok(of(vec![value]));
        }
        if self.word("IN") {
            self.expect("(")?;
            let mut values = Vec::new();
            while !self.take(")") {
                if !values.is_empty() {
                    self.expect(",")?;
                }
                values.push(self.literal()?);
            }
            return Ok(of(values));
        }
        if self.word("ISSUBSET") {
            let value = self.literal()?;
            return Ok(of(vec![value]));
        }
        if self.word("LIKE") || self.word("MATCHES") || self.word("ISSUPERSET") {
            self.literal()?;
            return Ok(Vec::new());
        }
        Err(self.at)
    }

    /// `file:hashes.'SHA-256'`, `network-traffic:dst_ref.value`, `x:values[*].data`.
    fn path(&mut self) -> Result<(&'p str, String), usize> {
        self.blanks();
        let object = self.name();
        if object.is_empty() {
            return Err(self.at);
        }
        self.expect(":")?;
        let mut path = String::new();
        loop {
            if self.rest().starts_with('\'') {
                path.push_str(&self.text_literal()?);
            } else {
                let name = self.name();
                if name.is_empty() {
                    return Err(self.at);
                }
                path.push_str(name);
            }
            while self.rest().starts_with('[') {
                let end = self.rest().find(']').ok_or(self.at)?;
                let index = self.rest().get(1..end).unwrap_or_default().trim();
                if index != "*" && index.parse::<i64>().is_err() {
                    return Err(self.at);
                }
                self.at += end + 1;
            }
            if !self.rest().starts_with('.') {
                return Ok((object, path));
            }
            self.at += 1;
            path.push('.');
        }
    }

    fn name(&mut self) -> &'p str {
        let rest = self.rest();
        let length = rest.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-')).count();
        self.at += length;
        rest.get(..length).unwrap_or_default()
    }

    fn number(&mut self) -> Result<Cow<'p, str>, usize> {
        self.blanks();
        let rest = self.rest();
        let length = rest.bytes().take_while(|byte| byte.is_ascii_digit() || matches!(byte, b'+' | b'-' | b'.' | b'e' | b'E')).count();
        let number = rest.get(..length).unwrap_or_default();
        if number.parse::<f64>().is_err() {
            return Err(self.at);
        }
        self.at += length;
        Ok(Cow::Borrowed(number))
    }

    /// A text, number, truth value, or `t'...'`, `h'...'`, `b'...'`, which stay as written.
    fn literal(&mut self) -> Result<Cow<'p, str>, usize> {
        self.blanks();
        let rest = self.rest().as_bytes();
        if let [b't' | b'h' | b'b', b'\'', ..] = rest {
            self.at += 1;
        }
        if self.rest().starts_with('\'') {
            return self.text_literal();
        }
        for word in ["true", "false"] {
            if self.word(word) {
                return Ok(Cow::Borrowed(word));
            }
        }
        self.number()
    }

    /// A text in single quotes, in which a backslash goes before a quote or another backslash.
    fn text_literal(&mut self) -> Result<Cow<'p, str>, usize> {
        self.at += 1;
        let mut value = Cow::Borrowed("");
        loop {
            let rest = self.rest();
            let end = rest.find(['\'', '\\']).ok_or(self.text.len())?;
            let part = rest.get(..end).unwrap_or_default();
            if value.is_empty() {
                value = Cow::Borrowed(part);
            } else {
                value.to_mut().push_str(part);
            }
            self.at += end;
            if self.rest().starts_with('\'') {
                self.at += 1;
                return Ok(value);
            }
            let escaped = self.rest().chars().nth(1).ok_or(self.text.len())?;
            value.to_mut().push(escaped);
            self.at += 1 + escaped.len_utf8();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn shown(pattern: &str) -> Result<String, usize> {
        let found = comparisons(pattern)?;
        Ok(found.iter().map(|Compared { object, path, value }| format!("{object}:{path}={value}")).collect::<Vec<_>>().join(" "))
    }

    #[test]
    fn what_is_compared_for_equality() {
        for (pattern, expected) in [
            ("[ipv4-addr:value = '198.51.100.7']", "ipv4-addr:value=198.51.100.7"),
            ("[ipv4-addr:value ISSUBSET '198.51.100.0/24']", "ipv4-addr:value=198.51.100.0/24"),
            (
                "[ domain-name:value IN ('a.example.net','b.example.net') ]",
                "domain-name:value=a.example.net domain-name:value=b.example.net",
            ),
            ("[file:hashes.'SHA-256' = 'ab' OR file:hashes.MD5 = 'cd']", "file:hashes.SHA-256=ab file:hashes.MD5=cd"),
            ("[file:name = 'svchost.exe' AND file:hashes.MD5 = 'cd']", "file:hashes.MD5=cd"),
            ("[file:name = 'evil.exe' AND file:size > 100]", "file:name=evil.exe"),
            ("[(file:name = 'a.exe' OR file:name = 'b.exe') AND process:pid != 4]", "file:name=a.exe file:name=b.exe"),
            ("[url:value LIKE 'http://x/%'] OR [url:value MATCHES '^http']", ""),
            ("[url:value NOT = 'a'] AND [NOT url:value IN ('b')]", ""),
            (
                "([ipv4-addr:value='1'] FOLLOWEDBY [ipv4-addr:value='2']) WITHIN 600 SECONDS REPEATS 3 TIMES START t'2024-01-01T00:00:00Z' STOP t'2025-01-01T00:00:00Z'",
                "ipv4-addr:value=1 ipv4-addr:value=2",
            ),
            (
                r"[windows-registry-key:key = 'HKLM\\Software\\x' AND mutex:name = 'it\'s']",
                r"windows-registry-key:key=HKLM\Software\x mutex:name=it's",
            ),
            (
                "[network-traffic:extensions.'http-request-ext'.request_header.'User-Agent' = 'x']",
                "network-traffic:extensions.http-request-ext.request_header.User-Agent=x",
            ),
            (
                "[email-message:to_refs[*].value = 'a@example.net' /* c */ AND EXISTS file:name]",
                "email-message:to_refs.value=a@example.net",
            ),
            ("[process:pid = 7 AND x:y = true AND x:z = h'00ff']", "process:pid=7 x:y=true x:z=00ff"),
            ("[INDEX:value = 'x'] or [IN-x:ORdinal = 'y']", "INDEX:value=x IN-x:ORdinal=y"),
        ] {
            assert_eq!(shown(pattern).as_deref(), Ok(expected), "{pattern}");
        }
    }

    #[test]
    fn what_is_no_pattern() {
        for pattern in [
            "",
            "[",
            "[]",
            "[a:b]",
            "[a:b = ]",
            "[a:b = 'x'",
            "a:b = 'x'",
            "[a:b = 'x'] x",
            "[a:b = 'x\\",
            "[a:b[x] = 1]",
            "[a:b IN ('x' 'y')]",
            "[a:b = 'x'] WITHIN 5",
            "alert tcp any any -> any any",
        ] {
            assert!(comparisons(pattern).is_err(), "{pattern}");
        }
        assert!(comparisons(&"(".repeat(100_000)).is_err());
        assert!(comparisons(&format!("[{}a:b = 1{}]", "(".repeat(1000), ")".repeat(1000))).is_err());
        let many = format!("[a:b IN ({})]", vec!["'x'"; 100_000].join(","));
        assert_eq!(comparisons(&many).unwrap().len(), 100_000);
        let joined = format!("[{}]", vec!["a:b = 'x'"; 50_000].join(" AND "));
        assert_eq!(comparisons(&joined).unwrap().len(), 50_000);
    }

    proptest! {
        #[test]
        fn any_text_is_one_or_none(text in "[\\[\\]()'\\\\:=. a-cANDORI0-9,\\*ä]{0,80}") {
            let _ = comparisons(&text);
        }

        #[test]
        fn values_come_back(value in "\\PC{0,40}") {
            let pattern = format!("[a:b = '{}']", value.replace('\\', "\\\\").replace('\'', "\\'"));
            let found = comparisons(&pattern).unwrap();
            prop_assert_eq!(found[0].value.as_ref(), value.as_str());
        }
    }
}
