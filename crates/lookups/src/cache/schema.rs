//! The tables of the cache, and what happens to a file that has others.

use rusqlite::Connection;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Version of the tables below. A file of a later one is left alone.
const VERSION: i64 = 1;

const TABLES: &str = "
CREATE TABLE answer (
    provider TEXT NOT NULL, ioc_type TEXT NOT NULL, ioc TEXT NOT NULL,
    found TEXT NOT NULL, severity TEXT NOT NULL, score REAL, details TEXT NOT NULL, reference TEXT, raw BLOB,
    at INTEGER NOT NULL, expires INTEGER NOT NULL,
    PRIMARY KEY (provider, ioc_type, ioc)
) WITHOUT ROWID;
CREATE INDEX answer_at ON answer (at);
CREATE TABLE list (request TEXT PRIMARY KEY, body BLOB NOT NULL, at INTEGER NOT NULL, expires INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE fact (
    kind TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, at INTEGER NOT NULL, expires INTEGER NOT NULL,
    PRIMARY KEY (kind, key)
) WITHOUT ROWID;
CREATE INDEX fact_at ON fact (at);
CREATE TABLE sent (id INTEGER PRIMARY KEY, account TEXT NOT NULL, at INTEGER NOT NULL, done INTEGER NOT NULL);
CREATE INDEX sent_account ON sent (account, at);
PRAGMA user_version = 1;
";

/// What SQLite's files begin with.
const MAGIC: &[u8] = b"SQLite format 3\0";

enum Refusal {
    /// Not our file, or of a later version.
    Foreign(String),
    /// Our file, and broken.
    Broken,
    /// It cannot be opened.
    Closed(String),
}

/// Opens the file, making it and its folder where they are missing; else memory, with the reason.
pub(super) fn open(path: Option<PathBuf>) -> (Connection, Option<PathBuf>, Option<String>) {
    let Some(path) = path else { return (memory(), None, None) };
    let shown = path.display();
    let why = match open_file(&path) {
        Ok(connection) => return (connection, Some(path), None),
        Err(Refusal::Broken) => {
            let aside = aside(&path);
            let again = std::fs::rename(&path, &aside).map_err(|error| Refusal::Closed(error.to_string())).and_then(|()| open_file(&path));
            match again {
                Ok(connection) => {
                    let warning =
                        format!("the cache of look-ups {shown} was damaged; it is kept as {} and a new one begun", aside.display());
                    return (connection, Some(path), Some(warning));
                }
                Err(Refusal::Foreign(why) | Refusal::Closed(why)) => why,
                Err(Refusal::Broken) => "is damaged".to_owned(),
            }
        }
        Err(Refusal::Foreign(why) | Refusal::Closed(why)) => why,
    };
    (memory(), None, Some(format!("the cache of look-ups {shown} cannot be used: {why}; answers are kept in memory only")))
}

/// A name for a damaged file that no other has.
fn aside(path: &Path) -> PathBuf {
    let named = |number: usize| path.with_extension(if number == 0 { "broken".to_owned() } else { format!("broken{number}") });
    (0..1000).map(named).find(|path| !path.exists()).unwrap_or_else(|| named(0))
}

/// Whether a file that is there is, or once was, one of SQLite's.
fn is_sqlite(path: &Path) -> bool {
    let mut start = Vec::new();
    let read = std::fs::File::open(path).and_then(|file| file.take(MAGIC.len() as u64).read_to_end(&mut start));
    read.is_ok() && (start.is_empty() || start == MAGIC)
}

fn memory() -> Connection {
    let connection = Connection::open_in_memory();
    #[expect(clippy::expect_used, reason = "SQLite in memory needs nothing but memory")]
    let connection = connection.expect("SQLite in memory");
    drop(connection.execute_batch(TABLES));
    connection
}

fn refusal(error: rusqlite::Error) -> Refusal {
    match error.sqlite_error_code() {
        Some(rusqlite::ErrorCode::NotADatabase | rusqlite::ErrorCode::DatabaseCorrupt) => Refusal::Broken,
        _ => Refusal::Closed(error.to_string()),
    }
}

fn open_file(path: &Path) -> Result<Connection, Refusal> {
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty() && !folder.exists()) {
        std::fs::create_dir_all(folder).map_err(|error| Refusal::Closed(error.to_string()))?;
        private(folder, 0o700);
    }
    let is_new = !path.exists();
    if !is_new && !is_sqlite(path) {
        return Err(Refusal::Foreign("it is no SQLite file".to_owned()));
    }
    let mut connection = Connection::open(path).map_err(refusal)?;
    if is_new {
        private(path, 0o600);
    }
    connection.busy_timeout(Duration::from_secs(10)).map_err(refusal)?;
    let version: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0)).map_err(refusal)?;
    if version > VERSION {
        return Err(Refusal::Foreign(format!("a later huntsql made it (version {version})")));
    }
    connection
        .execute_batch("PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL")
        .map_err(refusal)?;
    // Two processes may begin at once: the second finds the tables of the first.
    let transaction = connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate).map_err(refusal)?;
    let version: i64 = transaction.pragma_query_value(None, "user_version", |row| row.get(0)).map_err(refusal)?;
    if version == 0 {
        let tables: i64 = transaction.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0)).map_err(refusal)?;
        if tables > 0 {
            return Err(Refusal::Foreign("it is a SQLite file of another program".to_owned()));
        }
        transaction.execute_batch(TABLES).map_err(refusal)?;
    }
    transaction.commit().map_err(refusal)?;
    Ok(connection)
}

/// What was asked about is nobody else's business.
#[cfg(unix)]
fn private(path: &Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt;
    drop(std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)));
}

#[cfg(not(unix))]
fn private(_: &Path, _: u32) {}
