//! `whois`: whose an address or a name is, by RDAP.

mod asn_online;
mod bootstrap;
mod cymru;
mod rdap;

pub use asn_online::AsnOnline;
pub use cymru::{AsnFact, asn_by_dns};
pub use rdap::Registration;

use crate::cache::kept_as;
use crate::config::Rdap;
use crate::context::Context;
use crate::dns::{address, name};
use crate::facts::{Asker, Asking, Batch, CONFIG, Call, NOTHING_SENT, REFRESH, Said, Wanted, max_lookups};
use crate::http::{Failure, Request, Stop, Values};
use crate::limited::Limited;
use crate::ti::Refusal;
use bootstrap::Bootstrap;
use huntsql_kernels::input::Input;
use huntsql_kernels::net::{parse_address, split_domain};
use huntsql_kernels::prelude::*;
use huntsql_kernels::text::refang;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

const NAME: &str = "whois";
/// How long an answer holds.
const HOLDS: Duration = Duration::from_secs(7 * 86_400);
/// How long it holds that a registry knows nothing.
const UNKNOWN_HOLDS: Duration = Duration::from_secs(86_400);

/// Options of `whois`.
#[derive(Debug)]
pub struct WhoisOptions {
    asking: Asking,
    refresh_bootstrap: bool,
}

impl Default for WhoisOptions {
    fn default() -> Self {
        Self { asking: Asking::new(100), refresh_bootstrap: false }
    }
}

impl Options for WhoisOptions {
    const FIELDS: &'static [OptionField] = &[
        CONFIG,
        max_lookups("100"),
        REFRESH,
        OptionField {
            name: "refresh_bootstrap",
            kind: OptionKind::Bool,
            default: "false",
            doc: "Whether to download IANA's lists of responsible servers first, at most once a day; they are used for 30 days.",
        },
    ];
    fn set(&mut self, name: &str, setting: Setting) -> Result<(), String> {
        if let ("refresh_bootstrap", Some(Setting::Bool(value))) = (name, self.asking.set(name, setting)) {
            self.refresh_bootstrap = value;
        }
        Ok(())
    }
}

/// What is asked about: an address, or a name that somebody can register.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Subject {
    Address(IpAddr),
    Name(String),
}

impl Subject {
    fn new(text: &str) -> Result<Self, Refusal> {
        let mut live = String::new();
        refang(text.trim(), &mut live);
        if parse_address(&live).is_some() {
            return address(text, false).map(Self::Address);
        }
        let name = name(text, false)?;
        // Registries know names that are registered with them, not what is below: `x.github.io` is GitHub's affair, `github.io` is in the registry.
        let mut parts = split_domain(&name);
        while let Some(private) = parts.filter(|parts| !parts.is_icann) {
            parts = split_domain(private.suffix);
        }
        let registered = parts.map(|parts| parts.domain.to_owned());
        registered.map(Self::Name).ok_or_else(|| Refusal::BadFormat("not a name that can be registered".to_owned()))
    }

    /// As the key of what is asked, which [`Subject::of_key`] reads.
    fn key(&self) -> String {
        match self {
            Self::Address(address) => address.to_string(),
            Self::Name(name) => name.clone(),
        }
    }

    fn of_key(key: &str) -> Self {
        key.parse().map_or_else(|_| Self::Name(key.to_owned()), Self::Address)
    }
}

/// Asks the responsible servers.
struct Registries(Arc<Bootstrap>);

impl Registries {
    fn server<'s>(&'s self, context: &'s Context, subject: &Subject) -> Option<&'s str> {
        if let Some(server) = &context.config.rdap.base_url {
            return Some(server);
        }
        match subject {
            Subject::Address(address) => self.0.of_address(*address),
            Subject::Name(name) => self.0.of_name(name),
        }
    }
}

impl Asker for Registries {
    type Fact = Registration;
    const KIND: &'static str = "whois";
    const CONCURRENCY: usize = 4;

    fn kept_as(&self, context: &Context) -> String {
        let Rdap { base_url, bootstrap_url, .. } = &context.config.rdap;
        match base_url {
            Some(server) => kept_as(Self::KIND, Some(server), None),
            // Who is asked is what the lists say.
            None => match kept_as("lists", Some(bootstrap_url), Some(&Rdap::default().bootstrap_url)).as_str() {
                "lists" => Self::KIND.to_owned(),
                lists => format!("{} {lists}", Self::KIND),
            },
        }
    }

    fn asked(&self, context: &Context, key: &str) -> String {
        self.server(context, &Subject::of_key(key)).unwrap_or_default().to_owned()
    }

