//! What is run: .slt files, and the examples of the specs.

use crate::EngineError;
use crate::lookups::FakeProviders;
use huntsql_kernels::spec::Example;
use sqllogictest::{AsyncDB, DBOutput, Runner};
use std::path::{Path, PathBuf};

/// The variable of .slt files that holds the path of the configuration of look-ups: `config => '${LOOKUPS_CONFIG}'`.
const LOOKUPS_CONFIG: &str = "LOOKUPS_CONFIG";

/// The workspace.
pub fn root() -> PathBuf {
    // Asked at run time: two checkouts may share a target folder, and with it this program.
    let here = std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
    Path::new(&here).join("../..")
}

/// All .slt files below `folder`, sorted.
pub fn slt_files(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            files.extend(slt_files(&path)?);
        } else if path.extension().is_some_and(|extension| extension == "slt") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// Runs one .slt file on engines that `start` makes.
pub async fn run_file<D, F>(file: &Path, start: F) -> Result<(), String>
where
    D: AsyncDB<Error = EngineError>,
    F: Fn() -> Result<D, EngineError>,
{
    let mut runner = Runner::new(|| {
        let engine = start();
        async move { engine }
    });
    // Statements of a file that asks providers name the configuration that leads to those of the tests.
    let asks = std::fs::read_to_string(file).is_ok_and(|text| text.contains(LOOKUPS_CONFIG));
    let providers = if asks { Some(FakeProviders::start().map_err(|error| error.to_string())?) } else { None };
    if let Some(providers) = &providers {
        runner.set_var(LOOKUPS_CONFIG.to_owned(), providers.config().display().to_string());
    }
    runner.run_file_async(file).await.map_err(|error| error.display(false).to_string())
}

/// Runs one example and compares what it prints.
pub async fn run_example<D: AsyncDB<Error = EngineError>>(example: &Example, engine: &mut D) -> Result<(), String> {
    let output = engine.run(example.sql).await.map_err(|error| format!("{}\n{error}", example.sql))?;
    let DBOutput::Rows { rows, .. } = output else { return Err(format!("{} gives no rows", example.sql)) };
    let printed = rows.iter().map(|row| row.join(" | ")).collect::<Vec<_>>().join("\n");
    if printed == example.result {
        return Ok(());
    }
    Err(format!("{}\nexpected:\n{}\ngot:\n{printed}", example.sql, example.result))
}
