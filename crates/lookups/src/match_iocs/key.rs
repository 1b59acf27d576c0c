//! What indicators are compared by.

use huntsql_kernels::ioc::IocType;
use huntsql_kernels::net::{mapped_network, split_domain};
use ipnet::IpNet;
use std::borrow::Cow;

/// What is compared with what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Class {
    Url,
    Email,
    Domain,
    Address,
    Network,
    /// Digests of all kinds, which look alike: an MD5, a JA3, an import hash.
    Digest,
    /// What `extract_iocs` finds and normalises: wallets, vulnerabilities, networks that are named as such.
    Exact,
    /// Anything else, as it is written, in any case.
    Text,
}

/// The host of what follows `://`.
pub(super) fn host(rest: &str) -> &str {
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = authority.rsplit('@').next().unwrap_or_default();
    if host.starts_with('[') { host } else { host.split(':').next().unwrap_or_default() }
}

pub(super) fn class_of(kind: Option<IocType>, ioc: &str) -> Class {
    use IocType as T;
    match kind {
        Some(T::Url) if ioc.contains("://") => Class::Url,
        Some(T::Email) => Class::Email,
        Some(T::Domain) => Class::Domain,
        Some(T::Ipv4 | T::Ipv6) => Class::Address,
        Some(T::Cidr) if ioc.parse::<IpNet>().is_ok_and(|network| network.prefix_len() < network.max_prefix_len()) => Class::Network,
        Some(T::Md5 | T::Sha1 | T::Sha224 | T::Sha256 | T::Sha384 | T::Sha512 | T::Imphash | T::Ja3 | T::Ja3s | T::Jarm) => Class::Digest,
        None | Some(T::Url | T::Cidr | T::RegistryKey | T::WindowsPath | T::LinuxPath | T::FileName | T::UserAgent) => Class::Text,
        Some(_) => Class::Exact,
    }
}

/// What indicators of a class are compared by.
pub(super) fn key(class: Class, ioc: &str) -> Cow<'_, str> {
    match class {
        Class::Url => url_key(ioc),
        Class::Address | Class::Network => unmapped(ioc),
        Class::Email | Class::Text | Class::Digest if ioc.bytes().any(|byte| byte.is_ascii_uppercase()) => {
            Cow::Owned(ioc.to_ascii_lowercase())
        }
        _ => Cow::Borrowed(ioc),
    }
}

/// IPv4 in the notation of IPv6, `::ffff:198.51.100.0/120`, as IPv4; a network that holds more than IPv4 stays as it is.
fn unmapped(ioc: &str) -> Cow<'_, str> {
    mapped_network(ioc)
        .map_or(Cow::Borrowed(ioc), |network| Cow::Owned(if ioc.contains('/') { network.to_string() } else { network.addr().to_string() }))
}

/// A URL without the port that its scheme has anyway, without a fragment, and with the path that every URL has.
fn url_key(url: &str) -> Cow<'_, str> {
    let url = url.split_once('#').map_or(url, |(before, _)| before);
    let Some((scheme, rest)) = url.split_once("://") else { return Cow::Borrowed(url) };
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at_checked(end).unwrap_or((rest, ""));
    let port = match scheme {
        "http" | "ws" => ":80",
        "https" | "wss" => ":443",
        "ftp" => ":21",
        _ => "\0",
    };
    let bare = authority.strip_suffix(port).unwrap_or(authority);
    if bare.len() == authority.len() && path.starts_with('/') {
        return Cow::Borrowed(url);
    }
    Cow::Owned([scheme, "://", bare, if path.starts_with('/') { "" } else { "/" }, path].concat())
}

/// Whether a name is a suffix under which anybody may register: `github.io`, `co.uk`.
pub(super) fn is_suffix(name: &str) -> bool {
    // What is below it shows what it is: by itself a suffix has no domain, and a private one is split at the suffix above it.
    !name.contains('.') || split_domain(&format!("x.{name}")).is_some_and(|below| below.suffix == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_are_compared_without_what_says_nothing() {
        for (url, expected) in [
            ("http://a.example.net", "http://a.example.net/"),
            ("http://a.example.net:80/x", "http://a.example.net/x"),
            ("https://a.example.net:80/x#y", "https://a.example.net:80/x"),
            ("https://a.example.net:443?q", "https://a.example.net/?q"),
            ("http://u:80@a.example.net/", "http://u:80@a.example.net/"),
            ("http://a.example.net/x", "http://a.example.net/x"),
        ] {
            assert_eq!(url_key(url), expected, "{url}");
        }
    }

    #[test]
    fn ipv4_is_compared_as_ipv4() {
        for (class, ioc, expected) in [
            (Class::Address, "::ffff:198.51.100.7", "198.51.100.7"),
            (Class::Address, "198.51.100.7", "198.51.100.7"),
            (Class::Address, "2001:db8::7", "2001:db8::7"),
            (Class::Network, "::ffff:198.51.100.7/120", "198.51.100.0/24"),
            (Class::Network, "::ffff:0.0.0.0/96", "0.0.0.0/0"),
            (Class::Network, "::fffe:0:0/95", "::fffe:0:0/95"),
            (Class::Network, "2001:db8::/32", "2001:db8::/32"),
        ] {
            assert_eq!(key(class, ioc), expected, "{ioc}");
        }
    }

    #[test]
    fn suffixes() {
        for (name, expected) in [
            ("github.io", true),
            ("evil.github.io", false),
            ("example.net", false),
            ("a.example.net", false),
            ("c2.bit", false),
            ("host", true),
            ("co.uk", true),
            ("com", true),
            ("example.co.uk", false),
            ("s3.amazonaws.com", true),
        ] {
            assert_eq!(is_suffix(name), expected, "{name}");
        }
    }
}
