//! Any text: no panic, limits kept, a well-formed tree.
#![no_main]

use huntsql_kernels::decode::{Limits, Status, Unpacker, b64_decode_text};
use libfuzzer_sys::fuzz_target;
use std::collections::HashSet;

fuzz_target!(|text: &str| {
    let limits = Limits { max_bytes: 1 << 18, max_depth: 6, max_members: 50, max_ratio: 50, min_length: 8 };
    let mut unpacker = Unpacker::default();
    let items = unpacker.unpack(text, &limits);
    // The row that says what is missing comes on top.
    assert!(items.len() <= limits.max_members + 1);
    assert!(items.iter().filter_map(|item| item.bytes()).map(<[u8]>::len).sum::<usize>() <= limits.max_bytes);
    let mut paths = HashSet::new();
    for item in &items {
        assert_eq!(item.depth(), item.path().split('.').count());
        assert!(item.depth() <= limits.max_depth);
        if let Some((parent, _)) = item.path().rsplit_once('.') {
            assert!(paths.contains(parent), "parents come first");
        } else {
            assert!(text.is_char_boundary(item.start()));
        }
        assert!(paths.insert(item.path().to_owned()), "paths are unique");
        if item.kind() == "text" {
            assert!(item.text().is_some());
        }
    }
    let again = unpacker.unpack(text, &limits);
    assert_eq!(again.len(), items.len(), "no state between calls");
    let rewritten = b64_decode_text(text, &limits);
    if items.is_empty() {
        assert_eq!(rewritten, text);
    }
    assert!(items.iter().all(|item| item.status() != Status::LimitBytes) || !items.is_empty());
});
