//! Tab completion.

use crate::doc::engine_names;
use crate::dot::{self, Argument};
use crate::script::{open_quote, pieces};
use huntsql_catalogue::signatures;
use huntsql_datafusion::display::is_hidden;
use huntsql_datafusion::session::HuntSession;
use std::collections::BTreeSet;
use std::path::Path;

const KEYWORDS: &[&str] = &[
    "ALL",
    "AND",
    "AS",
    "ASC",
    "BETWEEN",
    "BY",
    "CASE",
    "CAST",
    "COPY",
    "CREATE",
    "CROSS",
    "CURRENT",
    "DESC",
    "DESCRIBE",
    "DISTINCT",
    "DROP",
    "ELSE",
    "END",
    "EXCEPT",
    "EXISTS",
    "EXPLAIN",
    "EXTERNAL",
    "FALSE",
    "FILTER",
    "FIRST",
    "FOLLOWING",
    "FROM",
    "FULL",
    "GROUP",
    "HAVING",
    "ILIKE",
    "IN",
    "INNER",
    "INSERT",
    "INTERSECT",
    "INTERVAL",
    "INTO",
    "IS",
    "JOIN",
    "LAST",
    "LEFT",
    "LIKE",
    "LIMIT",
    "NOT",
    "NULL",
    "NULLS",
    "OFFSET",
    "ON",
    "OR",
    "ORDER",
    "OUTER",
    "OVER",
    "PARTITION",
    "PRECEDING",
    "QUALIFY",
    "RECURSIVE",
    "RESET",
    "RIGHT",
    "ROWS",
    "SELECT",
    "SET",
    "SHOW",
    "SIMILAR",
    "TABLE",
    "THEN",
    "TO",
    "TRUE",
    "UNBOUNDED",
    "UNION",
    "USING",
    "VALUES",
    "VIEW",
    "WHEN",
    "WHERE",
    "WINDOW",
    "WITH",
];

/// What is completed from.
#[derive(Debug, Default)]
pub(crate) struct Words {
    tables: Vec<String>,
    columns: BTreeSet<String>,
    functions: BTreeSet<String>,
}

/// What may stand at the cursor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Candidate {
    /// Shown in the list.
    pub(crate) shown: String,
    /// Put into the line.
    pub(crate) text: String,
}

impl Words {
    /// The functions of a session.
    pub(crate) fn new(session: &HuntSession) -> Self {
        let ours = signatures().into_iter().map(|signature| signature.spec.name.to_owned());
        Self { functions: engine_names(session.context()).into_iter().chain(ours).collect(), ..Self::default() }
    }

    /// Takes the tables as they are now, and more columns. Columns of files and results are kept: they are what one asks for next.
    pub(crate) fn refresh(&mut self, tables: Vec<String>, columns: impl IntoIterator<Item = String>) {
        const MAX_COLUMNS: usize = 10_000;
        self.tables = tables;
        let room = MAX_COLUMNS.saturating_sub(self.columns.len());
        self.columns.extend(columns.into_iter().take(room));
    }

    /// Where the word at the end of `before` starts, and what it could be.
    pub(crate) fn complete(&self, before: &str) -> (usize, Vec<Candidate>) {
        let line = before.rsplit('\n').next().unwrap_or_default();
        let (start, mut found) =
            if line.trim_start().starts_with('.') && pieces(before).last().is_some_and(|last| last.text.starts_with('.')) {
                self.dot(before, line)
            } else if let Some(path) = open_quote(before, '\'') {
                (before.len() - path.len(), paths(path))
            } else {
                self.word(before)
            };
        // A name from a log or disk must not draw on the terminal.
        found.retain(|candidate| !candidate.text.chars().any(is_hidden));
        (start, found)
    }

    fn dot(&self, before: &str, line: &str) -> (usize, Vec<Candidate>) {
        let command = line.trim_start();
        let Some((name, argument)) = command.split_once(char::is_whitespace) else {
            let name = command.trim_start_matches('.');
            return (before.len() - name.len(), starting(dot::COMMANDS.iter().map(|command| command.name), name, ""));
        };
        let argument = argument.trim_start();
        let kind = dot::find(name.trim_start_matches('.')).map_or(Argument::None, |command| command.argument);
        let start = before.len() - argument.len();
        match kind {
            Argument::None => (start, Vec::new()),
            Argument::Command => (start, starting(dot::COMMANDS.iter().map(|command| command.name), argument, "")),
            Argument::Function => (start, starting(self.functions.iter().map(String::as_str), argument, "")),
            Argument::Mode => (start, starting(dot::modes(), argument, "")),
            Argument::Switch => (start, starting(["off", "on"], argument, "")),
            Argument::Path | Argument::Table => {
                let path = argument.trim_start_matches(['\'', '"']);
                let mut found =
                    if kind == Argument::Table { starting(self.tables.iter().map(String::as_str), argument, "") } else { Vec::new() };
                found.extend(paths(path));
                (before.len() - path.len(), found)
            }
        }
    }

