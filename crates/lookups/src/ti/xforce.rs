//! IBM X-Force Exchange: risk of an indicator.

pub(super) mod malware;
pub(super) mod passive_dns;
pub(super) mod whois;

use super::answer::{List, Number, Text, keys, missing, object, or_default, or_none};
use super::provider::{Ioc, Limit, ProviderSpec, SettingSpec, TiProvider};
use super::verdict::{Severity, Verdict};
use crate::http::{DecodeError, Request, Response, setting};
use huntsql_kernels::ioc::IocType;
use serde::Deserialize;
use serde_json::{Map, Value};
use std::borrow::Cow;
use std::time::Duration;

/// Reputation of addresses, names, URLs and files.
pub(super) struct XForce;

/// The one value.
pub(super) static XFORCE: XForce = XForce;

const BASE_URL: &str = "https://api.xforce.ibmcloud.com";
const DOCS: &str = "https://api.xforce.ibmcloud.com/doc/";
const SETTINGS: &[SettingSpec] = &[
    SettingSpec::required("api_id", "API key (MSTICPy calls it ApiID), from the settings of https://exchange.xforce.ibmcloud.com."),
    SettingSpec::key("api_key", "API password (MSTICPy calls it AuthKey), shown once when the key is made."),
];
/// Five thousand a month.
const LIMIT: Limit = Limit { requests: 5000, per: Duration::from_secs(30 * 24 * 60 * 60) };

static SPEC: ProviderSpec = ProviderSpec {
    name: Cow::Borrowed("xforce"),
    account: Cow::Borrowed("xforce"),
    summary: Cow::Borrowed("Risk score and categories of an address, name or URL; family and risk of a file."),
    docs: Cow::Borrowed(DOCS),
    base_url: Cow::Borrowed(BASE_URL),
    types: Cow::Borrowed(&[IocType::Url, IocType::Domain, IocType::Ipv4, IocType::Ipv6, IocType::Md5, IocType::Sha1, IocType::Sha256]),
    settings: Cow::Borrowed(SETTINGS),
    limit: Some(LIMIT),
    msticpy_name: "XForce",
    ..ProviderSpec::DEFAULT
};

/// A request about `ioc` below `path`.
fn request(path: &str, ioc: Ioc<'_>) -> Request {
    Request::get(path).segment(ioc.value).basic(setting("api_id"), setting("api_key")).header("accept", "application/json")
}

/// The page for people.
fn page(ioc: Ioc<'_>) -> String {
    let kind = match ioc.kind {
        IocType::Ipv4 | IocType::Ipv6 => "ip",
        IocType::Domain | IocType::Url => "url",
        _ => "malware",
    };
    format!("https://exchange.xforce.ibmcloud.com{}", Request::get(format!("/{kind}/")).segment(ioc.value).target())
}

/// `result` is there for URLs and names, `malware` for files; an address has its fields at the top.
#[derive(Deserialize)]
struct Answer {
    #[serde(default, deserialize_with = "or_none")]
    result: Option<Report>,
    #[serde(default, deserialize_with = "or_none")]
    malware: Option<File>,
    #[serde(flatten)]
    report: Report,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Report {
    score: Number,
    #[serde(deserialize_with = "or_default")]
    cats: Map<String, Value>,
    reason: Text,
    #[serde(rename = "reasonDescription")]
    reason_description: Text,
    tags: List<Value>,
    #[serde(deserialize_with = "or_default")]
    geo: Geo,
    ip: Text,
    url: Text,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Geo {
    country: Text,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct File {
    risk: Text,
    family: List<Text>,
    #[serde(rename = "type")]
    kind: Text,
    created: Text,
    #[serde(deserialize_with = "or_default")]
    origins: Origins,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Origins {
    #[serde(deserialize_with = "or_default")]
    external: External,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct External {
    family: List<Text>,
    malware_type: Text,
    platform: Text,
    detection_coverage: Number,
    first_seen: Text,
    last_seen: Text,
}

/// The text of a tag, which is an object or a text.
fn tag(value: Value) -> Text {
    let name = match value {
        Value::Object(mut fields) => fields.remove("tag").unwrap_or_default(),
        other => other,
    };
    serde_json::from_value(name).unwrap_or_default()
}

impl TiProvider for XForce {
    fn spec(&self) -> &ProviderSpec {
        &SPEC
    }

    fn request(&self, ioc: Ioc<'_>) -> Request {
        match ioc.kind {
            IocType::Ipv4 | IocType::Ipv6 => request("/ipr/", ioc),
            IocType::Domain | IocType::Url => request("/url/", ioc),
            _ => request("/malware/", ioc),
        }
    }

    fn verdict(&self, ioc: Ioc<'_>, response: &Response) -> Result<Verdict, DecodeError> {
        if response.status == 404 {
            return Ok(Verdict::unknown());
        }
        let answer: Answer = object(response)?;
        if !matches!(ioc.kind, IocType::Ipv4 | IocType::Ipv6 | IocType::Domain | IocType::Url) {
            let file = answer.malware.ok_or_else(|| missing("malware"))?;
            let external = file.origins.external;
            return Ok(Verdict::of(Severity::High)
                .detail("risk", file.risk)
                .list("family", if file.family.is_empty() { external.family } else { file.family })
                .detail("type", if external.malware_type.as_str().is_some() { external.malware_type } else { file.kind })
                .detail("platform", external.platform)
                .detail("detection_coverage", external.detection_coverage)
                .detail("first_seen", if external.first_seen.as_str().is_some() { external.first_seen } else { file.created })
                .detail("last_seen", external.last_seen)
                .reference(page(ioc)));
        }
        let report = answer.result.unwrap_or(answer.report);
        let is_report = report.ip.as_str().is_some() || report.url.as_str().is_some() || report.score.0.is_some();
        if !is_report {
            return Err(missing("score"));
        }
        // It knows names that it has not rated: their score is null.
        let Some(score) = report.score.0 else {
            return Ok(Verdict::unknown().list("categories", keys(&report.cats)).reference(page(ioc)));
        };
        Ok(Verdict::of(Severity::of_score(score, 2.0, 5.0))
            .score(score)
            .list("categories", keys(&report.cats))
            .detail("reason", report.reason)
            .detail("reason_description", report.reason_description)
            .list("tags", report.tags.map(tag))
            .detail("country", report.geo.country)
            .reference(page(ioc)))
    }
}
