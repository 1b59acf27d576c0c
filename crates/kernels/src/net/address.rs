//! An IP address as logs write it.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Reads an IPv4 or IPv6 address. An IPv4-mapped IPv6 address (`::ffff:192.0.2.1`) is the IPv4 address (RFC 4291, 2.5.5.2).
///
/// Blanks around it, brackets around an IPv6 address and a zone (`%eth0`, RFC 4007) are accepted and dropped. Octets with
/// leading zeros are not: `010.0.0.1` is 8.0.0.1 to some programs and 10.0.0.1 to others (RFC 6943, 3.1.1).
pub fn parse_address(text: &str) -> Option<IpAddr> {
    let text = text.trim_ascii();
    match parse_v4(text) {
        Some(address) => Some(IpAddr::V4(address)),
        None => parse_v6(text).map(|address| IpAddr::V6(address).to_canonical()),
    }
}

/// What the standard library reads, in a third of its time.
fn parse_v4(text: &str) -> Option<Ipv4Addr> {
    let (mut bits, mut octet, mut digits, mut dots) = (0, 0, 0, 0);
    for byte in text.bytes() {
        match byte {
            b'0'..=b'9' if digits == 0 || octet > 0 && digits < 3 => (octet, digits) = (octet * 10 + u32::from(byte - b'0'), digits + 1),
            b'.' if digits > 0 && octet <= 255 && dots < 3 => (bits, octet, digits, dots) = (bits << 8 | octet, 0, 0, dots + 1),
            _ => return None,
        }
    }
    (digits > 0 && octet <= 255 && dots == 3).then(|| Ipv4Addr::from_bits(bits << 8 | octet))
}

fn parse_v6(text: &str) -> Option<Ipv6Addr> {
    let text = match text.strip_prefix('[') {
        Some(rest) => rest.strip_suffix(']')?,
        None => text,
    };
    match text.split_once('%') {
        None => text.parse().ok(),
        Some((address, zone)) if is_zone(zone) => address.parse().ok(),
        Some(_) => None,
    }
}

/// An interface name or index; RFC 4007 leaves its characters to the host.
fn is_zone(zone: &str) -> bool {
    !zone.is_empty() && !zone.contains(|c: char| c.is_whitespace() || c.is_control() || matches!(c, '[' | ']' | '/' | '%'))
}

/// The IPv4 address that a transition mechanism wrote into `address`, where the address has no other meaning.
pub fn embedded_v4(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let low = |bits: u128| Ipv4Addr::from_bits((bits & u128::from(u32::MAX)) as u32);
    let bits = address.to_bits();
    match address.segments() {
        [0, 0, 0, 0, 0, 0xffff, ..] => Some(low(bits)),    // IPv4-mapped, RFC 4291, 2.5.5.2
        [0x64, 0xff9b, 0, 0, 0, 0, ..] => Some(low(bits)), // NAT64 well-known prefix, RFC 6052, 2.1
        [0x2002, ..] => Some(low(bits >> 80)),             // 6to4, RFC 3056, 2
        [0x2001, 0, ..] => Some(low(!bits)),               // Teredo: the client's address, all bits inverted, RFC 4380, 4
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn forms() {
        for (text, expected) in [
            ("192.0.2.1", Some("192.0.2.1")),
            (" 192.0.2.1\t", Some("192.0.2.1")),
            ("::1", Some("::1")),
            ("[::1]", Some("::1")),
            (" [2001:DB8::1] ", Some("2001:db8::1")),
            ("fe80::1%eth0", Some("fe80::1")),
            ("[fe80::1%25eth0]", Some("fe80::1")),
            ("fe80::1%12", Some("fe80::1")),
            ("::ffff:192.0.2.1", Some("192.0.2.1")),
            ("::FFFF:c000:201", Some("192.0.2.1")),
            ("64:ff9b::192.0.2.33", Some("64:ff9b::c000:221")),
            ("0:0:0:0:0:0:0:1", Some("::1")),
            ("", None),
            (" ", None),
            ("010.0.0.1", None),
            ("10.0.0.01", None),
            ("0x7f.0.0.1", None),
            ("127.1", None),
            ("2130706433", None),
            ("256.1.1.1", None),
            ("1.2.3.4.5", None),
            ("1.2.3.4/32", None),
            ("1.2.3.4:80", None),
            ("[1.2.3.4]", None),
            ("1.2.3.4%eth0", None),
            ("[::1]:80", None),
            ("[::1", None),
            ("::1]", None),
            ("fe80::1%", None),
            ("fe80::1%a b", None),
            ("fe80::1%a%b", None),
            ("12:34:56", None),
            ("00:1b:44:11:3a:b7", None),
            ("1::2::3", None),
            ("12345::", None),
            ("１.２.３.４", None),
            ("localhost", None),
            ("1.2.3.4\0", None),
        ] {
            assert_eq!(parse_address(text).map(|ip| ip.to_string()).as_deref(), expected, "{text:?}");
        }
    }

    #[test]
    fn embedded() {
        for (text, expected) in [
            ("2002:0a00:1::", Some("10.0.0.1")),
            ("64:ff9b::a00:1", Some("10.0.0.1")),
            ("2001:0:4136:e378:8000:63bf:3fff:fdd2", Some("192.0.2.45")),
            ("2001:db8::a00:1", None),
            ("::10.0.0.1", None),
        ] {
            let address = text.parse().unwrap();
            assert_eq!(embedded_v4(address).map(|ip| ip.to_string()).as_deref(), expected, "{text}");
        }
    }

    proptest! {
        #[test]
        fn never_panics(text in "\\PC*") {
            parse_address(&text);
        }

        #[test]
        fn reads_what_std_reads(text in "[0-3]?[0-9]{0,3}[.][0-9]{0,3}[.:x]?[0-9]{0,3}[.][0-9]{0,4}[.]?[0-9]?") {
            prop_assert_eq!(parse_v4(&text), text.parse().ok());
        }

        #[test]
        fn reads_what_std_prints(bits: u128) {
            let address = Ipv6Addr::from_bits(bits);
            prop_assert_eq!(parse_address(&address.to_string()), Some(IpAddr::V6(address).to_canonical()));
            prop_assert_eq!(parse_address(&format!(" [{address}%eth0]")), Some(IpAddr::V6(address).to_canonical()));
        }
    }
}
