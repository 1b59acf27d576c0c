//! Indicators that must not leave: one's own names and networks.

use huntsql_kernels::ioc::IocType;
use std::collections::HashSet;
use std::net::IpAddr;

/// Names with everything below them, networks, and texts.
#[derive(Debug, Default)]
pub(crate) struct NeverSend {
    networks: Vec<(IpAddr, u8)>,
    texts: HashSet<String>,
}

impl NeverSend {
    /// From texts: an address or network, a name (`corp.example`, `*.corp.example`), or an indicator as it is.
    pub(crate) fn new<'t>(texts: impl Iterator<Item = &'t String>) -> Self {
        let mut set = Self::default();
        for text in texts {
            let text = text.trim().to_ascii_lowercase();
            let (address, length) = text.split_once('/').map_or((text.as_str(), None), |(address, length)| (address, length.parse().ok()));
            if let Ok(address) = address.parse::<IpAddr>() {
                set.networks.push((address, length.unwrap_or(if address.is_ipv4() { 32 } else { 128 })));
                continue;
            }
            set.texts.insert(text.strip_prefix("*.").unwrap_or(&text).to_owned());
        }
        set
    }

    /// Whether an indicator, or the host in it, is among them.
    pub(crate) fn holds(&self, kind: IocType, value: &str) -> bool {
        let lower = value.to_ascii_lowercase();
        if self.texts.contains(&lower) {
            return true;
        }
        match kind {
            IocType::Url => url::Url::parse(value).ok().and_then(|url| Some(self.holds_host(url.host_str()?))).unwrap_or(false),
            IocType::Email => lower.rsplit_once('@').is_some_and(|(_, domain)| self.holds_host(domain)),
            _ => self.holds_host(&lower),
        }
    }

    fn holds_host(&self, host: &str) -> bool {
        let host = host.trim_matches(['[', ']']);
        if let Ok(address) = host.parse::<IpAddr>() {
            return self.networks.iter().any(|(network, length)| within(address, *network, *length));
        }
        let mut name = host;
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

fn within(address: IpAddr, network: IpAddr, length: u8) -> bool {
    let (address, network, bits) = match (address, network) {
        (IpAddr::V4(address), IpAddr::V4(network)) => (u128::from(address.to_bits()), u128::from(network.to_bits()), 32_u8),
        (IpAddr::V6(address), IpAddr::V6(network)) => (address.to_bits(), network.to_bits(), 128),
        _ => return false,
    };
    let free = u32::from(bits.saturating_sub(length));
    free >= 128 || (address >> free) == (network >> free)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_networks_and_texts() {
        let texts =
            ["Corp.example", "*.inner.test", "203.0.113.0/24", "2001:db8::/32", "d41d8cd98f00b204e9800998ecf8427e"].map(str::to_owned);
        let set = NeverSend::new(texts.iter());
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
}
