//! One MMDB file, in memory.

use super::tree::{LANES, Leaf, Tree};
use maxminddb::Reader;
use std::fs::{File, Metadata};
use std::io::Read;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

/// Longest file that is read.
const MAX_FILE: u64 = 2 << 30;

/// A file in memory. It is not mapped: a mapped file that somebody shortens kills the process that reads it (SIGBUS), and that process is DuckDB's or
/// Python's. See docs/DESIGN.md, "Context".
#[derive(Debug, Clone)]
struct Bytes(Arc<Vec<u8>>);

impl AsRef<[u8]> for Bytes {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

/// What tells whether a file was replaced or written to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Stamp {
    modified: Option<SystemTime>,
    length: u64,
    /// Device, inode, and the time of the last change of the inode, which no program can set.
    #[cfg(unix)]
    inode: (u64, u64, i64, i64),
}

impl Stamp {
    /// The stamp of what is at `path` now; `Err` says why there is no file to read.
    pub(crate) fn of(path: &Path) -> Result<Self, String> {
        let meta = std::fs::metadata(path).map_err(|error| error.to_string())?;
        // Opening a pipe would wait for its writer.
        if meta.is_file() { Ok(Self::new(&meta)) } else { Err("it is not a file".to_owned()) }
    }

    fn new(meta: &Metadata) -> Self {
        #[cfg(unix)]
        use std::os::unix::fs::MetadataExt;
        Self {
            modified: meta.modified().ok(),
            length: meta.len(),
            #[cfg(unix)]
            inode: (meta.dev(), meta.ino(), meta.ctime(), meta.ctime_nsec()),
        }
    }
}

/// An open database.
#[derive(Debug)]
pub(crate) struct Database {
    path: PathBuf,
    stamp: Stamp,
    bytes: Bytes,
    reader: Reader<Bytes>,
    data: std::ops::Range<usize>,
    tree: Tree,
}

/// What a database has for an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Found {
    /// Where the record is in the data section.
    pub(crate) record: u32,
    /// The network that the record is about.
    pub(crate) network: Network,
}

/// How much of the address makes the network.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Network {
    /// Leading bits that count.
    pub(crate) prefix: u8,
    /// An IPv6 network around all IPv4 addresses: such databases do not divide them.
    pub(crate) around_v4: bool,
}

impl Database {
    /// Reads the file; `Err` says what is wrong with it.
    pub(crate) fn open(path: &Path) -> Result<Self, String> {
        Stamp::of(path)?;
        let mut file = File::open(path).map_err(|error| error.to_string())?;
        // Of the open file and before it is read: what is written meanwhile has another stamp.
        let stamp = Stamp::new(&file.metadata().map_err(|error| error.to_string())?);
        if stamp.length > MAX_FILE {
            return Err(format!("it is longer than {MAX_FILE} bytes"));
        }
        let mut bytes = Vec::new();
        let length = usize::try_from(stamp.length).map_err(|error| error.to_string())?;
        bytes.try_reserve_exact(length + 1).map_err(|error| error.to_string())?;
        file.by_ref().take(MAX_FILE).read_to_end(&mut bytes).map_err(|error| error.to_string())?;
        Self::new(path.to_owned(), stamp, bytes)
    }

    fn new(path: PathBuf, stamp: Stamp, bytes: Vec<u8>) -> Result<Self, String> {
        let bytes = Bytes(Arc::new(bytes));
        let reader = Reader::from_source(bytes.clone()).map_err(|error| format!("it is not a sound MMDB file: {error}"))?;
        let metadata = reader.metadata();
        // The reader has checked that tree and separator fit before the metadata.
        let start = metadata.node_count as usize * usize::from(metadata.record_size) / 4 + 16;
        let end = memchr::memmem::rfind(bytes.as_ref(), METADATA).unwrap_or(start);
        let nodes = bytes.as_ref().get(..start.saturating_sub(16)).unwrap_or(&[]);
        let tree = Tree::new(nodes, metadata, end.saturating_sub(start));
        Ok(Self { path, stamp, bytes, reader, data: start..end, tree })
    }

    /// Where it was read from.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// What the file was when it was read.
    pub(crate) fn stamp(&self) -> &Stamp {
        &self.stamp
    }

    /// What the file says it is: `GeoLite2-City`.
    pub(crate) fn database_type(&self) -> &str {
        &self.reader.metadata().database_type
    }

    /// When it was made, in seconds since 1970.
    pub(crate) fn built(&self) -> u64 {
        self.reader.metadata().build_epoch
    }

    /// The languages that its names are in.
    pub(crate) fn languages(&self) -> impl Iterator<Item = &str> {
        self.reader.metadata().languages.iter().map(String::as_str)
    }

