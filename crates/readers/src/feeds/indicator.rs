//! One entry of a feed, whatever its format: the columns of `ti_feed`.

use crate::batch::Batch;
use huntsql_kernels::column::{ListOf, SqlValue, Timestamp};
use huntsql_kernels::types::SqlType;
use std::borrow::Cow;
use std::sync::Arc;

/// How bad an indicator is, in the words of `ti_lookup`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Severity {
    /// The feed does not say.
    #[default]
    Unknown,
    /// The feed says: nothing against it.
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

    /// What the words of feeds come to.
    pub(super) fn of_word(word: &str) -> Self {
        match word.trim().to_ascii_lowercase().as_str() {
            "critical" | "severe" | "high" | "malicious" | "malware" | "bad" | "red" => Self::High,
            "medium" | "moderate" | "warning" | "suspicious" | "low" | "elevated" | "amber" => Self::Warning,
            "information" | "informational" | "info" | "none" | "benign" | "clean" | "good" | "harmless" => Self::Information,
            _ => Self::Unknown,
        }
    }
}

/// An entry of a feed. Texts that many entries share are stored once.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Indicator {
    /// Its value: refanged and normalised. `None` where the entry names none that can be looked for.
    pub ioc: Option<String>,
    /// The type, as [`IocType`](huntsql_kernels::ioc::IocType) spells it; for other types the feed's own name in `snake_case`.
    pub ioc_type: Option<Cow<'static, str>>,
    /// How bad the feed says it is.
    pub severity: Severity,
    /// How sure the feed is, from 0 to 100.
    pub confidence: Option<u8>,
    /// Malware family, actor or campaign.
    pub threat: Option<Arc<str>>,
    /// What the feed says about it.
    pub description: Option<Arc<str>>,
    /// Its labels.
    pub tags: Vec<Arc<str>>,
    /// Who says it.
    pub source: Option<Arc<str>>,
    /// A page for people.
    pub reference: Option<Arc<str>>,
    /// When it was first seen, in microseconds since 1970.
    pub first_seen: Option<i64>,
    /// When it was last seen.
    pub last_seen: Option<i64>,
    /// From when on it holds.
    pub valid_from: Option<i64>,
    /// Until when it holds.
    pub valid_until: Option<i64>,
    /// False where the feed has taken it back, or says that it is not for detection.
    pub is_active: Option<bool>,
    /// Its id in the feed.
    pub id: Option<Arc<str>>,
    /// The whole STIX pattern, or the condition of an OpenIOC item.
    pub pattern: Option<Arc<str>>,
    /// The value as written, where it differs.
    pub raw: Option<String>,
    /// The text of an entry that could not be read.
    pub unparsed: Option<String>,
    /// Line on which it stands, from 1.
    pub line: u64,
}

/// The columns of `ti_feed`, in order.
pub(super) const COLUMNS: &[(&str, SqlType)] = &[
    ("ioc", SqlType::Text),
    ("ioc_type", SqlType::Text),
    ("severity", SqlType::Text),
    ("confidence", SqlType::Int),
    ("threat", SqlType::Text),
    ("description", SqlType::Text),
    ("tags", SqlType::List(&SqlType::Text)),
    ("source", SqlType::Text),
    ("reference", SqlType::Text),
    ("first_seen", SqlType::Time),
    ("last_seen", SqlType::Time),
    ("valid_from", SqlType::Time),
    ("valid_until", SqlType::Time),
    ("is_active", SqlType::Bool),
    ("id", SqlType::Text),
    ("pattern", SqlType::Text),
    ("raw", SqlType::Text),
    ("unparsed", SqlType::Text),
];

/// Most tags that are kept of an entry, and most names of a threat.
pub(super) const MOST_TAGS: usize = 32;
/// Most entries of one document, which are held at once.
pub(super) const MOST_ENTRIES: usize = 1_000_000;
/// Most bytes of a text that stands beside an indicator: those of an event are written again for each of its entries.
pub(super) const LONGEST_TEXT: usize = 1000;
/// Most bytes of an entry in `unparsed`, and of a pattern.
pub(super) const LONGEST_UNPARSED: usize = 8192;

