//! The options of `match_iocs`, and the feeds that they name: read once and kept until a file of theirs changes.

use super::NAME;
use super::matcher::{Matcher, Rules, SHORTEST_TEXT};
use crate::facts::CONFIG;
use crate::feed_url::{is_url, localize};
use huntsql_kernels::group::{GroupError, GroupResult};
use huntsql_kernels::ioc::IocType;
use huntsql_kernels::options::Value;
use huntsql_kernels::prelude::*;
use huntsql_readers::feeds::{Indicator, decode, read_one};
use huntsql_readers::{Control, Error, FileEntry, Found, LocalFiles, Warnings, find};
use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

/// Options of `match_iocs`.
#[derive(Debug, Clone, PartialEq)]
pub struct MatchOptions {
    config: Option<String>,
    feed: Vec<String>,
    iocs: Vec<String>,
    types: Vec<String>,
    format: String,
    subdomains: bool,
    url_prefix: bool,
    expired: bool,
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
fn one(text: &str) -> Result<Indicator, String> {
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

/// Path, time of the last change and size of each file.
type Stamps = Vec<(PathBuf, Option<SystemTime>, u64)>;

/// A feed, read and ready.
#[derive(Debug)]
pub struct LoadedFeed(Matcher);

impl LoadedFeed {
    /// Makes a feed of indicators.
    pub fn of(indicators: impl IntoIterator<Item = Indicator>, options: &MatchOptions) -> Result<Self, String> {
        let mut matcher = Matcher::new(Rules { subdomains: options.subdomains, url_prefix: options.url_prefix });
        let now = now();
        for indicator in indicators {
            if options.wants(&indicator, now) {
                matcher.add(indicator)?;
            }
        }
        matcher.finish()?;
        Ok(Self(matcher))
    }

    pub(super) fn matcher(&self) -> &Matcher {
        &self.0
    }

    /// How many of its indicators are in `text`.
    pub fn count(&self, text: &str) -> usize {
        let mut hits = Vec::new();
        super::find(&self.0, text, &mut hits);
        hits.len()
    }

    /// Whether `text` is searched at all.
    pub fn may_match(&self, text: &str) -> bool {
        self.0.anchors.may_match(text)
    }
}

fn now() -> i64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_micros()).unwrap_or(i64::MAX)
}

/// Feeds that are kept; the last one that was asked for first.
const KEPT: usize = 2;
static LOADED: Mutex<VecDeque<(MatchOptions, Stamps, Arc<LoadedFeed>)>> = Mutex::new(VecDeque::new());

impl MatchOptions {
    fn wants(&self, indicator: &Indicator, now: i64) -> bool {
        (self.inactive || indicator.is_active != Some(false))
            && (self.expired || indicator.valid_until.is_none_or(|until| until >= now))
            && indicator.confidence.is_none_or(|confidence| i64::from(confidence) >= self.min_confidence)
            && (self.types.is_empty()
                || indicator.ioc_type.as_deref().is_some_and(|ioc_type| self.types.iter().any(|wanted| wanted == ioc_type)))
    }

