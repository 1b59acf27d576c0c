//! Feeds that are named by a URL: downloaded into a folder of the cache, from where they are read as any file is.

mod taxii;

use crate::config::{self, FeedAccount, Http, process_environment};
use crate::context::{Context, context};
use crate::http::{Client, Failure, Request, Stop, Text, Values, setting};
use crate::limited::Limited;
use huntsql_kernels::interrupt::Interrupt;
use sha2::{Digest, Sha256};
use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::{Duration, SystemTime};
use url::Url;

/// How old a copy may be that is used where the feed cannot be downloaded just now.
const STALE: Duration = Duration::from_secs(24 * 60 * 60);
/// How long copies are kept that nobody asks for.
const KEPT: Duration = Duration::from_secs(7 * 24 * 60 * 60);
/// A large feed takes longer than an answer to a question.
const TIMEOUT: Duration = Duration::from_secs(300);

/// Where the feeds are.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Localized {
    /// Paths in the order of what was asked for; those that are no URL as they were.
    pub paths: Vec<String>,
    /// Feeds of which an older copy is used, in words for people.
    pub warnings: Vec<String>,
}

/// Whether `path` is what [`localize`] downloads.
pub fn is_url(path: &str) -> bool {
    let begins = |scheme: &str| path.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme));
    begins("http://") || begins("https://")
}

/// Downloads the feeds among `paths` that begin with `http://` or `https://`, unless there is a copy younger than `feeds.ttl`; TAXII 2.1 collections are
/// read page by page into one STIX bundle. Where a server does not answer, a copy younger than a day is used, with a warning. `Err` is a sentence that
/// names the feed.
pub fn localize(paths: Vec<String>, config: Option<&str>, interrupt: &Interrupt) -> Result<Localized, String> {
    let mut localized = Localized::default();
    if !paths.iter().any(|path| is_url(path)) {
        localized.paths = paths;
        return Ok(localized);
    }
    let context = context(config)?;
    for path in paths {
        if is_url(&path) {
            let (file, warning) = one(&context, &path, interrupt)?;
            localized.paths.push(file.to_string_lossy().into_owned());
            localized.warnings.extend(warning);
        } else {
            localized.paths.push(path);
        }
    }
    Ok(localized)
}

/// The copy of one feed.
fn one(context: &Arc<Context>, text: &str, interrupt: &Interrupt) -> Result<(PathBuf, Option<String>), String> {
    let mut url = Url::parse(text).map_err(|error| format!("a feed's URL is malformed: {error}"))?;
    url.set_fragment(None);
    let name = shown(&url);
    if !url.username().is_empty() || url.password().is_some() {
        return Err(format!("the URL of feed {name} holds a password: write it below feeds: accounts: of the configuration"));
    }
    let file = folder(context)?.join(hash(&url)).join(file_name(&url));
    let age = age(&file);
    if age.is_some_and(|age| age < context.config.feeds.ttl) {
        return Ok((file, None));
    }
    match interruptible(context, &url, interrupt) {
        Ok(body) => {
            let wrong = |error: io::Error| format!("feed {name} cannot be kept in {}: {error}", file.display());
            keep(&file, &body).map_err(wrong)?;
            prune(&folder(context)?, KEPT.max(context.config.feeds.ttl));
            Ok((file, None))
        }
        Err(Wrong::Said(problem)) => Err(format!("feed {name}: {problem}")),
        Err(Wrong::Failed(failure)) => {
            let may_pass = failure.may_pass() || matches!(failure, Failure::Quota(_));
            match age.filter(|age| *age < STALE && may_pass) {
                Some(age) => {
                    let minutes = age.as_secs() / 60;
                    Ok((file, Some(format!("feed {name}: {failure}; a copy of {minutes} minutes ago is used"))))
                }
                None => Err(format!("feed {name}: {failure}{}", advice(context, &url, &failure))),
            }
        }
    }
}

/// What might help.
fn advice(context: &Context, url: &Url, failure: &Failure) -> &'static str {
    let has_account = context.config.feeds.accounts.iter().any(|account| account.opens(url));
    match failure {
        Failure::Denied(_) | Failure::Refused(_) if !has_account => " (the configuration has no account for it below feeds: accounts:)",
        Failure::TooLarge(_) => " (feeds: max_megabytes, or http: max_megabytes for a page of TAXII, allows more)",
        _ => "",
    }
}

