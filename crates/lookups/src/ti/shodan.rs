//! Shodan's InternetDB: open ports, names and known vulnerabilities of an address, without an account.

use super::answer::{Judge, Judged, List, Number, Text, object};
use super::provider::{Ioc, Limit, ProviderSpec, TiProvider};
use super::verdict::{Severity, Verdict};
use crate::http::{DecodeError, Request, Response};
use huntsql_kernels::ioc::IocType;
use serde::Deserialize;
use std::borrow::Cow;
use std::time::Duration;

/// InternetDB.
pub(super) struct Shodan;

/// The one value.
pub(super) static SHODAN: Shodan = Shodan;

/// Tags that say that somebody else is in control of the host.
const BAD_TAGS: &[&str] = &["c2", "compromised", "doublepulsar", "malware"];

static SPEC: ProviderSpec = ProviderSpec {
    name: Cow::Borrowed("shodan"),
    account: Cow::Borrowed("shodan"),
    summary: Cow::Borrowed("Open ports, names, software and known vulnerabilities of an address, from Shodan's InternetDB."),
    docs: Cow::Borrowed("https://internetdb.shodan.io"),
    base_url: Cow::Borrowed("https://internetdb.shodan.io"),
    types: Cow::Borrowed(&[IocType::Ipv4]),
    limit: Some(Limit::per_second(1)),
    // The database is made anew once a week.
    ttl: Duration::from_secs(3 * 24 * 60 * 60),
    ..ProviderSpec::DEFAULT
};

#[derive(Default, Deserialize)]
#[serde(default)]
struct Answer {
    ip: Text,
    ports: List<Number>,
    hostnames: List<Text>,
    tags: Judged<Text, IsBad>,
    vulns: List<Text>,
    cpes: List<Text>,
}

/// Whether any tag is one of those.
#[derive(Default)]
struct IsBad(bool);

impl Judge<Text> for IsBad {
    fn see(&mut self, tag: &Text) {
        self.0 |= BAD_TAGS.iter().any(|bad| tag.is(bad));
    }
}

impl TiProvider for Shodan {
    fn spec(&self) -> &ProviderSpec {
        &SPEC
    }

    fn request(&self, ioc: Ioc<'_>) -> Request {
        Request::get("/").segment(ioc.value)
    }

    fn verdict(&self, ioc: Ioc<'_>, response: &Response) -> Result<Verdict, DecodeError> {
        if response.status == 404 {
            return Ok(Verdict::unknown());
        }
        let answer: Answer = object(response)?;
        if answer.ip.as_str().is_none() {
            return Err(super::answer::missing("ip"));
        }
        Ok(Verdict::of(if answer.tags.judge.0 { Severity::High } else { Severity::Information })
            .list("ports", answer.ports)
            .list("host_names", answer.hostnames)
            .list("tags", answer.tags.list)
            .list("vulnerabilities", answer.vulns)
            .list("software", answer.cpes)
            .reference(format!("https://www.shodan.io/host/{}", ioc.value)))
    }
}
