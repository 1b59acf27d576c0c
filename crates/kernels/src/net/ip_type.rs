//! `ip_type(ip)`: what an address is for.

use super::address::parse_address;
use super::special_purpose::address_kind;
use crate::prelude::*;

/// Kernel of `ip_type`.
pub struct IpType;

impl ScalarKernel for IpType {
    const SPEC: Spec = Spec {
        name: "ip_type",
        family: Family::Net,
        summary: "Tells what an IP address is for: `public`, `private`, `loopback`, `link_local`, `cgnat` and so on.",
        details: "\
The answer follows the IANA special-purpose registries, the most specific block first:

| type | IPv4 | IPv6 |
|---|---|---|
| `public` | all that no other line takes; 192.0.0.9, 192.0.0.10 | 2000::/3 where no other line takes it |
| `private` | 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16 (RFC 1918) | unique local fc00::/7 (RFC 4193), 64:ff9b:1::/48 (RFC 8215) |
| `cgnat` | 100.64.0.0/10 (RFC 6598) | |
| `loopback` | 127.0.0.0/8 (RFC 1122) | ::1 (RFC 4291) |
| `link_local` | 169.254.0.0/16 (RFC 3927) | fe80::/10 (RFC 4291) |
| `site_local` | | fec0::/10 (RFC 3879) |
| `multicast` | 224.0.0.0/4 (RFC 5771) | ff00::/8 (RFC 4291) |
| `broadcast` | 255.255.255.255 (RFC 919) | |
| `documentation` | 192.0.2.0/24, 198.51.100.0/24, 203.0.113.0/24 (RFC 5737) | 2001:db8::/32 (RFC 3849), 3fff::/20 (RFC 9637) |
| `benchmarking` | 198.18.0.0/15 (RFC 2544) | 2001:2::/48 (RFC 5180) |
| `unspecified` | 0.0.0.0 | :: |
| `reserved` | 0.0.0.0/8, 192.0.0.0/24, 192.88.99.0/24, 240.0.0.0/4 | 2001::/23 otherwise, and all space that IANA has not given out |

An IPv6 address that carries an IPv4 address is judged by it: IPv4-mapped `::ffff:0:0/96`, NAT64 `64:ff9b::/96` (RFC 6052), 6to4
`2002::/16` (RFC 3056) and Teredo `2001::/32` (RFC 4380, the client's address). So `2002:0a00:1::` is `private`: 6to4 of 10.0.0.1.

Blanks around the address, brackets (`[::1]`) and a zone (`fe80::1%eth0`) are accepted. NULL for what is not one address: names, ports,
prefixes, octets with leading zeros (`010.0.0.1` means different hosts to different programs), defanged text (use `refang` first).",
        args: &[Arg { name: "ip", doc: "IPv4 or IPv6 address." }],
        examples: &[
            Example {
                sql: "SELECT ip_type('10.1.2.3') AS a, ip_type('8.8.8.8') AS b, ip_type('100.64.0.1') AS c",
                result: "private | public | cgnat",
            },
            Example { sql: "SELECT ip_type('2002:0a00:1::') AS a, ip_type('fec0::1') AS b", result: "private | site_local" },
            Example { sql: "SELECT ip_type('999.1.1.1') AS a", result: "NULL" },
        ],
    };
    type Args<'a> = (&'a str,);
    type Options = NoOptions;
    type Out<'a> = &'a str;
    type Scratch = ();

    fn eval<'a>(_: &'a mut (), _: &'a NoOptions, (ip,): (&'a str,)) -> KernelResult<&'a str> {
        Ok(ip_type(ip))
    }
}

