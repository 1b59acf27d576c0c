//! BinaryEdge: what a scan of the internet saw at an address.

use super::answer::{List, Number, Text, missing, object, or_default};
use super::provider::{Ioc, Limit, ProviderSpec, SettingSpec, TiProvider};
use super::verdict::{Severity, Verdict};
use crate::http::{DecodeError, Request, Response, setting};
use huntsql_kernels::ioc::IocType;
use serde::Deserialize;
use serde_json::{Value, json};
use std::borrow::Cow;
use std::time::Duration;

/// Host query.
pub(super) struct BinaryEdge;

/// The one value.
pub(super) static BINARYEDGE: BinaryEdge = BinaryEdge;

static SPEC: ProviderSpec = ProviderSpec {
    name: Cow::Borrowed("binaryedge"),
    account: Cow::Borrowed("binaryedge"),
    summary: Cow::Borrowed("Open ports and services that a scan of the internet saw at an address; no judgement."),
    docs: Cow::Borrowed("https://docs.binaryedge.io/api-v2/"),
    base_url: Cow::Borrowed("https://api.binaryedge.io"),
    types: Cow::Borrowed(&[IocType::Ipv4, IocType::Ipv6]),
    settings: Cow::Borrowed(&[SettingSpec::key("api_key", "API token of an account.")]),
    limit: Some(Limit { requests: 250, per: Duration::from_secs(30 * 24 * 60 * 60) }),
    msticpy_name: "BinaryEdge",
    ..ProviderSpec::DEFAULT
};

#[derive(Deserialize)]
struct Answer {
    #[serde(default)]
    query: Text,
    #[serde(default)]
    events: List<Event>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Event {
    port: Number,
    results: List<Outcome>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Outcome {
    #[serde(deserialize_with = "or_default")]
    target: Target,
    #[serde(deserialize_with = "or_default")]
    result: Found,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Target {
    protocol: Text,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Found {
    #[serde(deserialize_with = "or_default")]
    data: Data,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Data {
    #[serde(deserialize_with = "or_default")]
    service: Service,
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
struct Service {
    name: Text,
    product: Text,
    version: Text,
    banner: Text,
}

/// What is known about the service behind a port: of several results the first that names one.
fn service(event: &Event) -> Value {
    let protocol = event.results.iter().find_map(|outcome| outcome.target.protocol.as_str());
    let service = event.results.iter().map(|outcome| &outcome.result.data.service).find(|service| service.name.as_str().is_some());
    let Service { name, product, version, banner } = service.cloned().unwrap_or_default();
    let fields = json!({"port": Value::from(event.port), "protocol": protocol, "name": name.0, "product": product.0, "version": version.0,
        "banner": banner.0});
    match fields {
        Value::Object(fields) => Value::Object(fields.into_iter().filter(|(_, value)| !value.is_null()).collect()),
        other => other,
    }
}

impl TiProvider for BinaryEdge {
    fn spec(&self) -> &ProviderSpec {
        &SPEC
    }

    fn request(&self, ioc: Ioc<'_>) -> Request {
        Request::get("/v2/query/ip/").segment(ioc.value).header("x-key", setting("api_key"))
    }

    fn verdict(&self, ioc: Ioc<'_>, response: &Response) -> Result<Verdict, DecodeError> {
        if response.status == 404 {
            return Ok(Verdict::unknown());
        }
        let answer: Answer = object(response)?;
        if answer.events.is_empty() {
            return if answer.query.as_str().is_some() { Ok(Verdict::unknown()) } else { Err(missing("events")) };
        }
        let ports = List { kept: answer.events.iter().map(|event| event.port).collect(), count: answer.events.count };
        Ok(Verdict::of(Severity::Information)
            .list("ports", ports)
            .list("services", answer.events.map(|event| service(&event)))
            .reference(format!("https://app.binaryedge.io/services/query/{}", ioc.value)))
    }
}
