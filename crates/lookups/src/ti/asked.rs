//! A provider as a statement asks it: with its settings filled in.

use super::generic::GenericProvider;
use super::provider::{Limit, ProviderSpec, TiProvider};
use super::providers;
use crate::cache::kept_as;
use crate::config::{Account, Config, Environment};
use crate::http::Values;
use huntsql_kernels::nearest::hint;
use std::fmt;
use std::ops::Deref;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// Requests under way at a time, where the configuration does not say.
const CONCURRENCY: usize = 4;

/// A provider that huntsql knows, or one that a file describes.
#[derive(Clone)]
pub enum Provider {
    /// One of ours.
    Known(&'static dyn TiProvider),
    /// One of the user's.
    Described(Arc<dyn TiProvider>),
}

impl Deref for Provider {
    type Target = dyn TiProvider;
    fn deref(&self) -> &Self::Target {
        match self {
            Self::Known(provider) => *provider,
            Self::Described(provider) => provider.as_ref(),
        }
    }
}

impl fmt::Debug for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.spec().name)
    }
}

/// A provider, ready to be asked.
#[derive(Debug, Clone)]
pub struct Asked {
    /// Which.
    pub provider: Provider,
    pub(crate) base_url: String,
    /// Its name in the cache: answers of another server than its own are told from those of its own.
    pub(crate) kept_as: String,
    pub(crate) values: Values,
    pub(crate) limits: Vec<Limit>,
    pub(crate) ttl: Duration,
    pub(crate) concurrency: usize,
}

impl Asked {
    /// Its name in SQL.
    pub fn name(&self) -> &str {
        &self.provider.spec().name
    }

    /// The provider called `name` with the settings of `config`. `Err` says what is missing, and never a key.
    pub fn new(name: &str, config: &Config, environment: Environment<'_>) -> Result<Self, String> {
        let provider = find(name, config)?;
        let spec = provider.spec();
        let unset = Account::default();
        let account = config.account(spec).unwrap_or(&unset);
        let mut values = Values::default();
        for setting in spec.settings.iter() {
            let reference = account.settings.get(setting.name.as_ref());
            let variable = variable(spec, &setting.name);
            let value = match reference {
                Some(reference) => {
                    Some(reference.resolve(environment).map_err(|why| format!("provider '{name}': setting '{}': {why}", setting.name))?)
                }
                None => environment(&variable).map(|value| crate::secret::Secret::new(&value)),
            };
            match value {
                Some(value) => {
                    let value = if setting.is_secret { value } else { value.open() };
                    values.0.insert(setting.name.clone().into_owned(), value);
                }
                None if setting.is_required => {
                    let file = config.path.as_ref().map_or("config.yaml".to_owned(), |path| path.display().to_string());
                    return Err(format!(
                        "provider '{name}' needs its setting '{0}' ({1}): write it below providers: {2}: in {file}, or set {variable}",
                        setting.name,
                        setting.doc.trim_end_matches('.'),
                        spec.account
                    ));
                }
                None => {}
            }
        }
        let mut base_url = match account.settings.get("base_url") {
            Some(reference) => {
                reference.resolve(environment).map_err(|why| format!("provider '{name}': setting 'base_url': {why}"))?.expose().to_owned()
            }
            None => spec.base_url.clone().into_owned(),
        };
        // A secret has no place there: URLs are shown.
        for (setting, value) in values.0.iter().filter(|(_, value)| value.is_open()) {
            base_url = base_url.replace(&format!("{{{setting}}}"), value.expose());
        }
        let limits = if account.limits.is_empty() { spec.limit.into_iter().collect() } else { account.limits.clone() };
        let ttl = account.ttl.unwrap_or(spec.ttl);
        // What a file describes has no server of its own: its base_url may be mended as well.
        let own = if let Provider::Known(_) = provider { Some(spec.base_url.as_ref()) } else { None };
        let kept_as = kept_as(&spec.name, Some(&base_url), own);
        Ok(Self { base_url, kept_as, values, limits, ttl, concurrency: account.concurrency.unwrap_or(CONCURRENCY), provider })
    }
}

/// The environment variable that a setting may be in.
fn variable(spec: &ProviderSpec, setting: &str) -> String {
    format!("HUNTSQL_{}_{}", spec.account, setting).to_ascii_uppercase().replace(|c: char| !c.is_ascii_alphanumeric(), "_")
}

