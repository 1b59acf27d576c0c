//! Rows as sets of attributes, with the rare ones left out and equal rows merged.

use super::rows::RowWeights;
use crate::analysis::json::{Json, append_text};
use crate::analysis::names::Names;
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
    weights: Vec<Sides>,
    totals: Sides,
}

impl Table {
    /// Reads the attributes of weighted rows; those whose weight `is_frequent` refuses are left out.
    pub(crate) fn new(rows: &RowWeights<'_>, is_frequent: impl Fn(Sides) -> bool, interrupt: &Interrupt) -> Result<Self, Interrupted> {
        let read = Attributes::read(rows, interrupt)?;
        let information = read.information(rows.totals);
        let mut frequent: Vec<u32> = (0..read.weights.len() as u32).filter(|id| is_frequent(read.weight(*id))).collect();
        frequent.sort_unstable_by(|a, b| read.texts.text(*a).cmp(read.texts.text(*b)));
        let numbers: HashMap<u32, u32> = frequent.iter().copied().zip(0..).collect();

        let mut merged: HashMap<Vec<u32>, Sides> = HashMap::new();
        for (row, weights) in read.rows.iter().zip(&read.row_weights) {
            let mut attributes: Vec<u32> = row.iter().filter_map(|id| numbers.get(id).copied()).collect();
            attributes.sort_unstable();
            if !attributes.is_empty() {
                add(merged.entry(attributes).or_default(), *weights);
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
        let key = |id: &u32| read.keys.get(*id as usize).and_then(|key| information.get(*key as usize)).copied();
        table.information = frequent.iter().map(|id| key(id).unwrap_or(0.0)).collect();
        table.texts = frequent.iter().map(|id| read.texts.text(*id).to_owned()).collect();
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

    /// The rows with an attribute.
    pub(crate) fn rows_of(&self, attribute: u32) -> &[u32] {
        self.rows_of.get(attribute)
    }

    /// Whether no attribute before this one has the same rows: the later ones add nothing.
    pub(crate) fn is_first(&self, attribute: u32) -> bool {
        self.is_first.get(attribute as usize).copied().unwrap_or(false)
    }

    /// The rows that have all of `attributes`, ascending; all rows where there are none.
    pub(crate) fn matching(&self, attributes: &[u32]) -> Vec<u32> {
        let Some(rarest) = attributes.iter().min_by_key(|attribute| self.rows_of(**attribute).len()) else {
            return (0..self.len() as u32).collect();
        };
        let has_all = |row: &u32| attributes.iter().all(|attribute| self.row(*row).binary_search(attribute).is_ok());
        self.rows_of(*rarest).iter().copied().filter(has_all).collect()
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
pub(crate) fn add(sum: &mut Sides, more: Sides) {
    sum.iter_mut().zip(more).for_each(|(sum, more)| *sum = sum.saturating_add(more));
}

/// Both sides together.
pub(crate) fn both(sides: Sides) -> u64 {
    sides.iter().fold(0, |sum, side| sum.saturating_add(*side))
}

/// Lists of numbers, one after another.
#[derive(Debug, Default)]
struct Lists {
    ends: Vec<usize>,
    values: Vec<u32>,
}

impl Lists {
    fn push(&mut self, values: impl IntoIterator<Item = u32>) {
        self.values.extend(values);
        self.ends.push(self.values.len());
    }

    #[inline]
    fn get(&self, at: u32) -> &[u32] {
        let at = at as usize;
        let start = at.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0);
        self.ends.get(at).and_then(|end| self.values.get(start..*end)).unwrap_or(&[])
    }

    fn iter(&self) -> impl Iterator<Item = &[u32]> {
        (0..self.ends.len() as u32).map(|at| self.get(at))
    }

    /// For each value below `values`, the lists that hold it.
    fn transposed(&self, values: usize) -> Self {
        let mut ends = vec![0usize; values];
        for value in &self.values {
            if let Some(size) = ends.get_mut(*value as usize) {
                *size += 1;
            }
        }
        // Each end starts as that of the list before and moves as its values come.
        let mut total = 0;
        for end in &mut ends {
            total += std::mem::replace(end, total);
        }
        let mut places = vec![0u32; total];
        for (list, held) in (0u32..).zip(self.iter()) {
            for value in held {
                if let Some(end) = ends.get_mut(*value as usize)
                    && let Some(place) = places.get_mut(*end)
                {
                    *place = list;
                    *end += 1;
                }
            }
        }
        Self { ends, values: places }
    }
}

/// Every attribute, as it comes.
#[derive(Debug, Default)]
struct Attributes {
    texts: Names,
    /// The column of each attribute.
    keys: Vec<u32>,
    key_names: Names,
    weights: Vec<Sides>,
    rows: Lists,
    row_weights: Vec<Sides>,
}

impl Attributes {
    fn read(rows: &RowWeights<'_>, interrupt: &Interrupt) -> Result<Self, Interrupted> {
        let mut read = Self::default();
        let mut text = String::new();
        for (id, weights) in (0u32..).zip(&rows.by_text) {
            if id % 1024 == 0 {
                interrupt.check()?;
            }
            if *weights == [0, 0] {
                continue;
            }
            let Some(Json::Object(fields)) = Json::read(rows.texts.text(id)) else { continue };
            let present = fields.iter().filter(|(_, value)| *value != Json::Null);
            let attributes: Vec<u32> = present.map(|(key, value)| read.attribute(key, value, &mut text, *weights)).collect();
            read.rows.push(attributes);
            read.row_weights.push(*weights);
        }
        Ok(read)
    }

    fn attribute(&mut self, key: &str, value: &Json<'_>, text: &mut String, weights: Sides) -> u32 {
        text.clear();
        append_text(key, text);
        text.push(':');
        value.append_to(text);
        let id = self.texts.id(text);
        match self.weights.get_mut(id as usize) {
            Some(sum) => add(sum, weights),
            None => {
                self.weights.push(weights);
                self.keys.push(self.key_names.id(key));
            }
        }
        id
    }

    fn weight(&self, id: u32) -> Sides {
        self.weights.get(id as usize).copied().unwrap_or_default()
    }

    /// For each column its entropy as a share of the sum of all; rows without the column count as one more value. Where no column tells
    /// anything, all tell the same.
    fn information(&self, totals: Sides) -> Vec<f64> {
        let total = both(totals) as f64;
        let mut counts: Vec<Vec<u64>> = vec![Vec::new(); self.key_names.len()];
        for (key, weights) in self.keys.iter().zip(&self.weights) {
            if let Some(counts) = counts.get_mut(*key as usize) {
                counts.push(both(*weights));
            }
        }
        let entropy = |mut counts: Vec<u64>| -> f64 {
            let present = counts.iter().fold(0, |sum: u64, count| sum.saturating_add(*count));
            counts.push(both(totals).saturating_sub(present));
            // The order of the terms decides the last bits of a sum.
            counts.sort_unstable();
            counts.iter().filter(|count| **count > 0).map(|count| *count as f64 / total).map(|share| -share * share.log2()).sum()
        };
        let entropies: Vec<f64> = counts.into_iter().map(entropy).collect();
        let mut ordered = entropies.clone();
        ordered.sort_unstable_by(f64::total_cmp);
        let sum: f64 = ordered.iter().sum();
        let even = 1.0 / entropies.len().max(1) as f64;
        entropies.into_iter().map(|entropy| if sum > 0.0 { entropy / sum } else { even }).collect()
    }
}
