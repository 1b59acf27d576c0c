//! The functions of geo as a statement calls them, over made-up databases, the sample and, where they are, MaxMind's test databases.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "helpers of tests fail as tests do")]

mod support;

use huntsql_fakes::mmdb::{Value, Writer};
use huntsql_lookups::geo::{Asn, GeoIp, MmdbLookup};
use std::path::PathBuf;
use support::{Given, Row, all, ask, shared};

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

/// The layouts of others, as their documentation describes them.
#[test]
fn layouts() {
    let folder = tempfile::tempdir().unwrap();
    let text = |text: &str| Value::from(text);
    let yes = Value::Bool(true);
    for (name, database_type, record, expected) in [
        (
            "anonymous",
            "GeoIP2-Anonymous-IP",
            Value::map([("is_anonymous", yes.clone()), ("is_anonymous_vpn", yes.clone()), ("is_hosting_provider", yes.clone())]),
            "is_anonymous=true is_vpn=true is_proxy=false is_tor=false is_hosting=true",
        ),
        (
            "isp",
            "GeoIP2-ISP",
            Value::map([
                ("autonomous_system_number", Value::U32(1221)),
                ("autonomous_system_organization", text("Telstra Pty Ltd")),
                ("isp", text("Telstra Internet")),
                ("organization", text("Telstra")),
            ]),
            "asn=1221 as_org=Telstra Pty Ltd isp=Telstra Internet organization=Telstra",
        ),
        (
            "enterprise",
            "GeoIP2-Enterprise",
            Value::map([
                (
                    "country",
                    Value::map([
                        ("confidence", Value::U16(99)),
                        ("iso_code", text("US")),
                        ("names", Value::names([("en", "United States")])),
                    ]),
                ),
                (
                    "traits",
                    Value::map([
                        ("autonomous_system_number", Value::U32(14_671)),
                        ("domain", text("frpt.net")),
                        ("is_anonymous_proxy", yes.clone()),
                        ("isp", text("Fairpoint")),
                        ("static_ip_score", Value::Double(0.34)),
                        ("user_type", text("residential")),
                    ]),
                ),
            ]),
            "country_code=US country=United States asn=14671 isp=Fairpoint domain=frpt.net user_type=residential is_anonymous=true",
        ),
        (
            "dbip",
            "DBIP-City-Lite",
            Value::map([
                ("city", Value::map([("names", Value::names([("en", "Sydney (Haymarket)")]))])),
                (
                    "continent",
                    Value::map([
                        ("code", text("OC")),
                        ("geoname_id", Value::U32(6_255_151)),
                        ("names", Value::names([("en", "Oceania"), ("fa", "x")])),
                    ]),
                ),
                (
                    "country",
                    Value::map([
                        ("iso_code", text("AU")),
                        ("is_in_european_union", Value::Bool(false)),
                        ("names", Value::names([("en", "Australia")])),
                    ]),
                ),
                ("location", Value::map([("latitude", Value::Double(-33.8688)), ("longitude", Value::Double(151.209))])),
                ("subdivisions", Value::Array(vec![Value::map([("names", Value::names([("en", "New South Wales")]))])])),
            ]),
            "country_code=AU country=Australia continent_code=OC continent=Oceania state=New South Wales city=Sydney (Haymarket) latitude=-33.8688 longitude=151.209",
        ),
        (
            "ipinfo_lite",
            "ipinfo generic_bundle_free.mmdb",
            Value::map([
                ("as_domain", text("google.com")),
                ("as_name", text("Google LLC")),
                ("asn", text("AS15169")),
                ("continent", text("North America")),
                ("continent_code", text("NA")),
                ("country", text("United States")),
                ("country_code", text("US")),
                ("network", text("1.0.0.0/8")),
            ]),
            "country_code=US country=United States continent_code=NA continent=North America asn=15169 as_org=Google LLC domain=google.com",
        ),
        (
            "ipinfo_country_asn",
            "ipinfo generic_country_free_country_asn.mmdb",
            Value::map([
                ("continent", text("NA")),
                ("continent_name", text("North America")),
                ("country", text("US")),
                ("country_name", text("United States")),
            ]),
            "country_code=US country=United States continent_code=NA continent=North America",
        ),
        (
            "ipinfo_location",
            "ipinfo standard_location.mmdb",
            Value::map([
                ("city", text("Mountain View")),
                ("country", text("US")),
                ("lat", text("37.4056")),
                ("lng", text("-122.0775")),
                ("postal_code", text("94043")),
                ("region", text("California")),
                ("region_code", text("CA")),
                ("timezone", text("America/Los_Angeles")),
            ]),
            "country_code=US state_code=CA state=California city=Mountain View postal_code=94043 latitude=37.4056 longitude=-122.0775 time_zone=America/Los_Angeles",
        ),
        (
            "ipinfo_privacy",
            "ipinfo standard_privacy.mmdb",
            Value::map([("hosting", text("true")), ("proxy", text("")), ("relay", text("")), ("tor", text("")), ("vpn", text("true"))]),
            "is_anonymous=true is_vpn=true is_proxy=false is_tor=false is_hosting=true",
        ),
        (
            "ipinfo_asn",
            "ipinfo standard_asn.mmdb",
            Value::map([
                ("asn", text("AS24940")),
                ("domain", text("hetzner.com")),
                ("name", text("Hetzner Online GmbH")),
                ("type", text("hosting")),
            ]),
            "asn=24940 as_org=Hetzner Online GmbH domain=hetzner.com user_type=hosting",
        ),
        (
            "floats",
            "other",
            Value::map([("latitude", Value::Float(37.386)), ("longitude", Value::I32(-122))]),
            "latitude=37.386 longitude=-122.0",
        ),
    ] {
        let path = made(&folder, &format!("{name}.mmdb"), database_type, &record);
        assert_eq!(geoip(std::slice::from_ref(&path), "1.2.3.4").known(), format!("{expected} network=1.0.0.0/8 status=ok"), "{name}");
    }
    // A record without anything that is known here says nothing.
    for (name, record) in [("strange", Value::map([("colour", text("blue"))])), ("text", text("x")), ("empty", Value::map([]))] {
        let path = made(&folder, &format!("{name}.mmdb"), "other", &record);
        assert_eq!(geoip(&[path], "1.2.3.4").known(), "status=not_found", "{name}");
    }
}

