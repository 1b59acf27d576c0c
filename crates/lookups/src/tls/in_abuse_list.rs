//! `in_abuse_list`: whether a certificate is on abuse.ch's list of malicious servers.

use crate::cache::now;
use crate::context::Context;
use crate::facts::{Asker, Asking, CONFIG, Call, NOTHING_SENT, REFRESH};
use crate::http::{Failure, Request, Stop, Values};
use crate::limited::Limited;
use crate::ti::Limit;
use huntsql_kernels::input::Input;
use huntsql_kernels::prelude::*;
use std::collections::HashMap;
use std::time::Duration;

const NAME: &str = "in_abuse_list";
/// abuse.ch makes a new list every five minutes; certificates are on it for months.
const HOLDS: Duration = Duration::from_secs(60 * 60);
/// In microseconds, how often it is made.
const MADE_EVERY: i64 = 5 * 60 * 1_000_000;
/// Digits of SHA-1.
const DIGITS: usize = 40;

/// Options of `in_abuse_list`.
#[derive(Debug)]
pub struct InAbuseListOptions(Asking);

impl Default for InAbuseListOptions {
    fn default() -> Self {
        Self(Asking::new(1))
    }
}

impl Options for InAbuseListOptions {
    const FIELDS: &'static [OptionField] = &[CONFIG, REFRESH];
    fn set(&mut self, name: &str, setting: Setting) -> Result<(), String> {
        self.0.set(name, setting);
        Ok(())
    }
}

/// Downloads the list.
struct List;

impl Asker for List {
    type Fact = (String, i64);
    const KIND: &'static str = "abuse list";
    const CONCURRENCY: usize = 1;

    fn asked(&self, _: &Context, url: &str) -> String {
        url.to_owned()
    }

    fn ask(&self, context: &Context, url: &str, stop: &Stop) -> Result<((String, i64), Duration), Failure> {
        let limits = [Limit::per_minute(10)];
        let gate = Limited { cache: &context.cache, account: Self::KIND, limits: &limits };
        let response = context.client.ask(url, &Request::get(""), &Values::default(), &gate, stop)?;
        let list = response.text().into_owned();
        // There are always thousands: no list is an error, not the end of evil.
        if response.status == 404 || rows(&list).next().is_none() {
            return Err(Failure::Decode("not a list of certificates".to_owned()));
        }
        let at = now();
        context.cache.keep_list(&list_key(url), &response.body, at, HOLDS);
        Ok(((list, at), Duration::ZERO))
    }
}

fn list_key(url: &str) -> String {
    format!("sslbl {url}")
}

/// The rows `2026-01-31 12:00:00,<sha1>,reason` of a list.
fn rows(list: &str) -> impl Iterator<Item = (&str, Listing)> {
    list.lines().filter(|line| !line.starts_with('#')).filter_map(|line| {
        let (date, rest) = line.split_once(',')?;
        let (sha1, reason) = rest.split_once(',')?;
        let is_digest = sha1.len() == DIGITS && sha1.bytes().all(|byte| byte.is_ascii_hexdigit());
        let date = chrono::DateTime::parse_from_rfc3339(&format!("{}Z", date.trim().replace(' ', "T"))).ok();
        let reason = reason.trim().trim_matches('"').chars().take(200).collect();
        is_digest.then(|| (sha1, Listing { date: date.map(|date| date.timestamp_micros()), reason }))
    })
}

/// Why a certificate is on the list.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Listing {
    date: Option<i64>,
    reason: String,
}

/// A digest in lower case without the colons that programs put in it; `None` for what is none.
fn digest(text: &str) -> Option<String> {
    let text = text.trim();
    let digits: String = text.chars().filter(|c| *c != ':').take(DIGITS + 1).map(|c| c.to_ascii_lowercase()).collect();
    (digits.len() == DIGITS && digits.bytes().all(|byte| byte.is_ascii_hexdigit())).then_some(digits)
}

/// The list, or why there is none.
#[derive(Debug, Default)]
pub struct Listings {
    listings: HashMap<String, Listing>,
    failed: Option<String>,
    at: Option<i64>,
    is_cached: bool,
}

/// What is said of one certificate.
#[derive(Debug)]
pub struct Listed<'a> {
    text: &'a str,
    list: &'a Listings,
}

