//! Functions of many rows: sessions, series, clusters, outliers, sequences.

mod sessionize;
mod sessions;

pub use sessionize::{SessionOptions, Sessionize, split_sessions};
pub use sessions::{Session, Sessions};
