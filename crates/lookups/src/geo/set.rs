//! Databases that are asked together, and what they said before.

use super::cache::{Answer, Cache};
use super::database::{Database, Network};
use super::facts::Facts;
use super::languages::languages;
use super::place::Placed;
use super::record::{Layout, Reading};
use super::tree::{LANES, Leaf};
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

/// Databases, the first first, and the language of names.
#[derive(Debug)]
pub(crate) struct Set {
    databases: Vec<(Arc<Database>, Layout)>,
    language: String,
    caches: Mutex<Vec<Cache>>,
}

/// Stands for no record.
const NONE: u32 = u32::MAX;
/// Most caches that wait for a batch.
const MAX_CACHES: usize = 64;

impl Set {
    /// `Err` where no database has names in `language`, with the languages that there are.
    pub(crate) fn new(databases: Vec<Arc<Database>>, language: &str) -> Result<Self, Vec<String>> {
        let language = match language {
            "en" => language.to_owned(),
            // Flat layouts have one language and do not name it.
            _ => match languages(&databases) {
                known if known.is_empty() => language.to_owned(),
                known => known
                    .iter()
                    .find(|known| known.eq_ignore_ascii_case(language))
                    .cloned()
                    .ok_or_else(|| known.into_iter().collect::<Vec<_>>())?,
            },
        };
        let databases = databases.into_iter().map(|database| {
            let layout = Layout::of(database.database_type());
            (database, layout)
        });
        Ok(Self { databases: databases.collect(), language, caches: Mutex::default() })
    }

    /// The databases.
    pub(crate) fn databases(&self) -> impl Iterator<Item = &Arc<Database>> {
        self.databases.iter().map(|(database, _)| database)
    }

    /// `leaf` is what the tree of a database has, by its number.
    #[inline]
    fn ask(&self, leaf: impl Fn(usize, &Database) -> Leaf, records: &mut Vec<u32>, cache: &mut Cache) -> Answer {
        let mut network = Network { prefix: 0, around_v4: false };
        let (mut is_damaged, mut is_known) = (false, false);
        records.clear();
        for (number, (database, _)) in self.databases.iter().enumerate() {
            let record = match leaf(number, database) {
                Leaf::Record(record, found) => {
                    if network.around_v4 || found.prefix >= network.prefix {
                        network = found;
                    }
                    is_known = true;
                    record
                }
                Leaf::None => NONE,
                Leaf::Outside => {
                    is_damaged = true;
                    NONE
                }
            };
            records.push(record);
        }
        if !is_known {
            return Answer::none(network, is_damaged);
        }
        if !is_damaged && let Some(answer) = cache.known(records, network) {
            return answer;
        }
        self.read(records, network, is_damaged, cache)
    }

    /// Reads records and keeps what they say.
    fn read(&self, records: &[u32], network: Network, mut is_damaged: bool, cache: &mut Cache) -> Answer {
        let mut facts = Facts::default();
        let mut is_first = true;
        let all = (0..).zip(&self.databases).zip(records);
        for ((number, (database, layout)), record) in all.filter(|(_, record)| **record != NONE) {
            let mut how = Reading { database: number, language: &self.language, seen: &mut cache.seen };
            match Facts::read(database.section(), *record as usize, *layout, &mut how) {
                Ok(first) if is_first => facts = first,
                Ok(more) => facts.merge(&more),
                Err(_) => {
                    is_damaged = true;
                    continue;
                }
            }
            is_first = false;
        }
        if facts.is_empty() { Answer::none(network, is_damaged) } else { cache.add(records, &facts, network, is_damaged) }
    }
}

/// The right to ask a set, with a cache for one batch of rows.
#[derive(Debug, Default)]
pub(crate) struct Lease {
    open: Option<(Arc<Set>, Cache)>,
    records: Vec<u32>,
    /// What the trees of all databases have for some addresses.
    leaves: Vec<[Leaf; LANES]>,
    /// Numbers of the rows whose answers are to be found next.
    unknown: Vec<usize>,
}

impl Lease {
    /// Asks `open` for the set if there is none yet.
    #[inline]
    pub(crate) fn of<E>(&mut self, open: impl FnOnce() -> Result<Arc<Set>, E>) -> Result<&mut Self, E> {
        if self.open.is_none() {
            let set = open()?;
            let cache = set.caches.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default();
            self.open = Some((set, cache));
        }
        Ok(self)
    }

