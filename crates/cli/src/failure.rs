//! Why a statement or the whole program stopped, and the exit codes.

use datafusion::error::DataFusionError;
use std::error::Error;
use std::io;
use std::process::ExitCode;

/// What ends a statement early.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The statement cannot be run, or broke off. Exit code 1.
    Query(String),
    /// The command line asks for something that cannot be. Exit code 2.
    Usage(String),
    /// Ctrl-C. Exit code 130, as shells expect after SIGINT.
    Interrupted,
    /// A defect of huntsql, which the panic hook has reported. Exit code 1.
    Panicked,
    /// Nobody reads our output any more. Exit code 0: `huntsql ... | head` is no failure.
    BrokenPipe,
}

impl Failure {
    /// The exit code of a program that ends with this.
    pub(crate) fn exit_code(&self) -> ExitCode {
        ExitCode::from(match self {
            Self::Query(_) | Self::Panicked => 1,
            Self::Usage(_) => 2,
            Self::Interrupted => 130,
            Self::BrokenPipe => 0,
        })
    }

    /// Puts `place` before the message.
    pub(crate) fn at(self, place: &str) -> Self {
        match self {
            Self::Query(message) => Self::Query(format!("{place}: {message}")),
            other => other,
        }
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Self::BrokenPipe,
            _ => Self::Query(error.to_string()),
        }
    }
}

impl From<DataFusionError> for Failure {
    fn from(error: DataFusionError) -> Self {
        let mut source: Option<&(dyn Error + 'static)> = Some(&error);
        while let Some(inner) = source {
            if inner.downcast_ref::<io::Error>().is_some_and(|io| io.kind() == io::ErrorKind::BrokenPipe) {
                return Self::BrokenPipe;
            }
            source = inner.source();
        }
        Self::Query(describe(&error))
    }
}

/// DataFusion's name of the stage that failed: of no use to who wrote the query.
const STAGES: &[&str] = &[
    "Error during planning: ",
    "Schema error: ",
    "Execution error: ",
    "Invalid or Unsupported Configuration: ",
    "External error: ",
    "Arrow error: ",
    "Object Store error: ",
    "sql parser error: ",
    "IO error: ",
];

/// The message of `error` without DataFusion's layers.
fn describe(error: &DataFusionError) -> String {
    match error {
        DataFusionError::Context(what, inner) if what.contains("Optimizer rule") || what.contains("_coercion") => describe(inner),
        DataFusionError::Context(what, inner) => format!("{} ({what})", describe(inner)),
        DataFusionError::Diagnostic(_, inner) => describe(inner),
        DataFusionError::Shared(inner) => describe(inner),
        DataFusionError::Collection(all) => all.iter().map(describe).collect::<Vec<_>>().join("\n"),
        DataFusionError::SQL(parser, _) => without_stages(&parser.to_string()),
        other => without_stages(&other.strip_backtrace()),
    }
}

fn without_stages(text: &str) -> String {
    let mut text = text.trim();
    while let Some(rest) = STAGES.iter().find_map(|stage| text.strip_prefix(stage)) {
        text = rest;
    }
    text.to_owned()
}
