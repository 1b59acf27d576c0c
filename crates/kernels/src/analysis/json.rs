//! JSON as structs and maps arrive: read once, in one form whatever the engine wrote.

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use std::borrow::Cow;
use std::fmt::{self, Write};

/// A JSON value. Two values are equal if they say the same: keys are sorted, `1.0` is `1`.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Json<'a> {
    Null,
    Bool(bool),
    Int(i128),
    Float(f64),
    Text(Cow<'a, str>),
    List(Vec<Json<'a>>),
    /// Sorted by key; of equal keys the last one.
    Object(Vec<(Cow<'a, str>, Json<'a>)>),
}

/// Floats up to here hold every integer.
const MAX_EXACT: f64 = 9_007_199_254_740_992.0;

impl<'a> Json<'a> {
    /// Reads `text`; `None` where it is no JSON or nested more than 127 deep.
    pub(super) fn read(text: &'a str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }

    /// Appends the value as JSON.
    pub(super) fn append_to(&self, out: &mut String) {
        match self {
            Self::Null => out.push_str("null"),
            Self::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
            // Writing to a String cannot fail.
            Self::Int(value) => drop(write!(out, "{value}")),
            Self::Float(value) => drop(write!(out, "{value:?}")),
            Self::Text(text) => append_text(text, out),
            Self::List(values) => {
                append_separated('[', values, ']', out, |value, out| value.append_to(out));
            }
            Self::Object(fields) => append_separated('{', fields, '}', out, |(key, value), out| {
                append_text(key, out);
                out.push(':');
                value.append_to(out);
            }),
        }
    }

    /// As a plain text: a text without its quotes, anything else as JSON.
    pub(super) fn into_plain(self) -> Cow<'a, str> {
        match self {
            Self::Text(text) => text,
            other => {
                let mut out = String::new();
                other.append_to(&mut out);
                Cow::Owned(out)
            }
        }
    }
}

/// Appends `text` as a JSON string.
pub(super) fn append_text(text: &str, out: &mut String) {
    out.push_str(&serde_json::to_string(text).unwrap_or_default());
}

fn append_separated<T>(open: char, values: &[T], close: char, out: &mut String, append: impl Fn(&T, &mut String)) {
    out.push(open);
    for (at, value) in values.iter().enumerate() {
        if at > 0 {
            out.push(',');
        }
        append(value, out);
    }
    out.push(close);
}

impl<'de> Deserialize<'de> for Json<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnyValue)
    }
}

/// A text that borrows from the input where it holds no escapes; serde's own `Cow` never does inside a list.
struct Text<'a>(Cow<'a, str>);

impl<'de> Deserialize<'de> for Text<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Json::deserialize(deserializer)? {
            Json::Text(text) => Ok(Self(text)),
            _ => Err(serde::de::Error::custom("not a text")),
        }
    }
}

struct AnyValue;

impl<'de> Visitor<'de> for AnyValue {
    type Value = Json<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }
    fn visit_unit<E>(self) -> Result<Json<'de>, E> {
        Ok(Json::Null)
    }
    fn visit_bool<E>(self, value: bool) -> Result<Json<'de>, E> {
        Ok(Json::Bool(value))
    }
    fn visit_i64<E>(self, value: i64) -> Result<Json<'de>, E> {
        Ok(Json::Int(value.into()))
    }
    fn visit_u64<E>(self, value: u64) -> Result<Json<'de>, E> {
        Ok(Json::Int(value.into()))
    }
    fn visit_f64<E>(self, value: f64) -> Result<Json<'de>, E> {
        // Engines write a whole float as `1.0` or as `1`.
        let whole = value.fract() == 0.0 && value.abs() <= MAX_EXACT;
        Ok(if whole { Json::Int(value as i128) } else { Json::Float(value) })
    }
    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Json<'de>, E> {
        Ok(Json::Text(Cow::Borrowed(text)))
    }
    fn visit_str<E>(self, text: &str) -> Result<Json<'de>, E> {
        Ok(Json::Text(Cow::Owned(text.to_owned())))
    }
    fn visit_string<E>(self, text: String) -> Result<Json<'de>, E> {
        Ok(Json::Text(Cow::Owned(text)))
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Json<'de>, A::Error> {
        let mut values = Vec::new();
        while let Some(value) = list.next_element()? {
            values.push(value);
        }
        Ok(Json::List(values))
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Json<'de>, A::Error> {
        let mut fields: Vec<(Cow<'de, str>, Json<'de>)> = Vec::new();
        while let Some((Text(key), value)) = map.next_entry()? {
            fields.push((key, value));
        }
        fields.sort_by(|a, b| a.0.cmp(&b.0));
        fields.dedup_by(|later, earlier| {
            let same = later.0 == earlier.0;
            if same {
                std::mem::swap(later, earlier);
            }
            same
        });
        Ok(Json::Object(fields))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn again(text: &str) -> Option<String> {
        let mut out = String::new();
        Json::read(text)?.append_to(&mut out);
        Some(out)
    }

    #[test]
    fn one_form() {
        for (text, expected) in [
            (r#"{"b": 1.0, "a": [null, true], "b": 2}"#, Some(r#"{"a":[null,true],"b":2}"#)),
            (r#"{"a": "x\n\"ü"}"#, Some(r#"{"a":"x\n\"ü"}"#)),
            ("18446744073709551615", Some("18446744073709551615")),
            ("1e300", Some("1e300")),
            ("-0.0", Some("0")),
            ("0.5", Some("0.5")),
            ("[]", Some("[]")),
            ("", None),
            ("{'a': 1}", None),
            ("{\"a\": 1} x", None),
            ("NaN", None),
        ] {
            assert_eq!(again(text).as_deref(), expected, "{text}");
        }
        assert_eq!(again(&"[".repeat(100_000)), None);
        assert_eq!(Json::read(r#""a""#).map(Json::into_plain), Some("a".into()));
        assert_eq!(Json::read("[1, 2]").map(Json::into_plain), Some("[1,2]".into()));
    }

    #[test]
    fn plain_texts_are_not_copied() {
        let Some(Json::Object(fields)) = Json::read(r#"{"key": "value"}"#) else { panic!("not an object") };
        assert!(matches!(&fields[..], [(Cow::Borrowed("key"), Json::Text(Cow::Borrowed("value")))]));
    }
}
