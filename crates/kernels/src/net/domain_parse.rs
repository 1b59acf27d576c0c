//! `domain_parse(name)`: a domain name, split at its public suffix.

use super::domain_name::{DomainParts, split, to_ascii};
use crate::prelude::*;
use std::borrow::Cow;

/// Kernel of `domain_parse`.
pub struct DomainParse;

impl ScalarKernel for DomainParse {
    const SPEC: Spec = Spec {
        name: "domain_parse",
        family: Family::Net,
        summary: "Splits a domain name into subdomain, registrable domain and public suffix.",
        details: "\
| field | type | meaning for `www.example.co.uk` |
|---|---|---|
| `subdomain` | TEXT | `www`: all labels left of the domain; NULL where there are none |
| `domain` | TEXT | `example.co.uk`: the domain that somebody registered |
| `suffix` | TEXT | `co.uk`: the public suffix |
| `is_icann` | BOOLEAN | whether the suffix is one of the ICANN section of the list; false for a private suffix, under which a company lets strangers have names (`github.io`) |

Suffixes come from the Public Suffix List that is built into huntsql; both its sections count, so that `a.github.io` and `b.github.io` are two
domains. A private suffix alone (`github.io`) is split at its ICANN suffix (`io`).

The parts are lower-case ASCII, as in DNS logs: `bücher.example.de` gives `xn--bcher-kva` (`punycode_decode` makes it readable). A trailing dot is dropped.
Underscores and `*` are accepted in labels. NULL for a suffix alone (`co.uk`), for names without a known suffix (`server.lan`, `localhost`), for
IP addresses, URLs (use `url_parse`) and what is not a domain name.",
        args: &[Arg { name: "name", doc: "Domain name, in Unicode or punycode." }],
        examples: &[
            Example {
                sql: "SELECT d['subdomain'] AS subdomain, d['domain'] AS domain, d['suffix'] AS suffix, d['is_icann'] AS is_icann \
                      FROM (SELECT domain_parse('cdn.evil.example.co.uk.') AS d) s",
                result: "cdn.evil | example.co.uk | co.uk | true",
            },
            Example {
                sql: "SELECT d['domain'] AS domain, d['is_icann'] AS is_icann FROM (SELECT domain_parse('Octo.GitHub.io') AS d) s",
                result: "octo.github.io | false",
            },
        ],
    };
    type Args<'a> = (&'a str,);
    type Options = NoOptions;
    type Out<'a> = DomainParts<'a>;
    type Scratch = String;

    fn eval<'a>(buffer: &'a mut String, _: &'a NoOptions, (name,): (&'a str,)) -> KernelResult<DomainParts<'a>> {
        Ok(domain_parse(name, buffer))
    }
}

impl SqlValue for DomainParts<'_> {
    const TYPE: SqlType =
        SqlType::Struct(&[("subdomain", SqlType::Text), ("domain", SqlType::Text), ("suffix", SqlType::Text), ("is_icann", SqlType::Bool)]);
    fn write(&self, out: &mut Column) {
        out.row().put(self.subdomain).put(self.domain).put(self.suffix).put(self.is_icann).end();
    }
}

/// Splits `name`; `buffer` holds its ASCII form where that is another text.
pub fn domain_parse<'a>(name: &'a str, buffer: &'a mut String) -> Option<DomainParts<'a>> {
    match to_ascii(name)? {
        Cow::Borrowed(ascii) => split(ascii),
        Cow::Owned(ascii) => {
            *buffer = ascii;
            split(buffer)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cases() {
        for (name, expected) in [
            ("www.microsoft.com", Some("www|microsoft.com|com")),
            ("WWW.Microsoft.COM.", Some("www|microsoft.com|com")),
            ("bücher.example.de", Some("xn--bcher-kva|example.de|de")),
            ("xn--bcher-kva.example.de", Some("xn--bcher-kva|example.de|de")),
            ("食狮.公司.cn", Some("-|xn--85x722f.xn--55qx5d.cn|xn--55qx5d.cn")),
            ("_dmarc.example.com", Some("_dmarc|example.com|com")),
            ("*.example.com", Some("*|example.com|com")),
            ("co.uk", None),
            ("host.local", None),
            ("https://www.example.com/", None),
            ("evil[.]com", None),
            ("192.0.2.1", None),
            ("::1", None),
            ("a..com", None),
            ("", None),
        ] {
            let mut buffer = String::new();
            let found = domain_parse(name, &mut buffer).map(|p| format!("{}|{}|{}", p.subdomain.unwrap_or("-"), p.domain, p.suffix));
            assert_eq!(found.as_deref(), expected, "{name:?}");
        }
    }
}
