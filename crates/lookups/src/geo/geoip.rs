//! `geoip(ip)`: where an address is.

use super::facts::{Flag, Text};
use super::options::{self, DATABASE, Field, GeoScratch, LANGUAGE, Said};
use super::watch::Key;
use huntsql_kernels::input::Input;
use huntsql_kernels::prelude::*;

/// Kernel of `geoip`.
pub struct GeoIp;

/// Options of `geoip`.
#[derive(Debug, Clone)]
pub struct GeoIpOptions(Key);

impl Default for GeoIpOptions {
    fn default() -> Self {
        Self(Key { option: Vec::new(), language: "en".to_owned(), only_asn: false })
    }
}

impl Options for GeoIpOptions {
    const FIELDS: &'static [OptionField] = &[DATABASE, LANGUAGE];
    fn set(&mut self, name: &str, setting: Setting) -> Result<(), String> {
        match (name, setting) {
            ("language", Setting::Text(language)) => self.0.language = language,
            (_, setting) => self.0.option = options::database(setting)?,
        }
        Ok(())
    }
}

/// What is known of an address.
#[derive(Debug, Clone, Copy)]
pub struct GeoIpAnswer<'a>(Said<'a>);

impl SqlValue for GeoIpAnswer<'_> {
    const TYPE: SqlType = SqlType::Struct(&[
        ("country_code", SqlType::Text),
        ("country", SqlType::Text),
        ("continent_code", SqlType::Text),
        ("continent", SqlType::Text),
        ("state_code", SqlType::Text),
        ("state", SqlType::Text),
        ("city", SqlType::Text),
        ("postal_code", SqlType::Text),
        ("latitude", SqlType::Float),
        ("longitude", SqlType::Float),
        ("accuracy_km", SqlType::Int),
        ("time_zone", SqlType::Text),
        ("registered_country_code", SqlType::Text),
        ("asn", SqlType::Int),
        ("as_org", SqlType::Text),
        ("isp", SqlType::Text),
        ("organization", SqlType::Text),
        ("domain", SqlType::Text),
        ("user_type", SqlType::Text),
        ("is_anonymous", SqlType::Bool),
        ("is_vpn", SqlType::Bool),
        ("is_proxy", SqlType::Bool),
        ("is_tor", SqlType::Bool),
        ("is_hosting", SqlType::Bool),
        ("network", SqlType::Text),
        ("status", SqlType::Text),
    ]);

    fn write(&self, out: &mut Column) {
        options::write(&[Some(self.0)], FIELDS, out);
    }
}

/// Those of [`GeoIpAnswer`], in its order.
const FIELDS: &[Field] = &[
    Field::Text(Text::CountryCode),
    Field::Text(Text::Country),
    Field::Text(Text::ContinentCode),
    Field::Text(Text::Continent),
    Field::Text(Text::StateCode),
    Field::Text(Text::State),
    Field::Text(Text::City),
    Field::Text(Text::PostalCode),
    Field::Latitude,
    Field::Longitude,
    Field::AccuracyKm,
    Field::Text(Text::TimeZone),
    Field::Text(Text::RegisteredCountryCode),
    Field::Asn,
    Field::Text(Text::AsOrg),
    Field::Text(Text::Isp),
    Field::Text(Text::Organization),
    Field::Text(Text::Domain),
    Field::Text(Text::UserType),
    Field::Flag(Flag::Anonymous),
    Field::Flag(Flag::Vpn),
    Field::Flag(Flag::Proxy),
    Field::Flag(Flag::Tor),
    Field::Flag(Flag::Hosting),
    Field::Network,
    Field::Status,
];

impl ScalarKernel for GeoIp {
    const SPEC: Spec = Spec {
        name: "geoip",
        family: Family::Context,
        summary: "Tells where an IP address is and whose network it is in, from local MMDB databases.",
        details: include_str!("geoip.md"),
        args: &[Arg { name: "ip", doc: "IPv4 or IPv6 address, defanged or not." }],
        examples: &[
            Example {
                sql: "\
SELECT g['country_code'] AS cc, g['city'] AS city, g['latitude'] AS lat, g['longitude'] AS lon, g['asn'] AS asn, g['network'] AS network
FROM (SELECT geoip('81.2.69.160', {'database': 'examples/geo/sample.mmdb'}) AS g) t",
                result: "GB | London | 51.5142 | -0.0931 | 20712 | 81.2.69.0/24",
            },
            Example {
                sql: "\
SELECT ip, g['country'] AS country, g['city'] AS city, g['status'] AS status FROM (SELECT n, ip, geoip(ip, {'database': ['examples/geo/sample.mmdb'], 'language': 'de'}) AS g
  FROM (VALUES (1, '89[.]160[.]20[.]112'), (2, '10.1.2.3'), (3, '81.2.70.1'), (4, 'host.example')) v(n, ip)) t ORDER BY n",
                result: "89[.]160[.]20[.]112 | Schweden | Linköping | ok\n10.1.2.3 | NULL | NULL | private\n81.2.70.1 | NULL | NULL | not_found\nhost.example | NULL | NULL | bad_address",
            },
        ],
    };
    type Args<'a> = (&'a str,);
    type Options = GeoIpOptions;
    type Out<'a> = GeoIpAnswer<'a>;
    type Scratch = GeoScratch;

    fn prepare(
        scratch: &mut GeoScratch,
        options: &GeoIpOptions,
        input: &impl Input,
        rows: usize,
        _: &Interrupt,
    ) -> Result<(), KernelError> {
        scratch.prepare(input, rows, || options::open(Self::SPEC.name, &options.0))
    }

    #[inline]
    fn eval<'a>(scratch: &'a mut GeoScratch, options: &'a GeoIpOptions, (ip,): (&'a str,)) -> KernelResult<GeoIpAnswer<'a>> {
        let said = scratch.ask(ip, || options::open(Self::SPEC.name, &options.0))?;
        Ok(Some(GeoIpAnswer(said)))
    }

    fn eval_all(
        scratch: &mut GeoScratch,
        options: &GeoIpOptions,
        input: &impl Input,
        rows: usize,
        out: &mut Column,
    ) -> Result<(), KernelError> {
        scratch.eval_all::<Self>(FIELDS, options, input, rows, out)
    }
}
