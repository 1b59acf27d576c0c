//! A script cut into statements.

use crate::error::{Error, Result};
use datafusion::error::DataFusionError;
use datafusion::sql::parser::{DFParserBuilder, Statement as Ast};
use datafusion::sql::sqlparser::dialect::GenericDialect;
use datafusion::sql::sqlparser::parser::ParserError;
use datafusion::sql::sqlparser::tokenizer::{Location, Token, TokenWithSpan, Tokenizer};

/// One statement of a script.
#[derive(Debug, Clone)]
pub struct Statement {
    ast: Ast,
    /// Line of the script where it begins, from 1.
    pub line: u64,
    /// Its text without the semicolon.
    pub text: String,
    pub(super) names_file: bool,
    pub(super) names_line: bool,
}

impl Statement {
    /// The parsed statement, before files are bound.
    pub fn ast(&self) -> &Ast {
        &self.ast
    }
}

/// Cuts at semicolons outside of strings and comments, and parses every part.
pub(super) fn split(sql: &str, recursion_limit: usize) -> Result<Vec<Statement>> {
    let tokens = Tokenizer::new(&GenericDialect {}, sql)
        .tokenize_with_location()
        .map_err(|error| Error::Syntax { line: error.location.line.max(1), problem: lower(&error.message) })?;
    let offsets = Offsets::new(sql);
    let mut statements = Vec::new();
    let mut part: Vec<TokenWithSpan> = Vec::new();
    for token in tokens {
        if token.token == Token::SemiColon {
            statements.extend(parse(std::mem::take(&mut part), sql, &offsets, recursion_limit)?);
        } else if token.token != Token::EOF {
            part.push(token);
        }
    }
    statements.extend(parse(part, sql, &offsets, recursion_limit)?);
    Ok(statements)
}

fn parse(tokens: Vec<TokenWithSpan>, sql: &str, offsets: &Offsets<'_>, recursion_limit: usize) -> Result<Option<Statement>> {
    let real = |token: &&TokenWithSpan| !matches!(token.token, Token::Whitespace(_));
    let (Some(first), Some(last)) = (tokens.iter().find(real), tokens.iter().rfind(real)) else { return Ok(None) };
    let line = first.span.start.line;
    let last_line = last.span.end.line;
    let text = sql.get(offsets.at(first.span.start)..offsets.at(last.span.end)).unwrap_or_default().to_owned();
    let names =
        |wanted: &str| tokens.iter().any(|token| matches!(&token.token, Token::Word(word) if word.value.eq_ignore_ascii_case(wanted)));
    let (names_file, names_line) = (names("_file"), names("_line"));
    let problem = |error: DataFusionError| syntax(&error, line, last_line);
    let mut parsed = DFParserBuilder::new(tokens)
        .with_recursion_limit(recursion_limit)
        .build()
        .and_then(|mut parser| parser.parse_statements())
        .map_err(problem)?;
    Ok(parsed.pop_front().map(|ast| Statement { ast, line, text, names_file, names_line }))
}

/// The parser's message without its preamble; its position becomes the line. What is missing is missing at the end.
fn syntax(error: &DataFusionError, first_line: u64, last_line: u64) -> Error {
    let text = match error.find_root() {
        DataFusionError::SQL(error, _) => match error.as_ref() {
            ParserError::TokenizerError(text) | ParserError::ParserError(text) => text.clone(),
            ParserError::RecursionLimitExceeded => "the statement is nested too deeply".to_owned(),
        },
        other => other.strip_backtrace(),
    };
    let (words, place) = text.rsplit_once(" at Line: ").unwrap_or((&text, ""));
    let line = place.split(',').next().and_then(|line| line.trim().parse().ok()).unwrap_or(if words.ends_with("EOF") {
        last_line
    } else {
        first_line
    });
    Error::Syntax { line, problem: lower(words) }
}

fn lower(words: &str) -> String {
    let words = words.strip_prefix("sql parser error: ").unwrap_or(words);
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}

/// Bytes at which lines begin.
struct Offsets<'s> {
    sql: &'s str,
    lines: Vec<usize>,
}

impl<'s> Offsets<'s> {
    fn new(sql: &'s str) -> Self {
        let lines = std::iter::once(0).chain(memchr::memchr_iter(b'\n', sql.as_bytes()).map(|at| at + 1)).collect();
        Self { sql, lines }
    }

    fn at(&self, location: Location) -> usize {
        let line = usize::try_from(location.line.saturating_sub(1)).ok().and_then(|line| self.lines.get(line)).copied().unwrap_or(0);
        let column = usize::try_from(location.column.saturating_sub(1)).unwrap_or(0);
        let rest = self.sql.get(line..).unwrap_or_default();
        line + rest.char_indices().nth(column).map_or(rest.len(), |(at, _)| at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_are_cut() {
        let sql = "-- first\nSELECT 'a;b' AS \"x;y\";\n\n/* ; */ SELECT é\n FROM t ;;";
        let found = split(sql, 50).unwrap();
        let texts: Vec<(u64, &str)> = found.iter().map(|statement| (statement.line, statement.text.as_str())).collect();
        assert_eq!(texts, [(2, "SELECT 'a;b' AS \"x;y\""), (4, "SELECT é\n FROM t")]);
        assert!(split("  -- nothing\n", 50).unwrap().is_empty());
    }

    #[test]
    fn errors_name_the_line() {
        let error = |sql: &str| split(sql, 50).unwrap_err().to_string();
        assert_eq!(error("SELECT 1;\nSELEC 2"), "line 2: expected: an SQL statement, found: SELEC");
        assert!(error("SELECT 'open").starts_with("line 1: unterminated string literal"), "{}", error("SELECT 'open"));
    }
}
