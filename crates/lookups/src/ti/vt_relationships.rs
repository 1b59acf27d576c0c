//! `vt_relationships`: the objects that VirusTotal knows to belong to indicators, such as the files that talk to a domain.

use super::asked::Asked;
use super::observable::{Observable, Refusal, UrlQuery, check_named};
use super::provider::Ioc;
use super::recognise::{IOC, IOC_ARGS, IOC_TYPE, recognise_iocs, show_max_lookups};
use super::vt_relationships_api::{self as api, Related, Relationship, all_names, relationship, relationships};
use crate::cache::kept_as;
use crate::config::process_environment;
use crate::context::Context;
use crate::facts::{Answer, Asker, Asking, CONFIG, Call, NOTHING_SENT, REFRESH};
use crate::http::{Failure, Stop};
use crate::limited::Limited;
use crate::never_send::NeverSend;
use huntsql_kernels::group::{EventKernel, EventSink, Given, Recognised, TableColumn};
use huntsql_kernels::ioc::IocType;
use huntsql_kernels::nearest::hint;
use huntsql_kernels::options::Value;
use huntsql_kernels::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};
use std::time::Duration;

const NAME: &str = "vt_relationships";
/// Requests that a statement may send where it does not say: the public tier has 500 a day.
const MOST_LOOKUPS: usize = 100;

/// Options of `vt_relationships`.
#[derive(Debug)]
pub struct VtOptions {
    asking: Asking,
    has_max_lookups: bool,
    max_related: usize,
    never_send: NeverSend,
    relationships: Vec<String>,
}

impl Default for VtOptions {
    fn default() -> Self {
        Self {
            asking: Asking::new(MOST_LOOKUPS),
            has_max_lookups: false,
            max_related: api::PAGE_SIZE,
            never_send: NeverSend::default(),
            relationships: Vec::new(),
        }
    }
}

impl Options for VtOptions {
    const FIELDS: &'static [OptionField] = &[
        CONFIG,
        OptionField {
            name: "max_lookups",
            kind: OptionKind::Int(0, 100_000_000),
            default: "100",
            doc: "Requests that the statement may send. If more may be needed nothing is sent and an error says how many.",
        },
        OptionField {
            name: "max_related",
            kind: OptionKind::Int(1, 10_000),
            default: "40",
            doc: "Objects for each indicator and relationship; 40 are one request. Where VirusTotal has more, `has_more` is true.",
        },
        OptionField {
            name: "never_send",
            kind: OptionKind::TextListOrFile,
            default: "[]",
            doc: "Names (with everything below them), networks and other indicators that are not sent, beside those of the configuration.",
        },
        REFRESH,
        OptionField {
            name: "relationship",
            kind: OptionKind::TextOrList,
            default: "NULL",
            doc: "The relationship, such as `communicating_files`, or a list of them; must be given.",
        },
    ];
    fn set(&mut self, name: &str, setting: Setting) -> Result<(), String> {
        self.has_max_lookups |= name == "max_lookups";
        match (name, setting) {
            ("max_related", Setting::Int(value)) => self.max_related = usize::try_from(value).unwrap_or(1),
            ("never_send", Setting::TextList(texts)) => self.never_send = NeverSend::new(texts.iter().map(String::as_str))?,
            ("relationship", Setting::TextList(names)) => {
                if names.is_empty() {
                    return Err(format!("names none (relationships: {})", all_names().join(", ")));
                }
                for name in names {
                    let name = name.trim().to_ascii_lowercase();
                    let known = all_names();
                    if !known.contains(&name.as_str()) {
                        let near = hint(&name, known.iter().copied());
                        let known = known.join(", ");
                        return Err(format!("names the unknown relationship '{}'{near} (relationships: {known})", name.escape_debug()));
                    }
                    if !self.relationships.contains(&name) {
                        self.relationships.push(name);
                    }
                }
            }
            (name, setting) => _ = self.asking.set(name, setting),
        }
        Ok(())
    }
}

impl VtOptions {
    /// Requests for one indicator.
    fn pages(&self) -> usize {
        self.max_related.div_ceil(api::PAGE_SIZE)
    }

