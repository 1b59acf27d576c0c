//! docs/reference/*.md, written from the specs. `cargo x docs [--check]` runs it: xtask itself stays free of the kernels, so that
//! `cargo x` is quick to build.

use huntsql_catalogue::signatures;
use huntsql_kernels::spec::{Family, Kind, Signature};
use huntsql_testkit::suite::root;
use std::collections::BTreeMap;
use std::error::Error;
use std::fmt::Write;
use std::path::PathBuf;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

fn main() -> Result<()> {
    match std::env::args().nth(1).as_deref() {
        None => write(),
        Some("--check") => check(),
        Some(other) => Err(format!("usage: reference [--check], got {other}").into()),
    }
}

fn folder() -> PathBuf {
    root().join("docs/reference")
}

/// Writes all pages and removes those of families that are gone.
fn write() -> Result<()> {
    std::fs::create_dir_all(folder())?;
    let pages = pages()?;
    for name in existing()? {
        if !pages.contains_key(&name) {
            std::fs::remove_file(folder().join(name))?;
        }
    }
    for (name, text) in pages {
        std::fs::write(folder().join(&name), text).map_err(|error| format!("writing docs/reference/{name}: {error}"))?;
    }
    Ok(())
}

/// Fails with the first page that differs from its specs.
fn check() -> Result<()> {
    let pages = pages()?;
    for name in existing()? {
        if !pages.contains_key(&name) {
            return Err(format!("docs/reference/{name} belongs to no family; run `cargo x docs`").into());
        }
    }
    for (name, text) in pages {
        let there = std::fs::read_to_string(folder().join(&name)).unwrap_or_default();
        if there != text {
            let line = there.lines().zip(text.lines()).take_while(|(a, b)| a == b).count() + 1;
            return Err(format!("docs/reference/{name} is not what the specs say (line {line}); run `cargo x docs`").into());
        }
    }
    Ok(())
}

fn existing() -> Result<Vec<String>> {
    let Ok(entries) = std::fs::read_dir(folder()) else { return Ok(Vec::new()) };
    entries.map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned())).collect()
}

fn pages() -> Result<BTreeMap<String, String>> {
    let mut families: BTreeMap<Family, Vec<Signature>> = BTreeMap::new();
    for signature in signatures() {
        families.entry(signature.spec.family).or_default().push(signature);
    }
    let mut pages = BTreeMap::new();
    let mut index = String::from("<!-- Written by `cargo x docs` from the specs in crates/kernels. -->\n# Function reference\n");
    for (family, functions) in &families {
        write!(index, "\n## {}\n\n| function | result |\n|---|---|\n", family.title())?;
        let mut page = format!("<!-- Written by `cargo x docs` from the specs in crates/kernels. -->\n# {}\n", family.title());
        for function in functions {
            let (name, usage) = (function.spec.name, function.usage());
            let usage = match function.kind {
                Kind::Scalar => usage,
                Kind::Reader => format!("{name}(path, ...)"),
                Kind::Aggregate | Kind::PerRow | Kind::Events => format!("huntsql.{name}(tbl, ...)"),
            };
            writeln!(index, "| [`{usage}`]({}.md#{name}) | {} |", family.name(), function.spec.summary)?;
            entry(&mut page, function)?;
        }
        pages.insert(format!("{}.md", family.name()), page);
    }
    pages.insert("README.md".to_owned(), index);
    Ok(pages)
}

/// The ways to call a function of many rows.
fn forms(page: &mut String, function: &Signature, table: &str) -> Result<()> {
    let spec = function.spec;
    if function.kind == Kind::Reader {
        write!(page, "\n## {}\n\n`FROM {table}`\n\n{}\n", spec.name, spec.summary)?;
        return Ok(());
    }
    write!(page, "\n## {}\n\n{}\n\n", spec.name, spec.summary)?;
    if function.kind == Kind::Events {
        let more = if function.keeps_rows { " and the table's" } else { "" };
        writeln!(page, "- Table only: `{table}` gives the columns below{more}.")?;
        return Ok(());
    }
    let gives = if function.kind == Kind::PerRow { "the table's rows with the columns below" } else { "`part` and the columns below" };
    writeln!(page, "- Table: `{table}` gives {gives}; `part` divides the rows into groups.")?;
    let lists = if function.kind == Kind::PerRow { "the rows' arguments and the columns below" } else { "the columns below" };
    writeln!(page, "- Aggregate: `{}` gives a LIST(STRUCT) of {lists}, for each group of GROUP BY.", function.usage())?;
    if let Some(window) = function.window {
        writeln!(page, "- Window (DataFusion only): `{} OVER (PARTITION BY ...)` gives `{window}` for each row.", function.usage())?;
    }
    Ok(())
}

fn entry(page: &mut String, function: &Signature) -> Result<()> {
    let spec = function.spec;
    match function.table_usage() {
        None => write!(page, "\n## {}\n\n`{}` → `{}`\n\n{}\n", spec.name, function.usage(), function.result, spec.summary)?,
        Some(table) => forms(page, function, &table)?,
    }
    if !spec.details.is_empty() {
        write!(page, "\n{}\n", spec.details.trim())?;
    }
    page.push_str("\n| argument | type | |\n|---|---|---|\n");
    for (arg, ty) in spec.args.iter().zip(function.args) {
        writeln!(page, "| `{}` | {ty} | {} |", arg.name, arg.doc)?;
    }
    if !function.options.is_empty() {
        page.push_str("\n| option | takes | default | |\n|---|---|---|---|\n");
        for option in function.options {
            writeln!(page, "| `{}` | {} | {} | {} |", option.name, option.kind.describe(), option.default, option.doc)?;
        }
    }
    if !function.columns.is_empty() {
        page.push_str("\n| column | type |\n|---|---|\n");
        for (name, ty) in function.columns {
            writeln!(page, "| `{name}` | {ty} |")?;
        }
    }
    for example in spec.examples {
        write!(page, "\n```sql\n{};\n```\n```text\n{}\n```\n", example.sql, example.result)?;
    }
    Ok(())
}
