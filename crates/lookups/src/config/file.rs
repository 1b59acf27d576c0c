//! From the text of `config.yaml` to a [`Config`]. Every complaint names its line.

use super::{Account, Config, Reference};
use crate::never_send::NeverSend;
use crate::ti::{Limit, ProviderSpec};
use crate::yaml::{Field, Node, Problem, Value, problem};
use huntsql_kernels::nearest::hint;
use std::path::{Path, PathBuf};
use std::time::Duration;

const SECTIONS: &[&str] = &["cache", "dns", "feeds", "geo", "http", "never_send", "providers", "rdap", "tls"];
/// What every provider may have beside its own settings.
const COMMON: &[&str] = &["base_url", "concurrency", "file", "limit", "ttl"];

/// Reads a configuration. `providers` are those that huntsql knows; relative paths are relative to `folder`.
pub fn read(text: &str, folder: &Path, providers: &[&ProviderSpec]) -> Result<Config, Problem> {
    let reader = Reader { folder, providers };
    let mut config = Config::default();
    for field in crate::yaml::read(text)?.fields("the file")? {
        match field.name.as_str() {
            "providers" => {
                for provider in field.node.fields("providers")? {
                    let account = reader.account(provider)?;
                    config.accounts.insert(provider.name.clone(), account);
                }
            }
            "http" => reader.http(field, &mut config)?,
            "cache" => reader.cache(field, &mut config)?,
            "geo" => reader.geo(field, &mut config)?,
            "dns" => reader.dns(field, &mut config)?,
            "rdap" => reader.rdap(field, &mut config)?,
            "tls" => reader.tls(field, &mut config)?,
            "feeds" => config.feeds = super::feeds::read(field, folder)?,
            "never_send" => {
                let texts = field.node.texts("never_send")?;
                if let Some((line, why)) = texts.iter().find_map(|(line, text)| Some((*line, NeverSend::new([*text]).err()?))) {
                    return Err(problem(line, format!("'never_send' {why}")));
                }
                config.never_send = NeverSend::new(texts.into_iter().map(|(_, text)| text)).unwrap_or_default();
            }
            _ => return Err(unknown("section", field, SECTIONS.iter().copied())),
        }
    }
    Ok(config)
}

pub(super) fn unknown<'n>(what: &str, field: &Field, known: impl Iterator<Item = &'n str> + Clone) -> Problem {
    let near = hint(&field.name, known.clone());
    let listed = known.collect::<Vec<_>>().join(", ");
    problem(field.line, format!("has the unknown {what} '{}'{near} ({what}s: {listed})", field.name.escape_debug()))
}

struct Reader<'r> {
    folder: &'r Path,
    providers: &'r [&'r ProviderSpec],
}

