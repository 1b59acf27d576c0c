//! GreyNoise: who scans the whole internet. The community API.

pub(super) mod context;
pub(super) mod quick;

use super::answer::{Flag, Link, Text, missing, object};
use super::provider::{Ioc, Limit, ProviderSpec, SettingSpec, TiProvider};
use super::verdict::{Severity, Verdict};
use crate::http::{DecodeError, Request, Response, setting};
use huntsql_kernels::ioc::IocType;
use serde::Deserialize;
use std::borrow::Cow;

/// The community API.
pub(super) struct GreyNoise;

/// The one value.
pub(super) static GREYNOISE: GreyNoise = GreyNoise;

const BASE_URL: &str = "https://api.greynoise.io";
/// Context and quick check are for accounts only.
const API_KEY: &[SettingSpec] = &[SettingSpec::key("api_key", "API key of a paid account; the community API does without.")];

/// The page for people.
fn page(ioc: Ioc<'_>) -> String {
    format!("https://viz.greynoise.io/ip/{}", ioc.value)
}

fn severity(classification: &Text) -> Severity {
    match classification.as_str() {
        Some("malicious") => Severity::High,
        Some("suspicious") => Severity::Warning,
        _ => Severity::Information,
    }
}

static SPEC: ProviderSpec = ProviderSpec {
    name: Cow::Borrowed("greynoise"),
    account: Cow::Borrowed("greynoise"),
    summary: Cow::Borrowed("Whether an address scans the whole internet, or belongs to a common business service."),
    docs: Cow::Borrowed("https://docs.greynoise.io/reference/get_v3-community-ip"),
    base_url: Cow::Borrowed(BASE_URL),
    types: Cow::Borrowed(&[IocType::Ipv4]),
    settings: Cow::Borrowed(&[SettingSpec::optional_key(
        "api_key",
        "API key of an account; without one a few look-ups a day are answered.",
    )]),
    limit: Some(Limit::per_day(50)),
    msticpy_name: "GreyNoise",
    ..ProviderSpec::DEFAULT
};

#[derive(Default, Deserialize)]
#[serde(default)]
struct Answer {
    noise: Flag,
    riot: Flag,
    classification: Text,
    name: Text,
    link: Link,
    last_seen: Text,
}

impl TiProvider for GreyNoise {
    fn spec(&self) -> &ProviderSpec {
        &SPEC
    }

    fn request(&self, ioc: Ioc<'_>) -> Request {
        Request::get("/v3/community/").segment(ioc.value).header("key", setting("api_key"))
    }

    fn verdict(&self, _: Ioc<'_>, response: &Response) -> Result<Verdict, DecodeError> {
        if response.status == 404 {
            return Ok(Verdict::unknown());
        }
        let answer: Answer = object(response)?;
        if answer.noise.0.is_none() && answer.classification.as_str().is_none() {
            return Err(missing("noise"));
        }
        Ok(Verdict::of(severity(&answer.classification))
            .detail("classification", answer.classification)
            .detail("name", answer.name)
            .detail("noise", answer.noise)
            .detail("riot", answer.riot)
            .detail("last_seen", answer.last_seen)
            .link(answer.link.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ti::Found;

    fn said(status: u16, body: &str) -> Result<Verdict, DecodeError> {
        let response = Response { status, body: body.as_bytes().to_vec() };
        GREYNOISE.verdict(Ioc { kind: IocType::Ipv4, value: "8.8.8.8" }, &response)
    }

    #[test]
    fn answers() {
        let request = GREYNOISE.request(Ioc { kind: IocType::Ipv4, value: "8.8.8.8" });
        assert_eq!((request.target().as_str(), request.settings()), ("/v3/community/8.8.8.8", vec!["api_key"]));
        let bad = said(
            200,
            r#"{"ip":"45.83.66.1","noise":true,"riot":false,"classification":"malicious","name":"unknown","link":"https://viz.greynoise.io/ip/45.83.66.1","last_seen":"2026-01-02","message":"Success"}"#,
        );
        let bad = bad.expect("an answer");
        assert_eq!((bad.found, bad.severity), (Found::Hit, Severity::High));
        assert_eq!(bad.reference.as_deref(), Some("https://viz.greynoise.io/ip/45.83.66.1"));
        let good = said(200, r#"{"noise":false,"riot":true,"classification":"benign","name":"Google Public DNS"}"#).expect("an answer");
        assert_eq!((good.found, good.severity), (Found::NoHit, Severity::Information));
        assert_eq!(said(404, r#"{"noise":false,"riot":false,"message":"IP not observed"}"#).map(|said| said.found), Ok(Found::Unknown));
        assert!(said(200, "<html>").is_err());
    }
}
