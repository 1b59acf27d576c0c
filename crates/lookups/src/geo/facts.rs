//! What a record says of an address, whoever made the database.
//!
//! The layouts differ in their keys and in the types of the values, so each key is read by what stands there: `country` is a map with MaxMind and DB-IP, a
//! code in IPinfo's older databases, a name in IPinfo Lite.

use super::names::Names;
use super::section::{Damaged, Inner, Item, Section};
use super::values::{asn, boolean, float, integer, is_code};
use std::collections::BTreeSet;

/// The texts, in the order of [`Facts::texts`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Text {
    CountryCode,
    Country,
    ContinentCode,
    Continent,
    StateCode,
    State,
    City,
    PostalCode,
    TimeZone,
    RegisteredCountryCode,
    AsOrg,
    Isp,
    Organization,
    Domain,
    UserType,
}

/// How many there are.
pub(crate) const TEXTS: usize = Text::UserType as usize + 1;

/// What can be true of an address, in the order of [`Facts::flags`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Flag {
    Anonymous,
    Vpn,
    Proxy,
    Tor,
    Hosting,
}

/// How many there are.
pub(crate) const FLAGS: usize = Flag::Hosting as usize + 1;

/// What is known of an address.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Facts<'a> {
    pub(crate) texts: [Option<&'a str>; TEXTS],
    pub(crate) flags: [Option<bool>; FLAGS],
    pub(crate) latitude: Option<f64>,
    pub(crate) longitude: Option<f64>,
    pub(crate) accuracy_km: Option<i32>,
    pub(crate) asn: Option<u32>,
}

/// What the type of a database says about its records that their keys do not.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Layout {
    /// `name` is that of an autonomous system.
    is_asn: bool,
    /// A record has only the marks that are true: all others are false.
    only_true_marks: bool,
}

impl Layout {
    /// Of a database that calls itself so: `GeoLite2-City`, `ipinfo standard_privacy.mmdb`.
    pub(crate) fn of(database_type: &str) -> Self {
        let name = database_type.to_ascii_lowercase();
        Self { is_asn: name.contains("asn"), only_true_marks: name.contains("anonymous") || name.contains("privacy") }
    }
}

/// Most values of a record; those of real records are below 200.
const MAX_VALUES: u32 = 8_192;
/// Longest text; real ones have some hundred bytes.
const MAX_TEXT: usize = 4_096;
/// Longest name of a language that is one (RFC 5646, 4.4.1).
const MAX_LANGUAGE: usize = 35;

type Result<T> = std::result::Result<T, Damaged>;

/// What the names of a record are read with.
#[derive(Debug)]
pub(crate) struct Reading<'n> {
    /// Number of the database among those that share `names`.
    pub(crate) database: u32,
    /// Names are in this language, else in English, else the first.
    pub(crate) language: &'n str,
    /// What was chosen before.
    pub(crate) names: &'n mut Names,
}

impl<'a> Facts<'a> {
    /// Reads the record at `at`.
    pub(crate) fn read(section: &'a [u8], at: usize, layout: Layout, how: &mut Reading<'_>) -> Result<Self> {
        let mut facts = Self::default();
        let mut section = Section::new(section, at, MAX_VALUES);
        match section.next()? {
            Item::Map(inner) => facts.read_record(&mut section, inner, layout, how)?,
            // A database of something else.
            _ => return Ok(facts),
        }
        if layout.only_true_marks {
            facts.flags.iter_mut().for_each(|flag| *flag = Some(flag.unwrap_or(false)));
        }
        Ok(facts)
    }

    /// Fills in what `other` has and this has not.
    pub(crate) fn merge(&mut self, other: &Self) {
        self.texts.iter_mut().zip(&other.texts).for_each(|(text, other)| *text = text.or(*other));
        self.flags.iter_mut().zip(&other.flags).for_each(|(flag, other)| *flag = flag.or(*other));
        // One place: never the latitude of one database with the longitude of another.
        if self.latitude.is_none() || self.longitude.is_none() {
            (self.latitude, self.longitude, self.accuracy_km) = (other.latitude, other.longitude, other.accuracy_km);
        }
        self.asn = self.asn.or(other.asn);
    }

