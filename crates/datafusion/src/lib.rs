//! huntsql's functions, files and results on Apache DataFusion.

pub mod display;
pub mod settings;