    /// The data section.
    #[inline]
    pub(crate) fn section(&self) -> &[u8] {
        self.bytes.as_ref().get(self.data.clone()).unwrap_or(&[])
    }

    /// What the database has for `address`; `Err` where its tree is damaged there.
    pub(crate) fn find(&self, address: IpAddr) -> Result<Option<Found>, String> {
        match self.leaf(address) {
            Leaf::None => Ok(None),
            Leaf::Record(record, network) => Ok(Some(Found { record, network })),
            Leaf::Outside => {
                let found = self.reader.lookup(address).map(|_| "its tree leads out of the file".to_owned());
                Err(found.unwrap_or_else(|error| error.to_string()))
            }
        }
    }

    /// What its tree has for `address`.
    pub(crate) fn leaf(&self, address: IpAddr) -> Leaf {
        match address {
            IpAddr::V4(address) => self.tree.find_one_v4(self.nodes(), address.to_bits()),
            IpAddr::V6(_) if self.reader.metadata().ip_version == 4 => Leaf::None,
            IpAddr::V6(address) => self.tree.find_v6(self.nodes(), address.to_bits()),
        }
    }

    /// What its tree has for some IPv4 addresses.
    #[inline]
    pub(crate) fn leaves(&self, addresses: &[u32; LANES]) -> [Leaf; LANES] {
        self.tree.find_v4(self.nodes(), addresses)
    }

    /// Has the memory of a record fetched: what it points to was most often written just before it.
    #[inline]
    pub(crate) fn fetch(&self, leaf: Leaf) {
        if let Leaf::Record(at, _) = leaf {
            let (bytes, at) = (self.section(), at as usize);
            for at in [at.wrapping_sub(128), at.wrapping_sub(64), at, at + 64] {
                std::hint::black_box(bytes.get(at).copied());
            }
        }
    }

    /// The search tree.
    #[inline]
    fn nodes(&self) -> &[u8] {
        self.bytes.as_ref().get(..self.data.start.saturating_sub(16)).unwrap_or(&[])
    }

    /// Where the first `most` records are, by the order of their addresses. The crate's own walk over all networks may take forever: a damaged tree can have
    /// more ends than there are addresses.
    pub(crate) fn first_records(&self, most: usize) -> Vec<usize> {
        let mut records = Vec::new();
        self.walk(0, u128::from(u32::MAX), |bits| IpAddr::V4(Ipv4Addr::from_bits(bits as u32)), most, &mut records);
        if self.reader.metadata().ip_version == 6 {
            self.walk(GLOBAL.0, GLOBAL.1, |bits| IpAddr::V6(Ipv6Addr::from_bits(bits)), most, &mut records);
        }
        records
    }

    fn walk(&self, first: u128, last: u128, address: fn(u128) -> IpAddr, most: usize, records: &mut Vec<usize>) {
        let mut at = first;
        for _ in 0..MAX_STEPS {
            let Ok(found) = self.reader.lookup(address(at)) else { return };
            records.extend(found.offset());
            let Ok(network) = found.network() else { return };
            let around_v4 = network.is_ipv6() && address(at).is_ipv4();
            let width: u32 = if network.is_ipv4() { 32 } else { 128 };
            let rest = width.saturating_sub(u32::from(network.prefix()));
            let end = at | 1u128.checked_shl(rest).unwrap_or(0).wrapping_sub(1);
            if around_v4 || end >= last || records.len() >= most {
                return;
            }
            at = end + 1;
        }
    }
}

/// Where IPv6 addresses are given out: 2000::/3 (RFC 4291, 2.4).
const GLOBAL: (u128, u128) = (0x2000 << 112, (0x4000 << 112) - 1);
/// Most networks that are looked at in search of records.
const MAX_STEPS: usize = 1 << 14;

/// What stands before the metadata, which is the last such place in the file.
const METADATA: &[u8] = b"\xab\xcd\xefMaxMind.com";

#[cfg(test)]
mod tests {
    use super::*;
    use huntsql_fakes::mmdb::{Value, Writer};

    fn database(bytes: Vec<u8>) -> Result<Database, String> {
        let stamp = Stamp {
            modified: None,
            length: 0,
            #[cfg(unix)]
            inode: (0, 0, 0, 0),
        };
        Database::new(PathBuf::from("test.mmdb"), stamp, bytes)
    }

    fn prefix(database: &Database, address: &str) -> Option<(u8, bool)> {
        let found = database.find(address.parse().unwrap()).unwrap()?;
        Some((found.network.prefix, found.network.around_v4))
    }

