//! What huntsql's functions compute: plain Rust values in, plain Rust values out.
//!
//! No engine type appears here. An engine binds every function at once by handing a
//! [`catalogue::Visitor`] to [`catalogue::visit`]; it brings an [`input::Input`] over its own vectors and turns
//! the finished [`column::Column`] into its own result.

pub mod at_once;
pub mod catalogue;
pub mod column;
pub mod error;
pub mod group;
pub mod guard;
pub mod input;
pub mod interrupt;
pub mod json;
pub mod kernel;
pub mod nearest;
pub mod options;
pub mod prelude;
pub mod rows;
pub mod spec;
pub mod text_map;
pub mod time_text;
pub mod types;

pub mod analysis;
pub mod decode;
pub mod ioc;
pub mod logs;
pub mod net;
pub mod new_file;
pub mod process;
pub mod text;
