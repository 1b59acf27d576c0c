//! What a chart shows, before anything is drawn: rows have become numbers and texts fit to be seen. Every renderer reads this and nothing else.
//!
//! Texts in here are *shown* texts (see [`Label`]); times are microseconds since 1970 in UTC.

mod amounts;
mod relations;
mod rows;

pub use amounts::{Axis, Bars, Cell, Histogram, Matrix, Numbers, Scale};
pub use relations::{Edge, Flow, Graph, Map, Node, Place, Sankey, Stage};
pub use rows::{Colors, DetailColumn, Details, Lane, LaneMark, Lanes, Series, Tree};

use crate::label::OTHER;
use serde::Serialize;

/// A text as it is shown, and as the table has it where the two differ.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Label {
    /// Without control characters, with indicators defanged.
    pub shown: String,
    /// The value of the table, for SQL; `None` where it is `shown`.
    pub raw: Option<String>,
}

impl Label {
    /// Whether it is the name of several values: of what no lane, colour or place of an axis was left for.
    pub fn is_rest(&self) -> bool {
        self.raw.is_none() && self.shown.starts_with(OTHER)
    }
}

/// A column or expression of the table.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Source {
    /// What people read.
    pub name: String,
    /// What SQL reads.
    pub sql: String,
    /// Whether it is a time with a zone, so that a time without one would be read in the zone of the session.
    #[serde(rename = "zoned")]
    pub is_zoned: bool,
}

/// A line across a time axis.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Reference {
    /// Where.
    pub time: i64,
    /// What is said there.
    pub label: String,
}

/// Which colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Theme {
    /// What the reader's system has; light where nobody can ask.
    #[default]
    Auto,
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
}

/// A chart.
#[derive(Debug, Clone)]
pub struct Chart {
    /// Above the picture; may be empty.
    pub title: String,
    /// What stands below the title: the number of rows, what was left out.
    pub subtitle: String,
    /// Rows of the table.
    pub rows_in: usize,
    /// Rows that are in the picture.
    pub rows_drawn: usize,
    /// What a reader of the picture must know.
    pub warnings: Vec<String>,
    /// IANA name of the zone in which times are shown.
    pub zone: String,
    /// The colours.
    pub theme: Theme,
    /// Lines across the time axis, sorted by time.
    pub references: Vec<Reference>,
    /// What is drawn.
    pub body: Body,
}

/// What is drawn.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Body {
    /// Events on lanes: `render_timeline`, `render_timeline_durations`, `render_timeline_values`.
    Lanes(Lanes),
    /// Series with a baseline, a band and anomalies: `render_series`.
    Series(Series),
    /// `render_process_tree`.
    Tree(Tree),
    /// `render_matrix`.
    Matrix(Matrix),
    /// `render_map`.
    Map(Map),
    /// `render_graph`.
    Graph(Graph),
    /// `render_sankey`.
    Sankey(Sankey),
    /// `render_bars`.
    Bars(Bars),
    /// `render_histogram`.
    Histogram(Histogram),
    /// `render_chart`: an option of ECharts, for pages only.
    EChartsOption(serde_json::Value),
}
