//! MISP: events, what its searches send, and its lists of known values.

use super::indicator::{Indicator, MOST_ENTRIES, Severity, cut, shared};
use super::json::{Items, LineCount, Object, scalar};
use super::value::{Said, normalise};
use huntsql_kernels::ioc::IocType;
use std::borrow::Cow;
use std::sync::Arc;

/// Events in lists in answers: how deep they may stand.
const MOST_LEVELS: usize = 8;

/// Every attribute that can be looked for, in the order of the document.
pub(crate) fn decode(text: &str) -> Vec<Indicator> {
    let mut reader = Reader { lines: LineCount::new(text), found: Vec::new(), is_cut: false };
    let mut rest = text;
    while !rest.trim().is_empty() {
        let mut cursor = huntsql_kernels::json::Cursor::new(rest);
        let Ok(value) = cursor.slice() else {
            // What was cut off: the whole attributes of it are there, the rest is named.
            reader.value(rest.trim_start(), &Indicator::default(), 0);
            let line = reader.lines.at(text.len());
            reader.found.push(Indicator { unparsed: Some("the document is cut off or damaged".to_owned()), line, ..Indicator::default() });
            break;
        };
        reader.value(value, &Indicator::default(), 0);
        rest = rest.get(cursor.position()..).unwrap_or_default();
    }
    reader.found
}

struct Reader<'t> {
    lines: LineCount<'t>,
    found: Vec<Indicator>,
    /// What follows is left out.
    is_cut: bool,
}

impl<'t> Reader<'t> {
    /// An event, an answer that holds some, or a list of either.
    fn value(&mut self, text: &'t str, around: &Indicator, level: usize) {
        if level > MOST_LEVELS {
            return;
        }
        if text.starts_with('[') {
            Items::of(text).for_each(|item| self.value(item, around, level + 1));
            return;
        }
        let Some(object) = Object::read(text) else { return };
        if object.get("matching_attributes").is_some() || object.get("list").is_some_and(|list| list.starts_with('[')) {
            self.known_values(&object);
            return;
        }
        let mut around = around.clone();
        if object.get("info").is_some() || object.get("threat_level_id").is_some() {
            around = event(&object);
        }
        let mut attributes = Vec::new();
        for (key, value) in object.fields() {
            match key {
                "Event" | "response" => self.value(value, &around, level + 1),
                "Attribute" => attributes.extend(Items::of(value)),
                "Object" => {
                    for item in Items::of(value).filter_map(Object::read).filter(|item| item.flag("deleted") != Some(true)) {
                        attributes.extend(item.items("Attribute"));
                    }
                }
                _ => {}
            }
        }
        for attribute in attributes {
            let line = self.lines.of(attribute);
            if self.is_full(line) {
                return;
            }
            self.attribute(attribute, &around, line);
        }
    }

    /// Whether there are as many entries as are held, which is said once.
    fn is_full(&mut self, line: u64) -> bool {
        if !self.is_cut && self.found.len() >= MOST_ENTRIES {
            self.is_cut = true;
            self.found.push(Indicator::too_many(line));
        }
        self.is_cut
    }

    fn attribute(&mut self, text: &str, around: &Indicator, line: u64) {
        let object = Object::read(text).unwrap_or_default();
        let (Some(ty), Some(value)) = (object.text("type"), object.text("value")) else {
            self.found.push(Indicator::unread(text, line));
            return;
        };
        let to_ids = object.flag("to_ids");
        let parts = wanted(&ty, &value, to_ids);
        if parts.is_empty() {
            return;
        }
        // The event around a single attribute of a search.
        let own = object.get("Event").and_then(Object::read).map(|object| event(&object));
        let mut common = own.unwrap_or_else(|| around.clone());
        common.line = line;
        common.id = object.shared("uuid");
        if let Some(comment) = object.shared("comment") {
            common.description = Some(comment);
        }
        if let Some(category) = object.text("category") {
            common.tag(&category);
        }
        tags(&object, &mut common);
        common.first_seen = object.time("first_seen").or(common.first_seen);
        common.last_seen = object.time("last_seen").or_else(|| object.time("timestamp"));
        common.is_active = Some(to_ids.unwrap_or(true) && object.flag("deleted") != Some(true));
        for (said, part) in parts {
            let entry = match normalise(part, &said) {
                Some(normal) => {
                    let raw = if part.len() < value.len() { Some(value.to_string()) } else { normal.raw };
                    Indicator { ioc: Some(normal.ioc), ioc_type: Some(normal.ioc_type), raw, ..common.clone() }
                }
                None => Indicator { unparsed: cut(&format!("{ty}: {value}"), 1000).map(Cow::into_owned), ..common.clone() },
            };
            self.found.push(entry);
        }
    }

