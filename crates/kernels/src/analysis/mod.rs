//! Functions of many rows: sessions, series, clusters, outliers, sequences.

mod beacon;
mod beacons;
mod forest;
mod mad_outliers;
mod outliers;
mod quantile;
mod random;
mod sessionize;
mod sessions;
#[cfg(test)]
mod testing;

pub use beacons::{Beacon, BeaconOptions, Beacons};
pub use mad_outliers::{Deviation, MadOptions, MadOutliers};
pub use outliers::{Oddness, OutlierOptions, Outliers};
pub use sessionize::{SessionOptions, Sessionize, split_sessions};
pub use sessions::{Session, Sessions};