#[test]
fn several_databases_are_one() {
    let folder = tempfile::tempdir().unwrap();
    let place = |code: &str, latitude: f64| {
        Value::map([
            ("country", Value::map([("iso_code", Value::from(code))])),
            ("location", Value::map([("latitude", Value::Double(latitude)), ("longitude", Value::Double(2.0))])),
        ])
    };
    let a = made(&folder, "a.mmdb", "Country", &Value::map([("country", Value::map([("iso_code", Value::from("AA"))]))]));
    let b = made(&folder, "b.mmdb", "City", &place("BB", 1.0));
    let c = made(&folder, "c.mmdb", "GeoLite2-ASN", &Value::map([("autonomous_system_number", Value::U32(7))]));
    let known = |databases: &[&String]| geoip(&databases.iter().map(|path| (*path).clone()).collect::<Vec<_>>(), "1.2.3.4").known();
    assert_eq!(known(&[&a, &b, &c]), "country_code=AA latitude=1.0 longitude=2.0 asn=7 network=1.0.0.0/8 status=ok");
    assert_eq!(known(&[&c, &b, &a]), "country_code=BB latitude=1.0 longitude=2.0 asn=7 network=1.0.0.0/8 status=ok");
    // A folder is its databases by name.
    assert_eq!(known(&[&folder.path().to_str().unwrap().to_owned()]), known(&[&a, &b, &c]));
    // Of the narrowest network everything is true.
    let narrow = folder.path().join("narrow.db");
    std::fs::write(
        &narrow,
        Writer::new("GeoLite2-ASN", 4, 24).with("1.2.3.0/24", &Value::map([("autonomous_system_number", Value::U32(9))])).finish(),
    )
    .unwrap();
    let narrow = narrow.to_str().unwrap().to_owned();
    assert_eq!(known(&[&b, &narrow]), "country_code=BB latitude=1.0 longitude=2.0 asn=9 network=1.2.3.0/24 status=ok");
    // asn is asked of the databases that know of it: its network is theirs.
    let rows = ask::<Asn>(&[Given::List("database", &[a.clone(), b, c])], &[&["1.2.3.4"], &["9.9.9.9"]]).unwrap();
    assert_eq!(rows.iter().flatten().map(Row::known).collect::<Vec<_>>(), ["asn=7 network=1.0.0.0/8 status=ok", "status=not_found"]);
    let error = ask::<Asn>(&[Given::Text("database", &a)], &[&["1.2.3.4"]]).unwrap_err();
    assert!(
        error.contains("must name a database of autonomous systems, such as GeoLite2-ASN.mmdb; '") && error.ends_with("a.mmdb' is Country"),
        "{error}"
    );
}

