//! The engine of `stl_anomalies`: from points at any times to a decomposed series with scores.
//!
//! The lengths of all slices in here follow from the length of the series and are checked where smoothers are made, so they are indexed.

mod decompose;
mod filter;
mod grid;
mod loess;
mod moving;
mod period;
mod robustness;
mod score;
mod series;
mod tricube;

pub use decompose::{Components, Season, decompose};
pub use grid::{Cell, Combine, Grid, Origin, even_grid};
pub use score::Scoring;
pub use series::{Fill, Point, Settings, Status, analyse};
