//! The functions of this crate, once.

use crate::cache::LookupCache;
use crate::geo;
use crate::ti::{TiLookup, TiLookupScalar};
use huntsql_kernels::catalogue::Visitor;
use huntsql_kernels::group::{Events, PerRow};

/// Shows every function of this crate to `visitor`, sorted by name.
pub fn visit(visitor: &mut impl Visitor) {
    static IMPOSSIBLE_TRAVEL: PerRow<geo::ImpossibleTravel> = PerRow::new();
    static TI_LOOKUP: Events<TiLookup> = Events::new();
    visitor.scalar::<geo::Asn>(); // asn
    visitor.scalar::<geo::GeoDistance>(); // geo_distance
    visitor.scalar::<geo::GeoIp>(); // geoip
    visitor.group(&IMPOSSIBLE_TRAVEL); // impossible_travel
    visitor.scalar::<LookupCache>(); // lookup_cache
    visitor.scalar::<geo::MmdbLookup>(); // mmdb_lookup
    visitor.scalar::<TiLookupScalar>(); // ti_lookup, ad hoc
    visitor.group(&TI_LOOKUP); // ti_lookup
}
