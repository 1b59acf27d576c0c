//! Databases that are asked together, and what they said before.

use super::database::{Database, Network};
use super::facts::{self, Facts, Layout};
use super::place::Place;
use hashbrown::HashMap;
use std::collections::BTreeSet;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

/// Databases, the first first, and the language of names.
#[derive(Debug)]
pub(crate) struct Set {
    databases: Vec<(Arc<Database>, Layout)>,
    language: String,
    caches: Mutex<Vec<Cache>>,
}

/// What was said about an address.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Answer {
    /// Which of the places.
    place: u32,
    /// The smallest network that something was said about.
    pub(crate) network: Network,
    /// Whether a database is damaged where it should have answered.
    pub(crate) is_damaged: bool,
}

/// Stands for no place, and among records for no record.
const NONE: u32 = u32::MAX;

/// What the databases said. Each batch of rows has one to itself, so that threads do not wait for each other; it goes back to the set afterwards.
#[derive(Debug, Default)]
struct Cache {
    by_address: HashMap<u128, Answer>,
    /// By the record of each database.
    by_records: HashMap<Box<[u32]>, u32>,
    places: Vec<Place>,
    records: Vec<u32>,
}

/// Most addresses and places that a cache holds (8 and some 20 MB); it is emptied when it is full.
const MAX_ADDRESSES: usize = 1 << 17;
const MAX_PLACES: usize = 1 << 16;
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

    fn ask(&self, address: IpAddr, cache: &mut Cache) -> Answer {
        let Cache { by_records, places, records, .. } = cache;
        let mut answer = Answer { place: NONE, network: Network { prefix: 0, around_v4: false }, is_damaged: false };
        records.clear();
        for (database, _) in &self.databases {
            let found = database.find(address).unwrap_or_else(|_| {
                answer.is_damaged = true;
                None
            });
            records.push(found.map_or(NONE, |found| found.record));
            if let Some(found) = found
                && (answer.network.around_v4 || found.network.prefix >= answer.network.prefix)
            {
                answer.network = found.network;
            }
        }
        if records.iter().all(|record| *record == NONE) {
            return answer;
        }
        if let Some(place) = by_records.get(records.as_slice()) {
            answer.place = *place;
            return answer;
        }
        let mut facts = Facts::default();
        for ((database, layout), record) in self.databases.iter().zip(records.iter()).filter(|(_, record)| **record != NONE) {
            match Facts::read(database.section(), *record as usize, *layout, &self.language) {
                Ok(more) => facts.merge(&more),
                Err(_) => answer.is_damaged = true,
            }
        }
        if facts.is_empty() {
            return answer;
        }
        answer.place = places.len() as u32;
        places.push(Place::new(&facts));
        // What is damaged is found again.
        if !answer.is_damaged {
            by_records.insert(records.as_slice().into(), answer.place);
        }
        answer
    }
}

/// Records that are looked at to find out which languages there are.
const SAMPLE: usize = 256;

/// The languages of names. What the metadata say of them is not always all.
fn languages(databases: &[Arc<Database>]) -> BTreeSet<String> {
    let mut languages: BTreeSet<String> = databases.iter().flat_map(|database| database.languages().map(str::to_owned)).collect();
    for database in databases {
        for at in database.first_records(SAMPLE) {
            // What is damaged is told where it is asked for.
            let _ = facts::languages(database.section(), at, &mut languages);
        }
    }
    languages
}

/// The right to ask a set, with a cache for one batch of rows.
#[derive(Debug, Default)]
pub(crate) struct Lease(Option<(Arc<Set>, Cache)>);

impl Lease {
    /// Asks `open` for the set if there is none yet.
    #[inline]
    pub(crate) fn of<E>(&mut self, open: impl FnOnce() -> Result<Arc<Set>, E>) -> Result<&mut Self, E> {
        if self.0.is_none() {
            let set = open()?;
            let cache = set.caches.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default();
            self.0 = Some((set, cache));
        }
        Ok(self)
    }

    /// What the databases say about `address`.
    #[inline]
    pub(crate) fn ask(&mut self, address: IpAddr) -> Option<(Answer, Option<&Place>)> {
        let (set, cache) = self.0.as_mut()?;
        let key = match address {
            IpAddr::V4(address) => address.to_ipv6_mapped().to_bits(),
            IpAddr::V6(address) => address.to_bits(),
        };
        let answer = match cache.by_address.get(&key) {
            Some(answer) => *answer,
            None => {
                if cache.by_address.len() >= MAX_ADDRESSES || cache.places.len() >= MAX_PLACES {
                    cache.by_address.clear();
                    cache.by_records.clear();
                    cache.places.clear();
                }
                let answer = set.ask(address, cache);
                cache.by_address.insert(key, answer);
                answer
            }
        };
        Some((answer, cache.places.get(answer.place as usize)))
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        let Some((set, cache)) = self.0.take() else { return };
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
                for host in 0..400u32 {
                    let address = IpAddr::V4(Ipv4Addr::from_bits(1 << 24 | network << 16 | turn << 12 | host));
                    let (answer, place) = lease.of(|| Ok::<_, ()>(Arc::clone(&set))).unwrap().ask(address).unwrap();
                    assert_eq!(place.and_then(|place| place.text(Text::Isp)), Some(network.to_string().as_str()));
                    assert!(answer.network.prefix == 16 && !answer.is_damaged);
                }
            }
        }
        let cache = &lease.0.as_ref().unwrap().1;
        assert!(cache.by_address.len() <= MAX_ADDRESSES && cache.by_address.len() < 3 * 256 * 400 && cache.places.len() <= 256);
        drop(lease);
        assert_eq!(set.caches.lock().unwrap().len(), 1, "the next batch goes on with it");
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
                let (answer, place) = lease.of(|| Ok::<_, ()>(Arc::clone(&set))).unwrap().ask("1.2.3.4".parse().unwrap()).unwrap();
                assert_eq!((answer.is_damaged, place.and_then(|place| place.text(Text::Isp))), (true, isp));
            }
        }
    }
}
