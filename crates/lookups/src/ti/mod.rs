//! Threat intelligence: what is known about an indicator. One file a provider.

mod abuse_ch;
mod abuseipdb;
mod answer;
mod asked;
mod binaryedge;
mod crowdsec;
mod cyberint;
mod feodotracker;
pub mod generic;
mod greynoise;
mod intsights;
mod ipqualityscore;
pub(crate) mod ipstack;
mod list;
mod lookup;
mod malwarebazaar;
mod observable;
mod open_page_rank;
mod otx;
mod provider;
mod pulsedive;
mod recognise;
mod shodan;
mod table;
mod threatfox;
mod ti_lookup;
mod tor;
mod urlhaus;
mod urlscan;
mod verdict;
mod virustotal;
mod vt_relationships;
pub mod vt_relationships_api;
mod xforce;

pub use asked::{Asked, Provider};
pub(crate) use lookup::distinct;
pub use lookup::{Answers, LookupError, Outcome, Planned, Question, dry_run, look_up};
pub(crate) use observable::is_reserved_name;
pub use observable::{Observable, Refusal, UrlQuery, check, check_named, check_with};
pub use provider::{Ioc, Limit, ProviderSpec, SettingSpec, TiProvider};
pub use table::provider_table;
pub use ti_lookup::{TiLookup, TiLookupScalar};
pub use verdict::{Found, Severity, Verdict};
pub use vt_relationships::{VtOptions, VtRelationships};

/// All providers, sorted by name.
pub fn providers() -> &'static [&'static dyn TiProvider] {
    static PROVIDERS: &[&dyn TiProvider] = &[
        &abuseipdb::ABUSEIPDB,
        &binaryedge::BINARYEDGE,
        &crowdsec::CROWDSEC,
        &cyberint::CYBERINT,
        &feodotracker::FEODOTRACKER,
        &greynoise::GREYNOISE,
        &greynoise::context::CONTEXT,
        &greynoise::quick::QUICK,
        &intsights::INTSIGHTS,
        &ipqualityscore::IPQUALITYSCORE,
        &ipstack::IPSTACK,
        &malwarebazaar::MALWAREBAZAAR,
        &open_page_rank::OPEN_PAGE_RANK,
        &otx::OTX,
        &otx::geo::GEO,
        &otx::passive_dns::PASSIVE_DNS,
        &pulsedive::PULSEDIVE,
        &shodan::SHODAN,
        &threatfox::THREATFOX,
        &tor::TOR,
        &urlhaus::URLHAUS,
        &urlscan::URLSCAN,
        &virustotal::VIRUSTOTAL,
        &virustotal::behaviour::BEHAVIOUR,
        &xforce::XFORCE,
        &xforce::malware::MALWARE,
        &xforce::passive_dns::PASSIVE_DNS,
        &xforce::whois::WHOIS,
    ];
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
