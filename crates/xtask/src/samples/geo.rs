//! A small database of places, so that examples and tests of `geoip` need nobody's account. What it says is made up, or well known.

use huntsql_fakes::mmdb::{Value, Writer};

type Names = &'static [(&'static str, &'static str)];

const EUROPE: (&str, Names) = ("EU", &[("de", "Europa"), ("en", "Europe")]);
const ASIA: (&str, Names) = ("AS", &[("de", "Asien"), ("en", "Asia")]);
const AMERICA: (&str, Names) = ("NA", &[("de", "Nordamerika"), ("en", "North America")]);

const BRITAIN: (&str, Names) = ("GB", &[("de", "Vereinigtes Königreich"), ("en", "United Kingdom")]);
const SWEDEN: (&str, Names) = ("SE", &[("de", "Schweden"), ("en", "Sweden")]);
const CHINA: (&str, Names) = ("CN", &[("de", "China"), ("en", "China")]);
const STATES: (&str, Names) = ("US", &[("de", "USA"), ("en", "United States")]);
const GERMANY: (&str, Names) = ("DE", &[("de", "Deutschland"), ("en", "Germany")]);
const AUSTRALIA: (&str, Names) = ("AU", &[("de", "Australien"), ("en", "Australia")]);

/// The file.
pub(super) fn database() -> Vec<u8> {
    let mut writer = Writer::new("huntsql-Sample", 6, 24);
    for (network, record) in [
        ("1.1.1.0/24", [owner(13335, "Cloudflare, Inc."), registered(AUSTRALIA)].concat()),
        ("2606:4700:4700::/48", [owner(13335, "Cloudflare, Inc."), registered(STATES)].concat()),
        (
            "8.8.8.0/24",
            [owner(15169, "Google LLC"), country(AMERICA, STATES), at(37.751, -97.822, 1000, "America/Chicago"), registered(STATES)]
                .concat(),
        ),
        (
            "81.2.69.0/24",
            [
                owner(20712, "Andrews & Arnold Ltd"),
                country(EUROPE, BRITAIN),
                city(("ENG", &[("en", "England")]), &[("en", "London")], "EC2V"),
                at(51.5142, -0.0931, 10, "Europe/London"),
                registered(BRITAIN),
            ]
            .concat(),
        ),
        (
            "89.160.20.112/28",
            [
                owner(29518, "Bredband2 AB"),
                country(EUROPE, SWEDEN),
                city(("E", &[("en", "Östergötland County")]), &[("en", "Linköping")], "582 22"),
                at(58.4167, 15.6167, 76, "Europe/Stockholm"),
                registered(SWEDEN),
            ]
            .concat(),
        ),
        (
            "175.16.199.0/24",
            [
                owner(4837, "CHINA UNICOM China169 Backbone"),
                country(ASIA, CHINA),
                city(("22", &[("en", "Jilin Sheng")]), &[("en", "Changchun")], ""),
                at(43.88, 125.3228, 100, "Asia/Harbin"),
                registered(CHINA),
            ]
            .concat(),
        ),
        (
            "2001:480:10::/48",
            [
                country(AMERICA, STATES),
                city(("CA", &[("de", "Kalifornien"), ("en", "California")]), &[("en", "San Diego")], "92101"),
                at(32.7203, -117.1552, 20, "America/Los_Angeles"),
                registered(STATES),
            ]
            .concat(),
        ),
        (
            "185.220.101.0/24",
            [
                owner(60729, "Stiftung Erneuerbare Freiheit"),
                country(EUROPE, GERMANY),
                at(51.2993, 9.491, 200, "Europe/Berlin"),
                registered(GERMANY),
                vec![(
                    "traits",
                    Value::map(["is_anonymous", "is_hosting_provider", "is_tor_exit_node"].map(|mark| (mark, Value::Bool(true)))),
                )],
            ]
            .concat(),
        ),
    ] {
        writer.insert(network, &Value::map(record));
    }
    writer.finish()
}

type Entries = Vec<(&'static str, Value)>;

fn owner(asn: u32, name: &str) -> Entries {
    vec![("autonomous_system_number", Value::U32(asn)), ("autonomous_system_organization", Value::from(name))]
}

fn names(names: Names) -> (&'static str, Value) {
    ("names", Value::names(names.iter().copied()))
}

fn country(continent: (&str, Names), country: (&str, Names)) -> Entries {
    vec![
        ("continent", Value::map([("code", Value::from(continent.0)), names(continent.1)])),
        ("country", Value::map([("iso_code", Value::from(country.0)), names(country.1)])),
    ]
}

fn registered(country: (&str, Names)) -> Entries {
    vec![("registered_country", Value::map([("iso_code", Value::from(country.0)), names(country.1)]))]
}

fn city(state: (&str, Names), city: Names, postal_code: &str) -> Entries {
    vec![
        ("subdivisions", Value::Array(vec![Value::map([("iso_code", Value::from(state.0)), names(state.1)])])),
        ("city", Value::map([names(city)])),
        ("postal", Value::map([("code", Value::from(postal_code))])),
    ]
}

fn at(latitude: f64, longitude: f64, accuracy_km: u16, time_zone: &str) -> Entries {
    let location = [
        ("accuracy_radius", Value::U16(accuracy_km)),
        ("latitude", Value::Double(latitude)),
        ("longitude", Value::Double(longitude)),
        ("time_zone", Value::from(time_zone)),
    ];
    vec![("location", Value::map(location))]
}