impl Reader<'_> {
    fn account(&self, field: &Field) -> Result<Account, Problem> {
        let mut account = Account { line: field.line, ..Account::default() };
        let fields = field.node.fields(&field.name)?;
        let of_account: Vec<&&ProviderSpec> = self.providers.iter().filter(|spec| spec.account == field.name).collect();
        let is_described = fields.iter().any(|field| field.name == "file");
        if of_account.is_empty() && !is_described {
            let mut names: Vec<&str> = self.providers.iter().map(|spec| spec.account.as_ref()).collect();
            names.dedup();
            let mut wrong = unknown("provider", field, names.into_iter());
            wrong.what.push_str("; one that huntsql does not know needs `file: description.yaml`");
            return Err(wrong);
        }
        let settings = || of_account.iter().flat_map(|spec| spec.settings.iter()).map(|setting| setting.name.as_ref());
        for setting in fields {
            match setting.name.as_str() {
                "limit" => account.limits = limits(setting)?,
                "ttl" => account.ttl = Some(duration(setting)?),
                "concurrency" => account.concurrency = Some(usize::try_from(number(setting, 1, 64)?).unwrap_or(1)),
                "file" => account.file = Some(self.path(setting)?),
                name if name == "base_url" || is_described || settings().any(|known| known == name) => {
                    let value = self.reference(setting)?;
                    account.settings.insert(name.to_owned(), value);
                }
                _ => return Err(unknown("setting", setting, settings().chain(COMMON.iter().copied()).collect::<Vec<_>>().into_iter())),
            }
        }
        Ok(account)
    }

    fn http(&self, field: &Field, config: &mut Config) -> Result<(), Problem> {
        for setting in field.node.fields("http")? {
            match setting.name.as_str() {
                "proxy" => config.http.proxy = Some(self.reference(setting)?),
                "ca_file" => config.http.ca_file = Some(self.path(setting)?),
                "timeout" => config.http.timeout = duration(setting)?,
                "connect_timeout" => config.http.connect_timeout = duration(setting)?,
                "retries" => config.http.retries = usize::try_from(number(setting, 0, 10)?).unwrap_or(0),
                "max_megabytes" => config.http.max_bytes = number(setting, 1, 4096)? << 20,
                _ => {
                    let known = ["ca_file", "connect_timeout", "max_megabytes", "proxy", "retries", "timeout"];
                    return Err(unknown("setting", setting, known.into_iter()));
                }
            }
        }
        Ok(())
    }

    fn cache(&self, field: &Field, config: &mut Config) -> Result<(), Problem> {
        for setting in field.node.fields("cache")? {
            match setting.name.as_str() {
                "path" => config.cache.path = Some(self.path(setting)?),
                "max_megabytes" => config.cache.max_bytes = number(setting, 1, 1 << 20)? << 20,
                _ => return Err(unknown("setting", setting, ["max_megabytes", "path"].into_iter())),
            }
        }
        Ok(())
    }

    fn geo(&self, field: &Field, config: &mut Config) -> Result<(), Problem> {
        let (mut id, mut key) = (None, None);
        for setting in field.node.fields("geo")? {
            match setting.name.as_str() {
                "databases" => {
                    let paths = setting.node.texts("databases")?.into_iter();
                    config.geo_databases = paths.map(|(_, path)| self.full(path)).collect();
                }
                "account_id" => id = Some(self.reference(setting)?),
                "base_url" => config.geo_base_url = Some(web_url(setting)?),
                "license_key" => key = Some(self.reference(setting)?),
                _ => return Err(unknown("setting", setting, ["account_id", "base_url", "databases", "license_key"].into_iter())),
            }
        }
        config.geo_account = id.zip(key);
        Ok(())
    }

    fn dns(&self, field: &Field, config: &mut Config) -> Result<(), Problem> {
        for setting in field.node.fields("dns")? {
            match setting.name.as_str() {
                "servers" => {
                    let servers = setting.node.texts("servers")?.into_iter();
                    config.dns.servers = servers
                        .map(|(line, text)| {
                            server(text).ok_or_else(|| problem(line, format!("'{}' is no address, nor address:port", text.escape_debug())))
                        })
                        .collect::<Result<_, _>>()?;
                }
                "timeout" => config.dns.timeout = duration(setting)?,
                "attempts" => config.dns.attempts = usize::try_from(number(setting, 1, 10)?).unwrap_or(1),
                _ => return Err(unknown("setting", setting, ["attempts", "servers", "timeout"].into_iter())),
            }
        }
        Ok(())
    }

    fn rdap(&self, field: &Field, config: &mut Config) -> Result<(), Problem> {
        for setting in field.node.fields("rdap")? {
            match setting.name.as_str() {
                "base_url" => config.rdap.base_url = Some(web_url(setting)?),
                "bootstrap_url" => config.rdap.bootstrap_url = web_url(setting)?,
                "limit" => config.rdap.limits = limits(setting)?,
                _ => return Err(unknown("setting", setting, ["base_url", "bootstrap_url", "limit"].into_iter())),
            }
        }
        Ok(())
    }

    fn tls(&self, field: &Field, config: &mut Config) -> Result<(), Problem> {
        for setting in field.node.fields("tls")? {
            match setting.name.as_str() {
                "abuse_list" => config.tls.abuse_list = web_url(setting)?,
                _ => return Err(unknown("setting", setting, ["abuse_list"].into_iter())),
            }
        }
        Ok(())
    }

    fn reference(&self, setting: &Field) -> Result<Reference, Problem> {
        let text = setting.node.text(&setting.name)?;
        Reference::parse(text, self.folder).map_err(|why| problem(setting.line, format!("'{}' {why}", setting.name)))
    }

    fn path(&self, setting: &Field) -> Result<PathBuf, Problem> {
        Ok(self.full(setting.node.text(&setting.name)?))
    }

    fn full(&self, path: &str) -> PathBuf {
        match path.strip_prefix("~/").and_then(|rest| Some((rest, std::env::home_dir()?))) {
            Some((rest, home)) => home.join(rest),
            None => self.folder.join(path),
        }
    }
}

