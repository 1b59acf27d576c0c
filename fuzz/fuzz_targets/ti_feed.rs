//! Any bytes as a feed of each format, and of the one that they look like: no panic, an indicator has a type, lines are inside the text, texts are bounded.
#![no_main]

use huntsql_kernels::options::Value;
use huntsql_readers::Control;
use huntsql_readers::feeds::decode_bytes;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let lines = bytes.iter().filter(|byte| **byte == b'\n').count() as u64 + 1;
    for format in ["auto", "csv", "misp", "openioc", "stix", "txt"] {
        let options = Value::Struct(vec![("format".to_owned(), Value::Text(format.to_owned()))]);
        let _ = decode_bytes("x", bytes.to_vec(), &options, &Control::default(), &mut |indicator| {
            assert!(indicator.ioc.is_none() || indicator.ioc_type.is_some());
            assert!(indicator.ioc.as_ref().is_none_or(|ioc| !ioc.is_empty()));
            assert!(indicator.tags.len() <= 32 && indicator.confidence.is_none_or(|confidence| confidence <= 100));
            // Other encodings have line ends of their own.
            assert!(indicator.line >= 1 && (indicator.line <= lines || bytes.contains(&0) || bytes.starts_with(b"\x1f\x8b")));
            Ok(())
        });
    }
});
