//! `cargo x test`: one command that sets everything up and runs every test.

use crate::{duckdb, must, root, say, target_dir, web};
use anyhow::{Context, Result, bail};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Further arguments go to the test runner.
pub(crate) fn run(rest: &[&str]) -> Result<()> {
    let wheels = install_wheels()?;
    install_servers();
    let extension = duckdb::build(false)?;
    // nextest does not run the examples in the documentation of the library.
    must(Command::new("cargo").args(["test", "--workspace", "--doc", "--quiet"]))?;
    // Outside the workspace, since the crate evtx changes features of what the workspace is built with.
    let oracle = root().join("crates/evtx/oracle");
    must(
        Command::new("cargo")
            .args(["test", "--release", "--quiet", "--manifest-path"])
            .arg(oracle.join("Cargo.toml"))
            .env("CARGO_TARGET_DIR", target_dir().join("oracle")),
    )?;
    let mut cargo = Command::new("cargo");
    if has_nextest() {
        cargo.args(["nextest", "run", "--workspace", "--no-fail-fast"]);
    } else {
        say("cargo-nextest is not installed: using cargo test");
        cargo.args(["test", "--workspace", "--no-fail-fast"]);
    }
    must(cargo.args(rest).env("HUNTSQL_DUCKDB_WHEELS", wheels).env("HUNTSQL_DUCKDB_EXTENSION", extension))?;
    // With arguments somebody looks for one test.
    if rest.is_empty() { web::test() } else { Ok(()) }
}

fn has_nextest() -> bool {
    Command::new("cargo").args(["nextest", "--version"]).output().is_ok_and(|output| output.status.success())
}

/// What stands against our own servers in some tests, which say so where it is not there.
fn install_servers() {
    let missing = [
        ("/usr/sbin/dnsmasq", "dnsmasq-base"),
        ("/usr/bin/dbus-run-session", "dbus"),
        ("/usr/bin/gnome-keyring-daemon", "gnome-keyring"),
        ("/usr/bin/secret-tool", "libsecret-tools"),
    ];
    let missing: Vec<&str> = missing.into_iter().filter(|(path, _)| !Path::new(path).exists()).map(|(_, package)| package).collect();
    if cfg!(target_os = "linux") && !missing.is_empty() {
        say(&format!("trying apt-get install {}; without it some tests are skipped", missing.join(" ")));
        let apt = |args: &[&str]| {
            let mut apt = Command::new("apt-get");
            apt.args(args).env("DEBIAN_FRONTEND", "noninteractive").output().is_ok_and(|output| output.status.success())
        };
        let install = || apt(&[&["install", "--yes", "--no-install-recommends"], &missing[..]].concat());
        if !(install() || apt(&["update"]) && install()) {
            say("they could not be installed");
        }
    }
}

/// Installs each DuckDB version of tests/duckdb-versions.txt into a folder of its own and returns their parent.
fn install_wheels() -> Result<PathBuf> {
    let cache = std::env::var_os("XDG_CACHE_HOME")
        .map(PathBuf::from)
        .or_else(|| std::env::var_os("HOME").map(|home| Path::new(&home).join(".cache")))
        .context("neither XDG_CACHE_HOME nor HOME is set")?
        .join("huntsql/duckdb-wheels");
    let list = root().join("tests/duckdb-versions.txt");
    let list = std::fs::read_to_string(&list).with_context(|| format!("reading {}", list.display()))?;
    for version in list.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let folder = cache.join(version);
        if folder.join("duckdb/__init__.py").exists() {
            continue;
        }
        say(&format!("installing DuckDB {version} from PyPI into {}", folder.display()));
        let unfinished = cache.join(format!("{version}.part"));
        let _ = std::fs::remove_dir_all(&unfinished);
        let mut pip = pip()?;
        must(pip.args(["install", "--quiet", "--no-deps", "--target"]).arg(&unfinished).arg(format!("duckdb=={version}")))?;
        std::fs::rename(&unfinished, &folder).with_context(|| format!("moving DuckDB {version} into place"))?;
    }
    Ok(cache)
}

/// `python3 -m pip`; Debian keeps it in a package of its own.
fn pip() -> Result<Command> {
    let works = || Command::new("python3").args(["-m", "pip", "--version"]).output().is_ok_and(|output| output.status.success());
    if !works() {
        say("python3 has no pip: trying apt-get install python3-pip");
        let apt = |args: &[&str]| Command::new("apt-get").args(args).status().is_ok_and(|status| status.success());
        if !(apt(&["install", "--yes", "python3-pip"]) || apt(&["update"]) && apt(&["install", "--yes", "python3-pip"])) || !works() {
            bail!("python3 -m pip does not work; install it (Debian: apt-get install python3-pip) and try again");
        }
    }
    let mut pip = Command::new("python3");
    pip.args(["-m", "pip"]);
    Ok(pip)
}
