//! `match_iocs(tbl, text, feed => ...)`: the indicators of feeds in a column of texts.

mod anchors;
mod find;
mod key;
mod load;
mod matcher;
mod networks;
mod options;
mod words;

use find::{Hit, find};
use huntsql_kernels::at_once::{at_once, processors};
use huntsql_kernels::column::{Column, ListOf};
use huntsql_kernels::group::{EventKernel, EventSink, Given, Recognised, TableColumn, Wanted, recognise_by_name};
use huntsql_kernels::options::Value;
use huntsql_kernels::prelude::*;
use huntsql_kernels::rows::Texts;
pub use load::LoadedFeed;
use matcher::Matcher;
pub use options::MatchOptions;

/// Kernel of `match_iocs`.
pub struct MatchIocs;

const NAME: &str = "match_iocs";

/// An indicator in a text, and what its feed says.
#[derive(Debug)]
pub struct Found<'a> {
    matcher: &'a Matcher,
    text: &'a str,
    hit: Hit,
}

impl SqlValue for Found<'_> {
    const TYPE: SqlType = SqlType::Struct(&[
        ("ioc", SqlType::Text),
        ("ioc_type", SqlType::Text),
        ("matched", SqlType::Text),
        ("match_kind", SqlType::Text),
        ("start_byte", SqlType::Int),
        ("end_byte", SqlType::Int),
        ("severity", SqlType::Text),
        ("confidence", SqlType::Int),
        ("threat", SqlType::Text),
        ("tags", SqlType::List(&SqlType::Text)),
        ("source", SqlType::Text),
        ("reference", SqlType::Text),
        ("valid_until", SqlType::Time),
    ]);
    fn write(&self, out: &mut Column) {
        let Hit { entry, start, end, how } = self.hit;
        let about = self.matcher.about(entry);
        let (ioc, ioc_type) = self.matcher.entry(entry).map_or(("", ""), |entry| (&*entry.ioc, entry.ioc_type.as_ref()));
        let number = |at: usize| i64::try_from(at).unwrap_or(i64::MAX);
        let row = out.row().put(ioc).put(ioc_type).put(self.text.get(start..end).unwrap_or("")).put(how.name());
        let row = row.put(number(start)).put(number(end)).put(about.severity.name()).put(about.confidence.map(i64::from));
        let tags = (!about.tags.is_empty()).then(|| ListOf(about.tags.iter().map(|tag| tag.as_ref())));
        let row = row.put(about.threat.as_deref()).put(tags).put(about.source.as_deref()).put(about.reference.as_deref());
        row.put(about.valid_until.map(Timestamp)).end();
    }
}

impl EventKernel for MatchIocs {
    const SPEC: Spec = Spec {
        name: NAME,
        family: Family::Context,
        summary: "Finds the indicators of threat intelligence feeds in a column of texts, millions of them in one pass.",
        details: include_str!("match_iocs.md"),
        args: &[Arg {
            name: "text",
            doc: "Where to look: a message, a command line, a URL, an address; several columns joined by a blank as well. Left out: the column `message`, `line`, `raw`, `text`, `command_line` or `url`.",
        }],
        examples: &[
            Example {
                sql: "\
WITH log AS (SELECT * FROM (VALUES (1, 'dns query www.c2.example.org from 192.0.2.7'), (2, 'GET hxxps://c2[.]example[.]org/gate.php'), (3, 'nothing of c2.example.org.invalid')) v(id, message))
SELECT id, ioc, matched, match_kind, threat FROM huntsql.match_iocs(log, message, feed => 'examples/feeds/c2.csv') ORDER BY id, ioc",
                result: "\
1 | c2.example.org | www.c2.example.org | subdomain | Pebble RAT
2 | c2.example.org | c2[.]example[.]org | exact | Pebble RAT
2 | https://c2.example.org/gate.php | hxxps://c2[.]example[.]org/gate.php | exact | Pebble RAT",
            },
            Example {
                sql: "\
WITH log AS (SELECT * FROM (VALUES ('203.0.113.66:8443'), ('203.0.113.70:443'), ('203.0.113.80:443')) v(dst))
SELECT matched, ioc, match_kind, severity, source FROM huntsql.match_iocs(log, dst, feed => ['examples/feeds/networks.txt', 'examples/feeds/pebble.stix.json']) ORDER BY matched",
                result: "\
203.0.113.66 | 203.0.113.66 | exact | high | Example CERT
203.0.113.70 | 203.0.113.64/28 | network | unknown | networks",
            },
        ],
    };
    const ARGS: &'static [ArgType] = &[ArgType::Prose];
    type Options = MatchOptions;
    type Out<'a> = Found<'a>;

    fn recognise(columns: &[TableColumn], given: &[Given], options: &Value) -> Result<Recognised, KernelError> {
        const WANTED: &[Wanted] = &[Wanted {
            argument: "text",
            names: &["message", "line", "raw", "text", "command_line", "CommandLine", "url"],
            required: true,
        }];
        let has = |option: &str| match options {
            Value::Struct(fields) => fields.iter().any(|(name, value)| name.eq_ignore_ascii_case(option) && *value != Value::Null),
            _ => false,
        };
        if !has("feed") && !has("iocs") {
            return Err(options::missing());
        }
        recognise_by_name(NAME, WANTED, columns, given, options)
    }

