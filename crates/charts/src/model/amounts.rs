//! Charts of how much there is of something: rows have become numbers.

use super::{Label, Source};

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
    /// Where the times of [`Cell::seen`] come from.
    pub time_source: Option<Source>,
    /// `count`, `name` or `similarity`: the order shown first.
    pub sort: String,
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
