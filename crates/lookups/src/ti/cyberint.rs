//! Cyberint: malicious score of an indicator and what was seen of it.

use super::answer::{Flag, List, Number, Text, missing, object, or_default, or_none};
use super::provider::{Ioc, ProviderSpec, SettingSpec, TiProvider};
use super::verdict::{Severity, Verdict};
use crate::http::{DecodeError, Request, Response, setting};
use huntsql_kernels::ioc::IocType;
use serde::Deserialize;
use std::borrow::Cow;

/// The enrichment of one indicator.
pub(super) struct Cyberint;

/// The one value.
pub(super) static CYBERINT: Cyberint = Cyberint;

static SPEC: ProviderSpec = ProviderSpec {
    name: Cow::Borrowed("cyberint"),
    account: Cow::Borrowed("cyberint"),
    summary: Cow::Borrowed("Malicious score of an indicator, and the activities that were seen of it."),
    docs: Cow::Borrowed("https://cyberint.com"),
    base_url: Cow::Borrowed("https://{instance}.cyberint.io"),
    types: Cow::Borrowed(&[IocType::Url, IocType::Domain, IocType::Ipv4, IocType::Sha256]),
    settings: Cow::Borrowed(&[
        SettingSpec::key("api_key", "API access token of the Argos portal."),
        SettingSpec::required("instance", "Name of the instance: the first part of the portal's host name."),
    ]),
    msticpy_name: "Cyberint",
    ..ProviderSpec::DEFAULT
};

#[derive(Deserialize)]
struct Answer {
    #[serde(default, deserialize_with = "or_none")]
    data: Option<Data>,
}

#[derive(Deserialize)]
struct Data {
    #[serde(default, deserialize_with = "or_default")]
    risk: Risk,
    #[serde(default, deserialize_with = "or_default")]
    enrichment: Enrichment,
    #[serde(default)]
    benign: Flag,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Risk {
    malicious_score: Number,
    occurrences_count: Number,
    detected_activities: List<Activity>,
    related_entities: List<Entity>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Activity {
    #[serde(rename = "type")]
    kind: Text,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Entity {
    entity_name: Text,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Enrichment {
    #[serde(deserialize_with = "or_default")]
    geo: Geo,
    #[serde(deserialize_with = "or_default")]
    asn: Asn,
    ips: List<Text>,
    hostnames: List<Text>,
    filenames: List<Text>,
    download_urls: List<Text>,
    suspicious_urls: List<Text>,
    suspicious_domains: List<Text>,
    first_seen: Text,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Geo {
    country: Text,
    city: Text,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Asn {
    number: Number,
    organization: Text,
}

impl TiProvider for Cyberint {
    fn spec(&self) -> &ProviderSpec {
        &SPEC
    }

    fn request(&self, ioc: Ioc<'_>) -> Request {
        let path = match ioc.kind {
            IocType::Ipv4 => "/ioc/api/v1/ipv4",
            IocType::Domain => "/ioc/api/v1/domain",
            IocType::Url => "/ioc/api/v1/url",
            _ => "/ioc/api/v1/file/sha256",
        };
        Request::get(path)
            .query("value", ioc.value)
            .header("cookie", crate::http::Text::from("access_token=").and(setting("api_key")))
            .header("accept", "application/json")
    }

    fn verdict(&self, _: Ioc<'_>, response: &Response) -> Result<Verdict, DecodeError> {
        if response.status == 404 {
            return Ok(Verdict::unknown());
        }
        let Answer { data: Some(Data { risk, enrichment, benign }) } = object(response)? else { return Err(missing("data")) };
        // Without a risk there is nothing that it knows.
        let Some(score) = risk.malicious_score.0 else { return Ok(Verdict::unknown().detail("benign", benign)) };
        let severity = if score > 50.0 {
            Severity::High
        } else if score > 0.0 {
            Severity::Warning
        } else {
            Severity::Information
        };
        Ok(Verdict::of(severity)
            .score(score)
            .detail("benign", benign)
            .list("activities", risk.detected_activities.map(|activity| activity.kind))
            .detail("occurrences", risk.occurrences_count)
            .list("related", risk.related_entities.map(|entity| entity.entity_name))
            .detail("first_seen", enrichment.first_seen)
            .detail("country", enrichment.geo.country)
            .detail("city", enrichment.geo.city)
            .detail("asn", enrichment.asn.number)
            .detail("as_org", enrichment.asn.organization)
            .list("addresses", enrichment.ips)
            .list("host_names", enrichment.hostnames)
            .list("file_names", enrichment.filenames)
            .list("download_urls", enrichment.download_urls)
            .list("suspicious_urls", enrichment.suspicious_urls)
            .list("suspicious_domains", enrichment.suspicious_domains))
    }
}
