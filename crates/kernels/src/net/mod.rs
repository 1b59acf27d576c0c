//! IP addresses, networks, URLs and domain names.

mod address;
mod cidr_hosts;
mod domain_is_valid;
mod domain_name;
mod domain_parse;
mod domain_skeleton;
mod ip_in_cidr;
mod ip_in_cidrs;
mod ip_normalize;
mod ip_type;
mod ip_version;
mod network;
mod network_set;
mod punycode_decode;
mod punycode_encode;
mod special_purpose;
mod url_authority;
mod url_parse;

pub use address::{embedded_v4, parse_address};
pub use cidr_hosts::{CidrBounds, CidrHosts, cidr_hosts};
pub use domain_is_valid::{DomainIsValid, domain_is_valid};
pub use domain_name::{DomainParts, split as split_domain, to_ascii, to_ascii_host, to_unicode};
pub use domain_parse::{DomainParse, domain_parse};
pub use domain_skeleton::{DomainSkeleton, domain_skeleton};
pub use ip_in_cidr::{IpInCidr, ip_in_network};
pub use ip_in_cidrs::{IpInCidrs, SetMemo, ip_in_set};
pub use ip_normalize::{IpNormalize, ip_normalize};
pub use ip_type::{IpType, ip_type};
pub use ip_version::{IpVersion, ip_version};
pub use network::{NetworkMemo, mapped_network, parse_network};
pub use network_set::NetworkSet;
pub use punycode_decode::PunycodeDecode;
pub use punycode_encode::PunycodeEncode;
pub use special_purpose::{AddressKind, address_kind};
pub use url_authority::{Authority, Certainty, parse_authority};
pub use url_parse::{UrlParse, UrlParts, url_parse};
