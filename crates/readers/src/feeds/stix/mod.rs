//! STIX 2.0 and 2.1: bundles, what TAXII servers send, and objects by themselves.

mod pattern;

pub use pattern::{Compared, comparisons};

use super::csv::confidence;
use super::indicator::{Indicator, LONGEST_UNPARSED, MOST_ENTRIES, MOST_TAGS, Severity, cut, shared};
use super::json::{LineCount, Object, scalar};
use super::value::{Said, normalise};
use huntsql_kernels::json::Cursor;
use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// The objects whose names are threats.
const THREATS: &[&str] = &["malware", "threat-actor", "intrusion-set", "campaign", "tool", "attack-pattern"];

/// Every indicator and observable of a document, in its order; a text that is no STIX object is an entry with `unparsed`.
pub(crate) fn decode(text: &str) -> Vec<Indicator> {
    let (objects, bad) = objects(text);
    let links = Links::of(&objects);
    let mut lines = LineCount::new(text);
    let mut found = Vec::new();
    for slice in &objects {
        let line = lines.of(slice);
        if found.len() >= MOST_ENTRIES {
            found.push(Indicator::too_many(line));
            return found;
        }
        let object = &Object::read(slice).unwrap_or_default();
        match object.text("type").as_deref() {
            Some("indicator") => indicator(object, &links, line, &mut found),
            Some("observed-data") => observed(object, &links, line, &mut found),
            Some(ty) => observable(ty, object, &links, line, &mut found),
            None => found.push(Indicator::unread(slice, line)),
        }
    }
    if let Some(bad) = bad {
        let line = lines.of(bad);
        found.push(Indicator::unread(bad, line));
    }
    found
}

/// The texts of objects: what is in them is read again when it is wanted.
type Objects<'t> = Vec<&'t str>;

/// The objects of all bundles, lists and lines of a document, and what follows the first mistake. A bundle that was cut off gives what is whole.
fn objects(text: &str) -> (Objects<'_>, Option<&str>) {
    let mut found = Vec::new();
    let mut cursor = Cursor::new(text);
    let rest = |at: usize| text.get(at..).filter(|rest| !rest.trim().is_empty());
    while let Some(byte) = cursor.peek() {
        let start = cursor.position();
        let read = match byte {
            b'[' => list(&mut cursor, &mut found),
            b'{' => one(&mut cursor, &mut found),
            _ => Err(start),
        };
        if let Err(at) = read {
            return (found, rest(at));
        }
    }
    (found, None)
}

/// The elements of a list. `Err` holds where it ends too early.
fn list<'t>(cursor: &mut Cursor<'t>, found: &mut Objects<'t>) -> Result<(), usize> {
    let mut more = cursor.enter_list().map_err(|problem| problem.at)?;
    while more {
        cursor.peek();
        let start = cursor.position();
        let slice = cursor.slice().map_err(|_| start)?;
        found.push(slice);
        more = cursor.another(b']').map_err(|problem| problem.at)?;
    }
    Ok(())
}

/// A bundle, whose objects are taken one by one, or an object.
fn one<'t>(cursor: &mut Cursor<'t>, found: &mut Objects<'t>) -> Result<(), usize> {
    let mut ahead = cursor.clone();
    let mut more = ahead.enter_object().map_err(|problem| problem.at)?;
    let mut is_bundle = false;
    while more {
        let start = ahead.position();
        let key = ahead.key().map_err(|_| start)?;
        if key == "objects" && ahead.peek() == Some(b'[') {
            is_bundle = true;
            list(&mut ahead, found)?;
        } else {
            let start = ahead.position();
            ahead.slice().map_err(|_| start)?;
        }
        more = ahead.another(b'}').map_err(|problem| problem.at)?;
    }
    if !is_bundle {
        let start = cursor.position();
        let slice = cursor.slice().map_err(|_| start)?;
        let object = Object::read(slice);
        // A bundle may be empty, and have no list at all.
        if object.as_ref().and_then(|object| object.text("type")).as_deref() != Some("bundle") {
            found.push(slice);
        }
    }
    *cursor = ahead;
    Ok(())
}

