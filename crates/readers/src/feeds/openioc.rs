//! OpenIOC 1.0 and 1.1 (Mandiant), read event by event. No entity but the five of XML is expanded.

use super::indicator::{Indicator, LONGEST_UNPARSED, MOST_ENTRIES, cut, shared};
use super::json::{LineCount, time};
use super::value::{Said, normalise};
use huntsql_kernels::ioc::IocType;
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use std::borrow::Cow;
use std::sync::Arc;

/// Elements in elements.
const MOST_LEVELS: usize = 256;

/// Every item of every indicator, in the order of the document.
pub(crate) fn decode(text: &str) -> Vec<Indicator> {
    let mut document = Document::default();
    let mut lines = LineCount::new(text);
    let mut reader = Reader::from_str(text);
    reader.config_mut().check_end_names = false;
    reader.config_mut().allow_dangling_amp = true;
    let mut depth = 0usize;
    loop {
        let before = usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX);
        if document.found.len() >= MOST_ENTRIES {
            document.found.push(Indicator::too_many(lines.at(before)));
            break;
        }
        match reader.read_event() {
            Ok(Event::Start(element)) => {
                depth += 1;
                if depth > MOST_LEVELS {
                    document.fail("elements are nested too deep", lines.at(before));
                    break;
                }
                document.open(&element, || lines.at(before));
            }
            Ok(Event::Empty(element)) => {
                document.open(&element, || lines.at(before));
                document.close(local(element.name().as_ref()));
            }
            Ok(Event::End(element)) => {
                depth = depth.saturating_sub(1);
                document.close(local(element.name().as_ref()));
            }
            Ok(Event::Text(text)) => document.text(&text),
            Ok(Event::CData(text)) => document.text(&text),
            Ok(Event::GeneralRef(name)) => document.text(&reference(&name)),
            Ok(Event::Eof) => break,
            Ok(_) => {}
            Err(error) => {
                document.fail(&format!("damaged XML: {error}"), lines.at(before));
                break;
            }
        }
    }
    document.finish()
}

/// A name without its prefix.
fn local(name: &str) -> &str {
    name.rsplit(':').next().unwrap_or(name)
}

/// One of the five entities of XML, or a character by its number. Others stay as they are written: a document type that declares more is not believed.
fn reference(name: &str) -> Cow<'static, str> {
    let number = |digits: &str, radix: u32| u32::from_str_radix(digits, radix).ok().and_then(char::from_u32);
    let character = match name {
        "lt" => Some('<'),
        "gt" => Some('>'),
        "amp" => Some('&'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        name => name
            .strip_prefix("#x")
            .and_then(|digits| number(digits, 16))
            .or_else(|| name.strip_prefix('#').and_then(|digits| number(digits, 10))),
    };
    character.map_or_else(|| Cow::Owned(format!("&{name};")), |character| Cow::Owned(character.to_string()))
}

