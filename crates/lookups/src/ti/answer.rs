//! Reading what others wrote: a detail of an odd type is left out, never an error; what is long is cut.
//!
//! What a verdict hangs on is asked for with [`required`]: an answer without it is an error, not "nothing against it".

pub(super) use super::list::{Judge, Judged, List, MOST_ELEMENTS};
use super::verdict::Verdict;
use crate::http::{DecodeError, Response};
use serde::de::{DeserializeOwned, IgnoredAny};
use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// Characters of a text that are kept in the details.
pub(super) const MOST_CHARS: usize = 500;

/// Bytes of a link; a longer one is left out, since a cut one leads elsewhere.
const LONGEST_LINK: usize = 2000;

/// Any scalar as text; NULL for what is none. Cut at [`MOST_CHARS`], with an ellipsis.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Text(pub(super) Option<String>);

impl Text {
    pub(super) fn as_str(&self) -> Option<&str> {
        self.0.as_deref()
    }

    /// This, or `other` where there is none.
    pub(super) fn or(self, other: Self) -> Self {
        Self(self.0.or(other.0))
    }

    /// Whether it is this word, in any case.
    pub(super) fn is(&self, word: &str) -> bool {
        self.as_str().is_some_and(|text| text.trim().eq_ignore_ascii_case(word))
    }
}

/// `text`, or its beginning and an ellipsis.
pub(super) fn cut(text: &str) -> String {
    match text.char_indices().nth(MOST_CHARS) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self(match Value::deserialize(deserializer)? {
            Value::String(text) => Some(cut(text.trim())).filter(|text| !text.is_empty()),
            Value::Number(number) => Some(number.to_string()),
            Value::Bool(flag) => Some(flag.to_string()),
            Value::Null | Value::Array(_) | Value::Object(_) => None,
        }))
    }
}

impl From<Text> for Value {
    fn from(text: Text) -> Self {
        text.0.map_or(Self::Null, Self::String)
    }
}

/// A page for people; NULL for what is no address of one, so that nothing else can be clicked on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Link(pub(super) Option<String>);

impl<'de> Deserialize<'de> for Link {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Value::String(text) = Value::deserialize(deserializer)? else { return Ok(Self(None)) };
        let text = text.trim();
        Ok(Self(is_link(text).then(|| text.to_owned())))
    }
}

/// Whether a text is the address of a web page.
pub(super) fn is_link(text: &str) -> bool {
    let is_web = text.starts_with("https://") || text.starts_with("http://");
    is_web && text.len() <= LONGEST_LINK && !text.contains(|c: char| c.is_whitespace() || c.is_control())
}

/// A number, also one that was written as text.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Number(pub(super) Option<f64>);

impl Number {
    /// This, or `other` where there is none.
    pub(super) fn or(self, other: Self) -> Self {
        Self(self.0.or(other.0))
    }
}

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let number = match Value::deserialize(deserializer)? {
            Value::Number(number) => number.as_f64(),
            Value::String(text) => text.trim().parse().ok(),
            _ => None,
        };
        Ok(Self(number.filter(|number| number.is_finite())))
    }
}

impl From<Number> for Value {
    fn from(number: Number) -> Self {
        const LARGEST_WHOLE: f64 = 9_007_199_254_740_992.0;
        match number.0 {
            None => Self::Null,
            #[expect(clippy::cast_possible_truncation, reason = "whole and below 2^53")]
            Some(whole) if whole.fract() == 0.0 && whole.abs() <= LARGEST_WHOLE => Self::from(whole as i64),
            Some(number) => Self::from(number),
        }
    }
}

/// Yes or no, also as 0 and 1 or as text.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Flag(pub(super) Option<bool>);

impl Flag {
    pub(super) fn is_set(self) -> bool {
        self.0 == Some(true)
    }
}

impl<'de> Deserialize<'de> for Flag {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self(match Value::deserialize(deserializer)? {
            Value::Bool(flag) => Some(flag),
            Value::Number(number) => number.as_f64().map(|number| number != 0.0),
            Value::String(text) => match text.trim().to_ascii_lowercase().as_str() {
                "true" | "yes" | "1" => Some(true),
                "false" | "no" | "0" => Some(false),
                _ => None,
            },
            _ => None,
        }))
    }
}