/// What objects say of each other.
#[derive(Default)]
struct Links<'t> {
    /// Names of malware, actors and campaigns, and of who wrote something.
    names: HashMap<Cow<'t, str>, Arc<str>>,
    /// What an indicator points at.
    targets: HashMap<Cow<'t, str>, Vec<Cow<'t, str>>>,
    /// Observables that an indicator is made of.
    based: HashSet<Cow<'t, str>>,
}

impl<'t> Links<'t> {
    fn of(objects: &Objects<'t>) -> Self {
        let mut links = Self::default();
        for object in objects.iter().filter_map(|slice| Object::read(slice)) {
            let Some(ty) = object.text("type") else { continue };
            if ty == "relationship" || ty == "sighting" {
                let (Some(from), Some(to)) = (object.text("source_ref"), object.text("target_ref")) else { continue };
                if object.text("relationship_type").as_deref() == Some("based-on") {
                    links.based.insert(to);
                    continue;
                }
                let targets = links.targets.entry(from).or_default();
                if targets.len() < MOST_TAGS {
                    targets.push(to);
                }
            } else if (ty == "identity" || THREATS.contains(&ty.as_ref()))
                && let (Some(id), Some(name)) = (object.text("id"), object.shared("name"))
            {
                links.names.insert(id, name);
            }
        }
        links
    }

    /// The names of what `id` points at, but for attack patterns beside better ones.
    fn threat(&self, id: &str) -> Option<Arc<str>> {
        let targets = self.targets.get(id)?;
        let of = |patterns: bool| {
            let mut names: Vec<&str> = Vec::new();
            for target in targets.iter().filter(|target| target.starts_with("attack-pattern--") == patterns) {
                match self.names.get(target) {
                    Some(name) if !target.starts_with("identity--") && !names.contains(&name.as_ref()) => names.push(name),
                    _ => {}
                }
            }
            shared(&names.join(", "))
        };
        of(false).or_else(|| of(true))
    }
}

/// What all entries of an object have in common.
fn common(object: &Object<'_>, links: &Links<'_>, line: u64) -> Indicator {
    let mut common = Indicator { line, ..Indicator::default() };
    common.confidence = object.text("confidence").and_then(|text| confidence(&text));
    common.id = object.shared("id");
    common.threat = object.text("id").and_then(|id| links.threat(&id));
    common.source = object.text("created_by_ref").and_then(|id| links.names.get(&id).cloned());
    common.description = match (object.text("name"), object.text("description")) {
        (Some(name), Some(description)) if !description.contains(name.as_ref()) => shared(&format!("{name}: {description}")),
        (name, description) => description.or(name).and_then(|text| shared(&text)),
    };
    common.reference = object.items("external_references").find_map(|reference| Object::read(reference)?.shared("url"));
    common.valid_from = object.time("valid_from");
    common.valid_until = object.time("valid_until");
    common.is_active = object.flag("revoked").map(|revoked| !revoked);
    object.texts("labels").chain(object.texts("indicator_types")).for_each(|tag| common.tag(&tag));
    for phase in object.items("kill_chain_phases").filter_map(Object::read) {
        if let Some(name) = phase.text("phase_name") {
            common.tag(&name);
        }
    }
    common.severity = severity(&common.tags);
    common
}

/// The open vocabulary of `indicator_types` (STIX 2.1, section 10.9), which STIX 2.0 has among the labels.
fn severity(tags: &[Arc<str>]) -> Severity {
    let of = |tag: &Arc<str>| match tag.as_ref() {
        "malicious-activity" | "compromised" | "attribution" => Severity::High,
        "anomalous-activity" | "anonymization" => Severity::Warning,
        "benign" => Severity::Information,
        _ => Severity::Unknown,
    };
    tags.iter().map(of).max().unwrap_or_default()
}

