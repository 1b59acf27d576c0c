//! What look-ups share within a process: configuration, client, cache.

use crate::cache::Cache;
use crate::config::{self, Config, process_environment};
use crate::http::Client;
use crate::ti::{ProviderSpec, providers};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

/// Bytes that a configuration may have.
const MOST_BYTES: u64 = 4 << 20;
/// Configurations that are kept open: the user's, and those that statements name.
const MOST_KEPT: usize = 8;

/// Configuration, client and cache.
#[derive(Debug)]
pub struct Context {
    /// What the configuration says.
    pub config: Config,
    /// The one that sends.
    pub client: Client,
    /// What was answered.
    pub cache: Cache,
}

/// What tells whether a file has changed.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Stamp {
    path: Option<PathBuf>,
    cache: Option<PathBuf>,
    changed: Option<(SystemTime, u64)>,
}

static KEPT: Mutex<Vec<(Stamp, Arc<Context>)>> = Mutex::new(Vec::new());

/// The context of the configuration at `path`, or of the user's. It is read again when the file has changed. `Err` is a sentence that names the file.
pub fn context(path: Option<&str>) -> Result<Arc<Context>, String> {
    let file = path.map(PathBuf::from).or_else(|| config::default_path(&process_environment));
    let metadata = file.as_ref().and_then(|file| std::fs::metadata(file).ok());
    let changed = metadata.and_then(|metadata| Some((metadata.modified().ok()?, metadata.len())));
    let stamp = Stamp { path: file, cache: config::default_cache(&process_environment), changed };
    let kept = || KEPT.lock().unwrap_or_else(PoisonError::into_inner);
    let known = |kept: &[(Stamp, Arc<Context>)]| kept.iter().find(|(known, _)| *known == stamp).map(|(_, context)| Arc::clone(context));
    if let Some(context) = known(&kept()) {
        return Ok(context);
    }
    let is_named = path.is_some() || process_environment("HUNTSQL_CONFIG").is_some();
    // A password of a proxy may be in a keyring that keeps us waiting: others go on meanwhile.
    let context = Arc::new(open(stamp.path.as_deref(), is_named, stamp.cache.clone())?);
    let mut kept = kept();
    // Of two that were opened at a time the first is shared.
    if let Some(context) = known(&kept) {
        return Ok(context);
    }
    kept.retain(|(known, _)| known.path != stamp.path);
    if kept.len() == MOST_KEPT {
        kept.remove(0);
    }
    kept.push((stamp, Arc::clone(&context)));
    Ok(context)
}

/// Reads the configuration in a file; the defaults where there is none and none `is_named`.
pub fn read_config(path: Option<&Path>, is_named: bool) -> Result<Config, String> {
    let specs: Vec<&ProviderSpec> = providers().iter().map(|provider| provider.spec()).collect();
    let Some(path) = path.filter(|path| is_named || path.exists()) else { return Ok(Config::default()) };
    let wrong = |why: &dyn std::fmt::Display| format!("configuration {}: {why}", path.display());
    let size = std::fs::metadata(path).map_err(|error| wrong(&error))?.len();
    if size > MOST_BYTES {
        return Err(wrong(&format!("is larger than {MOST_BYTES} bytes")));
    }
    let text = std::fs::read_to_string(path).map_err(|error| wrong(&error))?;
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut config = config::read(&text, folder, &specs)
        .map_err(|problem| format!("configuration {}, line {}: {}", path.display(), problem.line, problem.what))?;
    config.path = Some(path.to_owned());
    if let Some(warning) = too_open(path, &config) {
        config.warnings.push(warning);
    }
    Ok(config)
}

/// A word about a file with keys in it that others may read.
#[cfg(unix)]
fn too_open(path: &Path, config: &Config) -> Option<String> {
    use std::os::unix::fs::PermissionsExt;
    let of_providers = config.accounts.values().flat_map(|account| &account.settings).filter(|(name, _)| *name != "base_url");
    let of_feeds = config.feeds.accounts.iter().flat_map(|account| {
        let headers = account.headers.iter().map(|(_, value)| value);
        account.password.iter().chain(&account.token).chain(headers)
    });
    let keys = of_providers.map(|(_, value)| value).chain(of_feeds).chain(config.geo_account.iter().map(|(_, key)| key));
    let holds_keys = keys.into_iter().any(|value| matches!(value, config::Reference::Plain(_)));
    let mode = std::fs::metadata(path).ok()?.permissions().mode();
    (holds_keys && mode & 0o077 != 0).then(|| {
        format!(
            "configuration {} holds keys and others may read it: chmod 600, or write ${{env:NAME}}, file:path or keyring:name",
            path.display()
        )
    })
}

#[cfg(not(unix))]
fn too_open(_: &Path, _: &Config) -> Option<String> {
    None
}

fn open(path: Option<&Path>, is_named: bool, default_cache: Option<PathBuf>) -> Result<Context, String> {
    let mut config = read_config(path, is_named)?;
    let client = Client::new(&config.http, &process_environment)?;
    let (cache, warning) = Cache::open(config.cache.path.clone().or(default_cache), &config.cache);
    config.warnings.extend(warning);
    Ok(Context { config, client, cache })
}
