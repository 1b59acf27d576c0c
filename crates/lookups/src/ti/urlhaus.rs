//! URLhaus of abuse.ch: from where malware is spread.

use super::abuse_ch::{AUTH_KEY, Found, found};
use super::answer::{Judge, Judged, Link, List, Number, Text, object, or_default};
use super::provider::{Ioc, Limit, ProviderSpec, TiProvider};
use super::verdict::{Severity, Verdict};
use crate::http::{DecodeError, Request, Response, setting};
use huntsql_kernels::ioc::IocType;
use serde::Deserialize;
use std::borrow::Cow;

/// URLs, hosts and payloads.
pub(super) struct UrlHaus;

/// The one value.
pub(super) static URLHAUS: UrlHaus = UrlHaus;

static SPEC: ProviderSpec = ProviderSpec {
    name: Cow::Borrowed("urlhaus"),
    account: Cow::Borrowed("abuse_ch"),
    summary: Cow::Borrowed("Whether malware is or was spread from a URL or a host, and from where a file was."),
    docs: Cow::Borrowed("https://urlhaus-api.abuse.ch"),
    base_url: Cow::Borrowed("https://urlhaus-api.abuse.ch"),
    types: Cow::Borrowed(&[IocType::Url, IocType::Domain, IocType::Ipv4, IocType::Md5, IocType::Sha256]),
    settings: Cow::Borrowed(AUTH_KEY),
    limit: Some(Limit::per_minute(60)),
    ..ProviderSpec::DEFAULT
};

/// The fields of all three kinds of answers.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Answer {
    query_status: Text,
    urlhaus_reference: Link,
    url_status: Text,
    threat: Text,
    date_added: Text,
    last_online: Text,
    firstseen: Text,
    lastseen: Text,
    reporter: Text,
    signature: Text,
    file_type: Text,
    file_size: Number,
    url_count: Number,
    tags: List<Text>,
    urls: Judged<Place, IsOnline>,
    payloads: List<Payload>,
    #[serde(deserialize_with = "or_default")]
    blacklists: Blacklists,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Place {
    url: Text,
    url_status: Text,
}

/// Whether any of them is still served.
#[derive(Default)]
struct IsOnline(bool);

impl Judge<Place> for IsOnline {
    fn see(&mut self, place: &Place) {
        self.0 |= place.url_status.is("online");
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Payload {
    signature: Text,
    response_sha256: Text,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Blacklists {
    spamhaus_dbl: Text,
    surbl: Text,
}

impl TiProvider for UrlHaus {
    fn spec(&self) -> &ProviderSpec {
        &SPEC
    }

    fn request(&self, ioc: Ioc<'_>) -> Request {
        let (path, field) = match ioc.kind {
            IocType::Url => ("/v1/url/", "url"),
            IocType::Md5 => ("/v1/payload/", "md5_hash"),
            IocType::Sha256 => ("/v1/payload/", "sha256_hash"),
            _ => ("/v1/host/", "host"),
        };
        Request::post(path).header("auth-key", setting("api_key")).form(field, ioc.value)
    }

    fn verdict(&self, ioc: Ioc<'_>, response: &Response) -> Result<Verdict, DecodeError> {
        if response.status == 404 {
            return Ok(Verdict::unknown());
        }
        let answer: Answer = object(response)?;
        if found(&answer.query_status)? == Found::No {
            return Ok(Verdict::unknown());
        }
        // Malware lies on hosts of others, too: a host is as bad as what it still serves.
        let is_host = matches!(ioc.kind, IocType::Domain | IocType::Ipv4);
        let is_online = answer.urls.judge.0;
        let severity = if is_host && !is_online { Severity::Warning } else { Severity::High };
        let signatures =
            List { kept: answer.payloads.iter().map(|payload| payload.signature.clone()).collect(), count: answer.payloads.count };
        Ok(Verdict::of(severity)
            .detail("threat", answer.threat)
            .detail("status", answer.url_status)
            .detail("online", is_host.then_some(is_online))
            .detail("signature", answer.signature)
            .detail("urls_known", answer.url_count)
            .list("urls", answer.urls.list.map(|place| place.url))
            .list("payload_signatures", signatures)
            .list("payload_sha256", answer.payloads.map(|payload| payload.response_sha256))
            .detail("file_type", answer.file_type)
            .detail("file_size", answer.file_size)
            .list("tags", answer.tags)
            .detail("spamhaus_dbl", answer.blacklists.spamhaus_dbl)
            .detail("surbl", answer.blacklists.surbl)
            .detail("first_seen", if answer.firstseen.as_str().is_some() { answer.firstseen } else { answer.date_added })
            .detail("last_seen", if answer.lastseen.as_str().is_some() { answer.lastseen } else { answer.last_online })
            .detail("reporter", answer.reporter)
            .link(answer.urlhaus_reference.0))
    }
}
