//! GreyNoise: who scans the whole internet. The community API.

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

static SPEC: ProviderSpec = ProviderSpec {
    name: Cow::Borrowed("greynoise"),
    account: Cow::Borrowed("greynoise"),
    summary: Cow::Borrowed("Whether an address scans the whole internet, or belongs to a common business service."),
    docs: Cow::Borrowed("https://docs.greynoise.io/reference/get_v3-community-ip"),
    base_url: Cow::Borrowed("https://api.greynoise.io"),
    types: Cow::Borrowed(&[IocType::Ipv4]),
    settings: Cow::Borrowed(&[SettingSpec::optional_key(
        "api_key",
        "API key of an account; without one a few look-ups a day are answered.",
    )]),
    limit: Some(Limit::per_minute(60)),
    msticpy_name: "GreyNoise",
    ..ProviderSpec::DEFAULT
};

#[derive(Deserialize)]
struct Answer {
    #[serde(default)]
    noise: bool,
    #[serde(default)]
    riot: bool,
    classification: Option<String>,
    name: Option<String>,
    link: Option<String>,
    last_seen: Option<String>,
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
        let answer: Answer = response.json()?;
        let severity = match answer.classification.as_deref() {
            Some("malicious") => Severity::High,
            Some("suspicious") => Severity::Warning,
            _ => Severity::Information,
        };
        let mut said = Verdict::of(severity)
            .detail("classification", answer.classification)
            .detail("name", answer.name)
            .detail("noise", answer.noise)
            .detail("riot", answer.riot)
            .detail("last_seen", answer.last_seen);
        said.reference = answer.link;
        Ok(said)
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
