//! Takes a script apart: statements up to their `;`, and dot commands, which are a line each.

/// One thing to run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Piece<'a> {
    /// What it is.
    pub(crate) kind: Kind,
    /// Its text, without the `;`.
    pub(crate) text: &'a str,
    /// The line it starts in, from 1.
    pub(crate) line: usize,
    /// Where in that line it starts, in characters from 0.
    pub(crate) column: usize,
    /// False for a statement at the end that has no `;`, or whose quote or comment is open.
    pub(crate) ended: bool,
}

/// What a [`Piece`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A statement.
    Sql,
    /// A dot command.
    Dot,
}

/// The pieces of `script`.
pub(crate) fn pieces(script: &str) -> Vec<Piece<'_>> {
    let mut scanner = Scanner { script, at: 0 };
    let mut place = Place { script, at: 0, line: 1, column: 0 };
    let mut found = Vec::new();
    loop {
        scanner.skip_blank();
        if scanner.at >= script.len() {
            return found;
        }
        let start = scanner.at;
        let (kind, ended) = if scanner.starts_dot() {
            scanner.skip_line();
            (Kind::Dot, true)
        } else {
            (Kind::Sql, scanner.skip_statement())
        };
        let end = if kind == Kind::Sql && ended { scanner.at - 1 } else { scanner.at };
        let text = script.get(start..end).unwrap_or_default().trim_end();
        let (line, column) = place.of(start);
        if !text.is_empty() {
            found.push(Piece { kind, text, line, column, ended });
        }
    }
}

/// True where nothing more need be typed: every statement has its `;` and every quote its end.
pub(crate) fn is_complete(input: &str) -> bool {
    pieces(input).last().is_none_or(|last| last.ended) && !Scanner { script: input, at: 0 }.ends_in_comment()
}

/// True where `input` ends inside a quote that `quote` opened; gives what stands after the quote.
pub(crate) fn open_quote(input: &str, quote: char) -> Option<&str> {
    let last = pieces(input).pop().filter(|last| !last.ended && last.kind == Kind::Sql)?;
    let mut scanner = Scanner { script: last.text, at: 0 };
    // `text` was trimmed; what was cut off can only be inside the quote.
    let tail = input.len() - input.trim_end().len();
    while let Some(c) = scanner.peek() {
        let start = scanner.at;
        if !scanner.skip_token() && c == quote {
            let from = input.len() - tail - last.text.len() + start + c.len_utf8();
            return input.get(from..);
        }
    }
    None
}

struct Scanner<'a> {
    script: &'a str,
    at: usize,
}

