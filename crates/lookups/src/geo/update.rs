//! Downloads databases with the user's account at MaxMind: checked, and put in place of the old ones at once.

use super::database::Database;
use super::search;
use crate::cache::{Cache, now};
use crate::config::{CacheSettings, Config, Http, process_environment};
use crate::feed_url::{make_folder, replace, sha256};
use crate::http::{Client, Failure, Request, Stop, Values, setting};
use crate::limited::Limited;
use flate2::read::GzDecoder;
use huntsql_kernels::nearest::hint;
use huntsql_readers::TarWalk;
use std::fmt;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::time::Duration;

const BASE_URL: &str = "https://download.maxmind.com";
/// What is downloaded where nothing else is asked for.
const DEFAULT: &[&str] = &["GeoLite2-ASN", "GeoLite2-City"];
/// The editions in the form that the functions read.
const EDITIONS: &[&str] = &[
    "GeoIP2-Anonymous-IP",
    "GeoIP2-City",
    "GeoIP2-Connection-Type",
    "GeoIP2-Country",
    "GeoIP2-Domain",
    "GeoIP2-Enterprise",
    "GeoIP2-ISP",
    "GeoLite2-ASN",
    "GeoLite2-City",
    "GeoLite2-Country",
];
/// The largest archive, and the most that one is unpacked to.
const MOST_PACKED: u64 = 1 << 30;
const MOST_UNPACKED: u64 = 2 << 30;
/// Members of an archive; it has a database and some texts.
const MOST_MEMBERS: usize = 100;
const TIMEOUT: Duration = Duration::from_secs(600);

/// What became of the databases.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// Each edition, and what is there now or why there is nothing new.
    pub editions: Vec<(String, Result<Updated, String>)>,
}

impl Report {
    /// Whether all were downloaded.
    pub fn is_sound(&self) -> bool {
        self.editions.iter().all(|(_, outcome)| outcome.is_ok())
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (edition, outcome) in &self.editions {
            match outcome {
                Ok(Updated { path, bytes, days }) => {
                    writeln!(f, "{edition}: {} ({} MB, made {days} days ago)", path.display(), bytes.div_ceil(1 << 20))?;
                }
                Err(problem) => writeln!(f, "{edition}: NOT UPDATED: {problem}")?,
            }
        }
        Ok(())
    }
}

/// A database that was downloaded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Updated {
    /// Where it is.
    pub path: PathBuf,
    /// Its length.
    pub bytes: u64,
    /// Its age.
    pub days: u64,
}

/// Where databases belong: the first folder of `geo: databases:`, else the user's data folder, which the functions look into.
pub fn update_folder(config: &Config) -> Result<PathBuf, String> {
    // One that is not there yet is a folder unless it is called as a file is.
    let is_folder = |path: &&PathBuf| path.is_dir() || (!path.exists() && path.extension().is_none());
    let folder = config.geo_databases.iter().find(is_folder).cloned();
    let folder = folder.or_else(|| search::data_folder(&search::process));
    folder
        .ok_or_else(|| "there is no home folder to put databases into: name a folder below geo: databases: in the configuration".to_owned())
}

