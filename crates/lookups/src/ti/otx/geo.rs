//! AlienVault OTX, geography: where an address or the host of a name is.

use super::{API_KEY, BASE_URL, DOCS, LIMIT};
use crate::http::{DecodeError, Request, Response};
use crate::ti::answer::{Number, Text, object};
use crate::ti::provider::{Ioc, ProviderSpec, TiProvider};
use crate::ti::verdict::{Severity, Verdict};
use huntsql_kernels::ioc::IocType;
use serde::Deserialize;
use std::borrow::Cow;
use std::time::Duration;

/// The section `geo`.
pub(in crate::ti) struct Geo;

/// The one value.
pub(in crate::ti) static GEO: Geo = Geo;

static SPEC: ProviderSpec = ProviderSpec {
    name: Cow::Borrowed("otx/geo"),
    account: Cow::Borrowed("otx"),
    summary: Cow::Borrowed("Where an address, or the host behind a name, is; no judgement."),
    docs: Cow::Borrowed(DOCS),
    base_url: Cow::Borrowed(BASE_URL),
    types: Cow::Borrowed(&[IocType::Domain, IocType::Ipv4, IocType::Ipv6]),
    settings: Cow::Borrowed(API_KEY),
    limit: Some(LIMIT),
    ttl: Duration::from_secs(7 * 24 * 60 * 60),
    ..ProviderSpec::DEFAULT
};

#[derive(Default, Deserialize)]
#[serde(default)]
struct Answer {
    asn: Text,
    country_code: Text,
    country_name: Text,
    continent_code: Text,
    region: Text,
    city: Text,
    postal_code: Text,
    latitude: Number,
    longitude: Number,
}

impl TiProvider for Geo {
    fn spec(&self) -> &ProviderSpec {
        &SPEC
    }

    fn request(&self, ioc: Ioc<'_>) -> Request {
        super::request(ioc, "geo")
    }

    fn verdict(&self, ioc: Ioc<'_>, response: &Response) -> Result<Verdict, DecodeError> {
        if response.status == 404 {
            return Ok(Verdict::unknown());
        }
        let answer: Answer = object(response)?;
        if answer.country_code.as_str().is_none() && answer.asn.as_str().is_none() {
            return Ok(Verdict::unknown());
        }
        Ok(Verdict::of(Severity::Information)
            .detail("country", answer.country_code)
            .detail("country_name", answer.country_name)
            .detail("continent", answer.continent_code)
            .detail("region", answer.region)
            .detail("city", answer.city)
            .detail("postal_code", answer.postal_code)
            .detail("latitude", answer.latitude)
            .detail("longitude", answer.longitude)
            .detail("asn", answer.asn)
            .reference(super::page(ioc)))
    }
}
