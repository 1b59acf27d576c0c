//! Many networks at once: sorted ranges, found by binary search.

use super::network::parse_network;
use ipnet::IpNet;
use std::net::IpAddr;

/// A set of addresses, given as networks.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct NetworkSet {
    v4: Vec<(u32, u32)>,
    v6: Vec<(u128, u128)>,
    has_unknown: bool,
}

impl NetworkSet {
    /// Reads a list; an entry that is NULL or not a network makes [`NetworkSet::has_unknown`] true.
    pub fn new<'a>(entries: impl IntoIterator<Item = Option<&'a str>>) -> Self {
        let mut set = Self::default();
        for entry in entries {
            match entry.and_then(parse_network) {
                Some(IpNet::V4(net)) => set.v4.push((net.network().to_bits(), net.broadcast().to_bits())),
                Some(IpNet::V6(net)) => set.v6.push((net.network().to_bits(), net.broadcast().to_bits())),
                None => set.has_unknown = true,
            }
        }
        merge(&mut set.v4);
        merge(&mut set.v6);
        set
    }

    /// Whether some entry of the list was no network.
    pub fn has_unknown(&self) -> bool {
        self.has_unknown
    }

    /// Whether a network of the set holds `address`.
    #[inline]
    pub fn contains(&self, address: IpAddr) -> bool {
        match address {
            IpAddr::V4(address) => holds(&self.v4, address.to_bits()),
            IpAddr::V6(address) => holds(&self.v6, address.to_bits()),
        }
    }
}

/// Sorts the ranges and drops those inside another one: two networks overlap only so.
fn merge<T: Ord + Copy>(ranges: &mut Vec<(T, T)>) {
    ranges.sort_unstable_by(|a, b| a.0.cmp(&b.0).then(b.1.cmp(&a.1)));
    ranges.dedup_by(|next, kept| next.1 <= kept.1);
}

fn holds<T: Ord + Copy>(ranges: &[(T, T)], value: T) -> bool {
    let after = ranges.partition_point(|range| range.0 <= value);
    after.checked_sub(1).and_then(|at| ranges.get(at)).is_some_and(|range| value <= range.1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn nested_and_doubled_networks_merge() {
        let set = NetworkSet::new([
            Some("10.1.0.0/16"),
            Some("10.0.0.0/8"),
            Some("10.0.0.0/8"),
            Some("10.0.0.0/9"),
            Some("2001:db8::/32"),
            Some("10.255.255.255"),
        ]);
        assert_eq!(set.v4.len(), 1);
        assert_eq!(set.v6.len(), 1);
        assert!(!set.has_unknown());
        assert!(NetworkSet::new([None]).has_unknown());
        assert!(NetworkSet::new([Some("")]).has_unknown());
    }

    proptest! {
        #[test]
        fn agrees_with_one_by_one(nets in prop::collection::vec((any::<u32>(), 0u8..=32), 0..40), probes in prop::collection::vec(any::<u32>(), 20)) {
            let nets: Vec<ipnet::Ipv4Net> = nets.into_iter().map(|(bits, length)| ipnet::Ipv4Net::new(bits.into(), length).unwrap()).collect();
            let texts: Vec<String> = nets.iter().map(ToString::to_string).collect();
            let set = NetworkSet::new(texts.iter().map(|text| Some(text.as_str())));
            let edges = nets.iter().flat_map(|net| [net.network().to_bits(), net.broadcast().to_bits(), net.network().to_bits().wrapping_sub(1), net.broadcast().to_bits().wrapping_add(1)]);
            for probe in probes.into_iter().chain(edges) {
                let address = std::net::Ipv4Addr::from_bits(probe);
                prop_assert_eq!(set.contains(IpAddr::V4(address)), nets.iter().any(|net| net.contains(&address)));
            }
        }
    }
}
