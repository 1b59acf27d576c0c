//! Any text as a Windows event: no panic, and what is wanted alone is what is found among everything.
#![no_main]

use huntsql_kernels::logs::winevent::{Event, Field, Reader, Wants};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let (mut reader, mut all, mut few) = (Reader::default(), Event::default(), Event::default());
    let is_event = reader.parse(text, &Wants::all(), &mut all);
    let names = vec!["CommandLine".to_owned(), "param1".to_owned()];
    assert_eq!(is_event, reader.parse(text, &Wants::new([Field::Time, Field::Message], names.clone(), false), &mut few));
    assert!(few.data().is_empty());
    if is_event {
        assert_eq!((all.time(), all.text(Field::Message)), (few.time(), few.text(Field::Message)));
        for (at, name) in names.iter().enumerate() {
            if let Some(value) = all.data().get(name) {
                assert_eq!(few.named(at), Some(value));
            }
        }
    }
    // The path of an object is written once for each value in it, at most 128 bytes of it; a value of one digit takes six.
    assert!(all.data().iter().map(|(key, value)| key.len() + value.len()).sum::<usize>() <= 40 * text.len() + 64);
});
