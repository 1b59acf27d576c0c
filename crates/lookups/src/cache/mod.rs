//! Answers on disk: asked once, known to every later statement and every process. One SQLite file in WAL mode, so that a process that is killed loses
//! nothing that was answered.

mod lookup_cache;
mod quota;
mod schema;
mod server;

pub use lookup_cache::LookupCache;
pub use quota::Permit;
pub(crate) use server::kept_as;

use crate::config::CacheSettings;
use crate::ti::{Found, Limit, Severity, Verdict};
use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;
use rusqlite::{Connection, OptionalExtension, params};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime};

/// Packed bytes of a raw answer that are kept; a longer one is not.
const MOST_RAW: usize = 1 << 20;
/// Bytes written after which the size of the file is looked at, at the latest.
const CHECK_AFTER: u64 = 8 << 20;

/// Microseconds since 1970.
pub fn now() -> i64 {
    let elapsed = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    i64::try_from(elapsed.as_micros()).unwrap_or(i64::MAX)
}

fn micros(length: Duration) -> i64 {
    i64::try_from(length.as_micros()).unwrap_or(i64::MAX)
}

/// What an answer is the answer to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key<'k> {
    /// The provider.
    pub provider: &'k str,
    /// The type of the indicator.
    pub ioc_type: &'k str,
    /// The indicator.
    pub ioc: &'k str,
}

/// A provider's answer about an indicator.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// What it says.
    pub verdict: Verdict,
    /// The answer as it came, if it is kept.
    pub raw: Option<String>,
    /// When it came, in microseconds since 1970.
    pub at: i64,
}

/// The cache of a process. All calls may come from any thread.
pub struct Cache {
    path: Option<PathBuf>,
    max_bytes: u64,
    inner: Mutex<Inner>,
}

struct Inner {
    connection: Connection,
    /// The process that opened it: a connection must not be used after a fork.
    process: u32,
    written: u64,
}

impl std::fmt::Debug for Cache {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Cache({})", self.path.as_deref().unwrap_or(Path::new("memory")).display())
    }
}

impl Cache {
    /// Opens the cache at `path`; in memory where there is none or it cannot be used, which the second value says.
    pub fn open(path: Option<PathBuf>, settings: &CacheSettings) -> (Self, Option<String>) {
        let (connection, path, warning) = schema::open(path);
        let inner = Inner { connection, process: std::process::id(), written: 0 };
        let cache = Self { path, max_bytes: settings.max_bytes, inner: Mutex::new(inner) };
        cache.with(|inner| inner.prune(settings.max_bytes));
        (cache, warning)
    }

    /// The file; `None` where it is in memory.
    pub fn path(&self) -> Option<&Path> {
        self.path.as_deref()
    }

    /// A cache that cannot be read or written answers nothing and keeps nothing: look-ups go on without it.
    fn with<T: Default>(&self, work: impl FnOnce(&mut Inner) -> rusqlite::Result<T>) -> T {
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        if inner.process != std::process::id() {
            let (connection, ..) = schema::open(self.path.clone());
            // The parent's connection is left open: closing it here would drop the parent's locks.
            std::mem::forget(std::mem::replace(&mut inner.connection, connection));
            inner.process = std::process::id();
        }
        work(&mut inner).unwrap_or_default()
    }

    /// The answer to `key`, if there is one that still holds; as it came only `with_raw`.
    pub fn answer(&self, key: Key<'_>, with_raw: bool) -> Option<Answer> {
        self.with(|inner| {
            let sql = "SELECT found, severity, score, details, reference, CASE WHEN ?5 THEN raw END, at FROM answer \
                       WHERE provider = ?1 AND ioc_type = ?2 AND ioc = ?3 AND expires > ?4";
            let mut statement = inner.connection.prepare_cached(sql)?;
            let row = statement.query_row(params![key.provider, key.ioc_type, key.ioc, now(), with_raw], |row| {
                let (found, severity): (String, String) = (row.get(0)?, row.get(1)?);
                let details: String = row.get(3)?;
                let raw: Option<Vec<u8>> = row.get(5)?;
                Ok(Answer {
                    verdict: Verdict {
                        found: Found::parse(&found).unwrap_or(Found::Unknown),
                        severity: Severity::parse(&severity).unwrap_or(Severity::Unknown),
                        score: row.get(2)?,
                        details: serde_json::from_str(&details).unwrap_or_default(),
                        reference: row.get(4)?,
                    },
                    raw: raw.and_then(|raw| unpacked(&raw)),
                    at: row.get(6)?,
                })
            });
            row.optional()
        })
    }

