//! All indicators of a feed, ready to be found.

use super::anchors::Anchors;
use super::key::{Class, class_of, host, is_suffix, key};
use super::networks::{Networks, mapped};
use aho_corasick::{AhoCorasick, MatchKind};
use hashbrown::{DefaultHashBuilder, HashSet, HashTable};
use huntsql_kernels::ioc::{ExtractOptions, IocType};
use huntsql_kernels::options::{Options, Setting};
use huntsql_readers::feeds::{Indicator, Severity};
use ipnet::IpNet;
use std::borrow::Cow;
use std::hash::BuildHasher;
use std::sync::Arc;

/// Bytes of all indicators that are texts: what is looked for by automaton takes many times its length.
const MOST_TEXT: usize = 16 << 20;
/// Bytes of the shortest text that is looked for anywhere.
pub(super) const SHORTEST_TEXT: usize = 4;
/// Names that are joined where several feeds know an indicator.
const MOST_NAMES: usize = 16;
/// Tags that are kept of an indicator.
const MOST_TAGS: usize = 32;

/// How an indicator was met.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Match {
    Exact,
    Subdomain,
    Network,
    Prefix,
}

impl Match {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::Subdomain => "subdomain",
            Self::Network => "network",
            Self::Prefix => "prefix",
        }
    }
}

/// What feeds say about an indicator.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct About {
    pub(super) severity: Severity,
    pub(super) confidence: Option<u8>,
    pub(super) threat: Option<Arc<str>>,
    pub(super) tags: Vec<Arc<str>>,
    pub(super) source: Option<Arc<str>>,
    pub(super) reference: Option<Arc<str>>,
    pub(super) valid_until: Option<i64>,
}

/// An indicator.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) ioc: Box<str>,
    pub(super) ioc_type: Cow<'static, str>,
    pub(super) class: Class,
    /// Names below it are not its owner's: `github.io`.
    is_suffix: bool,
    about: u32,
    /// Several feeds said something, which is its own.
    is_merged: bool,
}

/// What a statement asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Rules {
    pub(super) subdomains: bool,
    pub(super) url_prefix: bool,
}

/// All indicators of a feed, ready to be found.
#[derive(Debug)]
pub(super) struct Matcher {
    pub(super) entries: Vec<Entry>,
    abouts: Vec<About>,
    /// What the last indicator that was new says.
    last_about: Option<u32>,
    /// Numbers of entries by class and key. Half of a hash beside it: growing need not touch the texts, which are all over the memory.
    table: HashTable<(u32, u32)>,
    hasher: DefaultHashBuilder,
    networks: Networks,
    /// Lengths of the URLs by which they are compared, and the greatest of them.
    url_lengths: HashSet<usize>,
    longest_url: usize,
    texts: Option<AhoCorasick>,
    /// The entry of each pattern of `texts`.
    text_entries: Vec<u32>,
    text_bytes: usize,
    pub(super) anchors: Anchors,
    pub(super) extract: ExtractOptions,
    types: Vec<IocType>,
    pub(super) rules: Rules,
}

impl Matcher {
    pub(super) fn new(rules: Rules) -> Self {
        Self {
            entries: Vec::new(),
            abouts: Vec::new(),
            last_about: None,
            table: HashTable::new(),
            hasher: DefaultHashBuilder::default(),
            networks: Networks::default(),
            url_lengths: HashSet::new(),
            longest_url: 0,
            texts: None,
            text_entries: Vec::new(),
            text_bytes: 0,
            anchors: Anchors::default(),
            extract: ExtractOptions::default(),
            types: Vec::new(),
            rules,
        }
    }

