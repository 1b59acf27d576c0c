//! What `huntsql` does beside running SQL: looking at its configuration, fetching databases.

use crate::failure::Failure;
use crate::terminal;
use clap::Subcommand;
use huntsql_datafusion::display::visible;
use huntsql_lookups::{config, geo};
use std::io::Write;
use std::path::{Path, PathBuf};

/// A tool.
#[derive(Debug, Subcommand)]
pub(crate) enum Tool {
    /// Checks or makes the configuration of look-ups
    #[command(subcommand)]
    Config(ConfigTool),
    /// Fetches databases of places and networks
    #[command(subcommand)]
    Geo(GeoTool),
}

/// What is done with databases of places.
#[derive(Debug, Subcommand)]
pub(crate) enum GeoTool {
    /// Downloads MaxMind's GeoLite2 databases with the account in the configuration (geo: account_id, license_key)
    Update {
        /// Editions; GeoLite2-City and GeoLite2-ASN where none is named
        #[arg(value_name = "EDITION")]
        editions: Vec<String>,
        /// Where they are put; else where geoip looks for them
        #[arg(long, value_name = "FOLDER")]
        folder: Option<PathBuf>,
    },
}

/// What is done with the configuration.
#[derive(Debug, Subcommand)]
pub(crate) enum ConfigTool {
    /// Says what is wrong in the configuration, and which settings are missing
    Check {
        /// The configuration; else the one in HUNTSQL_CONFIG or ~/.config/huntsql/config.yaml
        #[arg(value_name = "FILE")]
        path: Option<PathBuf>,
        /// Sends each provider that has an account one question about something that all know
        #[arg(long = "try")]
        try_providers: bool,
    },
    /// Says where the configuration and the cache are
    Path,
    /// Makes a configuration from MSTICPy's msticpyconfig.yaml
    Import {
        /// MSTICPy's file
        #[arg(value_name = "FILE")]
        theirs: PathBuf,
        /// Where to write ours; else where huntsql looks for it. `-` is standard output
        #[arg(long, value_name = "FILE")]
        output: Option<PathBuf>,
    },
}

/// Runs a tool.
pub(crate) fn run(tool: &Tool) -> Result<(), Failure> {
    match tool {
        Tool::Config(ConfigTool::Check { path, try_providers }) => check(path.as_deref(), *try_providers),
        Tool::Config(ConfigTool::Path) => paths(),
        Tool::Geo(GeoTool::Update { editions, folder }) => update(editions, folder.as_deref()),
        Tool::Config(ConfigTool::Import { theirs, output }) => import(theirs, output.as_deref()),
    }
}

fn update(editions: &[String], folder: Option<&Path>) -> Result<(), Failure> {
    let is_named = config::process_environment("HUNTSQL_CONFIG").is_some();
    let config = huntsql_lookups::context::read_config(ours().as_deref(), is_named).map_err(Failure::Query)?;
    let folder = folder.map_or_else(|| geo::update_folder(&config), |folder| Ok(folder.to_owned())).map_err(Failure::Query)?;
    let report = geo::update(&config, editions, &folder).map_err(Failure::Query)?;
    print(&report.to_string())?;
    if report.is_sound() { Ok(()) } else { Err(Failure::Query("not all databases could be updated".to_owned())) }
}

fn ours() -> Option<PathBuf> {
    config::default_path(&config::process_environment)
}

fn print(text: &str) -> Result<(), Failure> {
    // What a file holds is shown as text, whatever it holds.
    let safe: String = text.lines().map(|line| format!("{}\n", visible(line))).collect();
    std::io::stdout().write_all(safe.as_bytes()).map_err(|error| Failure::Query(error.to_string()))
}

fn check(path: Option<&Path>, try_providers: bool) -> Result<(), Failure> {
    let is_named = path.is_some() || config::process_environment("HUNTSQL_CONFIG").is_some();
    let path = path.map(Path::to_owned).or_else(ours);
    let checked = config::check(path.as_deref(), is_named, try_providers).map_err(Failure::Query)?;
    print(&checked.report)?;
    if checked.is_sound { Ok(()) } else { Err(Failure::Query("the configuration has faults".to_owned())) }
}

fn paths() -> Result<(), Failure> {
    let shown = |path: Option<PathBuf>| path.map_or("none (HOME is not set)".to_owned(), |path| path.display().to_string());
    let cache = config::default_cache(&config::process_environment);
    print(&format!("configuration: {}\ncache: {}\n", shown(ours()), shown(cache)))
}

fn import(theirs: &Path, output: Option<&Path>) -> Result<(), Failure> {
    let named = |why: &dyn std::fmt::Display| Failure::Query(format!("{}: {why}", theirs.display()));
    let text = std::fs::read_to_string(theirs).map_err(|error| named(&error))?;
    let imported = config::import(&text).map_err(|problem| named(&format!("line {}: {}", problem.line, problem.what)))?;
    for note in &imported.notes {
        terminal::warning(&visible(note));
    }
    let Some(path) = output.map(Path::to_owned).or_else(ours) else {
        return Err(Failure::Usage("HOME is not set: say where to write with --output".to_owned()));
    };
    if path == Path::new("-") {
        return print(&imported.text);
    }
    let failed = |error: std::io::Error| Failure::Query(format!("{}: {error}", path.display()));
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder).map_err(failed)?;
    }
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    let mut file = options.open(&path).map_err(|error| match error.kind() {
        std::io::ErrorKind::AlreadyExists => {
            Failure::Query(format!("{} is there already: write elsewhere with --output FILE", path.display()))
        }
        _ => failed(error),
    })?;
    file.write_all(imported.text.as_bytes()).map_err(failed)?;
    print(&format!("written to {}; `huntsql config check` says what is missing\n", path.display()))
}
