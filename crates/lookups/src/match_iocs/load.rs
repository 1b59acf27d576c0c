//! The feeds that `match_iocs` is asked to look for: read once and kept until a file of theirs changes.

use super::NAME;
use super::matcher::{Matcher, Rules};
use super::options::{MatchOptions, missing, one};
use crate::feed_url::localize;
use huntsql_kernels::group::{GroupError, GroupResult};
use huntsql_kernels::options::Value;
use huntsql_kernels::prelude::*;
use huntsql_readers::feeds::{Indicator, decode};
use huntsql_readers::{Control, Error, FileEntry, Found, LocalFiles, Warnings, find};
use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, TryLockError};
use std::thread;
use std::time::{Duration, SystemTime};

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

/// A feed that is kept.
struct Kept {
    options: MatchOptions,
    stamps: Stamps,
    /// When the first of its indicators expires that were left in it because they had not.
    next_expiry: Option<i64>,
    feed: Arc<LoadedFeed>,
}

/// Feeds that are kept; the last one that was asked for first.
const KEPT: usize = 2;
static LOADED: Mutex<VecDeque<Kept>> = Mutex::new(VecDeque::new());
/// How often a statement that waits for another's feed looks whether it was cancelled.
const LOOK: Duration = Duration::from_millis(20);

/// Waits until no other statement reads a feed: it may be the same one, and two large ones at a time are too much for a memory.
fn loaded(interrupt: &Interrupt) -> GroupResult<MutexGuard<'static, VecDeque<Kept>>> {
    loop {
        interrupt.check()?;
        match LOADED.try_lock() {
            Ok(loaded) => return Ok(loaded),
            Err(TryLockError::Poisoned(poisoned)) => return Ok(poisoned.into_inner()),
            Err(TryLockError::WouldBlock) => thread::sleep(LOOK),
        }
    }
}

impl MatchOptions {
    /// Reads the feeds, unless they were read with the same options, their files are the same and nothing in them has expired since.
    pub fn load(&self, interrupt: &Interrupt) -> GroupResult<Arc<LoadedFeed>> {
        self.load_at(now(), interrupt)
    }

    fn load_at(&self, now: i64, interrupt: &Interrupt) -> GroupResult<Arc<LoadedFeed>> {
        if self.feed.is_empty() && self.iocs.is_empty() {
            return Err(missing().into());
        }
        let files = self.files(interrupt)?;
        let stamp = |(FileEntry { path, modified, size, .. }, _): &Found| (path.clone(), *modified, *size);
        let stamps: Stamps = files.iter().map(stamp).collect();
        let mut loaded = loaded(interrupt)?;
        let same = loaded.iter().position(|kept| kept.options == *self && kept.stamps == stamps);
        if let Some(kept) = same.and_then(|place| loaded.remove(place))
            && kept.next_expiry.is_none_or(|expiry| now <= expiry)
        {
            let feed = Arc::clone(&kept.feed);
            loaded.push_front(kept);
            return Ok(feed);
        }
        let (feed, next_expiry) = self.read(files, now, interrupt)?;
        let feed = Arc::new(feed);
        loaded.push_front(Kept { options: self.clone(), stamps, next_expiry, feed: Arc::clone(&feed) });
        loaded.truncate(KEPT);
        Ok(feed)
    }

    /// The files of the feeds; what a URL names is downloaded.
    fn files(&self, interrupt: &Interrupt) -> GroupResult<Vec<Found>> {
        if self.feed.is_empty() {
            return Ok(Vec::new());
        }
        let localized = localize(self.feed.clone(), self.config.as_deref(), interrupt).map_err(|problem| {
            // Not the fault of the feed.
            if interrupt.check().is_err() { GroupError::Interrupted } else { unreadable(&problem) }
        })?;
        find(&localized.paths, &LocalFiles, &Warnings::default()).map_err(|error| unreadable(&error))
    }

