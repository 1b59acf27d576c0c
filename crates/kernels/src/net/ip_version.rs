//! `ip_version(ip)`: 4 or 6.

use super::address::parse_address;
use crate::prelude::*;

/// Kernel of `ip_version`.
pub struct IpVersion;

impl ScalarKernel for IpVersion {
    const SPEC: Spec = Spec {
        name: "ip_version",
        family: Family::Net,
        summary: "Gives 4 for an IPv4 address and 6 for an IPv6 address.",
        details: "\
An IPv4-mapped address (`::ffff:192.0.2.1`) is an IPv4 address, as in all functions of this chapter. Blanks around the address, brackets and
a zone are accepted. NULL for what is not an address: a test for valid addresses is `ip_version(x) IS NOT NULL`.",
        args: &[Arg { name: "ip", doc: "IPv4 or IPv6 address." }],
        examples: &[
            Example { sql: "SELECT ip_version('192.0.2.1') AS a, ip_version('2001:db8::1') AS b", result: "4 | 6" },
            Example { sql: "SELECT ip_version('::ffff:192.0.2.1') AS a, ip_version('12:34:56') AS b", result: "4 | NULL" },
        ],
    };
    type Args<'a> = (&'a str,);
    type Options = NoOptions;
    type Out<'a> = i64;
    type Scratch = ();

    fn eval<'a>(_: &'a mut (), _: &'a NoOptions, (ip,): (&'a str,)) -> KernelResult<i64> {
        Ok(ip_version(ip))
    }
}

/// 4 or 6, or `None` where `ip` is not an address.
pub fn ip_version(ip: &str) -> Option<i64> {
    parse_address(ip).map(|address| if address.is_ipv4() { 4 } else { 6 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cases() {
        for (ip, expected) in [
            ("192.0.2.1", Some(4)),
            (" 192.0.2.1 ", Some(4)),
            ("::", Some(6)),
            ("[2001:db8::1]", Some(6)),
            ("fe80::1%eth0", Some(6)),
            ("::ffff:1.2.3.4", Some(4)),
            ("2002:0a00:1::", Some(6)),
            ("", None),
            ("evil.test", None),
            ("00:1b:44:11:3a:b7", None),
        ] {
            assert_eq!(ip_version(ip), expected, "{ip:?}");
        }
    }
}
