//! Numbers, truths and codes, in the ways in which makers of databases write them.

use super::section::Item;

/// IPinfo writes numbers as texts.
pub(super) fn float(item: Item<'_>) -> Option<f64> {
    let value = match item {
        Item::Double(value) => value,
        // The digits that were meant, not those of the nearest 64-bit number.
        Item::Float(value) => value.to_string().parse().ok()?,
        Item::Unsigned(value) => value as f64,
        Item::Signed(value) => f64::from(value),
        Item::Text(text) => std::str::from_utf8(text).ok()?.trim().parse().ok()?,
        _ => return None,
    };
    value.is_finite().then_some(value)
}

pub(super) fn integer(item: Item<'_>) -> Option<i64> {
    match item {
        Item::Unsigned(value) => i64::try_from(value).ok(),
        Item::Signed(value) => Some(i64::from(value)),
        Item::Text(text) => std::str::from_utf8(text).ok()?.trim().parse().ok(),
        _ => None,
    }
}

/// A number, `15169` or `AS15169`, of 32 bits (RFC 6793).
pub(super) fn asn(item: Item<'_>) -> Option<u32> {
    let number = match item {
        Item::Text(text) => {
            let digits = text.strip_prefix(b"AS").or_else(|| text.strip_prefix(b"as")).unwrap_or(text);
            std::str::from_utf8(digits).ok()?.parse().ok()?
        }
        item => integer(item)?,
    };
    u32::try_from(number).ok()
}

pub(super) fn boolean(item: Item<'_>) -> Option<bool> {
    match item {
        Item::Bool(value) => Some(value),
        Item::Unsigned(value) => Some(value != 0),
        // IPinfo: an empty text is false.
        Item::Text(text) => Some(text.eq_ignore_ascii_case(b"true") || text == b"1"),
        _ => None,
    }
}

/// `US`, not a name: no country or continent is called by two capitals.
pub(super) fn is_code(item: Item<'_>) -> bool {
    matches!(item, Item::Text([a, b]) if a.is_ascii_uppercase() && b.is_ascii_uppercase())
}