    /// Whether nothing is known.
    pub(crate) fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    fn read_record(&mut self, section: &mut Section<'a>, inner: Inner, layout: Layout, how: &mut Reading<'_>) -> Result<()> {
        section.map(inner, |section, key, item| {
            match (key, item) {
                (b"country", Item::Map(inner)) => self.read_place(section, inner, Text::CountryCode, Text::Country, how),
                (b"continent", Item::Map(inner)) => self.read_place(section, inner, Text::ContinentCode, Text::Continent, how),
                (b"city", Item::Map(inner)) => section.map(inner, |section, key, item| match (key, item) {
                    (b"names", Item::Map(inner)) => self.read_names(section, inner, Text::City, how),
                    _ => section.skip(item),
                }),
                // The largest comes first.
                (b"subdivisions", Item::Array(inner)) => section.array(inner, |section, index, item| match item {
                    Item::Map(inner) if index == 0 => self.read_place(section, inner, Text::StateCode, Text::State, how),
                    _ => section.skip(item),
                }),
                (b"registered_country", Item::Map(inner)) => section.map(inner, |section, key, item| match key {
                    b"iso_code" => self.put_text(section, Text::RegisteredCountryCode, item),
                    _ => section.skip(item),
                }),
                (b"postal", Item::Map(inner)) => section.map(inner, |section, key, item| match key {
                    b"code" => self.put_text(section, Text::PostalCode, item),
                    _ => section.skip(item),
                }),
                (b"location" | b"traits", Item::Map(inner)) => {
                    section.map(inner, |section, key, item| self.read_flat(section, key, item, layout))
                }
                _ => self.read_flat(section, key, item, layout),
            }
        })
    }

    /// A map of a code and names.
    fn read_place(&mut self, section: &mut Section<'a>, inner: Inner, code: Text, name: Text, how: &mut Reading<'_>) -> Result<()> {
        section.map(inner, |section, key, item| match (key, item) {
            (b"iso_code" | b"code", _) => self.put_text(section, code, item),
            (b"names", Item::Map(inner)) => self.read_names(section, inner, name, how),
            _ => section.skip(item),
        })
    }

    fn read_names(&mut self, section: &mut Section<'a>, inner: Inner, to: Text, how: &mut Reading<'_>) -> Result<()> {
        // Only what was pointed to is met again.
        let key = section.shared(inner).map(|at| (how.database, at));
        if let Some(chosen) = key.and_then(|key| how.names.get(key))
            && section.pass(inner, u32::from(chosen.values))
        {
            let name = chosen.start.and_then(|start| section.bytes_at(start, chosen.length));
            return name.map_or(Ok(()), |name| self.put_text(section, to, Item::Text(name)));
        }
        let left = section.left();
        let (mut wanted, mut english, mut first) = (None, None, None);
        section.map(inner, |section, key, item| {
            // A name that is no text is none.
            if let Item::Text(text) = item {
                if key == how.language.as_bytes() {
                    wanted = Some(text);
                } else if key == b"en" {
                    english = Some(text);
                } else if first.is_none() {
                    first = Some(text);
                }
            }
            section.skip(item)
        })?;
        let name = wanted.or(english).or(first);
        if let Some(key) = key
            && let Ok(values) = u16::try_from(left - section.left())
            && let Some(chosen) = section.chosen(name, values)
        {
            how.names.put(key, chosen);
        }
        name.map_or(Ok(()), |name| self.put_text(section, to, Item::Text(name)))
    }

    /// The keys of flat layouts, and of the maps `location` and `traits`.
    fn read_flat(&mut self, section: &mut Section<'a>, key: &[u8], item: Item<'a>, layout: Layout) -> Result<()> {
        let text = match key {
            b"latitude" | b"lat" => return self.put(section, item, |facts, item| facts.latitude = facts.latitude.or(float(item))),
            b"longitude" | b"lng" | b"lon" => {
                return self.put(section, item, |facts, item| facts.longitude = facts.longitude.or(float(item)));
            }
            b"accuracy_radius" | b"radius" => {
                return self.put(section, item, |facts, item| {
                    facts.accuracy_km = facts.accuracy_km.or(integer(item).and_then(|km| i32::try_from(km).ok()).filter(|km| *km >= 0))
                });
            }
            b"autonomous_system_number" | b"asn" | b"as_number" => {
                return self.put(section, item, |facts, item| facts.asn = facts.asn.or(asn(item)));
            }
            b"is_anonymous" | b"is_anonymous_proxy" => return self.mark(section, item, &[Flag::Anonymous]),
            b"is_anonymous_vpn" | b"is_vpn" | b"vpn" => return self.mark(section, item, &[Flag::Vpn, Flag::Anonymous]),
            b"is_public_proxy" | b"is_residential_proxy" | b"is_proxy" | b"proxy" => {
                return self.mark(section, item, &[Flag::Proxy, Flag::Anonymous]);
            }
            b"relay" | b"is_relay" => return self.mark(section, item, &[Flag::Anonymous]),
            b"is_tor_exit_node" | b"is_tor" | b"tor" => return self.mark(section, item, &[Flag::Tor, Flag::Anonymous]),
            b"is_hosting_provider" | b"is_hosting" | b"hosting" => return self.mark(section, item, &[Flag::Hosting]),
            b"country" => {
                if is_code(item) {
                    Text::CountryCode
                } else {
                    Text::Country
                }
            }
            b"continent" => {
                if is_code(item) {
                    Text::ContinentCode
                } else {
                    Text::Continent
                }
            }
            b"country_code" => Text::CountryCode,
            b"country_name" => Text::Country,
            b"continent_code" => Text::ContinentCode,
            b"continent_name" => Text::Continent,
            b"region_code" | b"state_code" => Text::StateCode,
            b"region" | b"region_name" | b"state" | b"state1" => Text::State,
            b"city" | b"city_name" => Text::City,
            b"postal" | b"postal_code" | b"postcode" | b"zip" | b"zip_code" => Text::PostalCode,
            b"time_zone" | b"timezone" => Text::TimeZone,
            b"autonomous_system_organization" | b"as_name" | b"as_org" | b"as_organization" => Text::AsOrg,
            b"name" if layout.is_asn => Text::AsOrg,
            b"isp" => Text::Isp,
            b"organization" => Text::Organization,
            b"domain" | b"as_domain" => Text::Domain,
            b"user_type" => Text::UserType,
            b"type" if layout.is_asn => Text::UserType,
            _ => return section.skip(item),
        };
        self.put_text(section, text, item)
    }

