//! `punycode_decode(name)`: the name that a reader sees.

use super::domain_name::to_unicode;
use crate::prelude::*;
use std::borrow::Cow;

/// Kernel of `punycode_decode`.
pub struct PunycodeDecode;

impl ScalarKernel for PunycodeDecode {
    const SPEC: Spec = Spec {
        name: "punycode_decode",
        family: Family::Net,
        summary: "Writes a domain name in the Unicode form that a reader sees: `xn--bcher-kva.de` becomes `bücher.de`.",
        details: "\
The counterpart of `punycode_encode`: labels that start with `xn--` are decoded, the others lower-cased. NULL for what `punycode_encode` gives NULL for, above
all for labels that start with `xn--` and are not punycode.

The result can look like another name (`xn--80ak6aa92e.com` is Cyrillic and looks like `apple.com`): compare `domain_skeleton`.",
        args: &[Arg { name: "name", doc: "Domain name, in Unicode or punycode." }],
        examples: &[
            Example { sql: "SELECT punycode_decode('xn--bcher-kva.example') AS name", result: "bücher.example" },
            Example { sql: "SELECT punycode_decode('www.EVIL.test') AS a, punycode_decode('xn--99999999.test') AS b", result: "www.evil.test | NULL" },
        ],
    };
    type Args<'a> = (&'a str,);
    type Options = NoOptions;
    type Out<'a> = Cow<'a, str>;
    type Scratch = ();

    fn eval<'a>(_: &'a mut (), _: &'a NoOptions, (name,): (&'a str,)) -> KernelResult<Cow<'a, str>> {
        Ok(to_unicode(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn cases() {
        for (name, expected) in [
            ("xn--bcher-kva.example", Some("bücher.example")),
            ("XN--BCHER-KVA.Example", Some("bücher.example")),
            ("xn--80ak6aa92e.com", Some("аррӏе.com")),
            ("xn--e1afmkfd.xn--p1ai", Some("пример.рф")),
            ("bücher.example", Some("bücher.example")),
            ("_x.example.com.", Some("_x.example.com.")),
            ("xn--", None),
            ("xn--a", None),
            ("a..b", None),
            ("", None),
            ("a b", None),
            ("xn--ls8h=.la", None),
        ] {
            assert_eq!(to_unicode(name).as_deref(), expected, "{name:?}");
        }
    }

    proptest! {
        #[test]
        fn idempotent(name in "xn--[a-z0-9-]{1,12}|\\PC{1,12}") {
            if let Some(once) = to_unicode(&name) {
                let again = to_unicode(&once);
                prop_assert_eq!(again.as_deref(), Some(&*once));
            }
        }
    }
}
