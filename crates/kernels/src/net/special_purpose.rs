//! What an address is for: the IANA special-purpose registries, multicast, and the IPv6 address space.
//!
//! Sources: the IANA IPv4 and IPv6 Special-Purpose Address Registries (RFC 6890, RFC 8190), with the RFC of each block beside it.

use super::address::embedded_v4;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// The kinds that `ip_type` tells apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AddressKind {
    /// Reachable over the Internet.
    Public,
    /// Of an organisation's own networks.
    Private,
    /// The host itself.
    Loopback,
    /// Of one link.
    LinkLocal,
    /// Deprecated IPv6 predecessor of the private block.
    SiteLocal,
    /// A group.
    Multicast,
    /// All hosts of the link.
    Broadcast,
    /// Between a carrier and its customers.
    Cgnat,
    /// For books and tests.
    Documentation,
    /// For laboratory measurements.
    Benchmarking,
    /// "No address".
    Unspecified,
    /// Set aside for protocols or the future.
    Reserved,
}

impl AddressKind {
    /// The SQL spelling.
    pub fn name(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Private => "private",
            Self::Loopback => "loopback",
            Self::LinkLocal => "link_local",
            Self::SiteLocal => "site_local",
            Self::Multicast => "multicast",
            Self::Broadcast => "broadcast",
            Self::Cgnat => "cgnat",
            Self::Documentation => "documentation",
            Self::Benchmarking => "benchmarking",
            Self::Unspecified => "unspecified",
            Self::Reserved => "reserved",
        }
    }
}

/// Network bits, prefix length, kind.
type Block<T> = (T, u32, AddressKind);

const fn v4(a: u8, b: u8, c: u8, d: u8, prefix_length: u32, kind: AddressKind) -> Block<u32> {
    (u32::from_be_bytes([a, b, c, d]), prefix_length, kind)
}

const fn v6(head: [u16; 4], last: u16, prefix_length: u32, kind: AddressKind) -> Block<u128> {
    let [a, b, c, d] = head;
    (Ipv6Addr::new(a, b, c, d, 0, 0, 0, last).to_bits(), prefix_length, kind)
}

use AddressKind::{
    Benchmarking, Broadcast, Cgnat, Documentation, LinkLocal, Loopback, Multicast, Private, Public, Reserved, SiteLocal, Unspecified,
};

/// Longest prefix first: the first block that holds an address decides.
const V4: &[Block<u32>] = &[
    v4(0, 0, 0, 0, 32, Unspecified),        // this host on this network, RFC 1122, 3.2.1.3
    v4(192, 0, 0, 9, 32, Public),           // Port Control Protocol anycast, RFC 7723
    v4(192, 0, 0, 10, 32, Public),          // TURN anycast, RFC 8155
    v4(255, 255, 255, 255, 32, Broadcast),  // limited broadcast, RFC 919, 7
    v4(192, 0, 0, 0, 24, Reserved),         // IETF protocol assignments, RFC 6890, 2.1
    v4(192, 0, 2, 0, 24, Documentation),    // TEST-NET-1, RFC 5737
    v4(192, 88, 99, 0, 24, Reserved),       // former 6to4 relay anycast, RFC 7526
    v4(198, 51, 100, 0, 24, Documentation), // TEST-NET-2, RFC 5737
    v4(203, 0, 113, 0, 24, Documentation),  // TEST-NET-3, RFC 5737
    v4(169, 254, 0, 0, 16, LinkLocal),      // RFC 3927
    v4(192, 168, 0, 0, 16, Private),        // RFC 1918
    v4(198, 18, 0, 0, 15, Benchmarking),    // RFC 2544
    v4(172, 16, 0, 0, 12, Private),         // RFC 1918
    v4(100, 64, 0, 0, 10, Cgnat),           // shared address space, RFC 6598
    v4(0, 0, 0, 0, 8, Reserved),            // this network, RFC 791, 3.2
    v4(10, 0, 0, 0, 8, Private),            // RFC 1918
    v4(127, 0, 0, 0, 8, Loopback),          // RFC 1122, 3.2.1.3
    v4(224, 0, 0, 0, 4, Multicast),         // RFC 5771
    v4(240, 0, 0, 0, 4, Reserved),          // RFC 1112, 4
];

