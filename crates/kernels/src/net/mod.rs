//! IP addresses, networks, URLs and domain names.

mod address;
mod cidr_hosts;
mod ip_in_cidr;
mod ip_in_cidrs;
mod ip_normalize;
mod ip_type;
mod ip_version;
mod network;
mod network_set;
mod special_purpose;

pub use address::{embedded_v4, parse_address};
pub use cidr_hosts::{CidrBounds, CidrHosts, cidr_hosts};
pub use ip_in_cidr::{IpInCidr, ip_in_network};
pub use ip_in_cidrs::{IpInCidrs, SetMemo, ip_in_set};
pub use ip_normalize::{IpNormalize, ip_normalize};
pub use ip_type::{IpType, ip_type};
pub use ip_version::{IpVersion, ip_version};
pub use network::{NetworkMemo, parse_network};
pub use network_set::NetworkSet;
pub use special_purpose::{AddressKind, address_kind};
