//! Tor: the addresses from which the network's traffic leaves.

use super::answer::cut;
use super::provider::{Ioc, Limit, ProviderSpec, TiProvider};
use super::verdict::{Severity, Verdict};
use crate::http::{DecodeError, Request, Response};
use huntsql_kernels::ioc::IocType;
use std::borrow::Cow;
use std::collections::HashMap;
use std::time::Duration;

/// The list of exit addresses.
pub(super) struct Tor;

/// The one value.
pub(super) static TOR: Tor = Tor;

static SPEC: ProviderSpec = ProviderSpec {
    name: Cow::Borrowed("tor"),
    account: Cow::Borrowed("tor"),
    summary: Cow::Borrowed("Whether traffic of the Tor network leaves from an address."),
    docs: Cow::Borrowed("https://metrics.torproject.org/collector.html#type-tordnsel"),
    base_url: Cow::Borrowed("https://check.torproject.org"),
    // The list has no IPv6 address: that one is not in it says nothing.
    types: Cow::Borrowed(&[IocType::Ipv4]),
    limit: Some(Limit::per_minute(1)),
    is_list: true,
    ttl: Duration::from_secs(60 * 60),
    msticpy_name: "Tor",
    ..ProviderSpec::DEFAULT
};

/// A relay, as the lines about it say.
#[derive(Clone, Copy)]
struct Exit<'t> {
    node: &'t str,
    last_status: &'t str,
    seen: &'t str,
}

/// The exits by address.
fn exits(list: &str) -> HashMap<&str, Exit<'_>> {
    let mut exits = HashMap::new();
    let (mut node, mut last_status) = ("", "");
    for line in list.lines() {
        let Some((name, rest)) = line.trim().split_once(' ') else { continue };
        match name {
            "ExitNode" => (node, last_status) = (rest, ""),
            "LastStatus" => last_status = rest,
            "ExitAddress" => {
                let (address, seen) = rest.split_once(' ').unwrap_or((rest, ""));
                exits.insert(address, Exit { node, last_status, seen });
            }
            _ => {}
        }
    }
    exits
}

impl TiProvider for Tor {
    fn spec(&self) -> &ProviderSpec {
        &SPEC
    }

    fn request(&self, _: Ioc<'_>) -> Request {
        Request::get("/exit-addresses")
    }

    fn verdict(&self, ioc: Ioc<'_>, response: &Response) -> Result<Verdict, DecodeError> {
        self.verdicts(&[ioc], response).map(|mut said| said.pop().unwrap_or_else(Verdict::unknown))
    }

    fn verdicts(&self, iocs: &[Ioc<'_>], response: &Response) -> Result<Vec<Verdict>, DecodeError> {
        let list = response.text();
        let exits = exits(&list);
        // There are always hundreds: no list is an error, not the end of Tor.
        if response.status == 404 || exits.is_empty() {
            return Err(DecodeError("not a list of Tor's exit addresses".to_owned()));
        }
        let verdict = |ioc: &Ioc<'_>| match exits.get(ioc.value) {
            None => Verdict::of(Severity::Information),
            Some(Exit { node, last_status, seen }) => Verdict::of(Severity::Warning)
                .detail("node_id", cut(node))
                .detail("last_status", cut(last_status))
                .detail("last_seen", cut(seen))
                .reference(format!("https://metrics.torproject.org/rs.html#search/{}", ioc.value)),
        };
        Ok(iocs.iter().map(verdict).collect())
    }
}