    fn asked(&self, context: &Context) -> Result<Asked, KernelError> {
        Asked::new("virustotal", &context.config, &process_environment).map_err(|problem| KernelError::BadOption {
            function: NAME,
            option: "config".to_owned(),
            problem: format!("cannot be used: {problem}"),
        })
    }
}

/// What VirusTotal has for one indicator and relationship.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Relations {
    is_known: bool,
    related: Vec<Related>,
    has_more: bool,
}

/// Asks for relationships. A question is `relationship max_related type indicator`.
struct AskRelations {
    asked: Asked,
    pages: usize,
    max_related: usize,
}

impl AskRelations {
    fn key(&self, name: &str, observable: &Observable) -> String {
        format!("{name} {} {} {}", self.max_related, observable.kind.name(), observable.value)
    }
}

fn of_key(key: &str) -> Option<(Relationship, IocType, &str)> {
    let mut parts = key.splitn(4, ' ');
    let (name, _, kind, value) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let kind = IocType::parse(kind).ok()?;
    Some((relationship(kind, name).ok()?, kind, value))
}

impl Asker for AskRelations {
    type Fact = Relations;
    const KIND: &'static str = NAME;
    const CONCURRENCY: usize = 4;
    const SCOPE: &'static str = "the statement";

    fn requests_each(&self) -> usize {
        self.pages
    }

    fn kept_as(&self, _: &Context) -> String {
        kept_as(NAME, Some(&self.asked.base_url), Some(&self.asked.provider.spec().base_url))
    }

    /// A relationship that an account may not ask for says nothing about the others.
    fn asked(&self, _: &Context, key: &str) -> String {
        key.split(' ').next().unwrap_or_default().to_owned()
    }

    fn ask(&self, context: &Context, key: &str, stop: &Stop) -> Result<(Relations, Duration), Failure> {
        let (relationship, kind, value) =
            of_key(key).ok_or_else(|| Failure::Request("an error of huntsql, please report it".to_owned()))?;
        let Asked { base_url, values, limits, ttl, provider, .. } = &self.asked;
        let gate = Limited { cache: &context.cache, account: &provider.spec().account, limits };
        let mut found = Relations { is_known: false, related: Vec::new(), has_more: false };
        let mut cursor: Option<String> = None;
        for page in 1..=self.pages {
            let question = api::Question { ioc: Ioc { kind, value }, relationship, cursor: cursor.as_deref() };
            let response = context.client.ask(base_url, &api::request(question), values, &gate, stop)?;
            let answer = api::decode(question, &response).map_err(|error| Failure::Decode(error.to_string()))?;
            found.is_known |= answer.is_known;
            found.related.extend(answer.related);
            found.has_more = answer.next.is_some() || found.related.len() > self.max_related;
            cursor = answer.next;
            if cursor.is_none() || page == self.pages || found.related.len() >= self.max_related {
                break;
            }
        }
        found.related.truncate(self.max_related);
        // What has none yet is the first to be overtaken.
        let ttl = if found.related.is_empty() { *ttl / 4 } else { *ttl };
        Ok((found, ttl))
    }
}

/// One related object, or why there is none.
#[derive(Debug)]
pub struct Said<'a> {
    source: Option<&'a Observable>,
    relationship: &'a str,
    related: Option<&'a Related>,
    has_more: Option<bool>,
    status: Option<Cow<'a, str>>,
    reason: Option<Cow<'a, str>>,
    at: Option<i64>,
    is_cached: Option<bool>,
}

