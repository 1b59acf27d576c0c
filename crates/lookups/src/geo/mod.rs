//! Where an address is and whose network it is in, from MMDB files.

mod address;
mod asn;
mod cache;
mod database;
mod facts;
mod geo_distance;
mod geoip;
mod geoip_online;
mod impossible_travel;
mod json;
mod languages;
mod mmdb_lookup;
mod options;
mod place;
mod record;
mod search;
mod section;
mod seen;
mod set;
mod tree;
mod update;
mod values;
mod watch;
mod word;

pub use asn::{Asn, AsnAnswer, AsnOptions};
pub use geo_distance::{GeoDistance, geo_distance};
pub use geoip::{GeoIp, GeoIpAnswer, GeoIpOptions};
pub use geoip_online::{GeoIpOnline, Online, OnlineAnswer, OnlineOptions};
pub use impossible_travel::{ImpossibleTravel, Travel, TravelOptions};
pub use mmdb_lookup::{MmdbLookup, MmdbScratch};
pub use options::GeoScratch;
pub use update::{Report, Updated, update, update_folder};
