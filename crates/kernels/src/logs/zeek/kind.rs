//! Types of Zeek and of JSON as types of SQL.

use crate::types::SqlType;

/// A type that is no list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scalar {
    Time,
    Float,
    Int,
    Bool,
    Text,
}

/// Type of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    One(Scalar),
    List(Scalar),
}

impl Kind {
    /// Of a type as `#types` names it. What is not known is a text.
    pub(super) fn of_zeek(name: &str) -> Self {
        let element =
            name.split_once('[').and_then(|(outer, rest)| matches!(outer, "set" | "vector" | "table").then_some(rest)?.strip_suffix(']'));
        match element {
            // Lists of times have no type in every engine.
            Some("time") => Self::List(Scalar::Text),
            Some(element) => Self::List(scalar(element)),
            None => Self::One(scalar(name)),
        }
    }

    /// Of a column of this type; a type that no column of Zeek has is a text.
    pub(super) fn of_sql(ty: &SqlType) -> Self {
        match ty {
            SqlType::List(element) => match Self::of_sql(element) {
                Self::One(scalar) | Self::List(scalar) => Self::List(scalar),
            },
            SqlType::Time => Self::One(Scalar::Time),
            SqlType::Float => Self::One(Scalar::Float),
            SqlType::Int => Self::One(Scalar::Int),
            SqlType::Bool => Self::One(Scalar::Bool),
            _ => Self::One(Scalar::Text),
        }
    }

    pub(super) fn sql(self) -> SqlType {
        match self {
            Self::One(Scalar::Time) => SqlType::Time,
            Self::One(Scalar::Float) => SqlType::Float,
            Self::One(Scalar::Int) => SqlType::Int,
            Self::One(Scalar::Bool) => SqlType::Bool,
            Self::One(Scalar::Text) => SqlType::Text,
            Self::List(Scalar::Float) => SqlType::List(&SqlType::Float),
            Self::List(Scalar::Int) => SqlType::List(&SqlType::Int),
            Self::List(Scalar::Bool) => SqlType::List(&SqlType::Bool),
            Self::List(Scalar::Text | Scalar::Time) => SqlType::List(&SqlType::Text),
        }
    }

    /// The type that holds values of both.
    pub(super) fn widest(self, other: Self) -> Self {
        match (self, other) {
            (Self::One(a), Self::One(b)) => Self::One(a.widest(b)),
            (Self::List(a), Self::List(b)) => Self::List(a.widest(b)),
            _ => Self::One(Scalar::Text),
        }
    }
}

impl Scalar {
    fn widest(self, other: Self) -> Self {
        match (self, other) {
            (a, b) if a == b => a,
            (Self::Int, Self::Float) | (Self::Float, Self::Int) => Self::Float,
            _ => Self::Text,
        }
    }
}

fn scalar(name: &str) -> Scalar {
    match name {
        "time" => Scalar::Time,
        "interval" | "double" => Scalar::Float,
        "count" | "int" | "port" => Scalar::Int,
        "bool" => Scalar::Bool,
        _ => Scalar::Text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds() {
        for (name, expected) in [
            ("time", "TIMESTAMP"),
            ("interval", "DOUBLE"),
            ("port", "BIGINT"),
            ("bool", "BOOLEAN"),
            ("addr", "TEXT"),
            ("enum", "TEXT"),
            ("set[string]", "LIST(TEXT)"),
            ("set[port]", "LIST(BIGINT)"),
            ("vector[interval]", "LIST(DOUBLE)"),
            ("vector[time]", "LIST(TEXT)"),
            ("set[", "TEXT"),
            ("map[string]", "TEXT"),
            ("", "TEXT"),
        ] {
            let sql = Kind::of_zeek(name).sql();
            assert_eq!(sql.to_string(), expected, "{name}");
            assert_eq!(Kind::of_sql(&sql).sql(), sql);
        }
    }

    #[test]
    fn widening() {
        use Scalar::{Bool, Float, Int, Text, Time};
        assert_eq!(Kind::One(Int).widest(Kind::One(Float)), Kind::One(Float));
        assert_eq!(Kind::One(Int).widest(Kind::One(Bool)), Kind::One(Text));
        assert_eq!(Kind::One(Time).widest(Kind::One(Time)), Kind::One(Time));
        assert_eq!(Kind::List(Int).widest(Kind::List(Text)), Kind::List(Text));
        assert_eq!(Kind::List(Int).widest(Kind::One(Int)), Kind::One(Text));
    }
}
