//! Writes MaxMind databases (<https://maxmind.github.io/MaxMind-DB/>), sound ones and, by [`Value::Raw`], damaged ones.
//!
//! The same calls give the same bytes. Values are written once and pointed to, map keys too, as the real writers do.

mod data;
mod tree;

pub use data::Value;

use data::Section;
use std::net::IpAddr;
use tree::{Record, Tree};

/// A database under construction.
#[derive(Debug, Clone)]
pub struct Writer {
    database_type: String,
    ip_version: u16,
    record_bits: u16,
    tree: Tree,
    data: Section,
}

impl Writer {
    /// An empty database: `database_type` as in its metadata, `ip_version` 4 or 6, `record_bits` 24, 28 or 32.
    ///
    /// # Panics
    /// Where the version or size is another: a fault of the test.
    pub fn new(database_type: &str, ip_version: u16, record_bits: u16) -> Self {
        assert!(matches!((ip_version, record_bits), (4 | 6, 24 | 28 | 32)), "no database of version {ip_version} and {record_bits} bits");
        Self { database_type: database_type.to_owned(), ip_version, record_bits, tree: Tree::default(), data: Section::default() }
    }

    /// Gives all addresses of `network` (`81.2.69.0/24`) this record. Of overlapping networks the one inserted last wins.
    ///
    /// # Panics
    /// Where `network` is none, or is one of IPv6 in a database of version 4: a fault of the test.
    #[must_use]
    pub fn with(mut self, network: &str, value: &Value) -> Self {
        self.insert(network, value);
        self
    }

    /// As [`Writer::with`].
    ///
    /// # Panics
    /// As [`Writer::with`].
    pub fn insert(&mut self, network: &str, value: &Value) {
        let (bits, length) = self.parse(network);
        let at = self.data.add(value);
        self.tree.set(bits, length, Record::Data(at));
    }

    /// Makes the network `alias` the same part of the tree as `network`, as MaxMind does with 6to4. Later changes count for both.
    ///
    /// # Panics
    /// As [`Writer::with`]; and where nothing is in `network`.
    pub fn alias(&mut self, alias: &str, network: &str) {
        let (bits, length) = self.parse(network);
        let record = self.tree.find(bits, length);
        assert!(record != Record::Empty, "nothing is in {network}");
        let (bits, length) = self.parse(alias);
        self.tree.set(bits, length, record);
    }

    /// The bits of a network from the highest down, and how many of them count.
    fn parse(&self, network: &str) -> (u128, u8) {
        let (address, length) = network.split_once('/').unwrap_or((network, ""));
        let parsed = address.parse::<IpAddr>();
        assert!(parsed.is_ok(), "no network: {network}");
        let length = |all: u8| if length.is_empty() { Ok(all) } else { length.parse() }.unwrap_or(u8::MAX);
        let (bits, length, most) = match (parsed, self.ip_version) {
            (Ok(IpAddr::V4(v4)), 4) => (u128::from(v4.to_bits()) << 96, length(32), 32),
            // IPv4 is ::/96 of a database of IPv6.
            (Ok(IpAddr::V4(v4)), _) => (u128::from(v4.to_bits()), length(32).saturating_add(96), 128),
            (Ok(IpAddr::V6(v6)), 6) => (v6.to_bits(), length(128), 128),
            _ => (0, u8::MAX, 0),
        };
        assert!(length <= most, "no network of this database: {network}");
        (bits, length)
    }

    /// The file.
    ///
    /// # Panics
    /// Where it does not fit into records of so many bits.
    pub fn finish(&self) -> Vec<u8> {
        let mut file = self.tree.encode(self.record_bits);
        file.extend([0; 16]);
        file.extend(self.data.bytes());
        file.extend(b"\xab\xcd\xefMaxMind.com");
        let text = |text: &str| Value::from(text);
        let metadata = Value::map([
            ("binary_format_major_version", Value::U16(2)),
            ("binary_format_minor_version", Value::U16(0)),
            ("build_epoch", Value::U64(1_764_000_000)),
            ("database_type", text(&self.database_type)),
            ("description", Value::map([("en", text("made up for tests and examples"))])),
            ("ip_version", Value::U16(self.ip_version)),
            ("languages", Value::Array(vec![text("de"), text("en")])),
            ("node_count", Value::U32(self.tree.len())),
            ("record_size", Value::U16(self.record_bits)),
        ]);
        let mut section = Section::default();
        section.add(&metadata);
        file.extend(section.bytes());
        file
    }
}
