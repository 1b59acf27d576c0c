use super::super::ti_feed::tests::read;
use super::*;

fn shown(row: &Indicator) -> String {
    format!(
        "{} {} {} {} {}",
        row.line,
        row.ioc_type.as_deref().unwrap_or("-"),
        row.ioc.as_deref().unwrap_or("-"),
        row.severity.name(),
        row.threat.as_deref().unwrap_or("-")
    )
}

const BUNDLE: &str = r#"{"type": "bundle", "id": "bundle--1", "objects": [
{"type": "identity", "spec_version": "2.1", "id": "identity--1", "name": "Made Up CERT"},
{"type": "indicator", "id": "indicator--1", "created_by_ref": "identity--1", "name": "C2", "indicator_types": ["malicious-activity"], "confidence": 80, "pattern_type": "stix",
 "pattern": "[domain-name:value = 'c2.example.net' OR ipv4-addr:value = '198.51.100.7/32']", "valid_from": "2026-11-01T00:00:00Z", "valid_until": "2027-11-01T00:00:00Z", "labels": ["x"],
 "external_references": [{"source_name": "a"}, {"source_name": "b", "url": "https://example.com/r"}]},
{"type": "malware", "id": "malware--1", "name": "Pebble RAT", "is_family": true},
{"type": "attack-pattern", "id": "attack-pattern--1", "name": "Beaconing"},
{"type": "relationship", "id": "relationship--1", "relationship_type": "indicates", "source_ref": "indicator--1", "target_ref": "malware--1"},
{"type": "relationship", "id": "relationship--3", "relationship_type": "indicates", "source_ref": "indicator--1", "target_ref": "attack-pattern--1"},
{"type": "indicator", "id": "indicator--2", "revoked": true, "pattern_type": "stix", "pattern": "[url:value LIKE 'http://%']"},
{"type": "indicator", "id": "indicator--3", "pattern_type": "yara", "pattern": "rule x {}"},
{"type": "indicator", "id": "indicator--4", "pattern_type": "stix", "pattern": "[url:value = "},
{"type": "indicator", "id": "indicator--5"},
{"type": "file", "id": "file--1", "name": "a.exe", "hashes": {"MD5": "D41D8CD98F00B204E9800998ECF8427E", "SSDEEP": "3:x:y"}},
{"type": "ipv4-addr", "id": "ipv4-addr--1", "value": "198.51.100.9"},
{"type": "relationship", "id": "relationship--2", "relationship_type": "based-on", "source_ref": "indicator--1", "target_ref": "ipv4-addr--1"},
{"type": "observed-data", "id": "observed-data--1", "first_observed": "2026-11-01T00:00:00Z", "objects": {"0": {"type": "domain-name", "value": "seen.example.net"}}},
7
]}"#;

#[test]
fn a_bundle() {
    let rows = read(BUNDLE, &[]).unwrap();
    assert_eq!(
        rows.iter().map(shown).collect::<Vec<_>>(),
        [
            "3 domain c2.example.net high Pebble RAT",
            "3 ipv4 198.51.100.7 high Pebble RAT",
            "10 - - unknown -",
            "11 yara - unknown -",
            "12 - - unknown -",
            "13 - - unknown -",
            "14 md5 d41d8cd98f00b204e9800998ecf8427e unknown -",
            "14 ssdeep 3:x:y unknown -",
            "17 domain seen.example.net unknown -",
            "18 - - unknown -",
        ]
    );
    let first = &rows[0];
    assert_eq!((first.confidence, first.source.as_deref(), first.description.as_deref()), (Some(80), Some("Made Up CERT"), Some("C2")));
    assert_eq!((first.reference.as_deref(), first.tags.len(), first.is_active), (Some("https://example.com/r"), 2, None));
    assert_eq!((first.valid_from, first.valid_until), (Some(1_793_491_200_000_000), Some(1_825_027_200_000_000)));
    assert_eq!(
        (rows[2].is_active, rows[2].pattern.as_deref(), rows[2].unparsed.is_none()),
        (Some(false), Some("[url:value LIKE 'http://%']"), true)
    );
    assert_eq!(rows[4].unparsed.as_deref(), Some("[url:value ="));
    assert!(rows[5].unparsed.is_some() && rows[9].unparsed.as_deref() == Some("7"));
    assert_eq!((rows[8].first_seen, rows[8].id.as_deref()), (Some(1_793_491_200_000_000), Some("observed-data--1")));
}

#[test]
fn what_is_cut_off_gives_what_is_whole() {
    let whole = read(BUNDLE, &[]).unwrap().len();
    for at in (0..BUNDLE.len()).filter(|at| BUNDLE.is_char_boundary(*at)).step_by(7) {
        let rows = decode(BUNDLE.get(..at).unwrap(), None);
        assert!(rows.len() <= whole + 1, "{at}");
    }
    let half = decode(BUNDLE.get(..BUNDLE.find("\"malware\"").unwrap()).unwrap(), None);
    assert_eq!((half.len(), half[0].ioc.as_deref()), (3, Some("c2.example.net")));
    assert!(half[2].unparsed.as_deref().is_some_and(|text| text.starts_with("{\"type\":")));
}

