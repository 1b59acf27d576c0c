//! From columns to models: pure functions, one file a chart.
//!
//! Columns have one entry a row. What is missing is said as in [`crate::model`]: code 0 of a text, NaN of a number, `i64::MIN` of a time.

mod bars;
mod graph;
mod histogram;
mod map;
mod palette;
mod sankey;
mod words;

use crate::model::{DetailColumn, Label};

pub use bars::{BarRows, BarSettings, Measure, Measured, Order, bars};
pub use graph::{End, GraphRows, GraphSettings, NodeAttribute, graph};
pub use histogram::{Bins, HistogramRows, HistogramSettings, Observed, histogram};
pub use map::{MapRows, MapSettings, map};
pub use sankey::{FlowRows, SankeySettings, sankey};
pub(crate) use words::rows_have;
pub use words::{counted, grouped};

/// The code of a text that is NULL.
pub const NULL: u32 = 0;

/// A time that is NULL.
pub const NO_TIME: i64 = i64::MIN;

/// A column of texts.
#[derive(Debug, Clone, Copy)]
pub struct TextColumn<'a> {
    /// For each row an index in `labels`; 0 is NULL.
    pub codes: &'a [u32],
    /// The texts, each of them once; the first stands for NULL.
    pub labels: &'a [Label],
}

impl<'a> From<&'a DetailColumn> for TextColumn<'a> {
    fn from(column: &'a DetailColumn) -> Self {
        Self { codes: &column.codes, labels: &column.texts }
    }
}

impl<'a> TextColumn<'a> {
    /// The code of a row; `None` where it is NULL.
    pub fn code(&self, row: usize) -> Option<u32> {
        self.codes.get(row).copied().filter(|&code| code != NULL)
    }

    /// The text of a code.
    pub fn label(&self, code: u32) -> Label {
        self.text(code).cloned().unwrap_or_default()
    }

    /// The text of a row; `None` where it is NULL.
    pub fn at(&self, row: usize) -> Option<&'a Label> {
        self.text(self.code(row)?)
    }

    fn text(&self, code: u32) -> Option<&'a Label> {
        self.labels.get(code as usize)
    }
}

/// A model, and what is to be said of how it came to be.
#[derive(Debug, Clone)]
pub struct Prepared<T> {
    /// What is drawn.
    pub body: T,
    /// What a reader of the picture must know: nothing is left out without a sentence here.
    pub warnings: Vec<String>,
    /// Rows that are in the picture.
    pub rows_drawn: usize,
}

/// The value of a label as the table has it.
fn value(label: &Label) -> &str {
    label.raw.as_deref().unwrap_or(&label.shown)
}

/// A number of a row; `None` where it is NULL.
fn number(numbers: &[f64], row: usize) -> Option<f64> {
    numbers.get(row).copied().filter(|number| number.is_finite())
}

/// A time of a row; `None` where it is NULL.
fn time(times: Option<&[i64]>, row: usize) -> Option<i64> {
    times?.get(row).copied().filter(|&time| time != NO_TIME)
}

/// The span that holds `seen` and `time`.
fn widen(seen: Option<(i64, i64)>, time: Option<i64>) -> Option<(i64, i64)> {
    match (seen, time) {
        (Some((first, last)), Some(time)) => Some((first.min(time), last.max(time))),
        (None, Some(time)) => Some((time, time)),
        (seen, None) => seen,
    }
}

/// Rows between two looks at the interrupt.
const STRIDE: usize = 1 << 16;
