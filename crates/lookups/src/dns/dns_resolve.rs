//! `dns_resolve`: what a name resolves to.

use super::resolver::{Line, Resolved};
use super::{INTERNAL, Names, RecordType, key, name, subject};
use crate::facts::{Asking, Batch, CONFIG, Call, NOTHING_SENT, REFRESH, Wanted, max_lookups};
use huntsql_kernels::input::Input;
use huntsql_kernels::prelude::*;
use std::borrow::Cow;

const NAME: &str = "dns_resolve";

/// Options of `dns_resolve`.
#[derive(Debug)]
pub struct DnsResolveOptions {
    asking: Asking,
    internal: bool,
    rtype: RecordType,
}

impl Default for DnsResolveOptions {
    fn default() -> Self {
        Self { asking: Asking::new(1000), internal: false, rtype: RecordType::A }
    }
}

impl Options for DnsResolveOptions {
    const FIELDS: &'static [OptionField] = &[
        CONFIG,
        INTERNAL,
        max_lookups("1000"),
        REFRESH,
        OptionField {
            name: "type",
            kind: OptionKind::Choice(&["A", "AAAA", "CAA", "CNAME", "MX", "NS", "PTR", "SOA", "SRV", "TXT"]),
            default: "'A'",
            doc: "The type of the records.",
        },
    ];
    fn set(&mut self, name: &str, setting: Setting) -> Result<(), String> {
        match (name, self.asking.set(name, setting)) {
            ("internal", Some(Setting::Bool(value))) => self.internal = value,
            ("type", Some(Setting::Text(rtype))) => self.rtype = RecordType::parse(&rtype).unwrap_or(RecordType::A),
            _ => {}
        }
        Ok(())
    }
}

impl SqlValue for &Line {
    const TYPE: SqlType =
        SqlType::Struct(&[("name", SqlType::Text), ("type", SqlType::Text), ("ttl", SqlType::Int), ("value", SqlType::Text)]);
    fn write(&self, out: &mut Column) {
        out.row().put(self.name.as_str()).put(self.rtype.as_str()).put(i64::from(self.ttl)).put(self.value.as_str()).end();
    }
}

/// What is said of one name.
#[derive(Debug)]
pub struct Resolution<'a> {
    asked: &'a str,
    rtype: RecordType,
    resolved: Option<&'a Resolved>,
    status: Cow<'a, str>,
    at: Option<i64>,
    is_cached: Option<bool>,
}

impl SqlValue for Resolution<'_> {
    const TYPE: SqlType = SqlType::Struct(&[
        ("name", SqlType::Text),
        ("type", SqlType::Text),
        ("answers", SqlType::List(&SqlType::Text)),
        ("records", SqlType::List(&<&Line as SqlValue>::TYPE)),
        ("canonical_name", SqlType::Text),
        ("server", SqlType::Text),
        ("status", SqlType::Text),
        ("looked_up_at", SqlType::Time),
        ("cached", SqlType::Bool),
    ]);
    fn write(&self, out: &mut Column) {
        let resolved = self.resolved;
        let row = out.row().put(resolved.map_or(self.asked, |resolved| resolved.name.as_str())).put(self.rtype.name());
        let row = row.put(resolved.map(|resolved| ListOf(resolved.answers())));
        let row = row.put(resolved.map(|resolved| ListOf(resolved.records.iter())));
        let row = row.put(resolved.map(|resolved| resolved.canonical_name.as_str())).put(resolved.map(|resolved| resolved.server.as_str()));
        row.put(self.status.as_ref()).put(self.at.map(Timestamp)).put(self.is_cached).end();
    }
}

/// Kernel of `dns_resolve`.
pub struct DnsResolve;

impl ScalarKernel for DnsResolve {
    const SPEC: Spec = Spec {
        name: NAME,
        family: Family::Context,
        summary: "Asks the DNS what a name resolves to.",
        details: "\
The servers are those of `dns: servers:` in the configuration, else the system's. Names are refanged and written in ASCII (IDNA). A batch of rows asks about each name once, 16 at a time; answers are kept on \
disk for as long as their records hold, between a minute and a day (that there is nothing: as the zone says, else five minutes), see `huntsql.lookup_cache`.

`status` is `ok`; `no_data` (the name exists and has no records of that type); `not_found` (it does not exist); `bad_format`; `not_global`, `never_send`; or `error: ` and what went wrong. \
`records` hold the aliases (CNAME) that lead to the answer, too; `answers` only what was asked for.

Names that are reserved or of a private network (`dc01`, `x.corp`, `*.internal`) are not sent unless `internal` is true: a resolver passes on what it does not know, and tells others what machines here are called. \
Who asks about a name of an attacker's domain tells the attacker's name server so.",
        args: &[Arg { name: "name", doc: "The name, defanged or not." }],
        examples: &[Example {
            sql: "SELECT d['name'] AS name, d['answers'] AS answers, d['status'] AS status FROM (SELECT dns_resolve('dc01.corp', {'type': 'AAAA'}) AS d) s",
            result: "dc01.corp | NULL | not_global",
        }],
    };
    const IS_REMOTE: bool = true;
    type Args<'a> = (&'a str,);
    type Options = DnsResolveOptions;
    type Out<'a> = Resolution<'a>;
    type Scratch = Batch<Resolved>;

    fn prepare(
        batch: &mut Self::Scratch,
        options: &DnsResolveOptions,
        input: &impl Input,
        rows: usize,
        interrupt: &Interrupt,
    ) -> Result<(), KernelError> {
        let context = options.asking.open(NAME)?;
        let call = Call { function: NAME, asking: &options.asking, context: &context, interrupt, sent: NOTHING_SENT };
        batch.prepare(&call, Names, (input, rows), |text| {
            let name = name(text, options.internal)?;
            Ok(Wanted { key: key(&context, options.rtype, &name), subject: subject(name) })
        })
    }

    fn eval<'a>(batch: &'a mut Self::Scratch, options: &'a DnsResolveOptions, (text,): (&'a str,)) -> KernelResult<Resolution<'a>> {
        Ok(batch.said(text).map(|said| Resolution {
            asked: text,
            rtype: options.rtype,
            resolved: said.fact,
            status: said.failed.unwrap_or_else(|| Cow::Borrowed(said.fact.map_or("", Resolved::status))),
            at: said.at,
            is_cached: said.is_cached,
        }))
    }
}
