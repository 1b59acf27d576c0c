//! `asn(ip)`: whose network an address is in.

use super::database::Database;
use super::facts::{Facts, Text};
use super::options::{self, DATABASE, Field, GeoScratch, Said};
use super::record::{Layout, Reading};
use super::seen::Seen;
use super::watch::Key;
use huntsql_kernels::input::Input;
use huntsql_kernels::prelude::*;

/// Kernel of `asn`.
pub struct Asn;

/// Options of `asn`.
#[derive(Debug, Clone)]
pub struct AsnOptions(Key);

impl Default for AsnOptions {
    fn default() -> Self {
        Self(Key { option: Vec::new(), language: "en".to_owned(), only_asn: true })
    }
}

impl Options for AsnOptions {
    const FIELDS: &'static [OptionField] = &[DATABASE];
    fn set(&mut self, _name: &str, setting: Setting) -> Result<(), String> {
        self.0.option = options::database(setting)?;
        Ok(())
    }
}

/// Whose network it is.
#[derive(Debug, Clone, Copy)]
pub struct AsnAnswer<'a>(Said<'a>);

impl SqlValue for AsnAnswer<'_> {
    const TYPE: SqlType = SqlType::Struct(&[
        ("asn", SqlType::Int),
        ("as_org", SqlType::Text),
        ("isp", SqlType::Text),
        ("organization", SqlType::Text),
        ("domain", SqlType::Text),
        ("network", SqlType::Text),
        ("status", SqlType::Text),
    ]);

    fn write(&self, out: &mut Column) {
        options::write(&[Some(self.0)], FIELDS, out);
    }
}

/// Those of [`AsnAnswer`], in its order.
const FIELDS: &[Field] = &[
    Field::Asn,
    Field::Text(Text::AsOrg),
    Field::Text(Text::Isp),
    Field::Text(Text::Organization),
    Field::Text(Text::Domain),
    Field::Network,
    Field::Status,
];

impl ScalarKernel for Asn {
    const SPEC: Spec = Spec {
        name: "asn",
        family: Family::Context,
        summary: "Tells which autonomous system an IP address belongs to, from local MMDB databases.",
        details: "\
Fields: `asn` (the number), `as_org` (who runs it), `isp`, `organization`, `domain` (where the database has them), `network` (the block that is announced or described) and
`status` (as of `geoip`). Databases are found as `geoip` finds them; only those count that know of autonomous systems (GeoLite2-ASN, GeoIP2-ISP, Enterprise, DB-IP ASN, IPinfo ...), and
it is an error if none does. NULL only where `ip` is NULL.",
        args: &[Arg { name: "ip", doc: "IPv4 or IPv6 address, defanged or not." }],
        examples: &[Example {
            sql: "\
SELECT ip, a['asn'] AS asn, a['as_org'] AS org, a['network'] AS network, a['status'] AS status FROM (SELECT n, ip, asn(ip, {'database': 'examples/geo/sample.mmdb'}) AS a
  FROM (VALUES (1, '8.8.8.8'), (2, '2606:4700:4700::1111'), (3, '192.168.1.1')) v(n, ip)) t ORDER BY n",
            result: "\
8.8.8.8 | 15169 | Google LLC | 8.8.8.0/24 | ok
2606:4700:4700::1111 | 13335 | Cloudflare, Inc. | 2606:4700:4700::/48 | ok
192.168.1.1 | NULL | NULL | NULL | private",
        }],
    };
    type Args<'a> = (&'a str,);
    type Options = AsnOptions;
    type Out<'a> = AsnAnswer<'a>;
    type Scratch = GeoScratch;

    fn prepare(scratch: &mut GeoScratch, options: &AsnOptions, input: &impl Input, rows: usize, _: &Interrupt) -> Result<(), KernelError> {
        scratch.prepare(input, rows, || options::open(Self::SPEC.name, &options.0))
    }

    fn eval<'a>(scratch: &'a mut GeoScratch, options: &'a AsnOptions, (ip,): (&'a str,)) -> KernelResult<AsnAnswer<'a>> {
        let said = scratch.ask(ip, || options::open(Self::SPEC.name, &options.0))?;
        Ok(Some(AsnAnswer(said)))
    }

    fn eval_all(
        scratch: &mut GeoScratch,
        options: &AsnOptions,
        input: &impl Input,
        rows: usize,
        out: &mut Column,
    ) -> Result<(), KernelError> {
        scratch.eval_all::<Self>(FIELDS, options, input, rows, out)
    }
}

/// Records that are looked at to find out what a database knows.
const SAMPLE: usize = 256;

/// Whether a database knows of autonomous systems: its type says so, or one of its first records has one.
pub(super) fn has_systems(database: &Database) -> bool {
    let name = database.database_type().to_ascii_lowercase();
    let layout = Layout::of(&name);
    ["asn", "isp", "enterprise"].iter().any(|kind| name.contains(kind))
        || database.first_records(SAMPLE).into_iter().any(|at| {
            let mut how = Reading { database: 0, language: "en", seen: &mut Seen::default() };
            Facts::read(database.section(), at, layout, &mut how).is_ok_and(|facts| facts.asn.is_some())
        })
}