/// A URL for messages: a query may hold a key.
fn shown(url: &Url) -> String {
    let mut shown = url.clone();
    // A URL with a host takes all of these.
    _ = shown.set_username("");
    _ = shown.set_password(None);
    shown.set_query(None);
    let query = if url.query().is_some() { "?***" } else { "" };
    format!("{shown}{query}")
}

/// Why there is no feed.
#[derive(Debug)]
enum Wrong {
    /// The server cannot be asked, or not now.
    Failed(Failure),
    /// It is asked for the wrong thing; what would work.
    Said(String),
}

impl From<Failure> for Wrong {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

/// Downloads in a thread of its own, so that a statement that is cancelled need not wait for it.
fn interruptible(context: &Arc<Context>, url: &Url, interrupt: &Interrupt) -> Result<Vec<u8>, Wrong> {
    let stop = Arc::new(Stop::default());
    let (sender, receiver) = mpsc::channel();
    let work = (Arc::clone(context), url.clone(), Arc::clone(&stop));
    let run = move || {
        let (context, url, stop) = work;
        drop(sender.send(Download { context: &context, stop: &stop }.feed(&url)));
    };
    let spawned = thread::Builder::new().name("huntsql-feed".to_owned()).spawn(run);
    spawned.map_err(|error| Wrong::Said(format!("no thread to download it: {error}")))?;
    loop {
        match receiver.recv_timeout(Duration::from_millis(50)) {
            Ok(outcome) => return outcome,
            Err(RecvTimeoutError::Disconnected) => return Err(Wrong::Said("an error of huntsql, please report it".to_owned())),
            Err(RecvTimeoutError::Timeout) => {}
        }
        if interrupt.check().is_err() {
            stop.set();
            return Err(Wrong::Failed(Failure::Stopped));
        }
    }
}

/// A download under way.
#[derive(Clone, Copy)]
struct Download<'d> {
    context: &'d Context,
    stop: &'d Stop,
}

impl Download<'_> {
    fn feed(self, url: &Url) -> Result<Vec<u8>, Wrong> {
        if let Some(asked) = taxii::asked(url) {
            return taxii::read(self, asked);
        }
        let config = &self.context.config;
        let http = Http { max_bytes: config.feeds.max_bytes, timeout: config.http.timeout.max(TIMEOUT), ..config.http.clone() };
        let client = Client::new(&http, &process_environment).map_err(Wrong::Said)?;
        self.get(&client, url, "*/*")
    }

    /// What is at `url`, with the account that the configuration has for it.
    fn get(self, client: &Client, url: &Url, accept: &str) -> Result<Vec<u8>, Wrong> {
        let target = url.query().map_or_else(|| url.path().to_owned(), |query| format!("{}?{query}", url.path()));
        let mut request = Request::get(target).header("accept", accept).may_go_elsewhere();
        let mut values = Values::default();
        let accounts = self.context.config.feeds.accounts.iter().filter(|account| account.opens(url));
        if let Some(account) = accounts.max_by_key(|account| account.url.path().len()) {
            request = open(account, request, &mut values).map_err(Wrong::Said)?;
        }
        let gate = Limited { cache: &self.context.cache, account: "feeds", limits: &[] };
        let response = client.ask(&url.origin().ascii_serialization(), &request, &values, &gate, self.stop)?;
        if response.status == 404 { Err(Failure::Status(404).into()) } else { Ok(response.body) }
    }
}

/// Adds what opens a feed to the request for it.
fn open(account: &FeedAccount, mut request: Request, values: &mut Values) -> Result<Request, String> {
    let named = [("user", &account.user), ("password", &account.password), ("token", &account.token)];
    let settings = named.into_iter().filter_map(|(name, reference)| Some((name.to_owned(), reference.as_ref()?)));
    let headers = account.headers.iter().map(|(name, reference)| (format!("header {name}"), reference));
    for (name, reference) in settings.chain(headers) {
        let value = reference.resolve(&process_environment);
        let value = value.map_err(|why| format!("feeds: accounts: {}: '{name}': {why}", shown(&account.url)))?;
        let is_open = matches!(name.to_ascii_lowercase().as_str(), "user" | "header accept" | "header content-type" | "header user-agent");
        values.0.insert(name, if is_open { value.open() } else { value });
    }
    if account.user.is_some() {
        request = request.basic(setting("user"), setting("password"));
    }
    if account.token.is_some() {
        request = request.header("authorization", Text::from("Bearer ").and(setting("token")));
    }
    for (name, _) in &account.headers {
        request = request.header(name, setting(format!("header {name}")));
    }
    Ok(request)
}

