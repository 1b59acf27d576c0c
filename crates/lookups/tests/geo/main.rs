//! The functions of geo as a statement calls them, over made-up databases, the sample and, where they are, MaxMind's test databases.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "helpers of tests fail as tests do")]

mod damaged;
mod json;
mod layouts;
mod maxmind;
#[path = "../support/mod.rs"]
mod support;

use huntsql_fakes::mmdb::{Value, Writer};
use huntsql_lookups::geo::GeoIp;
use support::{Given, Row, ask};

fn sample() -> String {
    support::root().join("examples/geo/sample.mmdb").to_str().unwrap().to_owned()
}

fn geoip(databases: &[String], ip: &str) -> Row {
    ask::<GeoIp>(&[Given::List("database", databases)], &[&[ip]]).unwrap().remove(0).unwrap()
}

/// A database of one record for 1.0.0.0/8.
fn made(folder: &tempfile::TempDir, name: &str, database_type: &str, record: &Value) -> String {
    let path = folder.path().join(name);
    let mut writer = Writer::new(database_type, 6, 28);
    writer.insert("1.0.0.0/8", record);
    std::fs::write(&path, writer.finish()).unwrap();
    path.to_str().unwrap().to_owned()
}

#[test]
fn the_sample() {
    let place = geoip(&[sample()], "81.2.69.160");
    assert_eq!(
        place.known(),
        "country_code=GB country=United Kingdom continent_code=EU continent=Europe state_code=ENG state=England city=London postal_code=EC2V latitude=51.5142 \
         longitude=-0.0931 accuracy_km=10 time_zone=Europe/London registered_country_code=GB asn=20712 as_org=Andrews & Arnold Ltd network=81.2.69.0/24 status=ok"
    );
    assert!(geoip(&[sample()], "185.220.101.7").known().contains("is_anonymous=true is_tor=true is_hosting=true network=185.220.101.0/24"));
    assert_eq!(geoip(&[sample()], "2001:480:10::1").get("network"), Some("2001:480:10::/48"));
    let german =
        ask::<GeoIp>(&[Given::Text("database", &sample()), Given::Text("language", "DE")], &[&["89.160.20.113"], &["2001:480:10::1"]])
            .unwrap();
    let german: Vec<_> = german.into_iter().map(Option::unwrap).collect();
    assert_eq!((german[0].get("country"), german[0].get("state")), (Some("Schweden"), Some("Östergötland County")));
    assert_eq!(german[1].get("state"), Some("Kalifornien"));
}

#[test]
fn what_has_no_answer_has_a_status() {
    for (ip, status) in [
        ("10.0.0.1", "private"),
        ("fd00::1", "private"),
        ("127.0.0.1", "loopback"),
        ("169.254.0.1", "link_local"),
        ("100.64.0.1", "cgnat"),
        ("224.0.0.1", "multicast"),
        ("192.0.2.1", "documentation"),
        ("::ffff:10.0.0.1", "private"),
        ("2002:a00:1::", "private"),
        ("9.9.9.9", "not_found"),
        ("2a00::1", "not_found"),
        ("", "bad_address"),
        ("host.example", "bad_address"),
        ("10.0.0.1:80", "bad_address"),
        ("1.2.3", "bad_address"),
    ] {
        assert_eq!(geoip(&[sample()], ip).known(), format!("status={status}"), "{ip}");
    }
    let rows = support::ask_rows::<GeoIp>(&[Given::Text("database", &sample())], &[&[None], &[Some("8.8.8.8")]]).unwrap();
    assert!(rows[0].is_none() && rows[1].is_some());
}

#[test]
fn addresses_as_reports_write_them() {
    for ip in ["81.2.69.160", " 81[.]2[.]69[.]160 ", "81(dot)2(dot)69(dot)160", "::ffff:81.2.69.160"] {
        assert_eq!(geoip(&[sample()], ip).get("city"), Some("London"), "{ip}");
    }
}

/// Rows are asked ahead, and row by row where a batch is too large for that: it makes no difference.
#[test]
fn batches_of_every_size() {
    let ips: Vec<String> = (0..40_000u32)
        .map(|n| ["81.2.69.", "10.0.0.", "x", "8.8.8.", "9.9.9."][n as usize % 5].to_owned() + &(n % 256).to_string())
        .collect();
    let ask = |rows: &[String]| {
        let rows: Vec<[Option<&str>; 1]> = rows.iter().enumerate().map(|(n, ip)| [(n % 7 != 0).then_some(ip.as_str())]).collect();
        let said = support::ask_rows::<GeoIp>(&[Given::Text("database", &sample())], &rows.iter().map(|row| &row[..]).collect::<Vec<_>>());
        said.unwrap().into_iter().map(|row| row.map(|row| row.known())).collect::<Vec<_>>()
    };
    let whole = ask(&ips);
    assert_eq!(whole[..14_000], ask(&ips[..14_000]));
    for (n, (ip, said)) in ips.iter().zip(&whole).enumerate().take(2_000) {
        assert_eq!(said.is_none(), n % 7 == 0);
        if let Some(said) = said {
            assert_eq!(*said, geoip(&[sample()], ip).known(), "{ip}");
        }
    }
}

/// Places that have names in common and nothing else, and places that are met again as a whole.
#[test]
fn names_that_places_have_in_common() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.mmdb");
    let mut writer = Writer::new("GeoLite2-City", 4, 28);
    let names = || Value::names([("de", "Deutschland"), ("en", "Germany"), ("fr", "Allemagne")]);
    for network in 0..40u32 {
        let country = Value::map([("geoname_id", Value::U32(network / 2)), ("iso_code", Value::from("DE")), ("names", names())]);
        let registered = Value::map([("geoname_id", Value::U32(network)), ("iso_code", Value::from("AT")), ("names", names())]);
        let record = Value::map([("country", country), ("isp", Value::from("i")), ("registered_country", registered)]);
        writer.insert(&format!("1.{network}.0.0/16"), &record);
    }
    std::fs::write(&path, writer.finish()).unwrap();
    for (language, name) in [("en", "Germany"), ("de", "Deutschland"), ("fr", "Allemagne"), ("en", "Germany")] {
        let given = [Given::Text("database", path.to_str().unwrap()), Given::Text("language", language)];
        let ips: Vec<String> = (0..120).map(|at| format!("1.{}.0.{at}", at % 40)).collect();
        let said =
            ask::<GeoIp>(&given, &ips.iter().map(|ip| [ip.as_str()]).collect::<Vec<_>>().iter().map(|row| &row[..]).collect::<Vec<_>>());
        for (at, row) in said.unwrap().into_iter().enumerate() {
            let expected =
                format!("country_code=DE country={name} registered_country_code=AT isp=i network=1.{}.0.0/16 status=ok", at % 40);
            assert_eq!(row.unwrap().known(), expected, "{language} {at}");
        }
    }
}
