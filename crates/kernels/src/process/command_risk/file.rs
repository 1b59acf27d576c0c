//! Rule files: YAML, a list of mappings. Read as events of the parser, so that every complaint knows its line.

use super::rule::{Rule, Severity, System, compile};
use crate::nearest::hint;
use saphyr_parser::{Event, Parser, Span};

/// Rules that one file may have.
const MOST_RULES: usize = 2000;

const FIELDS: &[&str] = &["rule", "severity", "platform", "techniques", "description", "words", "match", "unless"];

/// What is wrong with a file, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Problem {
    pub(super) line: usize,
    pub(super) what: String,
}

fn problem(line: usize, what: impl Into<String>) -> Problem {
    Problem { line, what: what.into() }
}

/// Reads the rules of a file.
pub(super) fn read(text: &str) -> Result<Vec<Rule>, Problem> {
    let mut reader = Reader { parser: Parser::new_from_str(text), line: 1 };
    loop {
        match reader.next()? {
            Event::StreamStart | Event::DocumentStart(_) => {}
            Event::SequenceStart(..) => break,
            Event::StreamEnd => return Err(problem(reader.line, "has no rules: a list of `- rule: name` with their fields is needed")),
            _ => return Err(problem(reader.line, "must be a list of rules, each beginning with `- rule: name`")),
        }
    }
    let mut rules: Vec<Rule> = Vec::new();
    loop {
        match reader.next()? {
            Event::SequenceEnd => return if rules.is_empty() { Err(problem(reader.line, "has no rules")) } else { Ok(rules) },
            Event::MappingStart(..) => {
                let line = reader.line;
                let rule = reader.rule()?;
                if rules.iter().any(|other| other.name == rule.name) {
                    return Err(problem(line, format!("has the rule '{}' twice: give one another name", rule.name)));
                }
                if rules.len() == MOST_RULES {
                    return Err(problem(line, format!("has more than {MOST_RULES} rules")));
                }
                rules.push(rule);
            }
            _ => return Err(problem(reader.line, "must have a rule here: `rule: name` and its other fields")),
        }
    }
}

/// Texts with their lines.
type Texts = Vec<(usize, String)>;

/// The fields of a rule with their lines.
#[derive(Default)]
struct Draft {
    values: Vec<(&'static str, usize, Texts)>,
}

impl Draft {
    fn take(&mut self, field: &str) -> Option<(usize, Texts)> {
        let index = self.values.iter().position(|(name, ..)| *name == field)?;
        let (_, line, values) = self.values.swap_remove(index);
        Some((line, values))
    }

    fn texts(&mut self, field: &str) -> Vec<String> {
        self.take(field).map(|(_, values)| values.into_iter().map(|(_, text)| text).collect()).unwrap_or_default()
    }

    /// The one value of a field.
    fn text(&mut self, field: &str) -> Result<Option<(usize, String)>, Problem> {
        let Some((line, values)) = self.take(field) else { return Ok(None) };
        match <[_; 1]>::try_from(values) {
            Ok([value]) => Ok(Some(value)),
            Err(_) => Err(problem(line, format!("field '{field}' must be one text"))),
        }
    }

    fn choice<T>(&mut self, field: &str, names: &[&str], parse: fn(&str) -> Option<T>) -> Result<Option<T>, Problem> {
        let Some((line, text)) = self.text(field)? else { return Ok(None) };
        let wrong = || problem(line, format!("field '{field}' must be one of {}, got '{}'", names.join(", "), text.escape_debug()));
        parse(&text.to_ascii_lowercase()).map(Some).ok_or_else(wrong)
    }
}

struct Reader<'t> {
    parser: Parser<'t, saphyr_parser::StrInput<'t>>,
    line: usize,
}

impl<'t> Reader<'t> {
    fn next(&mut self) -> Result<Event<'t>, Problem> {
        match self.parser.next_event() {
            Some(Ok((event, Span { start, .. }))) => {
                self.line = start.line();
                Ok(event)
            }
            Some(Err(error)) => Err(problem(error.marker().line(), format!("is not YAML: {}", error.info()))),
            None => Ok(Event::StreamEnd),
        }
    }

    /// The rest of a mapping that is a rule.
    fn rule(&mut self) -> Result<Rule, Problem> {
        let line = self.line;
        let mut draft = Draft::default();
        loop {
            match self.next()? {
                Event::MappingEnd => return finish(draft, line),
                Event::Scalar(key, ..) => {
                    let at = self.line;
                    let Some(field) = FIELDS.iter().copied().find(|field| *field == key) else {
                        let near = hint(&key, FIELDS.iter().copied());
                        return Err(problem(
                            at,
                            format!("has an unknown field '{}'{near} (fields: {})", key.escape_debug(), FIELDS.join(", ")),
                        ));
                    };
                    if draft.values.iter().any(|(name, ..)| *name == field) {
                        return Err(problem(at, format!("has the field '{field}' twice in a rule")));
                    }
                    let values = self.values(field)?;
                    draft.values.push((field, at, values));
                }
                _ => return Err(problem(self.line, format!("must have the name of a field here: {}", FIELDS.join(", ")))),
            }
        }
    }

    /// A text or a list of texts.
    fn values(&mut self, field: &str) -> Result<Texts, Problem> {
        let wrong = |line| problem(line, format!("field '{field}' must be a text or a list of texts"));
        match self.next()? {
            Event::Scalar(text, ..) => Ok(vec![(self.line, text.into_owned())]),
            Event::SequenceStart(..) => {
                let mut values = Vec::new();
                loop {
                    match self.next()? {
                        Event::SequenceEnd => return Ok(values),
                        Event::Scalar(text, ..) => values.push((self.line, text.into_owned())),
                        _ => return Err(wrong(self.line)),
                    }
                }
            }
            _ => Err(wrong(self.line)),
        }
    }
}