    fn ask(&self, context: &Context, key: &str, stop: &Stop) -> Result<(Registration, Duration), Failure> {
        let subject = Subject::of_key(key);
        let Some(server) = self.server(context, &subject) else {
            return Err(Failure::Request("no server of RDAP is known that is responsible".to_owned()));
        };
        let (kind, asked) = match &subject {
            Subject::Address(address) => ("/ip/", Some(*address)),
            Subject::Name(_) => ("/domain/", None),
        };
        // There is no key in it, and that registries send to one another is how RDAP works (RFC 7480, 5.2).
        let request = Request::get(kind).segment(key).header("accept", "application/rdap+json, application/json;q=0.9").may_go_elsewhere();
        let account = format!("rdap {server}");
        let gate = Limited { cache: &context.cache, account: &account, limits: &context.config.rdap.limits };
        let response = context.client.ask(server, &request, &Values::default(), &gate, stop)?;
        if response.status == 404 {
            return Ok((Registration::default(), UNKNOWN_HOLDS));
        }
        let mut registration = rdap::read(&response.body, asked).map_err(Failure::Decode)?;
        registration.rdap_url.get_or_insert_with(|| format!("{}{}", server.trim_end_matches('/'), request.target()));
        Ok((registration, HOLDS))
    }
}

/// What is said of one address or name.
#[derive(Debug)]
pub struct Owner<'a> {
    text: &'a str,
    said: Said<'a, Registration>,
}

impl SqlValue for Owner<'_> {
    const TYPE: SqlType = SqlType::Struct(&[
        ("query", SqlType::Text),
        ("type", SqlType::Text),
        ("handle", SqlType::Text),
        ("name", SqlType::Text),
        ("org", SqlType::Text),
        ("country", SqlType::Text),
        ("network", SqlType::Text),
        ("start_ip", SqlType::Text),
        ("end_ip", SqlType::Text),
        ("registrar", SqlType::Text),
        ("created", SqlType::Time),
        ("updated", SqlType::Time),
        ("expires", SqlType::Time),
        ("status_codes", SqlType::List(&SqlType::Text)),
        ("nameservers", SqlType::List(&SqlType::Text)),
        ("emails", SqlType::List(&SqlType::Text)),
        ("abuse_email", SqlType::Text),
        ("rdap_url", SqlType::Text),
        ("status", SqlType::Text),
        ("looked_up_at", SqlType::Time),
        ("cached", SqlType::Bool),
    ]);
    fn write(&self, out: &mut Column) {
        let subject = Subject::new(self.text).ok();
        let kind = subject.as_ref().map(|subject| if matches!(subject, Subject::Address(_)) { "ip" } else { "domain" });
        let status = match (&self.said.failed, self.said.fact) {
            (Some(status), _) => status.as_ref(),
            (None, Some(fact)) if !fact.is_known => "not_found",
            (None, _) => "ok",
        };
        let fact = self.said.fact.filter(|fact| fact.is_known);
        let text = |field: fn(&Registration) -> &Option<String>| fact.and_then(|fact| field(fact).as_deref());
        let time = |field: fn(&Registration) -> Option<i64>| fact.and_then(field).map(Timestamp);
        let list = |field: fn(&Registration) -> &[String]| fact.map(|fact| ListOf(field(fact).iter().map(String::as_str)));
        let row = out.row().put(subject.as_ref().map_or_else(|| self.text.to_owned(), Subject::key)).put(kind);
        let row =
            row.put(text(|fact| &fact.handle)).put(text(|fact| &fact.name)).put(text(|fact| &fact.org)).put(text(|fact| &fact.country));
        let row = row.put(text(|fact| &fact.network)).put(text(|fact| &fact.start_ip)).put(text(|fact| &fact.end_ip));
        let row = row.put(text(|fact| &fact.registrar));
        let row = row.put(time(|fact| fact.created)).put(time(|fact| fact.updated)).put(time(|fact| fact.expires));
        let row = row.put(list(|fact| &fact.status_codes)).put(list(|fact| &fact.nameservers)).put(list(|fact| &fact.emails));
        let row = row.put(text(|fact| &fact.abuse_email)).put(text(|fact| &fact.rdap_url));
        row.put(status).put(self.said.at.map(Timestamp)).put(self.said.is_cached).end();
    }
}

/// Kernel of `whois`.
pub struct Whois;

