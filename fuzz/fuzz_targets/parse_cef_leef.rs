//! Any text as a line of CEF and of LEEF: no panic, and no more text out than went in.
#![no_main]

use huntsql_kernels::logs::{parse_cef, parse_leef};
use huntsql_kernels::text_map::TextMap;
use libfuzzer_sys::fuzz_target;

fn size(map: &TextMap) -> usize {
    map.iter().map(|(key, value)| key.len() + value.len()).sum()
}

fuzz_target!(|text: &str| {
    let mut map = TextMap::default();
    if parse_cef(text, &mut map).is_some() {
        assert!(text.contains("CEF:"));
    }
    assert!(size(&map) <= text.len());
    map.clear();
    if parse_leef(text, &mut map).is_some() {
        assert!(text.contains("LEEF:"));
    }
    assert!(size(&map) <= text.len());
});
