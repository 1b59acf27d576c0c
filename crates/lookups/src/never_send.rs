//! Indicators that must not leave: one's own names and networks.

use huntsql_kernels::ioc::IocType;
use huntsql_kernels::net::{embedded_v4, parse_address, parse_network, to_ascii_host};
use huntsql_kernels::text::refang;
use ipnet::IpNet;
use std::collections::HashSet;
use std::net::IpAddr;

/// Names with everything below them, networks, and texts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NeverSend {
    networks: Vec<IpNet>,
    texts: HashSet<String>,
}

impl NeverSend {
    /// From texts: an address or network, a name (`corp.example`, `*.corp.example`), or an indicator as it is; defanged or not. `Err` says what is wrong.
    pub fn new<'t>(texts: impl IntoIterator<Item = &'t str>) -> Result<Self, String> {
        let mut set = Self::default();
        texts.into_iter().try_for_each(|text| set.add(text)).map(|()| set)
    }

    fn add(&mut self, text: &str) -> Result<(), String> {
        let mut live = String::new();
        refang(text.trim(), &mut live);
        let bare = live.trim().trim_start_matches("*.").trim_matches('.');
        if bare.is_empty() {
            return Err(format!("holds '{}', which says nothing", text.escape_debug()));
        }
        if let Some(network) = parse_network(bare) {
            self.networks.push(network);
        } else if bare.split_once('/').is_some_and(|(address, _)| parse_address(address.trim()).is_some()) {
            return Err(format!("holds '{}', which is no network such as 203.0.113.0/24", text.escape_debug()));
        } else {
            self.texts.insert(to_ascii_host(bare).map_or_else(|| bare.to_lowercase(), |name| name.to_ascii_lowercase()));
        }
        Ok(())
    }

    /// Whether an indicator, or the host in it, is among them. Of what cannot be read the answer is yes.
    pub(crate) fn holds(&self, kind: IocType, value: &str) -> bool {
        if self.networks.is_empty() && self.texts.is_empty() {
            return false;
        }
        let lower = value.to_lowercase();
        if self.texts.contains(&lower) {
            return true;
        }
        match kind {
            IocType::Url => url::Url::parse(value).ok().and_then(|url| Some(self.holds_host(url.host_str()?))).unwrap_or(true),
            IocType::Email => lower.rsplit_once('@').is_none_or(|(_, domain)| self.holds_host(domain)),
            IocType::Cidr => parse_network(&lower).is_none_or(|asked| self.networks.iter().any(|network| overlap(network, &asked))),
            _ => self.holds_host(&lower),
        }
    }

    fn holds_host(&self, host: &str) -> bool {
        if let Some(address) = parse_address(host) {
            // What leads to an IPv4 address through a translation is that address, too.
            let inner = match address {
                IpAddr::V6(address) => embedded_v4(address).map(IpAddr::V4),
                IpAddr::V4(_) => None,
            };
            let is_held = |address: IpAddr| self.networks.iter().any(|network| network.contains(&address));
            return is_held(address.to_canonical()) || inner.is_some_and(is_held);
        }
        let mut name = host.trim_end_matches('.');
        loop {
            if self.texts.contains(name) {
                return true;
            }
            match name.split_once('.') {
                Some((_, above)) => name = above,
                None => return false,
            }
        }
    }
}

fn overlap(one: &IpNet, other: &IpNet) -> bool {
    one.contains(&other.network()) || other.contains(&one.network())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_networks_and_texts() {
        let texts =
            ["Corp.example", "*.inner.test", "203.0.113.0/24", "2001:db8::/32", "d41d8cd98f00b204e9800998ecf8427e"].map(str::to_owned);
        let set = NeverSend::new(texts.iter().map(String::as_str)).expect("a set");
        for (kind, value, expected) in [
            (IocType::Domain, "corp.example", true),
            (IocType::Domain, "a.B.corp.example", true),
            (IocType::Domain, "notcorp.example", false),
            (IocType::Domain, "x.inner.test", true),
            (IocType::Url, "https://user@vpn.corp.example:8443/x", true),
            (IocType::Url, "https://203.0.113.9/x", true),
            (IocType::Url, "https://[2001:db8::1]/x", true),
            (IocType::Url, "https://other.example/corp.example", false),
            (IocType::Email, "x@corp.example", true),
            (IocType::Ipv4, "203.0.113.255", true),
            (IocType::Ipv4, "203.0.114.1", false),
            (IocType::Ipv6, "2001:db8:1::1", true),
            (IocType::Md5, "D41D8CD98F00B204E9800998ECF8427E", true),
        ] {
            assert_eq!(set.holds(kind, value), expected, "{value}");
        }
    }

    #[test]
    fn spellings_do_not_matter_and_nothing_is_silently_ignored() {
        let texts = ["bücher.de", "corp.com.", ".intern.com", "evil[.]org", "8.8.8.0/255.255.255.0", "::ffff:9.9.9.0/120", "1.1.1.1"];
        let set = NeverSend::new(texts).expect("a set");
        for (kind, value, expected) in [
            (IocType::Domain, "www.xn--bcher-kva.de", true),
            (IocType::Domain, "a.corp.com", true),
            (IocType::Domain, "intern.com", true),
            (IocType::Domain, "evil.org", true),
            (IocType::Ipv4, "8.8.8.200", true),
            (IocType::Ipv6, "64:ff9b::808:808", true),
            (IocType::Ipv6, "2002:808:808::1", true),
            (IocType::Ipv4, "9.9.9.9", true),
            (IocType::Cidr, "8.8.8.0/25", true),
            (IocType::Cidr, "8.8.0.0/16", true),
            (IocType::Cidr, "8.9.0.0/16", false),
            (IocType::Ipv4, "1.1.1.2", false),
            (IocType::Url, "not a url", true),
        ] {
            assert_eq!(set.holds(kind, value), expected, "{value}");
        }
        for wrong in ["8.8.8.0/ 24", "8.8.8.0/33", "10.0.0.0/255.0.255.0", "*.", ""] {
            assert!(NeverSend::new([wrong]).is_err_and(|why| why.contains(wrong)), "{wrong}");
        }
        assert!(!NeverSend::default().holds(IocType::Url, "not a url"));
    }
}
