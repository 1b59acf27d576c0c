//! `defang(text)`: makes indicators safe to paste.

use crate::prelude::*;

/// Kernel of `defang`.
pub struct Defang;

impl ScalarKernel for Defang {
    const SPEC: Spec = Spec {
        name: "defang",
        family: Family::Text,
        summary: "Rewrites URLs, domains, e-mail and IP addresses in a text so that nothing turns them into links.",
        details: "",
        args: &[Arg { name: "text", doc: "Any text." }],
        examples: &[Example { sql: "SELECT defang('http://evil.test') AS safe", result: "hxxp://evil[.]test" }],
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

/// Appends the defanged form of `text` to `out`.
pub fn defang(text: &str, out: &mut String) {
    out.push_str(&text.replace("http", "hxxp").replace('.', "[.]"));
}
