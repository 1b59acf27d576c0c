//! Pulsedive: risk of an indicator, with the reasons.

use super::answer::{List, Number, Text, missing, object};
use super::provider::{Ioc, Limit, ProviderSpec, SettingSpec, TiProvider};
use super::verdict::{Severity, Verdict};
use crate::http::{DecodeError, Request, Response, setting};
use huntsql_kernels::ioc::IocType;
use serde::Deserialize;
use std::borrow::Cow;

/// The look-up of one indicator; nothing is scanned for it.
pub(super) struct Pulsedive;

/// The one value.
pub(super) static PULSEDIVE: Pulsedive = Pulsedive;

static SPEC: ProviderSpec = ProviderSpec {
    name: Cow::Borrowed("pulsedive"),
    account: Cow::Borrowed("pulsedive"),
    summary: Cow::Borrowed("Risk of an indicator, its reasons, and the threats and feeds that it belongs to."),
    docs: Cow::Borrowed("https://pulsedive.com/api/indicators"),
    base_url: Cow::Borrowed("https://pulsedive.com"),
    types: Cow::Borrowed(&[IocType::Url, IocType::Domain, IocType::Ipv4, IocType::Ipv6]),
    settings: Cow::Borrowed(&[SettingSpec::optional_key(
        "api_key",
        "API key, from https://pulsedive.com/account; without one fewer look-ups a day are answered.",
    )]),
    limit: Some(Limit::per_minute(30)),
    msticpy_name: "Pulsedive",
    ..ProviderSpec::DEFAULT
};

#[derive(Default, Deserialize)]
#[serde(default)]
struct Answer {
    error: Text,
    iid: Number,
    risk: Text,
    retired: Text,
    stamp_added: Text,
    stamp_seen: Text,
    stamp_updated: Text,
    riskfactors: List<Described>,
    threats: List<Named>,
    feeds: List<Named>,
    comments: List<Comment>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Described {
    description: Text,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Named {
    name: Text,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Comment {
    comment: Text,
}

impl TiProvider for Pulsedive {
    fn spec(&self) -> &ProviderSpec {
        &SPEC
    }

    fn request(&self, ioc: Ioc<'_>) -> Request {
        Request::get("/api/info.php").query("indicator", ioc.value).query("key", setting("api_key"))
    }

    fn verdict(&self, _: Ioc<'_>, response: &Response) -> Result<Verdict, DecodeError> {
        if response.status == 404 {
            return Ok(Verdict::unknown());
        }
        let answer: Answer = object(response)?;
        if let Some(error) = answer.error.as_str() {
            // Older answers say with status 200 that there is nothing.
            let is_unknown = error.to_ascii_lowercase().contains("not found");
            return if is_unknown { Ok(Verdict::unknown()) } else { Err(DecodeError(error.to_owned())) };
        }
        let risk = answer.risk.as_str().ok_or_else(|| missing("risk"))?.to_ascii_lowercase();
        // "none" is a judgement, "unknown" is the lack of one.
        let severity = match risk.as_str() {
            "critical" | "high" => Severity::High,
            "medium" => Severity::Warning,
            "none" | "very low" | "low" => Severity::Information,
            _ => Severity::Unknown,
        };
        let page = answer.iid.0.map(|iid| format!("https://pulsedive.com/indicator/?iid={iid}"));
        Ok(Verdict::of(severity)
            .detail("risk", risk)
            .list("risk_factors", answer.riskfactors.map(|factor| factor.description))
            .list("threats", answer.threats.map(|threat| threat.name))
            .list("feeds", answer.feeds.map(|feed| feed.name))
            .list("comments", answer.comments.map(|comment| comment.comment))
            .detail("retired", answer.retired)
            .detail("first_seen", answer.stamp_added)
            .detail("last_seen", answer.stamp_seen)
            .detail("updated", answer.stamp_updated)
            .link(page))
    }
}
