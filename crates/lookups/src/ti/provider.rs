//! What a provider of threat intelligence is: two pure functions and what people read about it.

use super::verdict::Verdict;
use crate::http::{DecodeError, Request, Response};
use huntsql_kernels::ioc::IocType;
use std::borrow::Cow;
use std::time::Duration;

/// An indicator that may be sent: refanged, valid, public, in the form that its type has everywhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ioc<'a> {
    /// Its type.
    pub kind: IocType,
    /// Its text.
    pub value: &'a str,
}

/// At most so many requests in any span of that length.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    /// Number of requests.
    pub requests: u32,
    /// Length of the span.
    pub per: Duration,
}

impl Limit {
    /// So many a second.
    pub const fn per_second(requests: u32) -> Self {
        Self { requests, per: Duration::from_secs(1) }
    }

    /// So many a minute.
    pub const fn per_minute(requests: u32) -> Self {
        Self { requests, per: Duration::from_secs(60) }
    }

    /// So many a day.
    pub const fn per_day(requests: u32) -> Self {
        Self { requests, per: Duration::from_secs(24 * 60 * 60) }
    }
}

/// A setting of a provider in the configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettingSpec {
    /// Its name.
    pub name: Cow<'static, str>,
    /// What it is and where one gets it.
    pub doc: Cow<'static, str>,
    /// Whether nothing can be asked without it.
    pub is_required: bool,
    /// Whether it is shown to nobody.
    pub is_secret: bool,
}

impl SettingSpec {
    /// A key without which nothing can be asked.
    pub const fn key(name: &'static str, doc: &'static str) -> Self {
        Self { name: Cow::Borrowed(name), doc: Cow::Borrowed(doc), is_required: true, is_secret: true }
    }

    /// A key with which more can be asked.
    pub const fn optional_key(name: &'static str, doc: &'static str) -> Self {
        Self { name: Cow::Borrowed(name), doc: Cow::Borrowed(doc), is_required: false, is_secret: true }
    }

    /// Something that must be given and is no secret, such as the name of an instance.
    pub const fn required(name: &'static str, doc: &'static str) -> Self {
        Self { name: Cow::Borrowed(name), doc: Cow::Borrowed(doc), is_required: true, is_secret: false }
    }
}

/// Name, limits and documentation of a provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProviderSpec {
    /// Its name in SQL. A second question to the same provider is `name/question`: `greynoise/context`.
    pub name: Cow<'static, str>,
    /// The section of the configuration that it takes its settings from: the part of the name before the slash.
    pub account: Cow<'static, str>,
    /// One sentence: what it knows.
    pub summary: Cow<'static, str>,
    /// Where its API is documented.
    pub docs: Cow<'static, str>,
    /// What requests are relative to. May hold settings in braces (`https://{instance}.example.test`); the setting `base_url` overrules it.
    pub base_url: Cow<'static, str>,
    /// The types of indicators that it knows.
    pub types: Cow<'static, [IocType]>,
    /// Its settings, sorted by name.
    pub settings: Cow<'static, [SettingSpec]>,
    /// What its free tier allows; the setting `limit` overrules it.
    pub limit: Option<Limit>,
    /// Whether one answer speaks of all indicators: a list that is downloaded once.
    pub is_list: bool,
    /// How long an answer holds.
    pub ttl: Duration,
    /// The name that MSTICPy has for it, for reading its configuration; empty where it has none.
    pub msticpy_name: &'static str,
}

impl ProviderSpec {
    /// What most providers have in common; the rest is written over it.
    pub const DEFAULT: Self = Self {
        name: Cow::Borrowed(""),
        account: Cow::Borrowed(""),
        summary: Cow::Borrowed(""),
        docs: Cow::Borrowed(""),
        base_url: Cow::Borrowed(""),
        types: Cow::Borrowed(&[]),
        settings: Cow::Borrowed(&[]),
        limit: None,
        is_list: false,
        ttl: Duration::from_secs(24 * 60 * 60),
        msticpy_name: "",
    };
}

/// A provider of threat intelligence. No client, no secret, no retry: the client does what is the same for all.
pub trait TiProvider: Send + Sync {
    /// Name, limits and documentation.
    fn spec(&self) -> &ProviderSpec;

    /// The question about `ioc`. Equal requests are sent once: a list answers for all.
    fn request(&self, ioc: Ioc<'_>) -> Request;

    /// What an answer with status 200 to 299, or 404, says about `ioc`. All other statuses are the client's to deal with.
    fn verdict(&self, ioc: Ioc<'_>, response: &Response) -> Result<Verdict, DecodeError>;

    /// What an answer says about each of `iocs`, in their order. A list reads itself once for all of them.
    fn verdicts(&self, iocs: &[Ioc<'_>], response: &Response) -> Result<Vec<Verdict>, DecodeError> {
        iocs.iter().map(|ioc| self.verdict(*ioc, response)).collect()
    }
}
