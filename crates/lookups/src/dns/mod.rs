//! Names: what they resolve to, and what an address is called.

mod dns_is_resolvable;
mod dns_resolve;
mod dns_reverse;
mod message;
mod name;
mod record;
mod resolver;

pub use dns_is_resolvable::DnsIsResolvable;
pub use dns_resolve::DnsResolve;
pub use dns_reverse::DnsReverse;
pub use message::{Message, Record, read};
pub(crate) use name::{address, name, reverse_name, reversed_labels, subject};
pub use record::RecordType;
pub use resolver::{Line, Resolved, Resolver};

use crate::cache::now;
use crate::context::Context;
use crate::facts::Asker;
use crate::http::{Failure, Stop};
use huntsql_kernels::options::{OptionField, OptionKind};
use std::time::Duration;

const INTERNAL: OptionField = OptionField {
    name: "internal",
    kind: OptionKind::Bool,
    default: "false",
    doc: "Whether names and addresses of private networks, and reserved ones, are asked about too. The resolver learns them, and whoever it asks.",
};

/// Asks the resolver. A key is a type and a name, then the servers where the configuration names them: others may answer otherwise.
pub(crate) struct Names;

/// The key of a question.
pub(crate) fn key(context: &Context, rtype: RecordType, name: &str) -> String {
    format!("{} {name}{}", rtype.name(), at_servers(context))
}

/// Whose answers they are, in the keys of the cache; nothing for the system's servers.
pub(crate) fn at_servers(context: &Context) -> String {
    let servers = &context.config.dns.servers;
    if servers.is_empty() { String::new() } else { format!(" @{}", servers.join(",")) }
}

impl Asker for Names {
    type Fact = Resolved;
    const KIND: &'static str = "dns";
    const CONCURRENCY: usize = 16;

    fn asked(&self, _: &Context, _: &str) -> String {
        String::new()
    }

    /// Domains that were taken down have dead name servers, on which resolvers wait longer than we do: a resolver that knows `com` is alive.
    fn is_dead(&self, context: &Context, stop: &Stop) -> bool {
        Resolver::new(&context.config.dns).and_then(|resolver| resolver.resolve("com", RecordType::Ns, stop)).is_err()
    }

    fn ask(&self, context: &Context, key: &str, stop: &Stop) -> Result<(Resolved, Duration), Failure> {
        let mut words = key.split(' ');
        let (rtype, name) = (words.next().and_then(RecordType::parse), words.next());
        let (Some(rtype), Some(name)) = (rtype, name) else { return Err(Failure::Request("not a question".to_owned())) };
        Resolver::new(&context.config.dns)?.resolve(name, rtype, stop)
    }
}

/// As a statement asks, for one that needs it on the way to something else.
pub(crate) fn resolve(context: &Context, name: &str, rtype: RecordType, refresh: bool, stop: &Stop) -> Result<Resolved, Failure> {
    let key = key(context, rtype, name);
    let known = if refresh { None } else { context.cache.fact(Names::KIND, &key) };
    if let Some(resolved) = known.and_then(|(json, _)| serde_json::from_str(&json).ok()) {
        return Ok(resolved);
    }
    let (resolved, ttl) = Names.ask(context, &key, stop)?;
    if let Ok(json) = serde_json::to_string(&resolved) {
        context.cache.keep_fact(Names::KIND, &key, &json, now(), ttl);
    }
    Ok(resolved)
}
