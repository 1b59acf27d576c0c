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

/// The sets that are open, the last used last.
#[derive(Debug, Default)]
pub(crate) struct Watch(Mutex<Vec<(Key, Arc<Mutex<Option<Open>>>)>>);

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

    fn slot(&self, key: &Key) -> Arc<Mutex<Option<Open>>> {
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
