//! Rows for tests.

use crate::input::Input;
use crate::rows::Rows;
use crate::types::ArgType;

/// One argument of one row.
#[derive(Debug, Clone)]
pub(crate) enum Cell {
    Null,
    Time(i64),
    Float(f64),
    Bool(bool),
    List(Vec<f64>),
}

struct Table<'t>(&'t [Vec<Cell>]);

impl Table<'_> {
    fn cell(&self, arg: usize, row: usize) -> &Cell {
        self.0[row].get(arg).unwrap_or(&Cell::Null)
    }
}

impl Input for Table<'_> {
    fn text(&self, _: usize, _: usize) -> Option<&str> {
        None
    }
    fn int(&self, _: usize, _: usize) -> Option<i64> {
        None
    }
    fn float(&self, arg: usize, row: usize) -> Option<f64> {
        if let Cell::Float(value) = self.cell(arg, row) { Some(*value) } else { None }
    }
    fn bool(&self, arg: usize, row: usize) -> Option<bool> {
        if let Cell::Bool(value) = self.cell(arg, row) { Some(*value) } else { None }
    }
    fn text_list(&self, _: usize, _: usize) -> Option<Vec<Option<&str>>> {
        None
    }
    fn time(&self, arg: usize, row: usize) -> Option<i64> {
        if let Cell::Time(value) = self.cell(arg, row) { Some(*value) } else { None }
    }
    fn float_list(&self, arg: usize, row: usize, into: &mut Vec<f64>) -> bool {
        let Cell::List(values) = self.cell(arg, row) else { return false };
        into.extend(values);
        true
    }
}

/// Rows of `types`; arguments that a row has not are NULL.
pub(crate) fn rows(types: &'static [ArgType], table: &[Vec<Cell>]) -> Rows {
    let mut rows = Rows::new(types);
    (0..table.len()).for_each(|row| rows.push(&Table(table), row));
    rows
}
