//! One test suite for every engine: `tests/slt/**/*.slt` and the examples of all specs, on DataFusion and inside the
//! official DuckDB wheels.

pub mod datafusion_engine;
pub mod duckdb_engine;
pub mod lookups;
pub mod suite;

use thiserror::Error;

/// What an engine answered instead of rows.
#[derive(Debug, Error)]
#[error("{0}")]
pub struct EngineError(pub String);
