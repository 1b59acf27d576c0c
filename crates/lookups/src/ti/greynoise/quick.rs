//! GreyNoise, quick: noise or not, a common business service or not; no judgement.

use super::{API_KEY, BASE_URL};
use crate::http::{DecodeError, Request, Response, setting};
use crate::ti::answer::{Flag, Text, missing, object};
use crate::ti::provider::{Ioc, ProviderSpec, TiProvider};
use crate::ti::verdict::{Severity, Verdict};
use huntsql_kernels::ioc::IocType;
use serde::Deserialize;
use std::borrow::Cow;

/// The quick check.
pub(in crate::ti) struct Quick;

/// The one value.
pub(in crate::ti) static QUICK: Quick = Quick;

static SPEC: ProviderSpec = ProviderSpec {
    name: Cow::Borrowed("greynoise/quick"),
    account: Cow::Borrowed("greynoise"),
    summary: Cow::Borrowed("Whether an address scans the internet or belongs to a common business service; no judgement."),
    docs: Cow::Borrowed("https://docs.greynoise.io/reference/quickcheck"),
    base_url: Cow::Borrowed(BASE_URL),
    types: Cow::Borrowed(&[IocType::Ipv4]),
    settings: Cow::Borrowed(API_KEY),
    ..ProviderSpec::DEFAULT
};

#[derive(Default, Deserialize)]
#[serde(default)]
struct Answer {
    noise: Flag,
    riot: Flag,
    code: Text,
}

impl TiProvider for Quick {
    fn spec(&self) -> &ProviderSpec {
        &SPEC
    }

    fn request(&self, ioc: Ioc<'_>) -> Request {
        Request::get("/v2/noise/quick/").segment(ioc.value).header("key", setting("api_key"))
    }

    fn verdict(&self, ioc: Ioc<'_>, response: &Response) -> Result<Verdict, DecodeError> {
        if response.status == 404 {
            return Ok(Verdict::unknown());
        }
        let answer: Answer = object(response)?;
        let is_noise = answer.noise.0.ok_or_else(|| missing("noise"))?;
        if !is_noise && !answer.riot.is_set() {
            return Ok(Verdict::unknown());
        }
        Ok(Verdict::of(Severity::Information)
            .detail("noise", answer.noise)
            .detail("riot", answer.riot)
            .detail("code", answer.code)
            .reference(super::page(ioc)))
    }
}