impl ScalarKernel for Whois {
    const SPEC: Spec = Spec {
        name: NAME,
        family: Family::Context,
        summary: "Asks the registries whose an address or a domain is, by RDAP, which has taken the place of whois.",
        details: "\
Of a name below a domain the domain is asked about (`www.a.co.uk`: `a.co.uk`), which is in `query`. The responsible server is found in IANA's lists, of which a copy comes with huntsql (`refresh_bootstrap` takes those of today); it may \
send on to another, over https only. A batch of rows asks about each address or domain once, not more than 5 times a second for a server (`rdap: limit:` in the configuration); answers are kept for a week, that nothing is known for a day.

`org`, `country` and `emails` are of the registrant as far as the registry shows them; for most domains that is nobody. `network`, `start_ip`, `end_ip` and `country` are of addresses, `registrar`, `expires` and `nameservers` of domains.

`status` is `ok`, `not_found`, `bad_format`, `not_global`, `never_send`, `quota`, or `error: ` and what went wrong, such as a top-level domain that has no server of RDAP (many of countries have none).",
        args: &[Arg { name: "subject", doc: "The address or domain, defanged or not." }],
        examples: &[Example {
            sql: "SELECT w['query'] AS query, w['type'] AS type, w['org'] AS org, w['status'] AS status FROM (SELECT whois('192.168.1.1') AS w) s",
            result: "192.168.1.1 | NULL | NULL | not_global",
        }],
    };
    const IS_REMOTE: bool = true;
    type Args<'a> = (&'a str,);
    type Options = WhoisOptions;
    type Out<'a> = Owner<'a>;
    type Scratch = Batch<Registration>;

    fn prepare(
        batch: &mut Self::Scratch,
        options: &WhoisOptions,
        input: &impl Input,
        rows: usize,
        interrupt: &Interrupt,
    ) -> Result<(), KernelError> {
        let context = options.asking.open(NAME)?;
        if options.refresh_bootstrap {
            let lists = bootstrap::old_lists(&context);
            let asking = &Asking { max_lookups: lists.len(), ..options.asking.clone() };
            let call = Call { function: NAME, asking, context: &context, interrupt, sent: NOTHING_SENT };
            let answers = call.ask_all(bootstrap::Lists, lists)?;
            if let Some(failure) = answers.into_values().find_map(|answer| answer.fact.err()) {
                let problem = format!("cannot be done: {failure}");
                return Err(KernelError::BadOption { function: NAME, option: "refresh_bootstrap".to_owned(), problem });
            }
        }
        let call = Call { function: NAME, asking: &options.asking, context: &context, interrupt, sent: NOTHING_SENT };
        batch.prepare(&call, Registries(Bootstrap::known(&context)), (input, rows), |text| {
            let key = Subject::new(text)?.key();
            Ok(Wanted { subject: key.clone(), key })
        })
    }

    fn eval<'a>(batch: &'a mut Self::Scratch, _: &'a WhoisOptions, (text,): (&'a str,)) -> KernelResult<Owner<'a>> {
        Ok(batch.said(text).map(|said| Owner { text, said }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Lists of another make others responsible, whose word the cache must not give for theirs.
    #[test]
    fn answers_are_kept_for_who_gave_them() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config.yaml");
        for (rdap, expected) in [
            ("{}", "whois"),
            ("{bootstrap_url: 'https://DATA.iana.org/rdap/'}", "whois"),
            ("{bootstrap_url: 'https://a.example.net/rdap'}", "whois lists https://a.example.net/rdap"),
            ("{base_url: 'https://a.example.net/rdap'}", "whois https://a.example.net/rdap"),
            ("{base_url: 'https://a.example.net/rdap', bootstrap_url: 'https://b.example.net'}", "whois https://a.example.net/rdap"),
        ] {
            std::fs::write(&path, format!("cache: {{path: cache.sqlite}}\nrdap: {rdap}\n# {expected}\n")).unwrap();
            let context = crate::context::context(path.to_str()).unwrap();
            assert_eq!(Registries(Bootstrap::bundled()).kept_as(&context), expected, "{rdap}");
        }
    }

    #[test]
    fn subjects() {
        for (text, expected) in [
            ("8[.]8[.]8[.]8", Ok("8.8.8.8")),
            ("www.Google.co.uk", Ok("google.co.uk")),
            ("bücher.de.", Ok("xn--bcher-kva.de")),
            ("evil.github.io", Ok("github.io")),
            ("a.b.s3.amazonaws.com", Ok("amazonaws.com")),
            ("co.uk", Err("bad_format")),
            ("10.0.0.1", Err("not_global")),
            ("dc01", Err("not_global")),
            ("a b", Err("bad_format")),
        ] {
            let subject = Subject::new(text);
            assert_eq!(subject.as_ref().map(Subject::key).map_err(Refusal::status), expected.map(str::to_owned), "{text}");
            assert!(subject.is_err() || subject == Ok(Subject::of_key(expected.unwrap_or_default())));
        }
    }
}