impl From<Flag> for Value {
    fn from(flag: Flag) -> Self {
        flag.0.map_or(Self::Null, Self::Bool)
    }
}

/// An answer that is a JSON object. A struct would also read itself from a list, field by field.
pub(super) fn object<T: DeserializeOwned>(response: &Response) -> Result<T, DecodeError> {
    let start = response.body.iter().find(|byte| !byte.is_ascii_whitespace());
    if matches!(start, Some(b'[' | b'"' | b'0'..=b'9' | b'-' | b't' | b'f' | b'n')) {
        response.json::<IgnoredAny>()?;
        return Err(DecodeError("not the JSON that was expected: no object".to_owned()));
    }
    response.json()
}

/// A field of an answer that is an object; one of another shape counts as missing.
pub(super) fn or_none<'de, D: Deserializer<'de>, T: DeserializeOwned>(deserializer: D) -> Result<Option<T>, D::Error> {
    let value = Value::deserialize(deserializer)?;
    Ok(if value.is_object() { serde_json::from_value(value).ok() } else { None })
}

/// As [`or_none`], for what is a detail.
pub(super) fn or_default<'de, D: Deserializer<'de>, T: DeserializeOwned + Default>(deserializer: D) -> Result<T, D::Error> {
    let value = Value::deserialize(deserializer)?;
    Ok(if value.is_object() { serde_json::from_value(value).unwrap_or_default() } else { T::default() })
}

/// The fields of an object whose names are spelt in several ways. A struct with names beside its names (`alias`) would refuse an object
/// that has two of them.
#[derive(Debug, Deserialize)]
pub(super) struct Fields(serde_json::Map<String, Value>);

impl Fields {
    /// The value of the first of `names` that has one; one of another shape counts as missing.
    pub(super) fn take<T: DeserializeOwned + Default>(&mut self, names: &[&str]) -> T {
        let value = names.iter().filter_map(|name| self.0.remove(*name)).find(|value| !value.is_null());
        value.and_then(|value| serde_json::from_value(value).ok()).unwrap_or_default()
    }
}

/// The keys of an object, sorted, the first [`MOST_ELEMENTS`] of them.
pub(super) fn keys(fields: &serde_json::Map<String, Value>) -> List<Text> {
    List { kept: fields.keys().take(MOST_ELEMENTS).map(|key| Text(Some(cut(key)))).collect(), count: fields.len() }
}

/// The date and time of a number of seconds since 1970, as in `2026-01-02T03:04:05Z`.
pub(super) fn time_of_seconds(seconds: Number) -> Text {
    const LATEST: f64 = 253_402_300_799.0; // the end of the year 9999
    let Some(seconds) = seconds.0.filter(|seconds| (1.0..=LATEST).contains(seconds)) else { return Text(None) };
    #[expect(clippy::cast_possible_truncation, reason = "bounded above")]
    let time = chrono::DateTime::from_timestamp(seconds as i64, 0);
    Text(time.map(|time| time.format("%Y-%m-%dT%H:%M:%SZ").to_string()))
}

/// What the verdict hangs on; `name` is its place in the answer.
pub(super) fn required(number: Number, name: &str) -> Result<f64, DecodeError> {
    number.0.ok_or_else(|| missing(name))
}

/// The answer lacks what the verdict hangs on.
pub(super) fn missing(name: &str) -> DecodeError {
    DecodeError(format!("the answer has no '{name}'"))
}

impl Verdict {
    /// With one more detail that is a list, and `<name>_count` where it was cut.
    #[must_use]
    pub(super) fn list<T: Into<Value>>(self, name: &str, list: List<T>) -> Self {
        let count = list.count;
        let values: Vec<Value> = list.kept.into_iter().map(Into::into).filter(|value| !value.is_null()).collect();
        let is_cut = count > MOST_ELEMENTS;
        let said = self.detail(name, values);
        if is_cut { said.detail(&format!("{name}_count"), count) } else { said }
    }