/// Longest prefix first; blocks that hold an IPv4 address are judged by it before this table is read.
const V6: &[Block<u128>] = &[
    v6([0, 0, 0, 0], 0, 128, Unspecified),           // RFC 4291, 2.5.2
    v6([0, 0, 0, 0], 1, 128, Loopback),              // RFC 4291, 2.5.3
    v6([0x2001, 1, 0, 0], 1, 128, Public),           // Port Control Protocol anycast, RFC 7723
    v6([0x2001, 1, 0, 0], 2, 128, Public),           // TURN anycast, RFC 8155
    v6([0x2001, 1, 0, 0], 3, 128, Public),           // DNS-SD service registration anycast, RFC 9665
    v6([0x64, 0xff9b, 1, 0], 0, 48, Private),        // IPv4/IPv6 translation of local use, RFC 8215
    v6([0x2001, 2, 0, 0], 0, 48, Benchmarking),      // RFC 5180
    v6([0x2001, 4, 0x112, 0], 0, 48, Public),        // AS112, RFC 7535
    v6([0x2001, 3, 0, 0], 0, 32, Public),            // AMT, RFC 7450
    v6([0x2001, 0xdb8, 0, 0], 0, 32, Documentation), // RFC 3849
    v6([0x2001, 0x20, 0, 0], 0, 28, Public),         // ORCHIDv2, RFC 7343
    v6([0x2001, 0x30, 0, 0], 0, 28, Public),         // drone remote ID entity tags, RFC 9374
    v6([0x2001, 0, 0, 0], 0, 23, Reserved),          // IETF protocol assignments, RFC 2928; holds ORCHID, RFC 4843
    v6([0x3fff, 0, 0, 0], 0, 20, Documentation),     // RFC 9637
    v6([0xfe80, 0, 0, 0], 0, 10, LinkLocal),         // RFC 4291, 2.5.6
    v6([0xfec0, 0, 0, 0], 0, 10, SiteLocal),         // RFC 3879
    v6([0xff00, 0, 0, 0], 0, 8, Multicast),          // RFC 4291, 2.7
    v6([0xfc00, 0, 0, 0], 0, 7, Private),            // unique local, RFC 4193
    v6([0x2000, 0, 0, 0], 0, 3, Public),             // global unicast, RFC 4291, 2.4
    v6([0, 0, 0, 0], 0, 0, Reserved),                // the rest: IANA has not given it out, RFC 4291, 2.4
];

/// What `address` is for.
pub fn address_kind(address: IpAddr) -> AddressKind {
    match address {
        IpAddr::V4(address) => kind_v4(address),
        IpAddr::V6(address) => embedded_v4(address).map_or_else(|| kind_v6(address), kind_v4),
    }
}

fn kind_v4(address: Ipv4Addr) -> AddressKind {
    let bits = address.to_bits();
    V4.iter().find(|(network, length, _)| (bits ^ network).leading_zeros() >= *length).map_or(Public, |block| block.2)
}

fn kind_v6(address: Ipv6Addr) -> AddressKind {
    let bits = address.to_bits();
    V6.iter().find(|(network, length, _)| (bits ^ network).leading_zeros() >= *length).map_or(Reserved, |block| block.2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_sorted_and_their_networks_have_no_host_bits() {
        assert!(V4.is_sorted_by_key(|block| std::cmp::Reverse(block.1)));
        assert!(V6.is_sorted_by_key(|block| std::cmp::Reverse(block.1)));
        assert!(V4.iter().all(|(network, length, _)| network.trailing_zeros() >= 32 - length));
        assert!(V6.iter().all(|(network, length, _)| network.trailing_zeros() >= 128 - length));
    }
}
