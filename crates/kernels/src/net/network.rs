//! A network as people write it: `10.0.0.0/8`, `10.0.0.0/255.0.0.0`, or one address.

use super::address::parse_address;
use ipnet::{IpNet, Ipv4Net};
use std::net::{IpAddr, Ipv6Addr};

/// The IPv4 network that `text` writes as one of IPv6, `::ffff:198.51.100.0/120`; `None` for all others.
pub fn mapped_network(text: &str) -> Option<IpNet> {
    let network = if text.contains(':') { parse_network(text) } else { None };
    network.filter(|network| network.addr().is_ipv4()).map(|network| network.trunc())
}

/// Reads a network. Host bits are allowed and kept in [`IpNet::addr`]; a single address is its own network; a network of IPv4-mapped
/// addresses (`::ffff:0:0/96` and longer) is the IPv4 network.
pub fn parse_network(text: &str) -> Option<IpNet> {
    let text = text.trim_ascii();
    let Some((address, prefix)) = text.split_once('/') else {
        return parse_address(text).map(IpNet::from);
    };
    if address.ends_with(|c: char| c.is_ascii_whitespace()) || address.contains(['[', '%']) {
        return None;
    }
    // The length counts in the family as written, so a mapped address must not become IPv4 before it is applied.
    if let Ok(address) = address.parse::<Ipv6Addr>() {
        let length = parse_length(prefix)?;
        return match IpAddr::V6(address).to_canonical() {
            IpAddr::V4(mapped) if length >= 96 => IpNet::new(IpAddr::V4(mapped), length - 96).ok(),
            _ => IpNet::new(IpAddr::V6(address), length).ok(),
        };
    }
    let address = address.parse().ok()?;
    if prefix.contains('.') { Ipv4Net::with_netmask(address, prefix.parse().ok()?) } else { Ipv4Net::new(address, parse_length(prefix)?) }
        .map(IpNet::V4)
        .ok()
}

/// Digits without sign and leading zeros.
fn parse_length(text: &str) -> Option<u8> {
    let plain = text == "0" || (text.starts_with(|c: char| matches!(c, '1'..='9')) && text.bytes().all(|b| b.is_ascii_digit()));
    if plain { text.parse().ok() } else { None }
}

/// The last network text and what it says: in most queries it is the same in every row.
#[derive(Debug, Default)]
pub struct NetworkMemo {
    text: String,
    network: Option<IpNet>,
}

impl NetworkMemo {
    /// [`parse_network`], parsed again only when `text` is another one.
    #[inline]
    pub fn get(&mut self, text: &str) -> Option<IpNet> {
        if self.text != text {
            self.network = parse_network(text);
            self.text.clear();
            self.text.push_str(text);
        }
        self.network
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn forms() {
        for (text, expected) in [
            ("10.0.0.0/8", Some("10.0.0.0/8")),
            (" 10.0.0.0/8 ", Some("10.0.0.0/8")),
            ("10.1.2.3/8", Some("10.0.0.0/8")),
            ("0.0.0.0/0", Some("0.0.0.0/0")),
            ("10.0.0.1", Some("10.0.0.1/32")),
            ("10.0.0.0/255.0.0.0", Some("10.0.0.0/8")),
            ("10.0.0.1/255.255.255.255", Some("10.0.0.1/32")),
            ("2001:db8::/32", Some("2001:db8::/32")),
            ("2001:DB8::1/32", Some("2001:db8::/32")),
            ("::/0", Some("::/0")),
            ("[::1]", Some("::1/128")),
            ("fe80::1%eth0", Some("fe80::1/128")),
            ("::ffff:10.0.0.0/104", Some("10.0.0.0/8")),
            ("::ffff:0:0/96", Some("0.0.0.0/0")),
            ("::ffff:0:0/95", Some("::fffe:0:0/95")),
            ("", None),
            ("/8", None),
            ("10.0.0.0/", None),
            ("10.0.0.0/33", None),
            ("10.0.0.0/-1", None),
            ("10.0.0.0/+8", None),
            ("10.0.0.0/08", None),
            ("10.0.0.0/8/8", None),
            ("10.0.0.0 /8", None),
            ("10.0.0.0/ 8", None),
            ("10.0.0.0/0.255.255.255", None),
            ("10.0.0.0/255.0.255.0", None),
            ("10/8", None),
            ("010.0.0.0/8", None),
            ("::/129", None),
            ("::/ffff::", None),
            ("::/255.0.0.0", None),
            ("fe80::%eth0/64", None),
            ("10.0.0.0/256", None),
            ("10.0.0.0/99999999999999999999", None),
        ] {
            assert_eq!(parse_network(text).map(|net| net.trunc().to_string()).as_deref(), expected, "{text:?}");
        }
    }

    #[test]
    fn the_memo_sees_a_new_text() {
        let mut memo = NetworkMemo::default();
        for text in ["", "10.0.0.0/8", "10.0.0.0/8", "x", "10.0.0.0/9", ""] {
            assert_eq!(memo.get(text), parse_network(text));
        }
    }

    proptest! {
        #[test]
        fn never_panics(text in "\\PC*|[0-9a-f:./]{0,40}") {
            parse_network(&text);
        }

        #[test]
        fn reads_what_ipnet_reads(text in "[0-9]{1,3}(\\.[0-9]{1,3}){3}/[0-9]{1,2}") {
            // ipnet accepts /08; nothing else differs
            let ours = parse_network(&text);
            prop_assert!(ours.is_none() || ours == text.parse().ok());
        }
    }
}
