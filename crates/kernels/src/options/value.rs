//! The constants that options are made of.

use std::fmt;

/// A constant as an engine found it.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// NULL: the option keeps its default.
    Null,
    /// True or false.
    Bool(bool),
    /// Any integer type.
    Int(i64),
    /// Any float or decimal type.
    Float(f64),
    /// Any text type.
    Text(String),
    /// A list.
    List(Vec<Value>),
    /// A struct: names and values in order.
    Struct(Vec<(String, Value)>),
    /// An interval without months, in microseconds.
    Duration(i64),
    /// Something no option takes, with the engine's name for its type.
    Other(String),
}

impl Value {
    /// JSON text: what a struct argument is handed over as. What has no JSON form is a text that says so.
    pub fn to_json(&self) -> String {
        let mut json = String::new();
        self.write_json(&mut json);
        json
    }

    fn write_json(&self, out: &mut String) {
        let text = |text: &str, out: &mut String| out.push_str(&serde_json::Value::from(text).to_string());
        match self {
            Self::Null => out.push_str("null"),
            Self::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
            Self::Int(value) => out.push_str(&value.to_string()),
            Self::Float(value) => out.push_str(&serde_json::Value::from(*value).to_string()),
            Self::Text(value) => text(value, out),
            Self::List(values) => {
                out.push('[');
                for (index, value) in values.iter().enumerate() {
                    out.push_str(if index == 0 { "" } else { "," });
                    value.write_json(out);
                }
                out.push(']');
            }
            Self::Struct(fields) => {
                out.push('{');
                for (index, (name, value)) in fields.iter().enumerate() {
                    out.push_str(if index == 0 { "" } else { "," });
                    text(name, out);
                    out.push(':');
                    value.write_json(out);
                }
                out.push('}');
            }
            Self::Duration(_) | Self::Other(_) => text(&self.to_string(), out),
        }
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("NULL"),
            Self::Bool(value) => write!(f, "{value}"),
            Self::Int(value) => write!(f, "{value}"),
            Self::Float(value) => write!(f, "{value}"),
            Self::Text(value) => write!(f, "'{}'", value.escape_debug()),
            Self::List(values) => write!(f, "a list of {} values", values.len()),
            Self::Struct(fields) => write!(f, "a struct of {} fields", fields.len()),
            Self::Duration(micros) => write!(f, "an interval of {} seconds", *micros as f64 / 1e6),
            Self::Other(name) => write!(f, "a value of type {name}"),
        }
    }
}