#[test]
fn wrong_options_and_files() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, bytes: &[u8]| {
        std::fs::write(folder.path().join(name), bytes).unwrap();
        folder.path().join(name).to_str().unwrap().to_owned()
    };
    let (broken, none) = (file("broken.mmdb", b"not a database"), folder.path().join("none.mmdb").to_str().unwrap().to_owned());
    for (given, expected) in [
        (Given::Text("database", &none), "geoip: option 'database' names '"),
        (Given::Text("database", &none), "none.mmdb', which cannot be read: No such file"),
        (Given::Text("database", &broken), "broken.mmdb', which cannot be read: it is not a sound MMDB file"),
        (Given::Text("database", ""), "must name a file, got an empty text or list"),
        (Given::List("database", &[]), "must name a file, got an empty text or list"),
        (Given::Text("databse", "x"), "unknown option 'databse', did you mean 'database'?"),
        (Given::Text("language", "xx"), "must be one of de, en, got 'xx'"),
    ] {
        let sample = sample();
        let mut options = vec![Given::Text("database", &sample)];
        if matches!(given, Given::Text("language", _)) {
            options.push(given)
        } else {
            options = vec![given]
        };
        let error = ask::<GeoIp>(&options, &[&["8.8.8.8"]]).unwrap_err();
        assert!(error.contains(expected), "{error}");
    }
    // Without a row that asks, nothing is opened.
    assert!(support::ask_rows::<GeoIp>(&[], &[&[None]]).is_ok());
}

/// The sample with bytes changed: an error, or rows. No panic (it would be an error that asks for a report), no endless loop.
#[test]
fn damaged_files() {
    let folder = tempfile::tempdir().unwrap();
    let sound = std::fs::read(sample()).unwrap();
    let mut seed = 1u64;
    let mut roll = |sides: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) as usize % sides
    };
    let ips: &[&[&str]] = &[&["81.2.69.160"], &["8.8.8.8"], &["1.1.1.1"], &["2001:480:10::1"], &["10.0.0.1"], &["175.16.199.1"]];
    let mut opened = 0;
    for turn in 0..600 {
        let mut bytes = sound.clone();
        for _ in 0..1 + roll(8) {
            // The tree, the data, the metadata: each as often.
            let at = [roll(sound.len()), sound.len() / 2 + roll(sound.len() / 2), sound.len() - 1 - roll(300)][roll(3)];
            bytes[at] = roll(256) as u8;
        }
        let path = folder.path().join(format!("{turn}.mmdb"));
        std::fs::write(&path, &bytes).unwrap();
        let path = path.to_str().unwrap();
        let mut check = |error: Option<String>| match error {
            Some(error) => assert!(!error.contains("internal error"), "{turn}: {error}"),
            None => opened += 1,
        };
        check(ask::<GeoIp>(&[Given::Text("database", path), Given::Text("language", "de")], ips).err());
        check(ask::<Asn>(&[Given::Text("database", path)], ips).err());
        ips.iter().for_each(|ip| check(all::<MmdbLookup>(&[], &[&[Some(ip[0]), Some(path)]]).err()));
    }
    assert!(opened > 1_000, "{opened}");
}

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
