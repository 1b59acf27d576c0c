//! AlienVault OTX: the reports ("pulses") that name an indicator.

pub(super) mod geo;
pub(super) mod passive_dns;

use super::answer::{List, MOST_ELEMENTS, Number, Text, object, or_default, required};
use super::provider::{Ioc, Limit, ProviderSpec, SettingSpec, TiProvider};
use super::verdict::{Severity, Verdict};
use crate::http::{DecodeError, Request, Response, setting};
use huntsql_kernels::ioc::IocType;
use huntsql_kernels::net::split_domain;
use serde::Deserialize;
use std::borrow::Cow;
use std::time::Duration;

/// The general section.
pub(super) struct Otx;

/// The one value.
pub(super) static OTX: Otx = Otx;

const BASE_URL: &str = "https://otx.alienvault.com";
const DOCS: &str = "https://otx.alienvault.com/api";
const API_KEY: &[SettingSpec] = &[SettingSpec::optional_key(
    "api_key",
    "OTX key, from https://otx.alienvault.com/settings; without one fewer look-ups an hour are answered.",
)];
/// What is answered without a key; ten times as many with one.
const LIMIT: Limit = Limit { requests: 1000, per: Duration::from_secs(60 * 60) };

static SPEC: ProviderSpec = ProviderSpec {
    name: Cow::Borrowed("otx"),
    account: Cow::Borrowed("otx"),
    summary: Cow::Borrowed("Reports of the OTX community that name an indicator, with malware, adversaries and techniques."),
    docs: Cow::Borrowed(DOCS),
    base_url: Cow::Borrowed(BASE_URL),
    types: Cow::Borrowed(&[
        IocType::Url,
        IocType::Domain,
        IocType::Ipv4,
        IocType::Ipv6,
        IocType::Md5,
        IocType::Sha1,
        IocType::Sha256,
        IocType::Cve,
    ]),
    settings: Cow::Borrowed(API_KEY),
    limit: Some(LIMIT),
    msticpy_name: "OTX",
    ..ProviderSpec::DEFAULT
};

/// The request for a section about `ioc`. OTX keeps names below a registered domain apart.
fn request(ioc: Ioc<'_>, section: &str) -> Request {
    let kind = match ioc.kind {
        IocType::Ipv4 => "IPv4",
        IocType::Ipv6 => "IPv6",
        IocType::Domain if split_domain(ioc.value).is_some_and(|parts| parts.subdomain.is_some()) => "hostname",
        IocType::Domain => "domain",
        IocType::Url => "url",
        IocType::Cve => "cve",
        _ => "file",
    };
    Request::get(format!("/api/v1/indicators/{kind}/"))
        .segment(ioc.value)
        .path(format!("/{section}"))
        .header("x-otx-api-key", setting("api_key"))
}

/// The page for people.
fn page(ioc: Ioc<'_>) -> String {
    let kind = match ioc.kind {
        IocType::Ipv4 | IocType::Ipv6 => "ip",
        IocType::Domain => "domain",
        IocType::Url => "url",
        IocType::Cve => "cve",
        _ => "file",
    };
    format!("{BASE_URL}{}", Request::get(format!("/indicator/{kind}/")).segment(ioc.value).target())
}

#[derive(Deserialize)]
struct Answer {
    #[serde(default, deserialize_with = "or_default")]
    pulse_info: PulseInfo,
    #[serde(default)]
    validation: List<Validation>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct PulseInfo {
    count: Number,
    pulses: List<Pulse>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Pulse {
    name: Text,
    adversary: Text,
    modified: Text,
    tags: List<Text>,
    references: List<Text>,
    malware_families: List<Family>,
    attack_ids: List<Technique>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Family {
    display_name: Text,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Technique {
    id: Text,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Validation {
    source: Text,
    message: Text,
}

/// The different texts in the pulses that were kept, in their order.
fn together<'p>(pulses: &'p List<Pulse>, of: impl Fn(&'p Pulse) -> Vec<&'p Text>) -> List<Text> {
    let mut texts: Vec<Text> = Vec::new();
    for text in pulses.iter().flat_map(of) {
        if text.as_str().is_some() && texts.len() < MOST_ELEMENTS && !texts.contains(text) {
            texts.push(text.clone());
        }
    }
    List { count: texts.len(), kept: texts }
}

impl TiProvider for Otx {
    fn spec(&self) -> &ProviderSpec {
        &SPEC
    }

    fn request(&self, ioc: Ioc<'_>) -> Request {
        request(ioc, "general")
    }

    fn verdict(&self, ioc: Ioc<'_>, response: &Response) -> Result<Verdict, DecodeError> {
        if response.status == 404 {
            return Ok(Verdict::unknown());
        }
        let Answer { pulse_info: PulseInfo { count, pulses }, validation } = object(response)?;
        let count = required(count, "pulse_info.count")?;
        let newest = pulses.iter().filter_map(|pulse| pulse.modified.as_str()).max().map(str::to_owned);
        Ok(Verdict::of(Severity::of_score(count, 1.0, 2.0))
            .score(count)
            .detail("pulses", Number(Some(count)))
            .list("names", List { count: pulses.count, ..together(&pulses, |pulse| vec![&pulse.name]) })
            .list("adversaries", together(&pulses, |pulse| vec![&pulse.adversary]))
            .list("malware", together(&pulses, |pulse| pulse.malware_families.iter().map(|family| &family.display_name).collect()))
            .list("techniques", together(&pulses, |pulse| pulse.attack_ids.iter().map(|technique| &technique.id).collect()))
            .list("tags", together(&pulses, |pulse| pulse.tags.iter().collect()))
            .list("references", together(&pulses, |pulse| pulse.references.iter().collect()))
            .detail("newest", newest)
            // Popular names and addresses stand in many reports that mean something else: OTX says so here.
            .list("validation", validation.map(|note| if note.message.as_str().is_some() { note.message } else { note.source }))
            .reference(page(ioc)))
    }
}