    /// Adds an indicator. `Err` says why no more can be added.
    pub(super) fn add(&mut self, indicator: Indicator) -> Result<(), String> {
        let (Some(ioc), Some(ioc_type)) = (indicator.ioc, indicator.ioc_type) else { return Ok(()) };
        let kind = IocType::parse(&ioc_type).ok().filter(|kind| kind.name() == ioc_type);
        let class = class_of(kind, &ioc);
        if class == Class::Text && ioc.len() < SHORTEST_TEXT {
            return Ok(());
        }
        let about = About {
            severity: indicator.severity,
            confidence: indicator.confidence,
            threat: indicator.threat,
            tags: indicator.tags,
            source: indicator.source,
            reference: indicator.reference,
            valid_until: indicator.valid_until,
        };
        let key = key(class, &ioc);
        let half = self.half(class, &key);
        if let Some(known) = self.find(class, &key) {
            self.merge(known, about);
            return Ok(());
        }
        // Four thousand million indicators do not fit into memory.
        let number = u32::try_from(self.entries.len()).unwrap_or(u32::MAX);
        if class == Class::Text {
            self.text_bytes += ioc.len();
            if self.text_bytes > MOST_TEXT {
                return Err(format!(
                    "holds more than {MOST_TEXT} bytes of indicators that are texts (paths, file names, mutexes); name the types to look for: types => ['domain', 'ipv4', 'sha256']"
                ));
            }
            self.text_entries.push(number);
        }
        if class == Class::Url {
            self.url_lengths.insert(key.len());
            self.longest_url = self.longest_url.max(key.len());
        }
        let network = if class == Class::Network { key.parse::<IpNet>().ok() } else { None };
        if let Some(network) = network {
            self.networks.add(network, number);
        }
        self.watch(kind, class, if class == Class::Address { &key } else { &ioc }, network);
        let is_suffix = class == Class::Domain && is_suffix(&ioc);
        let about = self.about_number(about);
        self.entries.push(Entry { ioc: ioc.into_boxed_str(), ioc_type, class, is_suffix, about, is_merged: false });
        self.table.insert_unique(spread(half), (half, number), |(half, _)| spread(*half));
        Ok(())
    }

    fn about_number(&mut self, about: About) -> u32 {
        // Neighbours in a feed often say the same.
        if let Some(last) = self.last_about.filter(|last| self.abouts.get(*last as usize) == Some(&about)) {
            return last;
        }
        self.abouts.push(about);
        let number = u32::try_from(self.abouts.len() - 1).unwrap_or(u32::MAX);
        self.last_about = Some(number);
        number
    }

    /// What several feeds say of one indicator: the worst, the surest, and all names.
    fn merge(&mut self, number: u32, more: About) {
        let Some(entry) = self.entries.get_mut(number as usize) else { return };
        if !entry.is_merged {
            // What it shares with others stays theirs.
            let own = self.abouts.get(entry.about as usize).cloned().unwrap_or_default();
            self.abouts.push(own);
            entry.about = u32::try_from(self.abouts.len() - 1).unwrap_or(u32::MAX);
            entry.is_merged = true;
        }
        let Some(about) = self.abouts.get_mut(entry.about as usize) else { return };
        about.severity = about.severity.max(more.severity);
        about.confidence = about.confidence.max(more.confidence);
        about.threat = joined(about.threat.take(), more.threat);
        about.source = joined(about.source.take(), more.source);
        about.reference = about.reference.take().or(more.reference);
        about.valid_until = match (about.valid_until, more.valid_until) {
            (Some(one), Some(other)) => Some(one.max(other)),
            _ => None,
        };
        for tag in more.tags {
            if about.tags.len() < MOST_TAGS && !about.tags.contains(&tag) {
                about.tags.push(tag);
            }
        }
    }

