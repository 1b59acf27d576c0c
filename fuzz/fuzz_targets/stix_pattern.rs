//! Any text as a STIX pattern: no panic, and a mistake is said to be inside the text.
#![no_main]

use huntsql_readers::feeds::comparisons;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    match comparisons(text) {
        Ok(found) => assert!(found.iter().all(|compared| !compared.object.is_empty() && !compared.path.is_empty())),
        Err(at) => assert!(at <= text.len()),
    }
});
