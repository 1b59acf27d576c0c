//! The functions of this crate, once.

use crate::cache::LookupCache;
use crate::dns::{DnsIsResolvable, DnsResolve, DnsReverse};
use crate::geo;
use crate::match_iocs::MatchIocs;
use crate::ti::{TiLookup, TiLookupScalar, VtRelationships};
use crate::tls::{InAbuseList, TlsCert};
use crate::whois::{AsnOnline, Whois};
use huntsql_kernels::catalogue::Visitor;
use huntsql_kernels::group::{Events, PerRow};

/// Shows every function of this crate to `visitor`, sorted by name.
pub fn visit(visitor: &mut impl Visitor) {
    static IMPOSSIBLE_TRAVEL: PerRow<geo::ImpossibleTravel> = PerRow::new();
    static MATCH_IOCS: Events<MatchIocs> = Events::new();
    static TI_LOOKUP: Events<TiLookup> = Events::new();
    static VT_RELATIONSHIPS: Events<VtRelationships> = Events::new();
    visitor.scalar::<geo::Asn>(); // asn
    visitor.scalar::<AsnOnline>(); // asn_online
    visitor.scalar::<DnsIsResolvable>(); // dns_is_resolvable
    visitor.scalar::<DnsResolve>(); // dns_resolve
    visitor.scalar::<DnsReverse>(); // dns_reverse
    visitor.scalar::<geo::GeoDistance>(); // geo_distance
    visitor.scalar::<geo::GeoIp>(); // geoip
    visitor.scalar::<geo::GeoIpOnline>(); // geoip_online
    visitor.group(&IMPOSSIBLE_TRAVEL); // impossible_travel
    visitor.scalar::<InAbuseList>(); // in_abuse_list
    visitor.scalar::<LookupCache>(); // lookup_cache
    visitor.group(&MATCH_IOCS); // match_iocs
    visitor.scalar::<geo::MmdbLookup>(); // mmdb_lookup
    visitor.group(&TI_LOOKUP); // ti_lookup
    visitor.scalar::<TiLookupScalar>(); // ti_lookup, ad hoc
    visitor.scalar::<TlsCert>(); // tls_cert
    visitor.group(&VT_RELATIONSHIPS); // vt_relationships
    visitor.scalar::<Whois>(); // whois
}