impl SqlValue for Said<'_> {
    const TYPE: SqlType = SqlType::Struct(&[
        ("source", SqlType::Text),
        ("source_type", SqlType::Text),
        ("relationship", SqlType::Text),
        ("target", SqlType::Text),
        ("target_type", SqlType::Text),
        ("target_id", SqlType::Text),
        ("detections", SqlType::Int),
        ("scans", SqlType::Int),
        ("target_name", SqlType::Text),
        ("first_seen", SqlType::Time),
        ("last_seen", SqlType::Time),
        ("details", SqlType::Text),
        ("has_more", SqlType::Bool),
        ("status", SqlType::Text),
        ("looked_up_at", SqlType::Time),
        ("cached", SqlType::Bool),
    ]);
    fn write(&self, out: &mut Column) {
        let related = self.related;
        let time = |text: Option<&str>| {
            let time = chrono::DateTime::parse_from_rfc3339(text?).ok()?;
            Some(Timestamp(time.timestamp_micros()))
        };
        let details = related.map(|related| serde_json::Value::Object(related.details.clone()).to_string());
        let details = details.or_else(|| Some(json!({ "reason": self.reason.as_deref()? }).to_string()));
        let row = out.row().put(self.source.map(|source| source.value.as_str())).put(self.source.map(|source| source.kind.name()));
        let row = row.put(self.relationship).put(related.map(|related| related.target.as_str()));
        let row = row.put(related.map(|related| related.target_type.as_str())).put(related.map(|related| related.target_id.as_str()));
        let row = row.put(related.and_then(|related| related.detections)).put(related.and_then(|related| related.scans));
        let row = row.put(related.and_then(|related| related.name.as_deref()));
        let row = row.put(time(related.and_then(|related| related.first_seen.as_deref())));
        let row = row.put(time(related.and_then(|related| related.last_seen.as_deref())));
        let row = row.put(details.as_deref()).put(self.has_more).put(self.status.as_deref());
        row.put(self.at.map(Timestamp)).put(self.is_cached).end();
    }
}

impl<'a> Said<'a> {
    fn none(relationship: &'a str) -> Self {
        Self { source: None, relationship, related: None, has_more: None, status: None, reason: None, at: None, is_cached: None }
    }
}

