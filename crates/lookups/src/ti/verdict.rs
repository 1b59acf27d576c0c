//! What a provider says about an indicator, in the words that all of them share.

use serde_json::{Map, Value};

/// Whether the provider knows something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Found {
    /// It has seen the indicator and says something against it.
    Hit,
    /// It knows the indicator, and nothing against it; or a complete list does not hold it.
    NoHit,
    /// It does not know the indicator.
    Unknown,
}

impl Found {
    /// As written in SQL.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Hit => "hit",
            Self::NoHit => "no_hit",
            Self::Unknown => "unknown",
        }
    }

    /// The value of that name.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Hit, Self::NoHit, Self::Unknown].into_iter().find(|found| found.name() == name)
    }
}

/// How bad it is, in MSTICPy's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// The provider says nothing about it.
    Unknown,
    /// Nothing against it.
    Information,
    /// Worth a look.
    Warning,
    /// Bad.
    High,
}

impl Severity {
    /// As written in SQL.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Information => "information",
            Self::Warning => "warning",
            Self::High => "high",
        }
    }

    /// The value of that name.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Unknown, Self::Information, Self::Warning, Self::High].into_iter().find(|severity| severity.name() == name)
    }

    /// High from `high` on, warning from `warning` on, else information: how most providers' scores are read.
    pub fn of_score(score: f64, warning: f64, high: f64) -> Self {
        if score >= high {
            Self::High
        } else if score >= warning {
            Self::Warning
        } else {
            Self::Information
        }
    }
}

/// What a provider says about an indicator.
#[derive(Debug, Clone, PartialEq)]
pub struct Verdict {
    /// Whether it knows something.
    pub found: Found,
    /// How bad it is.
    pub severity: Severity,
    /// The provider's own measure on its own scale.
    pub score: Option<f64>,
    /// What an analyst wants to read, by name.
    pub details: Map<String, Value>,
    /// A page for people.
    pub reference: Option<String>,
}

impl Verdict {
    /// The provider does not know the indicator.
    pub fn unknown() -> Self {
        Self { found: Found::Unknown, severity: Severity::Unknown, score: None, details: Map::new(), reference: None }
    }

    /// The provider knows the indicator. Worth a look or worse is a hit.
    pub fn of(severity: Severity) -> Self {
        let found = if severity >= Severity::Warning { Found::Hit } else { Found::NoHit };
        Self { found, severity, ..Self::unknown() }
    }

    /// With the provider's own measure.
    #[must_use]
    pub fn score(mut self, score: impl Into<Option<f64>>) -> Self {
        self.score = score.into();
        self
    }

    /// With one more detail. NULL, empty texts, empty lists and empty objects are left out.
    #[must_use]
    pub fn detail(mut self, name: &str, value: impl Into<Value>) -> Self {
        let value = value.into();
        let is_empty = match &value {
            Value::Null => true,
            Value::String(text) => text.is_empty(),
            Value::Array(items) => items.is_empty(),
            Value::Object(fields) => fields.is_empty(),
            Value::Bool(_) | Value::Number(_) => false,
        };
        if !is_empty {
            self.details.insert(name.to_owned(), value);
        }
        self
    }

    /// With a page for people.
    #[must_use]
    pub fn reference(mut self, url: impl Into<String>) -> Self {
        self.reference = Some(url.into());
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_scores() {
        for severity in [Severity::Unknown, Severity::Information, Severity::Warning, Severity::High] {
            assert_eq!(Severity::parse(severity.name()), Some(severity));
        }
        assert_eq!(Severity::of_score(50.0, 1.0, 51.0), Severity::Warning);
        assert_eq!((Severity::of_score(0.0, 1.0, 51.0), Severity::of_score(51.0, 1.0, 51.0)), (Severity::Information, Severity::High));
        assert_eq!(Verdict::of(Severity::Information).found, Found::NoHit);
        let said = Verdict::of(Severity::High).detail("tags", Value::Array(Vec::new())).detail("name", "x").detail("n", 0);
        assert_eq!(Value::Object(said.details).to_string(), r#"{"n":0,"name":"x"}"#);
    }
}
