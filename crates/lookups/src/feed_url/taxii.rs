//! TAXII 2.1: a collection, page by page, as one STIX bundle.

use super::{Download, Wrong, hash, plain, shown};
use crate::http::{DecodeError, Failure, Response};
use huntsql_kernels::nearest::hint;
use serde::Deserialize;
use serde_json::Value;
use std::io::Write as _;
use url::Url;

const MEDIA_TYPE: &str = "application/taxii+json;version=2.1";
/// Objects that a page is asked to have; servers give fewer. Some lose their thread where a later page is not asked for with a number.
const LIMIT: &str = "1000";
/// Pages of a collection.
const MOST_PAGES: usize = 10_000;
/// Roots that are asked for their collections, and collections that a message lists.
const MOST_ROOTS: usize = 8;
const MOST_LISTED: usize = 50;

/// What a URL of a TAXII server means.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Asked {
    /// The objects of a collection; the URL ends with `/objects/`.
    Objects(Url),
    /// The collections of an API root.
    Collections(Url),
    /// The API roots of a server.
    Discovery(Url),
}

impl Asked {
    /// The name of the copy: a collection is called by its id.
    pub(super) fn file_name(&self) -> Option<String> {
        let Self::Objects(url) = self else { return None };
        Some(format!("{}.json", plain(url.path_segments()?.rev().nth(2)?)))
    }
}

/// What `url` asks a TAXII server for; `None` where it is no URL of one.
pub(super) fn asked(url: &Url) -> Option<Asked> {
    let mut segments: Vec<&str> = url.path_segments()?.collect();
    if segments.last() == Some(&"") {
        segments.pop();
    }
    let with = |more: &str| {
        let mut url = url.clone();
        let path = format!("{}/{more}", url.path().trim_end_matches('/'));
        url.set_path(&path);
        url
    };
    match segments.as_slice() {
        [.., "collections", id, "objects"] if !id.is_empty() => Some(Asked::Objects(with(""))),
        // A file of that folder is no collection.
        [.., "collections", id] if !id.is_empty() && !id.contains('.') => Some(Asked::Objects(with("objects/"))),
        [.., "collections"] => Some(Asked::Collections(with(""))),
        [.., "taxii2"] => Some(Asked::Discovery(with(""))),
        _ => None,
    }
}

#[derive(Deserialize)]
struct Envelope {
    #[serde(default)]
    more: bool,
    next: Option<String>,
    #[serde(default)]
    objects: Vec<Value>,
}

#[derive(Deserialize)]
struct Server {
    #[serde(default)]
    api_roots: Vec<String>,
}

#[derive(Deserialize)]
struct Collections {
    #[serde(default)]
    collections: Vec<Collection>,
}

#[derive(Deserialize)]
struct Collection {
    id: String,
    #[serde(default)]
    title: String,
    #[serde(default = "yes")]
    can_read: bool,
}

fn yes() -> bool {
    true
}

/// The bundle; what is no collection is a message that lists those that are.
pub(super) fn read(download: Download<'_>, asked: Asked) -> Result<Vec<u8>, Wrong> {
    match asked {
        Asked::Objects(url) => objects(download, &url),
        Asked::Collections(url) => {
            let found = collections(download, &url)?;
            Err(Wrong::Said(format!("is the list of collections of a TAXII server, {}", listed(&found))))
        }
        Asked::Discovery(url) => Err(Wrong::Said(format!("is a TAXII server, {}", listed(&discover(download, &url)?)))),
    }
}

fn get<T: serde::de::DeserializeOwned>(download: Download<'_>, url: &Url) -> Result<T, Wrong> {
    let body = download.get(&download.context.client, url, MEDIA_TYPE)?;
    let response = Response { status: 200, body };
    response.json().map_err(|DecodeError(why)| Failure::Decode(format!("not what TAXII 2.1 answers: {why}")).into())
}

