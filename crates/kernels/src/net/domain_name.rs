//! Domain names: the ASCII form that the DNS knows, and the split at the public suffix.

use idna::uts46::{AsciiDenyList, DnsLength, Hyphens, Uts46};
use psl::{List, Psl, Type};
use std::borrow::Cow;

/// Most labels of a name of 253 characters, a trailing dot included.
const MAX_LABELS: usize = 128;

/// Longest label in bytes: 63 characters hold at most 59 of punycode, each of which can stand for one Hangul syllable, decomposed into
/// three characters of three bytes. IDNA costs the square of a label's length, so a longer label is not even tried.
const MAX_LABEL_BYTES: usize = 59 * 9;

/// The lower-case ASCII form (A-labels) of a name, by UTS #46 non-transitional processing: what browsers ask the DNS for.
///
/// Underscores and hyphens anywhere are accepted, since the DNS carries them (`_dmarc`, `r3---sn`). `None` for wrong IDNA or punycode, empty
/// labels, labels over 63 and names over 253 characters (RFC 1035, 2.3.4), blanks, controls and `%#/:<>?@[\]^|`. A trailing dot stays.
pub fn to_ascii(name: &str) -> Option<Cow<'_, str>> {
    ascii_with(name, AsciiDenyList::URL, Hyphens::Allow)
}

/// As [`to_ascii`], but letters, digits and inner hyphens only: host names of RFC 1123, 2.1.
pub fn to_ascii_host(name: &str) -> Option<Cow<'_, str>> {
    ascii_with(name, AsciiDenyList::STD3, Hyphens::CheckFirstLast)
}

fn ascii_with(name: &str, denied: AsciiDenyList, hyphens: Hyphens) -> Option<Cow<'_, str>> {
    let name = name.trim_ascii();
    // the full stops of UTS #46, 2.3
    let mut labels = name.split(['.', '\u{3002}', '\u{ff0e}', '\u{ff61}']);
    let short = labels.by_ref().take(MAX_LABELS).all(|label| label.len() <= MAX_LABEL_BYTES) && labels.next().is_none();
    if name.is_empty() || name == "." || !short {
        return None;
    }
    Uts46::new().to_ascii(name.as_bytes(), denied, hyphens, DnsLength::VerifyAllowRootDot).ok()
}

/// The Unicode form (U-labels) of a name; `None` where [`to_ascii`] gives none.
pub fn to_unicode(name: &str) -> Option<Cow<'_, str>> {
    let ascii = to_ascii(name)?;
    let (unicode, result) = Uts46::new().to_unicode(ascii.as_bytes(), AsciiDenyList::URL, Hyphens::Allow);
    result.ok()?;
    Some(Cow::Owned(unicode.into_owned()))
}

/// A name, split.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DomainParts<'a> {
    /// Everything left of the registrable domain.
    pub subdomain: Option<&'a str>,
    /// The registrable domain: one label and the suffix.
    pub domain: &'a str,
    /// The public suffix.
    pub suffix: &'a str,
    /// Whether the suffix is ICANN's, not a private one such as `github.io`.
    pub is_icann: bool,
}

/// Splits a name in ASCII form. `None` where no known public suffix ends it, or where it is an ICANN suffix itself.
///
/// A name that is itself a private suffix (`github.io`) is somebody's registered domain all the same: it is split at the ICANN suffix.
pub fn split(name: &str) -> Option<DomainParts<'_>> {
    let name = name.strip_suffix('.').unwrap_or(name);
    let (suffix, is_icann) = public_suffix(name)?;
    if suffix.len() < name.len() {
        return parts(name, suffix, is_icann);
    }
    if is_icann {
        return None;
    }
    let mut rest = name;
    while let Some((_, parent)) = rest.split_once('.') {
        match public_suffix(parent)? {
            (suffix, true) => return parts(name, suffix, true),
            (_, false) => rest = parent,
        }
    }
    None
}

fn parts<'a>(name: &'a str, suffix: &'a str, is_icann: bool) -> Option<DomainParts<'a>> {
    let head = name.strip_suffix(suffix)?.strip_suffix('.')?;
    let (subdomain, label) = match head.rsplit_once('.') {
        Some((subdomain, label)) => (Some(subdomain), label),
        None => (None, head),
    };
    let domain = name.get(head.len() - label.len()..)?;
    (!label.is_empty()).then_some(DomainParts { subdomain, domain, suffix, is_icann })
}