    #[test]
    fn networks_of_every_size_of_record() {
        for version in [4, 6] {
            for bits in [24, 28, 32] {
                let mut writer =
                    Writer::new("Test", version, bits).with("81.2.69.0/24", &Value::U32(1)).with("81.2.69.160/27", &Value::U32(2));
                if version == 6 {
                    writer.insert("2a02:8000::/20", &Value::U32(3));
                    writer.alias("2002::/16", "0.0.0.0/0");
                }
                let database = database(writer.finish()).unwrap();
                assert_eq!(prefix(&database, "81.2.69.1"), Some((25, false)), "{version} {bits}");
                assert_eq!(prefix(&database, "81.2.69.170"), Some((27, false)), "{version} {bits}");
                assert_eq!(prefix(&database, "81.2.70.1"), None);
                let v6 = version == 6;
                assert_eq!(prefix(&database, "2a02:8000::1"), v6.then_some((20, false)));
                // 6to4 of 81.2.69.170
                assert_eq!(prefix(&database, "2002:5102:45aa::1"), v6.then_some((43, false)));
                // Those of IPv4, as 6to4 again, and one.
                assert_eq!(database.first_records(20).len(), if v6 { 4 + 4 + 1 } else { 4 }, "{version} {bits}");
                assert_eq!((database.database_type(), database.languages().collect::<Vec<_>>()), ("Test", vec!["de", "en"]));
            }
        }
    }

    /// A tree in which every way leads through all levels to nothing: 2 to the power of 128 ends.
    #[test]
    fn a_tree_without_end() {
        let mut bytes = Writer::new("Test", 6, 24).with("::1/128", &Value::U32(1)).finish();
        for (node, pair) in bytes[..128 * 6].chunks_mut(6).enumerate() {
            let next = &(node as u32 + 1).to_be_bytes()[1..];
            pair.copy_from_slice(&[next, next].concat());
        }
        let database = database(bytes).unwrap();
        assert_eq!(database.first_records(9), Vec::<usize>::new());
        assert_eq!((prefix(&database, "1.2.3.4"), prefix(&database, "2001::1")), (None, None));
    }

    #[test]
    fn one_record_around_all_of_ipv4() {
        let database = database(Writer::new("Test", 6, 24).with("::/8", &Value::U32(1)).finish()).unwrap();
        assert_eq!(prefix(&database, "8.8.8.8"), Some((8, true)));
    }

    /// What the crate's walk finds.
    fn found_by_crate(database: &Database, address: IpAddr) -> Leaf {
        if address.is_ipv6() && database.reader.metadata().ip_version == 4 {
            return Leaf::None;
        }
        let Ok(found) = database.reader.lookup(address) else { return Leaf::Outside };
        let Some(record) = found.offset() else { return Leaf::None };
        let network = found.network().unwrap();
        let network = Network { prefix: network.prefix(), around_v4: address.is_ipv4() && network.is_ipv6() };
        Leaf::Record(record as u32, network)
    }

    fn agrees_with_crate(database: &Database, addresses: &[IpAddr], what: &str) {
        for address in addresses {
            let (expected, found) = (found_by_crate(database, *address), database.leaf(*address));
            assert_eq!(found, expected, "{what} {address}");
            let outcome = database.find(*address).map(|found| found.map(|found| Leaf::Record(found.record, found.network)));
            match expected {
                Leaf::Outside => assert_eq!(outcome, Err(database.reader.lookup(*address).unwrap_err().to_string())),
                Leaf::None => assert_eq!(outcome, Ok(None)),
                leaf => assert_eq!(outcome, Ok(Some(leaf))),
            }
        }
        let v4 = addresses.iter().filter_map(|address| if let IpAddr::V4(address) = address { Some(address.to_bits()) } else { None });
        for group in v4.collect::<Vec<_>>().chunks_exact(LANES) {
            let one = |bits: &u32| found_by_crate(database, IpAddr::V4(Ipv4Addr::from_bits(*bits)));
            let expected: Vec<Leaf> = group.iter().map(one).collect();
            assert_eq!(database.leaves(group.try_into().unwrap()).to_vec(), expected, "{what}");
        }
    }

    /// Some at random, some close to the ends of networks.
    fn addresses(roll: &mut impl FnMut() -> u64, near: &[u32]) -> Vec<IpAddr> {
        let mut all = Vec::new();
        for turn in 0..200u64 {
            let near = near.get((roll() % near.len().max(1) as u64) as usize).copied().unwrap_or(0);
            let bits = if turn % 2 == 0 { roll() as u32 } else { near ^ (1 << (roll() % 32)) ^ (roll() as u32 & 3) };
            all.push(IpAddr::V4(Ipv4Addr::from_bits(bits)));
            let high = [0x2002 << 112 | u128::from(bits) << 80, 0x2a02_8000 << 96, u128::from(bits), u128::from(roll()) << 64];
            all.push(IpAddr::V6(Ipv6Addr::from_bits(high[(turn % 4) as usize] | u128::from(roll()) & 0xffff)));
        }
        all
    }