    /// What the databases say about `address`; `known` is what [`Lease::ask_ahead`] found.
    #[inline]
    pub(crate) fn ask(&mut self, address: IpAddr, known: Option<Answer>) -> Option<(Answer, Option<Placed<'_>>)> {
        let (set, cache) = self.open.as_mut()?;
        let answer = match known.or_else(|| cache.get(address)) {
            Some(answer) => answer,
            None => {
                cache.make_room(0);
                let answer = set.ask(|_, database| database.leaf(address), &mut self.records, cache);
                if cache.comes_again(address) {
                    cache.insert(address, answer);
                }
                answer
            }
        };
        Some((answer, cache.placed(answer)))
    }

    /// Finds the answers to all addresses. They hold until [`Lease::ask`] has to find one by itself. False where they do not fit into the cache.
    pub(crate) fn ask_ahead(&mut self, asked: &mut [(Option<IpAddr>, Option<Answer>)]) -> bool {
        let Some((_, cache)) = self.open.as_mut() else { return false };
        cache.make_room(asked.len());
        self.unknown.clear();
        for row in 0..asked.len() {
            let Some(((Some(address), answer), (_, cache))) = asked.get_mut(row).zip(self.open.as_ref()) else { continue };
            *answer = cache.get(*address);
            if answer.is_some() {
                continue;
            }
            self.unknown.push(row);
            if self.unknown.len() == LANES && !self.ask_unknown(asked) {
                return false;
            }
        }
        self.ask_unknown(asked)
    }

    /// Finds the answers to the addresses of the unknown rows, which are [`LANES`] at most.
    fn ask_unknown(&mut self, asked: &mut [(Option<IpAddr>, Option<Answer>)]) -> bool {
        let Self { open: Some((set, cache)), records, leaves, unknown } = self else { return false };
        let (mut bits, mut has_v4) = ([0; LANES], false);
        for (bits, row) in bits.iter_mut().zip(unknown.iter()) {
            if let Some((Some(IpAddr::V4(address)), _)) = asked.get(*row) {
                (*bits, has_v4) = (address.to_bits(), true);
            }
        }
        leaves.clear();
        if has_v4 {
            leaves.extend(set.databases().map(|database| database.leaves(&bits)));
            for (database, leaves) in set.databases().zip(leaves.iter()) {
                leaves.iter().for_each(|leaf| database.fetch(*leaf));
            }
        }
        for (lane, row) in unknown.drain(..).enumerate() {
            let Some((Some(address), answer)) = asked.get_mut(row) else { continue };
            // An earlier row may have asked the same.
            *answer = cache.get(*address);
            if answer.is_some() {
                continue;
            }
            if cache.is_full() {
                return false;
            }
            let leaf = |number: usize, database: &Database| match address {
                IpAddr::V4(_) => leaves.get(number).and_then(|leaves| leaves.get(lane)).copied().unwrap_or(Leaf::None),
                IpAddr::V6(_) => database.leaf(*address),
            };
            let found = set.ask(leaf, records, cache);
            if cache.comes_again(*address) {
                cache.insert(*address, found);
            }
            *answer = Some(found);
        }
        true
    }