/// The public suffix of a name and whether it is ICANN's; `None` where the list does not know the top-level domain.
fn public_suffix(name: &str) -> Option<(&str, bool)> {
    let suffix = List.suffix(name.as_bytes())?;
    let is_icann = suffix.typ()? == Type::Icann;
    let text = name.get(name.len().checked_sub(suffix.as_bytes().len())?..)?;
    Some((text, is_icann))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn ascii_form() {
        for (name, expected) in [
            ("Example.COM", Some("example.com")),
            (" example.com ", Some("example.com")),
            ("example.com.", Some("example.com.")),
            ("bücher.example", Some("xn--bcher-kva.example")),
            ("BÜCHER.example", Some("xn--bcher-kva.example")),
            ("faß.de", Some("xn--fa-hia.de")),
            ("例え。テスト", Some("xn--r8jz45g.xn--zckzah")),
            ("ｅｘａｍｐｌｅ．com", Some("example.com")),
            ("_dmarc.example.com", Some("_dmarc.example.com")),
            ("r3---sn-a5.googlevideo.com", Some("r3---sn-a5.googlevideo.com")),
            ("*.example.com", Some("*.example.com")),
            ("localhost", Some("localhost")),
            ("", None),
            (".", None),
            ("..", None),
            (".example.com", None),
            ("a..b", None),
            ("example.com..", None),
            ("a b.com", None),
            ("http://a.com", None),
            ("a@b.com", None),
            ("a.com:80", None),
            ("xn--", None),
            ("xn--a", None),
            ("xn--99999999.com", None),
            ("a\0.com", None),
        ] {
            assert_eq!(to_ascii(name).as_deref(), expected, "{name:?}");
        }
        let label = "a".repeat(63);
        assert!(to_ascii(&format!("{label}.com")).is_some());
        assert!(to_ascii(&format!("a{label}.com")).is_none());
        let longest = format!("{label}.{label}.{label}.{}", "a".repeat(61));
        assert_eq!(longest.len(), 253);
        assert!(to_ascii(&longest).is_some());
        assert!(to_ascii(&format!("{longest}a")).is_none());
        assert!(to_ascii(&"ü".repeat(1_000_000)).is_none());
    }

    #[test]
    fn splits() {
        let cases = [
            ("www.example.co.uk", Some((Some("www"), "example.co.uk", "co.uk", true))),
            ("example.com", Some((None, "example.com", "com", true))),
            ("a.b.c.example.com.", Some((Some("a.b.c"), "example.com", "com", true))),
            ("octo.github.io", Some((None, "octo.github.io", "github.io", false))),
            ("x.octo.github.io", Some((Some("x"), "octo.github.io", "github.io", false))),
            ("github.io", Some((None, "github.io", "io", true))),
            ("s3.amazonaws.com", Some((Some("s3"), "amazonaws.com", "com", true))),
            ("city.kawasaki.jp", Some((None, "city.kawasaki.jp", "kawasaki.jp", true))),
            ("www.ck", Some((None, "www.ck", "ck", true))),
            ("a.b.test.ck", Some((Some("a"), "b.test.ck", "test.ck", true))),
            ("xn--fiqs8s", None),
            ("a.xn--fiqs8s", Some((None, "a.xn--fiqs8s", "xn--fiqs8s", true))),
            ("com", None),
            ("co.uk", None),
            ("server.lan", None),
            ("localhost", None),
            ("10.0.0.1", None),
            ("a..com", None),
            (".com", None),
            ("", None),
            (".", None),
        ];
        for (name, expected) in cases {
            let found = split(name).map(|p| (p.subdomain, p.domain, p.suffix, p.is_icann));
            assert_eq!(found, expected, "{name:?}");
        }
    }

    proptest! {
        #[test]
        fn never_panics(name in "\\PC*|[a-z.\\-]{0,40}|(xn--[a-z0-9-]{0,9}\\.?){1,4}") {
            split(&name);
            to_unicode(&name);
            to_ascii_host(&name);
        }

        #[test]
        fn the_parts_make_the_name(name in "([a-z]{1,3}\\.){0,4}(com|co\\.uk|github\\.io|ck|compute\\.amazonaws\\.com)") {
            if let Some(p) = split(&name) {
                let whole = match p.subdomain {
                    Some(subdomain) => format!("{subdomain}.{}", p.domain),
                    None => p.domain.to_owned(),
                };
                prop_assert_eq!(whole, name.clone());
                prop_assert!(p.domain.ends_with(p.suffix) && p.domain.len() > p.suffix.len());
            }
        }

        #[test]
        fn ascii_form_is_final(name in "\\PC{0,20}") {
            if let Some(once) = to_ascii(&name) {
                prop_assert!(once.is_ascii());
                let again = to_ascii(&once);
                prop_assert_eq!(again.as_deref(), Some(&*once));
            }
        }
    }
}
