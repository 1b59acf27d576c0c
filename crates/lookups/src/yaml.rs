//! YAML as a tree whose every part knows its line, so that complaints can name it.

use saphyr_parser::{Event, Parser, StrInput};

/// Levels that a file may nest.
const MOST_LEVELS: usize = 32;
/// Parts that a file may have.
const MOST_NODES: usize = 100_000;

/// What is wrong with a file, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong there: follows the name of the file in a sentence.
    pub what: String,
}

/// A problem in that line.
pub(crate) fn problem(line: usize, what: impl Into<String>) -> Problem {
    Problem { line, what: what.into() }
}

/// A part of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Node {
    pub(crate) line: usize,
    pub(crate) value: Value,
}

/// What a part is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Value {
    /// Nothing after the colon.
    Empty,
    /// A text, a number, a truth value: all are texts here.
    Text(String),
    /// A list.
    List(Vec<Node>),
    /// Fields in the order of the file, each once.
    Map(Vec<Field>),
}

/// A field of a [`Value::Map`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Field {
    pub(crate) name: String,
    pub(crate) line: usize,
    pub(crate) node: Node,
}

/// Reads the first document of a file; an empty file is [`Value::Empty`].
pub(crate) fn read(text: &str) -> Result<Node, Problem> {
    let mut reader = Reader { parser: Parser::new_from_str(text), line: 1, nodes: 0 };
    loop {
        match reader.next()? {
            Event::StreamStart | Event::DocumentStart(_) => {}
            Event::StreamEnd | Event::DocumentEnd => return Ok(Node { line: 1, value: Value::Empty }),
            event => return reader.node(event, 0),
        }
    }
}

struct Reader<'t> {
    parser: Parser<'t, StrInput<'t>>,
    line: usize,
    nodes: usize,
}

impl<'t> Reader<'t> {
    fn next(&mut self) -> Result<Event<'t>, Problem> {
        match self.parser.next_event() {
            Some(Ok((event, span))) => {
                self.line = span.start.line();
                Ok(event)
            }
            Some(Err(error)) => Err(problem(error.marker().line(), format!("is not YAML: {}", error.info()))),
            None => Ok(Event::StreamEnd),
        }
    }

    fn node(&mut self, event: Event<'t>, level: usize) -> Result<Node, Problem> {
        let line = self.line;
        self.nodes += 1;
        if level > MOST_LEVELS || self.nodes > MOST_NODES {
            return Err(problem(line, "is too deep or too long for a configuration"));
        }
        let value = match event {
            Event::Scalar(text, style, ..) => {
                let is_plain = style == saphyr_parser::ScalarStyle::Plain;
                if is_plain && matches!(text.as_ref(), "" | "~" | "null" | "Null" | "NULL") {
                    Value::Empty
                } else {
                    Value::Text(text.into_owned())
                }
            }
            Event::SequenceStart(..) => {
                let mut items = Vec::new();
                loop {
                    match self.next()? {
                        Event::SequenceEnd => break Value::List(items),
                        event => items.push(self.node(event, level + 1)?),
                    }
                }
            }
            Event::MappingStart(..) => self.map(level)?,
            Event::Alias(_) => return Err(problem(line, "uses an alias (*name): write the value out")),
            _ => return Err(problem(line, "has a value missing")),
        };
        Ok(Node { line, value })
    }

    fn map(&mut self, level: usize) -> Result<Value, Problem> {
        let mut fields: Vec<Field> = Vec::new();
        loop {
            match self.next()? {
                Event::MappingEnd => return Ok(Value::Map(fields)),
                Event::Scalar(name, ..) => {
                    let line = self.line;
                    if fields.iter().any(|field| field.name == name) {
                        return Err(problem(line, format!("has '{}' twice", name.escape_debug())));
                    }
                    let event = self.next()?;
                    let node = self.node(event, level + 1)?;
                    fields.push(Field { name: name.into_owned(), line, node });
                }
                _ => return Err(problem(self.line, "must have a name here, followed by a colon")),
            }
        }
    }
}

impl Node {
    /// The fields of a map; none where nothing is written.
    pub(crate) fn fields(&self, what: &str) -> Result<&[Field], Problem> {
        match &self.value {
            Value::Map(fields) => Ok(fields),
            Value::Empty => Ok(&[]),
            _ => Err(problem(self.line, format!("'{what}' must have fields: `name: value`, indented below it"))),
        }
    }

    /// A text.
    pub(crate) fn text(&self, what: &str) -> Result<&str, Problem> {
        match &self.value {
            Value::Text(text) => Ok(text),
            _ => Err(problem(self.line, format!("'{what}' must be a text"))),
        }
    }

    /// A text, or a list of texts, with their lines.
    pub(crate) fn texts(&self, what: &str) -> Result<Vec<(usize, &str)>, Problem> {
        match &self.value {
            Value::Empty => Ok(Vec::new()),
            Value::Text(text) => Ok(vec![(self.line, text)]),
            Value::List(items) => items.iter().map(|item| Ok((item.line, item.text(what)?))).collect(),
            Value::Map(_) => Err(problem(self.line, format!("'{what}' must be a text or a list of texts"))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trees_with_lines() {
        let tree = read("a:\n  b: 1\n  c: [x, 'null']\nd:\n").expect("YAML");
        let fields = tree.fields("file").expect("fields");
        assert_eq!((fields[0].name.as_str(), fields[0].line, fields[1].node.value.clone()), ("a", 1, Value::Empty));
        let inner = fields[0].node.fields("a").expect("fields");
        assert_eq!((inner[0].node.text("b"), inner[1].node.line), (Ok("1"), 3));
        assert_eq!(inner[1].node.texts("c"), Ok(vec![(3, "x"), (3, "null")]));
        assert_eq!(read("").map(|node| node.value), Ok(Value::Empty));
        for (text, line, what) in [
            ("a: 1\na: 2", 2, "has 'a' twice"),
            ("a: [1\nb: ", 2, "is not YAML"),
            ("a: &x 1\nb: *x", 2, "uses an alias"),
            (&"[".repeat(64), 1, "is too deep"),
        ] {
            let found = read(text).expect_err("a problem");
            assert!(found.what.contains(what) && (found.line == line || what == "is not YAML"), "{text}: {found:?}");
        }
    }
}
