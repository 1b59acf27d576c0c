//! Patterns of discrete attributes: what `autocluster`, `basket` and `diffpatterns` share.

mod attributes;
mod cover;
mod lists;
mod options;
mod rows;
mod search;
mod segment;
mod table;

pub(crate) use cover::{Worth, cover};
pub(crate) use options::{MAX_DIMENSIONS, count, percent, share, size, status};
pub(crate) use rows::RowWeights;
pub(crate) use search::{Budget, Found, Search};
pub use segment::Segment;
pub(crate) use segment::segments;
pub(crate) use table::{Sides, Table};