/// `4/min`, `10/s`, `500/day`, `100/5m`.
pub(crate) fn limit(text: &str) -> Option<Limit> {
    let (requests, per) = text.split_once('/')?;
    let requests = requests.trim().parse().ok().filter(|requests| *requests > 0)?;
    let per = match per.trim() {
        "s" | "sec" | "second" => Duration::from_secs(1),
        "m" | "min" | "minute" => Duration::from_secs(60),
        "h" | "hour" => Duration::from_secs(3600),
        "d" | "day" => Duration::from_secs(86_400),
        other => length(other)?,
    };
    Some(Limit { requests, per })
}

fn limits(setting: &Field) -> Result<Vec<Limit>, Problem> {
    let limits = setting.node.texts("limit")?.into_iter();
    limits.map(|(line, text)| limit(text).ok_or_else(|| problem(line, wrong_limit(text)))).collect()
}

/// A URL without a final slash, and without a name and password: it is shown.
fn web_url(setting: &Field) -> Result<String, Problem> {
    let text = setting.node.text(&setting.name)?;
    let is_web =
        |url: url::Url| matches!(url.scheme(), "http" | "https") && url.has_host() && url.username().is_empty() && url.password().is_none();
    if url::Url::parse(text).is_ok_and(is_web) {
        return Ok(text.trim_end_matches('/').to_owned());
    }
    Err(problem(setting.line, format!("'{}' must be a URL such as https://host/path, without a name or password", setting.name)))
}

fn wrong_limit(text: &str) -> String {
    format!("'limit' must be a number of requests and a span such as 4/min, 10/s or 500/day, got '{}'", text.escape_debug())
}

/// A length of time as in the options of functions.
fn length(text: &str) -> Option<Duration> {
    let micros = huntsql_kernels::options::duration(&huntsql_kernels::options::Value::Text(text.to_owned()))?;
    u64::try_from(micros).ok().filter(|micros| *micros > 0).map(Duration::from_micros)
}

pub(super) fn duration(setting: &Field) -> Result<Duration, Problem> {
    let text = setting.node.text(&setting.name)?;
    length(text).ok_or_else(|| {
        problem(
            setting.line,
            format!("'{}' must be a length of time such as 10s, 5m or 1 day, got '{}'", setting.name, text.escape_debug()),
        )
    })
}

pub(super) fn number(setting: &Field, low: u64, high: u64) -> Result<u64, Problem> {
    let Node { line, value } = &setting.node;
    let parsed = match value {
        Value::Text(text) => text.trim().parse().ok(),
        _ => None,
    };
    parsed
        .filter(|number| (low..=high).contains(number))
        .ok_or_else(|| problem(*line, format!("'{}' must be a whole number from {low} to {high}", setting.name)))
}