fn indicator(object: &Object<'_>, links: &Links<'_>, line: u64, found: &mut Vec<Indicator>) {
    let mut common = common(object, links, line);
    let Some(pattern) = object.text("pattern") else {
        found.push(Indicator { unparsed: Some("an indicator without a pattern".to_owned()), ..common });
        return;
    };
    common.pattern = cut(&pattern, LONGEST_UNPARSED).map(Arc::from);
    match object.text("pattern_type") {
        Some(other) if other != "stix" => {
            common.ioc_type = Some(Cow::Owned(other.chars().take(64).collect()));
            found.push(common);
            return;
        }
        _ => {}
    }
    let Ok(compared) = comparisons(&pattern) else {
        found.push(Indicator { unparsed: cut(&pattern, LONGEST_UNPARSED).map(Cow::into_owned), ..common });
        return;
    };
    let before = found.len();
    let mut seen = HashSet::new();
    for Compared { object, path, value } in compared {
        let Some(said) = said(object, &path) else { continue };
        let Some(normal) = normalise(&value, &said) else {
            found.push(Indicator { unparsed: cut(&value, LONGEST_UNPARSED).map(Cow::into_owned), ..common.clone() });
            continue;
        };
        if seen.insert((normal.ioc_type.clone(), normal.ioc.clone())) {
            found.push(Indicator { ioc: Some(normal.ioc), ioc_type: Some(normal.ioc_type), raw: normal.raw, ..common.clone() });
        }
    }
    if found.len() == before {
        // What it looks for is no single value: the pattern says it.
        found.push(common);
    }
}

/// What the property of an object is; `None` where its value is nothing to look for by itself.
fn said(object: &str, path: &str) -> Option<Said> {
    Some(match (object, path) {
        ("ipv4-addr" | "ipv6-addr", "value") => Said::Address,
        ("domain-name", "value") => Said::Host,
        ("url", "value") => Said::read("url"),
        ("email-addr", "value") => Said::read("email"),
        ("email-message", path) if path.ends_with("_ref.value") || path.ends_with("_refs.value") => Said::read("email"),
        ("email-message", "subject") => Said::Other("email_subject".to_owned()),
        ("mac-addr", "value") => Said::read("mac"),
        ("mutex", "name") => Said::Other("mutex".to_owned()),
        ("windows-registry-key", "key") => Said::read("registry_key"),
        ("file" | "process", "name") => Said::read("file_name"),
        ("directory", "path") | ("file", "parent_directory_ref.path") => Said::Path,
        ("process", "command_line") => Said::Other("command_line".to_owned()),
        ("autonomous-system", "number") => Said::read("asn"),
        ("x509-certificate", "serial_number") => Said::Other("x509_serial".to_owned()),
        ("network-traffic", "dst_ref.value" | "src_ref.value") => Said::Any,
        ("network-traffic", path) if path.ends_with("User-Agent") => Said::read("user_agent"),
        ("vulnerability", "name") => Said::read("cve"),
        ("file" | "x509-certificate" | "artifact", path) => match path.strip_prefix("hashes.") {
            Some(name) => match Said::read(name) {
                known @ Said::Type(_) => known,
                Said::Other(name) => Said::Other(name),
                _ => return None,
            },
            None => return None,
        },
        (object, "value") if object.contains("wallet") || object.starts_with("x-") => Said::Any,
        _ => return None,
    })
}

