//! The keys of records.

use super::facts::{Flag, Text};
use super::seen::Part;

/// What a key means, wherever it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Word {
    /// In records and places.
    pub(crate) nested: Nested,
    /// In flat layouts.
    pub(crate) flat: Flat,
    /// In maps of names.
    pub(crate) language: Language,
}

impl Word {
    /// `language` is the one that names are wanted in.
    pub(crate) fn of(key: &[u8], language: &str) -> Self {
        let language = match key {
            _ if key == language.as_bytes() => Language::Wanted,
            b"en" => Language::English,
            _ => Language::Other,
        };
        Self { nested: nested_key(key), flat: flat_key(key), language }
    }

    /// Whether no record has it.
    #[inline]
    pub(crate) fn is_unknown(self) -> bool {
        self.nested == Nested::Unknown && self.flat == Flat::Unknown
    }
}

/// Which language it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Language {
    Wanted,
    English,
    Other,
}

/// What a key of MaxMind's layout is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Nested {
    City,
    Continent,
    Country,
    RegisteredCountry,
    Subdivisions,
    Postal,
    /// A map of flat keys.
    Flat,
    Code,
    IsoCode,
    Names,
    Unknown,
}

impl Nested {
    /// The place that a map behind the key is.
    #[inline]
    pub(crate) fn part(self) -> Option<Part> {
        match self {
            Self::Country => Some(Part::Country),
            Self::Continent => Some(Part::Continent),
            Self::City => Some(Part::City),
            Self::RegisteredCountry => Some(Part::Registered),
            _ => None,
        }
    }
}

fn nested_key(key: &[u8]) -> Nested {
    match key {
        b"city" => Nested::City,
        b"continent" => Nested::Continent,
        b"country" => Nested::Country,
        b"registered_country" => Nested::RegisteredCountry,
        b"subdivisions" => Nested::Subdivisions,
        b"postal" => Nested::Postal,
        b"location" | b"traits" => Nested::Flat,
        b"code" => Nested::Code,
        b"iso_code" => Nested::IsoCode,
        b"names" => Nested::Names,
        _ => Nested::Unknown,
    }
}

/// What a key of a flat layout is about: IPinfo, DB-IP's lite databases, and others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Flat {
    Latitude,
    Longitude,
    Radius,
    Asn,
    /// What is true of an address where the value is.
    Mark(Flag),
    /// The first where the value is a code.
    CodeOr(Text, Text),
    /// In a database of autonomous systems.
    OfAsn(Text),
    Text(Text),
    Unknown,
}

/// By length first: most keys are told apart by it.
fn flat_key(key: &[u8]) -> Flat {
    match key.len() {
        2 | 3 => match key {
            b"lat" => Flat::Latitude,
            b"lng" | b"lon" => Flat::Longitude,
            b"asn" => Flat::Asn,
            b"vpn" => Flat::Mark(Flag::Vpn),
            b"tor" => Flat::Mark(Flag::Tor),
            b"zip" => Flat::Text(Text::PostalCode),
            b"isp" => Flat::Text(Text::Isp),
            _ => Flat::Unknown,
        },
        4 => match key {
            b"city" => Flat::Text(Text::City),
            b"name" => Flat::OfAsn(Text::AsOrg),
            b"type" => Flat::OfAsn(Text::UserType),
            _ => Flat::Unknown,
        },
        5 => match key {
            b"proxy" => Flat::Mark(Flag::Proxy),
            b"relay" => Flat::Mark(Flag::Anonymous),
            b"state" => Flat::Text(Text::State),
            _ => Flat::Unknown,
        },
        6 => match key {
            b"radius" => Flat::Radius,
            b"is_vpn" => Flat::Mark(Flag::Vpn),
            b"is_tor" => Flat::Mark(Flag::Tor),
            b"region" | b"state1" => Flat::Text(Text::State),
            b"postal" => Flat::Text(Text::PostalCode),
            b"as_org" => Flat::Text(Text::AsOrg),
            b"domain" => Flat::Text(Text::Domain),
            _ => Flat::Unknown,
        },
        7 => match key {
            b"hosting" => Flat::Mark(Flag::Hosting),
            b"country" => Flat::CodeOr(Text::CountryCode, Text::Country),
            b"as_name" => Flat::Text(Text::AsOrg),
            _ => Flat::Unknown,
        },
        8 => match key {
            b"latitude" => Flat::Latitude,
            b"is_proxy" => Flat::Mark(Flag::Proxy),
            b"is_relay" => Flat::Mark(Flag::Anonymous),
            b"postcode" | b"zip_code" => Flat::Text(Text::PostalCode),
            b"timezone" => Flat::Text(Text::TimeZone),
            _ => Flat::Unknown,
        },
        9 => match key {
            b"longitude" => Flat::Longitude,
            b"time_zone" => Flat::Text(Text::TimeZone),
            b"as_number" => Flat::Asn,
            b"continent" => Flat::CodeOr(Text::ContinentCode, Text::Continent),
            b"city_name" => Flat::Text(Text::City),
            b"as_domain" => Flat::Text(Text::Domain),
            b"user_type" => Flat::Text(Text::UserType),
            _ => Flat::Unknown,
        },
        _ => match key {
            b"accuracy_radius" => Flat::Radius,
            b"autonomous_system_number" => Flat::Asn,
            b"autonomous_system_organization" | b"as_organization" => Flat::Text(Text::AsOrg),
            b"is_anonymous" | b"is_anonymous_proxy" => Flat::Mark(Flag::Anonymous),
            b"is_anonymous_vpn" => Flat::Mark(Flag::Vpn),
            b"is_public_proxy" | b"is_residential_proxy" => Flat::Mark(Flag::Proxy),
            b"is_tor_exit_node" => Flat::Mark(Flag::Tor),
            b"is_hosting_provider" | b"is_hosting" => Flat::Mark(Flag::Hosting),
            b"country_code" => Flat::Text(Text::CountryCode),
            b"country_name" => Flat::Text(Text::Country),
            b"continent_code" => Flat::Text(Text::ContinentCode),
            b"continent_name" => Flat::Text(Text::Continent),
            b"region_code" | b"state_code" => Flat::Text(Text::StateCode),
            b"region_name" => Flat::Text(Text::State),
            b"postal_code" => Flat::Text(Text::PostalCode),
            b"organization" => Flat::Text(Text::Organization),
            _ => Flat::Unknown,
        },
    }
}
