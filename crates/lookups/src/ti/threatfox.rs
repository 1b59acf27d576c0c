//! ThreatFox of abuse.ch: indicators with the malware that they belong to.

use super::abuse_ch::{AUTH_KEY, Found, found};
use super::answer::{List, MOST_ELEMENTS, Number, Text, missing, object};
use super::provider::{Ioc, Limit, ProviderSpec, TiProvider};
use super::verdict::{Severity, Verdict};
use crate::http::{DecodeError, Request, Response, setting};
use huntsql_kernels::ioc::IocType;
use serde::Deserialize;
use serde_json::{Value, json};
use std::borrow::Cow;

/// Indicators by value.
pub(super) struct ThreatFox;

/// The one value.
pub(super) static THREATFOX: ThreatFox = ThreatFox;

/// From this confidence on, in percent, it is bad; below it is worth a look.
const CONFIDENT: f64 = 50.0;

static SPEC: ProviderSpec = ProviderSpec {
    name: Cow::Borrowed("threatfox"),
    account: Cow::Borrowed("abuse_ch"),
    summary: Cow::Borrowed("Malware that an indicator belongs to, and how sure that is."),
    docs: Cow::Borrowed("https://threatfox.abuse.ch/api/"),
    base_url: Cow::Borrowed("https://threatfox-api.abuse.ch"),
    types: Cow::Borrowed(&[IocType::Url, IocType::Domain, IocType::Ipv4, IocType::Md5, IocType::Sha1, IocType::Sha256]),
    settings: Cow::Borrowed(AUTH_KEY),
    limit: Some(Limit::per_minute(60)),
    ..ProviderSpec::DEFAULT
};

#[derive(Deserialize)]
struct Answer {
    #[serde(default)]
    query_status: Text,
    /// A sentence where there is nothing. All entries are read: those that are meant may be the last.
    #[serde(default)]
    data: Value,
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
struct Entry {
    id: Text,
    ioc: Text,
    threat_type: Text,
    malware_printable: Text,
    malware_alias: Text,
    confidence_level: Number,
    first_seen: Text,
    last_seen: Text,
    reporter: Text,
    reference: Text,
    tags: List<Text>,
}

/// Whether an entry of the list is about `ioc`. A search for an address also finds longer ones that hold its text; entries name a port.
fn is_about(entry: &Entry, ioc: Ioc<'_>) -> bool {
    let Some(listed) = entry.ioc.as_str() else { return false };
    let host = listed.rsplit_once(':').map_or(listed, |(host, _)| host);
    ioc.kind != IocType::Ipv4 || listed == ioc.value || host == ioc.value
}

impl TiProvider for ThreatFox {
    fn spec(&self) -> &ProviderSpec {
        &SPEC
    }

    fn request(&self, ioc: Ioc<'_>) -> Request {
        let question = match ioc.kind {
            IocType::Md5 | IocType::Sha256 => json!({"query": "search_hash", "hash": ioc.value}),
            IocType::Ipv4 => json!({"query": "search_ioc", "search_term": ioc.value}),
            _ => json!({"query": "search_ioc", "search_term": ioc.value, "exact_match": true}),
        };
        Request::post("/api/v1/").header("auth-key", setting("api_key")).json(&question)
    }

    fn verdict(&self, ioc: Ioc<'_>, response: &Response) -> Result<Verdict, DecodeError> {
        if response.status == 404 {
            return Ok(Verdict::unknown());
        }
        let Answer { query_status, data } = object(response)?;
        if found(&query_status)? == Found::No {
            return Ok(Verdict::unknown());
        }
        let Value::Array(data) = data else { return Err(missing("data")) };
        let mut entries: Vec<Entry> = data.into_iter().filter_map(|entry| serde_json::from_value(entry).ok()).collect();
        entries.retain(|entry| is_about(entry, ioc));
        // The surest of them speaks; of equals the first.
        let confidence = |entry: &Entry| entry.confidence_level.0.unwrap_or(0.0);
        let Some(surest) = entries.iter().rev().max_by(|a, b| confidence(a).total_cmp(&confidence(b))).cloned() else {
            return Ok(Verdict::unknown());
        };
        let listed = List { kept: entries.iter().take(MOST_ELEMENTS).map(|entry| entry.ioc.clone()).collect(), count: entries.len() };
        let page = surest.id.as_str().filter(|id| id.bytes().all(|b| b.is_ascii_digit()));
        let page = page.map(|id| format!("https://threatfox.abuse.ch/ioc/{id}/"));
        Ok(Verdict::of(if confidence(&surest) >= CONFIDENT { Severity::High } else { Severity::Warning })
            .score(surest.confidence_level.0)
            .detail("malware", surest.malware_printable)
            .detail("malware_alias", surest.malware_alias)
            .detail("threat_type", surest.threat_type)
            .list("listed", listed)
            .list("tags", surest.tags)
            .detail("first_seen", surest.first_seen)
            .detail("last_seen", surest.last_seen)
            .detail("reporter", surest.reporter)
            .detail("source", surest.reference)
            .link(page))
    }
}
