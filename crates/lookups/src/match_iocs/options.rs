//! The options of `match_iocs`.

use super::NAME;
use super::matcher::SHORTEST_TEXT;
use crate::facts::CONFIG;
use crate::feed_url::is_url;
use huntsql_kernels::ioc::IocType;
use huntsql_kernels::prelude::*;
use huntsql_readers::feeds::{Indicator, read_one};
use huntsql_readers::{LocalFiles, Warnings, find};

/// Options of `match_iocs`.
#[derive(Debug, Clone, PartialEq)]
pub struct MatchOptions {
    pub(super) config: Option<String>,
    pub(super) feed: Vec<String>,
    pub(super) iocs: Vec<String>,
    types: Vec<String>,
    pub(super) format: String,
    pub(super) subdomains: bool,
    pub(super) url_prefix: bool,
    pub(super) expired: bool,
    inactive: bool,
    min_confidence: i64,
}

impl Default for MatchOptions {
    fn default() -> Self {
        Self {
            config: None,
            feed: Vec::new(),
            iocs: Vec::new(),
            types: Vec::new(),
            format: "auto".to_owned(),
            subdomains: true,
            url_prefix: false,
            expired: true,
            inactive: false,
            min_confidence: 0,
        }
    }
}

impl Options for MatchOptions {
    const FIELDS: &'static [OptionField] = &[
        CONFIG,
        OptionField {
            name: "expired",
            kind: OptionKind::Bool,
            default: "true",
            doc: "Whether to look for indicators whose `valid_until` has passed as well: a log may be as old as they are.",
        },
        OptionField {
            name: "feed",
            kind: OptionKind::TextOrList,
            default: "NULL",
            doc: "The feed, or a list of feeds: what `ti_feed` reads, or a URL. This or `iocs` must be given.",
        },
        OptionField {
            name: "format",
            kind: OptionKind::Choice(&["auto", "csv", "misp", "openioc", "stix", "txt"]),
            default: "'auto'",
            doc: "As `format` of `ti_feed`.",
        },
        OptionField {
            name: "inactive",
            kind: OptionKind::Bool,
            default: "false",
            doc: "Whether to look for indicators as well that the feed has taken back or does not mean for detection (`is_active` of `ti_feed` is false).",
        },
        OptionField {
            name: "iocs",
            kind: OptionKind::TextList,
            default: "[]",
            doc: "Indicators to look for, beside or instead of a feed. What is none of a known type is looked for as a text of at least 4 bytes.",
        },
        OptionField {
            name: "min_confidence",
            kind: OptionKind::Int(0, 100),
            default: "0",
            doc: "Leaves out indicators of which the feed is less sure; those without a confidence stay.",
        },
        OptionField {
            name: "subdomains",
            kind: OptionKind::Bool,
            default: "true",
            doc: "Whether a name below a domain of the feed is a match as well. Never below a suffix under which anybody may register (`github.io`).",
        },
        OptionField {
            name: "types",
            kind: OptionKind::TextList,
            default: "all",
            doc: "Types of indicators to look for, as `ioc_type` of `ti_feed` has them. An empty list: all.",
        },
        OptionField {
            name: "url_prefix",
            kind: OptionKind::Bool,
            default: "false",
            doc: "Whether a URL is a match as well that goes on behind a URL of the feed, at `/`, `?`, `&`, `;` or `#`.",
        },
    ];

    fn set(&mut self, name: &str, setting: Setting) -> Result<(), String> {
        match (name, setting) {
            ("config", Setting::Text(path)) => self.config = Some(path),
            ("expired", Setting::Bool(flag)) => self.expired = flag,
            ("inactive", Setting::Bool(flag)) => self.inactive = flag,
            ("subdomains", Setting::Bool(flag)) => self.subdomains = flag,
            ("url_prefix", Setting::Bool(flag)) => self.url_prefix = flag,
            ("format", Setting::Text(format)) => self.format = format,
            ("min_confidence", Setting::Int(least)) => self.min_confidence = least,
            ("feed", Setting::TextList(paths)) => {
                // Said while the statement is planned, not when its table has been read. Nothing is downloaded for a plan.
                let files: Vec<String> = paths.iter().filter(|path| !is_url(path)).cloned().collect();
                if files.is_empty() {
                    self.feed = paths;
                    return Ok(());
                }
                find(&files, &LocalFiles, &Warnings::default()).map_err(|error| format!("names a feed that cannot be read: {error}"))?;
                self.feed = paths;
            }
            ("iocs", Setting::TextList(texts)) => {
                for text in &texts {
                    one(text)?;
                }
                self.iocs = texts;
            }
            ("types", Setting::TextList(types)) => {
                for name in &types {
                    // Types that only feeds know have no list.
                    match IocType::parse(name) {
                        Ok(kind) => self.types.push(kind.name().to_owned()),
                        Err(problem) if problem.contains("did you mean") => return Err(problem),
                        Err(_) => self.types.push(name.trim().to_ascii_lowercase()),
                    }
                }
            }
            _ => {}
        }
        Ok(())
    }
}

/// An indicator that the statement names.
pub(super) fn one(text: &str) -> Result<Indicator, String> {
    match read_one(text) {
        Some(indicator) => Ok(indicator),
        None if text.trim().len() >= SHORTEST_TEXT => {
            Ok(Indicator { ioc: Some(text.trim().to_owned()), ioc_type: Some("text".into()), ..Indicator::default() })
        }
        None => Err(format!("holds '{}', which is no indicator and too short to be looked for as a text", text.escape_debug())),
    }
}

/// Neither a feed nor indicators were named.
pub(super) fn missing() -> KernelError {
    let problem = format!("is missing: {NAME}(tbl, text, feed => 'feed.csv'), or iocs => ['evil.example.net']");
    KernelError::BadOption { function: NAME, option: "feed".to_owned(), problem }
}

impl MatchOptions {
    /// Whether to look for it, at that time.
    pub(super) fn wants(&self, indicator: &Indicator, now: i64) -> bool {
        (self.inactive || indicator.is_active != Some(false))
            && (self.expired || indicator.valid_until.is_none_or(|until| until >= now))
            && indicator.confidence.is_none_or(|confidence| i64::from(confidence) >= self.min_confidence)
            && (self.types.is_empty()
                || indicator.ioc_type.as_deref().is_some_and(|ioc_type| self.types.iter().any(|wanted| wanted == ioc_type)))
    }
}