/// Downloads `editions`, GeoLite2-ASN and GeoLite2-City where none is named, into `folder`. What cannot be had leaves the old file. `Err` is what is wrong
/// for all of them.
pub fn update(config: &Config, editions: &[String], folder: &Path) -> Result<Report, String> {
    let mut wanted: Vec<&str> = Vec::new();
    for edition in editions.iter().map(String::as_str).chain(DEFAULT.iter().copied().filter(|_| editions.is_empty())) {
        let known = EDITIONS.iter().find(|known| known.eq_ignore_ascii_case(edition)).ok_or_else(|| {
            let near = hint(edition, EDITIONS.iter().copied());
            format!("there is no edition '{}'{near} (editions: {})", edition.escape_debug(), EDITIONS.join(", "))
        })?;
        if !wanted.contains(known) {
            wanted.push(known);
        }
    }
    let Some((account, key)) = &config.geo_account else {
        let file = config.path.as_ref().map_or("config.yaml".to_owned(), |path| path.display().to_string());
        return Err(format!(
            "an account at MaxMind is needed (free: https://www.maxmind.com/en/geolite2/signup): write account_id and license_key below geo: in {file}"
        ));
    };
    let mut values = Values::default();
    for (name, shown, reference) in [("user", "account_id", account), ("license_key", "license_key", key)] {
        let value = reference.resolve(&process_environment).map_err(|why| format!("geo: {shown}: {why}"))?;
        values.0.insert(name.to_owned(), if name == "user" { value.open() } else { value });
    }
    let http = Http { max_bytes: MOST_PACKED, timeout: config.http.timeout.max(TIMEOUT), ..config.http.clone() };
    let client = Client::new(&http, &process_environment)?;
    // The limits of nobody are kept.
    let (cache, _) = Cache::open(None, &CacheSettings::default());
    let base_url = config.geo_base_url.as_deref().unwrap_or(BASE_URL);
    let download = Download { client: &client, cache: &cache, base_url, values: &values };
    make_folder(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let outcomes = wanted.into_iter().map(|edition| (edition.to_owned(), download.edition(edition, folder)));
    Ok(Report { editions: outcomes.collect() })
}

struct Download<'d> {
    client: &'d Client,
    cache: &'d Cache,
    base_url: &'d str,
    values: &'d Values,
}

impl Download<'_> {
    fn edition(&self, edition: &str, folder: &Path) -> Result<Updated, String> {
        let said = self.get(edition, "tar.gz.sha256")?;
        let said = String::from_utf8_lossy(&said);
        let said = said.split_whitespace().next().unwrap_or_default().to_ascii_lowercase();
        if said.len() != 64 || !said.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err("the server gives no SHA-256 to check the download against".to_owned());
        }
        let archive = self.get(edition, "tar.gz")?;
        let is = sha256(&archive);
        if is != said {
            return Err(format!("the download is damaged: its SHA-256 is {is}, not {said}"));
        }
        let database = unpack(&archive).map_err(|error| format!("the archive cannot be read: {error}"))?;
        drop(archive);
        let path = folder.join(format!("{edition}.mmdb"));
        let mut built = 0;
        let check = |file: &Path| {
            let database = Database::open(file).map_err(io::Error::other)?;
            if database.database_type() != edition {
                return Err(io::Error::other(format!("it is {}", database.database_type().escape_debug())));
            }
            built = database.built();
            Ok(())
        };
        replace(&path, &database, check).map_err(|error| format!("{}: {error}", path.display()))?;
        let seconds = u64::try_from(now() / 1_000_000).unwrap_or(0).saturating_sub(built);
        Ok(Updated { path, bytes: database.len() as u64, days: seconds / 86_400 })
    }

    fn get(&self, edition: &str, suffix: &str) -> Result<Vec<u8>, String> {
        let request = Request::get("/geoip/databases/").segment(edition).path("/download").query("suffix", suffix);
        let request = request.basic(setting("user"), setting("license_key")).header("accept", "*/*").leaves_keys_behind();
        let gate = Limited { cache: self.cache, account: "geo", limits: &[] };
        match self.client.ask(self.base_url, &request, self.values, &gate, &Stop::default()) {
            Ok(response) if response.status == 404 => Err("the server does not have it (HTTP 404)".to_owned()),
            Ok(response) => Ok(response.body),
            Err(Failure::Denied(status)) => Err(format!("access denied (HTTP {status}): check geo: account_id and license_key")),
            Err(failure) => Err(failure.to_string()),
        }
    }
}

/// The database in an archive. No more is held of the rest than a block.
fn unpack(archive: &[u8]) -> io::Result<Vec<u8>> {
    let wrong = |why: &str| io::Error::new(io::ErrorKind::InvalidData, why.to_owned());
    // What names members is passed over without being counted as one.
    let mut walk = TarWalk::new(GzDecoder::new(archive).take(MOST_UNPACKED));
    for _ in 0..MOST_MEMBERS {
        let Some(member) = walk.next()? else { break };
        if member.size > MOST_UNPACKED {
            return Err(wrong("a member is too large"));
        }
        if member.is_file && member.name.ends_with(".mmdb") {
            return walk.read();
        }
    }
    Err(wrong("there is no .mmdb file in it"))
}

#[cfg(test)]
#[path = "update_tests.rs"]
mod tests;
