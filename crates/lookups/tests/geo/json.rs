//! Records as JSON.

use super::support::all;
use super::{made, sample};
use huntsql_fakes::mmdb::Value;
use huntsql_lookups::geo::MmdbLookup;

#[test]
fn everything_as_json() {
    let folder = tempfile::tempdir().unwrap();
    let record = Value::map([
        ("z", Value::Array(vec![Value::Bool(false), Value::from("ü\"\n"), Value::Bytes(vec![0, 0xfe])])),
        ("a", Value::map([("y", Value::U128(u128::MAX)), ("x", Value::U64(u64::MAX))])),
        (
            "f",
            Value::Array(vec![
                Value::Float(0.1),
                Value::Double(0.1),
                Value::Double(f64::NAN),
                Value::I32(-5),
                Value::U16(0),
                Value::U32(u32::MAX),
            ]),
        ),
    ]);
    let path = made(&folder, "all.mmdb", "any", &record);
    let json = |ip: &str| all::<MmdbLookup>(&[], &[&[Some(ip), Some(&path)]]).map(|mut texts| texts.remove(0));
    assert_eq!(
        json("1.2.3.4").unwrap().as_deref(),
        Some(
            r#"{"a":{"x":18446744073709551615,"y":"340282366920938463463374607431768211455"},"f":[0.1,0.1,null,-5,0,4294967295],"z":[false,"ü\"\n","00fe"]}"#
        )
    );
    assert_eq!((json("2.2.3.4"), json("x")), (Ok(None), Ok(None)));
    assert_eq!(all::<MmdbLookup>(&[], &[&[None, Some("none")], &[Some("1.1.1.1"), None]]), Ok(vec![None, None]));
    let error = all::<MmdbLookup>(&[], &[&[Some("1.1.1.1"), Some("none.mmdb")]]).unwrap_err();
    assert!(error.starts_with("mmdb_lookup: argument 'file' names 'none.mmdb', which cannot be read: No such file"), "{error}");
    let error = all::<MmdbLookup>(&[], &[&[Some("1.1.1.1"), folder.path().to_str()]]).unwrap_err();
    assert!(error.starts_with("mmdb_lookup: argument 'file' must name a file, got the folder '"), "{error}");
    // Files may differ from row to row.
    assert_eq!(
        all::<MmdbLookup>(&[], &[&[Some("8.8.8.8"), Some(&sample())], &[Some("8.8.8.8"), Some(&path)]]).unwrap().iter().flatten().count(),
        1
    );
}