impl Scanner<'_> {
    fn rest(&self) -> &str {
        self.script.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    /// Skips white space, comments and empty statements.
    fn skip_blank(&mut self) {
        while let Some(c) = self.peek() {
            if c.is_whitespace() || c == ';' || c == '\u{feff}' {
                self.at += c.len_utf8();
            } else if self.rest().starts_with("--") {
                self.skip_line();
            } else if self.rest().starts_with("/*") {
                let start = self.at;
                if !self.skip_token() {
                    // An open comment is an error of the statement that it begins.
                    self.at = start;
                    return;
                }
            } else {
                return;
            }
        }
    }

    fn skip_line(&mut self) {
        self.at += self.rest().find('\n').unwrap_or(self.rest().len());
    }

    /// A dot and a letter at the start of a line; SQL never starts so.
    fn starts_dot(&self) -> bool {
        let mut rest = self.rest().chars();
        if rest.next() != Some('.') || !rest.next().is_some_and(char::is_alphabetic) {
            return false;
        }
        let before = self.script.get(..self.at).unwrap_or_default();
        before.rsplit('\n').next().is_none_or(|line| line.trim().is_empty())
    }

    /// Skips past the next `;` outside quotes and comments. False where there is none.
    fn skip_statement(&mut self) -> bool {
        while let Some(c) = self.peek() {
            if c == ';' {
                self.at += 1;
                return true;
            }
            self.skip_token();
        }
        false
    }

    /// Skips one quoted text, comment or character. False where a quote or comment is open at the end.
    fn skip_token(&mut self) -> bool {
        let rest = self.rest();
        let Some(c) = rest.chars().next() else { return true };
        let ended = match c {
            '\'' | '"' | '`' => Some(self.skip_quoted(c)),
            // E'it\'s': the one kind of text with backslash escapes.
            'e' | 'E' if rest.get(1..).is_some_and(|rest| rest.starts_with('\'')) => {
                self.at += 1;
                Some(self.skip_escaped())
            }
            '-' if rest.starts_with("--") => {
                self.skip_line();
                return true;
            }
            // The operator, not the first half of a comment.
            '/' if rest.starts_with("//") => {
                self.at += 2;
                return true;
            }
            '/' if rest.starts_with("/*") => Some(self.skip_comment()),
            '$' => match dollar_tag(rest) {
                Some(tag) => {
                    let tag = tag.len();
                    let body = rest.get(tag..).unwrap_or_default();
                    let end = body.find(rest.get(..tag).unwrap_or_default());
                    let length = end.map_or(rest.len(), |end| end + 2 * tag);
                    self.at += length;
                    return end.is_some();
                }
                None => None,
            },
            _ if c.is_alphanumeric() || c == '_' => {
                // A word is skipped whole: in `a$b$c` the dollars open no quote.
                let word = rest.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == '$')).unwrap_or(rest.len());
                self.at += word;
                return true;
            }
            _ => None,
        };
        match ended {
            Some(ended) => ended,
            None => {
                self.at += c.len_utf8();
                true
            }
        }
    }

    /// A doubled quote is a quote, which two quoted texts side by side give by themselves.
    fn skip_quoted(&mut self, quote: char) -> bool {
        let body = self.rest().get(1..).unwrap_or_default();
        let (length, ended) = match body.find(quote) {
            Some(end) => (end + 2, true),
            None => (body.len() + 1, false),
        };
        self.at += length;
        ended
    }

    fn skip_escaped(&mut self) -> bool {
        let mut chars = self.rest().char_indices().skip(1);
        while let Some((at, c)) = chars.next() {
            match c {
                '\\' => drop(chars.next()),
                '\'' => {
                    self.at += at + 1;
                    return true;
                }
                _ => {}
            }
        }
        self.at = self.script.len();
        false
    }

    /// Comments nest.
    fn skip_comment(&mut self) -> bool {
        let rest = self.rest();
        let mut depth = 0_usize;
        let mut at = 0;
        while let Some(next) = rest.get(at..).and_then(|rest| rest.find(['/', '*'])) {
            at += next;
            let tail = rest.get(at..).unwrap_or_default();
            if tail.starts_with("/*") {
                depth += 1;
                at += 2;
            } else if tail.starts_with("*/") {
                depth -= 1;
                at += 2;
                if depth == 0 {
                    self.at += at;
                    return true;
                }
            } else {
                at += 1;
            }
        }
        self.at = self.script.len();
        false
    }

    fn ends_in_comment(mut self) -> bool {
        self.skip_blank();
        while self.at < self.script.len() {
            if self.starts_dot() {
                self.skip_line();
            } else if !self.skip_token() {
                return true;
            }
        }
        false
    }
}

/// `$$` or `$tag$` at the start of `text`.
fn dollar_tag(text: &str) -> Option<&str> {
    let name = text.get(1..)?.find('$')?;
    let tag = text.get(1..=name)?;
    let good = tag.chars().all(|c| c.is_alphanumeric() || c == '_') && !tag.starts_with(|c: char| c.is_ascii_digit());
    if good { text.get(..name + 2) } else { None }
}

/// Counts lines as the pieces go by, so that a script is read once.
struct Place<'a> {
    script: &'a str,
    at: usize,
    line: usize,
    column: usize,
}

