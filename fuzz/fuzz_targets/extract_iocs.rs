//! Whatever the text: no panic, spans that slice to `raw`, text order, and defanging that can be undone.
//!
//! `cargo fuzz` wants a nightly compiler; on stable: `RUSTC_BOOTSTRAP=1 cargo fuzz run --sanitizer none -O extract_iocs`.
#![no_main]

use huntsql_kernels::ioc::{ExtractOptions, IocType, extract, ioc_type, is_ioc};
use huntsql_kernels::text::{defang, refang};
use libfuzzer_sys::fuzz_target;

fn live(text: &str) -> String {
    let mut out = String::new();
    refang(text, &mut out);
    out
}

fuzz_target!(|text: &str| {
    let iocs = extract(text, &ExtractOptions::all_types());
    for ioc in &iocs {
        assert!(ioc.start < ioc.end);
        assert_eq!(text.get(ioc.start..ioc.end), Some(ioc.raw));
        assert!(!ioc.value.is_empty());
    }
    for pair in iocs.windows(2) {
        assert!((pair[0].start, std::cmp::Reverse(pair[0].end)) <= (pair[1].start, std::cmp::Reverse(pair[1].end)));
    }
    if let Some(kind) = ioc_type(text) {
        assert!(is_ioc(text, kind) || kind == IocType::Md5, "{text:?} {}", kind.name());
    }
    if live(text) == text {
        let mut safe = String::new();
        defang(text, &mut safe);
        assert_eq!(live(&safe), text);
    }
});
