//! `config.yaml`: accounts of providers, the network, the cache. Secrets in it are references wherever that is possible.

mod check;
mod feeds;
mod file;
mod import;
mod keyring;
mod reference;

pub use check::{Checked, check};
pub use feeds::{FeedAccount, Feeds};
pub use file::read;
pub use import::{Imported, import};
pub use reference::Reference;

use crate::never_send::NeverSend;
use crate::ti::{Limit, ProviderSpec};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

/// What the file says; what it does not say has its default.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Config {
    /// The file, if there is one.
    pub path: Option<PathBuf>,
    /// What is asked of each provider, by the name of its account.
    pub accounts: BTreeMap<String, Account>,
    /// How the network is reached.
    pub http: Http,
    /// Where answers are kept.
    pub cache: CacheSettings,
    /// Databases of places and networks, files or folders.
    pub geo_databases: Vec<PathBuf>,
    /// Who downloads such databases.
    pub geo_account: Option<(Reference, Reference)>,
    /// Where such databases are downloaded from, in place of MaxMind.
    pub geo_base_url: Option<String>,
    /// Feeds that are named by a URL.
    pub feeds: Feeds,
    /// The resolver.
    pub dns: Dns,
    /// Who says whose an address or name is.
    pub rdap: Rdap,
    /// Certificates.
    pub tls: Tls,
    /// Indicators that are never sent: names with everything below them, networks, texts.
    pub never_send: NeverSend,
    /// What is worth a word on standard error.
    pub warnings: Vec<String>,
}

/// The settings of one provider.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Account {
    /// Its line in the file.
    pub line: usize,
    /// The settings that the provider names, and `base_url`.
    pub settings: BTreeMap<String, Reference>,
    /// What its account allows, in place of the free tier; all must hold.
    pub limits: Vec<Limit>,
    /// How long its answers hold.
    pub ttl: Option<Duration>,
    /// Requests under way at a time.
    pub concurrency: Option<usize>,
    /// A file that says how to ask a provider that huntsql does not know.
    pub file: Option<PathBuf>,
}

/// How the network is reached.
#[derive(Debug, Clone, PartialEq)]
pub struct Http {
    /// `http://user:password@host:port`; the environment's where it is not given.
    pub proxy: Option<Reference>,
    /// Certificates to trust, in PEM, instead of the built-in ones.
    pub ca_file: Option<PathBuf>,
    /// For a whole request.
    pub timeout: Duration,
    /// For its connection.
    pub connect_timeout: Duration,
    /// More attempts after one that failed for a reason that may pass.
    pub retries: usize,
    /// The largest answer.
    pub max_bytes: u64,
}

impl Default for Http {
    fn default() -> Self {
        Self {
            proxy: None,
            ca_file: None,
            timeout: Duration::from_secs(20),
            connect_timeout: Duration::from_secs(5),
            retries: 2,
            max_bytes: 16 << 20,
        }
    }
}

/// Where answers are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CacheSettings {
    /// The file; in the user's cache folder where it is not given.
    pub path: Option<PathBuf>,
    /// The largest size of the file.
    pub max_bytes: u64,
}

impl Default for CacheSettings {
    fn default() -> Self {
        Self { path: None, max_bytes: 256 << 20 }
    }
}

/// The resolver.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dns {
    /// Addresses with ports; those of the system where it is empty.
    pub servers: Vec<String>,
    /// For each attempt.
    pub timeout: Duration,
    /// Attempts for each server.
    pub attempts: usize,
}

impl Default for Dns {
    fn default() -> Self {
        Self { servers: Vec::new(), timeout: Duration::from_secs(3), attempts: 2 }
    }
}

/// Who says whose an address or name is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rdap {
    /// The server that is asked about everything, in place of those that are responsible.
    pub base_url: Option<String>,
    /// Where the lists of responsible servers are, `dns.json`, `ipv4.json` and `ipv6.json`.
    pub bootstrap_url: String,
    /// Requests to one server.
    pub limits: Vec<Limit>,
}

impl Default for Rdap {
    fn default() -> Self {
        Self { base_url: None, bootstrap_url: "https://data.iana.org/rdap".to_owned(), limits: vec![Limit::per_second(5)] }
    }
}

/// Certificates.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tls {
    /// The list of certificates of malicious servers.
    pub abuse_list: String,
}

impl Default for Tls {
    fn default() -> Self {
        Self { abuse_list: "https://sslbl.abuse.ch/blacklist/sslblacklist.csv".to_owned() }
    }
}

impl Config {
    /// What is configured for the account of `provider`, if anything is.
    pub fn account(&self, provider: &ProviderSpec) -> Option<&Account> {
        self.accounts.get(provider.account.as_ref())
    }
}

/// What the environment says, handed over so that tests need not change it.
pub type Environment<'e> = &'e dyn Fn(&str) -> Option<String>;

/// The environment of this process.
pub fn process_environment(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// Where the configuration is: `HUNTSQL_CONFIG`, else `huntsql/config.yaml` in the user's configuration folder. `None` where there is no home.
pub fn default_path(environment: Environment<'_>) -> Option<PathBuf> {
    environment("HUNTSQL_CONFIG")
        .map(PathBuf::from)
        .or_else(|| Some(folder(environment, "XDG_CONFIG_HOME", ".config")?.join("config.yaml")))
}

/// Where the cache is, if the configuration does not say: `HUNTSQL_CACHE`, else `huntsql/lookups.sqlite` in the user's cache folder.
pub fn default_cache(environment: Environment<'_>) -> Option<PathBuf> {
    environment("HUNTSQL_CACHE")
        .map(PathBuf::from)
        .or_else(|| Some(folder(environment, "XDG_CACHE_HOME", ".cache")?.join("lookups.sqlite")))
}

fn folder(environment: Environment<'_>, variable: &str, below_home: &str) -> Option<PathBuf> {
    let base = environment(variable).map(PathBuf::from).or_else(|| Some(PathBuf::from(environment("HOME")?).join(below_home)));
    base.map(|base| base.join("huntsql"))
}
