//! Any text as a line of osquery's result log: no panic, and no more text than there was.
#![no_main]

use huntsql_kernels::logs::OsqueryLog;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let mut log = OsqueryLog::default();
    if log.parse(text) {
        let columns: usize = log.rows().flat_map(|(_, columns)| columns.iter()).map(|(key, value)| key.len() + value.len()).sum();
        assert!(columns <= text.len());
    }
});
