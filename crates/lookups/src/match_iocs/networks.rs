//! The networks of a feed, by the length of their prefix.

use hashbrown::HashMap;
use ipnet::{IpNet, Ipv6Net};
use std::net::IpAddr;

/// An IPv4 address in the mapped range of IPv6.
fn bits(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(address) => address.to_ipv6_mapped().to_bits(),
        IpAddr::V6(address) => address.to_bits(),
    }
}

/// The range of IPv6 in which IPv4 addresses are written (RFC 4291, section 2.5.5.2).
const MAPPED: (u128, u128) = (0xffff_0000_0000, 0xffff_ffff_ffff);

/// Shortest prefix of IPv6 that says something of IPv4: `::/8`, which lists of unused networks hold, is not said of all of the older
/// internet.
const SHORTEST_MAPPED: u8 = 81;

/// The IPv4 addresses in a network of IPv6, as the first and the last.
pub(super) fn mapped(network: Ipv6Net) -> Option<(u32, u32)> {
    let (first, last) = (network.network().to_bits().max(MAPPED.0), network.broadcast().to_bits().min(MAPPED.1));
    let address = |bits: u128| u32::try_from(bits.checked_sub(MAPPED.0)?).ok();
    if network.prefix_len() < SHORTEST_MAPPED || first > last { None } else { Some((address(first)?, address(last)?)) }
}

fn mask(length: u8) -> u128 {
    u128::MAX.checked_shl(128 - u32::from(length)).unwrap_or(0)
}

/// Networks and the entries that they are.
#[derive(Debug, Default)]
pub(super) struct Networks {
    /// By the length of the prefix and the bits of the network; IPv4 in the mapped range of IPv6.
    table: HashMap<(u8, u128), u32>,
    /// Which lengths of prefixes there are, the longest first.
    lengths: Vec<u8>,
}

impl Networks {
    /// Of two that are the same the first counts.
    pub(super) fn add(&mut self, network: IpNet, entry: u32) {
        let shift = if network.addr().is_ipv4() { 96 } else { 0 };
        let length = network.prefix_len() + shift;
        self.table.entry((length, bits(network.network()))).or_insert(entry);
        if let Err(place) = self.lengths.binary_search_by(|known| length.cmp(known)) {
            self.lengths.insert(place, length);
        }
    }

    /// The entry of the narrowest network that holds the address.
    pub(super) fn find(&self, address: IpAddr) -> Option<u32> {
        let bits = bits(address);
        let shortest = if address.to_canonical().is_ipv4() { SHORTEST_MAPPED } else { 0 };
        let lengths = self.lengths.iter().take_while(|length| **length >= shortest);
        lengths.filter_map(|length| self.table.get(&(*length, bits & mask(*length)))).next().copied()
    }
}
