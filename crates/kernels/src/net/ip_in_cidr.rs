//! `ip_in_cidr(ip, cidr)`: is an address in a network?

use super::address::parse_address;
use super::network::NetworkMemo;
use crate::prelude::*;
use ipnet::IpNet;
use std::net::IpAddr;

/// Kernel of `ip_in_cidr`.
pub struct IpInCidr;

impl ScalarKernel for IpInCidr {
    const SPEC: Spec = Spec {
        name: "ip_in_cidr",
        family: Family::Net,
        summary: "Tells whether an IP address is in a network.",
        details: "\
The network is `address/prefix length` (`10.0.0.0/8`, `2001:db8::/32`), `address/netmask` (`10.0.0.0/255.0.0.0`) or a single address. Host bits
are allowed: `10.1.2.3/8` is `10.0.0.0/8`. An IPv4 address is never in an IPv6 network and the other way round; an IPv4-mapped address
(`::ffff:10.0.0.1`) is an IPv4 address, and a network within `::ffff:0:0/96` is an IPv4 network.

NULL where `ip` is not an address or `cidr` is not a network, so that a dirty row is neither inside nor outside. Many networks: `ip_in_cidrs`.",
        args: &[Arg { name: "ip", doc: "IPv4 or IPv6 address." }, Arg { name: "cidr", doc: "Network, or a single address." }],
        examples: &[
            Example { sql: "SELECT ip_in_cidr('10.1.2.3', '10.0.0.0/8') AS a, ip_in_cidr('11.1.2.3', '10.0.0.0/8') AS b", result: "true | false" },
            Example { sql: "SELECT ip_in_cidr('::ffff:10.1.2.3', '10.0.0.0/255.0.0.0') AS a, ip_in_cidr('n/a', '10.0.0.0/8') AS b", result: "true | NULL" },
        ],
    };
    type Args<'a> = (&'a str, &'a str);
    type Options = NoOptions;
    type Out<'a> = bool;
    type Scratch = NetworkMemo;

    fn eval<'a>(memo: &'a mut NetworkMemo, _: &'a NoOptions, (ip, cidr): (&'a str, &'a str)) -> KernelResult<bool> {
        Ok(memo.get(cidr).and_then(|net| ip_in_network(ip, &net)))
    }
}

/// Whether `net` holds the address in `ip`; `None` where `ip` is not an address.
pub fn ip_in_network(ip: &str, net: &IpNet) -> Option<bool> {
    Some(match (parse_address(ip)?, net) {
        (IpAddr::V4(address), IpNet::V4(net)) => net.contains(&address),
        (IpAddr::V6(address), IpNet::V6(net)) => net.contains(&address),
        _ => false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn ask(ip: &str, cidr: &str) -> Option<bool> {
        NetworkMemo::default().get(cidr).and_then(|net| ip_in_network(ip, &net))
    }

    #[test]
    fn cases() {
        for (ip, cidr, expected) in [
            ("10.0.0.0", "10.0.0.0/8", Some(true)),
            ("10.255.255.255", "10.0.0.0/8", Some(true)),
            ("11.0.0.0", "10.0.0.0/8", Some(false)),
            ("10.9.9.9", "10.1.2.3/8", Some(true)),
            ("10.0.0.1", "10.0.0.1", Some(true)),
            ("10.0.0.2", "10.0.0.1/32", Some(false)),
            ("8.8.8.8", "0.0.0.0/0", Some(true)),
            ("2001:db8::1", "2001:db8::/32", Some(true)),
            ("2001:db9::1", "2001:db8::/32", Some(false)),
            ("fe80::1%eth0", "fe80::/10", Some(true)),
            ("::1", "0.0.0.0/0", Some(false)),
            ("8.8.8.8", "::/0", Some(false)),
            ("::ffff:10.0.0.1", "10.0.0.0/8", Some(true)),
            ("10.0.0.1", "::ffff:10.0.0.0/104", Some(true)),
            ("", "10.0.0.0/8", None),
            ("10.0.0.1", "", None),
            ("10.0.0.1", "10.0.0.0/33", None),
            ("10.0.0.1", "evil", None),
            ("010.0.0.1", "10.0.0.0/8", None),
        ] {
            assert_eq!(ask(ip, cidr), expected, "{ip} {cidr}");
        }
    }

    proptest! {
        #[test]
        fn agrees_with_bit_masks(ip: u32, near in any::<u32>(), length in 0u8..=32, close: bool) {
            let base = if close { ip ^ (near >> 8) } else { near };
            let mask = u32::MAX.checked_shl(32 - u32::from(length)).unwrap_or(0);
            let cidr = format!("{}/{length}", std::net::Ipv4Addr::from_bits(base));
            prop_assert_eq!(ask(&std::net::Ipv4Addr::from_bits(ip).to_string(), &cidr), Some(ip & mask == base & mask));
        }

        #[test]
        fn agrees_with_bit_masks_v6(low: u64, other: u64, length in 64u8..=128) {
            // 2001:db8::/64 keeps both sides out of the mapped block
            let base: u128 = 0x2001_0db8 << 96;
            let (ip, net) = (base | u128::from(low), base | u128::from(other));
            let mask = u128::MAX.checked_shl(128 - u32::from(length)).unwrap_or(0);
            let cidr = format!("{}/{length}", std::net::Ipv6Addr::from_bits(net));
            prop_assert_eq!(ask(&std::net::Ipv6Addr::from_bits(ip).to_string(), &cidr), Some(ip & mask == net & mask));
        }
    }
}
