//! MaxMind's test databases, where they are.

use super::geoip;
use super::support::{Given, Row, all, ask, shared};
use huntsql_lookups::geo::{Asn, GeoIp, MmdbLookup};
use std::path::PathBuf;

#[test]
fn maxmind_databases() {
    let Some(folder) = shared("data/mmdb") else { return };
    let at = |name: &str| vec![folder.join(name).to_str().unwrap().to_owned()];
    let city = at("GeoIP2-City-Test.mmdb");
    for (ip, expected) in [
        (
            "81.2.69.160",
            "country_code=GB country=United Kingdom continent_code=EU continent=Europe state_code=ENG state=England city=London latitude=51.5142 \
             longitude=-0.0931 accuracy_km=100 time_zone=Europe/London registered_country_code=US network=81.2.69.160/27 status=ok",
        ),
        (
            "2.125.160.216",
            "country_code=GB country=United Kingdom continent_code=EU continent=Europe state_code=ENG state=England city=Boxford postal_code=OX1 latitude=51.75 \
             longitude=-1.25 accuracy_km=100 time_zone=Europe/London registered_country_code=FR network=2.125.160.216/29 status=ok",
        ),
        (
            "2001:480:10::1",
            "country_code=US country=United States continent_code=NA continent=North America state_code=CA state=California city=San Diego postal_code=92101 \
             latitude=32.7203 longitude=-117.1552 accuracy_km=20 time_zone=America/Los_Angeles registered_country_code=US network=2001:480:10::/48 status=ok",
        ),
        (
            "2a02:d300::1",
            "country_code=UA country=Ukraine continent_code=EU continent=Europe latitude=49.0 longitude=32.0 accuracy_km=100 registered_country_code=UA \
             network=2a02:d300::/29 status=ok",
        ),
    ] {
        assert_eq!(geoip(&city, ip).known(), expected, "{ip}");
    }
    let japanese =
        ask::<GeoIp>(&[Given::Text("database", &city[0]), Given::Text("language", "ja")], &[&["175.16.199.1"], &["2.125.160.216"]])
            .unwrap();
    let cities: Vec<_> = japanese.iter().flatten().map(|row| row.get("city")).collect();
    assert_eq!(cities, [Some("長春市"), Some("Boxford")]);
    assert_eq!(geoip(&at("GeoLite2-Country-Test.mmdb"), "2a02:ff80::1").get("country"), Some("Germany"));
    let systems = at("GeoLite2-ASN-Test.mmdb");
    let rows = ask::<Asn>(&[Given::List("database", &systems)], &[&["1.128.0.0"], &["12.81.92.1"], &["2600:6000::1"], &["89.160.20.112"]])
        .unwrap();
    assert_eq!(
        rows.iter().flatten().map(Row::known).collect::<Vec<_>>(),
        [
            "asn=1221 as_org=Telstra Pty Ltd network=1.128.0.0/11 status=ok",
            "asn=7018 as_org=AT&T Services network=12.81.92.0/22 status=ok",
            "asn=237 as_org=Merit Network Inc. network=2600:6000::/20 status=ok",
            "asn=29518 as_org=Bredband2 AB network=89.160.0.0/17 status=ok",
        ]
    );
}

/// Every record of every test database, by its own path: the crate's decoder agrees.
#[test]
fn all_records_of_maxmind_databases() {
    let Some(folder) = shared("data/mmdb") else { return };
    let files: Vec<PathBuf> = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert!(files.len() >= 4);
    for path in files {
        let reader = maxminddb::Reader::open_readfile(&path).unwrap();
        let file = path.to_str().unwrap().to_owned();
        let mut records = 0;
        for found in reader.networks(maxminddb::WithinOptions::default()).unwrap() {
            let found = found.unwrap();
            // What it says of IPv4 stands below ::/96 of the tree.
            let ip = match found.network().unwrap().ip() {
                std::net::IpAddr::V6(v6) if v6.segments()[..6] == [0; 6] => v6.to_ipv4().unwrap().to_string(),
                ip => ip.to_string(),
            };
            let expected: serde_json::Value = found.decode().unwrap().unwrap();
            let json = all::<MmdbLookup>(&[], &[&[Some(&ip), Some(&file)]]).unwrap().remove(0).unwrap();
            assert_eq!(serde_json::from_str::<serde_json::Value>(&json).unwrap(), expected, "{file} {ip}");
            let row = geoip(std::slice::from_ref(&file), &ip);
            let country = expected.pointer("/country/iso_code").and_then(|code| code.as_str());
            let latitude = expected.pointer("/location/latitude").map(|value| value.to_string());
            let asn = expected.pointer("/autonomous_system_number").map(|value| value.to_string());
            assert_eq!(
                (row.get("country_code"), row.get("latitude"), row.get("asn")),
                (country, latitude.as_deref(), asn.as_deref()),
                "{file} {ip}"
            );
            // A few records have nothing but marks that geoip has no field for.
            let says_something = ["city", "country", "continent", "registered_country", "location", "autonomous_system_number"];
            let status = if says_something.iter().any(|key| expected.get(*key).is_some()) { "ok" } else { "not_found" };
            assert_eq!(row.get("status"), Some(status), "{file} {ip} {expected}");
            records += 1;
        }
        assert!(records > 100, "{file}: {records}");
    }
}