    /// Keeps an answer for as long as it holds.
    pub fn keep(&self, key: Key<'_>, answer: &Answer, ttl: Duration) {
        let raw = answer.raw.as_deref().and_then(packed);
        let details = serde_json::Value::Object(answer.verdict.details.clone()).to_string();
        self.with(|inner| {
            let sql = "INSERT OR REPLACE INTO answer (provider, ioc_type, ioc, found, severity, score, details, reference, raw, at, expires) \
                       VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)";
            let verdict = &answer.verdict;
            inner.connection.prepare_cached(sql)?.execute(params![
                key.provider,
                key.ioc_type,
                key.ioc,
                verdict.found.name(),
                verdict.severity.name(),
                verdict.score,
                details,
                verdict.reference,
                raw,
                answer.at,
                answer.at.saturating_add(micros(ttl)),
            ])?;
            inner.wrote(details.len() + raw.as_ref().map_or(0, Vec::len), self.max_bytes)
        });
    }

    /// The body of a list, if it still holds, and when it came.
    pub fn list(&self, request: &str) -> Option<(Vec<u8>, i64)> {
        self.with(|inner| {
            let sql = "SELECT body, at FROM list WHERE request = ?1 AND expires > ?2";
            let row = inner.connection.query_row(sql, params![request, now()], |row| Ok((row.get::<_, Vec<u8>>(0)?, row.get(1)?)));
            Ok(row.optional()?.and_then(|(body, at)| Some((unpacked_bytes(&body)?, at))))
        })
    }

    /// Keeps a list.
    pub fn keep_list(&self, request: &str, body: &[u8], at: i64, ttl: Duration) {
        let Some(body) = packed_bytes(body) else { return };
        self.with(|inner| {
            let sql = "INSERT OR REPLACE INTO list (request, body, at, expires) VALUES (?1, ?2, ?3, ?4)";
            inner.connection.execute(sql, params![request, body, at, at.saturating_add(micros(ttl))])?;
            inner.wrote(body.len(), self.max_bytes)
        });
    }

    /// What is known of `key`, as JSON, if it still holds, and since when.
    pub fn fact(&self, kind: &str, key: &str) -> Option<(String, i64)> {
        self.with(|inner| {
            let sql = "SELECT value, at FROM fact WHERE kind = ?1 AND key = ?2 AND expires > ?3";
            let mut statement = inner.connection.prepare_cached(sql)?;
            statement.query_row(params![kind, key, now()], |row| Ok((row.get(0)?, row.get(1)?))).optional()
        })
    }

    /// Keeps what is known of `key` for as long as it holds.
    pub fn keep_fact(&self, kind: &str, key: &str, value: &str, at: i64, ttl: Duration) {
        self.with(|inner| {
            let sql = "INSERT OR REPLACE INTO fact (kind, key, value, at, expires) VALUES (?1, ?2, ?3, ?4, ?5)";
            inner.connection.prepare_cached(sql)?.execute(params![kind, key, value, at, at.saturating_add(micros(ttl))])?;
            inner.wrote(key.len() + value.len(), self.max_bytes)
        });
    }

    /// One more request of `account`, if all `limits` allow it.
    pub fn permit(&self, account: &str, limits: &[Limit]) -> Permit {
        if limits.is_empty() { Permit::Granted(0) } else { self.with(|inner| quota::permit(&mut inner.connection, account, limits)) }
    }

    /// The request of that permit is over.
    pub fn settle(&self, token: u64) {
        if token != 0 {
            self.with(|inner| quota::settle(&inner.connection, token));
        }
    }

    /// All answers that are kept, sorted, to be read by people. What is known of names, owners and certificates has the type `fact`.
    pub fn rows(&self) -> Vec<CachedRow> {
        self.with(|inner| {
            // The name is what is before the server.
            let sql = "SELECT substr(provider, 1, instr(provider || ' ', ' ') - 1), ioc_type, ioc, found, severity, score, details, reference, at, expires FROM answer \
                       UNION ALL SELECT substr(kind, 1, instr(kind || ' ', ' ') - 1), 'fact', key, 'unknown', 'unknown', NULL, value, NULL, at, expires FROM fact ORDER BY 1, 2, 3";
            let mut statement = inner.connection.prepare(sql)?;
            let rows = statement.query_map([], |row| {
                Ok(CachedRow {
                    provider: row.get(0)?,
                    ioc_type: row.get(1)?,
                    ioc: row.get(2)?,
                    result: row.get(3)?,
                    severity: row.get(4)?,
                    score: row.get(5)?,
                    details: row.get(6)?,
                    reference: row.get(7)?,
                    at: row.get(8)?,
                    expires: row.get(9)?,
                })
            })?;
            rows.collect()
        })
    }

