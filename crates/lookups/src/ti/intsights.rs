//! IntSights, now Rapid7 Threat Command: severity, actors and campaigns of an indicator.

use super::answer::{Fields, Flag, List, Number, Text, missing, object};
use super::provider::{Ioc, ProviderSpec, SettingSpec, TiProvider};
use super::verdict::{Severity, Verdict};
use crate::http::{DecodeError, Request, Response, setting};
use huntsql_kernels::ioc::IocType;
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
        // The versions of the API write the same names in different case, and some of them differently.
        let mut answer: Fields = object(response)?;
        let value: Text = answer.take(&["value", "Value"]);
        let stated: Text = answer.take(&["severity", "Severity"]);
        if value.as_str().is_none() && stated.as_str().is_none() {
            return Err(missing("severity"));
        }
        let whitelisted: Flag = answer.take(&["whitelist", "Whitelist", "whitelisted", "isWhitelisted"]);
        let severity = match stated.as_str().map(str::to_ascii_lowercase).as_deref() {
            _ if whitelisted.is_set() => Severity::Information,
            Some("high" | "critical") => Severity::High,
            Some("medium") => Severity::Warning,
            Some("low") => Severity::Information,
            _ => Severity::Unknown,
        };
        Ok(Verdict::of(severity)
            .score(answer.take::<Number>(&["score", "Score"]).0)
            .detail("severity", stated)
            .detail("whitelisted", whitelisted)
            .list("actors", answer.take::<List<Text>>(&["relatedThreatActors", "RelatedThreatActors"]))
            .list("malware", answer.take::<List<Text>>(&["relatedMalware", "RelatedMalware"]))
            .list("campaigns", answer.take::<List<Text>>(&["relatedCampaigns", "RelatedCampaigns"]))
            .list("tags", answer.take::<List<Text>>(&["tags", "Tags"]))
            .list("system_tags", answer.take::<List<Text>>(&["systemTags", "SystemTags"]))
            .list("sources", answer.take::<List<Value>>(&["reportedFeeds", "Sources", "sources"]).map(source))
            .detail("geolocation", answer.take::<Text>(&["geolocation", "Geolocation"]))
            .detail("first_seen", answer.take::<Text>(&["firstSeen", "FirstSeen"]))
            .detail("last_seen", answer.take::<Text>(&["lastSeen", "LastSeen"]))
            .detail("updated", answer.take::<Text>(&["lastUpdateDate", "LastUpdate", "lastUpdate"])))
    }
}
