//! Rows for the tests of this folder.

use crate::input::Input;
use crate::rows::Rows;
use crate::types::ArgType;

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Cell {
    Null,
    Int(i64),
    Bool(bool),
    Text(String),
    List(Vec<Option<String>>),
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<i64> for Cell {
    fn from(value: i64) -> Self {
        Self::Int(value)
    }
}

impl<const N: usize> From<[&str; N]> for Cell {
    fn from(list: [&str; N]) -> Self {
        Self::List(list.iter().map(|text| Some((*text).to_owned())).collect())
    }
}

/// Cells by row; those that a row lacks are NULL.
#[derive(Debug, Clone)]
pub(super) struct Grid(pub(super) Vec<Vec<Cell>>);

impl Grid {
    pub(super) fn rows(&self, types: &'static [ArgType]) -> Rows {
        let mut rows = Rows::new(types);
        (0..self.0.len()).for_each(|row| rows.push(self, row));
        rows
    }

    fn cell(&self, arg: usize, row: usize) -> &Cell {
        self.0[row].get(arg).unwrap_or(&Cell::Null)
    }
}

impl Input for Grid {
    fn text(&self, arg: usize, row: usize) -> Option<&str> {
        match self.cell(arg, row) {
            Cell::Text(text) => Some(text),
            _ => None,
        }
    }
    fn int(&self, arg: usize, row: usize) -> Option<i64> {
        match self.cell(arg, row) {
            Cell::Int(value) => Some(*value),
            _ => None,
        }
    }
    fn float(&self, _: usize, _: usize) -> Option<f64> {
        None
    }
    fn bool(&self, arg: usize, row: usize) -> Option<bool> {
        match self.cell(arg, row) {
            Cell::Bool(value) => Some(*value),
            _ => None,
        }
    }
    fn text_list(&self, arg: usize, row: usize) -> Option<Vec<Option<&str>>> {
        match self.cell(arg, row) {
            Cell::List(list) => Some(list.iter().map(Option::as_deref).collect()),
            _ => None,
        }
    }
    fn time(&self, arg: usize, row: usize) -> Option<i64> {
        self.int(arg, row)
    }
}

/// Numbers that are the same everywhere: Knuth's linear congruential generator.
pub(super) struct Numbers(pub(super) u64);

impl Numbers {
    pub(super) fn below(&mut self, bound: u64) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from((self.0 >> 33) % bound).unwrap()
    }
}
