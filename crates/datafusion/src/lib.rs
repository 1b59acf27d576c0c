//! huntsql's functions, files and results on Apache DataFusion.
//!
//! [`register_all`] adds the functions to any session; [`session::HuntSession`] is the whole of it, with files queried by name.
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> datafusion::error::Result<()> {
//! let ctx = datafusion::prelude::SessionContext::new();
//! huntsql_datafusion::register_all(&ctx)?;
//! let safe = ctx.sql("SELECT defang('http://evil.test') AS safe").await?;
//! # safe.collect().await?;
//! # Ok(())
//! # }
//! ```
//!
//! Set `datafusion.optimizer.enable_leaf_expression_pushdown = false` in a session of your own: DataFusion otherwise computes a function that gives a struct, such as
//! `geoip`, once for each field that is read of it. [`session::HuntSession`] does so.

mod adapter;
pub mod display;
pub mod error;
pub mod files;
mod logs;
pub mod session;
pub mod settings;

pub use adapter::{TableFunctionPlanner, register_all};
