//! The functions of this crate, once.

use crate::geo;
use huntsql_kernels::catalogue::Visitor;
use huntsql_kernels::group::PerRow;

/// Shows every function of this crate to `visitor`, sorted by name.
pub fn visit(visitor: &mut impl Visitor) {
    static IMPOSSIBLE_TRAVEL: PerRow<geo::ImpossibleTravel> = PerRow::new();
    visitor.scalar::<geo::Asn>(); // asn
    visitor.scalar::<geo::GeoDistance>(); // geo_distance
    visitor.scalar::<geo::GeoIp>(); // geoip
    visitor.group(&IMPOSSIBLE_TRAVEL); // impossible_travel
    visitor.scalar::<geo::MmdbLookup>(); // mmdb_lookup
}