fn objects(download: Download<'_>, url: &Url) -> Result<Vec<u8>, Wrong> {
    let most = download.context.config.feeds.max_bytes;
    let id = hash(url);
    let part = |range: std::ops::Range<usize>| id.get(range).unwrap_or_default();
    // Of the URL, so that the same collection is the same bundle.
    let uuid = format!("{}-{}-4{}-8{}-{}", part(0..8), part(8..12), part(13..16), part(17..20), part(20..32));
    let mut bundle = format!("{{\"type\":\"bundle\",\"id\":\"bundle--{uuid}\",\"objects\":[").into_bytes();
    let mut next: Option<String> = None;
    let mut is_first = true;
    for _ in 0..MOST_PAGES {
        download.stop.check()?;
        let mut page = url.clone();
        if !page.query_pairs().any(|(name, _)| name == "limit") {
            page.query_pairs_mut().append_pair("limit", LIMIT);
        }
        if let Some(next) = &next {
            page.query_pairs_mut().append_pair("next", next);
        }
        let envelope: Envelope = match get(download, &page) {
            Err(Wrong::Failed(Failure::Status(404))) => return Err(missing(download, url)),
            other => other?,
        };
        let start = bundle.len();
        for object in envelope.objects {
            bundle.push(if std::mem::take(&mut is_first) { b' ' } else { b',' });
            // Writing to memory does not fail.
            _ = write!(bundle, "{object}");
            if bundle.len() as u64 > most {
                return Err(Failure::TooLarge(most).into());
            }
        }
        if !envelope.more {
            bundle.extend_from_slice(b"]}");
            return Ok(bundle);
        }
        // A server that turns in circles would be asked for ever. That `next` is the same is no circle: some servers count for themselves.
        let page = bundle.get(start + 1..).unwrap_or_default();
        let is_same = envelope.next == next && bundle.get(..start).is_some_and(|before| before.ends_with(page));
        if envelope.next.is_none() || page.is_empty() || is_same {
            return Err(Failure::Decode("there are more objects, but the server does not say where they go on".to_owned()).into());
        }
        next = envelope.next;
    }
    Err(Wrong::Said(format!("has more than {MOST_PAGES} pages")))
}

/// Title and URL of each collection that may be read.
type Listed = Vec<(String, String)>;

fn collections(download: Download<'_>, url: &Url) -> Result<Listed, Wrong> {
    let Collections { collections } = get(download, url)?;
    let readable = collections.into_iter().filter(|collection| collection.can_read).take(MOST_LISTED);
    let listed = readable.filter_map(|Collection { id, title, .. }| {
        let mut url = url.clone();
        url.set_query(None);
        url.path_segments_mut().ok()?.pop_if_empty().push(&id).push("");
        Some((title.chars().filter(|c| !c.is_control()).take(80).collect(), url.to_string()))
    });
    Ok(listed.collect())
}

fn discover(download: Download<'_>, url: &Url) -> Result<Listed, Wrong> {
    let Server { api_roots } = get(download, url)?;
    let mut found = Listed::new();
    for root in api_roots.iter().take(MOST_ROOTS) {
        let Ok(mut root) = url.join(root) else { continue };
        // Who may be asked is said by the statement, not by a server.
        if root.origin() != url.origin() {
            found.push(("an API root elsewhere".to_owned(), format!("{}/collections/", shown(&root).trim_end_matches('/'))));
            continue;
        }
        let path = format!("{}/collections/", root.path().trim_end_matches('/'));
        root.set_path(&path);
        match collections(download, &root) {
            Ok(listed) => found.extend(listed),
            Err(Wrong::Failed(failure)) => found.push((failure.to_string(), shown(&root))),
            Err(wrong) => return Err(wrong),
        }
    }
    found.truncate(MOST_LISTED);
    Ok(found)
}

fn listed(found: &Listed) -> String {
    if found.is_empty() {
        return "which has no collection that may be read".to_owned();
    }
    let each: Vec<String> = found.iter().map(|(title, url)| format!("{url} ({})", title.escape_debug())).collect();
    format!("name one of its collections: {}", each.join(", "))
}

/// A collection that is not there: the nearest one that is.
fn missing(download: Download<'_>, objects: &Url) -> Wrong {
    let mut all = objects.clone();
    all.set_query(None);
    let is_cut = all.path_segments_mut().map(|mut segments| _ = segments.pop_if_empty().pop().pop().push("")).is_ok();
    match is_cut.then(|| collections(download, &all)) {
        Some(Ok(found)) => {
            let wanted = objects.path_segments().and_then(|mut segments| segments.nth_back(2)).unwrap_or_default();
            let id = |url: &str| url.trim_end_matches('/').rsplit('/').next().unwrap_or_default().to_owned();
            let ids: Vec<String> = found.iter().map(|(_, url)| id(url)).collect();
            let near = hint(wanted, ids.iter().map(String::as_str));
            Wrong::Said(format!("there is no such collection{near}; {}", listed(&found)))
        }
        _ => Failure::Status(404).into(),
    }
}
