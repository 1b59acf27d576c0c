//! Feodo Tracker of abuse.ch: command and control servers of botnets.

use super::answer::{Number, Text};
use super::provider::{Ioc, Limit, ProviderSpec, TiProvider};
use super::verdict::{Severity, Verdict};
use crate::http::{DecodeError, Request, Response};
use huntsql_kernels::ioc::IocType;
use serde::Deserialize;
use std::borrow::Cow;
use std::collections::HashMap;
use std::time::Duration;

/// The block list.
pub(super) struct FeodoTracker;

/// The one value.
pub(super) static FEODOTRACKER: FeodoTracker = FeodoTracker;

static SPEC: ProviderSpec = ProviderSpec {
    name: Cow::Borrowed("feodotracker"),
    account: Cow::Borrowed("feodotracker"),
    summary: Cow::Borrowed("Whether an address is a command and control server of a botnet (Dridex, Emotet, QakBot and others)."),
    docs: Cow::Borrowed("https://feodotracker.abuse.ch/blocklist/"),
    base_url: Cow::Borrowed("https://feodotracker.abuse.ch"),
    types: Cow::Borrowed(&[IocType::Ipv4]),
    limit: Some(Limit::per_minute(1)),
    is_list: true,
    ttl: Duration::from_secs(60 * 60),
    ..ProviderSpec::DEFAULT
};

#[derive(Default, Deserialize)]
#[serde(default)]
struct Server {
    ip_address: Text,
    port: Number,
    status: Text,
    hostname: Text,
    as_number: Number,
    as_name: Text,
    country: Text,
    first_seen: Text,
    last_online: Text,
    malware: Text,
}

impl TiProvider for FeodoTracker {
    fn spec(&self) -> &ProviderSpec {
        &SPEC
    }

    fn request(&self, _: Ioc<'_>) -> Request {
        Request::get("/downloads/ipblocklist.json")
    }

    fn verdict(&self, ioc: Ioc<'_>, response: &Response) -> Result<Verdict, DecodeError> {
        self.verdicts(&[ioc], response).map(|mut said| said.pop().unwrap_or_else(Verdict::unknown))
    }

    fn verdicts(&self, iocs: &[Ioc<'_>], response: &Response) -> Result<Vec<Verdict>, DecodeError> {
        if response.status == 404 {
            return Err(DecodeError("not the list of Feodo Tracker".to_owned()));
        }
        // In quiet months the list is empty; what is no list is an error.
        let servers: Vec<Server> = response.json()?;
        if !servers.is_empty() && servers.iter().all(|server| server.ip_address.as_str().is_none()) {
            return Err(super::answer::missing("[0].ip_address"));
        }
        let by_address: HashMap<&str, &Server> =
            servers.iter().filter_map(|server| server.ip_address.as_str().map(|address| (address, server))).collect();
        let verdict = |ioc: &Ioc<'_>| match by_address.get(ioc.value) {
            None => Verdict::of(Severity::Information),
            Some(server) => Verdict::of(Severity::High)
                .detail("malware", server.malware.clone())
                .detail("port", server.port)
                .detail("status", server.status.clone())
                .detail("first_seen", server.first_seen.clone())
                .detail("last_online", server.last_online.clone())
                .detail("host_name", server.hostname.clone())
                .detail("country", server.country.clone())
                .detail("asn", server.as_number)
                .detail("as_org", server.as_name.clone())
                .reference(format!("https://feodotracker.abuse.ch/browse/host/{}/", ioc.value)),
        };
        Ok(iocs.iter().map(verdict).collect())
    }
}
