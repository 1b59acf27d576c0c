//! AbuseIPDB: what administrators report about addresses.

use super::answer::{Flag, List, Number, Text, object, or_default, required};
use super::provider::{Ioc, Limit, ProviderSpec, SettingSpec, TiProvider};
use super::verdict::{Severity, Verdict};
use crate::http::{DecodeError, Request, Response, setting};
use huntsql_kernels::ioc::IocType;
use serde::Deserialize;
use std::borrow::Cow;

/// The check of one address.
pub(super) struct AbuseIpDb;

/// The one value.
pub(super) static ABUSEIPDB: AbuseIpDb = AbuseIpDb;

/// Reports older than this do not count; AbuseIPDB's own page shows the same span.
const DAYS: &str = "90";

static SPEC: ProviderSpec = ProviderSpec {
    name: Cow::Borrowed("abuseipdb"),
    account: Cow::Borrowed("abuseipdb"),
    summary: Cow::Borrowed("What administrators reported about an address in the last 90 days."),
    docs: Cow::Borrowed("https://docs.abuseipdb.com/#check-endpoint"),
    base_url: Cow::Borrowed("https://api.abuseipdb.com"),
    types: Cow::Borrowed(&[IocType::Ipv4, IocType::Ipv6]),
    settings: Cow::Borrowed(&[SettingSpec::key("api_key", "API key of an account, from https://www.abuseipdb.com/account/api.")]),
    limit: Some(Limit::per_day(1000)),
    msticpy_name: "AbuseIPDB",
    ..ProviderSpec::DEFAULT
};

#[derive(Deserialize)]
struct Answer {
    #[serde(default, deserialize_with = "or_default")]
    data: Data,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Data {
    abuse_confidence_score: Number,
    total_reports: Number,
    num_distinct_users: Number,
    last_reported_at: Text,
    country_code: Text,
    usage_type: Text,
    isp: Text,
    domain: Text,
    hostnames: List<Text>,
    is_tor: Flag,
    is_whitelisted: Flag,
}

impl TiProvider for AbuseIpDb {
    fn spec(&self) -> &ProviderSpec {
        &SPEC
    }

    fn request(&self, ioc: Ioc<'_>) -> Request {
        Request::get("/api/v2/check")
            .query("ipAddress", ioc.value)
            .query("maxAgeInDays", DAYS)
            .header("key", setting("api_key"))
            .header("accept", "application/json")
    }

    fn verdict(&self, ioc: Ioc<'_>, response: &Response) -> Result<Verdict, DecodeError> {
        if response.status == 404 {
            return Ok(Verdict::unknown());
        }
        let Answer { data } = object(response)?;
        let score = required(data.abuse_confidence_score, "data.abuseConfidenceScore")?;
        let severity = if score > 50.0 {
            Severity::High
        } else if score > 0.0 {
            Severity::Warning
        } else {
            Severity::Information
        };
        Ok(Verdict::of(severity)
            .score(score)
            .detail("reports", data.total_reports)
            .detail("reporters", data.num_distinct_users)
            .detail("last_reported", data.last_reported_at)
            .detail("country", data.country_code)
            .detail("usage", data.usage_type)
            .detail("isp", data.isp)
            .detail("domain", data.domain)
            .list("host_names", data.hostnames)
            .detail("tor", data.is_tor)
            .detail("whitelisted", data.is_whitelisted)
            .reference(format!("https://www.abuseipdb.com/check/{}", ioc.value)))
    }
}
