//! What `extract_iocs` finds in any text is found by `match_iocs`, given as its feed: the pass over the words rules nothing out that is there.
#![no_main]

use huntsql_kernels::ioc::{ExtractOptions, extract};
use huntsql_lookups::match_iocs::{LoadedFeed, MatchOptions};
use huntsql_readers::feeds::Indicator;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let options = ExtractOptions::default();
    for ioc in extract(text, &options) {
        let indicator = Indicator { ioc: Some(ioc.value.to_string()), ioc_type: Some(ioc.kind.name().into()), ..Indicator::default() };
        let feed = LoadedFeed::of([indicator], &MatchOptions::default()).unwrap();
        assert!(feed.count(text) > 0, "{ioc:?}");
    }
});