/// `text` without blanks around it, cut after `most` bytes with a mark; `None` where nothing is left.
pub(super) fn cut(text: &str, most: usize) -> Option<Cow<'_, str>> {
    let text = text.trim();
    if text.is_empty() {
        return None;
    }
    if text.len() <= most {
        return Some(Cow::Borrowed(text));
    }
    let end = (0..=most).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    Some(Cow::Owned(format!("{}…", text.get(..end).unwrap_or_default())))
}

/// A text beside an indicator.
pub(super) fn shared(text: &str) -> Option<Arc<str>> {
    cut(text, LONGEST_TEXT).map(Arc::from)
}

impl Indicator {
    /// An entry that could not be read.
    pub(super) fn unread(text: &str, line: u64) -> Self {
        Self { unparsed: cut(text, LONGEST_UNPARSED).map(Cow::into_owned), line, ..Self::default() }
    }

    /// What is said instead of the entries past the bound.
    pub(super) fn too_many(line: u64) -> Self {
        let problem = format!("more than {MOST_ENTRIES} entries in one document; what follows is left out: split it");
        Self { unparsed: Some(problem), line, ..Self::default() }
    }

    /// Adds a tag, once and up to the bound.
    pub(super) fn tag(&mut self, tag: &str) {
        if let Some(tag) = shared(tag)
            && self.tags.len() < MOST_TAGS
            && !self.tags.contains(&tag)
        {
            self.tags.push(tag);
        }
    }

    /// Roughly the bytes that its row takes.
    fn size(&self) -> usize {
        let shared = [&self.threat, &self.description, &self.source, &self.reference, &self.id, &self.pattern];
        let own = [&self.ioc, &self.raw, &self.unparsed];
        shared.into_iter().flatten().map(|text| text.len()).sum::<usize>()
            + own.into_iter().flatten().map(String::len).sum::<usize>()
            + self.tags.iter().map(|tag| tag.len() + 8).sum::<usize>()
    }

    /// Adds it to a batch as a row.
    pub(super) fn write(&self, batch: &mut Batch) {
        for (index, (name, _)) in COLUMNS.iter().enumerate() {
            let Some(column) = batch.column(index) else { continue };
            match *name {
                "ioc" => self.ioc.as_deref().write(column),
                "ioc_type" => self.ioc_type.as_deref().write(column),
                "severity" => self.unparsed.is_none().then(|| self.severity.name()).write(column),
                "confidence" => self.confidence.map(i64::from).write(column),
                "threat" => self.threat.as_deref().write(column),
                "description" => self.description.as_deref().write(column),
                "tags" => (!self.tags.is_empty()).then(|| ListOf(self.tags.iter().map(|tag| tag.as_ref()))).write(column),
                "source" => self.source.as_deref().write(column),
                "reference" => self.reference.as_deref().write(column),
                "first_seen" => self.first_seen.map(Timestamp).write(column),
                "last_seen" => self.last_seen.map(Timestamp).write(column),
                "valid_from" => self.valid_from.map(Timestamp).write(column),
                "valid_until" => self.valid_until.map(Timestamp).write(column),
                "is_active" => self.is_active.write(column),
                "id" => self.id.as_deref().write(column),
                "pattern" => self.pattern.as_deref().write(column),
                "raw" => self.raw.as_deref().write(column),
                _ => self.unparsed.as_deref().write(column),
            }
        }
        batch.end_row(self.line, self.size());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_bounded() {
        let mut indicator = Indicator::default();
        (0..1000).for_each(|number| indicator.tag(&format!("{}{number}", "ä".repeat(2000))));
        assert_eq!(indicator.tags.len(), 1, "tags are told apart by what is kept of them");
        (0..1000).for_each(|number| indicator.tag(&number.to_string()));
        indicator.tag("  ");
        assert_eq!(indicator.tags.len(), MOST_TAGS);
        assert!(indicator.tags.iter().all(|tag| tag.len() <= LONGEST_TEXT + "…".len()));
        assert_eq!(cut("  a b ", 3).as_deref(), Some("a b"));
        assert_eq!(cut("aäb", 2).as_deref(), Some("a…"));
    }
}
