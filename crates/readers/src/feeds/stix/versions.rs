//! Versions of an object: STIX sends an object again with the same `id` and a later `modified` (STIX 2.1, section 3.6).

use super::Objects;
use crate::feeds::json::Object;
use std::borrow::Cow;
use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};

/// An id, and when that version was made.
type Version<'t> = (Cow<'t, str>, Option<i64>);

fn version(slice: &str) -> Option<Version<'_>> {
    let object = Object::read(slice)?;
    Some((object.text("id")?, object.time("modified")))
}

/// The newest version of each object in the files of a folder. Another folder is another feed, which must not revoke what this one says.
#[derive(Debug, Default)]
pub(crate) struct Newest {
    hasher: RandomState,
    at: HashMap<u64, i64>,
}

impl Newest {
    /// Looks at a document, the file `name`.
    pub(crate) fn look(&mut self, name: &str, text: &str) {
        for (id, modified) in super::objects(text).0.iter().filter_map(|slice| version(slice)) {
            if let Some(modified) = modified {
                let newest = self.at.entry(self.hasher.hash_one((folder(name), id))).or_insert(modified);
                *newest = (*newest).max(modified);
            }
        }
    }

    fn is_newest(&self, name: &str, (id, modified): &Version<'_>) -> bool {
        self.at.get(&self.hasher.hash_one((folder(name), id))).is_none_or(|newest| *modified == Some(*newest))
    }
}

fn folder(name: &str) -> &str {
    name.rsplit_once(['/', '\\']).map_or("", |(folder, _)| folder)
}

/// Leaves of the objects of each id those that were modified last; one that does not say when is older than one that does. `across` knows
/// the other files of the feed, of which this is the one called so.
pub(super) fn newest<'t>(objects: Objects<'t>, across: Option<(&Newest, &str)>) -> Objects<'t> {
    let versions: Vec<Option<Version<'_>>> = objects.iter().map(|slice| version(slice)).collect();
    let mut last: HashMap<&str, Option<i64>> = HashMap::new();
    for (id, modified) in versions.iter().flatten() {
        let known = last.entry(id).or_default();
        *known = (*known).max(*modified);
    }
    let is_newest = |version: &Version<'_>| {
        let is_here = last.get(version.0.as_ref()).is_none_or(|newest| *newest == version.1);
        is_here && across.is_none_or(|(newest, name)| newest.is_newest(name, version))
    };
    let kept = objects.iter().zip(&versions).filter(|(_, version)| version.as_ref().is_none_or(is_newest));
    kept.map(|(slice, _)| *slice).collect()
}
