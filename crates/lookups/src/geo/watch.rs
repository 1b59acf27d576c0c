//! Which databases are open, and whether their files are still the same.
//!
//! A file that is replaced is opened again within a second; statements go on with the old one meanwhile, and for as long as the new one cannot be read: an
//! update that is half written must not make a running query fail.

use super::database::{Database, Stamp};
use super::search::{self, Environment};
use super::set::Set;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::{Duration, Instant};

/// How long files are believed to be what they were.
const TRUST: Duration = Duration::from_secs(1);
/// Most sets that are kept open.
const MAX_SETS: usize = 16;

/// What a set is known by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Key {
    /// The option `database`.
    pub(crate) option: Vec<String>,
    /// The option `language`.
    pub(crate) language: String,
    /// Whether only databases of autonomous systems count.
    pub(crate) only_asn: bool,
}

/// Why there is no set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Problem {
    /// The option that would help.
    pub(crate) option: &'static str,
    /// Goes on after its name.
    pub(crate) text: String,
}

/// An open set, and what its files were.
#[derive(Debug)]
struct Open {
    files: Vec<(PathBuf, Stamp)>,
    checked: Instant,
    set: Arc<Set>,
}

/// An open set, or none yet.
type Slot = Arc<Mutex<Option<Open>>>;

/// The sets that are open, the last used last.
#[derive(Debug, Default)]
pub(crate) struct Watch(Mutex<Vec<(Key, Slot)>>);

impl Watch {
    /// The set of this process for `key`.
    pub(crate) fn current(key: &Key) -> Result<Arc<Set>, Problem> {
        static WATCH: Watch = Watch(Mutex::new(Vec::new()));
        WATCH.get(key, &search::process, Instant::now())
    }

    fn get(&self, key: &Key, environment: Environment<'_>, now: Instant) -> Result<Arc<Set>, Problem> {
        let slot = self.slot(key);
        let mut held = slot.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(open) = held.as_mut() else {
            // Held meanwhile: whoever needs it waits instead of reading it, too.
            let open = Open::new(key, environment, now)?;
            let set = Arc::clone(&open.set);
            *held = Some(open);
            return Ok(set);
        };
        let set = Arc::clone(&open.set);
        if now.saturating_duration_since(open.checked) < TRUST {
            return Ok(set);
        }
        // Others trust the old one while this thread looks.
        open.checked = now;
        let known = open.files.clone();
        drop(held);
        let files = search::files(&key.option, environment).unwrap_or_default();
        let same = files.len() == known.len()
            && known.iter().zip(&files).all(|((known, stamp), file)| known == file && Stamp::of(file).as_ref() == Ok(stamp));
        if !same && let Ok(open) = Open::new(key, environment, now) {
            let set = Arc::clone(&open.set);
            *slot.lock().unwrap_or_else(PoisonError::into_inner) = Some(open);
            return Ok(set);
        }
        Ok(set)
    }

    fn slot(&self, key: &Key) -> Slot {
        let mut slots = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let slot = match slots.iter().position(|(known, _)| known == key) {
            Some(index) => slots.remove(index),
            None => {
                if slots.len() >= MAX_SETS {
                    slots.remove(0);
                }
                (key.clone(), Arc::default())
            }
        };
        let shared = Arc::clone(&slot.1);
        slots.push(slot);
        shared
    }
}

impl Open {
    fn new(key: &Key, environment: Environment<'_>, now: Instant) -> Result<Self, Problem> {
        let problem = |text: String| Problem { option: "database", text };
        let files = search::files(&key.option, environment).map_err(problem)?;
        let mut databases = Vec::with_capacity(files.len());
        for file in &files {
            databases.push(open(file).map_err(|why| problem(format!("names {}, which cannot be read: {why}", search::shown(file))))?);
        }
        let files = files.into_iter().zip(&databases).map(|(file, database)| (file, database.stamp().clone())).collect();
        if key.only_asn {
            let all: Vec<String> =
                databases.iter().map(|database| format!("{} is {}", search::shown(database.path()), database.database_type())).collect();
            databases.retain(|database| super::asn::has_systems(database));
            if databases.is_empty() {
                return Err(problem(format!("must name a database of autonomous systems, such as GeoLite2-ASN.mmdb; {}", all.join(", "))));
            }
        }
        let set = Set::new(databases, &key.language).map_err(|known| Problem {
            option: "language",
            text: format!("must be one of {}, got '{}'", known.join(", "), key.language.escape_debug()),
        })?;
        Ok(Self { files, checked: now, set: Arc::new(set) })
    }
}