impl SqlValue for Listed<'_> {
    const TYPE: SqlType = SqlType::Struct(&[
        ("sha1", SqlType::Text),
        ("is_listed", SqlType::Bool),
        ("listing_date", SqlType::Time),
        ("reason", SqlType::Text),
        ("status", SqlType::Text),
        ("looked_up_at", SqlType::Time),
        ("cached", SqlType::Bool),
    ]);
    fn write(&self, out: &mut Column) {
        let digest = digest(self.text);
        let status = match (&digest, &self.list.failed) {
            (None, _) => "bad_format",
            (_, Some(failed)) => failed,
            _ => "ok",
        };
        let is_ok = status == "ok";
        let listing = digest.as_ref().and_then(|digest| self.list.listings.get(digest));
        let row = out.row().put(digest.as_deref().unwrap_or(self.text)).put(is_ok.then_some(listing.is_some()));
        let row = row.put(listing.and_then(|listing| listing.date).map(Timestamp)).put(listing.map(|listing| listing.reason.as_str()));
        row.put(status).put(self.list.at.filter(|_| is_ok).map(Timestamp)).put(is_ok.then_some(self.list.is_cached)).end();
    }
}

/// Kernel of `in_abuse_list`.
pub struct InAbuseList;

impl ScalarKernel for InAbuseList {
    const SPEC: Spec = Spec {
        name: NAME,
        family: Family::Context,
        summary: "Whether a TLS certificate, by its SHA-1, is on abuse.ch's list of malicious servers (SSLBL).",
        details: "\
The list is downloaded once and used for an hour (`refresh` takes a new one); no digest is sent to anybody, and nothing at all where no row holds one. `tls_cert(host)['sha1']` and the logs of Zeek and Suricata have such digests, with colons or without.

`is_listed` is NULL where that is not known. `status` is `ok`, `bad_format`, or `error: ` and what went wrong. `tls: abuse_list:` in the configuration names a copy of the list.",
        args: &[Arg { name: "sha1", doc: "SHA-1 of the certificate: 40 hexadecimal digits." }],
        examples: &[Example {
            sql: "SELECT a['is_listed'] AS is_listed, a['status'] AS status FROM (SELECT in_abuse_list('not a digest') AS a) s",
            result: "NULL | bad_format",
        }],
    };
    const IS_REMOTE: bool = true;
    type Args<'a> = (&'a str,);
    type Options = InAbuseListOptions;
    type Out<'a> = Listed<'a>;
    type Scratch = Listings;

    fn prepare(
        list: &mut Listings,
        options: &InAbuseListOptions,
        input: &impl Input,
        count: usize,
        interrupt: &Interrupt,
    ) -> Result<(), KernelError> {
        let context = options.0.open(NAME)?;
        if (0..count).filter_map(|row| input.text(0, row)).all(|text| digest(text).is_none()) {
            return Ok(());
        }
        let url = &context.config.tls.abuse_list;
        // A statement has many batches: one that asks for a new list asks once, and not more often than the list is made.
        let is_young = |at: &i64| !options.0.refresh || now().saturating_sub(*at) < MADE_EVERY;
        let known = context.cache.list(&list_key(url)).filter(|(_, at)| is_young(at));
        let (text, at) = match known {
            Some((body, at)) => {
                list.is_cached = true;
                (String::from_utf8_lossy(&body).into_owned(), at)
            }
            None => {
                let call = Call { function: NAME, asking: &options.0, context: &context, interrupt, sent: NOTHING_SENT };
                let answers = call.ask_all(List, [url.clone()].into())?;
                match answers.into_values().next().map(|answer| answer.fact) {
                    Some(Ok(fact)) => fact,
                    Some(Err(failure)) => {
                        list.failed = Some(failure.status());
                        return Ok(());
                    }
                    None => return Ok(()),
                }
            }
        };
        list.listings = rows(&text).map(|(sha1, listing)| (sha1.to_ascii_lowercase(), listing)).collect();
        list.at = Some(at);
        Ok(())
    }

    fn eval<'a>(list: &'a mut Listings, _: &'a InAbuseListOptions, (text,): (&'a str,)) -> KernelResult<Listed<'a>> {
        Ok(Some(Listed { text, list }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_and_rows() {
        let plain = "0123456789abcdef0123456789abcdef01234567";
        let colons = "01:23:45:67:89:AB:CD:EF:01:23:45:67:89:AB:CD:EF:01:23:45:67";
        for (text, expected) in
            [(plain, Some(plain)), (colons, Some(plain)), ("", None), (&plain[1..], None), (&plain.replace('0', "x"), None)]
        {
            assert_eq!(digest(text).as_deref(), expected, "{text}");
        }
        assert_eq!(digest(&"a".repeat(10_000)), None);
        let list = format!(
            "# Listingdate,SHA1,Listingreason\r\n2026-01-31 12:00:00,{plain},AsyncRAT C&C\r\nx,y\r\nsoon,{plain},\"a, b\"\r\n2026-01-31,zz,x\r\n"
        );
        let listing = |date, reason: &str| (plain, Listing { date, reason: reason.to_owned() });
        assert_eq!(rows(&list).collect::<Vec<_>>(), [listing(Some(1_769_860_800_000_000), "AsyncRAT C&C"), listing(None, "a, b")]);
    }
}