    /// With a page for people, if there is one.
    #[must_use]
    pub(super) fn link(mut self, url: impl Into<Option<String>>) -> Self {
        self.reference = url.into();
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Default, Deserialize, PartialEq)]
    struct Inner {
        #[serde(default)]
        name: Text,
    }

    #[derive(Debug, Default, Deserialize, PartialEq)]
    #[serde(default)]
    struct Answer {
        text: Text,
        number: Number,
        flag: Flag,
        list: List<Text>,
        inners: List<Inner>,
        #[serde(deserialize_with = "or_default")]
        inner: Inner,
    }

    fn read(json: &str) -> Answer {
        serde_json::from_str(json).expect(json)
    }

    fn text(text: &str) -> Text {
        Text(Some(text.to_owned()))
    }

    #[test]
    fn odd_types_are_left_out() {
        for odd in ["null", "{}", "[]", r#"{"a": [1, {"b": null}]}"#, "[[[]]]"] {
            let json =
                format!(r#"{{"text": {odd}, "number": {odd}, "flag": {odd}, "inner": {odd}, "list": null, "inners": {{"x": {odd}}}}}"#);
            assert_eq!(read(&json), Answer::default(), "{odd}");
        }
        let answer =
            read(r#"{"text": 7, "number": " 7.5 ", "flag": "Yes", "list": "one", "inner": "x", "inners": ["x", 1, {"name": "y"}, null]}"#);
        assert_eq!((answer.text, answer.number, answer.flag), (text("7"), Number(Some(7.5)), Flag(Some(true))));
        assert_eq!(answer.list.kept, [text("one")]);
        assert_eq!((answer.inners.kept.len(), answer.inners.count), (1, 4));
        for number in ["\"inf\"", "\"NaN\"", "\"1e999\"", "\"\""] {
            assert_eq!(read(&format!(r#"{{"number": {number}}}"#)).number, Number(None), "{number}");
        }
    }

    #[test]
    fn what_is_long_is_cut() {
        let long = "ü".repeat(MOST_CHARS + 1);
        let answer = read(&format!(r#"{{"text": "{long}", "list": [{}0]}}"#, "\"x\",".repeat(99)));
        assert_eq!(answer.text.as_str().map(|text| text.chars().count()), Some(MOST_CHARS + 1));
        assert!(answer.text.as_str().is_some_and(|text| text.ends_with('…')));
        let said = Verdict::unknown().list("tags", answer.list).list("few", List { kept: vec![text("a")], count: 1 });
        assert_eq!(said.details.get("tags").and_then(Value::as_array).map(Vec::len), Some(MOST_ELEMENTS));
        assert_eq!((said.details.get("tags_count"), said.details.get("few_count")), (Some(&Value::from(100)), None));
    }

    #[test]
    fn links_are_links() {
        for (link, expected) in [
            ("https://example.com/a?b=c#d", true),
            ("http://example.com", true),
            ("javascript:alert(1)", false),
            ("https://example.com/a b", false),
            ("https://example.com/\u{1b}[0m", false),
            ("//example.com", false),
            ("", false),
        ] {
            let read: Link = serde_json::from_value(Value::from(link)).expect("a text");
            assert_eq!(read.0.is_some(), expected, "{link:?}");
        }
        let long = format!("https://example.com/{}", "a".repeat(LONGEST_LINK));
        assert_eq!(serde_json::from_value::<Link>(Value::from(long)).ok(), Some(Link(None)));
    }

    #[test]
    fn numbers_and_times() {
        for (number, expected) in [(12.0, "12"), (0.5, "0.5"), (-3.0, "-3"), (1e300, "1e+300")] {
            assert_eq!(Value::from(Number(Some(number))).to_string(), expected);
        }
        for (seconds, expected) in [
            (1.0, Some("1970-01-01T00:00:01Z")),
            (951_782_400.0, Some("2000-02-29T00:00:00Z")),
            (1_767_323_045.0, Some("2026-01-02T03:04:05Z")),
            (253_402_300_799.0, Some("9999-12-31T23:59:59Z")),
            (0.0, None),
            (-5.0, None),
            (1e18, None),
        ] {
            assert_eq!(time_of_seconds(Number(Some(seconds))).as_str(), expected);
        }
    }
}
