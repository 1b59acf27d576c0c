//! IPQualityScore: how likely an address is used for fraud.

use super::answer::{Flag, Number, Text, object, required};
use super::provider::{Ioc, Limit, ProviderSpec, SettingSpec, TiProvider};
use super::verdict::{Severity, Verdict};
use crate::http::{DecodeError, Request, Response, setting};
use huntsql_kernels::ioc::IocType;
use serde::Deserialize;
use std::borrow::Cow;

/// The reputation of an address.
pub(super) struct IpQualityScore;

/// The one value.
pub(super) static IPQUALITYSCORE: IpQualityScore = IpQualityScore;

static SPEC: ProviderSpec = ProviderSpec {
    name: Cow::Borrowed("ipqualityscore"),
    account: Cow::Borrowed("ipqualityscore"),
    summary: Cow::Borrowed("Fraud score of an address, and whether it is a proxy, a VPN, Tor, a bot or a phone."),
    docs: Cow::Borrowed("https://www.ipqualityscore.com/documentation/proxy-detection-api/overview"),
    base_url: Cow::Borrowed("https://www.ipqualityscore.com"),
    types: Cow::Borrowed(&[IocType::Ipv4, IocType::Ipv6]),
    settings: Cow::Borrowed(&[SettingSpec::key("api_key", "API key of an account; it is a part of the URL, which is never shown.")]),
    limit: Some(Limit::per_day(35)),
    msticpy_name: "IPQualityScore",
    ..ProviderSpec::DEFAULT
};

#[derive(Default, Deserialize)]
#[serde(default)]
struct Answer {
    success: Flag,
    message: Text,
    fraud_score: Number,
    country_code: Text,
    region: Text,
    city: Text,
    #[serde(rename = "ISP")]
    isp: Text,
    #[serde(rename = "isp")]
    small_isp: Text,
    #[serde(rename = "ASN")]
    asn: Number,
    #[serde(rename = "asn")]
    small_asn: Number,
    organization: Text,
    host: Text,
    latitude: Number,
    longitude: Number,
    connection_type: Text,
    abuse_velocity: Text,
    recent_abuse: Flag,
    bot_status: Flag,
    is_crawler: Flag,
    mobile: Flag,
    proxy: Flag,
    vpn: Flag,
    tor: Flag,
}

impl TiProvider for IpQualityScore {
    fn spec(&self) -> &ProviderSpec {
        &SPEC
    }

    fn request(&self, ioc: Ioc<'_>) -> Request {
        Request::get("/api/json/ip/").path(setting("api_key")).path("/").segment(ioc.value)
    }

    fn verdict(&self, ioc: Ioc<'_>, response: &Response) -> Result<Verdict, DecodeError> {
        if response.status == 404 {
            return Ok(Verdict::unknown());
        }
        let answer: Answer = object(response)?;
        // A wrong key and a used quota come with status 200.
        if answer.success.0 == Some(false) {
            return Err(DecodeError(answer.message.0.unwrap_or_else(|| "the provider says that it did not succeed".to_owned())));
        }
        let score = required(answer.fraud_score, "fraud_score")?;
        let severity = if score >= 80.0 {
            Severity::High
        } else if score > 50.0 {
            Severity::Warning
        } else {
            Severity::Information
        };
        Ok(Verdict::of(severity)
            .score(score)
            .detail("proxy", answer.proxy)
            .detail("vpn", answer.vpn)
            .detail("tor", answer.tor)
            .detail("bot", answer.bot_status)
            .detail("crawler", answer.is_crawler)
            .detail("mobile", answer.mobile)
            .detail("recent_abuse", answer.recent_abuse)
            .detail("abuse_velocity", answer.abuse_velocity)
            .detail("connection", answer.connection_type)
            .detail("country", answer.country_code)
            .detail("region", answer.region)
            .detail("city", answer.city)
            .detail("latitude", answer.latitude)
            .detail("longitude", answer.longitude)
            .detail("asn", answer.asn.or(answer.small_asn))
            .detail("isp", answer.isp.or(answer.small_isp))
            .detail("organization", answer.organization)
            .detail("host_name", answer.host)
            .reference(format!("https://www.ipqualityscore.com/free-ip-lookup-proxy-vpn-test/lookup/{}", ioc.value)))
    }
}
