//! Versions of an object: STIX sends an object again with the same `id` and a later `modified` (STIX 2.1, section 3.6).

use super::Objects;
use crate::feeds::json::Object;
use std::borrow::Cow;
use std::collections::HashMap;

/// An id, and when that version was made.
type Version<'t> = (Cow<'t, str>, Option<i64>);

fn version(slice: &str) -> Option<Version<'_>> {
    let object = Object::read(slice)?;
    Some((object.text("id")?, object.time("modified")))
}

/// Leaves of the objects of each id those that were modified last; one that does not say when is older than one that does.
pub(super) fn newest(objects: Objects<'_>) -> Objects<'_> {
    let versions: Vec<Option<Version<'_>>> = objects.iter().map(|slice| version(slice)).collect();
    let mut last: HashMap<&str, Option<i64>> = HashMap::new();
    for (id, modified) in versions.iter().flatten() {
        let known = last.entry(id).or_default();
        *known = (*known).max(*modified);
    }
    let is_newest = |version: &Option<Version<'_>>| {
        version.as_ref().is_none_or(|(id, modified)| last.get(id.as_ref()).is_none_or(|newest| newest == modified))
    };
    let kept = objects.iter().zip(&versions).filter(|(_, version)| is_newest(version));
    kept.map(|(slice, _)| *slice).collect()
}
