//! Any text as a record, and its lines as a log: no panic, and the same events in whatever order.
#![no_main]

use huntsql_kernels::interrupt::Interrupt;
use huntsql_kernels::logs::{AuditRecord, audit_fields, merge_audit_records};
use huntsql_kernels::text_map::TextMap;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Some(record) = AuditRecord::parse(text) {
        let mut fields = TextMap::default();
        audit_fields(&record, &mut fields, &mut String::new());
        // A byte that is no UTF-8 takes two digits and becomes three bytes.
        assert!(fields.iter().map(|(key, value)| key.len() + value.len()).sum::<usize>() <= 2 * text.len() + 64);
    }
    let forward = merge_audit_records(text.lines(), &Interrupt::default()).expect("nobody interrupts");
    let backward = merge_audit_records(text.lines().rev(), &Interrupt::default()).expect("nobody interrupts");
    assert_eq!(forward, backward);
    assert!(forward.len() <= text.lines().count());
});
