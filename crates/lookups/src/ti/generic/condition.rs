//! Conditions about an answer: `data.score >= 75 and data.class in [malicious, phishing] or data.found == false`.

use super::path::Path;
use serde_json::Value;

/// Comparisons of a condition.
const MOST_TERMS: usize = 50;

/// A condition: one of several groups of comparisons, all of which hold.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Condition(Vec<Vec<Term>>);

#[derive(Debug, Clone, PartialEq)]
struct Term {
    path: Path,
    test: Test,
}

#[derive(Debug, Clone, PartialEq)]
enum Test {
    Equal(Literal),
    Different(Literal),
    Less(f64),
    AtMost(f64),
    Greater(f64),
    AtLeast(f64),
    In(Vec<Literal>),
    Contains(String),
    Present,
    Missing,
}

#[derive(Debug, Clone, PartialEq)]
enum Literal {
    Number(f64),
    Flag(bool),
    Text(String),
}

/// What a condition looks at.
#[derive(Clone, Copy)]
pub(super) struct Answer<'a> {
    pub(super) http_status: u16,
    pub(super) body: &'a Value,
}

impl Condition {
    /// Reads a condition. The error is the rest of a sentence that begins with the field.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let mut rest = text.trim();
        let mut groups = vec![Vec::new()];
        for _ in 0..MOST_TERMS {
            let (term, after) = term(rest)?;
            if let Some(group) = groups.last_mut() {
                group.push(term);
            }
            rest = after.trim_start();
            if rest.is_empty() {
                return Ok(Self(groups));
            }
            if let Some(after) = word(rest, "and") {
                rest = after;
            } else if let Some(after) = word(rest, "or") {
                groups.push(Vec::new());
                rest = after;
            } else {
                return Err(format!("needs 'and' or 'or' where '{}' stands", shown(rest)));
            }
        }
        Err(format!("has more than {MOST_TERMS} comparisons"))
    }

    /// Whether it holds.
    pub(super) fn holds(&self, answer: Answer<'_>) -> bool {
        self.0.iter().any(|group| group.iter().all(|term| term.holds(answer)))
    }

    /// Whether the answer has anything that it asks for.
    pub(super) fn has_ground(&self, answer: Answer<'_>) -> bool {
        self.0.iter().flatten().any(|term| matches!(term.test, Test::Missing) || !term.values(answer).is_empty())
    }
}

fn shown(text: &str) -> String {
    text.chars().take(30).collect::<String>().escape_debug().to_string()
}

/// What follows `word`, if the text begins with it.
fn word<'t>(text: &'t str, word: &str) -> Option<&'t str> {
    let rest = text.trim_start().strip_prefix(word)?;
    (!rest.starts_with(|c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | '-'))).then(|| rest.trim_start())
}

fn term(text: &str) -> Result<(Term, &str), String> {
    let (path, rest) = Path::parse(text.trim_start())?;
    let rest = rest.trim_start();
    let number = |rest| match literal(rest)? {
        (Literal::Number(number), rest) => Ok((number, rest)),
        _ => Err(format!("compares with '{}', which is no number", shown(rest.trim_start()))),
    };
    let (test, rest) = if let Some(rest) = rest.strip_prefix("==") {
        literal(rest).map(|(literal, rest)| (Test::Equal(literal), rest))?
    } else if let Some(rest) = rest.strip_prefix("!=") {
        literal(rest).map(|(literal, rest)| (Test::Different(literal), rest))?
    } else if let Some(rest) = rest.strip_prefix("<=") {
        number(rest).map(|(number, rest)| (Test::AtMost(number), rest))?
    } else if let Some(rest) = rest.strip_prefix(">=") {
        number(rest).map(|(number, rest)| (Test::AtLeast(number), rest))?
    } else if let Some(rest) = rest.strip_prefix('<') {
        number(rest).map(|(number, rest)| (Test::Less(number), rest))?
    } else if let Some(rest) = rest.strip_prefix('>') {
        number(rest).map(|(number, rest)| (Test::Greater(number), rest))?
    } else if let Some(rest) = word(rest, "in") {
        list(rest).map(|(literals, rest)| (Test::In(literals), rest))?
    } else if let Some(rest) = word(rest, "contains") {
        let (literal, rest) = literal(rest)?;
        (Test::Contains(literal.text().to_lowercase()), rest)
    } else if let Some(rest) = word(rest, "is").and_then(|rest| word(rest, "missing")) {
        (Test::Missing, rest)
    } else if let Some(rest) = word(rest, "is").and_then(|rest| word(rest, "present")) {
        (Test::Present, rest)
    } else {
        return Err(format!(
            "needs a comparison where '{}' stands (==, !=, <, <=, >, >=, in [..], contains, is missing, is present)",
            shown(rest)
        ));
    };
    Ok((Term { path, test }, rest))
}

