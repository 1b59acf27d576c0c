//! What a chart shows, before anything is drawn: rows have become numbers and texts fit to be seen. Every renderer reads this and nothing else.
//!
//! Texts in here are *shown* texts (see [`Label`]); times are microseconds since 1970 in UTC.

use serde::Serialize;

/// A text as it is shown, and as the table has it where the two differ.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Label {
    /// Without control characters, with indicators defanged.
    pub shown: String,
    /// The value of the table, for SQL; `None` where it is `shown`.
    pub raw: Option<String>,
}

/// A column or expression of the table.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Source {
    /// What people read.
    pub name: String,
    /// What SQL reads.
    pub sql: String,
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

/// An axis of values.
#[derive(Debug, Clone, Default)]
pub struct Axis {
    /// Where the values come from.
    pub source: Source,
    /// The values.
    pub labels: Vec<Label>,
    /// Orders in which the values may be shown: indexes of `labels`.
    pub by_count: Vec<u32>,
    /// By name.
    pub by_name: Vec<u32>,
    /// Values with similar cells beside each other.
    pub by_similarity: Vec<u32>,
}

/// How a number becomes a size.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Scale {
    /// Straight.
    Linear,
    /// By its logarithm.
    #[default]
    Log,
    /// What is rare is large.
    Inverse,
}

/// One cell of a [`Matrix`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cell {
    /// Index in `x.labels`.
    pub x: u32,
    /// Index in `y.labels`.
    pub y: u32,
    /// What is measured.
    pub value: f64,
    /// Rows behind it.
    pub rows: u64,
    /// First and last time of these rows.
    pub seen: Option<(i64, i64)>,
}

/// How much of what meets what.
#[derive(Debug, Clone)]
pub struct Matrix {
    /// Columns.
    pub x: Axis,
    /// Rows.
    pub y: Axis,
    /// What a cell measures, in words: `sum of bytes`.
    pub measure: String,
    /// The cells that are not empty, by y and x.
    pub cells: Vec<Cell>,
    /// From value to size and colour.
    pub scale: Scale,
    /// Circles instead of cells.
    pub circles: bool,
    /// `count`, `name` or `similarity`: the order shown first.
    pub sort: String,
}

/// A place with what was seen there.
#[derive(Debug, Clone, PartialEq)]
pub struct Place {
    /// Degrees north.
    pub latitude: f64,
    /// Degrees east.
    pub longitude: f64,
    /// What is there.
    pub label: Label,
    /// Rows.
    pub rows: u64,
    /// Sum of the values, where there are values.
    pub value: Option<f64>,
    /// Index in [`Map::colors`].
    pub color: Option<u8>,
    /// First and last time.
    pub seen: Option<(i64, i64)>,
}

/// Places on the world.
#[derive(Debug, Clone)]
pub struct Map {
    /// The places, those with most rows first.
    pub places: Vec<Place>,
    /// What the labels are.
    pub label_source: Option<Source>,
    /// What the values are.
    pub value_source: Option<Source>,
    /// Names of the colours.
    pub colors: Vec<Label>,
    /// What the colours are.
    pub color_source: Option<Source>,
    /// Where the times come from.
    pub time_source: Option<Source>,
}

/// A node of a [`Graph`].
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// Its value.
    pub label: Label,
    /// Index in [`Graph::kinds`].
    pub kind: u8,
    /// Rows it is in.
    pub rows: u64,
    /// Where it lies, each from -1 to 1, x to the right and y down; a unit of x is as long as one of y.
    pub at: (f64, f64),
    /// Names (index in [`Graph::attributes`]) and values.
    pub attributes: Vec<(u8, String)>,
}

/// An edge of a [`Graph`].
#[derive(Debug, Clone, PartialEq)]
pub struct Edge {
    /// Index of a node.
    pub source: u32,
    /// Index of a node.
    pub target: u32,
    /// Rows behind it.
    pub rows: u64,
    /// Sum of the values, where there are values.
    pub value: Option<f64>,
    /// What is said of it; may be empty.
    pub label: String,
    /// First and last time.
    pub seen: Option<(i64, i64)>,
}

/// What has to do with what.
#[derive(Debug, Clone)]
pub struct Graph {
    /// The nodes.
    pub nodes: Vec<Node>,
    /// Kinds of nodes; never empty where there are nodes.
    pub kinds: Vec<String>,
    /// Names of attributes.
    pub attributes: Vec<String>,
    /// The edges.
    pub edges: Vec<Edge>,
    /// Whether an edge has a direction.
    pub directed: bool,
    /// What the sources are.
    pub source: Source,
    /// What the targets are.
    pub target: Source,
    /// Where the times come from.
    pub time_source: Option<Source>,
}

/// A node of a [`Sankey`].
#[derive(Debug, Clone, PartialEq)]
pub struct Stage {
    /// Its value.
    pub label: Label,
    /// Its column, from 0.
    pub level: u16,
    /// Whether it stands for several values, `other (7)`: no value of the table is behind it.
    pub other: bool,
}

/// A flow from stage to stage.
#[derive(Debug, Clone, PartialEq)]
pub struct Flow {
    /// Index of a stage.
    pub source: u32,
    /// Index of a stage, of a higher level.
    pub target: u32,
    /// How much; above zero.
    pub value: f64,
    /// Rows behind it.
    pub rows: u64,
}

/// Flows between stages, without cycles.
#[derive(Debug, Clone)]
pub struct Sankey {
    /// The stages.
    pub stages: Vec<Stage>,
    /// The flows.
    pub flows: Vec<Flow>,
    /// What a flow measures, in words.
    pub measure: String,
    /// What the stages are: one for each level, or where flows were given as pairs the source and the target.
    pub sources: Vec<Source>,
    /// Whether flows were given as pairs: a stage may be a value of either of `sources`.
    pub pairs: bool,
}

/// Numbers of one colour.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Numbers {
    /// What they are of; empty where there is only one.
    pub label: Label,
    /// One for each label or bin.
    pub values: Vec<f64>,
}

/// Bars side by side.
#[derive(Debug, Clone)]
pub struct Bars {
    /// One a bar.
    pub labels: Vec<Label>,
    /// What the labels are.
    pub source: Source,
    /// What is measured, in words.
    pub measure: String,
    /// The parts of a bar.
    pub series: Vec<Numbers>,
    /// What the parts are.
    pub color_source: Option<Source>,
    /// Whether the parts of a bar add up; they stand side by side where they do not.
    pub stacked: bool,
    /// Whether the last bar stands for several labels, `other (7)`: no value of the table is behind it.
    pub other: bool,
}

/// How often which values are.
#[derive(Debug, Clone)]
pub struct Histogram {
    /// Edges of the bins, ascending; one more than bins. Microseconds where `is_time`.
    pub edges: Vec<f64>,
    /// What the values are.
    pub source: Source,
    /// Counts of each bin.
    pub series: Vec<Numbers>,
    /// Whether the values are times.
    pub is_time: bool,
    /// Whether the bins grow.
    pub is_log: bool,
    /// What the colours are.
    pub color_source: Option<Source>,
}
