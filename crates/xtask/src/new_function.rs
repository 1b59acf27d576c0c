//! `cargo x new-function FAMILY NAME`: the stubs of a scalar function, in the places where they belong.

use crate::{root, say};
use anyhow::{Context, Result, bail};
use std::path::Path;

/// Writes the kernel file, its `mod` and `pub use` lines, its catalogue line and its .slt file.
pub(crate) fn run(family: &str, name: &str) -> Result<()> {
    let snake = |word: &str| {
        word.starts_with(|c: char| c.is_ascii_lowercase()) && word.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
    };
    if !snake(family) || !snake(name) {
        bail!("family and name are snake_case, got '{family}' and '{name}'");
    }
    let kernels = root().join("crates/kernels/src");
    let module = kernels.join(family).join("mod.rs");
    if !module.exists() {
        bail!("there is no family '{family}': make {} and a variant of spec::Family first", module.display());
    }
    let kernel = kernels.join(family).join(format!("{name}.rs"));
    let slt = root().join("tests/slt").join(family).join(format!("{name}.slt"));
    for file in [&kernel, &slt] {
        if file.exists() {
            bail!("{} exists", file.display());
        }
    }
    let type_name = camel(name);
    let constant = camel(family);
    write(&kernel, &KERNEL.replace("NAME", name).replace("TYPE", &type_name).replace("FAMILY", &constant))?;
    write(&slt, &SLT.replace("NAME", name))?;
    edit(&module, |text| insert_sorted(text, "mod ", &format!("mod {name};")))?;
    edit(&module, |text| insert_sorted(text, "pub use ", &format!("pub use {name}::{{{type_name}, {name}}};")))?;
    let line = format!("    visitor.scalar::<{family}::{type_name}>(); // {name}");
    edit(&kernels.join("catalogue.rs"), |text| insert_catalogue(text, name, &line))?;
    say(&format!("wrote crates/kernels/src/{family}/{name}.rs and tests/slt/{family}/{name}.slt"));
    say("now fill in both, then: cargo x docs && cargo x test");
    Ok(())
}

fn camel(snake: &str) -> String {
    snake
        .split('_')
        .map(|word| {
            let mut letters = word.chars();
            letters.next().map_or_else(String::new, |first| first.to_ascii_uppercase().to_string() + letters.as_str())
        })
        .collect()
}

fn write(path: &Path, text: &str) -> Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    std::fs::write(path, text).with_context(|| format!("writing {}", path.display()))
}

fn edit(path: &Path, change: impl FnOnce(&str) -> String) -> Result<()> {
    let text = std::fs::read_to_string(path).with_context(|| format!("reading {}", path.display()))?;
    write(path, &change(&text))
}

/// Puts `line` among the lines that begin with `prefix`, in order.
fn insert_sorted(text: &str, prefix: &str, line: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let same = |candidate: &&str| candidate.starts_with(prefix);
    let at = match lines.iter().position(|candidate| same(candidate) && *candidate > line) {
        Some(at) => at,
        None => lines.iter().rposition(same).map_or(lines.len(), |last| last + 1),
    };
    with_line(&lines, at, line)
}

/// The catalogue is sorted by SQL name, which each line shows at its end.
fn insert_catalogue(text: &str, name: &str, line: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let named = |candidate: &str| {
        candidate.trim_start().strip_prefix("visitor.scalar::<").and_then(|rest| rest.split("// ").nth(1)).map(str::to_owned)
    };
    let at = match lines.iter().position(|candidate| named(candidate).is_some_and(|there| there.as_str() > name)) {
        Some(at) => at,
        None => lines.iter().rposition(|candidate| named(candidate).is_some()).map_or(lines.len(), |last| last + 1),
    };
    with_line(&lines, at, line)
}

fn with_line(lines: &[&str], at: usize, line: &str) -> String {
    let (before, after) = lines.split_at(at.min(lines.len()));
    let mut text = [before, &[line], after].concat().join("\n");
    text.push('\n');
    text
}

const KERNEL: &str = r#"//! `NAME(text)`: one line on what it gives.

use crate::prelude::*;

/// Kernel of `NAME`.
pub struct TYPE;

impl ScalarKernel for TYPE {
    const SPEC: Spec = Spec {
        name: "NAME",
        family: Family::FAMILY,
        summary: "Gives the text back.",
        details: "",
        args: &[Arg { name: "text", doc: "Any text." }],
        examples: &[Example { sql: "SELECT NAME('a') AS result", result: "a" }],
    };
    type Args<'a> = (&'a str,);
    type Options = NoOptions;
    type Out<'a> = &'a str;
    type Scratch = ();

    fn eval<'a>(_: &'a mut (), _: &'a NoOptions, (text,): (&'a str,)) -> KernelResult<&'a str> {
        Ok(NAME(text))
    }
}

/// `None` is SQL NULL.
pub fn NAME(text: &str) -> Option<&str> {
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cases() {
        for (input, expected) in [("a", Some("a")), ("", Some(""))] {
            assert_eq!(NAME(input), expected, "{input:?}");
        }
    }
}
"#;

const SLT: &str = "\
query T
SELECT NAME('a') AS result
----
a

query T
SELECT NAME(NULL) AS result
----
NULL

query T
SELECT NAME('') AS result
----
(empty)

statement error
SELECT NAME()
";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_go_where_they_belong() {
        assert_eq!(camel("ip_in_cidr"), "IpInCidr");
        assert_eq!(
            insert_sorted("//! x\n\nmod a;\nmod c;\n\npub use a::A;\n", "mod ", "mod b;"),
            "//! x\n\nmod a;\nmod b;\nmod c;\n\npub use a::A;\n"
        );
        assert_eq!(insert_sorted("mod a;\nmod b;\n\nx\n", "mod ", "mod c;"), "mod a;\nmod b;\nmod c;\n\nx\n");
        let catalogue = "    visitor.scalar::<t::A>(); // a\n    visitor.scalar::<t::C>(); // c\n}\n";
        assert_eq!(
            insert_catalogue(catalogue, "b", "    B // b"),
            "    visitor.scalar::<t::A>(); // a\n    B // b\n    visitor.scalar::<t::C>(); // c\n}\n"
        );
    }
}
