//! YAML as a tree in which every part knows its line.

use huntsql_kernels::nearest::hint;
use saphyr_parser::{Event, Parser, ScalarStyle, Span, StrInput};
use std::fmt;

/// Bytes of a file.
const LONGEST_FILE: usize = 256 << 10;
/// Parts of a file.
const MOST_NODES: usize = 5000;
/// Levels of nesting.
const DEEPEST: usize = 12;

/// What is wrong with a file, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The file.
    pub file: String,
    /// The line, from 1 on.
    pub line: usize,
    /// What is wrong, as the rest of a sentence that begins with the file.
    pub what: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: line {}: {}", self.file, self.line, self.what)
    }
}

impl std::error::Error for Problem {}

/// A problem in a file that is named later.
pub(super) fn problem<T>(line: usize, what: impl Into<String>) -> Result<T, Problem> {
    Err(Problem { file: String::new(), line, what: what.into() })
}

/// A part of the file.
#[derive(Debug)]
pub(super) struct Node {
    pub(super) line: usize,
    pub(super) value: Value,
}

#[derive(Debug)]
pub(super) enum Value {
    /// A text; plain ones may also mean numbers, truth or nothing.
    Scalar {
        text: String,
        is_plain: bool,
    },
    List(Vec<Node>),
    Fields(Vec<Field>),
}

/// A name and what stands behind it.
#[derive(Debug)]
pub(super) struct Field {
    pub(super) name: String,
    pub(super) line: usize,
    pub(super) node: Node,
}

/// The one document of a file.
pub(super) fn read(text: &str) -> Result<Node, Problem> {
    if text.len() > LONGEST_FILE {
        return problem(1, format!("is larger than {} KiB", LONGEST_FILE >> 10));
    }
    let mut reader = Reader { parser: Parser::new_from_str(text), line: 1, nodes: 0 };
    let node = loop {
        match reader.next()? {
            Event::StreamEnd => return problem(1, "is empty"),
            Event::StreamStart | Event::DocumentStart(_) | Event::DocumentEnd | Event::Nothing => {}
            event => break reader.node(event, 0)?,
        }
    };
    loop {
        match reader.next()? {
            Event::StreamEnd => return Ok(node),
            Event::DocumentEnd | Event::Nothing => {}
            _ => return problem(reader.line, "has more than one document"),
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
            Some(Ok((event, Span { start, .. }))) => {
                self.line = start.line();
                Ok(event)
            }
            Some(Err(error)) => problem(error.marker().line(), format!("is not YAML: {}", error.info())),
            None => Ok(Event::StreamEnd),
        }
    }

    fn node(&mut self, event: Event<'t>, depth: usize) -> Result<Node, Problem> {
        let line = self.line;
        self.nodes += 1;
        if self.nodes > MOST_NODES {
            return problem(line, format!("has more than {MOST_NODES} parts"));
        }
        if depth > DEEPEST {
            return problem(line, format!("is nested more than {DEEPEST} levels deep"));
        }
        let value = match event {
            Event::Scalar(text, style, ..) => Value::Scalar { text: text.into_owned(), is_plain: style == ScalarStyle::Plain },
            Event::SequenceStart(..) => {
                let mut nodes = Vec::new();
                loop {
                    match self.next()? {
                        Event::SequenceEnd => break Value::List(nodes),
                        event => nodes.push(self.node(event, depth + 1)?),
                    }
                }
            }
            Event::MappingStart(..) => {
                let mut fields: Vec<Field> = Vec::new();
                loop {
                    match self.next()? {
                        Event::MappingEnd => break Value::Fields(fields),
                        Event::Scalar(name, ..) => {
                            let (name, line) = (name.into_owned(), self.line);
                            if fields.iter().any(|field| field.name == name) {
                                return problem(line, format!("has the field '{}' twice", name.escape_debug()));
                            }
                            let event = self.next()?;
                            let node = self.node(event, depth + 1)?;
                            fields.push(Field { name, line, node });
                        }
                        _ => return problem(self.line, "must have the name of a field here"),
                    }
                }
            }
            Event::Alias(_) => return problem(line, "has an alias (*name), which is not read: write it out"),
            _ => return problem(line, "must have a value here"),
        };
        Ok(Node { line, value })
    }
}

impl Node {
    /// One text.
    pub(super) fn text(&self, field: &str) -> Result<&str, Problem> {
        match &self.value {
            Value::Scalar { text, .. } => Ok(text),
            _ => problem(self.line, format!("field '{field}' must be one text")),
        }
    }

    /// True or false.
    pub(super) fn flag(&self, field: &str) -> Result<bool, Problem> {
        match self.text(field)? {
            "true" => Ok(true),
            "false" => Ok(false),
            other => problem(self.line, format!("field '{field}' must be true or false, got '{}'", other.escape_debug())),
        }
    }

    /// The fields, whose names are free.
    pub(super) fn fields(&self, field: &str) -> Result<&[Field], Problem> {
        match &self.value {
            Value::Fields(fields) => Ok(fields),
            _ => problem(self.line, format!("'{field}' must have fields below it")),
        }
    }

    /// The fields, of which only those that are known may be there.
    pub(super) fn known<'n>(&'n self, what: &str, known: &[&'static str]) -> Result<Known<'n>, Problem> {
        let fields = self.fields(what)?;
        for Field { name, line, .. } in fields {
            if !known.contains(&name.as_str()) {
                let near = hint(name, known.iter().copied());
                return problem(*line, format!("unknown field '{}' of {what}{near} (fields: {})", name.escape_debug(), known.join(", ")));
            }
        }
        Ok(Known { fields, line: self.line, what: what.to_owned() })
    }
}

/// Fields by name.
pub(super) struct Known<'n> {
    fields: &'n [Field],
    line: usize,
    what: String,
}

impl<'n> Known<'n> {
    pub(super) fn get(&self, name: &str) -> Option<&'n Node> {
        self.fields.iter().find(|field| field.name == name).map(|field| &field.node)
    }

    pub(super) fn required(&self, name: &str) -> Result<&'n Node, Problem> {
        self.get(name).map_or_else(|| problem(self.line, format!("{} lacks the field '{name}'", self.what)), Ok)
    }

    /// A text that is not empty.
    pub(super) fn text(&self, name: &str) -> Result<&'n str, Problem> {
        let node = self.required(name)?;
        let text = node.text(name)?.trim();
        if text.is_empty() { problem(node.line, format!("field '{name}' is empty")) } else { Ok(text) }
    }
}
