//! Why a statement or the whole program stopped, and the exit codes.

use datafusion::error::DataFusionError;
use huntsql_datafusion::session::explain_error::explain;
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
        explain(error).into()
    }
}

impl From<huntsql_datafusion::error::Error> for Failure {
    fn from(error: huntsql_datafusion::error::Error) -> Self {
        Self::Query(error.to_string())
    }
}
