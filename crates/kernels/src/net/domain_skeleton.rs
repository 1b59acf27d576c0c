//! `domain_skeleton(name)`: equal for names that look alike.

use super::domain_name::to_unicode;
use crate::prelude::*;
use std::sync::LazyLock;
use unicode_security::confusable_detection::skeleton;

/// Kernel of `domain_skeleton`.
pub struct DomainSkeleton;

impl ScalarKernel for DomainSkeleton {
    const SPEC: Spec = Spec {
        name: "domain_skeleton",
        family: Family::Net,
        summary: "Reduces a domain name to a skeleton that is equal for names which look alike.",
        details: "\
The name is decoded to Unicode as by `punycode_decode`, reduced by the confusable table of UTS #39 and lower-cased. Two names with the
same skeleton can be taken for each other: Cyrillic and Latin letters, `1` and `l`, `0` and `o`, `rn` and `m`. (UTS #39 alone keeps `0` and `o` apart, because
it looks at upper-case `O`; a domain name has no case, hence the last step.)

The skeleton is for comparing only. It is not a name and must not be shown or resolved: the skeleton of `microsoft.com` is `rnicrosoft.corn`. Names that
differ in accents (`pàypal`), in spelling or by a word (`paypal-login`) keep different skeletons.

NULL for what `punycode_decode` gives NULL for.",
        args: &[Arg { name: "name", doc: "Domain name, in Unicode or punycode." }],
        examples: &[
            Example { sql: "SELECT domain_skeleton('раypal.com') = domain_skeleton('paypal.com') AS looks_alike", result: "true" },
            Example { sql: "SELECT domain_skeleton('xn--80ak6aa92e.com') = domain_skeleton('apple.com') AS looks_alike", result: "true" },
            Example {
                sql: "SELECT seen FROM (VALUES ('rnicrosoft.com'), ('g00gle.com'), ('example.com')) v(seen) \
                      WHERE domain_skeleton(seen) IN (domain_skeleton('microsoft.com'), domain_skeleton('google.com')) ORDER BY seen",
                result: "g00gle.com\nrnicrosoft.com",
            },
        ],
    };
    type Args<'a> = (&'a str,);
    type Options = NoOptions;
    type Out<'a> = &'a str;
    type Scratch = String;

    fn eval<'a>(buffer: &'a mut String, _: &'a NoOptions, (name,): (&'a str,)) -> KernelResult<&'a str> {
        buffer.clear();
        Ok(domain_skeleton(name, buffer).then_some(buffer))
    }
}

/// Appends the skeleton of `name` to `out`; false where it is not a domain name.
pub fn domain_skeleton(name: &str, out: &mut String) -> bool {
    let Some(unicode) = to_unicode(name) else { return false };
    if unicode.is_ascii() {
        out.extend(unicode.bytes().filter_map(|byte| ASCII.get(usize::from(byte))).map(String::as_str));
    } else {
        out.push_str(&reduce(&unicode));
    }
    true
}

/// The skeletons of the ASCII characters: most names are ASCII, and no composition crosses its characters.
static ASCII: LazyLock<[String; 128]> =
    LazyLock::new(|| std::array::from_fn(|code| reduce(char::from(code as u8).encode_utf8(&mut [0; 4]))));

/// The table leads some characters to an upper-case letter (`0` to `O`, U+1240 to a Greek capital phi) whose lower case has an entry of its
/// own: a second round makes the skeleton of a skeleton the same, for every character (tested).
fn reduce(text: &str) -> String {
    let once: String = skeleton(text).flat_map(char::to_lowercase).collect();
    skeleton(&once).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn of(name: &str) -> Option<String> {
        let mut out = String::new();
        domain_skeleton(name, &mut out).then_some(out)
    }

    #[test]
    fn look_alikes() {
        for (one, other) in [
            ("раypal.com", "paypal.com"),
            ("PAYPAL.com", "paypal.com"),
            ("paypa1.com", "paypal.com"),
            ("xn--80ak6aa92e.com", "apple.com"),
            ("rnicrosoft.com", "microsoft.com"),
            ("g00gle.com", "google.com"),
            ("gооgle.com", "google.com"),
            ("ｇｏｏｇｌｅ.com", "google.com"),
            ("аmazon.com.", "amazon.com."),
        ] {
            assert_eq!(of(one), of(other), "{one}");
            assert!(of(one).is_some(), "{one}");
        }
    }

    #[test]
    fn strangers() {
        for (one, other) in [("paypal.com", "paypol.com"), ("pàypal.com", "paypal.com"), ("paypal.com", "paypal.net"), ("a.com", "a.com.")]
        {
            assert_ne!(of(one), of(other), "{one}");
        }
        assert_eq!(of(""), None);
        assert_eq!(of("not a name"), None);
        assert_eq!(of("xn--99999999.com"), None);
        assert_eq!(of("microsoft.com").as_deref(), Some("rnicrosoft.corn"));
    }

    /// Every character whose skeleton is a name: the skeleton of the skeleton is the skeleton.
    #[test]
    fn idempotent_on_every_character() {
        for c in ('\0'..=char::MAX).filter(|c| c.is_alphanumeric() && !skeleton(c.encode_utf8(&mut [0; 4])).eq([*c])) {
            if let Some(once) = of(&format!("a{c}b"))
                && let Some(twice) = of(&once)
            {
                assert_eq!(once, twice, "U+{:04X}", c as u32);
            }
        }
    }

    proptest! {
        #[test]
        fn the_ascii_table_is_the_whole_table(name in "[a-z0-9_*.-]{1,30}") {
            if let Some(quick) = of(&name) {
                prop_assert_eq!(quick, reduce(&name));
            }
        }

        #[test]
        fn never_panics(name in "\\PC*") {
            of(&name);
        }
    }
}