/// A database, the same one for all who ask while its file is the same.
pub(crate) fn open(path: &Path) -> Result<Arc<Database>, String> {
    static OPEN: Mutex<Option<HashMap<PathBuf, Weak<Database>>>> = Mutex::new(None);
    let stamp = Stamp::of(path)?;
    // Relative paths mean another file after a change of the folder.
    let key = std::path::absolute(path).map_err(|error| error.to_string())?;
    let mut held = OPEN.lock().unwrap_or_else(PoisonError::into_inner);
    let known = held.get_or_insert_default();
    if let Some(database) = known.get(&key).and_then(Weak::upgrade)
        && *database.stamp() == stamp
    {
        return Ok(database);
    }
    known.retain(|_, database| database.strong_count() > 0);
    let database = Arc::new(Database::open(path)?);
    known.insert(key, Arc::downgrade(&database));
    Ok(database)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geo::facts::Text;
    use crate::geo::set::Lease;
    use huntsql_fakes::mmdb::{Value, Writer};
    use std::ffi::OsString;

    fn database(isp: &str) -> Vec<u8> {
        Writer::new("GeoIP2-ISP", 4, 24).with("1.0.0.0/8", &Value::map([("isp", Value::from(isp))])).finish()
    }

    fn isp(set: &Arc<Set>) -> Option<String> {
        let mut lease = Lease::default();
        let (_, place) = lease.of(|| Ok::<_, ()>(Arc::clone(set))).unwrap().ask("1.2.3.4".parse().unwrap(), None).unwrap();
        place?.text(Text::Isp).map(str::to_owned)
    }

    fn key(option: &[&Path]) -> Key {
        Key { option: option.iter().map(|path| path.to_str().unwrap().to_owned()).collect(), language: "en".to_owned(), only_asn: false }
    }

    fn none(_: &str) -> Option<OsString> {
        None
    }

    #[test]
    fn a_file_that_is_replaced_is_opened_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("isp.mmdb");
        let replace = |bytes: &[u8]| {
            std::fs::write(folder.path().join("new"), bytes).unwrap();
            std::fs::rename(folder.path().join("new"), &path).unwrap();
        };
        let (watch, start, key) = (Watch::default(), Instant::now(), key(&[&path]));
        let at = |seconds: u64| watch.get(&key, &none, start + Duration::from_secs(seconds)).unwrap();
        replace(&database("old"));
        let old = at(0);
        assert_eq!(isp(&old).as_deref(), Some("old"));
        assert!(Arc::ptr_eq(&old, &at(5)), "nothing changed");
        replace(&database("new"));
        assert!(Arc::ptr_eq(&old, &at(5)), "it is believed for a second");
        assert_eq!((isp(&at(6)).as_deref(), isp(&old).as_deref()), (Some("new"), Some("old")));
        // Written to in place, to the same length.
        std::fs::write(&path, database("odd")).unwrap();
        assert_eq!(isp(&at(8)).as_deref(), Some("odd"));
        // Cut short, damaged, gone: the old one goes on.
        for bytes in [&b""[..], &database("odd")[..50], b"no database"] {
            std::fs::write(&path, bytes).unwrap();
            assert_eq!(isp(&at(10)).as_deref(), Some("odd"));
        }
        std::fs::remove_file(&path).unwrap();
        assert_eq!(isp(&at(12)).as_deref(), Some("odd"));
        replace(&database("back"));
        assert_eq!(isp(&at(14)).as_deref(), Some("back"));
        // Whoever comes now does not know the old one.
        std::fs::remove_file(&path).unwrap();
        assert!(Watch::default().get(&key, &none, start).unwrap_err().text.contains("No such file"));
    }

    #[test]
    fn files_that_come_to_a_folder_are_seen() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(folder.path().join("huntsql/mmdb")).unwrap();
        let environment = |name: &str| (name == "XDG_DATA_HOME").then(|| folder.path().into());
        let (watch, start, key) = (Watch::default(), Instant::now(), key(&[]));
        let at = |seconds: u64| watch.get(&key, &environment, start + Duration::from_secs(seconds));
        let problem = at(0).unwrap_err();
        assert!(problem.option == "database" && problem.text.contains("huntsql/mmdb'; put a database there"), "{problem:?}");
        std::fs::write(folder.path().join("huntsql/mmdb/b.mmdb"), database("b")).unwrap();
        assert_eq!(isp(&at(0).unwrap()).as_deref(), Some("b"), "an error is not kept");
        std::fs::write(folder.path().join("huntsql/mmdb/a.mmdb"), database("a")).unwrap();
        assert_eq!(isp(&at(2).unwrap()).as_deref(), Some("a"));
    }

    #[test]
    fn many_threads_share_one_database() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("isp.mmdb");
        std::fs::write(&path, database("x")).unwrap();
        let (watch, key) = (Watch::default(), key(&[&path]));
        let sets: Vec<Arc<Set>> = std::thread::scope(|scope| {
            let ask = || {
                let set = watch.get(&key, &none, Instant::now()).unwrap();
                (0..100).for_each(|_| assert_eq!(isp(&set).as_deref(), Some("x")));
                set
            };
            let threads: Vec<_> = (0..8).map(|_| scope.spawn(ask)).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert!(sets.windows(2).all(|pair| Arc::ptr_eq(&pair[0], &pair[1])));
        // Another set of the same file shares the file.
        let german = Key { language: "de".to_owned(), ..key };
        let other = watch.get(&german, &none, Instant::now()).unwrap();
        assert!(!Arc::ptr_eq(&other, &sets[0]) && Arc::ptr_eq(other.databases().next().unwrap(), sets[0].databases().next().unwrap()));
    }

    #[test]
    fn sets_that_are_not_used_are_closed() {
        let folder = tempfile::tempdir().unwrap();
        let watch = Watch::default();
        let get = |number: usize| {
            let path = folder.path().join(format!("{number}.mmdb"));
            std::fs::write(&path, database("x")).unwrap();
            Arc::downgrade(&watch.get(&key(&[&path]), &none, Instant::now()).unwrap())
        };
        let sets: Vec<_> = (0..MAX_SETS + 3).map(get).collect();
        assert_eq!(sets.iter().filter(|set| set.strong_count() == 0).count(), 3);
    }
}