    /// Forgets all answers, or those of one provider or kind of facts; says how many there were. What was sent stays counted.
    pub fn clear(&self, provider: Option<&str>) -> usize {
        self.with(|inner| {
            let gone = match provider {
                Some(provider) => {
                    inner
                        .connection
                        .execute("DELETE FROM answer WHERE substr(provider, 1, instr(provider || ' ', ' ') - 1) = ?1", [provider])?
                        + inner
                            .connection
                            .execute("DELETE FROM fact WHERE substr(kind, 1, instr(kind || ' ', ' ') - 1) = ?1", [provider])?
                }
                None => {
                    inner.connection.execute("DELETE FROM list", [])?;
                    inner.connection.execute("DELETE FROM answer", [])? + inner.connection.execute("DELETE FROM fact", [])?
                }
            };
            inner.connection.execute_batch("PRAGMA incremental_vacuum")?;
            Ok(gone)
        })
    }
}

/// An answer as the table `huntsql.lookup_cache` shows it.
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "the names of the columns")]
pub struct CachedRow {
    pub provider: String,
    pub ioc_type: String,
    pub ioc: String,
    pub result: String,
    pub severity: String,
    pub score: Option<f64>,
    pub details: String,
    pub reference: Option<String>,
    pub at: i64,
    pub expires: i64,
}

impl Inner {
    fn wrote(&mut self, bytes: usize, max_bytes: u64) -> rusqlite::Result<()> {
        self.written += bytes as u64 + 256;
        if self.written < CHECK_AFTER.min(max_bytes / 8) {
            return Ok(());
        }
        self.written = 0;
        self.prune(max_bytes)
    }

    /// Forgets what holds no longer and, where the file is too large, the oldest fifth until it is not.
    fn prune(&mut self, max_bytes: u64) -> rusqlite::Result<()> {
        let now = now();
        self.connection.execute("DELETE FROM answer WHERE expires <= ?1", [now])?;
        self.connection.execute("DELETE FROM list WHERE expires <= ?1", [now])?;
        self.connection.execute("DELETE FROM fact WHERE expires <= ?1", [now])?;
        for _ in 0..64 {
            let number = |name: &str| self.connection.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
            let used = (number("page_count")? - number("freelist_count")?) * number("page_size")?;
            if u64::try_from(used).unwrap_or(0) <= max_bytes {
                break;
            }
            let sql = "DELETE FROM answer WHERE (provider, ioc_type, ioc) IN \
                       (SELECT provider, ioc_type, ioc FROM answer ORDER BY at LIMIT (SELECT count(*) / 5 + 1 FROM answer))";
            let facts = "DELETE FROM fact WHERE (kind, key) IN \
                         (SELECT kind, key FROM fact ORDER BY at LIMIT (SELECT count(*) / 5 + 1 FROM fact))";
            let gone = self.connection.execute(sql, [])?
                + self.connection.execute(facts, [])?
                + self.connection.execute("DELETE FROM list WHERE at = (SELECT min(at) FROM list)", [])?;
            if gone == 0 {
                break;
            }
        }
        self.connection.execute_batch("PRAGMA incremental_vacuum")
    }
}

fn packed_bytes(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).ok()?;
    encoder.finish().ok()
}

fn packed(text: &str) -> Option<Vec<u8>> {
    packed_bytes(text.as_bytes()).filter(|packed| packed.len() <= MOST_RAW)
}

fn unpacked_bytes(packed: &[u8]) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    // What we packed was an answer, which is bounded; the file may be another's.
    DeflateDecoder::new(packed).take(1 << 30).read_to_end(&mut bytes).ok()?;
    Some(bytes)
}

fn unpacked(packed: &[u8]) -> Option<String> {
    String::from_utf8(unpacked_bytes(packed)?).ok()
}

#[cfg(test)]
mod tests;
