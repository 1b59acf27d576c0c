//! The languages that databases have names in.

use super::database::Database;
use super::record::MAX_VALUES;
use super::section::{Damaged, Item, Section};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Longest name of a language that is one (RFC 5646, 4.4.1).
const MAX_LANGUAGE: usize = 35;

type Result<T> = std::result::Result<T, Damaged>;

/// Records that are looked at to find out which languages there are.
const SAMPLE: usize = 256;

/// The languages of names. What the metadata say of them is not always all.
pub(super) fn languages(databases: &[Arc<Database>]) -> BTreeSet<String> {
    let mut languages: BTreeSet<String> = databases.iter().flat_map(|database| database.languages().map(str::to_owned)).collect();
    for database in databases {
        for at in database.first_records(SAMPLE) {
            // What is damaged is told where it is asked for.
            let _ = of_record(database.section(), at, &mut languages);
        }
    }
    languages
}

/// Adds the languages that the record at `at` has names in.
pub(super) fn of_record(section: &[u8], at: usize, into: &mut BTreeSet<String>) -> Result<()> {
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