    /// Says what a text must hold to be searched for it.
    fn watch(&mut self, kind: Option<IocType>, class: Class, ioc: &str, network: Option<IpNet>) {
        let wanted = match class {
            Class::Domain => &[IocType::Domain][..],
            Class::Address => &[IocType::Ipv4, IocType::Ipv6],
            Class::Network => &[IocType::Ipv4, IocType::Ipv6, IocType::Cidr],
            // Digests are found here; those of no kind that `extract_iocs` knows are found by it in encoded texts only.
            _ => kind.as_slice(),
        };
        for kind in wanted {
            if !self.types.contains(kind) {
                self.types.push(*kind);
            }
        }
        let triggers = &mut self.anchors.triggers;
        match class {
            Class::Url => {
                triggers.names = true;
                triggers.addresses = true;
                let rest = ioc.split_once("://").map_or(ioc, |(_, rest)| rest);
                let host = host(rest);
                triggers.ipv6 |= host.starts_with('[');
                if !host.starts_with('[') && !self.anchors.add(host) && !self.anchors.add_longest(rest) {
                    self.anchors.triggers.always = true;
                }
            }
            Class::Email => {
                triggers.names = true;
                let domain = ioc.rsplit_once('@').map_or(ioc, |(_, domain)| domain);
                if !self.anchors.add(domain) && !self.anchors.add_longest(domain) {
                    self.anchors.triggers.always = true;
                }
            }
            Class::Domain => {
                triggers.names = true;
                if !self.anchors.add(ioc) {
                    self.anchors.triggers.always = true;
                }
            }
            Class::Address => {
                triggers.addresses = true;
                triggers.ipv6 |= ioc.contains(':');
                if !ioc.contains(':') && !self.anchors.add(ioc) {
                    self.anchors.triggers.always = true;
                }
            }
            Class::Network => {
                triggers.addresses = true;
                match network {
                    Some(IpNet::V4(network)) => self.anchors.add_network(network.network().to_bits(), network.broadcast().to_bits()),
                    Some(IpNet::V6(network)) => {
                        triggers.ipv6 = true;
                        if let Some((first, last)) = mapped(network) {
                            self.anchors.add_network(first, last);
                        }
                    }
                    None => {}
                }
            }
            Class::Exact if kind == Some(IocType::Cve) => triggers.cve = true,
            // Ethernet addresses, numbers of systems and techniques are written in too many ways.
            Class::Exact if matches!(kind, Some(IocType::Mac | IocType::Asn | IocType::Mitre)) => triggers.always = true,
            Class::Digest | Class::Exact => {
                if !self.anchors.add(ioc) {
                    self.anchors.triggers.always = true;
                }
            }
            Class::Text => {
                // The hive of a key is written in several ways.
                let rest = if kind == Some(IocType::RegistryKey) { ioc.split_once('\\').map_or(ioc, |(_, rest)| rest) } else { ioc };
                if !self.anchors.add_longest(rest) && !self.anchors.add_longest(ioc) {
                    self.anchors.triggers.always = true;
                }
            }
        }
    }

    /// Makes ready for finding. `Err` says what is wrong with the indicators.
    pub(super) fn finish(&mut self) -> Result<(), String> {
        self.anchors.finish();
        let names = self.types.iter().map(|kind| kind.name().to_owned()).collect();
        // An empty list would be the default.
        if !self.types.is_empty() {
            self.extract.set("types", Setting::TextList(names))?;
        }
        let patterns = self.text_entries.iter().filter_map(|number| self.entries.get(*number as usize)).map(|entry| entry.ioc.as_bytes());
        if !self.text_entries.is_empty() {
            let automaton = AhoCorasick::builder().ascii_case_insensitive(true).match_kind(MatchKind::Standard).build(patterns);
            self.texts = Some(automaton.map_err(|error| format!("holds too many indicators that are texts ({error})"))?);
        }
        Ok(())
    }

    pub(super) fn has_types(&self) -> bool {
        !self.types.is_empty()
    }

    pub(super) fn looks_for(&self, class: Class) -> bool {
        match class {
            Class::Domain => self.types.contains(&IocType::Domain),
            Class::Text => self.texts.is_some(),
            _ => true,
        }
    }

    pub(super) fn texts(&self) -> Option<&AhoCorasick> {
        self.texts.as_ref()
    }

    pub(super) fn text_entry(&self, pattern: usize) -> Option<u32> {
        self.text_entries.get(pattern).copied()
    }

