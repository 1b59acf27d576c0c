//! What can go wrong in a kernel: only constants, options and our own bugs. A bad row is NULL, never an error.

use thiserror::Error;

/// Result of one row: `Ok(None)` is SQL NULL.
pub type KernelResult<T> = Result<Option<T>, KernelError>;

/// Error of a function call; variants by what the user can do about it.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum KernelError {
    /// The options struct names an option that does not exist.
    #[error("{function}: unknown option '{option}'{hint} (options: {known})")]
    UnknownOption {
        /// SQL name of the function.
        function: &'static str,
        /// The option as written.
        option: String,
        /// `, did you mean 'x'?` or nothing.
        hint: String,
        /// All options, comma-separated.
        known: String,
    },
    /// An option has the wrong type or an impossible value.
    #[error("{function}: option '{option}' {problem}")]
    BadOption {
        /// SQL name of the function.
        function: &'static str,
        /// The option.
        option: String,
        /// What would work, and what was given.
        problem: String,
    },
    /// An argument that must be right for every row is not.
    #[error("{function}: argument '{argument}' {problem}")]
    BadArgument {
        /// SQL name of the function.
        function: &'static str,
        /// The argument.
        argument: &'static str,
        /// What would work, and what was given.
        problem: String,
    },
    /// A bug of ours.
    #[error("{function}: internal error ({what}); please report this at https://github.com/huntsql/huntsql/issues")]
    Internal {
        /// SQL name of the function.
        function: &'static str,
        /// What the panic said.
        what: String,
    },
}
