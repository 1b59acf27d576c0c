//! `dns_is_resolvable`: whether a name has an address.

use super::resolver::Resolved;
use super::{INTERNAL, Names, RecordType, key, name, subject};
use crate::facts::{Asking, Batch, CONFIG, Call, NOTHING_SENT, REFRESH, Wanted, max_lookups};
use huntsql_kernels::input::Input;
use huntsql_kernels::prelude::*;

const NAME: &str = "dns_is_resolvable";

/// Options of `dns_is_resolvable`.
#[derive(Debug)]
pub struct DnsIsResolvableOptions {
    asking: Asking,
    internal: bool,
}

impl Default for DnsIsResolvableOptions {
    fn default() -> Self {
        Self { asking: Asking::new(1000), internal: false }
    }
}

impl Options for DnsIsResolvableOptions {
    const FIELDS: &'static [OptionField] = &[CONFIG, INTERNAL, max_lookups("1000"), REFRESH];
    fn set(&mut self, name: &str, setting: Setting) -> Result<(), String> {
        if let ("internal", Some(Setting::Bool(value))) = (name, self.asking.set(name, setting)) {
            self.internal = value;
        }
        Ok(())
    }
}

/// What is known of IPv4 addresses, and of IPv6 addresses where there are none of IPv4.
#[derive(Debug, Default)]
pub struct Both {
    v4: Batch<Resolved>,
    v6: Batch<Resolved>,
}

/// Whether there are addresses; `None` where that is not known.
fn has_addresses(batch: &Batch<Resolved>, text: &str) -> Option<bool> {
    batch.said(text)?.fact.map(|fact| fact.answers().next().is_some())
}

/// Kernel of `dns_is_resolvable`.
pub struct DnsIsResolvable;

impl ScalarKernel for DnsIsResolvable {
    const SPEC: Spec = Spec {
        name: NAME,
        family: Family::Context,
        summary: "Whether a name has an address in the DNS: A or AAAA records.",
        details: "NULL where that cannot be told: the text is no name, the name is not to be sent, or no server answers (`dns_resolve` says which). A name without A records is asked about twice. For the rest see `dns_resolve`.",
        args: &[Arg { name: "name", doc: "The name, defanged or not." }],
        examples: &[Example { sql: "SELECT dns_is_resolvable('dc01.corp') AS is_resolvable", result: "NULL" }],
    };
    const IS_REMOTE: bool = true;
    type Args<'a> = (&'a str,);
    type Options = DnsIsResolvableOptions;
    type Out<'a> = bool;
    type Scratch = Both;

    fn prepare(
        both: &mut Both,
        options: &DnsIsResolvableOptions,
        input: &impl Input,
        rows: usize,
        interrupt: &Interrupt,
    ) -> Result<(), KernelError> {
        let context = options.asking.open(NAME)?;
        let want = |rtype: RecordType| {
            let context = &context;
            move |text: &str| {
                let name = name(text, options.internal)?;
                Ok(Wanted { key: key(context, rtype, &name), subject: subject(name) })
            }
        };
        let call = Call { function: NAME, asking: &options.asking, context: &context, interrupt, sent: NOTHING_SENT };
        both.v4.prepare(&call, Names, (input, rows), want(RecordType::A))?;
        // Where a server says that the name does not exist, or does not answer, there is nothing to ask.
        let v4 = &both.v4;
        let is_open = |text: &&str| v4.said(text).and_then(|said| said.fact).is_some_and(|fact| fact.status() == "no_data");
        let open = (0..rows).filter_map(|row| input.text(0, row)).filter(is_open);
        let asking = &Asking { max_lookups: options.asking.max_lookups.saturating_sub(v4.asked()), ..options.asking.clone() };
        let sent = "addresses of version 4 were asked for and are known now, those of version 6 were not";
        both.v6.fill(&Call { asking, sent, ..call }, Names, open, want(RecordType::Aaaa))
    }

    fn eval<'a>(both: &'a mut Both, _: &'a DnsIsResolvableOptions, (text,): (&'a str,)) -> KernelResult<bool> {
        let v4 = has_addresses(&both.v4, text);
        let is_asked_again = both.v6.said(text).is_some();
        Ok(if is_asked_again { has_addresses(&both.v6, text) } else { v4 })
    }
}
