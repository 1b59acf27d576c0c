//! IntSights, now Rapid7 Threat Command: severity, actors and campaigns of an indicator.

use super::answer::{Flag, List, Number, Text, missing, object};
use super::provider::{Ioc, ProviderSpec, SettingSpec, TiProvider};
use super::verdict::{Severity, Verdict};
use crate::http::{DecodeError, Request, Response, setting};
use huntsql_kernels::ioc::IocType;
use serde::Deserialize;
use serde_json::Value;
use std::borrow::Cow;

/// An indicator by its value.
pub(super) struct IntSights;

/// The one value.
pub(super) static INTSIGHTS: IntSights = IntSights;

static SPEC: ProviderSpec = ProviderSpec {
    name: Cow::Borrowed("intsights"),
    account: Cow::Borrowed("intsights"),
    summary: Cow::Borrowed("Severity, actors, malware and campaigns of an indicator, from Rapid7 Threat Command."),
    docs: Cow::Borrowed("https://docs.rapid7.com/threat-command/api/"),
    base_url: Cow::Borrowed("https://api.ti.insight.rapid7.com"),
    types: Cow::Borrowed(&[
        IocType::Url,
        IocType::Email,
        IocType::Domain,
        IocType::Ipv4,
        IocType::Ipv6,
        IocType::Md5,
        IocType::Sha1,
        IocType::Sha256,
    ]),
    settings: Cow::Borrowed(&[
        SettingSpec::required("api_id", "Account id, from the subscription page of Threat Command."),
        SettingSpec::key("api_key", "API key, from the same page."),
    ]),
    msticpy_name: "IntSights",
    ..ProviderSpec::DEFAULT
};

/// The versions of the API write the same names in different case, and some of them differently.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Answer {
    #[serde(alias = "Value")]
    value: Text,
    #[serde(alias = "Whitelist", alias = "whitelisted", alias = "isWhitelisted")]
    whitelist: Flag,
    #[serde(alias = "Severity")]
    severity: Text,
    #[serde(alias = "Score")]
    score: Number,
    #[serde(alias = "Geolocation")]
    geolocation: Text,
    #[serde(alias = "FirstSeen")]
    first_seen: Text,
    #[serde(alias = "LastSeen")]
    last_seen: Text,
    #[serde(alias = "LastUpdate", alias = "lastUpdate")]
    last_update_date: Text,
    #[serde(alias = "Tags")]
    tags: List<Text>,
    #[serde(alias = "SystemTags")]
    system_tags: List<Text>,
    #[serde(alias = "RelatedMalware")]
    related_malware: List<Text>,
    #[serde(alias = "RelatedCampaigns")]
    related_campaigns: List<Text>,
    #[serde(alias = "RelatedThreatActors")]
    related_threat_actors: List<Text>,
    #[serde(alias = "Sources", alias = "sources")]
    reported_feeds: List<Value>,
}

/// The name of a source, which is an object or a text.
fn source(value: Value) -> Value {
    let name = match &value {
        Value::Object(fields) => fields.get("name").or_else(|| fields.get("Name")).cloned().unwrap_or_default(),
        _ => value,
    };
    serde_json::from_value::<Text>(name).map_or(Value::Null, Value::from)
}

impl TiProvider for IntSights {
    fn spec(&self) -> &ProviderSpec {
        &SPEC
    }

    fn request(&self, ioc: Ioc<'_>) -> Request {
        Request::get("/public/v3/iocs/ioc-by-value")
            .query("iocValue", ioc.value)
            .basic(setting("api_id"), setting("api_key"))
            .header("accept", "application/json")
    }

    fn verdict(&self, _: Ioc<'_>, response: &Response) -> Result<Verdict, DecodeError> {
        // 204 without a body is its "not found".
        if response.status == 404 || response.status == 204 {
            return Ok(Verdict::unknown());
        }
        let answer: Answer = object(response)?;
        if answer.value.as_str().is_none() && answer.severity.as_str().is_none() {
            return Err(missing("severity"));
        }
        let severity = match answer.severity.as_str().map(str::to_ascii_lowercase).as_deref() {
            _ if answer.whitelist.is_set() => Severity::Information,
            Some("high" | "critical") => Severity::High,
            Some("medium") => Severity::Warning,
            Some("low") => Severity::Information,
            _ => Severity::Unknown,
        };
        Ok(Verdict::of(severity)
            .score(answer.score.0)
            .detail("severity", answer.severity)
            .detail("whitelisted", answer.whitelist)
            .list("actors", answer.related_threat_actors)
            .list("malware", answer.related_malware)
            .list("campaigns", answer.related_campaigns)
            .list("tags", answer.tags)
            .list("system_tags", answer.system_tags)
            .list("sources", answer.reported_feeds.map(source))
            .detail("geolocation", answer.geolocation)
            .detail("first_seen", answer.first_seen)
            .detail("last_seen", answer.last_seen)
            .detail("updated", answer.last_update_date))
    }
}