impl Place<'_> {
    fn of(&mut self, offset: usize) -> (usize, usize) {
        for c in self.script.get(self.at..offset).unwrap_or_default().chars() {
            if c == '\n' {
                self.line += 1;
                self.column = 0;
            } else {
                self.column += 1;
            }
        }
        self.at = offset;
        (self.line, self.column)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use datafusion::sql::sqlparser::dialect::GenericDialect;
    use datafusion::sql::sqlparser::tokenizer::{Token, Tokenizer};
    use proptest::prelude::*;

    fn texts(script: &str) -> Vec<(&str, usize, bool)> {
        pieces(script).iter().map(|piece| (piece.text, piece.line, piece.ended)).collect()
    }

    #[test]
    fn statements_and_dot_commands() {
        for (script, expected) in [
            ("", vec![]),
            (" ;; -- nothing\n/* at /* all */ */ ;", vec![]),
            ("SELECT 1; SELECT 2", vec![("SELECT 1", 1, true), ("SELECT 2", 1, false)]),
            ("SELECT ';' ; -- ;\nSELECT \";\"", vec![("SELECT ';'", 1, true), ("SELECT \";\"", 2, false)]),
            ("SELECT 'it''s; ' AS x;", vec![("SELECT 'it''s; ' AS x", 1, true)]),
            (".mode json\n-- c\nSELECT\n 1;\n.timer on", vec![(".mode json", 1, true), ("SELECT\n 1", 3, true), (".timer on", 5, true)]),
            ("SELECT t\n.x FROM t;", vec![("SELECT t\n.x FROM t", 1, true)]),
            ("SELECT 1; .help", vec![("SELECT 1", 1, true), (".help", 1, false)]),
            ("SELECT $$a;b$$; SELECT $x$;$x$;", vec![("SELECT $$a;b$$", 1, true), ("SELECT $x$;$x$", 1, true)]),
            ("SELECT 'open; ", vec![("SELECT 'open;", 1, false)]),
            ("SELECT E'it\\'s; ';", vec![("SELECT E'it\\'s; '", 1, true)]),
            ("SELECT 1 /* ; */ + 1;", vec![("SELECT 1 /* ; */ + 1", 1, true)]),
            ("/* open", vec![("/* open", 1, false)]),
            ("SELECT '日;本';\nSELECT 'é'", vec![("SELECT '日;本'", 1, true), ("SELECT 'é'", 2, false)]),
        ] {
            assert_eq!(texts(script), expected, "{script}");
        }
    }

    #[test]
    fn a_prompt_waits_for_the_end() {
        for (input, complete) in [
            ("SELECT 1", false),
            ("SELECT 1;", true),
            ("SELECT ';", false),
            (".help", true),
            ("", true),
            ("SELECT 1; SELECT 2", false),
            ("SELECT 1; -- note", true),
            ("/* open", false),
        ] {
            assert_eq!(is_complete(input), complete, "{input}");
        }
    }

    #[test]
    fn finds_the_open_quote() {
        assert_eq!(open_quote("SELECT * FROM 'logs/a", '\''), Some("logs/a"));
        assert_eq!(open_quote("SELECT 'x' FROM '", '\''), Some(""));
        assert_eq!(open_quote("SELECT 'x' FROM t", '\''), None);
        assert_eq!(open_quote("SELECT 1; SELECT * FROM 'my logs ", '\''), Some("my logs "));
        assert_eq!(open_quote("SELECT \"a'", '\''), None);
    }

    proptest! {
        /// The parser must see the statements that we see.
        #[test]
        fn agrees_with_the_tokenizer(script in "[aE'\"`;$/*\\\\\\- \n.1]{0,30}") {
            let dialect = GenericDialect {};
            let ours = pieces(&script);
            if let Ok(tokens) = Tokenizer::new(&dialect, &script).tokenize()
                && ours.iter().all(|piece| piece.kind == Kind::Sql)
            {
                let ends = tokens.split(|token| *token == Token::SemiColon);
                let theirs = ends.filter(|tokens| tokens.iter().any(|token| !matches!(token, Token::Whitespace(_)))).count();
                prop_assert_eq!(ours.len(), theirs, "{}", script);
            }
        }

        #[test]
        fn never_panics(script in any::<String>()) {
            let _ = (pieces(&script), is_complete(&script), open_quote(&script, '\''));
        }
    }
}