fn unescape(text: &str) -> Cow<'_, str> {
    if !text.contains('&') {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        out.push_str(before);
        match after.split_once(';').filter(|(name, _)| name.len() <= 10) {
            Some((name, more)) => {
                out.push_str(&reference(name));
                rest = more;
            }
            None => {
                out.push('&');
                rest = after;
            }
        }
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// An item while it is read.
#[derive(Debug, Default)]
struct Item {
    id: Option<Arc<str>>,
    condition: String,
    is_negated: bool,
    search: String,
    ty: String,
    content: String,
    line: u64,
}

/// Items that hold together (`AND`) or each by itself.
#[derive(Debug, Default)]
struct Group {
    is_and: bool,
    /// Where its entries begin.
    first: usize,
}

#[derive(Debug, Default)]
struct Document {
    found: Vec<Indicator>,
    /// The entries of the document that is being read begin here.
    first: usize,
    common: Indicator,
    groups: Vec<Group>,
    item: Option<Item>,
    /// The text of the element that was opened last.
    text: String,
    /// `rel` of the link that is being read.
    relation: String,
    names: Vec<String>,
}

impl Document {
    fn open(&mut self, element: &BytesStart<'_>, line: impl FnOnce() -> u64) {
        let attribute = |name: &str| {
            let mut attributes = element.attributes().flatten();
            attributes.find(|attribute| local(attribute.key.as_ref()) == name).map(|attribute| unescape(&attribute.value).into_owned())
        };
        self.text.clear();
        match local(element.name().as_ref()) {
            "ioc" | "OpenIOC" => {
                self.end();
                self.common.last_seen = attribute("last-modified").and_then(|text| time(&text));
                self.common.id = attribute("id").and_then(|text| shared(&text));
            }
            "Indicator" => {
                let is_and = attribute("operator").is_some_and(|operator| operator.eq_ignore_ascii_case("and"));
                self.groups.push(Group { is_and, first: self.found.len() });
            }
            "IndicatorItem" => {
                self.item = Some(Item {
                    id: attribute("id").and_then(|text| shared(&text)),
                    condition: attribute("condition").unwrap_or_else(|| "is".to_owned()),
                    is_negated: attribute("negate").is_some_and(|negate| negate.eq_ignore_ascii_case("true")),
                    line: line(),
                    ..Item::default()
                });
            }
            "Context" => {
                if let Some(item) = &mut self.item {
                    item.search = attribute("search").unwrap_or_default();
                }
            }
            "Content" => {
                if let Some(item) = &mut self.item {
                    item.ty = attribute("type").unwrap_or_default();
                }
            }
            "link" => self.relation = attribute("rel").unwrap_or_default(),
            _ => {}
        }
    }

    fn text(&mut self, text: &str) {
        self.text.push_str(text);
    }

    fn close(&mut self, name: &str) {
        let text = std::mem::take(&mut self.text);
        match name {
            "Content" => {
                if let Some(item) = &mut self.item {
                    item.content = text;
                }
            }
            "IndicatorItem" => {
                if let Some(item) = self.item.take() {
                    let entry = self.entry(item);
                    self.found.push(entry);
                }
            }
            "Indicator" => {
                if let Some(group) = self.groups.pop()
                    && group.is_and
                {
                    self.joined(group.first);
                }
            }
            "short_description" => self.common.description = shared(&text),
            "description" if self.common.description.is_none() => self.common.description = shared(&text),
            "authored_by" => self.common.source = shared(&text),
            "authored_date" => self.common.first_seen = time(&text),
            "keywords" => text.split([',', ' ', '\n']).for_each(|tag| self.common.tag(tag)),
            "link" => match self.relation.to_ascii_lowercase().as_str() {
                "threatgroup" | "family" | "malware" | "campaign" | "actor" if !text.trim().is_empty() && self.names.len() < 16 => {
                    self.names.push(text.trim().to_owned());
                }
                _ if text.trim().starts_with("http") => self.common.reference = shared(&text),
                relation if !text.trim().is_empty() => self.common.tag(&format!("{relation}:{}", text.trim())),
                _ => {}
            },
            "ioc" | "OpenIOC" => self.end(),
            _ => {}
        }
    }

    fn entry(&self, item: Item) -> Indicator {
        let content = item.content.trim();
        let not = if item.is_negated { "not " } else { "" };
        let written = format!("{} {not}{} '{content}'", item.search, item.condition);
        let entry =
            Indicator { id: item.id, pattern: cut(&written, LONGEST_UNPARSED).map(Arc::from), line: item.line, ..Indicator::default() };
        // `contains`, `matches`, `greater-than` name no single value.
        if item.is_negated || !item.condition.eq_ignore_ascii_case("is") {
            return entry;
        }
        let Some(said) = said(&item.search, &item.ty) else { return entry };
        match normalise(content, &said) {
            Some(normal) => Indicator { ioc: Some(normal.ioc), ioc_type: Some(normal.ioc_type), raw: normal.raw, ..entry },
            None => Indicator { unparsed: cut(&written, LONGEST_UNPARSED).map(Cow::into_owned), ..entry },
        }
    }

    /// Beside a digest with which it must hold together the name of a file says nothing by itself: it stays in its pattern.
    fn joined(&mut self, first: usize) {
        let of = |entry: &Indicator| entry.ioc_type.as_deref().and_then(|name| IocType::parse(name).ok());
        let entries = self.found.get_mut(first..).unwrap_or_default();
        let is_digest = |kind| matches!(kind, Some(IocType::Md5 | IocType::Sha1 | IocType::Sha256 | IocType::Sha512));
        if entries.iter().any(|entry| is_digest(of(entry))) {
            for entry in entries {
                if matches!(of(entry), Some(IocType::FileName | IocType::WindowsPath | IocType::LinuxPath)) {
                    (entry.ioc, entry.ioc_type, entry.raw) = (None, None, None);
                }
            }
        }
    }

    fn fail(&mut self, problem: &str, line: u64) {
        self.found.push(Indicator { unparsed: Some(problem.to_owned()), line, ..Indicator::default() });
    }

    /// The end of a document: what it says of all of its items may stand behind them.
    fn end(&mut self) {
        let mut common = std::mem::take(&mut self.common);
        common.threat = shared(&std::mem::take(&mut self.names).join(", "));
        for entry in self.found.iter_mut().skip(self.first) {
            let own = std::mem::take(entry);
            *entry = Indicator {
                ioc: own.ioc,
                ioc_type: own.ioc_type,
                raw: own.raw,
                pattern: own.pattern,
                unparsed: own.unparsed,
                line: own.line,
                id: own.id.or_else(|| common.id.clone()),
                ..common.clone()
            };
        }
        self.first = self.found.len();
        self.groups.clear();
    }

    fn finish(mut self) -> Vec<Indicator> {
        self.end();
        self.found
    }
}

/// What the term of an item names; `None` where it is nothing to look for by itself.
fn said(search: &str, ty: &str) -> Option<Said> {
    let term = search.rsplit('/').next().unwrap_or_default().to_ascii_lowercase();
    let said = match term.as_str() {
        "md5sum" | "md5" => Said::read("md5"),
        "sha1sum" | "sha1" => Said::read("sha1"),
        "sha256sum" | "sha256" => Said::read("sha256"),
        "remoteip" | "localip" | "ip" | "remoteipaddress" | "addressing" => Said::Address,
        "dns" | "hostname" | "host" | "recordname" | "remotehost" | "domain" => Said::Host,
        "url" | "uri" if ty != "string" || search.contains("URL") || search.contains("Url") => Said::read("url"),
        "from" | "to" | "cc" | "bcc" | "replyto" => Said::read("email"),
        "subject" => Said::Other("email_subject".to_owned()),
        "filename" => Said::read("file_name"),
        "fullpath" | "filepath" | "path" => Said::Path,
        "keypath" => Said::read("registry_key"),
        "useragent" => Said::read("user_agent"),
        "mutex" | "handlename" => Said::Other("mutex".to_owned()),
        "name" if search.to_ascii_lowercase().starts_with("serviceitem") => Said::Other("service".to_owned()),
        "name" if search.to_ascii_lowercase().starts_with("processitem") => Said::read("file_name"),
        _ => match ty.to_ascii_lowercase().as_str() {
            "md5" => Said::read("md5"),
            "sha1" => Said::read("sha1"),
            "sha256" => Said::read("sha256"),
            "ip" => Said::Address,
            _ => return None,
        },
    };
    Some(said)
}

#[cfg(test)]
mod tests {
    use super::super::ti_feed::tests::read;
    use super::*;

    const IOC: &str = r#"<?xml version="1.0" encoding="us-ascii"?>
<ioc xmlns="http://schemas.mandiant.com/2010/ioc" id="0001" last-modified="2026-11-02T00:00:00">
  <short_description>Pebble &amp; co</short_description><authored_by>Made Up CERT</authored_by><authored_date>2026-11-01T00:00:00</authored_date>
  <links><link rel="threatgroup">Quiet Heron</link><link rel="report">https://example.com/r</link></links>
  <definition><Indicator operator="OR" id="a">
    <IndicatorItem id="b" condition="is"><Context document="FileItem" search="FileItem/Md5sum" type="mir"/><Content type="md5">D41D8CD98F00B204E9800998ECF8427E</Content></IndicatorItem>
    <IndicatorItem id="c" condition="contains"><Context document="FileItem" search="FileItem/FileName" type="mir"/><Content type="string">evil</Content></IndicatorItem>
    <Indicator operator="AND" id="d">
      <IndicatorItem id="e" condition="is"><Context document="FileItem" search="FileItem/FileName"/><Content type="string">svchost.exe</Content></IndicatorItem>
      <IndicatorItem id="f" condition="is"><Context document="FileItem" search="FileItem/Sha1sum"/><Content type="sha1">da39a3ee5e6b4b0d3255bfef95601890afd80709</Content></IndicatorItem>
    </Indicator>
    <IndicatorItem id="g" condition="is" negate="true"><Context search="Network/DNS"/><Content type="string">good.example.net</Content></IndicatorItem>
    <IndicatorItem id="h" condition="is"><Context search="Network/DNS"/><Content type="string"><![CDATA[c2.example.net]]></Content></IndicatorItem>
    <IndicatorItem id="i" condition="is"><Context search="PortItem/remoteIP"/><Content type="IP">not one</Content></IndicatorItem>
  </Indicator></definition>
</ioc>"#;

    #[test]
    fn items_and_what_holds_together() {
        let rows = read(IOC, &[]).unwrap();
        let shown = |row: &Indicator| {
            format!(
                "{} {} {} {}",
                row.line,
                row.id.as_deref().unwrap(),
                row.ioc_type.as_deref().unwrap_or("-"),
                row.ioc.as_deref().unwrap_or("-")
            )
        };
        assert_eq!(
            rows.iter().map(shown).collect::<Vec<_>>(),
            [
                "6 b md5 d41d8cd98f00b204e9800998ecf8427e",
                "7 c - -",
                "9 e - -",
                "10 f sha1 da39a3ee5e6b4b0d3255bfef95601890afd80709",
                "12 g - -",
                "13 h domain c2.example.net",
                "14 i - -",
            ]
        );
        assert_eq!(rows[1].pattern.as_deref(), Some("FileItem/FileName contains 'evil'"));
        assert_eq!(rows[4].pattern.as_deref(), Some("Network/DNS not is 'good.example.net'"));
        assert!(rows[6].unparsed.is_some() && rows[2].unparsed.is_none());
        let first = &rows[0];
        assert_eq!(
            (first.description.as_deref(), first.source.as_deref(), first.threat.as_deref()),
            (Some("Pebble & co"), Some("Made Up CERT"), Some("Quiet Heron"))
        );
        assert_eq!(
            (first.reference.as_deref(), first.first_seen, first.last_seen),
            (Some("https://example.com/r"), Some(1_793_491_200_000_000), Some(1_793_577_600_000_000))
        );
    }

    #[test]
    fn hostile_xml() {
        let bomb = "<!DOCTYPE x [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;\">]><OpenIOC><criteria><Indicator operator=\"OR\"><IndicatorItem condition=\"is\"><Context search=\"Network/DNS\"/><Content type=\"string\">&b;&b;</Content></IndicatorItem></Indicator></criteria></OpenIOC>";
        let rows = decode(bomb);
        assert_eq!(rows.len(), 1);
        assert!(rows[0].ioc.is_none() && rows[0].unparsed.as_deref().is_some_and(|text| text.contains("&b;&b;")));
        let deep = decode(&"<a>".repeat(1 << 20));
        assert_eq!(deep[0].unparsed.as_deref(), Some("elements are nested too deep"));
        for at in 0..IOC.len() {
            let rows = decode(IOC.get(..at).unwrap());
            assert!(rows.len() <= 8, "{at}");
        }
        assert!(decode("<ioc><a b=\"").last().is_some_and(|row| row.unparsed.is_some()));
        assert_eq!(unescape("a&amp;b&#x41;&nope;&"), "a&bA&nope;&");
    }
}
