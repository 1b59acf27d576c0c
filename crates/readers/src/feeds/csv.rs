//! Feeds in columns: any delimiter, names in the first line, in a comment (as abuse.ch has it) or nowhere.

mod plan;

pub(crate) use plan::CsvPlan;

use super::columns::Role;
use super::indicator::{Indicator, Severity, shared};
use super::json::time;
use super::misp;
use super::ti_feed::TiFeedOptions;
use super::value::{Normal, Said, normalise};
use crate::logs::TextLines;
use crate::{Error, Result};
use std::borrow::Cow;
use std::sync::Arc;

/// Fields of a line that are looked at.
const MOST_FIELDS: usize = 1000;
/// A quoted field runs over at most so many lines; an open quote must not swallow the feed.
const MOST_LINES: usize = 100;
/// Bytes of a record that runs over lines.
const LONGEST_RECORD: usize = 1 << 16;

/// Takes the fields of a line apart; false where a quote is left open.
pub(super) fn split<'l>(line: &'l str, delimiter: u8, fields: &mut Vec<Cow<'l, str>>) -> bool {
    fields.clear();
    let delimiter = char::from(delimiter);
    let mut rest = line;
    while fields.len() < MOST_FIELDS {
        let blank = |c: char| c != delimiter && (c == ' ' || c == '\t');
        let start = rest.trim_start_matches(blank);
        let Some(quoted) = start.strip_prefix('"') else {
            let end = start.find(delimiter).unwrap_or(start.len());
            fields.push(Cow::Borrowed(start.get(..end).unwrap_or_default().trim_matches(blank)));
            match start.get(end + 1..) {
                Some(more) if end < start.len() => rest = more,
                _ => return true,
            }
            continue;
        };
        let mut value = Cow::Borrowed("");
        let mut inner = quoted;
        loop {
            let Some(end) = inner.find('"') else {
                fields.push(Cow::Owned(value.into_owned() + inner));
                return false;
            };
            let part = inner.get(..end).unwrap_or_default();
            if value.is_empty() {
                value = Cow::Borrowed(part);
            } else {
                value.to_mut().push_str(part);
            }
            inner = inner.get(end + 1..).unwrap_or_default();
            match inner.strip_prefix('"') {
                Some(more) => {
                    value.to_mut().push('"');
                    inner = more;
                }
                None => break,
            }
        }
        fields.push(value);
        match inner.split_once(delimiter) {
            Some((_, more)) => rest = more,
            None => return true,
        }
    }
    true
}

/// Lines that say nothing: blank ones and comments. The text of a comment.
fn comment(line: &str) -> Option<&str> {
    let line = line.trim();
    if line.is_empty() {
        Some("")
    } else {
        line.strip_prefix('#').or_else(|| line.strip_prefix("//")).map(|text| text.trim_start_matches('#').trim())
    }
}

/// Reads such a feed.
pub(super) struct CsvScan {
    lines: TextLines,
    plan: CsvPlan,
    options: Arc<TiFeedOptions>,
    /// The lines of a record.
    record: String,
    ready: std::vec::IntoIter<Indicator>,
}

impl CsvScan {
    pub(super) fn new(lines: TextLines, plan: CsvPlan, options: Arc<TiFeedOptions>) -> Self {
        Self { lines, plan, options, record: String::new(), ready: Vec::new().into_iter() }
    }

