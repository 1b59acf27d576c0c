//! VirusTotal, API version 3: what antivirus engines and block lists say.

pub(super) mod behaviour;

use super::answer::{Flag, List, Number, Text, missing, object, or_default, or_none, time_of_seconds};
use super::provider::{Ioc, Limit, ProviderSpec, SettingSpec, TiProvider};
use super::verdict::{Severity, Verdict};
use crate::http::{DecodeError, Request, Response, setting};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use huntsql_kernels::ioc::IocType;
use serde::Deserialize;
use serde_json::{Map, Value};
use std::borrow::Cow;

/// The report about an object.
pub(super) struct VirusTotal;

/// The one value.
pub(super) static VIRUSTOTAL: VirusTotal = VirusTotal;

pub(super) const BASE_URL: &str = "https://www.virustotal.com";
pub(super) const API_KEY: &[SettingSpec] =
    &[SettingSpec::key("api_key", "API key of an account, from https://www.virustotal.com/gui/my-apikey.")];
/// The public tier; it has 500 a day as well.
pub(super) const LIMIT: Limit = Limit::per_minute(4);

static SPEC: ProviderSpec = ProviderSpec {
    name: Cow::Borrowed("virustotal"),
    account: Cow::Borrowed("virustotal"),
    summary: Cow::Borrowed("How many antivirus engines and block lists hold an indicator for malicious or suspicious."),
    docs: Cow::Borrowed("https://docs.virustotal.com/reference/overview"),
    base_url: Cow::Borrowed(BASE_URL),
    types: Cow::Borrowed(&[IocType::Url, IocType::Domain, IocType::Ipv4, IocType::Ipv6, IocType::Md5, IocType::Sha1, IocType::Sha256]),
    settings: Cow::Borrowed(API_KEY),
    limit: Some(LIMIT),
    msticpy_name: "VirusTotal",
    ..ProviderSpec::DEFAULT
};

/// The collection that an indicator is in.
pub(super) fn collection(kind: IocType) -> &'static str {
    match kind {
        IocType::Ipv4 | IocType::Ipv6 => "ip_addresses",
        IocType::Domain => "domains",
        IocType::Url => "urls",
        _ => "files",
    }
}

/// What an indicator is called there: a URL is its own base64url.
pub(super) fn object_id(ioc: Ioc<'_>) -> Cow<'_, str> {
    if ioc.kind == IocType::Url { Cow::Owned(URL_SAFE_NO_PAD.encode(ioc.value)) } else { Cow::Borrowed(ioc.value) }
}

/// The request for an object, or for what is below it.
pub(super) fn request(ioc: Ioc<'_>, below: &str) -> Request {
    Request::get(format!("/api/v3/{}/", collection(ioc.kind)))
        .segment(&object_id(ioc))
        .path(below)
        .header("x-apikey", setting("api_key"))
        .header("accept", "application/json")
}

/// The page for people. `id` is VirusTotal's own, which for a URL is a digest.
fn page(kind: IocType, id: &str) -> Option<String> {
    let is_plain = id.bytes().all(|b| b.is_ascii_alphanumeric() || b".:-_".contains(&b));
    let place = match kind {
        IocType::Ipv4 | IocType::Ipv6 => "ip-address",
        IocType::Domain => "domain",
        IocType::Url => "url",
        _ => "file",
    };
    is_plain.then(|| format!("{BASE_URL}/gui/{place}/{id}"))
}

#[derive(Deserialize)]
struct Answer {
    #[serde(default, deserialize_with = "or_none")]
    data: Option<Object>,
}

#[derive(Deserialize)]
struct Object {
    #[serde(default)]
    id: Text,
    #[serde(default, deserialize_with = "or_default")]
    attributes: Attributes,
}

/// The attributes of all kinds of objects.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Attributes {
    #[serde(default, deserialize_with = "or_none")]
    last_analysis_stats: Option<Counts>,
    last_analysis_date: Number,
    reputation: Number,
    tags: List<Text>,
    #[serde(deserialize_with = "or_default")]
    total_votes: Votes,
    // addresses
    country: Text,
    asn: Number,
    as_owner: Text,
    network: Text,
    // domains
    registrar: Text,
    creation_date: Number,
    #[serde(deserialize_with = "or_default")]
    categories: Map<String, Value>,
    // URLs
    title: Text,
    last_final_url: Text,
    threat_names: List<Text>,
    // files
    meaningful_name: Text,
    type_description: Text,
    size: Number,
    sha256: Text,
    names: List<Text>,
    first_submission_date: Number,
    last_submission_date: Number,
    #[serde(deserialize_with = "or_default")]
    popular_threat_classification: Threat,
    #[serde(deserialize_with = "or_default")]
    signature_info: Signature,
}

