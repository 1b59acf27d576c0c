//! Which server says whose an address or name is.

use crate::cache::now;
use crate::context::Context;
use crate::facts::Asker;
use crate::http::{Failure, Request, Stop, Values};
use crate::limited::Limited;
use huntsql_kernels::net::parse_network;
use serde::Deserialize;
use std::collections::{BTreeSet, HashMap};
use std::net::IpAddr;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

/// How long a downloaded list is used.
const HOLDS: Duration = Duration::from_secs(30 * 86_400);
/// How old a downloaded list must be before it is downloaded again, however often a statement says so.
const YOUNG: i64 = 86_400_000_000;
/// The lists of IANA.
const LISTS: [&str; 3] = ["dns.json", "ipv4.json", "ipv6.json"];

/// The responsible servers.
#[derive(Debug, Default, Clone)]
pub(super) struct Bootstrap {
    names: HashMap<String, String>,
    networks: Vec<(ipnet::IpNet, String)>,
}

/// A list as IANA publishes it (RFC 9224, 3).
#[derive(Deserialize)]
struct List {
    services: Vec<(Vec<String>, Vec<String>)>,
}

impl Bootstrap {
    fn add(&mut self, what: &str, server: &str) {
        match parse_network(what).filter(|_| what.contains('/')) {
            Some(network) => self.networks.push((network, server.to_owned())),
            None => _ = self.names.insert(what.to_ascii_lowercase(), server.to_owned()),
        }
    }

    /// The list that comes with huntsql.
    pub(super) fn bundled() -> Arc<Self> {
        static BUNDLED: OnceLock<Arc<Bootstrap>> = OnceLock::new();
        let read = || {
            let mut bootstrap = Self::default();
            for line in include_str!("bootstrap.txt").lines().filter(|line| !line.starts_with('#')) {
                let mut words = line.split(' ');
                let server = words.next().unwrap_or_default();
                words.for_each(|what| bootstrap.add(what, &server.replace("{tld}", what)));
            }
            Arc::new(bootstrap)
        };
        Arc::clone(BUNDLED.get_or_init(read))
    }

    /// The lists that were downloaded, each in place of its part; what is not downloaded is as it came with huntsql.
    pub(super) fn known(context: &Context) -> Arc<Self> {
        let lists = LISTS.iter().filter_map(|name| context.cache.list(&key(context, name)));
        let mut downloaded = Self::default();
        for (body, _) in lists {
            downloaded.read(&body);
        }
        if downloaded.names.is_empty() && downloaded.networks.is_empty() {
            return Self::bundled();
        }
        // Behind those of today: the first network of a length wins.
        downloaded.networks.extend(Self::bundled().networks.iter().cloned());
        if downloaded.names.is_empty() {
            downloaded.names.clone_from(&Self::bundled().names);
        }
        Arc::new(downloaded)
    }

    /// Adds a list of IANA's, without the servers that are not encrypted; false where it is none.
    fn read(&mut self, body: &[u8]) -> bool {
        let Ok(list) = serde_json::from_slice::<List>(body) else { return false };
        for (what, servers) in &list.services {
            let Some(server) = servers.iter().find(|server| server.starts_with("https://")) else { continue };
            what.iter().for_each(|what| self.add(what, server));
        }
        !list.services.is_empty()
    }

    /// The server that is responsible for an address: that of the longest network.
    pub(super) fn of_address(&self, address: IpAddr) -> Option<&str> {
        let holding = self.networks.iter().filter(|(network, _)| network.contains(&address));
        // `max_by_key` takes the last of equals.
        holding.rev().max_by_key(|(network, _)| network.prefix_len()).map(|(_, server)| server.as_str())
    }

    /// The server that is responsible for a name: that of its longest end that is listed.
    pub(super) fn of_name(&self, name: &str) -> Option<&str> {
        let mut end = name;
        loop {
            if let Some(server) = self.names.get(end) {
                return Some(server);
            }
            end = end.split_once('.')?.1;
        }
    }
}