    /// A warning list: values that are no evidence, such as the addresses of public resolvers.
    fn known_values(&mut self, object: &Object<'t>) {
        let said = match object.text("type").as_deref() {
            Some("hostname") => Said::Host,
            Some("cidr") => Said::Address,
            _ => Said::Any,
        };
        let (name, description) = (object.shared("name"), object.shared("description"));
        for item in object.items("list") {
            let line = self.lines.of(item);
            if self.is_full(line) {
                return;
            }
            let common = Indicator {
                severity: Severity::Information,
                description: description.clone(),
                source: name.clone(),
                line,
                ..Indicator::default()
            };
            let normal = scalar(item).and_then(|value| normalise(&value, &said));
            self.found.push(match normal {
                Some(normal) => Indicator { ioc: Some(normal.ioc), ioc_type: Some(normal.ioc_type), raw: normal.raw, ..common },
                None => Indicator { source: name.clone(), ..Indicator::unread(item, line) },
            });
        }
    }
}

/// What of an attribute can be looked for. Of what stands beside indicators nothing: comments, links, attachments, sizes, and what is of a
/// type that we do not have unless it is for detection.
pub(super) fn wanted<'v>(ty: &str, value: &'v str, to_ids: Option<bool>) -> Vec<(Said, &'v str)> {
    let mut parts = parts(ty, value);
    if to_ids != Some(true) && parts.iter().all(|(said, _)| matches!(said, Said::Other(_))) {
        parts.clear();
    }
    parts
}

/// What an attribute of that type holds: of composite types (`filename|sha256`) the parts that can be looked for by themselves.
fn parts<'v>(ty: &str, value: &'v str) -> Vec<(Said, &'v str)> {
    let both = value.split_once('|');
    match ty {
        "domain|ip" => both.map_or_else(|| vec![(Said::Host, value)], |(name, address)| vec![(Said::Host, name), (Said::Address, address)]),
        "ip-dst|port" | "ip-src|port" => vec![(Said::Address, value)],
        "hostname|port" => vec![(Said::Host, both.map_or(value, |(name, _)| name))],
        "regkey|value" => vec![(Said::Type(IocType::RegistryKey), both.map_or(value, |(key, _)| key))],
        "malware-sample" => vec![(Said::Type(IocType::Md5), both.map_or(value, |(_, digest)| digest))],
        // The name of a file says nothing beside its digest.
        ty if ty.starts_with("filename|") => {
            let kind = ty.get("filename|".len()..).unwrap_or_default();
            vec![(Said::read(kind), value.rsplit_once('|').map_or(value, |(_, digest)| digest))]
        }
        // The part of a URL behind its host.
        "uri" => vec![(Said::Other("uri".to_owned()), value)],
        "comment" | "text" | "other" | "link" | "attachment" | "datetime" | "counter" | "float" | "boolean" | "hex" | "port"
        | "size-in-bytes" | "mime-type" | "filename-pattern" | "campaign-name" | "campaign-id" | "threat-actor" | "target-user"
        | "target-email" | "target-machine" | "target-org" | "target-location" | "target-external" => Vec::new(),
        ty => match Said::read(ty) {
            Said::Any => Vec::new(),
            said => vec![(said, value)],
        },
    }
}

/// What an event says of all of its attributes.
fn event(object: &Object<'_>) -> Indicator {
    let severity = match object.text("threat_level_id").as_deref() {
        // High: sophisticated malware; medium: that of targeted attacks; low: mass malware.
        Some("1" | "2") => Severity::High,
        Some("3") => Severity::Warning,
        _ => Severity::Unknown,
    };
    let source = object.get("Orgc").or_else(|| object.get("Org")).and_then(Object::read).and_then(|org| org.shared("name"));
    let mut event =
        Indicator { severity, description: object.shared("info"), source, first_seen: object.time("date"), ..Indicator::default() };
    tags(object, &mut event);
    let link = |text: &str| {
        let attribute = Object::read(text)?;
        (attribute.text("type")? == "link").then(|| attribute.shared("value"))?
    };
    event.reference = object.items("Attribute").take(1000).find_map(link);
    event
}

