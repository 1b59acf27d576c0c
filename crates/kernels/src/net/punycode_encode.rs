//! `punycode_encode(name)`: the name that the DNS knows.

use super::domain_name::to_ascii;
use crate::prelude::*;
use std::borrow::Cow;

/// Kernel of `punycode_encode`.
pub struct PunycodeEncode;

impl ScalarKernel for PunycodeEncode {
    const SPEC: Spec = Spec {
        name: "punycode_encode",
        family: Family::Net,
        summary: "Writes a domain name in the ASCII form that the DNS knows: `bücher.de` becomes `xn--bcher-kva.de`.",
        details: "\
Works on whole names, label by label (IDNA by UTS #46, non-transitional, as browsers do): the result is lower-case, full-width letters and
ideographic dots become ASCII, names that are ASCII already are only lower-cased. Underscores are accepted and a trailing dot stays.

NULL for what is not a domain name: wrong punycode, characters that IDNA forbids, empty labels, labels over 63 or names over 253 characters,
blanks inside, URLs, e-mail addresses.",
        args: &[Arg { name: "name", doc: "Domain name, in Unicode or punycode." }],
        examples: &[
            Example { sql: "SELECT punycode_encode('Bücher.example') AS name", result: "xn--bcher-kva.example" },
            Example { sql: "SELECT punycode_encode('EVIL.test') AS a, punycode_encode('not a name') AS b", result: "evil.test | NULL" },
        ],
    };
    type Args<'a> = (&'a str,);
    type Options = NoOptions;
    type Out<'a> = Cow<'a, str>;
    type Scratch = ();

    fn eval<'a>(_: &'a mut (), _: &'a NoOptions, (name,): (&'a str,)) -> KernelResult<Cow<'a, str>> {
        Ok(to_ascii(name))
    }
}

#[cfg(test)]
mod tests {
    use super::super::domain_name::to_unicode;
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn comes_back_from_unicode(name in "[a-zа-яäöü一-龥]{1,9}\\.[a-z]{2,4}") {
            if let Some(ascii) = to_ascii(&name) {
                let unicode = to_unicode(&name).unwrap();
                prop_assert_eq!(to_ascii(&unicode), Some(ascii));
            }
        }
    }
}
