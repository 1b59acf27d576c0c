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
    /// A file that cannot be found or read, or a wrong argument of a reader.
    #[error(transparent)]
    File(#[from] huntsql_readers::Error),
    /// A wrong argument or option of a function.
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
}

impl From<Error> for DataFusionError {
    fn from(error: Error) -> Self {
        Self::External(Box::new(error))
    }
}
