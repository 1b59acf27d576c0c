//! Functions of many rows: sessions, series, clusters, outliers, sequences.

mod dbcluster;
mod dbscan;
mod hdbcluster;
mod hdbscan;
mod points;
mod sessionize;
mod sessions;

pub use dbcluster::{DbCluster, DbClusterOf, DbClusterOptions};
pub use hdbcluster::{HdbCluster, HdbClusterOf, HdbClusterOptions};
pub use sessionize::{SessionOptions, Sessionize, split_sessions};
pub use sessions::{Session, Sessions};
