//! Providers of look-ups that play what `crates/lookups/tests/pages` says, for statements that ask them.

use crate::suite::root;
use huntsql_fakes::http::{FakeServer, Reply, Seen};
use huntsql_lookups::ti::providers;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// What stands in every setting that is a secret: no output may hold it.
pub const CANARY: &str = "canary-5eaf00d";

/// A server that plays all providers, and a configuration that leads to it.
#[derive(Debug)]
pub struct FakeProviders {
    server: FakeServer,
    folder: TempDir,
}

/// Request line without the version, and body: what tells pages apart.
type Question = (String, String);

impl FakeProviders {
    /// Starts the server.
    pub fn start() -> io::Result<Self> {
        let pages = pages(&root().join("crates/lookups/tests/pages"))?;
        let server = FakeServer::start(move |seen| reply(&pages, seen))?;
        let folder = tempfile::tempdir()?;
        std::fs::write(folder.path().join("config.yaml"), config(&server.url()))?;
        Ok(Self { server, folder })
    }

    /// The configuration.
    pub fn config(&self) -> PathBuf {
        self.folder.path().join("config.yaml")
    }

    /// The file in which answers are kept.
    pub fn cache(&self) -> PathBuf {
        self.folder.path().join("cache.sqlite")
    }

    /// What came in so far.
    pub fn seen(&self) -> Vec<Seen> {
        self.server.seen()
    }
}

fn config(url: &str) -> String {
    let mut accounts: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for provider in providers() {
        let spec = provider.spec();
        let settings = accounts.entry(spec.account.as_ref()).or_default();
        settings.extend(spec.settings.iter().map(|setting| setting.name.as_ref()));
    }
    let mut text = "cache: {path: cache.sqlite}\nhttp: {timeout: 5s, retries: 0}\nproviders:\n".to_owned();
    for (account, settings) in accounts {
        text.push_str(&format!("  {account}:\n    base_url: {url}\n    limit: 1000/s\n"));
        settings.iter().for_each(|setting| text.push_str(&format!("    {setting}: {CANARY}\n")));
    }
    text
}

fn reply(pages: &BTreeMap<Question, Reply>, seen: &Seen) -> Reply {
    // Keys in the URL are where the pages name the setting.
    let target = seen.target.replace(CANARY, "{key}");
    let body = String::from_utf8_lossy(&seen.body).replace(CANARY, "{key}");
    let line = format!("{} {target}", seen.method);
    let found = pages.get(&(line.clone(), body)).or_else(|| pages.get(&(line, String::new())));
    found.cloned().unwrap_or_else(|| Reply::new(404, "{}"))
}

fn pages(folder: &Path) -> io::Result<BTreeMap<Question, Reply>> {
    let mut pages = BTreeMap::new();
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<io::Result<_>>()?;
    files.sort();
    for path in files {
        if path.is_dir() {
            pages.append(&mut self::pages(&path)?);
            continue;
        }
        if path.extension().is_none_or(|extension| extension != "json") {
            continue;
        }
        let page: Value = serde_json::from_str(&std::fs::read_to_string(&path)?)?;
        let text = |field: &str| page.get(field).and_then(Value::as_str).unwrap_or_default().to_owned();
        let body = match page.get("body") {
            Some(Value::String(body)) => body.clone(),
            Some(body) => body.to_string(),
            None => String::new(),
        };
        let status = page.get("status").and_then(Value::as_u64).and_then(|status| u16::try_from(status).ok()).unwrap_or(200);
        // Of several pages for one question the first counts.
        pages.entry((keyless(&text("request")), keyless(&text("request_body")))).or_insert_with(|| Reply::new(status, body));
    }
    Ok(pages)
}

/// `{api_key}` and `%7Bapi_key%7D`, whatever the setting is called, become `{key}`.
fn keyless(request: &str) -> String {
    let request = request.replace("%7B", "{").replace("%7D", "}");
    let mut parts = request.split('{');
    let mut keyless = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        match part.split_once('}') {
            // A JSON body has braces, too, with quotes after them.
            Some((name, rest)) if name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') && !name.is_empty() => {
                keyless.push_str("{key}");
                keyless.push_str(rest);
            }
            _ => {
                keyless.push('{');
                keyless.push_str(part);
            }
        }
    }
    keyless
}
