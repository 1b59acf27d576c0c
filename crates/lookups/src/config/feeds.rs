//! The section `feeds`: how feeds are downloaded that a statement names by a URL, and with whose account.

use super::Reference;
use super::file::{duration, number, unknown};
use crate::yaml::{Field, Node, Problem, Value, problem};
use std::path::Path;
use std::time::Duration;

/// Accounts that a configuration may have.
const MOST_ACCOUNTS: usize = 1000;

/// How feeds are downloaded.
#[derive(Debug, Clone, PartialEq)]
pub struct Feeds {
    /// How long a copy is used before the feed is downloaded again.
    pub ttl: Duration,
    /// The largest feed.
    pub max_bytes: u64,
    /// What opens feeds that are not for all.
    pub accounts: Vec<FeedAccount>,
}

impl Default for Feeds {
    fn default() -> Self {
        Self { ttl: Duration::from_secs(60 * 60), max_bytes: 256 << 20, accounts: Vec::new() }
    }
}

/// What opens the feeds of a server.
#[derive(Debug, Clone, PartialEq)]
pub struct FeedAccount {
    /// The feeds: all on this host, or all below this path of it.
    pub url: url::Url,
    /// For basic authentication.
    pub user: Option<Reference>,
    /// For basic authentication.
    pub password: Option<Reference>,
    /// `Authorization: Bearer`
    pub token: Option<Reference>,
    /// Headers, such as MISP's `Authorization: <key>`.
    pub headers: Vec<(String, Reference)>,
}

impl FeedAccount {
    /// Whether it is for `url`: the same scheme, host and port, and a path below its own.
    pub fn opens(&self, url: &url::Url) -> bool {
        let folder = self.url.path().trim_end_matches('/');
        let below = url.path().strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
        self.url.origin() == url.origin() && below
    }
}

/// Reads the section.
pub(super) fn read(section: &Field, folder: &Path) -> Result<Feeds, Problem> {
    let mut feeds = Feeds::default();
    for setting in section.node.fields("feeds")? {
        match setting.name.as_str() {
            "ttl" => feeds.ttl = duration(setting)?,
            "max_megabytes" => feeds.max_bytes = number(setting, 1, 4096)? << 20,
            "accounts" => {
                let Value::List(accounts) = &setting.node.value else {
                    return Err(problem(setting.line, "'accounts' must be a list, each beginning with `- url: https://host/path`"));
                };
                if accounts.len() > MOST_ACCOUNTS {
                    return Err(problem(setting.line, format!("has more than {MOST_ACCOUNTS} accounts of feeds")));
                }
                feeds.accounts = accounts.iter().map(|node| account(node, folder)).collect::<Result<_, _>>()?;
            }
            _ => return Err(unknown("setting", setting, ["accounts", "max_megabytes", "ttl"].into_iter())),
        }
    }
    Ok(feeds)
}

fn account(node: &Node, folder: &Path) -> Result<FeedAccount, Problem> {
    let reference = |setting: &Field| {
        let text = setting.node.text(&setting.name)?;
        Reference::parse(text, folder).map_err(|why| problem(setting.line, format!("'{}' {why}", setting.name)))
    };
    let (mut url, mut user, mut password, mut token, mut headers) = (None, None, None, None, Vec::new());
    for setting in node.fields("accounts")? {
        match setting.name.as_str() {
            "url" => {
                let parsed = url::Url::parse(setting.node.text("url")?).ok().filter(is_safe);
                url = Some(parsed.ok_or_else(|| {
                    problem(setting.line, "'url' must be https://host or https://host/path, without a password (http:// on loopback only)")
                })?);
            }
            "user" => user = Some(reference(setting)?),
            "password" => password = Some(reference(setting)?),
            "token" => token = Some(reference(setting)?),
            "headers" => {
                for header in setting.node.fields("headers")? {
                    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
                    if header.name.is_empty() || !header.name.bytes().all(is_name) {
                        return Err(problem(header.line, format!("'{}' is no name of a header", header.name.escape_debug())));
                    }
                    headers.push((header.name.to_ascii_lowercase(), reference(header)?));
                }
            }
            _ => return Err(unknown("setting", setting, ["headers", "password", "token", "url", "user"].into_iter())),
        }
    }
    let url = url.ok_or_else(|| problem(node.line, "an account of feeds needs a 'url': the host or the folder that it is for"))?;
    if user.is_some() != password.is_some() {
        return Err(problem(node.line, "'user' and 'password' belong together"));
    }
    let authorizations =
        usize::from(user.is_some()) + usize::from(token.is_some()) + headers.iter().filter(|(name, _)| name == "authorization").count();
    if authorizations > 1 {
        return Err(problem(node.line, "an account of feeds has user and password, a token, or a header 'authorization', not both"));
    }
    Ok(FeedAccount { url, user, password, token, headers })
}

/// Whether a key may travel there.
fn is_safe(url: &url::Url) -> bool {
    let is_loopback = match url.host() {
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        Some(url::Host::Domain(name)) => name == "localhost",
        None => false,
    };
    let is_secret = !url.username().is_empty() || url.password().is_some();
    url.has_host() && !is_secret && (url.scheme() == "https" || (url.scheme() == "http" && is_loopback))
}
