//! Which addresses lie on the public internet.

use super::kind::IocType;
use ipnet::IpNet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// False for an address or network of private, local, multicast, documentation or reserved space; true for every other indicator.
pub(crate) fn is_public(kind: IocType, value: &str) -> bool {
    match kind {
        IocType::Ipv4 | IocType::Ipv6 => value.parse().is_ok_and(is_public_address),
        IocType::Cidr => value.parse::<IpNet>().is_ok_and(|net| is_public_address(net.addr())),
        _ => true,
    }
}

fn is_public_address(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => is_public_v4(v4),
        IpAddr::V6(v6) => v6.to_ipv4_mapped().map_or_else(|| is_public_v6(v6), is_public_v4),
    }
}

/// IANA IPv4 Special-Purpose Address Registry.
fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let special = matches!((a, b, c), (0 | 10 | 127, ..) | (100, 64..=127, _) | (169, 254, _) | (172, 16..=31, _) | (192, 168, _))
        || matches!((a, b, c), (192, 0, 0 | 2) | (198, 18 | 19, _) | (198, 51, 100) | (203, 0, 113) | (224.., ..));
    !special
}

/// IANA IPv6 Special-Purpose Address Registry: outside 2000::/3 only 64:ff9b::/96 is public.
fn is_public_v6(address: Ipv6Addr) -> bool {
    let [first, second, ..] = address.segments();
    let unicast =
        first & 0xe000 == 0x2000 && !(first == 0x2001 && (second < 0x200 || second == 0xdb8)) && !(first == 0x3fff && second < 0x1000);
    unicast || (first == 0x64 && second == 0xff9b)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn registries() {
        for (value, public) in [
            ("8.8.8.8", true),
            ("10.0.0.1", false),
            ("172.15.0.1", true),
            ("172.31.0.1", false),
            ("100.64.0.1", false),
            ("192.0.2.1", false),
            ("224.0.0.1", false),
            ("255.255.255.255", false),
            ("2606:4700::1", true),
            ("2001:db8::1", false),
            ("fe80::1", false),
            ("::1", false),
            ("::ffff:8.8.8.8", true),
            ("::ffff:10.0.0.1", false),
            ("64:ff9b::8.8.8.8", true),
        ] {
            assert_eq!(is_public_address(value.parse().unwrap()), public, "{value}");
        }
    }
}
