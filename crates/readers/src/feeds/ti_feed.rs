//! `ti_feed(path)`: feeds of threat intelligence, whatever their format.

use super::csv::CsvScan;
use super::indicator::{COLUMNS, Indicator};
use super::plan::Plan;
use super::stix::Newest;
use super::txt::TxtScan;
use super::value::Said;
use super::whole::{document, newest};
use super::{misp, openioc, stix};
use crate::batch::{Batch, Wanted};
use crate::format::{Control, LogColumn, LogFormat, LogScan};
use crate::logs::{Common, ENCODING, MAX_LINE, PATH, TextLines};
use crate::sniff::stem;
use crate::{Error, Piece, Result, Source};
use encoding_rs::Encoding;
use huntsql_kernels::options::{OptionField, OptionKind, Options, Setting};
use huntsql_kernels::spec::{Arg, Example, Family, Spec};
use huntsql_kernels::types::SqlType;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// The format of `ti_feed`.
pub(crate) struct TiFeed;

const FORMATS: &[&str] = &["auto", "csv", "misp", "openioc", "stix", "txt"];

/// Options of `ti_feed`.
#[derive(Debug, Clone)]
pub(crate) struct TiFeedOptions {
    common: Common,
    /// `auto`: what the content says.
    pub(super) format: String,
    pub(super) delimiter: Option<u8>,
    pub(super) ioc_column: Option<String>,
    /// What values are that the feed gives no type of.
    pub(super) said: Said,
    /// Whom to name where the feed names nobody.
    pub(super) source: Option<Arc<str>>,
}

impl Default for TiFeedOptions {
    fn default() -> Self {
        let format = "auto".to_owned();
        Self { common: Common::default(), format, delimiter: None, ioc_column: None, said: Said::Any, source: None }
    }
}

impl Options for TiFeedOptions {
    const FIELDS: &'static [OptionField] = &[
        OptionField {
            name: "config",
            kind: OptionKind::Text,
            default: "NULL",
            doc: "Configuration for feeds at a URL, instead of `~/.config/huntsql/config.yaml` or the file in `HUNTSQL_CONFIG`.",
        },
        OptionField {
            name: "delimiter",
            kind: OptionKind::Text,
            default: "NULL",
            doc: "What separates the columns of a CSV feed: one ASCII character. NULL: comma, tab, semicolon or bar, whichever it is.",
        },
        ENCODING,
        OptionField {
            name: "format",
            kind: OptionKind::Choice(FORMATS),
            default: "'auto'",
            doc: "What the feed is. `'auto'`: what its content says, file by file.",
        },
        OptionField {
            name: "ioc_column",
            kind: OptionKind::Text,
            default: "NULL",
            doc: "The column of a CSV feed that holds the indicators: its name in the first line or in a comment, or its number from 1. NULL: the columns are known by their names, or by what they hold.",
        },
        OptionField {
            name: "ioc_type",
            kind: OptionKind::Text,
            default: "NULL",
            doc: "The type of indicators that the feed gives no type of, as `extract_iocs` or the feed's format spells it. NULL: what they look like. Names below no public suffix (`c2.bit`) need it.",
        },
        MAX_LINE,
        OptionField {
            name: "source",
            kind: OptionKind::Text,
            default: "NULL",
            doc: "What is `source` where the feed names nobody. NULL: the name of its file.",
        },
    ];

    fn set(&mut self, name: &str, setting: Setting) -> std::result::Result<(), String> {
        if self.common.set(name, &setting)? {
            return Ok(());
        }
        let Setting::Text(text) = setting else { return Ok(()) };
        match name {
            "delimiter" => match text.as_bytes() {
                [byte] if byte.is_ascii() && *byte != b'"' => self.delimiter = Some(*byte),
                b"\\t" => self.delimiter = Some(b'\t'),
                _ => return Err("must be one ASCII character, and no quote".to_owned()),
            },
            "format" => self.format = text,
            "ioc_column" => self.ioc_column = Some(text),
            "ioc_type" => self.said = Said::read(&text),
            "source" => self.source = Some(text.into()),
            _ => {}
        }
        Ok(())
    }
}

