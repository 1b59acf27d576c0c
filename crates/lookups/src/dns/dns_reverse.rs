//! `dns_reverse`: what an address is called.

use super::resolver::Resolved;
use super::{INTERNAL, Names, RecordType, address, key, reverse_name};
use crate::facts::{Asking, Batch, CONFIG, Call, NOTHING_SENT, REFRESH, Said, Wanted, max_lookups};
use huntsql_kernels::input::Input;
use huntsql_kernels::prelude::*;

const NAME: &str = "dns_reverse";

/// Options of `dns_reverse`.
#[derive(Debug)]
pub struct DnsReverseOptions {
    asking: Asking,
    internal: bool,
}

impl Default for DnsReverseOptions {
    fn default() -> Self {
        Self { asking: Asking::new(1000), internal: false }
    }
}

impl Options for DnsReverseOptions {
    const FIELDS: &'static [OptionField] = &[CONFIG, INTERNAL, max_lookups("1000"), REFRESH];
    fn set(&mut self, name: &str, setting: Setting) -> Result<(), String> {
        if let ("internal", Some(Setting::Bool(value))) = (name, self.asking.set(name, setting)) {
            self.internal = value;
        }
        Ok(())
    }
}

/// What is said of one address.
#[derive(Debug)]
pub struct Called<'a> {
    ip: &'a str,
    said: Said<'a, Resolved>,
}

impl SqlValue for Called<'_> {
    const TYPE: SqlType = SqlType::Struct(&[
        ("ip", SqlType::Text),
        ("name", SqlType::Text),
        ("names", SqlType::List(&SqlType::Text)),
        ("ptr", SqlType::Text),
        ("server", SqlType::Text),
        ("status", SqlType::Text),
        ("looked_up_at", SqlType::Time),
        ("cached", SqlType::Bool),
    ]);
    fn write(&self, out: &mut Column) {
        let fact = self.said.fact;
        let row = out.row().put(self.ip).put(fact.and_then(|fact| fact.answers().next())).put(fact.map(|fact| ListOf(fact.answers())));
        let row = row.put(fact.map(|fact| fact.name.as_str())).put(fact.map(|fact| fact.server.as_str()));
        let row = row.put(self.said.failed.as_deref().unwrap_or_else(|| fact.map_or("", Resolved::status)));
        row.put(self.said.at.map(Timestamp)).put(self.said.is_cached).end();
    }
}

/// Kernel of `dns_reverse`.
pub struct DnsReverse;

impl ScalarKernel for DnsReverse {
    const SPEC: Spec = Spec {
        name: NAME,
        family: Family::Context,
        summary: "Asks the DNS what an address is called: its PTR records.",
        details: "\
The name below `in-addr.arpa` or `ip6.arpa` that is asked about is in `ptr`; `names` hold the answers, `name` the first. Whoever holds an address writes there what he likes: a name that does not resolve to the address proves nothing \
(`dns_resolve` tells).

`status` and how long answers are kept are those of `dns_resolve`. Private and reserved addresses are not sent unless `internal` is true, which makes sense with a resolver that knows them.",
        args: &[Arg { name: "ip", doc: "The address, defanged or not." }],
        examples: &[Example {
            sql: "SELECT d['ip'] AS ip, d['name'] AS name, d['status'] AS status FROM (SELECT dns_reverse('10.0.0.1') AS d) s",
            result: "10.0.0.1 | NULL | not_global",
        }],
    };
    const IS_REMOTE: bool = true;
    type Args<'a> = (&'a str,);
    type Options = DnsReverseOptions;
    type Out<'a> = Called<'a>;
    type Scratch = Batch<Resolved>;

    fn prepare(
        batch: &mut Self::Scratch,
        options: &DnsReverseOptions,
        input: &impl Input,
        rows: usize,
        interrupt: &Interrupt,
    ) -> Result<(), KernelError> {
        let context = options.asking.open(NAME)?;
        let call = Call { function: NAME, asking: &options.asking, context: &context, interrupt, sent: NOTHING_SENT };
        batch.prepare(&call, Names, (input, rows), |text| {
            let address = address(text, options.internal)?;
            Ok(Wanted { key: key(&context, RecordType::Ptr, &reverse_name(address)), subject: address.to_string() })
        })
    }

    fn eval<'a>(batch: &'a mut Self::Scratch, _: &'a DnsReverseOptions, (ip,): (&'a str,)) -> KernelResult<Called<'a>> {
        Ok(batch.said(ip).map(|said| Called { ip, said }))
    }
}
