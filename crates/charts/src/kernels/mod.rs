//! The functions, one file a kind of chart.

mod bars;
mod chart;
mod graph;
mod histogram;
mod lanes;
mod map;
mod matrix;
mod process_tree;
mod report;
mod sankey;
mod series;

pub use bars::{BarOptions, RenderBars};
pub use chart::{RenderChart, SpecOptions};
pub use graph::{GraphOptions, RenderGraph};
pub use histogram::{HistogramOptions, RenderHistogram};
pub use lanes::{EventOptions, LaneOptions, Timeline, TimelineDurations, TimelineValues, ValueOptions};
pub use map::RenderMap;
pub use matrix::{MatrixOptions, RenderMatrix};
pub use process_tree::{RenderProcessTree, TreeOptions};
pub use report::{RenderReport, ReportOptions, write_report};
pub use sankey::{RenderSankey, SankeyOptions};
pub use series::{RenderSeries, SeriesOptions};
