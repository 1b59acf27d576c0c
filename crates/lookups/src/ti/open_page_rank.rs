//! Open PageRank: how well known a domain is.

use super::answer::{List, Number, Text, missing, object, required};
use super::provider::{Ioc, Limit, ProviderSpec, SettingSpec, TiProvider};
use super::verdict::{Found, Severity, Verdict};
use crate::http::{DecodeError, Request, Response, setting};
use huntsql_kernels::ioc::IocType;
use serde::Deserialize;
use std::borrow::Cow;
use std::time::Duration;

/// The rank of one domain.
pub(super) struct OpenPageRank;

/// The one value.
pub(super) static OPEN_PAGE_RANK: OpenPageRank = OpenPageRank;

static SPEC: ProviderSpec = ProviderSpec {
    name: Cow::Borrowed("open_page_rank"),
    account: Cow::Borrowed("open_page_rank"),
    summary: Cow::Borrowed("How well known a domain is, from 0 to 10; a domain without a rank is worth a look."),
    docs: Cow::Borrowed("https://www.domcop.com/openpagerank/documentation"),
    base_url: Cow::Borrowed("https://openpagerank.com"),
    types: Cow::Borrowed(&[IocType::Domain]),
    settings: Cow::Borrowed(&[SettingSpec::key("api_key", "API key, from https://www.domcop.com/openpagerank.")]),
    limit: Some(Limit { requests: 10_000, per: Duration::from_secs(60 * 60) }),
    // Ranks change every few months.
    ttl: Duration::from_secs(7 * 24 * 60 * 60),
    msticpy_name: "OPR",
    ..ProviderSpec::DEFAULT
};

#[derive(Deserialize)]
struct Answer {
    #[serde(default)]
    response: List<Record>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Record {
    status_code: Number,
    error: Text,
    page_rank_decimal: Number,
    rank: Number,
}

impl TiProvider for OpenPageRank {
    fn spec(&self) -> &ProviderSpec {
        &SPEC
    }

    fn request(&self, ioc: Ioc<'_>) -> Request {
        // The parameter is called `domains[0]`.
        Request::get("/api/v1.0/getPageRank").query("domains%5B0%5D", ioc.value).header("api-opr", setting("api_key"))
    }

    fn verdict(&self, _: Ioc<'_>, response: &Response) -> Result<Verdict, DecodeError> {
        if response.status == 404 {
            return Ok(Verdict::unknown());
        }
        let Answer { response } = object(response)?;
        let Some(record) = response.kept.into_iter().next() else { return Err(missing("response")) };
        let status = required(record.status_code, "response[0].status_code")?;
        if status == 404.0 {
            // MSTICPy's rule: what nobody links to is worth a look. That it is known to be bad is not said.
            let said = Verdict { found: Found::Unknown, severity: Severity::Warning, ..Verdict::unknown() };
            return Ok(said.detail("error", record.error));
        }
        if status != 200.0 {
            return Err(DecodeError(record.error.0.unwrap_or_else(|| format!("status {status} for the domain"))));
        }
        Ok(Verdict::of(Severity::Information)
            .score(record.page_rank_decimal.0)
            .detail("page_rank", record.page_rank_decimal)
            .detail("rank", record.rank))
    }
}