    /// The place of an answer that [`Lease::ask_ahead`] found.
    #[inline]
    pub(crate) fn placed(&self, answer: Answer) -> Option<Placed<'_>> {
        self.open.as_ref().and_then(|(_, cache)| cache.placed(answer))
    }

    /// Has the memory of these answers fetched.
    #[inline]
    pub(crate) fn fetch(&self, answers: impl Iterator<Item = Answer>) {
        if let Some((_, cache)) = &self.open {
            answers.for_each(|answer| cache.fetch(answer));
        }
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        let Some((set, cache)) = self.open.take() else { return };
        // What a panic left half done is not for others.
        if std::thread::panicking() {
            return;
        }
        let mut caches = set.caches.lock().unwrap_or_else(PoisonError::into_inner);
        if caches.len() < MAX_CACHES {
            caches.push(cache);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geo::cache::MAX_ADDRESSES;
    use crate::geo::facts::Text;
    use huntsql_fakes::mmdb::{Value, Writer};
    use std::net::Ipv4Addr;

    /// What a full cache says is what an empty one says.
    #[test]
    fn a_cache_that_was_emptied_answers_as_before() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.mmdb");
        let mut writer = Writer::new("x", 4, 28);
        for network in 0..256u32 {
            let isp = Value::from(network.to_string().as_str());
            writer.insert(&format!("{}/16", Ipv4Addr::from_bits(1 << 24 | network << 16)), &Value::map([("isp", isp)]));
        }
        std::fs::write(&path, writer.finish()).unwrap();
        let set = Arc::new(Set::new(vec![Arc::new(Database::open(&path).unwrap())], "en").unwrap());
        let mut lease = Lease::default();
        for turn in 0..3u32 {
            for network in 0..256 {
                // Twice, since what comes once is not kept.
                for host in (0..400u32).flat_map(|host| [host, host]) {
                    let address = IpAddr::V4(Ipv4Addr::from_bits(1 << 24 | network << 16 | turn << 12 | host));
                    let (answer, place) = lease.of(|| Ok::<_, ()>(Arc::clone(&set))).unwrap().ask(address, None).unwrap();
                    assert_eq!(place.and_then(|place| place.text(Text::Isp)), Some(network.to_string().as_str()));
                    assert!(answer.network.prefix == 16 && !answer.is_damaged);
                }
            }
        }
        let (addresses, places) = lease.open.as_ref().unwrap().1.sizes();
        const { assert!(MAX_ADDRESSES < 3 * 256 * 400) };
        assert!(addresses > 1_000 && addresses <= MAX_ADDRESSES && places <= 256);
        drop(lease);
        assert_eq!(set.caches.lock().unwrap().len(), 1, "the next batch goes on with it");
    }

    /// An address is kept when it comes again, in the same batch or another; its answer is the same each time.
    #[test]
    fn what_comes_once_is_not_kept() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.mmdb");
        let isp = |name: &str| Value::map([("isp", Value::from(name))]);
        let writer = Writer::new("x", 6, 24).with("1.0.0.0/8", &isp("a")).with("2000::/3", &isp("b"));
        std::fs::write(&path, writer.finish()).unwrap();
        let set = Arc::new(Set::new(vec![Arc::new(Database::open(&path).unwrap())], "en").unwrap());
        let mut lease = Lease::default();
        let mut ask = |texts: &[&str]| {
            let mut asked: Vec<_> = texts.iter().map(|text| (text.parse().ok(), None)).collect();
            let lease = lease.of(|| Ok::<_, ()>(Arc::clone(&set))).unwrap();
            assert!(lease.ask_ahead(&mut asked));
            let said = |(_, answer): &(_, Option<Answer>)| {
                answer.and_then(|answer| lease.placed(answer)).and_then(|place| place.text(Text::Isp)).map(str::to_owned)
            };
            let said: Vec<Option<String>> = asked.iter().map(said).collect();
            let (_, cache) = lease.open.as_ref().unwrap();
            let kept = texts.iter().map(|text| cache.get(text.parse().unwrap()).is_some()).collect::<Vec<_>>();
            (said.iter().map(|text| text.as_deref().unwrap_or("-")).collect::<String>(), kept)
        };
        assert_eq!(ask(&["1.2.3.4", "9.9.9.9", "2001:db8::1"]), ("a-b".to_owned(), vec![false; 3]));
        assert_eq!(ask(&["1.2.3.4", "1.2.3.5", "2001:db8::1"]), ("aab".to_owned(), vec![true, false, true]));
        assert_eq!(ask(&["9.9.9.9", "1.2.3.6", "1.2.3.6"]), ("-aa".to_owned(), vec![true; 3]));
    }

    #[test]
    fn damage_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str, isp: Value| {
            let path = folder.path().join(name);
            std::fs::write(&path, Writer::new("x", 4, 24).with("1.0.0.0/8", &Value::map([("isp", isp)])).finish()).unwrap();
            Arc::new(Database::open(&path).unwrap())
        };
        let (damaged, sound) = (at("a.mmdb", Value::Raw(vec![0x41, 0xff])), at("b.mmdb", Value::from("b")));
        for (databases, isp) in [(vec![Arc::clone(&damaged)], None), (vec![Arc::clone(&damaged), sound], Some("b"))] {
            let set = Arc::new(Set::new(databases, "en").unwrap());
            let mut lease = Lease::default();
            for _ in 0..2 {
                let (answer, place) = lease.of(|| Ok::<_, ()>(Arc::clone(&set))).unwrap().ask("1.2.3.4".parse().unwrap(), None).unwrap();
                assert_eq!((answer.is_damaged, place.and_then(|place| place.text(Text::Isp))), (true, isp));
            }
        }
    }
}
