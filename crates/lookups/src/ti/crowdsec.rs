//! CrowdSec: what the sensors of its users saw an address do.

use super::answer::{List, Number, Text, object, or_default, required};
use super::provider::{Ioc, Limit, ProviderSpec, SettingSpec, TiProvider};
use super::verdict::{Severity, Verdict};
use crate::http::{DecodeError, Request, Response, setting};
use huntsql_kernels::ioc::IocType;
use serde::Deserialize;
use std::borrow::Cow;

/// The "smoke" look-up.
pub(super) struct CrowdSec;

/// The one value.
pub(super) static CROWDSEC: CrowdSec = CrowdSec;

static SPEC: ProviderSpec = ProviderSpec {
    name: Cow::Borrowed("crowdsec"),
    account: Cow::Borrowed("crowdsec"),
    summary: Cow::Borrowed("What the sensors of CrowdSec's users saw an address do."),
    docs: Cow::Borrowed("https://docs.crowdsec.net/u/cti_api/intro"),
    base_url: Cow::Borrowed("https://cti.api.crowdsec.net"),
    types: Cow::Borrowed(&[IocType::Ipv4, IocType::Ipv6]),
    settings: Cow::Borrowed(&[SettingSpec::key("api_key", "CTI API key, from the settings of https://app.crowdsec.net.")]),
    limit: Some(Limit::per_day(50)),
    msticpy_name: "CrowdSec",
    ..ProviderSpec::DEFAULT
};

#[derive(Deserialize)]
#[serde(default)]
#[derive(Default)]
struct Answer {
    reputation: Text,
    confidence: Text,
    background_noise_score: Number,
    as_name: Text,
    as_num: Number,
    ip_range: Text,
    reverse_dns: Text,
    behaviors: List<Named>,
    attack_details: List<Named>,
    mitre_techniques: List<Named>,
    cves: List<Text>,
    #[serde(deserialize_with = "or_default")]
    location: Location,
    #[serde(deserialize_with = "or_default")]
    history: History,
    #[serde(deserialize_with = "or_default")]
    classifications: Classifications,
    #[serde(deserialize_with = "or_default")]
    scores: Scores,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Named {
    name: Text,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Location {
    country: Text,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct History {
    first_seen: Text,
    last_seen: Text,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Classifications {
    false_positives: List<Named>,
    classifications: List<Named>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Scores {
    #[serde(deserialize_with = "or_default")]
    overall: Score,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Score {
    total: Number,
}

fn names(list: List<Named>) -> List<Text> {
    list.map(|named| named.name)
}

impl TiProvider for CrowdSec {
    fn spec(&self) -> &ProviderSpec {
        &SPEC
    }

    fn request(&self, ioc: Ioc<'_>) -> Request {
        Request::get("/v2/smoke/").segment(ioc.value).header("x-api-key", setting("api_key"))
    }

    fn verdict(&self, ioc: Ioc<'_>, response: &Response) -> Result<Verdict, DecodeError> {
        if response.status == 404 {
            return Ok(Verdict::unknown());
        }
        let answer: Answer = object(response)?;
        let score = required(answer.scores.overall.total, "scores.overall.total")?;
        let severity = if score <= 2.0 {
            Severity::Information
        } else if score <= 3.0 {
            Severity::Warning
        } else {
            Severity::High
        };
        Ok(Verdict::of(severity)
            .score(score)
            .detail("reputation", answer.reputation)
            .detail("confidence", answer.confidence)
            .detail("background_noise", answer.background_noise_score)
            .list("behaviors", names(answer.behaviors))
            .list("attacks", names(answer.attack_details))
            .list("techniques", names(answer.mitre_techniques))
            .list("cves", answer.cves)
            .list("classifications", names(answer.classifications.classifications))
            .list("false_positives", names(answer.classifications.false_positives))
            .detail("first_seen", answer.history.first_seen)
            .detail("last_seen", answer.history.last_seen)
            .detail("country", answer.location.country)
            .detail("asn", answer.as_num)
            .detail("as_org", answer.as_name)
            .detail("network", answer.ip_range)
            .detail("reverse_dns", answer.reverse_dns)
            .reference(format!("https://app.crowdsec.net/cti/{}", ioc.value)))
    }
}
