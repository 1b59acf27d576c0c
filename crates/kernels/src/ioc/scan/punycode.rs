//! Names in Unicode as they are looked up.

use std::borrow::Cow;

/// `name` by UTS #46, as `idna::domain_to_ascii` gives it. Names of plain letters skip its mapping, normalisation and bidi checks,
/// which would only put them in lower case: a text of short Cyrillic names costs a third.
pub(super) fn to_ascii(name: &str) -> Option<Cow<'_, str>> {
    let mut lower = String::with_capacity(name.len());
    for c in name.chars() {
        match plain(c) {
            Some(c) => lower.push(c),
            None => return idna::domain_to_ascii(name).ok().map(Cow::Owned),
        }
    }
    let name = lower.as_str();
    if name.split('.').any(|label| label.starts_with("xn--")) {
        return idna::domain_to_ascii(name).ok().map(Cow::Owned);
    }
    let mut ascii = String::with_capacity(name.len() + 8);
    for (index, label) in name.split('.').enumerate() {
        if index > 0 {
            ascii.push('.');
        }
        if label.is_ascii() {
            ascii.push_str(label);
        } else if let Some((_, known)) = TOP_LEVEL.iter().find(|(top, _)| *top == label) {
            ascii.push_str(known);
        } else {
            ascii.push_str("xn--");
            ascii.push_str(&idna::punycode::encode_str(label)?);
        }
    }
    Some(Cow::Owned(ascii))
}

/// The alphabets' most used top-level domains, encoded: every name ends in one.
const TOP_LEVEL: &[(&str, &str)] = &[
    ("рф", "xn--p1ai"),
    ("укр", "xn--j1amh"),
    ("бел", "xn--90ais"),
    ("рус", "xn--p1acf"),
    ("онлайн", "xn--80asehdb"),
    ("сайт", "xn--80aswg"),
    ("中国", "xn--fiqs8s"),
    ("公司", "xn--55qx5d"),
    ("网络", "xn--io0a7i"),
];

/// The lower case of a letter that is valid in IDNA 2008, written from left to right and its own normal form; `None` for all others.
fn plain(c: char) -> Option<char> {
    match c {
        'a'..='z' | '0'..='9' | '-' | '.' => Some(c),
        'A'..='Z' => Some(c.to_ascii_lowercase()),
        'à'..='ö' | 'ø'..='ÿ' | 'α'..='ω' | 'а'..='я' | 'ぁ'..='ゖ' | 'ァ'..='ヺ' | '\u{4e00}'..='\u{9fa5}' | '가'..='힣' => {
            Some(c)
        }
        'À'..='Ö' | 'Ø'..='Þ' | 'А'..='Я' => char::from_u32(u32::from(c) + 32),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn known_domains_are_right() {
        for (top, ascii) in TOP_LEVEL {
            assert_eq!(idna::domain_to_ascii(top).ok().as_deref(), Some(*ascii));
        }
    }

    #[test]
    fn every_plain_letter_agrees_with_idna() {
        for c in ('\0'..='\u{ffff}').filter(|c| plain(*c).is_some_and(|c| !c.is_ascii())) {
            for name in [format!("{c}.com"), format!("a{c}b.{c}{c}"), format!("{c}-1.de")] {
                assert_eq!(to_ascii(&name).map(Cow::into_owned), idna::domain_to_ascii(&name).ok(), "{name}");
            }
        }
    }

    proptest! {
        #[test]
        fn agrees_with_idna(name in "[a-cA-CxnXN0-9.а-яёА-Я\u{4e00}-\u{4e20}üÜßßα-ωσς가-각ぁ-かァ-カ-]{1,24}") {
            prop_assert_eq!(to_ascii(&name).map(Cow::into_owned), idna::domain_to_ascii(&name).ok());
        }
    }
}
