//! Binds huntsql to Apache DataFusion: files queried by name, statements, functions.

pub mod error;
pub mod files;
pub mod session;