fn key(context: &Context, name: &str) -> String {
    format!("rdap {}/{name}", context.config.rdap.bootstrap_url)
}

/// The lists that a statement which wants those of today must download: those that are a day old.
pub(super) fn old_lists(context: &Context) -> BTreeSet<String> {
    let is_young = |name: &str| context.cache.list(&key(context, name)).is_some_and(|(_, at)| now() - at < YOUNG);
    LISTS.iter().filter(|name| !is_young(name)).map(|name| (*name).to_owned()).collect()
}

/// Downloads the lists.
pub(super) struct Lists;

impl Asker for Lists {
    type Fact = ();
    const KIND: &'static str = "rdap bootstrap";
    const CONCURRENCY: usize = 3;

    fn asked(&self, _: &Context, _: &str) -> String {
        String::new()
    }

    fn ask(&self, context: &Context, name: &str, stop: &Stop) -> Result<((), Duration), Failure> {
        let settings = &context.config.rdap;
        let gate = Limited { cache: &context.cache, account: Self::KIND, limits: &settings.limits };
        let response = context.client.ask(&settings.bootstrap_url, &Request::get(format!("/{name}")), &Values::default(), &gate, stop)?;
        if !Bootstrap::default().read(&response.body) {
            return Err(Failure::Decode(format!("not a list of RDAP servers: {}/{name}", settings.bootstrap_url)));
        }
        context.cache.keep_list(&key(context, name), &response.body, now(), HOLDS);
        Ok(((), Duration::ZERO))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bundled_list_names_a_server_for_most() {
        let bundled = Bootstrap::bundled();
        let of_address = |text: &str| bundled.of_address(text.parse().expect("an address"));
        for (address, server) in [
            ("8.8.8.8", Some("https://rdap.arin.net/registry/")),
            ("193.0.6.139", Some("https://rdap.db.ripe.net/")),
            ("1.1.1.1", Some("https://rdap.apnic.net/")),
            ("200.3.13.10", Some("https://rdap.lacnic.net/rdap/")),
            ("2a00:1450::1", Some("https://rdap.db.ripe.net/")),
            ("2001:4860:4860::8888", Some("https://rdap.arin.net/registry/")),
            ("240.0.0.1", None),
        ] {
            assert_eq!(of_address(address), server, "{address}");
        }
        for (name, server) in [
            ("example.com", Some("https://rdap.verisign.com/com/v1/")),
            ("example.co.uk", Some("https://rdap.nominet.uk/uk/")),
            ("example.xyz", Some("https://rdap.centralnic.com/xyz/")),
            ("example.dev", Some("https://pubapi.registry.google/rdap/")),
            ("example.zz", None),
        ] {
            assert_eq!(bundled.of_name(name), server, "{name}");
        }
        assert!(bundled.names.len() > 1000 && bundled.networks.len() > 200);
        let mut servers = bundled.names.values().chain(bundled.networks.iter().map(|(_, server)| server));
        assert!(servers.all(|server| url::Url::parse(server).is_ok_and(|url| url.scheme() == "https") && server.ends_with('/')));
    }

    #[test]
    fn lists_of_iana() {
        let mut bootstrap = Bootstrap::default();
        let list = br#"{"version": "1.0", "services": [[["8.0.0.0/8"], ["https://a.test/"]], [["8.8.0.0/16"], ["http://b.test/", "https://b.test/"]], [["Org", "co.uk"], ["https://c.test/"]], [["net"], ["http://d.test/"]]]}"#;
        assert!(bootstrap.read(list));
        assert_eq!(bootstrap.of_address("8.8.8.8".parse().expect("an address")), Some("https://b.test/"));
        assert_eq!(
            (bootstrap.of_name("x.org"), bootstrap.of_name("x.co.uk"), bootstrap.of_name("x.net")),
            (Some("https://c.test/"), Some("https://c.test/"), None)
        );
        assert!(!bootstrap.read(b"<html>") && !bootstrap.read(br#"{"services": []}"#));
    }
}
