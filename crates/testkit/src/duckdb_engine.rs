//! The official DuckDB with the extension loaded: a Python process with the wheel, driven by JSON lines.

use crate::EngineError;
use async_trait::async_trait;
use serde_json::Value;
use sqllogictest::{AsyncDB, DBOutput, DefaultColumnType};
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

const DRIVER: &str = include_str!("duckdb_driver.py");

/// Where the wheels and the extension are.
#[derive(Debug, Clone)]
pub struct DuckDbSetup {
    /// The folder into which pip installed one DuckDB version.
    pub wheel: PathBuf,
    /// `huntsql.duckdb_extension`.
    pub extension: PathBuf,
}

/// A running DuckDB.
pub struct DuckDbEngine {
    process: Child,
    requests: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl DuckDbSetup {
    /// `cargo x test` builds the extension, installs the wheels and says in the environment where they are.
    pub fn of_version(version: &str) -> Option<Self> {
        let wheels = std::env::var_os("HUNTSQL_DUCKDB_WHEELS").map(PathBuf::from)?;
        let extension = std::env::var_os("HUNTSQL_DUCKDB_EXTENSION").map(PathBuf::from)?;
        Some(Self { wheel: wheels.join(version), extension })
    }
}

impl DuckDbEngine {
    /// Starts DuckDB and loads the extension.
    pub fn start(setup: &DuckDbSetup) -> Result<Self, EngineError> {
        Self::start_after(setup, &[])
    }

    /// As `start`, with statements that run before the extension is loaded.
    pub fn start_after(setup: &DuckDbSetup, before: &[&str]) -> Result<Self, EngineError> {
        let failed = |what: &str| EngineError(format!("starting DuckDB: {what}"));
        let mut process = Command::new("python3")
            .arg("-c")
            .arg(DRIVER)
            .args([setup.wheel.as_path(), setup.extension.as_path()])
            .args(before)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| failed(&error.to_string()))?;
        let requests = process.stdin.take().ok_or_else(|| failed("no stdin"))?;
        let answers = BufReader::new(process.stdout.take().ok_or_else(|| failed("no stdout"))?);
        Ok(Self { process, requests, answers })
    }

    fn ask(&mut self, sql: &str) -> Result<Value, EngineError> {
        let request = serde_json::json!({ "sql": sql }).to_string();
        writeln!(self.requests, "{request}")
            .and_then(|()| self.requests.flush())
            .map_err(|error| EngineError(format!("DuckDB is gone: {error}")))?;
        let mut answer = String::new();
        self.answers.read_line(&mut answer).map_err(|error| EngineError(format!("DuckDB is gone: {error}")))?;
        if answer.is_empty() {
            return Err(EngineError(format!("DuckDB died on: {sql}")));
        }
        serde_json::from_str(&answer).map_err(|error| EngineError(format!("the driver printed no JSON: {error}: {answer}")))
    }
}

impl Drop for DuckDbEngine {
    fn drop(&mut self) {
        // It ends by itself at the end of its input; waiting would hang if it does not.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[async_trait]
impl AsyncDB for DuckDbEngine {
    type Error = EngineError;
    type ColumnType = DefaultColumnType;

    async fn run(&mut self, sql: &str) -> Result<DBOutput<DefaultColumnType>, EngineError> {
        let answer = self.ask(sql)?;
        if let Some(error) = answer.get("error").and_then(Value::as_str) {
            return Err(EngineError(error.to_owned()));
        }
        let Some(rows) = answer.get("rows").and_then(Value::as_array) else {
            return Ok(DBOutput::StatementComplete(0));
        };
        let columns = answer.get("columns").and_then(Value::as_u64).unwrap_or(0);
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let rows = rows.iter().map(|row| row.as_array().map(|cells| cells.iter().map(text).collect()).unwrap_or_default()).collect();
        Ok(DBOutput::Rows { types: vec![DefaultColumnType::Any; usize::try_from(columns).unwrap_or(0)], rows })
    }

    async fn shutdown(&mut self) {}

    fn engine_name(&self) -> &str {
        "duckdb"
    }
}

/// The file that lists the DuckDB versions.
pub fn versions(root: &Path) -> Vec<String> {
    let text = std::fs::read_to_string(root.join("tests/duckdb-versions.txt")).unwrap_or_default();
    text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')).map(str::to_owned).collect()
}