/// The provider of that name.
fn find(name: &str, config: &Config) -> Result<Provider, String> {
    let known = providers().iter().find(|provider| provider.spec().name.eq_ignore_ascii_case(name));
    if let Some(provider) = known {
        return Ok(Provider::Known(*provider));
    }
    let described = config.accounts.iter().find(|(account, settings)| account.eq_ignore_ascii_case(name) && settings.file.is_some());
    if let Some((account, Account { file: Some(file), .. })) = described {
        return read_described(account, file).map_err(|why| format!("provider '{name}': {why}"));
    }
    let names = || {
        let described = config.accounts.iter().filter(|(_, account)| account.file.is_some()).map(|(name, _)| name.as_str());
        providers().iter().map(|provider| provider.spec().name.as_ref()).chain(described)
    };
    let near = hint(name, names());
    let listed = names().collect::<Vec<_>>().join(", ");
    Err(format!("names the unknown provider '{}'{near} (providers: {listed})", name.escape_debug()))
}

/// Bytes that the description of a provider may have.
const MOST_BYTES: u64 = 1 << 20;

/// The provider that a file describes. It must be called as the configuration calls it.
fn read_described(account: &str, file: &Path) -> Result<Provider, String> {
    let wrong = |why: &dyn fmt::Display| format!("{}: {why}", file.display());
    let size = std::fs::metadata(file).map_err(|error| wrong(&error))?.len();
    if size > MOST_BYTES {
        return Err(wrong(&format!("is larger than {MOST_BYTES} bytes")));
    }
    let text = std::fs::read_to_string(file).map_err(|error| wrong(&error))?;
    let described = GenericProvider::read(&text, &file.display().to_string()).map_err(|problem| problem.to_string())?;
    if described.spec().account != account {
        return Err(wrong(&format!("describes '{}', which the configuration calls '{account}'", described.spec().account)));
    }
    Ok(Provider::Described(Arc::new(described)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Reference;
    use crate::secret::Secret;

    #[test]
    fn settings_come_from_the_file_or_the_environment() {
        let mut config = Config::default();
        let environment = |name: &str| (name == "HUNTSQL_GREYNOISE_API_KEY").then(|| "from-env".to_owned());
        let asked = Asked::new("GreyNoise", &config, &environment).expect("a provider");
        assert_eq!(asked.values.0["api_key"].expose(), "from-env");
        assert_eq!((asked.base_url.as_str(), asked.name()), ("https://api.greynoise.io", "greynoise"));
        let mut account = Account { limits: vec![Limit::per_second(10)], ..Account::default() };
        account.settings.insert("api_key".to_owned(), Reference::Plain(Secret::new("from-file")));
        account.settings.insert("base_url".to_owned(), Reference::Plain(Secret::new("http://127.0.0.1:1")));
        config.accounts.insert("greynoise".to_owned(), account.clone());
        let asked = Asked::new("greynoise", &config, &environment).expect("a provider");
        assert_eq!((asked.values.0["api_key"].expose(), asked.base_url.as_str()), ("from-file", "http://127.0.0.1:1"));
        assert_eq!(asked.limits, [Limit::per_second(10)]);
        assert!(!format!("{asked:?}").contains("from-file"));
        account.settings.insert("api_key".to_owned(), Reference::Environment("NONE".to_owned()));
        config.accounts.insert("greynoise".to_owned(), account.clone());
        let wrong = Asked::new("greynoise", &config, &environment).expect_err("a missing variable");
        assert_eq!(wrong, "provider 'greynoise': setting 'api_key': the environment variable NONE is not set");
        let folder = tempfile::tempdir().expect("a folder");
        let example = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/providers/acme_reputation.yaml");
        let described = Account { file: Some(example.into()), ..Account::default() };
        config.accounts.insert("acme_reputation".to_owned(), Account { settings: account.settings.clone(), ..described.clone() });
        let secrets = |_: &str| Some("x".to_owned());
        let asked = Asked::new("acme_reputation", &config, &secrets).expect("a described provider");
        assert!(matches!(asked.provider, Provider::Described(_)) && asked.name() == "acme_reputation");
        config.accounts.insert("other".to_owned(), described);
        let wrong = Asked::new("other", &config, &secrets).expect_err("another name");
        assert!(wrong.contains("describes 'acme_reputation', which the configuration calls 'other'"), "{wrong}");
        let broken = folder.path().join("broken.yaml");
        std::fs::write(&broken, "name: broken\nsumary: x\n").expect("a file");
        config.accounts.insert("broken".to_owned(), Account { file: Some(broken), ..Account::default() });
        let wrong = Asked::new("broken", &config, &secrets).expect_err("a broken file");
        assert!(wrong.contains("line 2") && wrong.contains("did you mean 'summary'?"), "{wrong}");
        let wrong = Asked::new("greynois", &config, &environment).expect_err("no provider");
        assert!(wrong.starts_with("names the unknown provider 'greynois', did you mean 'greynoise'? (providers: "), "{wrong}");
    }
}
