//! Benign values that are not reported: exact values, domains with what is below them, networks.

use super::kind::IocType;
use super::scan::marks::refang_marks;
use ipnet::IpNet;
use std::collections::HashSet;
use std::net::IpAddr;

/// An allow-list, compiled.
#[derive(Debug, Default)]
pub(crate) struct AllowList {
    /// Lower case.
    values: HashSet<String>,
    /// First and last address of each network as IPv6, sorted and merged.
    ranges: Vec<(u128, u128)>,
}

/// IPv4 addresses lie in the mapped range of IPv6.
fn number(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(v4) => v4.to_ipv6_mapped().to_bits(),
        IpAddr::V6(v6) => v6.to_bits(),
    }
}

impl AllowList {
    /// Compiles a list. Defanged values are taken as well.
    pub(crate) fn new(values: Vec<String>) -> Self {
        let mut list = Self::default();
        for value in values {
            let value = refang_marks(value.trim(), false).map_or_else(|| value.trim().to_lowercase(), |clean| clean.text.to_lowercase());
            if let Ok(network) = value.parse::<IpNet>() {
                list.ranges.push((number(network.network()), number(network.broadcast())));
            } else if let Ok(address) = value.parse::<IpAddr>() {
                list.ranges.push((number(address), number(address)));
            }
            let name = value.trim_start_matches("*.").trim_start_matches('.').trim_end_matches('.');
            list.values.insert(if name.is_ascii() || name.contains("://") {
                name.to_owned()
            } else {
                idna::domain_to_ascii(name).unwrap_or_else(|_| name.to_owned())
            });
        }
        list.ranges.sort_unstable();
        let mut merged: Vec<(u128, u128)> = Vec::with_capacity(list.ranges.len());
        for (first, last) in list.ranges.drain(..) {
            match merged.last_mut() {
                Some(previous) if first <= previous.1.saturating_add(1) => previous.1 = previous.1.max(last),
                _ => merged.push((first, last)),
            }
        }
        list.ranges = merged;
        list
    }

    /// Whether the list holds the indicator.
    pub(crate) fn allows(&self, kind: IocType, value: &str) -> bool {
        let lower = value.to_lowercase();
        if self.values.contains(&lower) {
            return true;
        }
        match kind {
            IocType::Domain => self.allows_name(&lower),
            IocType::Ipv4 | IocType::Ipv6 => lower.parse().is_ok_and(|address| self.allows_address(address)),
            IocType::Cidr => lower.parse::<IpNet>().is_ok_and(|net| self.allows_range(number(net.network()), number(net.broadcast()))),
            IocType::Email => lower.rsplit_once('@').is_some_and(|(_, domain)| self.allows_name(domain)),
            IocType::Url => host(&lower).is_some_and(|host| match host.trim_matches(['[', ']']).parse() {
                Ok(address) => self.allows_address(address),
                Err(_) => self.allows_name(host),
            }),
            _ => false,
        }
    }

    /// The name or one that it is below.
    fn allows_name(&self, name: &str) -> bool {
        let mut rest = name;
        loop {
            if self.values.contains(rest) {
                return true;
            }
            match rest.split_once('.') {
                Some((_, above)) => rest = above,
                None => return false,
            }
        }
    }

    fn allows_address(&self, address: IpAddr) -> bool {
        self.allows_range(number(address), number(address))
    }

    fn allows_range(&self, first: u128, last: u128) -> bool {
        let past = self.ranges.partition_point(|range| range.0 <= first);
        past.checked_sub(1).and_then(|i| self.ranges.get(i)).is_some_and(|range| last <= range.1)
    }
}

/// The host of a normalised URL.
fn host(url: &str) -> Option<&str> {
    let (_, rest) = url.split_once("://")?;
    let authority = rest.split(['/', '?', '#']).next()?;
    let host = authority.rsplit('@').next()?;
    if host.starts_with('[') { host.split_inclusive(']').next() } else { host.split(':').next() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_benign() {
        let list = AllowList::new(
            [
                "example.com",
                "*.corp.example.net",
                "10.0.0.0/8",
                "192.0.2.7",
                "2001:db8::/32",
                "https://x.test/a",
                "evil[.]org",
                "BÜCHER.example.de",
            ]
            .map(str::to_owned)
            .into(),
        );
        for (kind, value, expected) in [
            (IocType::Domain, "example.com", true),
            (IocType::Domain, "a.b.example.com", true),
            (IocType::Domain, "badexample.com", false),
            (IocType::Domain, "x.corp.example.net", true),
            (IocType::Domain, "xn--bcher-kva.example.de", true),
            (IocType::Ipv4, "10.1.2.3", true),
            (IocType::Ipv4, "11.1.2.3", false),
            (IocType::Ipv4, "192.0.2.7", true),
            (IocType::Ipv6, "2001:db8::9", true),
            (IocType::Cidr, "10.9.0.0/16", true),
            (IocType::Cidr, "0.0.0.0/0", false),
            (IocType::Url, "http://user@www.example.com:8080/x", true),
            (IocType::Url, "http://[2001:db8::1]:80/", true),
            (IocType::Url, "https://x.test/a", true),
            (IocType::Url, "https://x.test/b", false),
            (IocType::Email, "a@example.com", true),
            (IocType::Domain, "evil.org", true),
        ] {
            assert_eq!(list.allows(kind, value), expected, "{value}");
        }
    }
}
