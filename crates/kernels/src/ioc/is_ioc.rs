//! `is_ioc(text, type)`: whether a text as a whole is an indicator of a type.

use super::ioc_type::whole;
use super::kind::{IocType, TypeSet};
use super::scan::Trust;
use crate::prelude::*;

/// Kernel of `is_ioc`.
pub struct IsIoc;

impl ScalarKernel for IsIoc {
    const SPEC: Spec = Spec {
        name: "is_ioc",
        family: Family::Ioc,
        summary: "Tells whether a text as a whole is an indicator of a type.",
        details: "Blanks around the text do not count, defanged indicators are recognised. The types are those of `extract_iocs` and their aliases; \
                  another type is an error. Where the type says what no form can say, the form is enough: any MD5 is a `ja3`.",
        args: &[
            Arg { name: "text", doc: "One indicator." },
            Arg { name: "type", doc: "A type of `extract_iocs`, such as `ipv4` or `domain`." },
        ],
        examples: &[Example {
            sql: "SELECT is_ioc('192.0.2.7', 'ipv4') AS a, is_ioc('999.1.1.1', 'ipv4') AS b, is_ioc('evil.zip', 'domain') AS c",
            result: "true | false | true",
        }],
    };
    type Args<'a> = (&'a str, &'a str);
    type Options = NoOptions;
    type Out<'a> = bool;
    type Scratch = Option<(String, IocType)>;

    fn eval<'a>(memo: &'a mut Self::Scratch, _: &'a NoOptions, (text, name): (&'a str, &'a str)) -> KernelResult<bool> {
        let kind = match memo {
            Some((known, kind)) if known == name => *kind,
            _ => {
                let kind =
                    IocType::parse(name).map_err(|problem| KernelError::BadArgument { function: "is_ioc", argument: "type", problem })?;
                *memo = Some((name.to_owned(), kind));
                kind
            }
        };
        Ok(Some(is_ioc(text, kind)))
    }
}

/// Whether all of `text` is one indicator of type `kind`.
pub fn is_ioc(text: &str, kind: IocType) -> bool {
    let mut types = TypeSet::NONE;
    types.insert(kind);
    whole(text, types, Trust::Named(kind)).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn named_types() {
        for (text, kind, expected) in [
            ("evil.zip", IocType::Domain, true),
            ("setup.py", IocType::Domain, true),
            ("co.uk", IocType::Domain, false),
            ("d41d8cd98f00b204e9800998ecf8427e", IocType::Ja3, true),
            ("d41d8cd98f00b204e9800998ecf8427e", IocType::Sha1, false),
            ("1.2.3.4", IocType::Ipv4, true),
            ("1.2.3.04", IocType::Ipv4, false),
            ("1.2.3.4", IocType::Cidr, false),
            ("t1059", IocType::Mitre, true),
            ("évil.com", IocType::Domain, true),
        ] {
            assert_eq!(is_ioc(text, kind), expected, "{text} {}", kind.name());
        }
    }

    #[test]
    fn unknown_types_name_the_nearest() {
        let error = IsIoc::eval(&mut None, &NoOptions, ("x", "ipv5")).map_err(|e| e.to_string());
        assert!(error.is_err_and(|e| e.starts_with("is_ioc: argument 'type' names the unknown type 'ipv5', did you mean 'ipv4'?")));
    }
}
