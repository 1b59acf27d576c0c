//! Threat intelligence: what is known about an indicator. One file a provider.

mod asked;
mod greynoise;
mod lookup;
mod observable;
mod provider;
mod ti_lookup;
mod verdict;

pub use asked::{Asked, Provider};
pub use lookup::{Answers, LookupError, Outcome, Planned, Question, dry_run, look_up};
pub use observable::Observable;
pub use provider::{Ioc, Limit, ProviderSpec, SettingSpec, TiProvider};
pub use ti_lookup::{TiLookup, TiLookupScalar};
pub use verdict::{Found, Severity, Verdict};

/// All providers, sorted by name.
pub fn providers() -> &'static [&'static dyn TiProvider] {
    static PROVIDERS: &[&dyn TiProvider] = &[&greynoise::GREYNOISE];
    PROVIDERS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn providers_are_sorted_and_documented() {
        let specs: Vec<&ProviderSpec> = providers().iter().map(|provider| provider.spec()).collect();
        assert!(specs.windows(2).all(|pair| pair[0].name < pair[1].name), "names are unique and sorted");
        for spec in specs {
            let name = &spec.name;
            assert!(spec.base_url.starts_with("https://") || spec.base_url.is_empty(), "{name}: secrets travel encrypted");
            assert!(spec.docs.starts_with("https://") && spec.summary.ends_with('.'), "{name}: documented");
            assert!(!spec.types.is_empty() && spec.limit.is_none_or(|limit| limit.requests > 0), "{name}");
            assert!(spec.settings.iter().all(|setting| setting.doc.ends_with('.')), "{name}: settings are documented");
        }
    }
}
