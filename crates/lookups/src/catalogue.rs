//! The functions of this crate, once.

use crate::dns::{DnsIsResolvable, DnsResolve, DnsReverse};
use crate::ti::{TiLookup, TiLookupScalar};
use crate::tls::{InAbuseList, TlsCert};
use crate::whois::{AsnOnline, Whois};
use huntsql_kernels::catalogue::Visitor;
use huntsql_kernels::group::Events;

/// Shows every function of this crate to `visitor`, sorted by name.
pub fn visit(visitor: &mut impl Visitor) {
    static TI_LOOKUP: Events<TiLookup> = Events::new();
    visitor.scalar::<AsnOnline>(); // asn_online
    visitor.scalar::<DnsIsResolvable>(); // dns_is_resolvable
    visitor.scalar::<DnsResolve>(); // dns_resolve
    visitor.scalar::<DnsReverse>(); // dns_reverse
    visitor.scalar::<InAbuseList>(); // in_abuse_list
    visitor.scalar::<TiLookupScalar>(); // ti_lookup, ad hoc
    visitor.group(&TI_LOOKUP); // ti_lookup
    visitor.scalar::<TlsCert>(); // tls_cert
    visitor.scalar::<Whois>(); // whois
}
