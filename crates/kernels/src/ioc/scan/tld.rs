//! How much a top-level domain says: `com` almost always means a name, `py` almost always a file.

/// What the last label of a dotted word is evidence of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TldClass {
    /// Old or much used generic domains: a name.
    Generic,
    /// Countries and alphabets: a name, if it is not too short.
    Country,
    /// An English or code word that is also a top-level domain.
    Word,
    /// An extension of files that is also a top-level domain.
    File,
}

/// Generic domains that are seldom anything else.
#[rustfmt::skip]
const GENERIC: &[&str] = &[
    "aero", "agency", "art", "asia", "bid", "biz", "blog", "buzz", "cfd", "club", "com", "coop", "cyou", "edu", "fun",
    "gov", "guru", "icu", "info", "loan", "ltd", "mil", "monster", "museum", "net", "onion", "online", "org", "rocks",
    "sbs", "shop", "site", "space", "store", "tech", "tokyo", "top", "trade", "travel", "vip", "website", "wiki", "xxx",
    "xyz",
];

/// Two-letter domains that are words of code or English.
const WORD_COUNTRIES: &[&str] =
    &["ac", "as", "bz", "cc", "cf", "id", "im", "in", "is", "me", "ml", "ms", "my", "no", "sc", "st", "sv", "sy", "tm", "vi", "ws"];

/// Extensions of files. From the file types of Unix and Windows, their compilers and shells.
#[rustfmt::skip]
const FILES: &[&str] = &[
    "am", "ax", "cab", "cat", "cpa", "csc", "diy", "do", "dot", "inc", "la", "map", "md", "mk", "mm", "mo", "mov", "nc",
    "pid", "pk", "pl", "pm", "ps", "pub", "py", "rs", "sh", "so", "target", "tf", "zip",
];

/// The class of `top`, in any case.
pub(super) fn classify(top: &str) -> TldClass {
    let mut lower = [0u8; 24];
    if !top.is_ascii() {
        return TldClass::Country;
    }
    let Some(buffer) = lower.get_mut(..top.len()) else { return TldClass::Country };
    buffer.copy_from_slice(top.as_bytes());
    buffer.make_ascii_lowercase();
    let Ok(top) = std::str::from_utf8(buffer) else { return TldClass::Country };
    let is_in = |list: &[&str]| list.binary_search(&top).is_ok();
    if is_in(GENERIC) {
        TldClass::Generic
    } else if is_in(FILES) {
        TldClass::File
    } else if top.len() == 2 {
        if is_in(WORD_COUNTRIES) { TldClass::Word } else { TldClass::Country }
    } else if top.starts_with("xn--") {
        TldClass::Country
    } else {
        TldClass::Word
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_sorted() {
        for list in [GENERIC, WORD_COUNTRIES, FILES] {
            assert!(list.windows(2).all(|pair| pair[0] < pair[1]));
        }
    }

    #[test]
    fn classes() {
        for (top, class) in [
            ("com", TldClass::Generic),
            ("COM", TldClass::Generic),
            ("de", TldClass::Country),
            ("xn--p1ai", TldClass::Country),
            ("id", TldClass::Word),
            ("name", TldClass::Word),
            ("py", TldClass::File),
            ("zip", TldClass::File),
        ] {
            assert_eq!(classify(top), class, "{top}");
        }
    }
}
