//! Functions of many rows: sessions, series, clusters, outliers, sequences.

mod find_anomaly_periods;
mod sessionize;
mod sessions;
pub mod stl;
mod stl_anomalies;

pub use find_anomaly_periods::{AnomalyPeriod, FindAnomalyPeriods, PeriodOptions};
pub use sessionize::{SessionOptions, Sessionize, split_sessions};
pub use sessions::{Session, Sessions};
pub use stl_anomalies::{StlAnomalies, StlOptions};
