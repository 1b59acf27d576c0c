//! `mmdb_lookup(ip, file)`: everything that a database has for an address.

use super::set::Set;
use super::watch::{Key, Watch};
use super::{address, json};
use huntsql_kernels::prelude::*;
use std::path::Path;
use std::sync::Arc;

/// Kernel of `mmdb_lookup`.
pub struct MmdbLookup;

/// The last file of a batch.
#[derive(Debug, Default)]
pub struct MmdbScratch {
    open: Option<(String, Arc<Set>)>,
    live: String,
}

impl ScalarKernel for MmdbLookup {
    const SPEC: Spec = Spec {
        name: "mmdb_lookup",
        family: Family::Context,
        summary: "Gives the record that an MMDB file of any kind has for an IP address, as JSON text.",
        details: "\
Keys are sorted; bytes are hexadecimal text, 128-bit numbers are text. NULL where the file has no record for the address, or `ip` is not an address. A file that cannot be read, and a record that
is damaged, is an error. The file is read into memory once and again when it was replaced.",
        args: &[Arg { name: "ip", doc: "IPv4 or IPv6 address, defanged or not." }, Arg { name: "file", doc: "Path of an MMDB file." }],
        examples: &[Example {
            sql: "SELECT mmdb_lookup('1.1.1.1', 'examples/geo/sample.mmdb') AS record, mmdb_lookup('10.0.0.1', 'examples/geo/sample.mmdb') AS none",
            result: r#"{"autonomous_system_number":13335,"autonomous_system_organization":"Cloudflare, Inc.","registered_country":{"iso_code":"AU","names":{"de":"Australien","en":"Australia"}}} | NULL"#,
        }],
    };
    type Args<'a> = (&'a str, &'a str);
    type Options = NoOptions;
    type Out<'a> = String;
    type Scratch = MmdbScratch;

    fn eval<'a>(scratch: &'a mut MmdbScratch, _: &'a NoOptions, (ip, file): (&'a str, &'a str)) -> KernelResult<String> {
        let bad = |problem: String| KernelError::BadArgument { function: Self::SPEC.name, argument: "file", problem };
        if scratch.open.as_ref().is_none_or(|(known, _)| known != file) {
            let key = Key { option: vec![file.to_owned()], language: "en".to_owned(), only_asn: false };
            scratch.open = Some((file.to_owned(), Watch::current(&key).map_err(|problem| bad(problem.text))?));
        }
        let mut databases = scratch.open.iter().flat_map(|(_, set)| set.databases());
        // Of a folder, `geoip` takes what is in it; a record is of one file.
        let Some(database) = databases.next().filter(|database| database.path() == Path::new(file)) else {
            return Err(bad(format!("must name a file, got the folder '{}'", file.escape_debug())));
        };
        let Some(address) = address::read_address(ip, &mut scratch.live) else { return Ok(None) };
        let damaged =
            |what: &str| bad(format!("names '{}', which is damaged where it should tell of {address}: {what}", file.escape_debug()));
        let Some(found) = database.find(address).map_err(|error| damaged(&error))? else { return Ok(None) };
        match json::record(database.section(), found.record as usize) {
            Ok(json) => Ok(Some(json)),
            Err(error) => Err(damaged(&format!("{} (byte {} of the data section)", error.what, error.at))),
        }
    }
}
