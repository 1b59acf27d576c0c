//! GreyNoise, context: all that is known about a scanner. Needs a paid account.

use super::{API_KEY, BASE_URL};
use crate::http::{DecodeError, Request, Response, setting};
use crate::ti::answer::{Flag, List, Number, Text, missing, object, or_default};
use crate::ti::provider::{Ioc, ProviderSpec, TiProvider};
use crate::ti::verdict::Verdict;
use huntsql_kernels::ioc::IocType;
use serde::Deserialize;
use std::borrow::Cow;

/// The noise context.
pub(in crate::ti) struct Context;

/// The one value.
pub(in crate::ti) static CONTEXT: Context = Context;

static SPEC: ProviderSpec = ProviderSpec {
    name: Cow::Borrowed("greynoise/context"),
    account: Cow::Borrowed("greynoise"),
    summary: Cow::Borrowed("What is known about an address that scans the internet: actor, tags, ports, operating system."),
    docs: Cow::Borrowed("https://docs.greynoise.io/reference/noisecontextip-1"),
    base_url: Cow::Borrowed(BASE_URL),
    types: Cow::Borrowed(&[IocType::Ipv4]),
    settings: Cow::Borrowed(API_KEY),
    ..ProviderSpec::DEFAULT
};

#[derive(Default, Deserialize)]
#[serde(default)]
struct Answer {
    seen: Flag,
    classification: Text,
    first_seen: Text,
    last_seen: Text,
    actor: Text,
    tags: List<Text>,
    cve: List<Text>,
    vpn: Flag,
    vpn_service: Text,
    bot: Flag,
    spoofable: Flag,
    #[serde(deserialize_with = "or_default")]
    metadata: Metadata,
    #[serde(deserialize_with = "or_default")]
    raw_data: RawData,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Metadata {
    asn: Text,
    organization: Text,
    category: Text,
    country_code: Text,
    city: Text,
    rdns: Text,
    os: Text,
    tor: Flag,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct RawData {
    scan: List<Scan>,
    #[serde(deserialize_with = "or_default")]
    web: Web,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Scan {
    port: Number,
    protocol: Text,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Web {
    paths: List<Text>,
    useragents: List<Text>,
}

fn port(scan: Scan) -> Text {
    Text(scan.port.0.map(|port| format!("{port}/{}", scan.protocol.as_str().unwrap_or("?").to_lowercase())))
}

impl TiProvider for Context {
    fn spec(&self) -> &ProviderSpec {
        &SPEC
    }

    fn request(&self, ioc: Ioc<'_>) -> Request {
        Request::get("/v2/noise/context/").segment(ioc.value).header("key", setting("api_key"))
    }

    fn verdict(&self, ioc: Ioc<'_>, response: &Response) -> Result<Verdict, DecodeError> {
        if response.status == 404 {
            return Ok(Verdict::unknown());
        }
        let answer: Answer = object(response)?;
        if answer.seen.0.ok_or_else(|| missing("seen"))? {
            return Ok(Verdict::of(super::severity(&answer.classification))
                .detail("classification", answer.classification)
                .detail("actor", answer.actor)
                .list("tags", answer.tags)
                .list("cves", answer.cve)
                .detail("vpn", answer.vpn)
                .detail("vpn_service", answer.vpn_service)
                .detail("tor", answer.metadata.tor)
                .detail("bot", answer.bot)
                .detail("spoofable", answer.spoofable)
                .list("ports", answer.raw_data.scan.map(port))
                .list("paths", answer.raw_data.web.paths)
                .list("user_agents", answer.raw_data.web.useragents)
                .detail("os", answer.metadata.os)
                .detail("category", answer.metadata.category)
                .detail("organization", answer.metadata.organization)
                .detail("asn", answer.metadata.asn)
                .detail("country", answer.metadata.country_code)
                .detail("city", answer.metadata.city)
                .detail("reverse_dns", answer.metadata.rdns)
                .detail("first_seen", answer.first_seen)
                .detail("last_seen", answer.last_seen)
                .reference(super::page(ioc)));
        }
        Ok(Verdict::unknown())
    }
}