    /// Reads the feeds, unless they were read with the same options and their files are the same.
    pub fn load(&self, interrupt: &Interrupt) -> GroupResult<Arc<LoadedFeed>> {
        if self.feed.is_empty() && self.iocs.is_empty() {
            return Err(missing().into());
        }
        let bad = |problem: String| GroupError::from(KernelError::BadOption { function: NAME, option: "feed".to_owned(), problem });
        let files = if self.feed.is_empty() {
            Vec::new()
        } else {
            let localized = localize(self.feed.clone(), self.config.as_deref(), interrupt).map_err(|problem| {
                // Not the fault of the feed.
                if interrupt.check().is_err() { GroupError::Interrupted } else { bad(format!(": {problem}")) }
            })?;
            find(&localized.paths, &LocalFiles, &Warnings::default())
                .map_err(|error| bad(format!("names a feed that cannot be read: {error}")))?
        };
        let stamp = |(FileEntry { path, modified, size, .. }, _): &Found| (path.clone(), *modified, *size);
        let stamps: Stamps = files.iter().map(stamp).collect();
        let mut loaded = LOADED.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(place) = loaded.iter().position(|(options, at, _)| options == self && *at == stamps)
            && let Some(found) = loaded.remove(place)
        {
            let feed = Arc::clone(&found.2);
            loaded.push_front(found);
            return Ok(feed);
        }
        // Others wait: they would read the same.
        let mut matcher = Matcher::new(Rules { subdomains: self.subdomains, url_prefix: self.url_prefix });
        let now = now();
        let mut count = 0u64;
        let mut add = |indicator: Indicator| {
            count += 1;
            if count.is_multiple_of(4096) && interrupt.check().is_err() {
                return Err(Error::Cancelled);
            }
            if self.wants(&indicator, now) { matcher.add(indicator).map_err(|problem| Error::unreadable("feed", problem)) } else { Ok(()) }
        };
        for text in &self.iocs {
            let indicator = one(text).map_err(|problem| KernelError::BadOption { function: NAME, option: "iocs".to_owned(), problem })?;
            add(indicator).map_err(|error| bad(error.to_string()))?;
        }
        let options = Value::Struct(vec![("format".to_owned(), Value::Text(self.format.clone()))]);
        if !files.is_empty() {
            match decode(files, &options, &Control::default(), &mut add) {
                Ok(()) => {}
                Err(Error::Cancelled) => return Err(GroupError::Interrupted),
                Err(error) => return Err(bad(format!("names a feed that cannot be read: {error}"))),
            }
        }
        matcher.finish().map_err(bad)?;
        let feed = Arc::new(LoadedFeed(matcher));
        loaded.push_front((self.clone(), stamps, Arc::clone(&feed)));
        loaded.truncate(KEPT);
        Ok(feed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use huntsql_fakes::http::{FakeServer, Reply};
    use huntsql_kernels::options::parse;

    fn options(fields: Vec<(&str, Value)>) -> Result<MatchOptions, String> {
        let fields = fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        parse::<MatchOptions>(NAME, &Value::Struct(fields)).map_err(|error| error.to_string())
    }

    fn text(text: &str) -> Value {
        Value::Text(text.to_owned())
    }

    #[test]
    fn a_feed_is_read_again_when_it_changes() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("feed.csv");
        std::fs::write(&path, "indicator,confidence,valid_until\na.example.net,90,2020-01-01\nb.example.net,10,\nc.example.net,,\n")
            .unwrap();
        let feed = || text(path.to_str().unwrap());
        let counts = |options: &MatchOptions| {
            let loaded = options.load(&Interrupt::default()).unwrap();
            ["a.example.net", "x.b.example.net", "c.example.net"].map(|text| loaded.count(text))
        };
        let all = options(vec![("feed", feed())]).unwrap();
        assert_eq!(counts(&all), [1, 1, 1]);
        let (one, other) = (all.load(&Interrupt::default()).unwrap(), all.load(&Interrupt::default()).unwrap());
        assert!(Arc::ptr_eq(&one, &other), "kept");
        assert_eq!(counts(&options(vec![("feed", feed()), ("min_confidence", Value::Int(50))]).unwrap()), [1, 0, 1]);
        assert_eq!(counts(&options(vec![("feed", feed()), ("expired", Value::Bool(false))]).unwrap()), [0, 1, 1]);
        assert_eq!(counts(&options(vec![("feed", feed()), ("subdomains", Value::Bool(false))]).unwrap()), [1, 0, 1]);
        assert_eq!(counts(&options(vec![("feed", feed()), ("types", Value::List(vec![text("ipv4")]))]).unwrap()), [0, 0, 0]);
        std::fs::write(&path, "indicator\nc.example.net\n").unwrap();
        assert_eq!(counts(&all), [0, 0, 1]);
    }

    #[test]
    fn a_feed_may_be_a_url() {
        let server = FakeServer::start(|seen| match seen.target.as_str() {
            "/c2.txt" => Reply::new(200, "a.example.net\n"),
            _ => Reply::new(404, "nothing"),
        })
        .unwrap();
        let folder = tempfile::tempdir().unwrap();
        let config = folder.path().join("config.yaml");
        std::fs::write(&config, "cache: {path: cache.sqlite}\nhttp: {retries: 0}\n").unwrap();
        let file = folder.path().join("feed.csv");
        std::fs::write(&file, "indicator\nb.example.net\n").unwrap();
        let feeds = |path: &str| {
            let paths = vec![text(file.to_str().unwrap()), text(&format!("{}{path}", server.url()))];
            options(vec![("feed", Value::List(paths)), ("config", text(config.to_str().unwrap()))]).unwrap()
        };
        let (both, none) = (feeds("/c2.txt"), feeds("/none.txt"));
        assert_eq!(server.seen().len(), 0, "nothing is downloaded for a plan");
        for _ in 0..2 {
            let loaded = both.load(&Interrupt::default()).unwrap();
            assert_eq!((loaded.count("a.example.net b.example.net"), server.seen().len()), (2, 1));
        }
        let error = format!("{:?}", none.load(&Interrupt::default()).unwrap_err());
        assert!(error.contains("/none.txt: HTTP 404"), "{error}");
        let stopped = Interrupt::default();
        stopped.stop();
        assert!(matches!(none.load(&stopped), Err(GroupError::Interrupted)));
    }

    #[test]
    fn what_is_wrong_is_said() {
        assert!(
            options(vec![("feed", text("/no/such/feed.csv"))])
                .unwrap_err()
                .contains("option 'feed' names a feed that cannot be read: no file")
        );
        assert!(options(vec![("iocs", Value::List(vec![text("x")]))]).unwrap_err().contains("'x', which is no indicator"));
        assert!(options(vec![("types", Value::List(vec![text("ipv5")]))]).unwrap_err().contains("did you mean 'ipv4'?"));
        assert!(MatchOptions::default().load(&Interrupt::default()).is_err());
        let named = options(vec![("iocs", Value::List(vec![text("evil[.]example[.]net"), text("some odd words")]))]).unwrap();
        let loaded = named.load(&Interrupt::default()).unwrap();
        assert_eq!((loaded.count("a evil.example.net b"), loaded.count("Some Odd Words!"), loaded.count("some odd wordses")), (1, 1, 0));
    }

    #[test]
    fn the_examples_of_the_documentation() {
        let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../../");
        let all = options(vec![("feed", text(&format!("{root}examples/feeds/*")))]).unwrap();
        let feed = all.load(&Interrupt::default()).unwrap();
        let log = std::fs::read_to_string(format!("{root}examples/logs/syslog.log")).unwrap();
        let mut counts = std::collections::BTreeMap::new();
        for line in log.lines() {
            let mut hits = Vec::new();
            super::super::find(feed.matcher(), line, &mut hits);
            for hit in hits {
                let about = feed.matcher().about(hit.entry);
                let shown = format!(
                    "{} {} {:?} {} {}",
                    feed.matcher().entry(hit.entry).unwrap().ioc,
                    about.severity.name(),
                    about.confidence.unwrap(),
                    about.threat.as_deref().unwrap(),
                    about.source.as_deref().unwrap()
                );
                *counts.entry(shown).or_insert(0) += 1;
            }
        }
        assert_eq!(
            counts.into_iter().map(|(shown, count)| format!("{count} {shown}")).collect::<Vec<_>>(),
            [
                "1 1a36da2395ec59888c35ea4dbf0784889f2d862b51f0b7dee595f67b95fd0256 high 100 Pebble RAT, Quiet Heron c2, Example CERT, report",
                "21 203.0.113.66 high 85 Pebble RAT, Quiet Heron c2, Example CERT, report",
                "1 c2.example.org high 100 Pebble RAT, Quiet Heron c2, Example CERT, report",
                "1 https://c2.example.org/gate.php unknown 90 Pebble RAT c2, report",
            ]
        );
        let connections = std::fs::read_to_string(format!("{root}examples/logs/connections.csv")).unwrap();
        assert_eq!(connections.lines().map(|line| feed.count(line.split(',').nth(2).unwrap())).sum::<usize>(), 223);
    }
}
