//! urlscan.io: scans of web pages that others asked for. Nothing is scanned by asking here.

use super::answer::{Flag, Link, List, Number, Text, missing, object, or_default};
use super::provider::{Ioc, Limit, ProviderSpec, SettingSpec, TiProvider};
use super::verdict::{Severity, Verdict};
use crate::http::{DecodeError, Request, Response, setting};
use huntsql_kernels::ioc::IocType;
use serde::Deserialize;
use std::borrow::Cow;

/// The search.
pub(super) struct UrlScan;

/// The one value.
pub(super) static URLSCAN: UrlScan = UrlScan;

static SPEC: ProviderSpec = ProviderSpec {
    name: Cow::Borrowed("urlscan"),
    account: Cow::Borrowed("urlscan"),
    summary: Cow::Borrowed("Public scans of web pages at a URL, name or address, or that loaded a file; nothing is scanned."),
    docs: Cow::Borrowed("https://docs.urlscan.io/apis/urlscan-openapi/search"),
    base_url: Cow::Borrowed("https://urlscan.io"),
    types: Cow::Borrowed(&[IocType::Url, IocType::Domain, IocType::Ipv4, IocType::Ipv6, IocType::Sha256]),
    settings: Cow::Borrowed(&[SettingSpec::optional_key(
        "api_key",
        "API key of an account, from https://urlscan.io/user/profile; without one fewer searches are answered.",
    )]),
    limit: Some(Limit::per_minute(30)),
    ..ProviderSpec::DEFAULT
};

#[derive(Deserialize)]
struct Answer {
    #[serde(default)]
    total: Number,
    #[serde(default)]
    results: List<Scan>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Scan {
    result: Link,
    #[serde(rename = "_id")]
    id: Text,
    #[serde(deserialize_with = "or_default")]
    task: Task,
    #[serde(deserialize_with = "or_default")]
    page: Page,
    #[serde(deserialize_with = "or_default")]
    verdicts: Verdicts,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Task {
    time: Text,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Page {
    url: Text,
    title: Text,
    ip: Text,
    server: Text,
    country: Text,
    asn: Text,
    asnname: Text,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Verdicts {
    malicious: Flag,
    score: Number,
}

/// A term of its search language: quoted, so that nothing in the indicator means something there.
fn quoted(value: &str) -> String {
    let mut term = String::from("\"");
    for c in value.chars() {
        if matches!(c, '"' | '\\') {
            term.push('\\');
        }
        term.push(c);
    }
    term.push('"');
    term
}

impl TiProvider for UrlScan {
    fn spec(&self) -> &ProviderSpec {
        &SPEC
    }

    fn request(&self, ioc: Ioc<'_>) -> Request {
        let field = match ioc.kind {
            IocType::Url => "page.url.keyword",
            IocType::Domain => "page.domain",
            IocType::Sha256 => "hash",
            _ => "page.ip",
        };
        Request::get("/api/v1/search/")
            .query("q", format!("{field}:{}", quoted(ioc.value)))
            .query("size", "20")
            .header("api-key", setting("api_key"))
    }

    fn verdict(&self, _: Ioc<'_>, response: &Response) -> Result<Verdict, DecodeError> {
        if response.status == 404 {
            return Ok(Verdict::unknown());
        }
        let Answer { total, results } = object(response)?;
        let total = super::answer::required(total, "total")?;
        let Some(newest) = results.kept.first() else {
            return if total == 0.0 { Ok(Verdict::unknown()) } else { Err(missing("results")) };
        };
        let malicious = results.iter().filter(|scan| scan.verdicts.malicious.is_set()).count();
        let score = results.iter().filter_map(|scan| scan.verdicts.score.0).reduce(f64::max);
        let id = newest.id.as_str().filter(|id| id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-'));
        let page = id.map(|id| format!("https://urlscan.io/result/{id}/")).or_else(|| newest.result.0.clone());
        // One malicious page on a host of many does not make the host: it is worth a look, most of the pages are more than that.
        let severity = match malicious {
            0 => Severity::Information,
            many if many * 2 > results.kept.len() => Severity::High,
            _ => Severity::Warning,
        };
        let said = Verdict::of(severity)
            .score(score)
            .detail("scans", Number(Some(total)))
            .detail("malicious", malicious)
            .detail("last_scan", newest.task.time.clone())
            .detail("title", newest.page.title.clone())
            .detail("address", newest.page.ip.clone())
            .detail("server", newest.page.server.clone())
            .detail("country", newest.page.country.clone())
            .detail("asn", newest.page.asn.clone())
            .detail("as_org", newest.page.asnname.clone());
        Ok(said.list("urls", results.map(|scan| scan.page.url)).link(page))
    }
}
