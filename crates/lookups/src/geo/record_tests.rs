//! Records of every layout, and of none.

use super::*;
use crate::geo::database::Database;
use huntsql_fakes::mmdb::{Value, Writer};
use proptest::prelude::*;

fn read(record: &Value) -> Result<String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.mmdb");
    std::fs::write(&path, Writer::new("x", 4, 24).with("1.0.0.0/8", record).finish()).unwrap();
    let database = Database::open(&path).unwrap();
    let at = database.find("1.2.3.4".parse().unwrap()).unwrap().unwrap().record as usize;
    // The second time the names are known.
    let seen = &mut Seen::default();
    let mut read = || Facts::read(database.section(), at, Layout::default(), &mut Reading { database: 0, language: "de", seen });
    let (once, again) = (read(), read());
    assert_eq!(once, again);
    once.map(|facts| format!("{:?} {:?} {:?}", facts.texts.iter().flatten().collect::<Vec<_>>(), facts.asn, facts.accuracy_km))
}

#[test]
fn what_stands_where_something_else_should() {
    let text = |text: &str| Value::from(text);
    for (record, expected) in [
        // Names in the language asked for, in English, in another.
        (Value::map([("city", Value::map([("names", Value::names([("en", "Munich"), ("de", "München")]))]))]), r#"["München"] None None"#),
        (Value::map([("city", Value::map([("names", Value::names([("fr", "Munich"), ("en", "Munich!")]))]))]), r#"["Munich!"] None None"#),
        (Value::map([("city", Value::map([("names", Value::names([("fr", "x"), ("es", "y")]))]))]), r#"["x"] None None"#),
        (Value::map([("city", Value::map([("names", text("x"))])), ("isp", text("i"))]), r#"["i"] None None"#),
        // A name that is no text is passed over once.
        (
            Value::map([
                ("city", Value::map([("names", Value::map([("de", Value::map([("a", text("b"))])), ("en", text("Munich"))]))])),
                ("isp", text("i")),
            ]),
            r#"["Munich", "i"] None None"#,
        ),
        (
            Value::map([
                ("city", Value::map([("names", Value::map([("de", Value::Array(vec![text("a"), text("b")]))]))])),
                ("isp", text("i")),
            ]),
            r#"["i"] None None"#,
        ),
        // Values of other types are left out, and what follows them is read.
        (
            Value::map([
                ("country", Value::U16(1)),
                ("subdivisions", text("x")),
                ("traits", Value::Array(vec![Value::map([])])),
                ("isp", text("i")),
            ]),
            r#"["i"] None None"#,
        ),
        (
            Value::map([("isp", Value::map([("isp", text("x"))])), ("asn", Value::map([("a", text("b"))])), ("domain", text("d"))]),
            r#"["d"] None None"#,
        ),
        (Value::map([("subdivisions", Value::Array(vec![])), ("isp", text("i"))]), r#"["i"] None None"#),
        (Value::map([("isp", text("")), ("asn", text("AS1x"))]), "[] None None"),
        (Value::map([("asn", text("AS4294967295")), ("radius", text(" 5 "))]), "[] Some(4294967295) Some(5)"),
        (Value::map([("asn", text("AS4294967296")), ("radius", Value::I32(-5))]), "[] None None"),
        (Value::map([("asn", Value::U64(u64::MAX))]), "[] None None"),
        // Of equal keys the first counts.
        (Value::map([("isp", text("a")), ("isp", text("b"))]), r#"["a"] None None"#),
    ] {
        assert_eq!(read(&record).as_deref(), Ok(expected), "{record:?}");
    }
    for record in [
        Value::map([("isp", Value::Raw(b"\x41\xff".to_vec()))]),
        Value::map([("isp", Value::pointer(100_000))]),
        Value::map([("isp", text(&"x".repeat(5_000)))]),
        Value::map([("location", Value::Raw(b"\xe1\x43lat\x20\x00".to_vec())), ("isp", Value::Raw(vec![0x43]))]),
    ] {
        assert!(read(&record).is_err(), "{record:?}");
    }
}

proptest! {
    /// What was read before, of the same places or of others, changes nothing. Names, places that point to them, and records that point to both.
    #[test]
    fn what_was_read_before_changes_nothing(
        places in proptest::collection::vec((0..4usize, 0..2u8), 3),
        records in proptest::collection::vec(proptest::collection::vec((0..6usize, 0..7usize), 1..5), 1..12),
    ) {
        let mut bytes = Vec::new();
        let mut targets = Vec::new();
        for name in [&b"\xe2\x42en\x41a\x42de\x41b"[..], b"\xe1\x42fr\x42cd", b"\xe1\x42de\xa1\x01"] {
            targets.push(bytes.len() as u8);
            bytes.extend(name);
        }
        for (name, code) in places {
            // Names of a place that are not shared make the place worth to be kept.
            let names = if name == 3 { b"\xe1\x42de\x41c".to_vec() } else { vec![0x20, targets[name]] };
            targets.push(bytes.len() as u8);
            bytes.extend([&b"\xe2\x48iso_code"[..], &[0x41, b'X' + code], b"\x45names", &names].concat());
        }
        targets.push(bytes.len() as u8);
        bytes.extend(b"\x42XX");
        prop_assert!(bytes.len() < 256);
        let mut starts = Vec::new();
        for record in records {
            starts.push(bytes.len());
            bytes.push(0xe0 | record.len() as u8);
            for (key, target) in record {
                let keys = [&b"\x44city"[..], b"\x47country", b"\x49continent", b"\x52registered_country", b"\x4csubdivisions\x01\x04", b"\x4ccountry_code"];
                bytes.extend([keys[key], &[0x20, targets[target]]].concat());
            }
        }
        let read = |at, seen: &mut Seen| Facts::read(&bytes, at, Layout::default(), &mut Reading { database: 0, language: "de", seen });
        let warm = &mut Seen::default();
        for at in starts.iter().chain(&starts) {
            let fresh = read(*at, &mut Seen::default());
            prop_assert!(fresh.is_ok());
            prop_assert_eq!(read(*at, warm), fresh, "at {}", at);
        }
    }

    /// Whatever the bytes are, there is an end and no panic.
    #[test]
    fn any_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..400), at in 0..400usize) {
        let seen = &mut Seen::default();
        let mut read = || Facts::read(&bytes, at, Layout::default(), &mut Reading { database: 0, language: "en", seen });
        let (once, again) = (read(), read());
        prop_assert_eq!(once.is_ok(), again.is_ok());
        if let (Ok(once), Ok(again)) = (once, again) {
            prop_assert_eq!(once, again);
        }
        let _ = crate::geo::languages::of_record(&bytes, at, &mut std::collections::BTreeSet::new());
        let _ = crate::geo::json::record(&bytes, at);
    }
}
