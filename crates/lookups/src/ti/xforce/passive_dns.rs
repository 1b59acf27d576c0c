//! IBM X-Force Exchange, DNS: which names had which addresses, and when.

use super::{BASE_URL, DOCS, LIMIT, SETTINGS, page, request};
use crate::http::{DecodeError, Request, Response};
use crate::ti::answer::{List, Text, object, or_default};
use crate::ti::provider::{Ioc, ProviderSpec, TiProvider};
use crate::ti::verdict::{Severity, Verdict};
use huntsql_kernels::ioc::IocType;
use serde::Deserialize;
use serde_json::{Value, json};
use std::borrow::Cow;

/// Current and passive DNS.
pub(in crate::ti) struct PassiveDns;

/// The one value.
pub(in crate::ti) static PASSIVE_DNS: PassiveDns = PassiveDns;

static SPEC: ProviderSpec = ProviderSpec {
    name: Cow::Borrowed("xforce/passive_dns"),
    account: Cow::Borrowed("xforce"),
    summary: Cow::Borrowed("Names that an address had, or addresses that a name had, and when; no judgement."),
    docs: Cow::Borrowed(DOCS),
    base_url: Cow::Borrowed(BASE_URL),
    types: Cow::Borrowed(&[IocType::Domain, IocType::Ipv4, IocType::Ipv6]),
    settings: Cow::Borrowed(SETTINGS),
    limit: Some(LIMIT),
    ..ProviderSpec::DEFAULT
};

#[derive(Default, Deserialize)]
#[serde(default)]
struct Answer {
    #[serde(rename = "Passive", deserialize_with = "or_default")]
    passive: Passive,
    #[serde(rename = "A")]
    a: List<Text>,
    #[serde(rename = "AAAA")]
    aaaa: List<Text>,
    #[serde(rename = "RDNS")]
    rdns: List<Text>,
    #[serde(rename = "MX")]
    mx: List<Value>,
    #[serde(rename = "NS")]
    ns: List<Text>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Passive {
    records: List<Record>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Record {
    value: Text,
    record_type: Text,
    first: Text,
    last: Text,
}

/// The host of a mail exchanger, which is an object or a text.
fn exchange(value: Value) -> Text {
    let host = match value {
        Value::Object(mut fields) => fields.remove("exchange").unwrap_or_default(),
        other => other,
    };
    serde_json::from_value(host).unwrap_or_default()
}

impl TiProvider for PassiveDns {
    fn spec(&self) -> &ProviderSpec {
        &SPEC
    }

    fn request(&self, ioc: Ioc<'_>) -> Request {
        request("/resolve/", ioc)
    }

    fn verdict(&self, ioc: Ioc<'_>, response: &Response) -> Result<Verdict, DecodeError> {
        if response.status == 404 {
            return Ok(Verdict::unknown());
        }
        let answer: Answer = object(response)?;
        let record = |record: Record| -> Value {
            json!({"value": record.value.0, "type": record.record_type.0, "first_seen": record.first.0, "last_seen": record.last.0})
        };
        let said = Verdict::of(Severity::Information)
            .list("records", answer.passive.records.map(record))
            .list("a", answer.a)
            .list("aaaa", answer.aaaa)
            .list("reverse", answer.rdns)
            .list("mx", answer.mx.map(exchange))
            .list("ns", answer.ns);
        Ok(if said.details.is_empty() { Verdict::unknown() } else { said.reference(page(ioc)) })
    }
}
