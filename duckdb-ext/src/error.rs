//! What can go wrong at LOAD.

use thiserror::Error;

/// Errors of loading and registering; errors of calls are the kernels' own.
#[derive(Debug, Error)]
pub(crate) enum Error {
    /// DuckDB refused something.
    #[error("huntsql: {0}")]
    Load(String),
    /// A statement that the extension ran at LOAD failed.
    #[error("huntsql: {statement}: {message}")]
    Sql {
        /// What it was for.
        statement: &'static str,
        /// DuckDB's words.
        message: String,
    },
    /// The user already has a database or schema of our name.
    #[error(
        "huntsql: a {what} named '{name}' is already here; set the environment variable HUNTSQL_CATALOG to another name and LOAD again"
    )]
    NameTaken {
        /// `database` or `schema`.
        what: String,
        /// The name.
        name: String,
    },
    /// A bug of ours.
    #[error("huntsql: internal error ({0}); please report this at https://github.com/huntsql/huntsql/issues")]
    Internal(String),
}

/// Result of loading.
pub(crate) type Result<T> = std::result::Result<T, Error>;