    fn put(&mut self, section: &mut Section<'a>, item: Item<'a>, put: impl FnOnce(&mut Self, Item<'a>)) -> Result<()> {
        put(self, item);
        section.skip(item)
    }

    /// The first text of a record counts; an empty one says nothing.
    #[inline]
    fn put_text(&mut self, section: &mut Section<'a>, to: Text, item: Item<'a>) -> Result<()> {
        let Item::Text(bytes) = item else { return section.skip(item) };
        if bytes.len() > MAX_TEXT {
            return Err(Damaged { at: 0, what: "a text is too long" });
        }
        if let Some(text @ None) = self.texts.get_mut(to as usize)
            && !bytes.is_empty()
        {
            *text = Some(section.utf8(bytes)?);
        }
        Ok(())
    }

    /// What is true of the first is true of all; what is false is false of the first only.
    fn mark(&mut self, section: &mut Section<'a>, item: Item<'a>, flags: &[Flag]) -> Result<()> {
        if let Some(is) = boolean(item) {
            for flag in flags.iter().take(if is { flags.len() } else { 1 }) {
                if let Some(known) = self.flags.get_mut(*flag as usize) {
                    *known = Some(is || known.unwrap_or(false));
                }
            }
        }
        section.skip(item)
    }
}

/// Adds the languages that the record at `at` has names in.
pub(crate) fn languages(section: &[u8], at: usize, into: &mut BTreeSet<String>) -> Result<()> {
    fn of(section: &mut Section<'_>, item: Item<'_>, are_names: bool, into: &mut BTreeSet<String>) -> Result<()> {
        match item {
            Item::Map(inner) => section.map(inner, |section, key, item| {
                if are_names && key.len() <= MAX_LANGUAGE {
                    into.insert(section.utf8(key)?.to_owned());
                }
                of(section, item, key == b"names", into)
            }),
            Item::Array(inner) => section.array(inner, |section, _, item| of(section, item, false, into)),
            _ => Ok(()),
        }
    }
    let mut section = Section::new(section, at, MAX_VALUES);
    let item = section.next()?;
    of(&mut section, item, false, into)
}

#[cfg(test)]
mod tests {
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
        let names = &mut Names::default();
        let mut read = || Facts::read(database.section(), at, Layout::default(), &mut Reading { database: 0, language: "de", names });
        let (once, again) = (read(), read());
        assert_eq!(once, again);
        once.map(|facts| format!("{:?} {:?} {:?}", facts.texts.iter().flatten().collect::<Vec<_>>(), facts.asn, facts.accuracy_km))
    }

    #[test]
    fn what_stands_where_something_else_should() {
        let text = |text: &str| Value::from(text);
        for (record, expected) in [
            // Names in the language asked for, in English, in another.
            (
                Value::map([("city", Value::map([("names", Value::names([("en", "Munich"), ("de", "München")]))]))]),
                r#"["München"] None None"#,
            ),
            (
                Value::map([("city", Value::map([("names", Value::names([("fr", "Munich"), ("en", "Munich!")]))]))]),
                r#"["Munich!"] None None"#,
            ),
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
        /// Whatever the bytes are, there is an end and no panic.
        #[test]
        fn any_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..400), at in 0..400usize) {
            let names = &mut Names::default();
            let mut read = || Facts::read(&bytes, at, Layout::default(), &mut Reading { database: 0, language: "en", names });
            let (once, again) = (read(), read());
            prop_assert_eq!(once.is_ok(), again.is_ok());
            if let (Ok(once), Ok(again)) = (once, again) {
                prop_assert_eq!(once, again);
            }
            let _ = languages(&bytes, at, &mut BTreeSet::new());
            let _ = crate::geo::json::record(&bytes, at);
        }
    }
}