/// An observable by itself: it was seen, which is no verdict.
fn observable(ty: &str, object: &Object<'_>, links: &Links<'_>, line: u64, found: &mut Vec<Indicator>) {
    if object.text("id").is_some_and(|id| links.based.contains(&id)) {
        return;
    }
    let mut values: Vec<(Cow<'_, str>, Said)> = Vec::new();
    let hashes = object.get("hashes").and_then(Object::read);
    for (name, value) in hashes.iter().flat_map(Object::fields) {
        if let (Some(value), Some(said)) = (scalar(value), said(ty, &format!("hashes.{name}"))) {
            values.push((value, said));
        }
    }
    if values.is_empty() {
        let path = match ty {
            "mutex" | "file" => "name",
            "windows-registry-key" => "key",
            "directory" => "path",
            "autonomous-system" => "number",
            _ => "value",
        };
        if let (Some(value), Some(said)) = (object.text(path), said(ty, path)) {
            values.push((value, said));
        }
    }
    if values.is_empty() {
        return;
    }
    let common = common(object, links, line);
    for (value, said) in values {
        let normal = normalise(&value, &said);
        found.push(match normal {
            Some(normal) => Indicator { ioc: Some(normal.ioc), ioc_type: Some(normal.ioc_type), raw: normal.raw, ..common.clone() },
            None => Indicator { unparsed: cut(&value, LONGEST_UNPARSED).map(Cow::into_owned), ..common.clone() },
        });
    }
}

/// The observables inside observed data, as STIX 2.0 has them.
fn observed(object: &Object<'_>, links: &Links<'_>, line: u64, found: &mut Vec<Indicator>) {
    let Some(inner) = object.get("objects").and_then(Object::read) else { return };
    let before = found.len();
    for (_, slice) in inner.fields() {
        if let Some(part) = Object::read(slice)
            && let Some(ty) = part.text("type")
        {
            observable(&ty, &part, links, line, found);
        }
    }
    for entry in found.iter_mut().skip(before) {
        entry.id = object.shared("id");
        entry.first_seen = object.time("first_observed");
        entry.last_seen = object.time("last_observed");
    }
}

#[cfg(test)]
mod tests {
    use super::super::ti_feed::tests::read;
    use super::*;

    fn shown(row: &Indicator) -> String {
        format!(
            "{} {} {} {} {}",
            row.line,
            row.ioc_type.as_deref().unwrap_or("-"),
            row.ioc.as_deref().unwrap_or("-"),
            row.severity.name(),
            row.threat.as_deref().unwrap_or("-")
        )
    }

    const BUNDLE: &str = r#"{"type": "bundle", "id": "bundle--1", "objects": [
{"type": "identity", "spec_version": "2.1", "id": "identity--1", "name": "Made Up CERT"},
{"type": "indicator", "id": "indicator--1", "created_by_ref": "identity--1", "name": "C2", "indicator_types": ["malicious-activity"], "confidence": 80, "pattern_type": "stix",
 "pattern": "[domain-name:value = 'c2.example.net' OR ipv4-addr:value = '198.51.100.7/32']", "valid_from": "2026-11-01T00:00:00Z", "valid_until": "2027-11-01T00:00:00Z", "labels": ["x"],
 "external_references": [{"source_name": "a"}, {"source_name": "b", "url": "https://example.com/r"}]},
{"type": "malware", "id": "malware--1", "name": "Pebble RAT", "is_family": true},
{"type": "attack-pattern", "id": "attack-pattern--1", "name": "Beaconing"},
{"type": "relationship", "id": "relationship--1", "relationship_type": "indicates", "source_ref": "indicator--1", "target_ref": "malware--1"},
{"type": "relationship", "id": "relationship--3", "relationship_type": "indicates", "source_ref": "indicator--1", "target_ref": "attack-pattern--1"},
{"type": "indicator", "id": "indicator--2", "revoked": true, "pattern_type": "stix", "pattern": "[url:value LIKE 'http://%']"},
{"type": "indicator", "id": "indicator--3", "pattern_type": "yara", "pattern": "rule x {}"},
{"type": "indicator", "id": "indicator--4", "pattern_type": "stix", "pattern": "[url:value = "},
{"type": "indicator", "id": "indicator--5"},
{"type": "file", "id": "file--1", "name": "a.exe", "hashes": {"MD5": "D41D8CD98F00B204E9800998ECF8427E", "SSDEEP": "3:x:y"}},
{"type": "ipv4-addr", "id": "ipv4-addr--1", "value": "198.51.100.9"},
{"type": "relationship", "id": "relationship--2", "relationship_type": "based-on", "source_ref": "indicator--1", "target_ref": "ipv4-addr--1"},
{"type": "observed-data", "id": "observed-data--1", "first_observed": "2026-11-01T00:00:00Z", "objects": {"0": {"type": "domain-name", "value": "seen.example.net"}}},
7
]}"#;

    #[test]
    fn a_bundle() {
        let rows = read(BUNDLE, &[]).unwrap();
        assert_eq!(
            rows.iter().map(shown).collect::<Vec<_>>(),
            [
                "3 domain c2.example.net high Pebble RAT",
                "3 ipv4 198.51.100.7 high Pebble RAT",
                "10 - - unknown -",
                "11 yara - unknown -",
                "12 - - unknown -",
                "13 - - unknown -",
                "14 md5 d41d8cd98f00b204e9800998ecf8427e unknown -",
                "14 ssdeep 3:x:y unknown -",
                "17 domain seen.example.net unknown -",
                "18 - - unknown -",
            ]
        );
        let first = &rows[0];
        assert_eq!((first.confidence, first.source.as_deref(), first.description.as_deref()), (Some(80), Some("Made Up CERT"), Some("C2")));
        assert_eq!((first.reference.as_deref(), first.tags.len(), first.is_active), (Some("https://example.com/r"), 2, None));
        assert_eq!((first.valid_from, first.valid_until), (Some(1_793_491_200_000_000), Some(1_825_027_200_000_000)));
        assert_eq!(
            (rows[2].is_active, rows[2].pattern.as_deref(), rows[2].unparsed.is_none()),
            (Some(false), Some("[url:value LIKE 'http://%']"), true)
        );
        assert_eq!(rows[4].unparsed.as_deref(), Some("[url:value ="));
        assert!(rows[5].unparsed.is_some() && rows[9].unparsed.as_deref() == Some("7"));
        assert_eq!((rows[8].first_seen, rows[8].id.as_deref()), (Some(1_793_491_200_000_000), Some("observed-data--1")));
    }

    #[test]
    fn what_is_cut_off_gives_what_is_whole() {
        let whole = read(BUNDLE, &[]).unwrap().len();
        for at in (0..BUNDLE.len()).filter(|at| BUNDLE.is_char_boundary(*at)).step_by(7) {
            let rows = decode(BUNDLE.get(..at).unwrap());
            assert!(rows.len() <= whole + 1, "{at}");
        }
        let half = decode(BUNDLE.get(..BUNDLE.find("\"malware\"").unwrap()).unwrap());
        assert_eq!((half.len(), half[0].ioc.as_deref()), (3, Some("c2.example.net")));
        assert!(half[2].unparsed.as_deref().is_some_and(|text| text.starts_with("{\"type\":")));
    }

    #[test]
    fn lines_lists_and_lone_objects() {
        let one = r#"{"type":"indicator","id":"indicator--1","pattern":"[domain-name:value='a.example.net']"}"#;
        for (text, count) in [
            (one.to_owned(), 1),
            (format!("{one}\n{one}\n"), 2),
            (format!("[{one},{one}]"), 2),
            (format!("{{\"more\":false,\"objects\":[{one}]}}"), 1),
        ] {
            assert_eq!(read(&text, &[]).unwrap().iter().filter(|row| row.ioc.is_some()).count(), count, "{text}");
        }
        let deep = format!("{{\"type\":\"bundle\",\"objects\":[{}", "[".repeat(1 << 20));
        assert_eq!(decode(&deep).len(), 1);
    }
}
