//! Rows as sets of attributes, with the rare ones left out and equal rows merged.

use super::attributes::Attributes;
use super::lists::{Lists, Matrix};
use super::rows::RowWeights;
use crate::interrupt::{Interrupt, Interrupted};
use hashbrown::{HashMap, HashSet};

/// Rows on side A and on side B; where there are no sides, all are on side A.
pub(crate) type Sides = [u64; 2];

/// Attributes, numbered in order of their text, and the rows that have them.
#[derive(Debug, Default)]
pub(crate) struct Table {
    /// `"name":value`.
    texts: Vec<String>,
    /// Share of what the columns tell that is told by the attribute's column.
    information: Vec<f64>,
    /// Whether no attribute before it has the same rows.
    is_first: Vec<bool>,
    /// The attributes of each row, ascending.
    rows: Lists,
    /// The rows of each attribute, ascending.
    rows_of: Lists,
    /// The same as bits, where they fit.
    matrix: Option<Matrix>,
    weights: Vec<Sides>,
    totals: Sides,
}

impl Table {
    /// Reads the attributes of weighted rows; those whose weight `is_frequent` refuses are left out.
    pub(crate) fn new(rows: &RowWeights<'_>, is_frequent: impl Fn(Sides) -> bool, interrupt: &Interrupt) -> Result<Self, Interrupted> {
        let read = Attributes::read(rows, interrupt)?;
        let information = read.information(rows.totals);
        let frequent = (0..read.len() as u32).filter(|id| is_frequent(read.weight(*id)));
        let mut frequent: Vec<(String, u32)> = frequent.map(|id| (read.text(id), id)).collect();
        frequent.sort_unstable();
        let numbers: HashMap<u32, u32> = frequent.iter().map(|(_, id)| *id).zip(0..).collect();

        let mut merged: HashMap<Vec<u32>, Sides> = HashMap::new();
        for (row, weights) in read.rows() {
            let mut attributes: Vec<u32> = row.iter().filter_map(|id| numbers.get(id).copied()).collect();
            attributes.sort_unstable();
            if !attributes.is_empty() {
                add(merged.entry(attributes).or_default(), weights);
            }
        }
        interrupt.check()?;
        let mut table = Self { totals: rows.totals, ..Self::default() };
        for (attributes, weights) in merged {
            table.rows.push(attributes);
            table.weights.push(weights);
        }
        table.rows_of = table.rows.transposed(frequent.len());
        let mut seen = HashSet::new();
        table.is_first = table.rows_of.iter().map(|rows| seen.insert(rows)).collect();
        drop(seen);
        table.matrix = Matrix::new(&table.rows_of, table.weights.len());
        table.information = frequent.iter().map(|(_, id)| information.get(*id as usize).copied().unwrap_or(0.0)).collect();
        table.texts = frequent.into_iter().map(|(text, _)| text).collect();
        Ok(table)
    }

    /// How many attributes there are.
    pub(crate) fn attributes(&self) -> usize {
        self.texts.len()
    }

    /// How many different rows there are.
    pub(crate) fn len(&self) -> usize {
        self.weights.len()
    }

    /// Weight of all rows, also of those without attributes.
    pub(crate) fn totals(&self) -> Sides {
        self.totals
    }

    /// The weights of the rows.
    pub(crate) fn weights(&self) -> &[Sides] {
        &self.weights
    }

    /// The attributes of a row.
    #[inline]
    pub(crate) fn row(&self, row: u32) -> &[u32] {
        self.rows.get(row)
    }

    fn rows_of(&self, attribute: u32) -> &[u32] {
        self.rows_of.get(attribute)
    }

    /// Whether no attribute before this one has the same rows: the later ones add nothing.
    pub(crate) fn is_first(&self, attribute: u32) -> bool {
        self.is_first.get(attribute as usize).copied().unwrap_or(false)
    }

    /// The rows that have all of `attributes`, ascending; all rows where there are none.
    pub(crate) fn matching(&self, attributes: &[u32]) -> Vec<u32> {
        let Some(rarest) = self.rarest(attributes) else { return (0..self.len() as u32).collect() };
        let others: Vec<u32> = attributes.iter().copied().filter(|attribute| *attribute != rarest).collect();
        let rows = self.rows_of(rarest).iter().copied();
        match &self.matrix {
            Some(matrix) => rows.filter(|row| others.iter().all(|attribute| matrix.has(*attribute, *row))).collect(),
            None => rows.filter(|row| others.iter().all(|attribute| self.row(*row).binary_search(attribute).is_ok())).collect(),
        }
    }

    /// How much work [`Table::matching`] is.
    pub(crate) fn matching_cells(&self, attributes: &[u32]) -> u64 {
        let rows = self.rarest(attributes).map_or(self.len(), |rarest| self.rows_of(rarest).len());
        (rows * attributes.len().max(1)) as u64
    }

    fn rarest(&self, attributes: &[u32]) -> Option<u32> {
        attributes.iter().copied().min_by_key(|attribute| self.rows_of(*attribute).len())
    }

    /// How much of what the columns tell is told by the columns of `attributes`: from 0 to 1, by the entropy of each column.
    pub(crate) fn information(&self, attributes: &[u32]) -> f64 {
        attributes.iter().filter_map(|attribute| self.information.get(*attribute as usize)).sum()
    }

    /// A pattern as a JSON object.
    pub(crate) fn pattern(&self, attributes: &[u32]) -> String {
        let texts: Vec<&str> = attributes.iter().filter_map(|attribute| self.texts.get(*attribute as usize)).map(String::as_str).collect();
        format!("{{{}}}", texts.join(","))
    }
}

/// Adds weights, which never wrap.
#[inline]
pub(crate) fn add(sum: &mut Sides, [a, b]: Sides) {
    let [sum_a, sum_b] = sum;
    *sum_a = sum_a.saturating_add(a);
    *sum_b = sum_b.saturating_add(b);
}

/// Both sides together.
#[inline]
pub(crate) fn both([a, b]: Sides) -> u64 {
    a.saturating_add(b)
}
