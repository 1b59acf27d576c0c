//! `ioc_type(text)`: what a text is that as a whole is one indicator.

use super::extract_iocs::find;
use super::kind::{IocType, TypeSet};
use super::scan::Trust;
use crate::prelude::*;
use std::borrow::Cow;

/// Kernel of `ioc_type`.
pub struct IocTypeOf;

impl ScalarKernel for IocTypeOf {
    const SPEC: Spec = Spec {
        name: "ioc_type",
        family: Family::Ioc,
        summary: "Names the type of an indicator.",
        details: "NULL where the text as a whole is not one indicator; blanks around it do not count. The names are those of `extract_iocs`. \
                  Defanged indicators are recognised. A name such as `archive.zip`, which may be a file or a domain, is a `file_name`; \
                  `is_ioc(text, 'domain')` tells whether it can be a domain as well. Fingerprints that look like another type \
                  (`ja3`, `imphash`) are named `md5`.",
        args: &[Arg { name: "text", doc: "One indicator." }],
        examples: &[Example {
            sql: "SELECT ioc_type('evil[.]com') AS a, ioc_type('2001:db8::1') AS b, ioc_type('12:34:56') AS c",
            result: "domain | ipv6 | NULL",
        }],
    };
    type Args<'a> = (&'a str,);
    type Options = NoOptions;
    type Out<'a> = &'a str;
    type Scratch = ();

    fn eval<'a>(_: &'a mut (), _: &'a NoOptions, (text,): (&'a str,)) -> KernelResult<&'a str> {
        Ok(ioc_type(text).map(IocType::name))
    }
}

/// The type of `text` if all of it is one indicator.
pub fn ioc_type(text: &str) -> Option<IocType> {
    whole(text, TypeSet::ALL, Trust::Whole)
}

/// The indicator that all of `text` is, normalised: of type `kind` where it is said to be one, else of the type that [`ioc_type`] names.
pub fn as_ioc(text: &str, kind: Option<IocType>) -> Option<(IocType, Cow<'_, str>)> {
    let Some(kind) = kind else { return whole_value(text, TypeSet::ALL, Trust::Whole) };
    let mut types = TypeSet::NONE;
    types.insert(kind);
    whole_value(text, types, Trust::Named(kind))
}

/// The first type of `types` that `text` is as a whole. A final dot belongs to a name.
pub(super) fn whole(text: &str, types: TypeSet, trust: Trust) -> Option<IocType> {
    whole_value(text, types, trust).map(|(kind, _)| kind)
}

fn whole_value(text: &str, types: TypeSet, trust: Trust) -> Option<(IocType, Cow<'_, str>)> {
    /// No indicator that is reported is longer: a URL in a text in which every byte is a percent-escaped mark.
    const LONGEST: usize = 64 << 10;
    let text = text.trim();
    if text.is_empty() || text.len() > LONGEST {
        return None;
    }
    let name = text.strip_suffix('.').map_or(0, str::len);
    let iocs = find(text, types, trust);
    let covers =
        iocs.into_iter().filter(|ioc| ioc.start == 0 && (ioc.end == text.len() || (ioc.kind == IocType::Domain && ioc.end == name)));
    covers.min_by_key(|ioc| ioc.kind).map(|ioc| (ioc.kind, ioc.value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_texts() {
        for (text, expected) in [
            ("192.0.2.7", Some("ipv4")),
            (" 192.0.2.7 ", Some("ipv4")),
            ("999.1.1.1", None),
            ("1.2.3.4.5", None),
            ("192.0.2.0/24", Some("cidr")),
            ("::1", Some("ipv6")),
            ("::", None),
            ("fe80::1%eth0", Some("ipv6")),
            ("12:34:56", None),
            ("00:1b:44:11:3a:b7", Some("mac")),
            ("evil.com", Some("domain")),
            ("evil.com.", Some("domain")),
            ("evil.io", Some("domain")),
            ("evil.name", Some("domain")),
            ("setup.py", Some("file_name")),
            ("archive.zip", Some("file_name")),
            ("evil[.]com", Some("domain")),
            ("hxxps://evil[.]com/a", Some("url")),
            ("user[@]example[.]com", Some("email")),
            ("d41d8cd98f00b204e9800998ecf8427e", Some("md5")),
            ("CVE-2021-44228", Some("cve")),
            ("T1059.001", Some("mitre")),
            ("AS64500", Some("asn")),
            (r"HKLM\Software\Microsoft\Windows\CurrentVersion\Run", Some("registry_key")),
            (r"C:\Program Files\Foo Bar\evil tool.exe", Some("windows_path")),
            (r"\\srv\share\a b.txt", Some("windows_path")),
            ("/usr/bin/curl", Some("linux_path")),
            ("hello", None),
            ("evil.com and more", None),
            ("", None),
        ] {
            assert_eq!(ioc_type(text).map(IocType::name), expected, "{text}");
        }
    }

    #[test]
    fn whole_values() {
        for (text, kind, expected) in [
            (" HXXP://Evil[.]COM/A ", None, Some((IocType::Url, "http://evil.com/A"))),
            ("192.0.2.9/24", None, Some((IocType::Cidr, "192.0.2.0/24"))),
            ("EVIL.zip.", Some(IocType::Domain), Some((IocType::Domain, "evil.zip"))),
            ("D41D8CD98F00B204E9800998ECF8427E", Some(IocType::Imphash), Some((IocType::Imphash, "d41d8cd98f00b204e9800998ecf8427e"))),
            ("192.0.2.9", Some(IocType::Domain), None),
        ] {
            let found = as_ioc(text, kind);
            assert_eq!(found.as_ref().map(|(kind, value)| (*kind, value.as_ref())), expected, "{text}");
        }
    }
}