impl LogFormat for TiFeed {
    const SPEC: Spec = Spec {
        name: "ti_feed",
        family: Family::Context,
        summary: "Reads feeds of threat intelligence as one table: CSV, lists and reports, STIX 2 bundles, MISP events and feeds, OpenIOC.",
        details: include_str!("ti_feed.md"),
        args: &[Arg { name: "path", doc: PATH }],
        examples: &[
            Example {
                sql: "SELECT ioc_type, ioc, confidence, threat FROM ti_feed('examples/feeds/c2.csv') WHERE ioc IS NOT NULL ORDER BY ioc_type",
                result: "\
domain | c2.example.org | 100 | Pebble RAT
ipv4 | 203.0.113.66 | 75 | Pebble RAT
sha256 | 1a36da2395ec59888c35ea4dbf0784889f2d862b51f0b7dee595f67b95fd0256 | 100 | Pebble RAT
url | https://c2.example.org/gate.php | 90 | Pebble RAT",
            },
            Example {
                sql: "SELECT ioc, severity, threat, source, is_active FROM ti_feed('examples/feeds/pebble.stix.json', format => 'stix') WHERE ioc_type = 'ipv4' ORDER BY ioc",
                result: "\
198.51.100.10 | warning | NULL | pebble | false
203.0.113.66 | high | Pebble RAT, Quiet Heron | Example CERT | NULL
203.0.113.67 | high | Pebble RAT, Quiet Heron | Example CERT | NULL",
            },
        ],
    };
    const COLUMNS: &'static [(&'static str, SqlType)] = COLUMNS;
    const HAS_LINES: bool = true;
    type Options = TiFeedOptions;
    /// For each file by its name.
    type Layout = HashMap<Arc<str>, Plan>;

    fn encoding(options: &TiFeedOptions) -> Option<&'static Encoding> {
        options.common.encoding
    }

    fn look(options: &TiFeedOptions, sources: &[Arc<Source>], control: &Control) -> Result<(Vec<LogColumn>, Self::Layout)> {
        let columns = COLUMNS.iter().map(|(name, ty)| LogColumn { name: (*name).to_owned(), ty: *ty }).collect();
        // The folders of MISP feeds. The digests there are those of values, for look-ups without the feed.
        let feeds: HashSet<&str> = sources.iter().filter_map(|source| source.name.strip_suffix("manifest.json")).collect();
        let mut plans = HashMap::new();
        for source in sources {
            let beside = ["manifest.json", "hashes.csv"].into_iter().filter_map(|name| source.name.strip_suffix(name));
            let plan = if options.format != "csv" && beside.into_iter().any(|folder| feeds.contains(folder)) {
                Plan::Nothing
            } else {
                match Plan::of(source, options, control) {
                    Ok(plan) => plan,
                    Err(error) if source.found => {
                        control.warnings.add(format!("left out: {error}"));
                        Plan::Nothing
                    }
                    Err(error) => return Err(error),
                }
            };
            plans.insert(Arc::clone(&source.name), plan);
        }
        Ok((columns, plans))
    }

    fn scan(
        piece: &Piece,
        plans: &Arc<Self::Layout>,
        options: &Arc<TiFeedOptions>,
        _: &Wanted,
        control: &Control,
    ) -> Result<Box<dyn LogScan>> {
        let plan = plans.get(&piece.source.name).cloned().unwrap_or(Plan::Nothing);
        Ok(Box::new(FeedScan::open(piece, plan, options, None, control)?))
    }
}

/// Reads one file of a feed, indicator by indicator.
pub(crate) struct FeedScan {
    inner: Inner,
    /// Of what nobody is said to say.
    source: Option<Arc<str>>,
}

enum Inner {
    Csv(Box<CsvScan>),
    Txt(Box<TxtScan>),
    Whole(std::vec::IntoIter<Indicator>),
}

impl FeedScan {
    fn open(piece: &Piece, plan: Plan, options: &Arc<TiFeedOptions>, newest: Option<&Newest>, control: &Control) -> Result<Self> {
        let source = options.source.clone().or_else(|| Some(stem(&piece.source.name).into()));
        let lines = || TextLines::open(piece, options.common, control);
        let whole = || document(&piece.source, options.common.longest, control);
        let inner = match plan {
            Plan::Csv(plan) => Inner::Csv(Box::new(CsvScan::new(lines()?, plan, Arc::clone(options)))),
            Plan::Txt(is_list) => Inner::Txt(Box::new(TxtScan::new(lines()?, is_list, Arc::clone(options)))),
            Plan::Stix => Inner::Whole(stix::decode(&whole()?, newest.map(|newest| (newest, &*piece.source.name))).into_iter()),
            Plan::Misp => Inner::Whole(misp::decode(&whole()?).into_iter()),
            Plan::OpenIoc => Inner::Whole(openioc::decode(&whole()?).into_iter()),
            Plan::Nothing => Inner::Whole(Vec::new().into_iter()),
        };
        Ok(Self { inner, source })
    }

    fn next(&mut self) -> Result<Option<Indicator>> {
        let mut next = match &mut self.inner {
            Inner::Csv(scan) => scan.next()?,
            Inner::Txt(scan) => scan.next()?,
            Inner::Whole(indicators) => indicators.next(),
        };
        if let Some(indicator) = &mut next
            && indicator.source.is_none()
        {
            indicator.source.clone_from(&self.source);
        }
        Ok(next)
    }
}

