//! Any text: no panic, no more text than there was, and words that a quoting shell gives back.
#![no_main]

use huntsql_kernels::process::{Platform, Words, command_split};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let mut words = Words::default();
    for platform in [Platform::Windows, Platform::Posix] {
        command_split(text, platform, &mut words);
        assert!(words.iter().map(str::len).sum::<usize>() <= text.len());
    }
    let found: Vec<String> = words.iter().map(str::to_owned).collect();
    let quoted = found.iter().map(|word| format!("'{}'", word.replace('\'', "'\\''"))).collect::<Vec<_>>().join(" ");
    command_split(&quoted, Platform::Posix, &mut words);
    assert!(words.iter().eq(found.iter().map(String::as_str)));
});