/// Names of galaxies whose clusters are threats; those of techniques, countries and sectors are tags.
const GALAXIES: &[&str] = &[
    "threat-actor",
    "malpedia",
    "ransomware",
    "rat",
    "tool",
    "banker",
    "botnet",
    "stealer",
    "backdoor",
    "exploit-kit",
    "cryptominers",
    "android",
    "mitre-malware",
    "mitre-tool",
    "mitre-intrusion-set",
    "mitre-enterprise-attack-malware",
    "mitre-enterprise-attack-intrusion-set",
    "microsoft-activity-group",
];

/// Takes tags and galaxies, and what they say of severity, confidence and threat.
fn tags(object: &Object<'_>, to: &mut Indicator) {
    let mut threats: Vec<String> = to.threat.as_deref().map(|threat| threat.split(", ").map(str::to_owned).collect()).unwrap_or_default();
    let threat = |name: &str, threats: &mut Vec<String>| {
        if threats.len() < 16 && !threats.iter().any(|known| known == name) {
            threats.push(name.to_owned());
        }
    };
    for tag in object.items("Tag").filter_map(Object::read) {
        let Some(name) = tag.text("name") else { continue };
        let value = |predicate: &str| name.strip_prefix(predicate)?.strip_prefix("=\"")?.strip_suffix('"');
        if let Some((galaxy, cluster)) = name.strip_prefix("misp-galaxy:").and_then(|rest| rest.split_once('='))
            && GALAXIES.contains(&galaxy)
        {
            threat(cluster.trim_matches('"'), &mut threats);
        }
        if let Some(level) = value("misp:threat-level") {
            to.severity = match level {
                "high-risk" | "medium-risk" => Severity::High,
                "low-risk" => Severity::Warning,
                "no-risk" => Severity::Information,
                _ => to.severity,
            };
        }
        if let Some("high") = value("false-positive:risk") {
            to.severity = Severity::Information;
        }
        let confidence = value("misp:confidence-level").and_then(|level| match level {
            "completely-confident" => Some(100),
            "usually-confident" => Some(75),
            "fairly-confident" => Some(50),
            "rarely-confident" => Some(25),
            "unconfident" => Some(0),
            _ => None,
        });
        to.confidence = confidence.or(to.confidence);
        to.tag(&name);
    }
    for galaxy in object.items("Galaxy").filter_map(Object::read) {
        let ty = galaxy.text("type").unwrap_or_default();
        for cluster in galaxy.items("GalaxyCluster").filter_map(Object::read) {
            let Some(name) = cluster.text("value") else { continue };
            if GALAXIES.contains(&ty.as_ref()) {
                threat(&name, &mut threats);
            } else {
                to.tag(&name);
            }
        }
    }
    to.threat = shared(&threats.join(", ")).map(|threat: Arc<str>| threat);
}

#[cfg(test)]
mod tests {
    use super::super::ti_feed::tests::read;
    use super::*;