/// The type of the address in `ip`, or `None` where it is not an address.
pub fn ip_type(ip: &str) -> Option<&'static str> {
    parse_address(ip).map(|address| address_kind(address).name())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// First and last address of each block, and the neighbours.
    #[test]
    fn registries() {
        for (ip, expected) in [
            ("0.0.0.0", "unspecified"),
            ("0.0.0.1", "reserved"),
            ("0.255.255.255", "reserved"),
            ("1.0.0.0", "public"),
            ("9.255.255.255", "public"),
            ("10.0.0.0", "private"),
            ("10.255.255.255", "private"),
            ("11.0.0.0", "public"),
            ("100.63.255.255", "public"),
            ("100.64.0.0", "cgnat"),
            ("100.127.255.255", "cgnat"),
            ("100.128.0.0", "public"),
            ("127.0.0.1", "loopback"),
            ("127.255.255.255", "loopback"),
            ("169.254.0.0", "link_local"),
            ("169.254.169.254", "link_local"),
            ("169.255.0.0", "public"),
            ("172.15.255.255", "public"),
            ("172.16.0.0", "private"),
            ("172.31.255.255", "private"),
            ("172.32.0.0", "public"),
            ("192.0.0.0", "reserved"),
            ("192.0.0.8", "reserved"),
            ("192.0.0.9", "public"),
            ("192.0.0.10", "public"),
            ("192.0.0.170", "reserved"),
            ("192.0.1.0", "public"),
            ("192.0.2.255", "documentation"),
            ("192.31.196.1", "public"),
            ("192.52.193.1", "public"),
            ("192.88.99.1", "reserved"),
            ("192.168.0.0", "private"),
            ("192.168.255.255", "private"),
            ("192.175.48.1", "public"),
            ("198.17.255.255", "public"),
            ("198.18.0.0", "benchmarking"),
            ("198.19.255.255", "benchmarking"),
            ("198.51.100.1", "documentation"),
            ("203.0.113.7", "documentation"),
            ("223.255.255.255", "public"),
            ("224.0.0.0", "multicast"),
            ("239.255.255.255", "multicast"),
            ("240.0.0.1", "reserved"),
            ("255.255.255.254", "reserved"),
            ("255.255.255.255", "broadcast"),
            ("::", "unspecified"),
            ("::1", "loopback"),
            ("::2", "reserved"),
            ("::10.0.0.1", "reserved"),
            ("64:ff9b:1::1", "private"),
            ("64:ff9b:2::1", "reserved"),
            ("100::1", "reserved"),
            ("100:0:0:1::1", "reserved"),
            ("2001:1::1", "public"),
            ("2001:1::2", "public"),
            ("2001:1::3", "public"),
            ("2001:1::4", "reserved"),
            ("2001:2::1", "benchmarking"),
            ("2001:2:1::1", "reserved"),
            ("2001:3::1", "public"),
            ("2001:4:112::1", "public"),
            ("2001:10::1", "reserved"),
            ("2001:20::1", "public"),
            ("2001:2f::1", "public"),
            ("2001:30::1", "public"),
            ("2001:40::1", "reserved"),
            ("2001:1ff:ffff::", "reserved"),
            ("2001:200::", "public"),
            ("2001:db8::1", "documentation"),
            ("2001:4860:4860::8888", "public"),
            ("2620:4f:8000::1", "public"),
            ("3fff::1", "documentation"),
            ("3fff:fff:ffff::", "documentation"),
            ("3fff:1000::", "public"),
            ("4000::", "reserved"),
            ("5f00::1", "reserved"),
            ("fbff::1", "reserved"),
            ("fc00::1", "private"),
            ("fd12:3456:789a::1", "private"),
            ("fe00::1", "reserved"),
            ("fe80::1%eth0", "link_local"),
            ("febf::1", "link_local"),
            ("fec0::1", "site_local"),
            ("feff::1", "site_local"),
            ("ff02::1", "multicast"),
        ] {
            assert_eq!(ip_type(ip), Some(expected), "{ip}");
        }
    }

    #[test]
    fn embedded_addresses_decide() {
        for (ip, expected) in [
            ("::ffff:10.0.0.1", "private"),
            ("::ffff:8.8.8.8", "public"),
            ("::ffff:255.255.255.255", "broadcast"),
            ("64:ff9b::192.168.1.1", "private"),
            ("64:ff9b::8.8.8.8", "public"),
            ("2002:0a00:1::", "private"),
            ("2002:808:808::1", "public"),
            ("2002:7f00:1::", "loopback"),
            ("2001:0:4136:e378:8000:63bf:f5ff:fffe", "private"), // Teredo client 10.0.0.1
            ("2001:0:4136:e378:8000:63bf:f7f7:f7f7", "public"),  // Teredo client 8.8.8.8
        ] {
            assert_eq!(ip_type(ip), Some(expected), "{ip}");
        }
    }

    #[test]
    fn not_an_address() {
        for text in ["", "x", "010.0.0.1", "10.0.0.1:80", "10.0.0.0/8", "10[.]0[.]0[.]1", "1.2.3", "::g"] {
            assert_eq!(ip_type(text), None, "{text:?}");
        }
    }

    proptest! {
        /// Where the standard library has a stable opinion, it is the same.
        #[test]
        fn agrees_with_std(bits: u32) {
            let ip = std::net::Ipv4Addr::from_bits(bits);
            let kind = ip_type(&ip.to_string()).unwrap();
            prop_assert_eq!(kind == "private", ip.is_private());
            prop_assert_eq!(kind == "loopback", ip.is_loopback());
            prop_assert_eq!(kind == "link_local", ip.is_link_local());
            prop_assert_eq!(kind == "multicast", ip.is_multicast());
            prop_assert_eq!(kind == "documentation", ip.is_documentation());
            prop_assert_eq!(kind == "broadcast", ip.is_broadcast());
        }
    }
}