    #[test]
    fn the_walk_is_that_of_the_crate() {
        let (mut seed, mut opened_damaged) = (7u64, 0);
        let mut roll = || {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            seed >> 20
        };
        for (version, bits, turn) in
            [4, 6].into_iter().flat_map(|v| [24, 28, 32].map(|bits| (v, bits))).flat_map(|(v, b)| [0, 1, 2, 3].map(|t| (v, b, t)))
        {
            let mut writer = Writer::new("Test", version, bits);
            let mut near = Vec::new();
            for _ in 0..40 * turn {
                let (length, address) = (1 + roll() % 32, roll() as u32);
                writer.insert(
                    &format!("{}/{length}", Ipv4Addr::from_bits(address & (u32::MAX << (32 - length)))),
                    &Value::U32(length as u32),
                );
                near.push(address);
            }
            match (version, turn) {
                (6, 0) => writer.insert("::/8", &Value::U32(1)),
                (6, _) => {
                    writer.insert("2a02:8000::/20", &Value::U32(3));
                    writer.alias("2002::/16", "0.0.0.0/0");
                }
                _ => {}
            }
            let sound = writer.finish();
            // One without a node is none to the crate.
            let Ok(opened) = database(sound.clone()) else {
                assert_eq!((version, turn), (4, 0));
                continue;
            };
            let tree = opened.data.start - 16;
            agrees_with_crate(&opened, &addresses(&mut roll, &near), "sound");
            for _ in 0..8 {
                // Records that lead back, to the end, out of the data, into the zeros before it.
                let mut bytes = sound.clone();
                for _ in 0..1 + roll() % 20 {
                    let at = roll() as usize % tree.max(1);
                    let nodes = opened.reader.metadata().node_count + roll() as u32 % 40;
                    let [.., high, low] = nodes.to_be_bytes();
                    let new = if roll() % 2 == 0 { vec![roll() as u8] } else { vec![high, low] };
                    for (byte, new) in bytes.iter_mut().skip(at).zip(new) {
                        *byte = new;
                    }
                }
                if let Ok(damaged) = database(bytes) {
                    opened_damaged += 1;
                    agrees_with_crate(&damaged, &addresses(&mut roll, &near), "damaged");
                }
            }
        }
        assert!(opened_damaged > 100, "{opened_damaged}");
    }

    #[test]
    fn the_walk_is_that_of_the_crate_in_real_files() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let shared = root.ancestors().map(|above| above.join("shared/data/mmdb")).find(|path| path.exists());
        let mut files: Vec<PathBuf> = vec![root.join("examples/geo/sample.mmdb")];
        files.extend(shared.iter().flat_map(|folder| std::fs::read_dir(folder).unwrap()).map(|entry| entry.unwrap().path()));
        let mut seed = 11u64;
        let mut roll = || {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            seed >> 20
        };
        for path in files {
            let database = Database::open(&path).unwrap();
            let networks =
                database.reader.networks(maxminddb::WithinOptions::default()).unwrap().map(|found| found.unwrap().network().unwrap().ip());
            let mut all: Vec<IpAddr> = Vec::new();
            for address in networks.take(5_000) {
                all.push(address);
                if let IpAddr::V6(v6) = address
                    && let Some(v4) = v6.to_ipv4()
                {
                    all.push(IpAddr::V4(v4));
                }
            }
            let near: Vec<u32> = all.iter().filter_map(|at| if let IpAddr::V4(at) = at { Some(at.to_bits()) } else { None }).collect();
            all.extend(addresses(&mut roll, &near));
            agrees_with_crate(&database, &all, &path.to_string_lossy());
        }
    }

    #[test]
    fn what_is_no_database() {
        assert!(database(Vec::new()).unwrap_err().starts_with("it is not a sound MMDB file"));
        let sound = Writer::new("Test", 4, 24).with("1.0.0.0/8", &Value::U32(1)).finish();
        for length in 0..sound.len() {
            // An error, or a database that finds nothing: no panic.
            if let Ok(database) = database(sound[..length].to_vec()) {
                let _ = database.find("1.2.3.4".parse().unwrap());
            }
        }
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(Database::open(folder.path()).unwrap_err(), "it is not a file");
        assert!(Database::open(&folder.path().join("none")).unwrap_err().contains("No such file"));
    }
}
