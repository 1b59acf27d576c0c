//! AlienVault OTX, passive DNS: which names had which addresses, and when.

use super::{API_KEY, BASE_URL, DOCS, LIMIT};
use crate::http::{DecodeError, Request, Response};
use crate::ti::answer::{List, Text, object};
use crate::ti::provider::{Ioc, ProviderSpec, TiProvider};
use crate::ti::verdict::{Severity, Verdict};
use huntsql_kernels::ioc::IocType;
use serde::Deserialize;
use serde_json::{Value, json};
use std::borrow::Cow;

/// The section `passive_dns`.
pub(in crate::ti) struct PassiveDns;

/// The one value.
pub(in crate::ti) static PASSIVE_DNS: PassiveDns = PassiveDns;

static SPEC: ProviderSpec = ProviderSpec {
    name: Cow::Borrowed("otx/passive_dns"),
    account: Cow::Borrowed("otx"),
    summary: Cow::Borrowed("Names that an address had, or addresses that a name had, and when; no judgement."),
    docs: Cow::Borrowed(DOCS),
    base_url: Cow::Borrowed(BASE_URL),
    types: Cow::Borrowed(&[IocType::Domain, IocType::Ipv4, IocType::Ipv6]),
    settings: Cow::Borrowed(API_KEY),
    limit: Some(LIMIT),
    ..ProviderSpec::DEFAULT
};

#[derive(Deserialize)]
struct Answer {
    passive_dns: List<Record>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Record {
    hostname: Text,
    address: Text,
    record_type: Text,
    first: Text,
    last: Text,
}

impl TiProvider for PassiveDns {
    fn spec(&self) -> &ProviderSpec {
        &SPEC
    }

    fn request(&self, ioc: Ioc<'_>) -> Request {
        super::request(ioc, "passive_dns")
    }

    fn verdict(&self, ioc: Ioc<'_>, response: &Response) -> Result<Verdict, DecodeError> {
        if response.status == 404 {
            return Ok(Verdict::unknown());
        }
        let Answer { passive_dns } = object(response)?;
        if passive_dns.count == 0 {
            return Ok(Verdict::unknown());
        }
        let record = |record: Record| -> Value {
            json!({"host_name": record.hostname.0, "address": record.address.0, "type": record.record_type.0,
                "first_seen": record.first.0, "last_seen": record.last.0})
        };
        Ok(Verdict::of(Severity::Information).list("records", passive_dns.map(record)).reference(super::page(ioc)))
    }
}