    /// All that the options ask for, and when the first of it expires, where that matters.
    fn read(&self, files: Vec<Found>, now: i64, interrupt: &Interrupt) -> GroupResult<(LoadedFeed, Option<i64>)> {
        let mut matcher = Matcher::new(Rules { subdomains: self.subdomains, url_prefix: self.url_prefix });
        let mut next_expiry: Option<i64> = None;
        let mut add = |indicator: Indicator| {
            if !self.wants(&indicator, now) {
                return Ok(());
            }
            if let Some(until) = indicator.valid_until.filter(|_| !self.expired) {
                next_expiry = Some(next_expiry.map_or(until, |next| next.min(until)));
            }
            matcher.add(indicator)
        };
        for text in &self.iocs {
            let bad = |problem: String| KernelError::BadOption { function: NAME, option: "iocs".to_owned(), problem };
            add(one(text).map_err(bad)?).map_err(bad)?;
        }
        if !files.is_empty() {
            let options = Value::Struct(vec![("format".to_owned(), Value::Text(self.format.clone()))]);
            let control = Control { cancel: interrupt.flag(), ..Control::default() };
            let mut too_much = None;
            let decoded = decode(files, &options, &control, &mut |indicator| {
                add(indicator).map_err(|problem| {
                    too_much = Some(problem);
                    Error::Cancelled
                })
            });
            match (decoded, too_much) {
                (Err(_), Some(problem)) => return Err(bad(problem)),
                (Err(Error::Cancelled), None) => return Err(GroupError::Interrupted),
                (Err(error), None) => return Err(unreadable(&error)),
                (Ok(()), _) => {}
            }
        }
        matcher.finish().map_err(bad)?;
        Ok((LoadedFeed(matcher), next_expiry))
    }
}

/// What is wrong with the option `feed`.
fn bad(problem: String) -> GroupError {
    KernelError::BadOption { function: NAME, option: "feed".to_owned(), problem }.into()
}

fn unreadable(problem: &dyn std::fmt::Display) -> GroupError {
    bad(format!("names a feed that cannot be read: {problem}"))
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
    fn a_feed_is_read_again_when_something_in_it_expires() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("feed.csv");
        std::fs::write(&path, "indicator,valid_until\na.example.net,2030-01-01\nb.example.net,2031-01-01\nc.example.net,\n").unwrap();
        let live = options(vec![("feed", text(path.to_str().unwrap())), ("expired", Value::Bool(false))]).unwrap();
        let count = |year: i64| {
            let loaded = live.load_at((year - 1970) * 31_557_600_000_000 + 86_400_000_000 * 2, &Interrupt::default()).unwrap();
            loaded.count("a.example.net b.example.net c.example.net")
        };
        assert_eq!([2029, 2030, 2031, 2032].map(count), [3, 2, 1, 1]);
    }

    #[test]
    fn nobody_waits_for_a_cancelled_statement() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("feed.csv");
        std::fs::write(&path, "indicator\na.example.net\n").unwrap();
        let feed = options(vec![("feed", text(path.to_str().unwrap()))]).unwrap();
        let files = feed.files(&Interrupt::default()).unwrap();
        let stopped = Interrupt::default();
        stopped.stop();
        assert!(matches!(feed.read(files, now(), &stopped), Err(GroupError::Interrupted)), "reading looks at the flag");
        let interrupt = Interrupt::default();
        let other = LOADED.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let waiting = {
            let interrupt = interrupt.clone();
            thread::spawn(move || matches!(feed.load(&interrupt), Err(GroupError::Interrupted)))
        };
        thread::sleep(Duration::from_millis(50));
        interrupt.stop();
        let started = std::time::Instant::now();
        while !waiting.is_finished() && started.elapsed() < Duration::from_secs(30) {
            thread::sleep(LOOK);
        }
        assert!(waiting.is_finished(), "it still waits");
        drop(other);
        assert!(waiting.join().unwrap());
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
        assert!(error.contains("/none.txt: HTTP 404") && error.contains("\"names a feed that cannot be read: feed http"), "{error}");
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
