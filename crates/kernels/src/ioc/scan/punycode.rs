//! Names in Unicode as they are looked up.

use std::borrow::Cow;

/// `name` by UTS #46, as `idna::domain_to_ascii` gives it. Names of plain letters skip its mapping, normalisation and bidi checks,
/// which would leave them as they are: a text of short Cyrillic names costs a third.
pub(super) fn to_ascii(name: &str) -> Option<Cow<'_, str>> {
    if !name.chars().all(is_plain) || name.split('.').any(|label| label.starts_with("xn--")) {
        return idna::domain_to_ascii(name).ok().map(Cow::Owned);
    }
    let mut ascii = String::with_capacity(name.len() + 8);
    for (index, label) in name.split('.').enumerate() {
        if index > 0 {
            ascii.push('.');
        }
        if label.is_ascii() {
            ascii.push_str(label);
        } else {
            ascii.push_str("xn--");
            ascii.push_str(&idna::punycode::encode_str(label)?);
        }
    }
    Some(Cow::Owned(ascii))
}

/// Valid in IDNA 2008, written from left to right, its own lower case and its own normal form.
fn is_plain(c: char) -> bool {
    matches!(c, 'a'..='z' | '0'..='9' | '-' | '.' | 'а'..='я' | '\u{4e00}'..='\u{9fa5}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn agrees_with_idna(name in "[a-cxn0-9.а-яё\u{4e00}-\u{4e20}ü-]{1,24}") {
            prop_assert_eq!(to_ascii(&name).map(Cow::into_owned), idna::domain_to_ascii(&name).ok());
        }
    }
}