fn list(text: &str) -> Result<(Vec<Literal>, &str), String> {
    let mut rest = text.trim_start().strip_prefix('[').ok_or_else(|| format!("needs a list in brackets where '{}' stands", shown(text)))?;
    let mut literals = Vec::new();
    loop {
        let (literal, after) = literal(rest)?;
        literals.push(literal);
        let after = after.trim_start();
        if let Some(end) = after.strip_prefix(']') {
            return Ok((literals, end));
        }
        rest = after.strip_prefix(',').ok_or_else(|| format!("needs ',' or ']' where '{}' stands", shown(after)))?;
    }
}

/// A number, `true`, `false`, a word, or a text in quotes.
fn literal(text: &str) -> Result<(Literal, &str), String> {
    let text = text.trim_start();
    for quote in ['\'', '"'] {
        if let Some(inner) = text.strip_prefix(quote) {
            let (quoted, rest) = inner.split_once(quote).ok_or("has a quote that does not end")?;
            return Ok((Literal::Text(quoted.to_owned()), rest));
        }
    }
    let end =
        text.find(|c: char| c.is_whitespace() || matches!(c, ',' | ']' | '[' | '(' | ')' | '=' | '<' | '>' | '!')).unwrap_or(text.len());
    let (word, rest) = text.split_at_checked(end).unwrap_or((text, ""));
    let literal = match word {
        "" => return Err(format!("needs a value where '{}' stands", shown(text))),
        "true" => Literal::Flag(true),
        "false" => Literal::Flag(false),
        word => match word.parse::<f64>() {
            Ok(number) if number.is_finite() && word.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '-' | '+' | '.')) => {
                Literal::Number(number)
            }
            _ => Literal::Text(word.to_owned()),
        },
    };
    Ok((literal, rest))
}

/// A value as a number, also one that is written as text.
pub(super) fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
    .filter(|number| number.is_finite())
}

impl Literal {
    fn text(&self) -> String {
        match self {
            Self::Number(number) => number.to_string(),
            Self::Flag(flag) => flag.to_string(),
            Self::Text(text) => text.clone(),
        }
    }

    fn is(&self, value: &Value) -> bool {
        match (self, value) {
            (Self::Number(wanted), value) => number(value).is_some_and(|number| number == *wanted),
            (Self::Flag(wanted), Value::Bool(flag)) => flag == wanted,
            (Self::Flag(wanted), Value::String(text)) => text.trim().eq_ignore_ascii_case(if *wanted { "true" } else { "false" }),
            (Self::Text(wanted), Value::String(text)) => text.trim().to_lowercase() == wanted.to_lowercase(),
            (Self::Text(wanted), Value::Number(number)) => number.to_string() == *wanted,
            _ => false,
        }
    }
}

/// Whether a text holds `part`, or a list has it as an element.
fn contains(value: &Value, part: &str) -> bool {
    match value {
        Value::String(text) => text.to_lowercase().contains(part),
        Value::Array(items) => items.iter().any(|item| match item {
            Value::String(text) => text.trim().to_lowercase() == part,
            Value::Number(number) => number.to_string() == part,
            _ => false,
        }),
        _ => false,
    }
}

impl Term {
    fn values(&self, answer: Answer<'_>) -> Vec<Value> {
        if self.path.as_name() == Some("http_status") {
            return vec![Value::from(answer.http_status)];
        }
        self.path.of(answer.body).into_iter().cloned().collect()
    }

