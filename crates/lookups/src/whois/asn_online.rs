//! `asn_online`: which network announces an address, asked of Team Cymru.

use super::cymru::{AsnFact, asn_by_dns};
use crate::context::Context;
use crate::dns::{address, at_servers};
use crate::facts::{Asker, Asking, Batch, CONFIG, Call, NOTHING_SENT, REFRESH, Said, Wanted, max_lookups};
use crate::http::{Failure, Stop};
use huntsql_kernels::input::Input;
use huntsql_kernels::prelude::*;
use std::time::Duration;

const NAME: &str = "asn_online";

/// Options of `asn_online`.
#[derive(Debug)]
pub struct AsnOnlineOptions(Asking);

impl Default for AsnOnlineOptions {
    fn default() -> Self {
        Self(Asking::new(1000))
    }
}

impl Options for AsnOnlineOptions {
    const FIELDS: &'static [OptionField] = &[CONFIG, max_lookups("1000"), REFRESH];
    fn set(&mut self, name: &str, setting: Setting) -> Result<(), String> {
        self.0.set(name, setting);
        Ok(())
    }
}

struct Cymru {
    /// Whether what is known of the names on the way is asked for again, too.
    refresh: bool,
}

impl Asker for Cymru {
    type Fact = AsnFact;
    const KIND: &'static str = "asn";
    const CONCURRENCY: usize = 16;

    /// With the resolver: one of a test, or one that lies, answers for itself.
    fn kept_as(&self, context: &Context) -> String {
        format!("{}{}", Self::KIND, at_servers(context))
    }

    fn asked(&self, _: &Context, _: &str) -> String {
        String::new()
    }

    fn ask(&self, context: &Context, key: &str, stop: &Stop) -> Result<(AsnFact, Duration), Failure> {
        let address = key.parse().map_err(|_| Failure::Request("not an address".to_owned()))?;
        asn_by_dns(context, address, self.refresh, stop)
    }
}

/// What is said of one address.
#[derive(Debug)]
pub struct Announced<'a> {
    ip: &'a str,
    said: Said<'a, AsnFact>,
}

impl SqlValue for Announced<'_> {
    const TYPE: SqlType = SqlType::Struct(&[
        ("ip", SqlType::Text),
        ("asn", SqlType::Int),
        ("as_org", SqlType::Text),
        ("network", SqlType::Text),
        ("country", SqlType::Text),
        ("registry", SqlType::Text),
        ("allocated", SqlType::Time),
        ("status", SqlType::Text),
        ("looked_up_at", SqlType::Time),
        ("cached", SqlType::Bool),
    ]);
    fn write(&self, out: &mut Column) {
        let fact = self.said.fact;
        let status = match (&self.said.failed, fact.and_then(|fact| fact.asn)) {
            (Some(status), _) => status.as_ref(),
            (None, None) => "not_found",
            (None, Some(_)) => "ok",
        };
        let row = out.row().put(self.ip).put(fact.and_then(|fact| fact.asn)).put(fact.and_then(|fact| fact.as_org.as_deref()));
        let row = row.put(fact.and_then(|fact| fact.network.as_deref())).put(fact.and_then(|fact| fact.country.as_deref()));
        let row = row.put(fact.and_then(|fact| fact.registry.as_deref())).put(fact.and_then(|fact| fact.allocated).map(Timestamp));
        row.put(status).put(self.said.at.map(Timestamp)).put(self.said.is_cached).end();
    }
}

/// Kernel of `asn_online`.
pub struct AsnOnline;

impl ScalarKernel for AsnOnline {
    const SPEC: Spec = Spec {
        name: NAME,
        family: Family::Context,
        summary: "Asks Team Cymru, through the DNS, which network (autonomous system) announces an address.",
        details: "\
It sends the address to the resolver and on to Team Cymru, which is why it has a name of its own: `asn` reads files and sends nothing. `network` is the route, `registry` who gave the addresses away, `allocated` when, and `country` \
the one that the registry has, which is not where the address is used.

A batch of rows asks about each address once, 16 at a time; answers are kept for a day. `status` is `ok`, `not_found` (nobody announces it), `bad_format`, `not_global`, `never_send`, or `error: ` and what went wrong.",
        args: &[Arg { name: "ip", doc: "The address, defanged or not." }],
        examples: &[Example {
            sql: "SELECT a['ip'] AS ip, a['asn'] AS asn, a['status'] AS status FROM (SELECT asn_online('10.0.0.1') AS a) s",
            result: "10.0.0.1 | NULL | not_global",
        }],
    };
    const IS_REMOTE: bool = true;
    type Args<'a> = (&'a str,);
    type Options = AsnOnlineOptions;
    type Out<'a> = Announced<'a>;
    type Scratch = Batch<AsnFact>;

    fn prepare(
        batch: &mut Self::Scratch,
        options: &AsnOnlineOptions,
        input: &impl Input,
        rows: usize,
        interrupt: &Interrupt,
    ) -> Result<(), KernelError> {
        let context = options.0.open(NAME)?;
        let call = Call { function: NAME, asking: &options.0, context: &context, interrupt, sent: NOTHING_SENT };
        batch.prepare(&call, Cymru { refresh: options.0.refresh }, (input, rows), |text| {
            let key = address(text, false)?.to_string();
            Ok(Wanted { subject: key.clone(), key })
        })
    }

    fn eval<'a>(batch: &'a mut Self::Scratch, _: &'a AsnOnlineOptions, (ip,): (&'a str,)) -> KernelResult<Announced<'a>> {
        Ok(batch.said(ip).map(|said| Announced { ip, said }))
    }
}
