//! Feeds of one indicator a line, and texts that hold indicators: a report, a mail.

use super::indicator::{Indicator, shared};
use super::ti_feed::TiFeedOptions;
use super::value::{Normal, Said, normalise, plain_network};
use crate::logs::TextLines;
use crate::{Error, Result};
use huntsql_kernels::ioc::{ExtractOptions, extract};
use std::borrow::Cow;
use std::sync::Arc;

/// Lines that are looked at to tell a list from running text.
const SAMPLE: usize = 200;

/// Whether the lines of `head` are indicators, at least half of them.
pub(super) fn is_list(head: &str, said: &Said) -> bool {
    let lines: Vec<&str> = head.lines().take(SAMPLE * 10).filter_map(|line| entry(line).map(|(text, _)| text)).take(SAMPLE).collect();
    let hits = lines.iter().filter(|line| one(line, said).is_some()).count();
    hits * 2 >= lines.len()
}

/// A line without its comment, and the comment; `None` where nothing is left.
fn entry(line: &str) -> Option<(&str, Option<&str>)> {
    let line = line.trim().trim_start_matches('\u{feff}');
    if line.is_empty() || line.starts_with(['#', ';', '!']) || line.starts_with("//") {
        return None;
    }
    // A mark without a blank before it belongs to a URL.
    let marks = [" #", "\t#", " ;", "\t;", " //", "\t//"];
    let at = marks.iter().filter_map(|mark| line.find(mark)).min();
    let Some(at) = at else { return Some((line, None)) };
    let (text, comment) = line.split_at_checked(at)?;
    Some((text.trim_end(), Some(comment.trim_start().trim_start_matches(['#', ';', '/']).trim())))
}

/// The indicator that a line is: by itself, as a line of a hosts file (`0.0.0.0 name`), or as a filter rule (`||name^`).
fn one(text: &str, said: &Said) -> Option<Normal> {
    if let Some(rule) = text.strip_prefix("||") {
        return normalise(rule.trim_end_matches('^'), &Said::Host);
    }
    if let Some((address, name)) = text.split_once([' ', '\t'])
        && matches!(address, "0.0.0.0" | "127.0.0.1" | "::1" | "::")
        && !name.trim().contains(char::is_whitespace)
    {
        return normalise(name, &Said::Host).filter(|normal| normal.ioc.contains('.'));
    }
    normalise(text, said)
}

/// Reads such a feed.
pub(super) struct TxtScan {
    lines: TextLines,
    is_list: bool,
    options: Arc<TiFeedOptions>,
    found: ExtractOptions,
    ready: std::vec::IntoIter<Indicator>,
}

impl TxtScan {
    pub(super) fn new(lines: TextLines, is_list: bool, options: Arc<TiFeedOptions>) -> Self {
        Self { lines, is_list, options, found: ExtractOptions::default(), ready: Vec::new().into_iter() }
    }

    pub(super) fn next(&mut self) -> Result<Option<Indicator>, Error> {
        loop {
            if let Some(indicator) = self.ready.next() {
                return Ok(Some(indicator));
            }
            let Some((line, number)) = self.lines.next()? else { return Ok(None) };
            let source = self.options.source.clone();
            if !self.is_list {
                let found = extract(line, &self.found).into_iter().map(|ioc| {
                    let (kind, value) = plain_network((ioc.kind, ioc.value));
                    Indicator {
                        raw: (ioc.raw != value).then(|| ioc.raw.to_owned()),
                        ioc: Some(value.into_owned()),
                        ioc_type: Some(Cow::Borrowed(kind.name())),
                        source: source.clone(),
                        line: number,
                        ..Indicator::default()
                    }
                });
                self.ready = found.collect::<Vec<_>>().into_iter();
                continue;
            }
            let Some((text, comment)) = entry(line) else { continue };
            return Ok(Some(match one(text, &self.options.said) {
                Some(normal) => Indicator {
                    ioc: Some(normal.ioc),
                    ioc_type: Some(normal.ioc_type),
                    raw: normal.raw,
                    description: comment.and_then(shared),
                    source,
                    line: number,
                    ..Indicator::default()
                },
                None => Indicator::unread(line, number),
            }));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::ti_feed::tests::read;

    fn iocs(text: &str, options: &[(&str, &str)]) -> String {
        let rows = read(text, options).unwrap();
        let shown = |row: &super::Indicator| match (&row.ioc, &row.unparsed) {
            (Some(ioc), _) => format!("{}:{ioc}", row.line),
            (None, unparsed) => format!("{}?{}", row.line, unparsed.as_deref().unwrap_or_default()),
        };
        rows.iter().map(shown).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn lists_and_running_text() {
        for (text, options, expected) in [
            (
                "# made up\n198.51.100.0/24 ; SBL1\n\nevil[.]example[.]net # c2\nhttp://a.example.net/#x\noops here\n",
                &[][..],
                "2:198.51.100.0/24 4:evil.example.net 5:http://a.example.net/#x 6?oops here",
            ),
            (
                "0.0.0.0 ads.example.net\n127.0.0.1 localhost\n||track.example.net^\n",
                &[],
                "1:ads.example.net 2?127.0.0.1 localhost 3:track.example.net",
            ),
            (
                "We saw beacons to hxxp://c2[.]example[.]net/gate\nand nothing more.\nHash d41d8cd98f00b204e9800998ecf8427e\nThe end.\nReally.\n",
                &[],
                "1:http://c2.example.net/gate 1:c2.example.net 3:d41d8cd98f00b204e9800998ecf8427e",
            ),
            ("c2.bit\nfoo.lib\n", &[("ioc_type", "domain")], "1:c2.bit 2:foo.lib"),
            ("", &[], ""),
            ("\u{feff}evil.example.net\r\nevil.example.org\r\n", &[], "1:evil.example.net 2:evil.example.org"),
        ] {
            assert_eq!(iocs(text, options), expected, "{text}");
        }
        let rows = read("evil.example.net # c2 of x\n", &[]).unwrap();
        assert_eq!((rows[0].description.as_deref(), rows[0].source.as_deref()), (Some("c2 of x"), Some("x")));
    }
}
