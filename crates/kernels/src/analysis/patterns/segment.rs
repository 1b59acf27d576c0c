//! A pattern as the functions give it.

use super::options::{count, percent, status};
use super::search::Found;
use super::table::Table;
use crate::prelude::*;

/// A pattern and how many rows have it.
#[derive(Debug, Clone, PartialEq)]
pub struct Segment {
    pub(crate) segment_id: i64,
    pub(crate) count: i64,
    pub(crate) percent: f64,
    pub(crate) length: i64,
    pub(crate) pattern: String,
    pub(crate) status: &'static str,
}

impl SqlValue for Segment {
    const TYPE: SqlType = SqlType::Struct(&[
        ("segment_id", SqlType::Int),
        ("count", SqlType::Int),
        ("percent", SqlType::Float),
        ("length", SqlType::Int),
        ("pattern", SqlType::Text),
        ("status", SqlType::Text),
    ]);
    fn write(&self, out: &mut Column) {
        let row = out.row().put(self.segment_id).put(self.count).put(self.percent);
        row.put(self.length).put(self.pattern.as_str()).put(self.status).end();
    }
}

/// The patterns as items, numbered in their order.
pub(crate) fn segments(table: &Table, patterns: &[Found], is_cut: bool) -> Vec<Segment> {
    let [total, _] = table.totals();
    let segment = |(segment_id, found): (i64, &Found)| {
        let [rows, _] = found.all;
        Segment {
            segment_id,
            count: count(rows),
            percent: percent(rows, total),
            length: found.attributes.len() as i64,
            pattern: table.pattern(&found.attributes),
            status: status(is_cut),
        }
    };
    (0..).zip(patterns).map(segment).collect()
}
