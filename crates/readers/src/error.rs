//! What can go wrong between a path and its rows.

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
    /// A wrong argument or option.
    #[error(transparent)]
    Argument(#[from] KernelError),
    /// A bug of ours.
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

    /// For a file that is not what it should be.
    pub fn unreadable(path: &str, problem: impl Into<String>) -> Self {
        Self::Unreadable { path: path.to_owned(), problem: problem.into() }
    }
}

/// The system's reason in words, without its error number.
fn describe_io(error: &std::io::Error) -> String {
    let text = error.to_string();
    let text = text.split(" (os error").next().unwrap_or_default();
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}
