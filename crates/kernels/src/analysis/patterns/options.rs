//! Options of the functions that look for patterns.

use crate::prelude::*;

pub(crate) const MAX_DIMENSIONS: OptionField = OptionField {
    name: "max_dimensions",
    kind: OptionKind::Int(1, 32),
    default: "5",
    doc: "Columns of a pattern at most, without those whose value follows from the others.",
};

/// Whether a list of patterns lacks some.
pub(crate) fn status(is_cut: bool) -> &'static str {
    if is_cut { "truncated" } else { "ok" }
}

/// A part of a whole in percent; 0 where the whole is nothing.
pub(crate) fn percent(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { 100.0 * part as f64 / whole as f64 }
}

/// A part of a whole; 0 where the whole is nothing.
pub(crate) fn share(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

/// A whole number within the bounds that its option checked.
pub(crate) fn size(value: i64) -> usize {
    usize::try_from(value).unwrap_or(usize::MAX)
}

/// A weight as SQL holds it.
pub(crate) fn count(weight: u64) -> i64 {
    i64::try_from(weight).unwrap_or(i64::MAX)
}