    pub(super) fn entry(&self, number: u32) -> Option<&Entry> {
        self.entries.get(number as usize)
    }

    pub(super) fn about(&self, number: u32) -> &About {
        static NONE: std::sync::LazyLock<About> = std::sync::LazyLock::new(About::default);
        let about = self.entries.get(number as usize).and_then(|entry| self.abouts.get(entry.about as usize));
        about.unwrap_or(&NONE)
    }

    pub(super) fn find(&self, class: Class, key: &str) -> Option<u32> {
        let half = self.half(class, key);
        let is_it = |(known, number): &(u32, u32)| {
            let is_same = |entry: &Entry| entry.class == class && super::key::key(class, &entry.ioc) == key;
            *known == half && self.entries.get(*number as usize).is_some_and(is_same)
        };
        self.table.find(spread(half), is_it).map(|(_, number)| *number)
    }

    /// Half of the hash of a key.
    fn half(&self, class: Class, key: &str) -> u32 {
        (self.hasher.hash_one((class, key)) >> 32) as u32
    }

    /// The name itself, else the longest indicator that it is below.
    pub(super) fn find_domain(&self, name: &str) -> Option<(u32, Match)> {
        if let Some(number) = self.find(Class::Domain, name) {
            return Some((number, Match::Exact));
        }
        if !self.rules.subdomains {
            return None;
        }
        let mut rest = name;
        while let Some((_, above)) = rest.split_once('.') {
            rest = above;
            if let Some(number) = self.find(Class::Domain, rest)
                && self.entry(number).is_some_and(|entry| !entry.is_suffix)
            {
                return Some((number, Match::Subdomain));
            }
        }
        None
    }

    /// The address itself, else the narrowest network that holds it.
    pub(super) fn find_address(&self, text: &str) -> Option<(u32, Match)> {
        let address: std::net::IpAddr = text.parse().ok()?;
        // An IPv4 address in the form of IPv6 is that address.
        let plain = address.to_canonical();
        let exact =
            self.find(Class::Address, text).or_else(|| (plain != address).then(|| self.find(Class::Address, &plain.to_string()))?);
        if let Some(number) = exact {
            return Some((number, Match::Exact));
        }
        self.networks.find(address).map(|number| (number, Match::Network))
    }

    /// The URL itself, else with `url_prefix` the longest indicator that it begins with, up to a boundary.
    pub(super) fn find_url(&self, url: &str) -> Option<(u32, Match)> {
        let key = key(Class::Url, url);
        if let Some(number) = self.find(Class::Url, &key) {
            return Some((number, Match::Exact));
        }
        if !self.rules.url_prefix {
            return None;
        }
        // At each boundary where an indicator may end, however many there are: a bound on them would be a way to hide. No more is looked up
        // than there are lengths.
        let known = |length: usize| self.url_lengths.contains(&length).then(|| self.find(Class::Url, key.get(..length)?)).flatten();
        let host = key.find("://").map_or(0, |at| at + 3);
        let bytes = key.bytes().enumerate().take(self.longest_url + 1).rev();
        let mut marks = bytes.filter(|(at, byte)| *at > host && matches!(byte, b'/' | b'?' | b'#' | b'&' | b';'));
        marks.find_map(|(at, _)| known(at + 1).or_else(|| known(at))).map(|number| (number, Match::Prefix))
    }
}

/// The table looks at both ends of a hash.
fn spread(half: u32) -> u64 {
    u64::from(half).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

fn joined(one: Option<Arc<str>>, other: Option<Arc<str>>) -> Option<Arc<str>> {
    match (one, other) {
        (Some(one), Some(other)) => {
            let mut names: Vec<&str> = one.split(", ").collect();
            for name in other.split(", ") {
                if names.len() < MOST_NAMES && !names.contains(&name) {
                    names.push(name);
                }
            }
            Some(names.join(", ").into())
        }
        (one, other) => one.or(other),
    }
}