#[derive(Clone, Copy, Default, Deserialize)]
#[serde(default)]
pub(super) struct Counts {
    malicious: Number,
    suspicious: Number,
    harmless: Number,
    undetected: Number,
    timeout: Number,
}

impl Counts {
    /// Those that said malicious or suspicious: what version 2 called positives.
    pub(super) fn positives(self) -> f64 {
        self.malicious.0.unwrap_or(0.0) + self.suspicious.0.unwrap_or(0.0)
    }

    /// Those that said something.
    pub(super) fn engines(self) -> f64 {
        self.positives() + [self.harmless, self.undetected, self.timeout].iter().filter_map(|count| count.0).sum::<f64>()
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Votes {
    harmless: Number,
    malicious: Number,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Threat {
    suggested_threat_label: Text,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Signature {
    verified: Text,
    signers: Text,
}

/// The different values of an object, in the order of their keys.
fn values(fields: Map<String, Value>) -> List<Text> {
    let mut kept: Vec<Text> = fields.into_iter().filter_map(|(_, value)| serde_json::from_value(value).ok()).collect();
    kept.sort_by(|a, b| a.0.cmp(&b.0));
    kept.dedup();
    let count = kept.len();
    kept.truncate(super::answer::MOST_ELEMENTS);
    List { kept, count }
}

impl TiProvider for VirusTotal {
    fn spec(&self) -> &ProviderSpec {
        &SPEC
    }

    fn request(&self, ioc: Ioc<'_>) -> Request {
        request(ioc, "")
    }

    fn verdict(&self, ioc: Ioc<'_>, response: &Response) -> Result<Verdict, DecodeError> {
        if response.status == 404 {
            return Ok(Verdict::unknown());
        }
        let Answer { data: Some(Object { id, attributes }) } = object(response)? else { return Err(missing("data")) };
        let counts = attributes.last_analysis_stats.ok_or_else(|| missing("data.attributes.last_analysis_stats"))?;
        let id = id.0.unwrap_or_else(|| object_id(ioc).into_owned());
        let link = page(ioc.kind, &id);
        // It keeps objects that no engine has looked at yet.
        if counts.engines() == 0.0 {
            return Ok(Verdict::unknown().link(link));
        }
        let positives = counts.positives();
        let severity = if positives > 1.0 {
            Severity::High
        } else if positives > 0.0 {
            Severity::Warning
        } else {
            Severity::Information
        };
        let is_verified = Flag(attributes.signature_info.verified.as_str().map(|verified| verified.eq_ignore_ascii_case("signed")));
        Ok(Verdict::of(severity)
            .score(positives)
            .detail("detections", format!("{positives}/{}", counts.engines()))
            .detail("malicious", counts.malicious)
            .detail("suspicious", counts.suspicious)
            .detail("threat_label", attributes.popular_threat_classification.suggested_threat_label)
            .list("threat_names", attributes.threat_names)
            .detail("reputation", attributes.reputation)
            .detail("votes_malicious", attributes.total_votes.malicious)
            .detail("votes_harmless", attributes.total_votes.harmless)
            .list("tags", attributes.tags)
            .list("categories", values(attributes.categories))
            .detail("last_analysis", time_of_seconds(attributes.last_analysis_date))
            .detail("first_seen", time_of_seconds(attributes.first_submission_date))
            .detail("last_seen", time_of_seconds(attributes.last_submission_date))
            .detail("country", attributes.country)
            .detail("asn", attributes.asn)
            .detail("as_org", attributes.as_owner)
            .detail("network", attributes.network)
            .detail("registrar", attributes.registrar)
            .detail("created", time_of_seconds(attributes.creation_date))
            .detail("title", attributes.title)
            .detail("final_url", attributes.last_final_url)
            .detail("name", attributes.meaningful_name)
            .list("names", attributes.names)
            .detail("file_type", attributes.type_description)
            .detail("size", attributes.size)
            .detail("sha256", attributes.sha256)
            .detail("signature_verified", is_verified)
            .detail("signers", attributes.signature_info.signers)
            .link(link))
    }
}
