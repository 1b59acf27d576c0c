//! `domain_is_valid(name)`: could this name be registered and resolved?

use super::domain_name::{split, to_ascii_host};
use crate::prelude::*;

/// Kernel of `domain_is_valid`.
pub struct DomainIsValid;

impl ScalarKernel for DomainIsValid {
    const SPEC: Spec = Spec {
        name: "domain_is_valid",
        family: Family::Net,
        summary: "Tells whether a text is a well-formed domain name under a known public suffix.",
        details: "\
True where all of this holds: labels of 1 to 63 and a name of at most 253 characters (RFC 1035, 2.3.4), letters, digits and inner hyphens only (RFC 1123,
2.1), correct IDNA where a label is Unicode or punycode (RFC 5890, processed as UTS #46), and at least one label in front of a public suffix of the
ICANN section of the built-in Public Suffix List. One trailing dot is accepted, and blanks around the name.

False for anything else: IP addresses, `co.uk`, `server.lan`, `localhost`, URLs, defanged names, names with underscores (they are in the DNS, but
no host has them), the empty text. It does not ask the DNS whether the name exists. Many file names are valid domain names (`setup.py`, `archive.zip`):
`extract_iocs` knows the difference, this function judges the text alone. NULL only for NULL.",
        args: &[Arg { name: "name", doc: "Domain name, in Unicode or punycode." }],
        examples: &[
            Example { sql: "SELECT domain_is_valid('www.example.com') AS a, domain_is_valid('bücher.example.de') AS b", result: "true | true" },
            Example {
                sql: "SELECT domain_is_valid('server.lan') AS a, domain_is_valid('-a.com') AS b, domain_is_valid('10.0.0.1') AS c",
                result: "false | false | false",
            },
        ],
    };
    type Args<'a> = (&'a str,);
    type Options = NoOptions;
    type Out<'a> = bool;
    type Scratch = ();

    fn eval<'a>(_: &'a mut (), _: &'a NoOptions, (name,): (&'a str,)) -> KernelResult<bool> {
        Ok(Some(domain_is_valid(name)))
    }
}

/// Whether `name` is a well-formed domain name under a known public suffix.
pub fn domain_is_valid(name: &str) -> bool {
    to_ascii_host(name).is_some_and(|ascii| split(&ascii).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cases() {
        for name in [
            "example.com",
            "EXAMPLE.com.",
            " example.com",
            "a.b.c.d.example.co.uk",
            "1und1.de",
            "xn--bcher-kva.de",
            "bücher.de",
            "пример.рф",
            "octo.github.io",
            "github.io",
            "r3---sn-a5.googlevideo.com",
            "setup.py",
        ] {
            assert!(domain_is_valid(name), "{name:?}");
        }
        for name in [
            "",
            ".",
            "com",
            "co.uk",
            "localhost",
            "server.lan",
            "a..com",
            ".a.com",
            "a.com..",
            "-a.com",
            "a-.com",
            "a_b.com",
            "a b.com",
            "*.a.com",
            "10.0.0.1",
            "::1",
            "http://a.com",
            "a@b.com",
            "a[.]com",
            "xn--a.com",
            "a.com/",
            "a.com:80",
            "a.notatld",
            "a\u{202e}.com",
        ] {
            assert!(!domain_is_valid(name), "{name:?}");
        }
        assert!(!domain_is_valid(&format!("{}.com", "a".repeat(64))));
    }
}
