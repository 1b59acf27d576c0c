//! The SQL types that functions take and return, named without an engine.

use std::fmt;

/// Type of a result. `List` and `Struct` nest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SqlType {
    /// UTF-8 text.
    Text,
    /// 64-bit signed integer.
    Int,
    /// 64-bit float.
    Float,
    /// True or false.
    Bool,
    /// Raw bytes.
    Blob,
    /// Point in time: microseconds since 1970 in UTC.
    Time,
    /// List of one element type.
    List(&'static SqlType),
    /// Named fields, in order.
    Struct(&'static [(&'static str, SqlType)]),
    /// Texts by text key: keys are distinct and never NULL, and keep the order in which they were written.
    Map,
}

impl SqlType {
    /// Fields of an entry of a [`SqlType::Map`], which is stored as a list of such structs.
    pub const MAP_ENTRY: &'static [(&'static str, Self)] = &[("key", Self::Text), ("value", Self::Text)];
}

impl fmt::Display for SqlType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text => f.write_str("TEXT"),
            Self::Int => f.write_str("BIGINT"),
            Self::Float => f.write_str("DOUBLE"),
            Self::Bool => f.write_str("BOOLEAN"),
            Self::Blob => f.write_str("BLOB"),
            Self::Time => f.write_str("TIMESTAMP"),
            Self::Map => f.write_str("MAP(TEXT, TEXT)"),
            Self::List(element) => write!(f, "LIST({element})"),
            Self::Struct(fields) => {
                f.write_str("STRUCT(")?;
                for (i, (name, ty)) in fields.iter().enumerate() {
                    if i > 0 {
                        f.write_str(", ")?;
                    }
                    write!(f, "{name} {ty}")?;
                }
                f.write_str(")")
            }
        }
    }
}

/// Type of an argument.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ArgType {
    /// UTF-8 text.
    Text,
    /// 64-bit signed integer.
    Int,
    /// 64-bit float.
    Float,
    /// True or false.
    Bool,
    /// UTF-8 text that seldom comes twice, such as whole lines of a log: equal texts may have different numbers.
    Prose,
    /// List of texts.
    TextList,
    /// Point in time: microseconds since 1970 in UTC.
    Time,
    /// A point in time, or a text that says one in ISO 8601, handed over as [`ArgType::Time`].
    TimeOrText,
    /// List of floats.
    FloatList,
    /// A struct, map or JSON text, handed over as JSON text.
    Json,
    /// A number or text, handed over as text: ids are written in both ways.
    Key,
    /// A value of any type, handed over as the text that people read.
    Shown,
    /// Several columns, named by a list of texts in the call, handed over as [`ArgType::Shown`] one after another.
    Columns,
}

impl ArgType {
    /// The type of a result that holds such an argument.
    pub const fn as_result(self) -> SqlType {
        match self {
            Self::Text | Self::Prose | Self::Json | Self::Key | Self::Shown => SqlType::Text,
            Self::Int => SqlType::Int,
            Self::Float => SqlType::Float,
            Self::Bool => SqlType::Bool,
            Self::Time | Self::TimeOrText => SqlType::Time,
            Self::TextList | Self::Columns => SqlType::List(&SqlType::Text),
            Self::FloatList => SqlType::List(&SqlType::Float),
        }
    }
}

impl fmt::Display for ArgType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Text | Self::Prose => "TEXT",
            Self::Int => "BIGINT",
            Self::Float => "DOUBLE",
            Self::Bool => "BOOLEAN",
            Self::TextList => "LIST(TEXT)",
            Self::Time => "TIMESTAMP",
            Self::TimeOrText => "TIMESTAMP or TEXT",
            Self::FloatList => "LIST(DOUBLE)",
            Self::Json => "STRUCT, MAP or JSON",
            Self::Key => "BIGINT or TEXT",
            Self::Shown => "ANY",
            Self::Columns => "LIST(name of a column)",
        })
    }
}
