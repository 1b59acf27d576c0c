//! The script and style of chart pages: built from TypeScript, checked in, tested in a browser.

use crate::{must, root, say, target_dir};
use anyhow::{Context, Result, bail};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Writes dist from the sources.
pub(crate) fn build() -> Result<()> {
    install(&["node"])?;
    must(node().arg(web().join("build.mjs")))
}

/// Fails where dist is not what the sources give, or the sources are not sound.
pub(crate) fn check() -> Result<()> {
    install(&["node"])?;
    must(npm().args(["run", "--silent", "check"]))?;
    let before = dist()?;
    must(node().arg(web().join("build.mjs")))?;
    let after = dist()?;
    let differ: Vec<&String> = after.keys().chain(before.keys()).filter(|name| before.get(*name) != after.get(*name)).collect();
    if !differ.is_empty() {
        bail!("crates/charts/web/dist is not what the sources give ({differ:?}); run `cargo x web`, then commit it");
    }
    Ok(())
}

/// Draws pages and looks at them in Chromium.
pub(crate) fn test() -> Result<()> {
    if let Err(error) = install(&["node", "chromium"]) {
        if std::env::var_os("HUNTSQL_WITHOUT_BROWSER").is_some() {
            say(&format!("SKIPPED: the pages of charts are not tested in a browser: {error:#}"));
            return Ok(());
        }
        return Err(error.context("HUNTSQL_WITHOUT_BROWSER=1 leaves the tests in a browser out"));
    }
    check()?;
    let pages = target_dir().join("chart-pages");
    let _ = std::fs::remove_dir_all(&pages);
    std::fs::create_dir_all(&pages).with_context(|| format!("making {}", pages.display()))?;
    must(Command::new("cargo").args(["run", "--quiet", "--package", "huntsql-charts", "--example", "pages", "--"]).arg(&pages))?;
    must(node().arg(web().join("tests/fixture.mjs")).arg(&pages))?;
    must(node().arg(web().join("tests/run.mjs")).arg(&pages))?;
    must(node().arg(web().join("tests/echarts.mjs")))
}

fn web() -> PathBuf {
    root().join("crates/charts/web")
}

fn node() -> Command {
    Command::new("node")
}

fn npm() -> Command {
    let mut npm = Command::new("npm");
    npm.arg("--prefix").arg(web());
    npm
}

/// Every file of dist.
fn dist() -> Result<BTreeMap<String, Vec<u8>>> {
    let folder = web().join("dist");
    let mut files = BTreeMap::new();
    for entry in std::fs::read_dir(&folder).with_context(|| format!("reading {}", folder.display()))? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        files.insert(name, std::fs::read(&path).with_context(|| format!("reading {}", path.display()))?);
    }
    Ok(files)
}

/// Installs what is missing of `programs`, and the packages of the lock file.
fn install(programs: &[&str]) -> Result<()> {
    for program in programs {
        if !works(program) {
            let packages: &[&str] = if *program == "node" { &["nodejs", "npm"] } else { &["chromium"] };
            say(&format!("{program} is not there: trying apt-get install {}", packages.join(" ")));
            let apt = |args: &[&str]| Command::new("apt-get").args(args).status().is_ok_and(|status| status.success());
            let install = || apt(&[&["install", "--yes", "--no-install-recommends"], packages].concat());
            if !(install() || apt(&["update"]) && install()) || !works(program) {
                bail!("{program} does not work; install it (Debian: apt-get install {}) and try again", packages.join(" "));
            }
        }
    }
    // Where the lock file is that of the last installation there is nothing to do.
    let (lock, done) = (web().join("package-lock.json"), web().join("node_modules/.huntsql-lock"));
    if read(&lock).is_some() && read(&lock) == read(&done) {
        return Ok(());
    }
    say("installing the packages of crates/charts/web from npm");
    must(npm().args(["ci", "--silent", "--no-audit", "--no-fund"]))?;
    std::fs::copy(&lock, &done).with_context(|| format!("writing {}", done.display()))?;
    Ok(())
}

fn read(path: &Path) -> Option<Vec<u8>> {
    std::fs::read(path).ok()
}

fn works(program: &str) -> bool {
    let run = |program: &str| {
        let version = Command::new(program).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
        version.is_ok_and(|status| status.success())
    };
    match program {
        "node" => run("node") && run("npm"),
        other => run(other),
    }
}