/// What is known of a text before anything is sent: the indicator, or the status and the reason of its rows.
type Checked = Result<Observable, (&'static str, Option<String>)>;

fn checked(text: &str, kind: Option<&str>, never_send: &[&NeverSend]) -> Checked {
    let observable =
        check_named(text, kind, UrlQuery::Dropped).map_err(|refusal: Refusal| (refusal.status(), Some(refusal.reason().to_owned())))?;
    if never_send.iter().any(|set| set.holds(observable.kind, &observable.value)) { Err(("never_send", None)) } else { Ok(observable) }
}

/// Kernel of `vt_relationships`.
pub struct VtRelationships;

impl EventKernel for VtRelationships {
    const SPEC: Spec = Spec {
        name: NAME,
        family: Family::Context,
        summary: "Asks VirusTotal what belongs to the indicators in a column: files that talk to a domain, names of an address, hosts that a file contacts.",
        details: include_str!("vt_relationships.md"),
        args: IOC_ARGS,
        examples: &[Example {
            sql: "\
WITH seen AS (SELECT * FROM (VALUES ('10.1.2.3'), ('CVE-2024-3400')) v(ioc))
SELECT ioc, relationship, target, status
FROM huntsql.vt_relationships(seen, relationship => 'communicating_files', config => 'examples/virustotal.yaml') ORDER BY ioc",
            result: "10.1.2.3 | communicating_files | NULL | not_global\nCVE-2024-3400 | communicating_files | NULL | not_supported",
        }],
    };
    const ARGS: &'static [ArgType] = &[ArgType::Text, ArgType::Text];
    type Options = VtOptions;
    type Out<'a> = Said<'a>;

    fn recognise(columns: &[TableColumn], given: &[Given], options: &Value) -> Result<Recognised, KernelError> {
        let mut found = recognise_iocs(NAME, columns, given, options)?;
        let settings: VtOptions = huntsql_kernels::options::parse(NAME, options)?;
        // Where none is named that is the first thing to say.
        if settings.relationships.is_empty() {
            let problem = format!("is missing: {NAME}(tbl, ioc, relationship => 'communicating_files')");
            return Err(KernelError::BadOption { function: NAME, option: "relationship".to_owned(), problem });
        }
        settings.asked(&*settings.asking.open(NAME)?)?;
        if !settings.has_max_lookups {
            show_max_lookups(&mut found.options, i64::try_from(MOST_LOOKUPS).unwrap_or(i64::MAX));
        }
        Ok(found)
    }

    fn compute(rows: &Rows, options: &VtOptions, interrupt: &Interrupt, sink: &mut EventSink<'_>) -> GroupResult<()> {
        if rows.is_empty() {
            return Ok(());
        }
        let context = options.asking.open(NAME)?;
        let asker = AskRelations { asked: options.asked(&context)?, pages: options.pages(), max_related: options.max_related };
        let never_send = [&context.config.never_send, &options.never_send];
        let (iocs, types) = (rows.texts(IOC), rows.texts(IOC_TYPE));
        let place = |row: usize| Some((iocs.id(row)?, types.id(row)));
        let mut sources: HashMap<(u32, Option<u32>), Checked> = HashMap::new();
        for (ioc, kind) in (0..rows.len()).filter_map(place) {
            let check = || checked(iocs.text(ioc), kind.map(|kind| types.text(kind)), &never_send);
            sources.entry((ioc, kind)).or_insert_with(check);
        }
        let mut keys: HashMap<(&Observable, &str), String> = HashMap::new();
        for source in sources.values().filter_map(|checked| checked.as_ref().ok()) {
            for name in options.relationships.iter().filter(|name| relationship(source.kind, name).is_ok()) {
                keys.insert((source, name.as_str()), asker.key(name, source));
            }
        }
        let call = Call { function: NAME, asking: &options.asking, context: &context, interrupt, sent: NOTHING_SENT };
        let answers = call.ask_all(asker, keys.values().cloned().collect::<BTreeSet<String>>())?;
        interrupt.check()?;
        for row in 0..rows.len() {
            let source = place(row).and_then(|place| sources.get(&place));
            for name in &options.relationships {
                let said = match source {
                    None => Said::none(name),
                    Some(Err((status, reason))) => {
                        Said { status: Some(Cow::Borrowed(status)), reason: reason.as_deref().map(Cow::Borrowed), ..Said::none(name) }
                    }
                    Some(Ok(source)) => {
                        let answer = keys.get(&(source, name.as_str())).and_then(|key| answers.get(key));
                        say(source, name, answer, |said| sink.put(Some(row), said));
                        continue;
                    }
                };
                sink.put(Some(row), &said);
            }
        }
        Ok(())
    }
}

/// The rows about one indicator and relationship.
fn say<'a>(source: &'a Observable, name: &'a str, answer: Option<&'a Answer<Relations>>, mut put: impl FnMut(&Said<'a>)) {
    let none = Said { source: Some(source), ..Said::none(name) };
    let Some(answer) = answer else {
        let known: Vec<&str> = relationships(source.kind).iter().map(|known| known.name).collect();
        let has = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
        let reason = Some(Cow::Owned(format!("{} has {has}", source.kind.name())));
        return put(&Said { status: Some(Cow::Borrowed("not_supported")), reason, ..none });
    };
    let relations = match &answer.fact {
        Ok(relations) => relations,
        Err(failure) => {
            let is_premium = relationship(source.kind, name).is_ok_and(|relationship| !relationship.is_public);
            let reason = match failure {
                Failure::Denied(_) if is_premium => Some(Cow::Borrowed("only premium accounts may ask for this relationship")),
                Failure::Quota(_) => Some(Cow::Owned(failure.to_string())),
                _ => None,
            };
            return put(&Said { status: Some(Cow::Owned(failure.status())), reason, ..none });
        }
    };
    let said = |related: Option<&'a Related>| Said {
        related,
        has_more: Some(relations.has_more),
        status: Some(Cow::Borrowed("ok")),
        reason: (!relations.is_known).then_some(Cow::Borrowed("VirusTotal does not know the indicator")),
        at: Some(answer.at),
        is_cached: Some(answer.is_cached),
        ..Said { source: Some(source), ..Said::none(name) }
    };
    if relations.related.is_empty() {
        put(&said(None));
    }
    relations.related.iter().for_each(|related| put(&said(Some(related))));
}

#[cfg(test)]
#[path = "vt_relationships_tests.rs"]
mod tests;