    fn word(&self, before: &str) -> (usize, Vec<Candidate>) {
        let word = before.rfind(|c: char| !(c.is_alphanumeric() || c == '_')).map_or(0, |at| at + last_char_len(before.get(at..)));
        let prefix = before.get(word..).unwrap_or_default();
        let lead = before.get(..word).unwrap_or_default();
        if let Some(lead) = lead.strip_suffix('"') {
            let quoted = self.columns.iter().filter(|name| name.to_lowercase().starts_with(&prefix.to_lowercase()));
            return (lead.len(), quoted.map(|name| Candidate { shown: name.clone(), text: quote(name) }).collect());
        }
        let mut found = self.columns(prefix);
        if lead.ends_with('.') {
            return (word, found);
        }
        let after = lead.trim_end().rsplit(|c: char| !c.is_alphanumeric()).next().unwrap_or_default().to_uppercase();
        let tables = starting(self.tables.iter().map(String::as_str), prefix, "");
        if matches!(after.as_str(), "FROM" | "JOIN" | "TABLE" | "DESCRIBE") && (prefix.is_empty() || !tables.is_empty()) {
            return (word, tables);
        }
        found.extend(tables);
        if !prefix.is_empty() {
            found.extend(starting(self.functions.iter().map(String::as_str), prefix, "("));
            let mut keywords = starting(KEYWORDS.iter().copied(), prefix, "");
            if !prefix.chars().any(char::is_uppercase) {
                keywords.iter_mut().for_each(|keyword| keyword.text = keyword.text.to_lowercase());
            }
            found.extend(keywords);
        }
        (word, found)
    }

    fn columns(&self, prefix: &str) -> Vec<Candidate> {
        let prefix = prefix.to_lowercase();
        let fitting = self.columns.iter().filter(|name| name.to_lowercase().starts_with(&prefix));
        fitting.map(|name| Candidate { shown: name.clone(), text: if is_plain(name) { name.clone() } else { quote(name) } }).collect()
    }
}

fn last_char_len(text: Option<&str>) -> usize {
    text.and_then(|text| text.chars().next()).map_or(0, char::len_utf8)
}

/// A name that needs no quotes; upper case needs none, since names are found without regard to case.
fn is_plain(name: &str) -> bool {
    let mut chars = name.chars();
    chars.next().is_some_and(|c| c.is_ascii_alphabetic() || c == '_') && chars.all(|c| c.is_ascii_alphanumeric() || c == '_')
}

fn quote(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

fn starting<'a>(words: impl IntoIterator<Item = &'a str>, prefix: &str, end: &str) -> Vec<Candidate> {
    let prefix = prefix.to_lowercase();
    let fitting = words.into_iter().filter(|word| word.to_lowercase().starts_with(&prefix));
    fitting.map(|word| Candidate { shown: word.to_owned(), text: format!("{word}{end}") }).collect()
}

/// Files and folders that begin with `typed`.
fn paths(typed: &str) -> Vec<Candidate> {
    const MAX_FILES: usize = 1_000;
    let split = typed.rfind('/').map_or(0, |at| at + 1);
    let (folder, prefix) = (typed.get(..split).unwrap_or_default(), typed.get(split..).unwrap_or_default());
    let Ok(entries) = std::fs::read_dir(if folder.is_empty() { Path::new(".") } else { Path::new(folder) }) else { return Vec::new() };
    let mut found: Vec<_> = entries
        .filter_map(Result::ok)
        .filter_map(|entry| {
            let name = entry.file_name().into_string().ok()?;
            let hidden = name.starts_with('.') && !prefix.starts_with('.');
            if hidden || !name.starts_with(prefix) {
                return None;
            }
            let end = if entry.path().is_dir() { "/" } else { "" };
            Some(Candidate { shown: format!("{name}{end}"), text: format!("{folder}{}{end}", name.replace('\'', "''")) })
        })
        .take(MAX_FILES)
        .collect();
    found.sort_by(|a, b| a.text.cmp(&b.text));
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn words() -> Words {
        let mut words = Words { functions: ["extract_iocs", "count"].map(str::to_owned).into(), ..Words::default() };
        words.refresh(vec!["events".to_owned()], ["CommandLine", "user name", "bad\u{202e}"].map(str::to_owned));
        words
    }

    fn texts(before: &str) -> Vec<String> {
        words().complete(before).1.into_iter().map(|candidate| candidate.text).collect()
    }

    #[test]
    fn what_may_stand_there() {
        for (before, expected) in [
            ("sel", vec!["select"]),
            ("SEL", vec!["SELECT"]),
            ("SELECT extr", vec!["extract_iocs("]),
            ("SELECT comm", vec!["CommandLine"]),
            ("SELECT * FROM ", vec!["events"]),
            ("SELECT e.us", vec!["\"user name\""]),
            ("SELECT \"us", vec!["\"user name\""]),
            ("SELECT bad", vec![]),
            (".mo", vec!["mode"]),
            (".mode nd", vec!["ndjson"]),
            (".doc extr", vec!["extract_iocs"]),
            ("SELECT 1;\n.timer o", vec!["off", "on"]),
            (".schema ev", vec!["events"]),
            ("SELECT * FROM 'sr", vec!["src/"]),
            ("SELECT * FROM 'src/mai", vec!["src/main.rs"]),
            (".read src/mai", vec!["src/main.rs"]),
        ] {
            assert_eq!(texts(before), expected, "{before}");
        }
    }

    proptest! {
        #[test]
        fn never_panics(before in any::<String>()) {
            let (start, _) = words().complete(&before);
            prop_assert!(before.is_char_boundary(start));
        }
    }
}
