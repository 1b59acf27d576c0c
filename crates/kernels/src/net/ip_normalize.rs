//! `ip_normalize(ip)`: the one spelling of an address.

use super::address::parse_address;
use crate::prelude::*;
use std::fmt::Write;

/// Kernel of `ip_normalize`.
pub struct IpNormalize;

impl ScalarKernel for IpNormalize {
    const SPEC: Spec = Spec {
        name: "ip_normalize",
        family: Family::Net,
        summary: "Writes an IP address in its one canonical form, so that addresses from different logs can be joined.",
        details: "\
IPv6 is written as RFC 5952 says: lower case, no leading zeros, the first longest run of zero groups as `::`. An IPv4-mapped address becomes
the IPv4 address: `::ffff:192.0.2.1` is `192.0.2.1`. Blanks around it, brackets and the zone are dropped (a zone names an interface of one host, so two
hosts' zones never match). NULL for what is not an address, octets with leading zeros included.",
        args: &[Arg { name: "ip", doc: "IPv4 or IPv6 address." }],
        examples: &[
            Example { sql: "SELECT ip_normalize('2001:DB8:0:0:0:0:0:1') AS ip", result: "2001:db8::1" },
            Example { sql: "SELECT ip_normalize('::FFFF:C000:0201') AS a, ip_normalize('[fe80::1%eth0]') AS b", result: "192.0.2.1 | fe80::1" },
            Example { sql: "SELECT ip_normalize('010.0.0.1') AS ip", result: "NULL" },
        ],
    };
    type Args<'a> = (&'a str,);
    type Options = NoOptions;
    type Out<'a> = &'a str;
    type Scratch = String;

    fn eval<'a>(buffer: &'a mut String, _: &'a NoOptions, (ip,): (&'a str,)) -> KernelResult<&'a str> {
        buffer.clear();
        Ok(ip_normalize(ip, buffer).then_some(buffer))
    }
}

/// Appends the canonical form of `ip` to `out`; false where it is not an address.
pub fn ip_normalize(ip: &str, out: &mut String) -> bool {
    // The standard library prints IPv6 addresses in the form of RFC 5952; writing to a String cannot fail.
    parse_address(ip).is_some_and(|address| write!(out, "{address}").is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn normal(ip: &str) -> Option<String> {
        let mut out = String::new();
        ip_normalize(ip, &mut out).then_some(out)
    }

    /// The rules and examples of RFC 5952, section 4.
    #[test]
    fn rfc_5952() {
        for (ip, expected) in [
            ("2001:0db8::0001", "2001:db8::1"),
            ("2001:db8:0:0:0:0:2:1", "2001:db8::2:1"),
            ("2001:db8::1:1:1:1:1", "2001:db8:0:1:1:1:1:1"),
            ("2001:0:0:1:0:0:0:1", "2001:0:0:1::1"),
            ("2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"),
            ("2001:DB8::AAAA", "2001:db8::aaaa"),
            ("0:0:0:0:0:0:0:0", "::"),
            ("1:0:0:0:0:0:0:0", "1::"),
            ("::ffff:0:1.2.3.4", "::ffff:0:102:304"),
            ("192.0.2.1", "192.0.2.1"),
        ] {
            assert_eq!(normal(ip).as_deref(), Some(expected), "{ip}");
        }
        assert_eq!(normal("1.2.3.4/8"), None);
    }

    proptest! {
        #[test]
        fn idempotent(ip in "\\PC*|[0-9a-fA-F:.%\\[\\] ]{0,45}") {
            if let Some(once) = normal(&ip) {
                prop_assert_eq!(normal(&once), Some(once));
            }
        }

        #[test]
        fn idempotent_on_addresses(bits: u128, shift in 0u32..128) {
            let once = normal(&std::net::Ipv6Addr::from_bits(bits >> shift).to_string()).unwrap();
            prop_assert_eq!(normal(&once), Some(once));
        }
    }
}
