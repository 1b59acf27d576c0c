//! `defang(text)`: makes indicators safe to paste.

use crate::ioc::scan::Trust;
use crate::ioc::scan::chars::{at, before, is_word};
use crate::ioc::{Ioc, IocType, TypeSet};
use crate::prelude::*;

/// Kernel of `defang`.
pub struct Defang;

impl ScalarKernel for Defang {
    const SPEC: Spec = Spec {
        name: "defang",
        family: Family::Text,
        summary: "Rewrites URLs, domains, e-mail and IP addresses in a text so that nothing turns them into links.",
        details: "`http` becomes `hxxp`, `ftp` becomes `fxp`, other schemes get `[:]//`; the dots of hosts and addresses become `[.]`, the `@` of an e-mail \
                  address `[@]`, the first colon of an IPv6 address `[:]`. Only what `extract_iocs` finds is rewritten, indicators inside URLs included; \
                  what is defanged already stays as it is. `refang` undoes it.",
        args: &[Arg { name: "text", doc: "Any text." }],
        examples: &[
            Example { sql: "SELECT defang('http://evil.test') AS safe", result: "hxxp://evil[.]test" },
            Example {
                sql: "SELECT defang('setup.py 1.4.2 from 192.0.2.7, mail boss@example.com') AS safe",
                result: "setup.py 1.4.2 from 192[.]0[.]2[.]7, mail boss[@]example[.]com",
            },
        ],
    };
    type Args<'a> = (&'a str,);
    type Options = NoOptions;
    type Out<'a> = &'a str;
    type Scratch = String;

    fn eval<'a>(buffer: &'a mut String, _: &'a NoOptions, (text,): (&'a str,)) -> KernelResult<&'a str> {
        buffer.clear();
        defang(text, buffer);
        Ok(Some(buffer))
    }
}

/// What a browser or a mail client turns into a link.
const LINKS: [IocType; 6] = [IocType::Url, IocType::Email, IocType::Domain, IocType::Ipv4, IocType::Ipv6, IocType::Cidr];

/// Appends the defanged form of `text` to `out`.
pub fn defang(text: &str, out: &mut String) {
    let mut types = TypeSet::NONE;
    LINKS.iter().for_each(|kind| types.insert(*kind));
    let mut edits: Vec<(usize, usize, &'static str)> = Vec::new();
    for ioc in crate::ioc::find(text, types, Trust::Text) {
        edit(text.as_bytes(), &ioc, &mut edits);
    }
    edits.sort_unstable();
    edits.dedup();
    let mut copied = 0;
    for (start, end, with) in edits {
        if start >= copied {
            out.push_str(text.get(copied..start).unwrap_or(""));
            out.push_str(with);
            copied = end;
        }
    }
    out.push_str(text.get(copied..).unwrap_or(""));
}

fn edit(bytes: &[u8], ioc: &Ioc<'_>, edits: &mut Vec<(usize, usize, &'static str)>) {
    let mut dots = |from: usize, to: usize| {
        for i in from..to {
            let between = is_word(before(bytes, i)) && is_word(at(bytes, i + 1));
            match at(bytes, i) {
                b'.' if between => edits.push((i, i + 1, "[.]")),
                b'@' if between && ioc.kind == IocType::Email => edits.push((i, i + 1, "[@]")),
                _ => {}
            }
        }
    };
    match ioc.kind {
        IocType::Url => {
            let Some(colon) = ioc.raw.find([':', '%', '[']).map(|at_colon| ioc.start + at_colon) else { return };
            // JSON escapes the slashes.
            let lead = ["://", ":\\/\\/"].iter().find(|lead| bytes.get(colon..).is_some_and(|rest| rest.starts_with(lead.as_bytes())));
            if let Some(from) = lead.map(|lead| colon + lead.len()) {
                let authority =
                    bytes.get(from..ioc.end).unwrap_or(&[]).iter().take_while(|b| !matches!(b, b'/' | b'\\' | b'?' | b'#')).count();
                dots(from, from + authority);
            }
            scheme(bytes, ioc.start, colon, edits);
        }
        IocType::Ipv6 | IocType::Cidr => {
            dots(ioc.start, ioc.end);
            let colon = ioc.raw.find(':').map(|at_colon| ioc.start + at_colon).filter(|i| before(bytes, *i) != b'[');
            edits.extend(colon.map(|i| (i, i + 1, "[:]")));
        }
        _ => dots(ioc.start, ioc.end),
    }
}

