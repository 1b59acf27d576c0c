//! Charts in which each row of the table is something of its own.

use super::{Label, Source};

/// How the rows of [`Lanes`] are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LaneMark {
    /// A point in time.
    Event,
    /// From a time to an end.
    Duration,
    /// A value, as bars from zero.
    Bar,
    /// A value, joined by lines.
    Line,
    /// A value, as points.
    Point,
}

/// A lane, or the panel of a series.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Lane {
    /// Its value; empty where the rows are not divided.
    pub label: Label,
    /// Rows on it.
    pub rows: usize,
}

/// A column of [`Details`].
#[derive(Debug, Clone, Default)]
pub struct DetailColumn {
    /// Its name.
    pub source: Source,
    /// For each row the number of its text; 0 is NULL.
    pub codes: Vec<u32>,
    /// The texts; the first stands for NULL and is not shown.
    pub texts: Vec<Label>,
}

/// The columns that are shown of a row: on its card, in the table.
#[derive(Debug, Clone, Default)]
pub struct Details {
    /// In the order in which they are shown.
    pub columns: Vec<DetailColumn>,
}

/// What colours the rows.
#[derive(Debug, Clone, Default)]
pub struct Colors {
    /// The column.
    pub source: Source,
    /// For each row an index in `values`.
    pub codes: Vec<u8>,
    /// At most twelve; the last may be `other`.
    pub values: Vec<Label>,
}

/// Events on lanes, sorted by time.
#[derive(Debug, Clone)]
pub struct Lanes {
    /// How rows are drawn.
    pub mark: LaneMark,
    /// For each row its time.
    pub times: Vec<i64>,
    /// For each row its lane.
    pub lane_of: Vec<u32>,
    /// The lanes in the order in which they are shown; never empty.
    pub lanes: Vec<Lane>,
    /// What the rows are divided by.
    pub lane_source: Option<Source>,
    /// Where the times come from.
    pub time_source: Source,
    /// For durations: for each row its end, `i64::MIN` where there is none.
    pub ends: Vec<i64>,
    /// Where the ends come from.
    pub end_source: Option<Source>,
    /// For values: for each row its value, NaN where there is none.
    pub values: Vec<f64>,
    /// Where the values come from.
    pub value_source: Option<Source>,
    /// Whether all lanes have one axis of values.
    pub shared_axis: bool,
    /// What colours the rows; lanes have colours of their own where it is `None`.
    pub colors: Option<Colors>,
    /// What is shown of a row.
    pub details: Details,
    /// Most rows that a page holds in detail.
    pub detail_rows: usize,
}

/// Series, sorted by time.
#[derive(Debug, Clone)]
pub struct Series {
    /// For each row its time.
    pub times: Vec<i64>,
    /// For each row its panel.
    pub panel_of: Vec<u32>,
    /// A panel for each series; never empty.
    pub panels: Vec<Lane>,
    /// What the rows are divided by.
    pub panel_source: Option<Source>,
    /// Where the times come from.
    pub time_source: Source,
    /// Where the values come from.
    pub value_source: Source,
    /// What was observed; NaN where nothing.
    pub values: Vec<f64>,
    /// What was expected; empty where there is no such column.
    pub baseline: Vec<f64>,
    /// The lower edge of what is usual; empty where it is not known.
    pub low: Vec<f64>,
    /// The upper edge.
    pub high: Vec<f64>,
    /// How unusual; empty where it is not known.
    pub scores: Vec<f64>,
    /// -1 a dip, 1 a spike, 0 neither.
    pub anomalies: Vec<i8>,
    /// What is shown of a row.
    pub details: Details,
}

/// A forest of processes in the order in which it is drawn: a parent, then its children.
#[derive(Debug, Clone)]
pub struct Tree {
    /// For each process its generation; roots are 1.
    pub depths: Vec<u16>,
    /// For each process the index of its parent.
    pub parents: Vec<Option<u32>>,
    /// When it started; `i64::MIN` where that is not known. Empty where no process has a time.
    pub times: Vec<i64>,
    /// Where the times come from.
    pub time_source: Option<Source>,
    /// What colours the boxes.
    pub colors: Option<Colors>,
    /// Process, process id, command line and key come first, in this order.
    pub details: Details,
    /// The column that says whether a process was made up, if there is one: text `true` where it was.
    pub inferred: Option<usize>,
}