#[test]
fn the_newest_version_of_an_object_counts() {
    let version = |modified: &str, value: &str, more: &str| {
        format!(r#"{{"type":"indicator","id":"indicator--1"{modified},"pattern":"[domain-name:value='{value}.example.net']"{more}}}"#)
    };
    let at = |day: &str, value: &str, more: &str| version(&format!(r#","modified":"2026-11-{day}T00:00:00.000Z""#), value, more);
    for (objects, expected) in [
        (vec![at("02", "new", ""), at("01", "old", "")], "new None"),
        (vec![version("", "undated", ""), at("01", "old", ""), at("02", "new", "")], "new None"),
        (vec![at("01", "old", ""), at("02", "old", r#","revoked":true"#)], "old Some(false)"),
        (vec![at("01", "same", ""), at("01", "same", "")], "same None same None"),
        (vec![version("", "a", ""), version("", "b", "")], "a None b None"),
    ] {
        let rows = read(&format!("{{\"type\":\"bundle\",\"objects\":[{}]}}", objects.join(",")), &[]).unwrap();
        let shown = |row: &Indicator| format!("{} {:?}", row.ioc.as_deref().unwrap_or("-").trim_end_matches(".example.net"), row.is_active);
        assert_eq!(rows.iter().map(shown).collect::<Vec<_>>().join(" "), expected, "{objects:?}");
    }
    let link = |day: &str, revoked: bool| {
        format!(
            r#"{{"type":"relationship","id":"relationship--1","modified":"2026-11-{day}T00:00:00Z","relationship_type":"indicates","source_ref":"indicator--1","target_ref":"malware--1","revoked":{revoked}}}"#
        )
    };
    let malware = r#"{"type":"malware","id":"malware--1","name":"Pebble RAT"}"#;
    let text = format!("[{malware},{},{},{}]", at("01", "a", ""), link("01", false), link("02", true));
    assert_eq!(read(&text, &[]).unwrap()[0].threat, None);
}

#[test]
fn one_object_is_no_more_than_a_document() {
    let hashes: Vec<String> = (0..50).map(|number| format!(r#""H{number}":"x{number}""#)).collect();
    let file = format!(r#"{{"type":"file","hashes":{{{}}}}}"#, hashes.join(","));
    let parts: Vec<String> = (0..50).map(|number| format!(r#""{number}":{file}"#)).collect();
    let observed = format!(r#"{{"type":"observed-data","id":"observed-data--1","objects":{{{}}}}}"#, parts.join(","));
    let names: Vec<String> = (0..2500).map(|number| format!("domain-name:value='{number}.example.net'")).collect();
    let indicator = format!(r#"{{"type":"indicator","pattern":"[{}]"}}"#, names.join(" OR "));
    for text in [observed, file, indicator] {
        let rows = decode_up_to(&text, None, 30);
        assert_eq!(rows.len(), 31);
        assert!(rows[29].ioc.is_some() && rows[30].unparsed.as_deref().is_some_and(|text| text.starts_with("more than")), "{rows:?}");
    }
}

/// Twice the observables in an object whose id is as long take twice as long, not four times.
#[test]
fn an_id_is_read_once() {
    let parts: Vec<String> =
        (0..9000).map(|number| format!(r#""{number}":{{"type":"domain-name","value":"{number}.example.net"}}"#)).collect();
    let text = format!(r#"{{"type":"observed-data","objects":{{{}}},"id":"{}"}}"#, parts.join(","), "\\u0041".repeat(1 << 17));
    let started = std::time::Instant::now();
    assert_eq!(decode(&text, None).len(), 9000);
    assert!(started.elapsed().as_secs() < 20, "{:?}", started.elapsed());
}

#[test]
fn lines_lists_and_lone_objects() {
    let one = r#"{"type":"indicator","id":"indicator--1","pattern":"[domain-name:value='a.example.net']"}"#;
    for (text, count) in [
        (one.to_owned(), 1),
        (format!("{one}\n{one}\n"), 2),
        (format!("[{one},{one}]"), 2),
        (format!("{{\"more\":false,\"objects\":[{one}]}}"), 1),
    ] {
        assert_eq!(read(&text, &[]).unwrap().iter().filter(|row| row.ioc.is_some()).count(), count, "{text}");
    }
    let deep = format!("{{\"type\":\"bundle\",\"objects\":[{}", "[".repeat(1 << 20));
    assert_eq!(decode(&deep, None).len(), 1);
}