fn finish(mut draft: Draft, line: usize) -> Result<Rule, Problem> {
    let missing = |field: &str| problem(line, format!("has a rule without the field '{field}'"));
    let (_, name) = draft.text("rule")?.filter(|(_, name)| !name.trim().is_empty()).ok_or_else(|| missing("rule"))?;
    let patterns = draft.take("match").map(|(_, patterns)| patterns).unwrap_or_default();
    if patterns.is_empty() {
        return Err(missing("match"));
    }
    let unless = draft.text("unless")?.map(pattern).transpose()?;
    let words = draft.take("words").map(|(_, words)| words).unwrap_or_default();
    if let Some((line, _)) = words.iter().find(|(_, word)| word.is_empty()) {
        return Err(problem(*line, "field 'words' must have no empty text"));
    }
    Ok(Rule {
        severity: draft.choice("severity", Severity::NAMES, Severity::parse)?.ok_or_else(|| missing("severity"))?,
        system: draft.choice("platform", System::NAMES, System::parse)?.unwrap_or_default(),
        techniques: draft.texts("techniques"),
        description: draft.text("description")?.map(|(_, text)| text).unwrap_or_default(),
        words: words.into_iter().map(|(_, word)| word).collect(),
        patterns: patterns.into_iter().map(pattern).collect::<Result<_, _>>()?,
        unless,
        name,
    })
}

fn pattern((line, text): (usize, String)) -> Result<regex::bytes::Regex, Problem> {
    compile(&text).map_err(|error| {
        // The last line of the message says what is wrong; those before draw the place.
        let what = error.to_string();
        let what = what.lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned();
        problem(line, format!("has the pattern '{}', which is not a regular expression: {what}", text.escape_debug()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file() {
        let rules = read(
            "# ours\n- rule: one\n  severity: HIGH\n  platform: linux\n  techniques: [T1059, T1105]\n  description: First.\n  \
             words: [evil]\n  match: 'evil\\d+'\n- rule: two\n  severity: low\n  match: ['a', 'b']\n  unless: c\n",
        )
        .unwrap();
        assert_eq!(rules.len(), 2);
        assert_eq!((rules[0].severity, rules[0].system, rules[0].techniques.len()), (Severity::High, System::Linux, 2));
        assert_eq!(rules[0].find("x EVIL7"), Some((2, 7)));
        assert_eq!(rules[1].find("b a"), Some((2, 3)));
        assert_eq!(rules[1].find("b a c"), None);
        assert_eq!(rules[1].find("a"), None);
    }

    #[test]
    #[rustfmt::skip]
    fn wrong_files() {
        for (text, line, what) in [
            ("", 1, "has no rules"),
            ("[]", 1, "has no rules"),
            ("a: b", 1, "must be a list of rules"),
            ("- a\n- b", 1, "must have a rule here"),
            ("- rule: x\n  severity: low\n  match: a\n- rule: x\n  severity: low\n  match: a", 4, "the rule 'x' twice"),
            ("- rule: x\n  severety: low", 2, "unknown field 'severety', did you mean 'severity'"),
            ("- rule: x\n  match: a\n  severity: awful", 3, "must be one of low, medium, high, critical, got 'awful'"),
            ("- rule: x\n  match: a\n", 1, "without the field 'severity'"),
            ("- rule: x\n  severity: low\n", 1, "without the field 'match'"),
            ("- severity: low\n  match: a\n", 1, "without the field 'rule'"),
            ("- rule: x\n  severity: low\n  match:\n    - a\n    - '(b'\n", 5, "the pattern '(b', which is not a regular expression: unclosed group"),
            ("- rule: x\n  severity: low\n  match: '(?=a)'", 3, "look-around"),
            ("- rule: x\n  severity: low\n  match: '(\\w{1000}){1000}'", 3, "size limit"),
            ("- rule: x\n  severity: low\n  match: {a: b}", 3, "must be a text or a list of texts"),
            ("- rule: x\n  severity: low\n  severity: low", 3, "'severity' twice"),
            ("- rule: [x, y]\n  severity: low\n  match: a", 1, "'rule' must be one text"),
            ("- rule: x\n  severity: low\n  match: a\n  words: ['']", 4, "no empty text"),
            ("- rule: \"x\n", 1, "is not YAML"),
            ("- &a [*a]", 1, "must have a rule here"),
            ("- rule: x\n  match: *b", 2, "is not YAML"),
        ] {
            let found = read(text).unwrap_err();
            assert!(found.what.contains(what), "{text:?}: {found:?}");
            assert_eq!(found.line, line, "{text:?}: {found:?}");
        }
        let _ = read(&"[".repeat(100_000)).unwrap_err();
        let _ = read(&"- ".repeat(100_000)).unwrap_err();
        let _ = read(&"{a: ".repeat(100_000)).unwrap_err();
    }
}
