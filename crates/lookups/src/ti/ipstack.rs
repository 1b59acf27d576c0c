//! IPStack: where an address is and whose network it is in, asked online.

use super::answer::{Flag, Number, Text, object, or_default};
use super::provider::{Ioc, Limit, ProviderSpec, SettingSpec, TiProvider};
use super::verdict::{Severity, Verdict};
use crate::http::{DecodeError, Request, Response, setting};
use huntsql_kernels::ioc::IocType;
use serde::Deserialize;
use std::borrow::Cow;
use std::time::Duration;

/// The standard look-up.
pub(super) struct IpStack;

/// The one value.
pub(super) static IPSTACK: IpStack = IpStack;

/// Its name in SQL.
pub(crate) const NAME: &str = "ipstack";

const MONTH: Duration = Duration::from_secs(30 * 24 * 60 * 60);

static SPEC: ProviderSpec = ProviderSpec {
    name: Cow::Borrowed(NAME),
    account: Cow::Borrowed(NAME),
    summary: Cow::Borrowed("Where an address is and whose network it is in; no judgement. What `geoip_online` asks."),
    docs: Cow::Borrowed("https://docs.apilayer.com/ipstack/docs/api-documentation"),
    base_url: Cow::Borrowed("https://api.ipstack.com"),
    types: Cow::Borrowed(&[IocType::Ipv4, IocType::Ipv6]),
    settings: Cow::Borrowed(&[SettingSpec::key("api_key", "API access key of an account; it is a part of the URL, which is never shown.")]),
    limit: Some(Limit { requests: 100, per: MONTH }),
    ttl: Duration::from_secs(7 * 24 * 60 * 60),
    msticpy_name: "IPStack",
    ..ProviderSpec::DEFAULT
};

#[derive(Default, Deserialize)]
#[serde(default)]
struct Answer {
    success: Flag,
    #[serde(deserialize_with = "or_default")]
    error: Refused,
    hostname: Text,
    continent_code: Text,
    continent_name: Text,
    country_code: Text,
    country_name: Text,
    region_code: Text,
    region_name: Text,
    city: Text,
    zip: Text,
    latitude: Number,
    longitude: Number,
    #[serde(deserialize_with = "or_default")]
    time_zone: Zone,
    #[serde(deserialize_with = "or_default")]
    connection: Connection,
    #[serde(deserialize_with = "or_default")]
    security: Security,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Refused {
    #[serde(rename = "type")]
    kind: Text,
    info: Text,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Zone {
    id: Text,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Connection {
    asn: Number,
    isp: Text,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Security {
    is_proxy: Flag,
    is_tor: Flag,
    anonymizer_status: Text,
    threat_level: Text,
    hosting_facility: Flag,
}

impl TiProvider for IpStack {
    fn spec(&self) -> &ProviderSpec {
        &SPEC
    }

    fn request(&self, ioc: Ioc<'_>) -> Request {
        Request::get("/").segment(ioc.value).query("access_key", setting("api_key"))
    }

    fn verdict(&self, ioc: Ioc<'_>, response: &Response) -> Result<Verdict, DecodeError> {
        if response.status == 404 {
            return Ok(Verdict::unknown());
        }
        let answer: Answer = object(response)?;
        // A wrong key and a used quota come with status 200.
        if answer.success.0 == Some(false) {
            let why = answer.error.info.or(answer.error.kind).0;
            return Err(DecodeError(why.unwrap_or_else(|| "the provider says that it did not succeed".to_owned())));
        }
        if answer.country_code.as_str().is_none() && answer.latitude.0.is_none() && answer.connection.asn.0.is_none() {
            return Ok(Verdict::unknown());
        }
        let Security { is_proxy, is_tor, anonymizer_status, threat_level, hosting_facility } = answer.security;
        Ok(Verdict::of(Severity::Information)
            .detail("country", answer.country_code)
            .detail("country_name", answer.country_name)
            .detail("continent", answer.continent_code)
            .detail("continent_name", answer.continent_name)
            .detail("region", answer.region_code)
            .detail("region_name", answer.region_name)
            .detail("city", answer.city)
            .detail("postal_code", answer.zip)
            .detail("latitude", answer.latitude)
            .detail("longitude", answer.longitude)
            .detail("time_zone", answer.time_zone.id)
            .detail("asn", answer.connection.asn)
            .detail("isp", answer.connection.isp)
            .detail("host_name", Some(answer.hostname).filter(|name| !name.is(ioc.value)).unwrap_or_default())
            .detail("proxy", is_proxy)
            .detail("tor", is_tor)
            .detail("hosting", hosting_facility)
            .detail("anonymizer", anonymizer_status)
            .detail("threat_level", threat_level))
    }
}
