//! `cargo x ...`: everything around the build that cargo does not do.

mod duckdb;
mod licences;
mod new_function;
mod samples;
mod test;
mod web;

use anyhow::{Context, Result, bail};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

const HELP: &str = "\
cargo x test                        set up DuckDB wheels, build the extension, run all tests
cargo x docs [--check]              write docs/reference from the specs, or check that it is up to date
cargo x new-function FAMILY NAME    write the stubs of a new scalar function
cargo x duckdb [--release]          build huntsql.duckdb_extension and print its path
cargo x licences                    check the licences of all dependencies against deny.toml
cargo x web [--check|--test]        build the script of chart pages, check that it is up to date, or test pages in Chromium
cargo x samples                     write the samples in examples/logs and examples/geo
";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    match run(&args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            say(&format!("cargo x: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

fn run(args: &[String]) -> Result<()> {
    let words: Vec<&str> = args.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["test", rest @ ..] => test::run(rest),
        ["docs"] => must(&mut reference()),
        ["docs", "--check"] => must(reference().arg("--check")),
        ["new-function", family, name] => new_function::run(family, name),
        ["duckdb"] => duckdb::build(false).map(|path| say(&path.display().to_string())),
        ["duckdb", "--release"] => duckdb::build(true).map(|path| say(&path.display().to_string())),
        ["licences"] => licences::check(),
        ["web"] => web::build(),
        ["web", "--check"] => web::check(),
        ["web", "--test"] => web::test(),
        ["samples"] => samples::write(),
        _ => bail!("usage:\n{HELP}"),
    }
}

/// The program of the testkit that writes docs/reference.
fn reference() -> Command {
    let mut cargo = Command::new("cargo");
    cargo.args(["run", "--quiet", "--package", "huntsql-testkit", "--bin", "reference", "--"]);
    cargo
}

/// The workspace.
fn root() -> PathBuf {
    // Asked at run time: two checkouts may share a target folder, and with it this program.
    let here = std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
    Path::new(&here).join("../..")
}

/// Where cargo builds.
fn target_dir() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}

/// Runs a command in the workspace; its failure is ours.
fn must(command: &mut Command) -> Result<()> {
    let status = command.current_dir(root()).status().with_context(|| format!("cannot start {command:?}"))?;
    if !status.success() {
        bail!("{command:?} ended with {status}");
    }
    Ok(())
}

#[expect(clippy::print_stderr, reason = "a developer's tool speaks to its terminal")]
fn say(line: &str) {
    eprintln!("{line}");
}
