//! What can go wrong between a statement and its rows.

use datafusion::error::DataFusionError;
use huntsql_kernels::error::KernelError;
use thiserror::Error;

/// Result of this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Variants by what the user can do about it.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Error {
    /// A file that does not exist: fix the path.
    #[error("no file '{path}'{hint}")]
    NoFile {
        /// The path as written.
        path: String,
        /// `, did you mean 'x'?` or what else would work.
        hint: String,
    },
    /// A file that cannot be read as a whole.
    #[error("cannot read '{path}': {problem}")]
    Unreadable {
        /// The path as written or listed.
        path: String,
        /// The reason and what would work.
        problem: String,
    },
    /// A line that is not what its format asks for.
    #[error("{path}, line {line}: {problem}")]
    BadLine {
        /// The path as listed.
        path: String,
        /// Line of the source, from 1.
        line: u64,
        /// The reason and what would work.
        problem: String,
    },
    /// A wrong argument or option of a reader or function.
    #[error(transparent)]
    Argument(#[from] KernelError),
    /// A statement that does not parse.
    #[error("line {line}: {problem}")]
    Syntax {
        /// Line of the script, from 1.
        line: u64,
        /// The parser's words.
        problem: String,
    },
    /// A name that nothing has.
    #[error("no {kind} '{name}'{hint}")]
    Unknown {
        /// `table`, `column`, `function`.
        kind: &'static str,
        /// The name as written.
        name: String,
        /// `, did you mean 'x'?` or nothing.
        hint: String,
    },
    /// Anything else the engine refused.
    #[error("{0}")]
    Query(String),
    /// A bug of ours or of the engine.
    #[error("internal error ({0}); please report this at https://github.com/huntsql/huntsql/issues")]
    Internal(String),
    /// The statement was cancelled.
    #[error("cancelled")]
    Cancelled,
}

impl Error {
    /// For a file that the system would not read.
    pub fn io(path: &str, error: &std::io::Error) -> Self {
        Self::Unreadable { path: path.to_owned(), problem: describe_io(error) }
    }
}

/// The system's reason in words, without its error number.
fn describe_io(error: &std::io::Error) -> String {
    let text = error.to_string();
    let text = text.split(" (os error").next().unwrap_or_default();
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}

impl From<Error> for DataFusionError {
    fn from(error: Error) -> Self {
        Self::External(Box::new(error))
    }
}
