//! IBM X-Force Exchange, whois: who registered a name or an address.

use super::{BASE_URL, DOCS, LIMIT, SETTINGS, page, request};
use crate::http::{DecodeError, Request, Response};
use crate::ti::answer::{List, Text, object};
use crate::ti::provider::{Ioc, ProviderSpec, TiProvider};
use crate::ti::verdict::{Severity, Verdict};
use huntsql_kernels::ioc::IocType;
use serde::Deserialize;
use serde_json::{Value, json};
use std::borrow::Cow;
use std::time::Duration;

/// The registration.
pub(in crate::ti) struct Whois;

/// The one value.
pub(in crate::ti) static WHOIS: Whois = Whois;

static SPEC: ProviderSpec = ProviderSpec {
    name: Cow::Borrowed("xforce/whois"),
    account: Cow::Borrowed("xforce"),
    summary: Cow::Borrowed("Registration of a name or an address; no judgement."),
    docs: Cow::Borrowed(DOCS),
    base_url: Cow::Borrowed(BASE_URL),
    types: Cow::Borrowed(&[IocType::Domain, IocType::Ipv4, IocType::Ipv6]),
    settings: Cow::Borrowed(SETTINGS),
    limit: Some(LIMIT),
    ttl: Duration::from_secs(7 * 24 * 60 * 60),
    ..ProviderSpec::DEFAULT
};

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Answer {
    created_date: Text,
    updated_date: Text,
    expires_date: Text,
    contact_email: Text,
    registrar_name: Text,
    contact: List<Contact>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Contact {
    #[serde(rename = "type")]
    role: Text,
    name: Text,
    organization: Text,
    country: Text,
}

impl TiProvider for Whois {
    fn spec(&self) -> &ProviderSpec {
        &SPEC
    }

    fn request(&self, ioc: Ioc<'_>) -> Request {
        request("/whois/", ioc)
    }

    fn verdict(&self, ioc: Ioc<'_>, response: &Response) -> Result<Verdict, DecodeError> {
        if response.status == 404 {
            return Ok(Verdict::unknown());
        }
        let answer: Answer = object(response)?;
        let contact = |contact: Contact| -> Value {
            json!({"role": contact.role.0, "name": contact.name.0, "organization": contact.organization.0, "country": contact.country.0})
        };
        let said = Verdict::of(Severity::Information)
            .detail("created", answer.created_date)
            .detail("updated", answer.updated_date)
            .detail("expires", answer.expires_date)
            .detail("registrar", answer.registrar_name)
            .detail("email", answer.contact_email)
            .list("contacts", answer.contact.map(contact));
        Ok(if said.details.is_empty() { Verdict::unknown() } else { said.reference(page(ioc)) })
    }
}