/// An address, with port 53 where none is given.
pub(crate) fn server(text: &str) -> Option<String> {
    let text = text.trim();
    if text.parse::<std::net::SocketAddr>().is_ok() {
        return Some(text.to_owned());
    }
    let address: std::net::IpAddr = text.parse().ok()?;
    Some(std::net::SocketAddr::new(address, 53).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ti::providers;

    fn parse(text: &str) -> Result<Config, Problem> {
        let specs: Vec<&ProviderSpec> = providers().iter().map(|provider| provider.spec()).collect();
        read(text, Path::new("/etc/huntsql"), &specs)
    }

    #[test]
    fn a_whole_file() {
        let config = parse(
            "providers:\n  greynoise:\n    api_key: ${env:GN}\n    limit: [10/s, 500/day]\n    ttl: 1 day\n  mine:\n    file: mine.yaml\n    token: x\n\
             http:\n  timeout: 10s\n  ca_file: /ca.pem\ncache: {path: a.sqlite, max_megabytes: 10}\ndns: {servers: [127.0.0.1, '[::1]:5353']}\n\
             geo: {databases: /geo, account_id: 1, license_key: file:key}\nnever_send: [Corp.example, 10.0.0.0/8]\n",
        )
        .expect("a configuration");
        let greynoise = &config.accounts["greynoise"];
        assert_eq!(greynoise.limits, [Limit::per_second(10), Limit::per_day(500)]);
        assert_eq!((greynoise.ttl, config.http.timeout), (Some(Duration::from_secs(86_400)), Duration::from_secs(10)));
        assert_eq!(config.accounts["mine"].file.as_deref(), Some(Path::new("/etc/huntsql/mine.yaml")));
        assert_eq!(config.cache, super::super::CacheSettings { path: Some("/etc/huntsql/a.sqlite".into()), max_bytes: 10 << 20 });
        assert_eq!(config.dns.servers, ["127.0.0.1:53", "[::1]:5353"]);
        assert_eq!(Ok(config.never_send), NeverSend::new(["corp.example", "10.0.0.0/8"]));
        assert!(config.geo_account.is_some());
        let config = parse("rdap: {base_url: 'https://rdap.test/x/', limit: 2/s}\ntls: {abuse_list: 'http://127.0.0.1:1/list.csv'}\n")
            .expect("a configuration");
        assert_eq!(
            (config.rdap.base_url.as_deref(), config.rdap.limits.as_slice()),
            (Some("https://rdap.test/x"), [Limit::per_second(2)].as_slice())
        );
        assert_eq!(config.tls.abuse_list, "http://127.0.0.1:1/list.csv");
        let feeds = parse("feeds: {ttl: 2h, max_megabytes: 1, accounts: [{url: 'https://x.test/feeds', headers: {x-key: file:key}}]}\n")
            .expect("feeds")
            .feeds;
        assert_eq!((feeds.ttl, feeds.max_bytes, feeds.accounts.len()), (Duration::from_secs(7200), 1 << 20, 1));
        assert_eq!(feeds.accounts[0].headers, [("x-key".to_owned(), Reference::File("/etc/huntsql/key".into()))]);
        assert_eq!(parse(""), Ok(Config::default()));
    }

    #[test]
    fn complaints_name_their_line() {
        for (text, line, what) in [
            ("provider:\n  x: 1", 1, "unknown section 'provider', did you mean 'providers'?"),
            ("providers:\n  greynois:\n    api_key: x", 2, "unknown provider 'greynois', did you mean 'greynoise'?"),
            ("providers:\n  greynoise:\n    apikey: x", 3, "unknown setting 'apikey', did you mean 'api_key'?"),
            ("providers:\n  greynoise:\n    limit: 10", 3, "such as 4/min"),
            ("http:\n  timeout: soon", 2, "a length of time"),
            ("http:\n  timeout: 0s", 2, "a length of time"),
            ("never_send:\n  - corp.example\n  - 10.0.0.0/33", 3, "no network"),
            ("rdap:\n  base_url: https://user:secret@rdap.example", 2, "without a name or password"),
            ("cache:\n  max_megabytes: -1", 2, "a whole number"),
            ("dns:\n  servers: [resolver]", 2, "no address"),
            ("providers: [x]", 1, "must have fields"),
            ("rdap:\n  base_ur: https://x.test", 2, "unknown setting 'base_ur', did you mean 'base_url'?"),
            ("rdap:\n  base_url: rdap.test", 2, "a URL such as"),
            ("feeds:\n  tll: 1h", 2, "unknown setting 'tll', did you mean 'ttl'?"),
            ("feeds:\n  accounts: x", 2, "a list"),
            ("feeds:\n  accounts:\n    - token: x", 3, "needs a 'url'"),
            ("feeds:\n  accounts:\n    - url: https://x.test\n      tokn: x", 4, "unknown setting 'tokn', did you mean 'token'?"),
            ("feeds:\n  accounts:\n    - url: http://x.test/\n      token: x", 3, "must be https"),
            ("feeds:\n  accounts:\n    - url: https://a:b@x.test/", 3, "must be https"),
            ("feeds:\n  accounts:\n    - url: https://x.test\n      user: x", 3, "'user' and 'password' belong together"),
            ("feeds:\n  accounts:\n    - {url: 'https://x.test', user: x, password: x, token: x}", 3, "not both"),
            ("feeds:\n  accounts:\n    - url: https://x.test\n      headers: {'a b': x}", 4, "no name of a header"),
            ("tls:\n  abuselist: https://x.test", 2, "unknown setting 'abuselist', did you mean 'abuse_list'?"),
        ] {
            let found = parse(text).expect_err("a complaint");
            assert!(found.line == line && found.what.contains(what), "{text}: {found:?}");
        }
    }
}