    fn compute(rows: &Rows, options: &MatchOptions, interrupt: &Interrupt, sink: &mut EventSink<'_>) -> GroupResult<()> {
        // On DuckDB an empty table comes without options.
        if rows.is_empty() {
            return Ok(());
        }
        let feed = options.load(interrupt)?;
        let matcher = feed.matcher();
        let texts = rows.texts(0);
        let found = search(matcher, texts, interrupt, processors())?;
        for row in 0..rows.len() {
            if row % 65_536 == 0 {
                interrupt.check()?;
            }
            let Some(id) = texts.id(row) else { continue };
            for hit in hits_of(&found, id) {
                sink.put(Some(row), &Found { matcher, text: texts.text(id), hit: *hit });
            }
        }
        Ok(())
    }
}

/// Texts that a thread searches before it takes more.
const PIECE: u32 = 4_096;

/// The indicators in the texts of a piece, and where those of each end.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Hits {
    hits: Vec<Hit>,
    ends: Vec<usize>,
}

/// The indicators in each distinct text, however many rows have it, piece by piece: joined, all of them would be held twice for a moment.
fn search(matcher: &Matcher, texts: &Texts, interrupt: &Interrupt, threads: usize) -> GroupResult<Vec<Hits>> {
    let count = u32::try_from(texts.distinct()).unwrap_or(u32::MAX);
    let pieces = (0..count).step_by(PIECE as usize).map(|from| from..from.saturating_add(PIECE).min(count)).collect();
    at_once(pieces, threads, |ids| {
        let (mut hits, mut ends) = (Vec::new(), Vec::with_capacity(ids.len()));
        let mut since = 0;
        interrupt.check()?;
        for id in ids {
            let text = texts.text(id);
            since += text.len() + 64;
            if since > 1 << 20 {
                interrupt.check()?;
                since = 0;
            }
            find(matcher, text, &mut hits);
            ends.push(hits.len());
        }
        hits.shrink_to_fit();
        Ok(Hits { hits, ends })
    })
}

/// The indicators in text `id`.
fn hits_of(found: &[Hits], id: u32) -> &[Hit] {
    let (piece, place) = ((id / PIECE) as usize, (id % PIECE) as usize);
    let Some(Hits { hits, ends }) = found.get(piece) else { return &[] };
    let start = place.checked_sub(1).and_then(|before| ends.get(before).copied()).unwrap_or(0);
    ends.get(place).and_then(|end| hits.get(start..*end)).unwrap_or(&[])
}

#[cfg(test)]
mod tests {
    use super::*;
    use huntsql_kernels::input::Input;
    use huntsql_readers::feeds::Indicator;
    use matcher::Rules;

    struct Lines(usize);

    impl Input for Lines {
        fn text(&self, _: usize, _: usize) -> Option<&str> {
            None
        }
        fn int(&self, _: usize, _: usize) -> Option<i64> {
            None
        }
        fn float(&self, _: usize, _: usize) -> Option<f64> {
            None
        }
        fn bool(&self, _: usize, _: usize) -> Option<bool> {
            None
        }
        fn text_list(&self, _: usize, _: usize) -> Option<Vec<Option<&str>>> {
            None
        }
        fn key(&self, _: usize, row: usize) -> Option<std::borrow::Cow<'_, str>> {
            let part = if row.is_multiple_of(7) { "evil.example.net" } else { "good.example.org" };
            Some(format!("{} {part} {}", row % self.0, if row.is_multiple_of(5) { "198.51.100.7" } else { "" }).into())
        }
    }

    #[test]
    fn threads_change_nothing() {
        let mut matcher = Matcher::new(Rules { subdomains: true, url_prefix: false });
        for (ioc, ioc_type) in [("evil.example.net", "domain"), ("198.51.100.0/24", "cidr")] {
            let indicator = Indicator { ioc: Some(ioc.to_owned()), ioc_type: Some(ioc_type.into()), ..Indicator::default() };
            matcher.add(indicator).unwrap();
        }
        matcher.finish().unwrap();
        for count in [0, 1, 4_095, 4_096, 4_097, 20_000] {
            let mut rows = Rows::new(&[ArgType::Key]);
            rows.extend(&Lines(15_000), count);
            let search = |threads| search(&matcher, rows.texts(0), &Interrupt::default(), threads).unwrap();
            let found = search(1);
            let texts = rows.texts(0);
            // Each piece keeps its own, and no more memory than they need.
            assert_eq!(found.len(), texts.distinct().div_ceil(PIECE as usize));
            assert!(found.iter().all(|piece| piece.ends.len() <= PIECE as usize && piece.hits.capacity() == piece.hits.len()));
            for row in 0..count {
                let id = texts.id(row).unwrap();
                let mut expected = Vec::new();
                find(&matcher, texts.text(id), &mut expected);
                assert_eq!(hits_of(&found, id), expected, "text {id} of {count}");
            }
            for threads in [2, 3] {
                assert_eq!(search(threads), found, "{count} texts, {threads} threads");
            }
        }
        let mut rows = Rows::new(&[ArgType::Key]);
        rows.extend(&Lines(9_000), 9_000);
        let stopped = Interrupt::default();
        stopped.stop();
        assert!(matches!(search(&matcher, rows.texts(0), &stopped, 2), Err(GroupError::Interrupted)));
    }
}
