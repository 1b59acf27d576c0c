//! STIX 2.0 and 2.1: bundles, what TAXII servers send, and objects by themselves.

mod pattern;
mod versions;

pub use pattern::{Compared, comparisons};
pub(crate) use versions::Newest;

use super::csv::confidence;
use super::entries::Entries;
use super::indicator::{Indicator, LONGEST_TEXT, LONGEST_UNPARSED, MOST_ENTRIES, MOST_TAGS, Severity, cut, shared};
use super::json::{LineCount, Object, scalar};
use super::value::{Said, normalise};
use huntsql_kernels::json::Cursor;
use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// The objects whose names are threats.
const THREATS: &[&str] = &["malware", "threat-actor", "intrusion-set", "campaign", "tool", "attack-pattern"];

/// Every indicator and observable of a document, in its order; a text that is no STIX object is an entry with `unparsed`. What is older
/// than in another file of the feed is left out; `across` knows those files, and how this one is called.
pub(crate) fn decode(text: &str, across: Option<(&Newest, &str)>) -> Vec<Indicator> {
    decode_up_to(text, across, MOST_ENTRIES)
}

fn decode_up_to(text: &str, across: Option<(&Newest, &str)>, most: usize) -> Vec<Indicator> {
    let (objects, bad) = objects(text);
    let objects = versions::newest(objects, across);
    let links = Links::of(&objects);
    let mut lines = LineCount::new(text);
    let mut found = Entries::up_to(most);
    for slice in &objects {
        let line = lines.of(slice);
        let object = &Object::read(slice).unwrap_or_default();
        match object.text("type").as_deref() {
            Some("indicator") => indicator(object, &links, line, &mut found),
            Some("observed-data") => observed(object, &links, line, &mut found),
            Some(ty) => observable(ty, object, &links, (line, None), &mut found),
            None => found.push(Indicator::unread(slice, line)),
        }
        if found.is_cut() {
            return found.into_vec();
        }
    }
    if let Some(bad) = bad {
        let line = lines.of(bad);
        found.push(Indicator::unread(bad, line));
    }
    found.into_vec()
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
                if object.flag("revoked") == Some(true) {
                    continue;
                }
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
            let mut length = 0;
            for target in targets.iter().filter(|target| target.starts_with("attack-pattern--") == patterns) {
                match self.names.get(target) {
                    // What is longer is cut anyway, and is joined anew for each entry.
                    Some(name) if length <= LONGEST_TEXT && !target.starts_with("identity--") && !names.contains(&name.as_ref()) => {
                        length += name.len();
                        names.push(name);
                    }
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

fn indicator(object: &Object<'_>, links: &Links<'_>, line: u64, found: &mut Entries) {
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
        if found.is_cut() {
            return;
        }
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
fn observable(ty: &str, object: &Object<'_>, links: &Links<'_>, (line, seen): (u64, Option<&Seen>), found: &mut Entries) {
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
    let mut common = common(object, links, line);
    if let Some(seen) = seen {
        common.id.clone_from(&seen.id);
        (common.first_seen, common.last_seen) = (seen.first, seen.last);
    }
    for (value, said) in values {
        if found.is_cut() {
            return;
        }
        let normal = normalise(&value, &said);
        found.push(match normal {
            Some(normal) => Indicator { ioc: Some(normal.ioc), ioc_type: Some(normal.ioc_type), raw: normal.raw, ..common.clone() },
            None => Indicator { unparsed: cut(&value, LONGEST_UNPARSED).map(Cow::into_owned), ..common.clone() },
        });
    }
}

/// What observed data says of all that is in it.
struct Seen {
    id: Option<Arc<str>>,
    first: Option<i64>,
    last: Option<i64>,
}

/// The observables inside observed data, as STIX 2.0 has them.
fn observed(object: &Object<'_>, links: &Links<'_>, line: u64, found: &mut Entries) {
    let Some(inner) = object.get("objects").and_then(Object::read) else { return };
    // Read once: an id may be as long as the document.
    let seen = Seen { id: object.shared("id"), first: object.time("first_observed"), last: object.time("last_observed") };
    for (_, slice) in inner.fields() {
        if found.is_cut() {
            return;
        }
        if let Some(part) = Object::read(slice)
            && let Some(ty) = part.text("type")
        {
            observable(&ty, &part, links, (line, Some(&seen)), found);
        }
    }
}

#[cfg(test)]
mod tests;
