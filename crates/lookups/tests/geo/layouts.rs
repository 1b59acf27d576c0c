//! What databases of different makers say, one by itself and several at once.

use super::support::{Given, Row, ask};
use super::{geoip, made};
use huntsql_fakes::mmdb::{Value, Writer};
use huntsql_lookups::geo::Asn;

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