    const EVENT: &str = r#"{"Event": {"info": "Made up campaign", "date": "2026-11-01", "threat_level_id": "2", "uuid": "0",
 "Orgc": {"name": "Made Up CERT"}, "Tag": [{"name": "tlp:white"}, {"name": "misp-galaxy:threat-actor=\"Quiet Heron\""}, {"name": "misp:confidence-level=\"usually-confident\""}],
 "Galaxy": [{"type": "malpedia", "GalaxyCluster": [{"value": "Pebble RAT"}]}, {"type": "country", "GalaxyCluster": [{"value": "nowhere"}]}],
 "Attribute": [
{"uuid": "a", "type": "link", "category": "External analysis", "value": "https://example.com/report", "to_ids": false},
{"uuid": "b", "type": "filename|sha256", "category": "Payload delivery", "value": "a|b.exe|DE12CC98F00B204E9800998ECF8427ED41D8CD98F00B204E9800998ECF8427E0", "to_ids": true, "timestamp": "1793527200"},
{"uuid": "c", "type": "domain|ip", "value": "c2[.]example[.]net|198.51.100.7", "to_ids": true, "comment": "c2", "Tag": [{"name": "misp:threat-level=\"low-risk\""}]},
{"uuid": "d", "type": "ip-dst", "value": "198.51.100.8", "to_ids": false},
{"uuid": "e", "type": "ip-dst|port", "value": "198.51.100.9|443", "to_ids": true, "deleted": true},
{"uuid": "f", "type": "md5", "value": "nonsense", "to_ids": true},
{"uuid": "g", "type": "mutex", "value": "Global\\x", "to_ids": true},
{"uuid": "h", "type": "mutex", "value": "Global\\y", "to_ids": false}],
 "Object": [{"name": "file", "Attribute": [{"uuid": "i", "type": "sha1", "value": "da39a3ee5e6b4b0d3255bfef95601890afd80709", "to_ids": true}]},
 {"name": "file", "deleted": true, "Attribute": [{"uuid": "j", "type": "sha1", "value": "da39a3ee5e6b4b0d3255bfef95601890afd80700", "to_ids": true}]}]}}"#;

    fn shown(row: &Indicator) -> String {
        let ioc = row.ioc.as_deref().or(row.unparsed.as_deref()).unwrap_or_default();
        format!("{} {} {ioc} {} {:?}", row.line, row.ioc_type.as_deref().unwrap_or("-"), row.severity.name(), row.is_active.unwrap())
    }

    #[test]
    fn an_event() {
        let rows = read(EVENT, &[]).unwrap();
        assert_eq!(
            rows.iter().map(shown).collect::<Vec<_>>(),
            [
                "6 sha256 de12cc98f00b204e9800998ecf8427ed41d8cd98f00b204e9800998ecf8427e0 high true",
                "7 domain c2.example.net warning true",
                "7 ipv4 198.51.100.7 warning true",
                "8 ipv4 198.51.100.8 high false",
                "9 ipv4 198.51.100.9 high false",
                "10 - md5: nonsense high true",
                "11 mutex Global\\x high true",
                "13 sha1 da39a3ee5e6b4b0d3255bfef95601890afd80709 high true",
            ]
        );
        let first = &rows[0];
        assert_eq!(
            (first.threat.as_deref(), first.confidence, first.source.as_deref()),
            (Some("Quiet Heron, Pebble RAT"), Some(75), Some("Made Up CERT"))
        );
        assert_eq!(
            (first.description.as_deref(), first.reference.as_deref(), first.id.as_deref()),
            (Some("Made up campaign"), Some("https://example.com/report"), Some("b"))
        );
        assert!(
            first.raw.as_deref().is_some_and(|raw| raw.starts_with("a|b.exe|")) && first.tags.iter().any(|tag| tag.as_ref() == "nowhere")
        );
        assert_eq!((first.first_seen, first.last_seen), (Some(1_793_491_200_000_000), Some(1_793_527_200_000_000)));
        assert_eq!(rows[1].description.as_deref(), Some("c2"));
    }

    #[test]
    fn answers_and_lists() {
        let one = r#"{"type":"domain","value":"a.example.net","to_ids":true,"Event":{"info":"x","threat_level_id":"1"}}"#;
        for (text, iocs) in [
            (format!("[{EVENT},{EVENT}]"), 14),
            (format!("{{\"response\":[{EVENT}]}}"), 7),
            (format!("{{\"response\":{{\"Attribute\":[{one}]}}}}"), 1),
            (r#"{"name":"resolvers","type":"cidr","matching_attributes":["ip-dst"],"list":["192.0.2.1","192.0.2.0/28"]}"#.to_owned(), 2),
            (EVENT.get(..EVENT.find("{\"uuid\": \"e\"").unwrap()).unwrap().to_owned(), 4),
            ("{\"Event\":".to_owned(), 0),
        ] {
            let rows = decode(&text);
            assert_eq!(rows.iter().filter(|row| row.ioc.is_some()).count(), iocs, "{text}");
        }
        let row = &decode(&format!("{{\"response\":{{\"Attribute\":[{one}]}}}}"))[0];
        assert_eq!((row.severity, row.description.as_deref()), (Severity::High, Some("x")));
        let deep = format!("{}{EVENT}{}", "[".repeat(100_000), "]".repeat(100_000));
        assert!(decode(&deep).is_empty());
    }
}