    pub(super) fn next(&mut self) -> Result<Option<Indicator>, Error> {
        loop {
            if let Some(indicator) = self.ready.next() {
                return Ok(Some(indicator));
            }
            let Some((line, number)) = self.lines.next()? else { return Ok(None) };
            if comment(line).is_some() {
                continue;
            }
            self.record.clear();
            self.record.push_str(line);
            let mut fields = Vec::new();
            let mut closed = split(&self.record, self.plan.delimiter, &mut fields);
            let mut more = 0;
            while !closed && more < MOST_LINES && self.record.len() < LONGEST_RECORD {
                let Some((line, _)) = self.lines.next()? else { break };
                self.record.push('\n');
                self.record.push_str(line);
                more += 1;
                closed = split(&self.record, self.plan.delimiter, &mut Vec::new());
            }
            // A quote that is never closed is no quote: each line is a record of its own.
            let records: Vec<&str> = if closed { vec![&self.record] } else { self.record.split('\n').collect() };
            let mut found = Vec::new();
            for (number, record) in (number..).zip(records) {
                if self.plan.header == Some(number) || !closed && comment(record).is_some() {
                    continue;
                }
                let mut fields = Vec::new();
                split(record, self.plan.delimiter, &mut fields);
                found.extend(rows(&self.plan, &self.options, &fields, record, number));
            }
            self.ready = found.into_iter();
        }
    }
}