/// The folder of the copies.
fn folder(context: &Context) -> Result<PathBuf, String> {
    let cache = context.config.cache.path.clone().or_else(|| config::default_cache(&process_environment));
    let folder = cache.and_then(|cache| Some(cache.parent()?.join("feeds")));
    folder.ok_or_else(|| "there is no folder to download feeds to: set cache: path: in the configuration, or HUNTSQL_CACHE".to_owned())
}

fn hash(url: &Url) -> String {
    sha256(url.as_str().as_bytes())
}

/// SHA-256 in hexadecimal digits.
pub(crate) fn sha256(bytes: &[u8]) -> String {
    let digest = Sha256::digest(bytes);
    digest.iter().fold(String::new(), |mut hex, byte| {
        _ = write!(hex, "{byte:02x}");
        hex
    })
}

/// The name that the feed has at its server, since readers call the source of an indicator by it and see in it how a file is packed.
fn file_name(url: &Url) -> String {
    if let Some(name) = taxii::asked(url).as_ref().and_then(taxii::Asked::file_name) {
        return name;
    }
    let last = url.path_segments().and_then(|mut segments| segments.rfind(|segment| !segment.is_empty()));
    let name = last.or(url.host_str()).unwrap_or_default();
    plain(name)
}

/// A text as part of a path: no separators, no wildcards, not hidden.
fn plain(text: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
    let plain: String = text.chars().map(|c| if is_plain(c) { c } else { '_' }).collect();
    let plain = plain.trim_start_matches('.');
    // The end says how it is packed.
    let plain = plain.get(plain.len().saturating_sub(100)..).unwrap_or_default();
    if plain.is_empty() { "feed".to_owned() } else { plain.to_owned() }
}

/// How old the file is, if there is one. One of the future is as good as none.
fn age(file: &Path) -> Option<Duration> {
    let metadata = fs::metadata(file).ok().filter(fs::Metadata::is_file)?;
    SystemTime::now().duration_since(metadata.modified().ok()?).ok()
}

/// Writes the file at once or not at all.
fn keep(file: &Path, body: &[u8]) -> io::Result<()> {
    let folder = file.parent().ok_or(io::ErrorKind::NotFound)?;
    make_folder(folder)?;
    replace(file, body, |_| Ok(()))
}

/// Puts `body` in place of `file` if it passes `check` under another name: whoever reads it sees the old one or the new one, and only its owner may.
pub(crate) fn replace(file: &Path, body: &[u8], check: impl FnOnce(&Path) -> io::Result<()>) -> io::Result<()> {
    static NUMBER: AtomicU64 = AtomicU64::new(0);
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let part = file.with_file_name(format!(".part-{}-{number}", std::process::id()));
    let write = || {
        let mut options = File::options();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut open = options.open(&part)?;
        open.write_all(body)?;
        open.sync_all()?;
        check(&part)?;
        fs::rename(&part, file)
    };
    write().inspect_err(|_| drop(fs::remove_file(&part)))
}

/// Makes a folder for its owner alone.
pub(crate) fn make_folder(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// Removes what nobody has asked for in a long time; what cannot be removed stays.
fn prune(folder: &Path, kept: Duration) {
    let Ok(feeds) = fs::read_dir(folder) else { return };
    // Others may keep feeds beside our cache: ours are in folders that are called by a digest.
    let is_ours = |path: &PathBuf| {
        let name = path.file_name().and_then(|name| name.to_str());
        name.is_some_and(|name| name.len() == 64 && name.bytes().all(|byte| byte.is_ascii_hexdigit()))
    };
    for feed in feeds.flatten().map(|feed| feed.path()).filter(is_ours) {
        let files = fs::read_dir(&feed).into_iter().flatten().flatten().map(|file| file.path());
        for old in files.filter(|file| age(file).is_some_and(|age| age > kept)) {
            drop(fs::remove_file(old));
        }
        // Only if it is empty.
        drop(fs::remove_dir(&feed));
    }
}

#[cfg(test)]
#[path = "feed_url/tests.rs"]
mod tests;