impl LogScan for FeedScan {
    fn fill(&mut self, batch: &mut Batch) -> Result<bool> {
        while !batch.is_full() {
            let Some(indicator) = self.next()? else { return Ok(false) };
            indicator.write(batch);
        }
        Ok(true)
    }
}

/// Hands every indicator of `sources` to `each`, with the source that it is from.
pub(super) fn each_indicator(
    options: &TiFeedOptions,
    sources: &[Arc<Source>],
    control: &Control,
    each: &mut dyn FnMut(Indicator) -> Result<()>,
) -> Result<()> {
    let (_, plans) = TiFeed::look(options, sources, control)?;
    let options = Arc::new(options.clone());
    let newest = newest(options.common.longest, sources, &plans, control)?;
    for source in sources {
        let plan = plans.get(&source.name).cloned().unwrap_or(Plan::Nothing);
        let mut scan = FeedScan::open(&Piece::whole(Arc::clone(source)), plan, &options, newest.as_ref(), control)?;
        while let Some(indicator) = scan.next()? {
            if control.cancel.load(Ordering::Relaxed) {
                return Err(Error::Cancelled);
            }
            each(indicator)?;
        }
    }
    Ok(())
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::catalogue::reader;
    use crate::feeds::decode_bytes;
    use crate::{FileEntry, Place};
    use huntsql_kernels::options::Value;

    /// The indicators of a feed called `x`.
    pub(in crate::feeds) fn read(text: &str, options: &[(&str, &str)]) -> std::result::Result<Vec<Indicator>, String> {
        let fields = options.iter().map(|(name, value)| ((*name).to_owned(), Value::Text((*value).to_owned()))).collect();
        let mut found = Vec::new();
        decode_bytes("x", text.as_bytes().to_vec(), &Value::Struct(fields), &Control::default(), &mut |indicator| {
            found.push(indicator);
            Ok(())
        })
        .map_err(|error| error.to_string())?;
        Ok(found)
    }

    #[test]
    fn formats_are_told_by_content() {
        for (text, expected) in [
            ("<!DOCTYPE html><html></html>", Err("cannot read 'x': it is an HTML page, not a feed; was the download refused?")),
            (
                "<a/>",
                Err(
                    "cannot read 'x': it is XML, but no OpenIOC; name the format, such as format => 'txt' for whatever indicators it holds",
                ),
            ),
            (
                "{\"a\": 1}",
                Err(
                    "cannot read 'x': it is JSON, but neither STIX nor MISP; read_json reads it, or format => 'txt' whatever indicators it holds",
                ),
            ),
            ("{\"type\": \"bundle\", \"objects\": []}", Ok(0)),
            ("{\"Event\": {}}", Ok(0)),
            ("198.51.100.7\n", Ok(1)),
            ("[.]\n", Ok(0)),
        ] {
            assert_eq!(read(text, &[]).map(|rows| rows.len()), expected.map_err(str::to_owned), "{text}");
        }
        assert!(read("x", &[("format", "stixx")]).unwrap_err().contains("option 'format' must be 'auto' or 'csv'"));
        assert!(read("x", &[("delimiter", "ab")]).unwrap_err().contains("one ASCII character"));
    }

    #[test]
    fn rows_have_the_columns_of_the_table() {
        let entry = FileEntry { name: "x".to_owned(), path: "x".into(), size: 9, modified: None, found: false };
        let files = vec![(entry, Place::Memory("indicator,confidence\nevil.example.net,60\n???\n".into()))];
        let log = reader("ti_feed").unwrap().open(files, &Value::Null, &Control::default()).unwrap();
        let names: Vec<&str> = log.columns().iter().map(|column| column.name.as_str()).collect();
        assert_eq!((names.first(), names.len(), names.last()), (Some(&"ioc"), COLUMNS.len() + 2, Some(&"_line")));
        let all: Vec<usize> = (0..names.len()).collect();
        let mut scan = log.scan(&log.pieces(1)[0], &all, &Control::default()).unwrap();
        let (columns, rows) = scan.next(10).unwrap().unwrap();
        assert_eq!((columns.len(), rows), (names.len(), 2));
        assert!(columns.iter().all(|column| column.len() == 2));
    }

    #[test]
    fn the_examples() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/feeds/");
        for (file, iocs, unparsed) in [
            ("c2.csv", 4, 1),
            ("networks.txt", 4, 0),
            ("report.txt", 8, 0),
            ("pebble.stix.json", 5, 0),
            ("pebble.misp.json", 5, 0),
            ("pebble.ioc", 3, 0),
        ] {
            let rows = read(&std::fs::read_to_string(format!("{folder}{file}")).unwrap(), &[]).unwrap();
            let found: Vec<&str> = rows.iter().filter_map(|row| row.ioc.as_deref()).collect();
            assert_eq!((found.len(), rows.iter().filter(|row| row.unparsed.is_some()).count()), (iocs, unparsed), "{file}: {found:?}");
        }
    }

    #[test]
    fn the_newest_version_in_a_folder_counts() {
        let file = |name: &str, id: u32, day: u32, more: &str| {
            let text = format!(
                r#"{{"type":"bundle","objects":[{{"type":"indicator","id":"indicator--{id}","modified":"2026-11-0{day}T00:00:00Z","pattern":"[domain-name:value='{}.example.net']"{more}}}]}}"#,
                name.replace('/', "-")
            );
            let name = format!("{name}.json");
            (
                FileEntry { name: name.clone(), path: name.into(), size: text.len() as u64, modified: None, found: true },
                Place::Memory(text.into()),
            )
        };
        let revoked = r#","revoked":true"#;
        let files = vec![file("f/a", 1, 1, ""), file("f/b", 1, 2, revoked), file("f/c", 2, 1, ""), file("g/d", 2, 2, revoked)];
        let mut found = Vec::new();
        crate::feeds::decode(files, &Value::Null, &Control::default(), &mut |indicator| {
            found.push((indicator.ioc.unwrap(), indicator.is_active));
            Ok(())
        })
        .unwrap();
        let shown = |name: &str, active| (format!("{}.example.net", name.replace('/', "-")), active);
        assert_eq!(found, [shown("f/b", Some(false)), shown("f/c", None), shown("g/d", Some(false))], "another folder is another feed");
    }

    /// What the notes of `ti_feed` say of a folder of which a file is broken.
    #[test]
    fn a_broken_file_of_a_folder_is_one_warning() {
        let file = |name: &str, text: &str| {
            let entry = FileEntry { name: format!("f/{name}"), path: name.into(), size: text.len() as u64, modified: None, found: true };
            (entry, Place::Memory(text.as_bytes().to_vec().into()))
        };
        let object =
            |id: u32| format!(r#"{{"type":"indicator","id":"indicator--{id}","pattern":"[domain-name:value='{id}.example.net']"}}"#);
        let bundle = |id: u32| format!(r#"{{"type":"bundle","objects":[{}]}}"#, object(id));
        let cut = format!(r#"{{"type":"bundle","objects":[{},{{"type":"#, object(2));
        let files = vec![file("a.json", &bundle(1)), file("b.json", &cut), file("c.json", r#"{"error": 1}"#), file("d.json", &bundle(3))];
        let (mut found, control) = (Vec::new(), Control::default());
        crate::feeds::decode(files, &Value::Null, &control, &mut |indicator| {
            found.push(indicator.ioc.or(indicator.unparsed).unwrap_or_default());
            Ok(())
        })
        .unwrap();
        assert_eq!(found, ["1.example.net", "2.example.net", r#"{"type":"#, "3.example.net"]);
        let warnings = control.warnings.take();
        assert!(matches!(warnings.as_slice(), [one] if one.starts_with("left out: cannot read 'f/c.json'")), "{warnings:?}");
    }

    #[test]
    fn the_folder_of_a_misp_feed() {
        let file = |name: &str, text: &str| {
            let bytes = text.as_bytes().to_vec();
            (
                FileEntry { name: format!("f/{name}"), path: name.into(), size: bytes.len() as u64, modified: None, found: true },
                Place::Memory(bytes.into()),
            )
        };
        let digest = "d41d8cd98f00b204e9800998ecf8427e";
        let event = "{\"Event\":{\"info\":\"x\",\"Attribute\":[{\"type\":\"domain\",\"value\":\"a.example.net\",\"to_ids\":true}]}}";
        let files = vec![
            file("0.json", event),
            file("hashes.csv", &format!("{digest},0\n")),
            file("manifest.json", "{\"0\":{\"Orgc\":{\"name\":\"x\"},\"info\":\"x\"}}"),
            file("page.html", "<html>"),
            file("x.png", "\u{89}PNG"),
        ];
        let (mut found, control) = (Vec::new(), Control::default());
        crate::feeds::decode(files, &Value::Null, &control, &mut |indicator| {
            found.push(indicator.ioc);
            Ok(())
        })
        .unwrap();
        assert_eq!(found, [Some("a.example.net".to_owned())]);
        assert!(control.warnings.take().iter().any(|warning| warning.contains("page.html")));
    }
}