/// `http` and `ftp` get their `x`; another scheme, or one of mixed case, its colon in brackets.
fn scheme(bytes: &[u8], start: usize, colon: usize, edits: &mut Vec<(usize, usize, &'static str)>) {
    let name = bytes.get(start..colon).unwrap_or(&[]);
    let lower = name.to_ascii_lowercase();
    let known = matches!(lower.as_slice(), b"http" | b"https" | b"ftp" | b"ftps") && super::refang::keeps_its_case(name);
    if known {
        for (i, byte) in name.iter().enumerate() {
            match byte {
                b't' => edits.push((start + i, start + i + 1, "x")),
                b'T' => edits.push((start + i, start + i + 1, "X")),
                _ => {}
            }
        }
    } else if !lower.starts_with(b"hx") && !lower.starts_with(b"fx") && bytes.get(colon..colon + 3) == Some(b"://") {
        edits.push((colon, colon + 1, "[:]"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::refang;
    use proptest::prelude::*;

    fn safe(text: &str) -> String {
        let mut out = String::new();
        defang(text, &mut out);
        out
    }

    fn live(text: &str) -> String {
        let mut out = String::new();
        refang(text, &mut out);
        out
    }

    #[test]
    fn forms() {
        for (text, expected) in [
            ("", ""),
            ("no indicator in setup.py", "no indicator in setup.py"),
            ("http://evil.com/a.php?x=1.2", "hxxp://evil[.]com/a.php?x=1.2"),
            ("HTTPS://EVIL.COM", "HXXPS://EVIL[.]COM"),
            ("hTTp://evil.com", "hTTp[:]//evil[.]com"),
            ("ftp://evil.com ssh://git@evil.com", "fxp://evil[.]com ssh[:]//git@evil[.]com"),
            ("a.b@evil.com", "a[.]b[@]evil[.]com"),
            ("1.2.3.4 and 10.0.0.0/8", "1[.]2[.]3[.]4 and 10[.]0[.]0[.]0/8"),
            ("2001:db8::1", "2001[:]db8::1"),
            ("evil[.]com", "evil[.]com"),
            (r"http:\/\/evil.test\/a.b", r"hxxp:\/\/evil[.]test\/a.b"),
            ("a.com.]a", "a[.]com.]a"),
            (r"http://a.example\.uk", r"hxxp://a[.]example\.uk"),
            ("http://a.com/?u=http://b.com/x.y", "hxxp://a[.]com/?u=hxxp://b[.]com/x.y"),
            ("?u=http%3A%2F%2Fevil.example.net%2Fx", "?u=hxxp%3A%2F%2Fevil[.]example[.]net%2Fx"),
        ] {
            assert_eq!(safe(text), expected);
            if !expected.is_empty() && text != "evil[.]com" {
                assert_eq!(live(expected), text);
            }
        }
    }

    proptest! {
        #[test]
        fn refang_undoes_it(text in r"((https?|HTTP|ftp|ssh|x)(://|:|%3A%2F%2F))?[a-z0-9éA-Z.@:/\[\]() %-]{0,40}(\.com|\.de|@a\.org|1\.2\.3\.4|fe80::1)?[/ .:)\]a-z]{0,3}") {
            if live(&text) == text {
                prop_assert_eq!(live(&safe(&text)), text);
            }
        }

        #[test]
        fn defanged_twice_is_defanged_once(text in r"(https?://)?[a-z0-9.@:/ -]{0,30}(\.com|1\.2\.3\.4)?") {
            let once = safe(&text);
            prop_assert_eq!(safe(&once), once);
        }
    }
}