    fn holds(&self, answer: Answer<'_>) -> bool {
        let values = self.values(answer);
        let compare = |test: &dyn Fn(f64) -> bool| values.iter().filter_map(number).any(test);
        match &self.test {
            Test::Equal(literal) => values.iter().any(|value| literal.is(value)),
            Test::Different(literal) => !values.iter().any(|value| literal.is(value)),
            Test::Less(bound) => compare(&|number| number < *bound),
            Test::AtMost(bound) => compare(&|number| number <= *bound),
            Test::Greater(bound) => compare(&|number| number > *bound),
            Test::AtLeast(bound) => compare(&|number| number >= *bound),
            Test::In(literals) => values.iter().any(|value| literals.iter().any(|literal| literal.is(value))),
            Test::Contains(part) => values.iter().any(|value| contains(value, part)),
            Test::Present => !values.is_empty(),
            Test::Missing => values.is_empty(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    #[test]
    fn conditions() {
        let body = json!({"score": 80, "text_score": " 7.5", "class": "Malicious", "ok": true, "ok_text": "false", "tags": ["C2", "tor"],
            "hits": [{"n": 1}, {"n": 5}], "nothing": null, "code": 404, "order": 1});
        for (condition, expected) in [
            ("score >= 75", true),
            ("score>=75 and score<=80", true),
            ("score > 80 or score < 5", false),
            ("text_score == 7.5", true),
            ("class == malicious", true),
            ("class == 'MALICIOUS'", true),
            ("class != benign", true),
            ("missing != benign", true),
            ("missing == benign", false),
            ("class in [malicious, \"phishing\"]", true),
            ("class in [benign]", false),
            ("score in [79, 80]", true),
            ("ok == true", true),
            ("ok_text == false", true),
            ("ok == 1", false),
            ("tags contains c2", true),
            ("tags contains c", false),
            ("tags[*] == TOR", true),
            ("class contains 'lici'", true),
            ("hits[*].n > 4", true),
            ("hits[*].n > 5", false),
            ("nothing is missing", true),
            ("score is present and nothing is missing", true),
            ("http_status == 200", true),
            ("code == 404", true),
            ("order == 1", true),
            ("score < 5 and ok == true or class == malicious", true),
            ("class == malicious or score < 5 and ok == false", true),
            ("score < 5 and ok == true or class == benign", false),
            ("class < 5", false),
        ] {
            let parsed = Condition::parse(condition).expect(condition);
            assert_eq!(parsed.holds(Answer { http_status: 200, body: &body }), expected, "{condition}");
        }
    }

    #[test]
    fn grounds() {
        let body = json!({"a": 1});
        let ground = |condition: &str| Condition::parse(condition).expect(condition).has_ground(Answer { http_status: 200, body: &body });
        assert!(ground("a > 5") && ground("b > 5 or a > 5") && ground("b is missing") && !ground("b > 5 and c != 1"));
    }

    #[test]
    fn wrong_conditions() {
        for (condition, what) in [
            ("", "needs a name"),
            ("score", "needs a comparison"),
            ("score =", "needs a comparison where '='"),
            ("score = 5", "needs a comparison where '= 5'"),
            ("score >=", "needs a value"),
            ("score > high", "'high', which is no number"),
            ("score > 5 xor a", "needs 'and' or 'or' where 'xor a'"),
            ("score > 5 and", "needs a name"),
            ("class in malicious", "needs a list in brackets"),
            ("class in [a b]", "needs ',' or ']'"),
            ("class in []", "needs a value"),
            ("class == 'a", "does not end"),
            ("class is bad", "needs a comparison"),
            ("(a == 1)", "needs a name where '(a == 1)'"),
        ] {
            let error = Condition::parse(condition).expect_err(condition);
            assert!(error.contains(what), "{condition}: {error}");
        }
        assert!(Condition::parse(&"a == 1 or ".repeat(1000)).is_err());
    }

    proptest! {
        #[test]
        fn never_panics(text in "\\PC{0,40}|([a-c.\\[\\]*]{1,5} ?(==|!=|<=?|>=?|in|contains|is) ?['\"\\[]?[a-c0-9,]{0,4}['\"\\]]?( and | or )?){0,3}") {
            if let Ok(condition) = Condition::parse(&text) {
                condition.holds(Answer { http_status: 200, body: &json!({"a": [1, "b", {"c": true}]}) });
            }
        }
    }
}