/// The indicators of a line.
fn rows(plan: &CsvPlan, options: &TiFeedOptions, fields: &[Cow<'_, str>], record: &str, line: u64) -> Vec<Indicator> {
    let field = |column: usize| {
        fields.get(column).map(Cow::as_ref).filter(|field| !matches!(*field, "" | "None" | "null" | "NULL" | "N/A" | "n/a" | "-"))
    };
    let role = |wanted: Role| plan.roles.iter().find(|(role, _)| *role == wanted).and_then(|(_, column)| field(*column));
    let mut found: Vec<Indicator> = Vec::new();
    let to_ids = role(Role::ToIds).and_then(truth);
    let entry = |normal: Normal| Indicator {
        ioc: Some(normal.ioc),
        ioc_type: Some(normal.ioc_type),
        raw: normal.raw,
        line,
        ..Indicator::default()
    };
    let stated = role(Role::Type);
    let said = stated.map(Said::read);
    for (column, own) in &plan.values {
        let Some(text) = field(*column) else { continue };
        if let Some(ty) = stated.filter(|_| plan.is_of_misp) {
            let parts = misp::wanted(ty, text, to_ids);
            if parts.is_empty() {
                return Vec::new();
            }
            for (said, part) in parts {
                let Some(normal) = normalise(part, &said) else { continue };
                let raw = if part.len() < text.len() { Some(text.to_owned()) } else { normal.raw.clone() };
                found.push(Indicator { raw, ..entry(normal) });
            }
            continue;
        }
        let normal = match &said {
            // A name that we do not know is the feed's own where the value says nothing else.
            Some(other @ Said::Other(_)) => normalise(text, own).or_else(|| normalise(text, other)),
            Some(said) if *own == Said::Any => normalise(text, said),
            _ => normalise(text, own),
        };
        found.extend(normal.map(entry));
    }
    if found.is_empty() {
        return vec![Indicator::unread(record, line)];
    }
    let confidence = role(Role::Confidence).and_then(confidence);
    let severity = role(Role::Severity).map(Severity::of_word).unwrap_or_default();
    let active = match (role(Role::Active).and_then(truth), role(Role::Revoked).and_then(truth), to_ids) {
        (None, None, None) => None,
        (active, revoked, to_ids) => Some(active.unwrap_or(true) && !revoked.unwrap_or(false) && to_ids.unwrap_or(true)),
    };
    for indicator in &mut found {
        indicator.severity = severity;
        indicator.confidence = confidence;
        indicator.threat = role(Role::Threat).and_then(shared);
        indicator.description = role(Role::Description).and_then(shared);
        indicator.source = role(Role::Source).and_then(shared).or_else(|| options.source.clone());
        indicator.reference = role(Role::Reference).and_then(shared);
        indicator.first_seen = role(Role::FirstSeen).and_then(time);
        indicator.last_seen = role(Role::LastSeen).and_then(time);
        indicator.valid_from = role(Role::ValidFrom).and_then(time);
        indicator.valid_until = role(Role::ValidUntil).and_then(time);
        indicator.is_active = active;
        indicator.id = role(Role::Id).and_then(shared);
        for tags in [role(Role::Tags), role(Role::MoreTags)].into_iter().flatten() {
            tags.split([',', ';', '|']).for_each(|tag| indicator.tag(tag));
        }
    }
    found
}

/// A number up to 100, a share of 1, or a word.
pub(super) fn confidence(text: &str) -> Option<u8> {
    let text = text.trim().trim_end_matches('%');
    let number = match text.to_ascii_lowercase().as_str() {
        "high" | "very high" | "certain" | "confirmed" => 90.0,
        "medium" | "moderate" | "med" | "probable" => 60.0,
        "low" | "very low" | "possible" => 30.0,
        "none" | "unknown" => return None,
        number => number.parse::<f64>().ok().filter(|number| number.is_finite())?,
    };
    let number = if text.contains('.') && (0.0..=1.0).contains(&number) { number * 100.0 } else { number };
    // In bounds after the clamp.
    Some(number.round().clamp(0.0, 100.0) as u8)
}

fn truth(text: &str) -> Option<bool> {
    match text.trim().to_ascii_lowercase().as_str() {
        "true" | "yes" | "1" | "y" | "active" => Some(true),
        "false" | "no" | "0" | "n" | "inactive" | "revoked" | "expired" => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::ti_feed::tests::read;
    use super::*;

    fn fields(line: &str, delimiter: u8) -> (Vec<String>, bool) {
        let mut out = Vec::new();
        let closed = split(line, delimiter, &mut out);
        (out.into_iter().map(Cow::into_owned).collect(), closed)
    }

    #[test]
    fn lines_are_taken_apart() {
        for (line, expected, closed) in [
            ("a,b,,c", vec!["a", "b", "", "c"], true),
            (r#""a", "b ""x"" c", d "#, vec!["a", r#"b "x" c"#, "d"], true),
            (r#""a,b",c"#, vec!["a,b", "c"], true),
            (r#"a,"b"#, vec!["a", "b"], false),
            ("", vec![""], true),
            ("a,", vec!["a", ""], true),
        ] {
            assert_eq!(fields(line, b','), (expected.into_iter().map(str::to_owned).collect(), closed), "{line}");
        }
        assert_eq!(fields("a\t\tb", b'\t').0, ["a", "", "b"]);
        assert_eq!(fields(&",".repeat(5000), b',').0.len(), MOST_FIELDS);
    }

    #[test]
    fn abuse_ch_names_its_columns_in_a_comment() {
        let text = "\
################################################################\n\
# Made up, in the shape of ThreatFox                           #\n\
################################################################\n\
#\n\
# \"first_seen_utc\",\"ioc_id\",\"ioc_value\",\"ioc_type\",\"threat_type\",\"fk_malware\",\"malware_alias\",\"malware_printable\",\"last_seen_utc\",\"confidence_level\",\"reference\",\"tags\",\"anonymous\",\"reporter\"\n\
\"2026-11-01 10:00:00\", \"1\", \"198.51.100.7:4443\", \"ip:port\", \"botnet_cc\", \"win.made_up\", \"None\", \"MadeUp RAT\", \"\", \"75\", \"None\", \"rat,c2\", \"0\", \"x\"\n\
\"2026-11-01 10:00:00\", \"2\", \"c2.example.net\", \"domain\", \"botnet_cc\", \"win.made_up\", \"None\", \"MadeUp RAT\", \"\", \"100\", \"https://example.com/r\", \"\", \"0\", \"x\"\n\
\"2026-11-01 10:00:00\", \"3\", \"???\", \"domain\"\n";
        let rows = read(text, &[]).unwrap();
        assert_eq!(rows.len(), 3);
        let shown = |row: &Indicator| (row.ioc.clone().unwrap(), row.ioc_type.clone().unwrap().into_owned(), row.confidence, row.line);
        assert_eq!(shown(&rows[0]), ("198.51.100.7".to_owned(), "ipv4".to_owned(), Some(75), 6));
        assert_eq!(rows[0].raw.as_deref(), Some("198.51.100.7:4443"));
        assert_eq!(rows[0].tags.iter().map(AsRef::as_ref).collect::<Vec<&str>>(), ["rat", "c2", "botnet_cc"]);
        assert_eq!((rows[0].threat.as_deref(), rows[0].reference.as_deref()), (Some("MadeUp RAT"), None));
        assert_eq!(rows[0].first_seen, Some(1_793_527_200_000_000));
        assert_eq!(shown(&rows[1]), ("c2.example.net".to_owned(), "domain".to_owned(), Some(100), 7));
        assert!(rows[2].ioc.is_none() && rows[2].unparsed.as_deref().is_some_and(|text| text.contains("???")));
    }

    #[test]
    fn columns_by_name_or_by_what_they_hold() {
        let iocs = |text: &str, options: &[(&str, &str)]| {
            let rows = read(text, options)?;
            Ok::<_, String>(rows.into_iter().map(|row| row.ioc.unwrap_or_else(|| "?".to_owned())).collect::<Vec<_>>().join(" "))
        };
        let digest = "d41d8cd98f00b204e9800998ecf8427e";
        for (text, options, expected) in [
            (
                "url,domain,ip\nhttp://a.example.net/x,a.example.net,198.51.100.1\n,,198.51.100.2\n",
                &[][..],
                "http://a.example.net/x a.example.net 198.51.100.1 198.51.100.2",
            ),
            ("sha256_hash;md5_hash;file_name\n;d41d8cd98f00b204e9800998ecf8427e;a.exe\n", &[], digest),
            (
                "d41d8cd98f00b204e9800998ecf8427e\t1\nd41d8cd98f00b204e9800998ecf8427f\t2\n",
                &[],
                "d41d8cd98f00b204e9800998ecf8427e d41d8cd98f00b204e9800998ecf8427f",
            ),
            ("when,what\n1,evil.example.net\n", &[("ioc_column", "what")], "evil.example.net"),
            ("1,evil.example.net\n2,evil.example.org\n", &[("ioc_column", "2")], "evil.example.net evil.example.org"),
            ("value,type\nHello there,mutex\n198.51.100.1,weird\n", &[], "Hello there 198.51.100.1"),
            ("indicator\nc2.bit\n", &[("ioc_type", "domain"), ("format", "csv")], "c2.bit"),
            ("a.example.net,\"x\nb.example.net,y\n", &[("format", "csv"), ("ioc_column", "1")], "a.example.net b.example.net"),
            ("a.example.net|\"x\ny\"\nb.example.net|z\n", &[("delimiter", "|"), ("format", "csv")], "a.example.net b.example.net"),
        ] {
            assert_eq!(iocs(text, options).as_deref(), Ok(expected), "{text}");
        }
        assert_eq!(
            iocs("when,what\n1,evil.example.net\n", &[("ioc_column", "wat")]),
            Err("cannot read 'x': no column 'wat', did you mean 'what'? (ioc_column takes a name of the first line or a number)".to_owned())
        );
    }

    #[test]
    fn rows_of_misp_are_its_attributes() {
        let text = "\
uuid,event_id,category,type,value,comment,to_ids,date\n\
a,1,Network activity,ip-dst,198.51.100.1,x,1,20261101\n\
b,1,Network activity,ip-dst,198.51.100.2,x,0,20261101\n\
c,1,Other,comment,see 198.51.100.3 and evil.example.net,x,0,20261101\n\
d,1,Other,text,evil.example.net,x,1,20261101\n\
e,1,Other,other,198.51.100.4,x,0,20261101\n\
f,1,External analysis,link,https://example.com/report,x,0,20261101\n\
g,1,Payload delivery,filename|md5,a.exe|d41d8cd98f00b204e9800998ecf8427e,x,1,20261101\n\
h,1,Network activity,domain|ip,c2.example.net|198.51.100.5,x,1,20261101\n\
i,1,Artifacts dropped,mutex,Global-x,x,0,20261101\n\
j,1,Artifacts dropped,mutex,Global-y,x,1,20261101\n\
k,1,Network activity,ip-dst,nonsense,x,1,20261101\n";
        let shown = |row: &Indicator| {
            let ioc = row.ioc.as_deref().or(row.unparsed.as_deref()).unwrap_or_default();
            format!("{} {} {ioc} {:?}", row.line, row.ioc_type.as_deref().unwrap_or("-"), row.is_active)
        };
        let expected = [
            "2 ipv4 198.51.100.1 Some(true)",
            "3 ipv4 198.51.100.2 Some(false)",
            "8 md5 d41d8cd98f00b204e9800998ecf8427e Some(true)",
            "9 domain c2.example.net Some(true)",
            "9 ipv4 198.51.100.5 Some(true)",
            "11 mutex Global-y Some(true)",
            "12 - k,1,Network activity,ip-dst,nonsense,x,1,20261101 None",
        ];
        for options in [&[][..], &[("ioc_column", "value")], &[("ioc_column", "5")]] {
            assert_eq!(read(text, options).unwrap().iter().map(shown).collect::<Vec<_>>(), expected, "{options:?}");
        }
        let rows = read(text, &[]).unwrap();
        assert_eq!(rows[2].raw.as_deref(), Some("a.exe|d41d8cd98f00b204e9800998ecf8427e"));
        assert_eq!((rows[0].id.as_deref(), rows[0].description.as_deref()), (Some("a"), Some("x")));
        // Types of other feeds that only sound like those of MISP.
        for (header, row) in [
            ("value,type", ""),
            ("value,type,to_ids", ",0"),
            ("value,type,uuid,category", ",a,b"),
            ("value,type,event_id,category,to_ids", ",1,b,0"),
            ("indicator,type,event_id,category,uuid,to_ids", ",1,b,a,0"),
        ] {
            let rows = read(&format!("{header}\n198.51.100.1,other{row}\n"), &[]).unwrap();
            assert_eq!(rows[0].ioc.as_deref(), Some("198.51.100.1"), "{header}");
            // What that column says holds of any feed.
            assert_eq!(rows[0].is_active, header.contains("to_ids").then_some(false), "{header}");
        }
    }

    #[test]
    fn a_quote_that_is_never_closed_swallows_nothing() {
        for (text, expected) in [
            ("indicator,note\na.example.net,\"x\n# a comment\n\n// another\nb.example.net,y\n", "2:a.example.net 6:b.example.net"),
            ("# indicator,\"note\na.example.net,\"x\nb.example.net,y\n", "2:a.example.net 3:b.example.net"),
            ("indicator,\"note\na.example.net,x\nb.example.net,y\n", "2:a.example.net 3:b.example.net"),
            ("indicator,note\na.example.net,\"x\n# in the note\"\nb.example.net,y\n", "2:a.example.net 4:b.example.net"),
        ] {
            let shown = |row: &Indicator| format!("{}:{}", row.line, row.ioc.as_deref().or(row.unparsed.as_deref()).unwrap_or_default());
            let rows = read(text, &[("format", "csv")]).unwrap();
            assert_eq!(rows.iter().map(shown).collect::<Vec<_>>().join(" "), expected, "{text}");
        }
        let rows = read("indicator,note\na.example.net,\"x\n# in the note\"\nb.example.net,y\n", &[("format", "csv")]).unwrap();
        assert_eq!(rows[0].description.as_deref(), Some("x\n# in the note"));
    }

    #[test]
    fn words_for_numbers() {
        for (text, expected) in [
            ("75", Some(75)),
            ("0.5", Some(50)),
            ("1", Some(1)),
            ("High", Some(90)),
            ("900", Some(100)),
            ("-3", Some(0)),
            ("x", None),
            ("NaN", None),
        ] {
            assert_eq!(confidence(text), expected, "{text}");
        }
    }
}
