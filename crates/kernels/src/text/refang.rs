//! `refang(text)`: makes defanged indicators usable again.

use crate::ioc::scan::chars::{at, before};
use crate::ioc::scan::marks::refang_marks;
use crate::prelude::*;
use memchr::memchr_iter;

/// Kernel of `refang`.
pub struct Refang;

impl ScalarKernel for Refang {
    const SPEC: Spec = Spec {
        name: "refang",
        family: Family::Text,
        summary: "Undoes the defanging of URLs, domains, e-mail and IP addresses in a text.",
        details: "Undone are `hxxp`, `hXXps`, `fxp` before `://`, and between the parts of an indicator `[.]`, `(.)`, `{.}`, `[dot]`, `(dot)`, `\\.`, \
                  `[@]`, `[at]`, `(at)`, `[:]`, `[://]`, `[/]`, a bracket that was forgotten (`evil[.com`), and blanks around `[dot]` and `[at]`. \
                  `refang(defang(x))` is `x` for every text without such marks.",
        args: &[Arg { name: "text", doc: "Any text." }],
        examples: &[Example {
            sql: "SELECT refang('see hxxps[:]//evil[.]test/x or mail boss[at]evil(dot)test') AS live",
            result: "see https://evil.test/x or mail boss@evil.test",
        }],
    };
    type Args<'a> = (&'a str,);
    type Options = NoOptions;
    type Out<'a> = &'a str;
    type Scratch = String;

    fn eval<'a>(buffer: &'a mut String, _: &'a NoOptions, (text,): (&'a str,)) -> KernelResult<&'a str> {
        buffer.clear();
        refang(text, buffer);
        Ok(Some(buffer))
    }
}

/// Appends the refanged form of `text` to `out`.
pub fn refang(text: &str, out: &mut String) {
    let clean = refang_marks(text, false);
    let text = clean.as_ref().map_or(text, |clean| clean.text.as_str());
    let mut copied = 0;
    for (at_scheme, live) in defanged_schemes(text) {
        out.push_str(text.get(copied..at_scheme).unwrap_or(""));
        out.push_str(live);
        copied = at_scheme + if live.len() == 4 { 4 } else { 3 };
    }
    out.push_str(text.get(copied..).unwrap_or(""));
}

/// Where `hxxp` or `fxp` stands before `://`, JSON's `:\/\/` or `%3A`, with what it stands for. The case of `tt` follows its neighbours.
fn defanged_schemes(text: &str) -> impl Iterator<Item = (usize, &'static str)> + '_ {
    let bytes = text.as_bytes();
    let ends = |colon: &usize| bytes.get(colon + 1..).is_some_and(|rest| rest.starts_with(b"//") || rest.starts_with(b"\\/\\/"));
    let encoded = |percent: &usize| bytes.get(percent + 1..percent + 3).is_some_and(|d| d.eq_ignore_ascii_case(b"3a") || d == b"25");
    let marks = memchr::memchr2_iter(b':', b'%', bytes).filter(move |i| if at(bytes, *i) == b':' { ends(i) } else { encoded(i) });
    marks.filter_map(move |colon| {
        let p = if matches!(before(bytes, colon), b's' | b'S') { colon - 1 } else { colon };
        let tail = |len: usize| p.checked_sub(len).and_then(|from| bytes.get(from..p)).unwrap_or(&[]);
        if let [h @ (b'h' | b'H'), b'x' | b'X', b'x' | b'X', last @ (b'p' | b'P')] = tail(4) {
            let live = match (h, last) {
                (b'h', b'p') => "http",
                (b'H', b'p') => "Http",
                (b'h', _) => "httP",
                _ => "HTTP",
            };
            return Some((p - 4, live));
        }
        if let [f @ (b'f' | b'F'), b'x' | b'X', last @ (b'p' | b'P')] = tail(3) {
            let live = match (f, last) {
                (b'f', b'p') => "ftp",
                (b'F', b'p') => "Ftp",
                (b'f', _) => "ftP",
                _ => "FTP",
            };
            return Some((p - 3, live));
        }
        None
    })
}

/// Whether `scheme` comes back as it was after `x` was written for `t`.
pub(super) fn keeps_its_case(scheme: &[u8]) -> bool {
    let upper = scheme.first().is_some_and(u8::is_ascii_uppercase)
        && scheme.iter().rfind(|b| !matches!(b, b's' | b'S')).is_some_and(u8::is_ascii_uppercase);
    memchr_iter(b't', scheme).count() == 0 && upper || memchr_iter(b'T', scheme).count() == 0 && !upper
}

#[cfg(test)]
mod tests {
    use super::*;

    fn live(text: &str) -> String {
        let mut out = String::new();
        refang(text, &mut out);
        out
    }

    #[test]
    fn styles() {
        for (text, expected) in [
            ("", ""),
            ("nothing here", "nothing here"),
            ("hxxp://evil[.]com", "http://evil.com"),
            ("hXXps://evil(.)com/a", "https://evil.com/a"),
            ("HXXP://EVIL[.]COM", "HTTP://EVIL.COM"),
            ("fxp://evil[dot]com", "ftp://evil.com"),
            ("1[.]2[.]3[.]4", "1.2.3.4"),
            ("a[@]b[.]org", "a@b.org"),
            ("hxxp%3A%2F%2Fevil[.]com", "http%3A%2F%2Fevil.com"),
            ("the hxxp scheme", "the hxxp scheme"),
            ("sshd[12]: x[1] (a.b)", "sshd[12]: x[1] (a.b)"),
        ] {
            assert_eq!(live(text), expected);
        }
    }
}
