//! The attributes of rows: read out of JSON, numbered, weighed.

use super::lists::Lists;
use super::rows::RowWeights;
use super::table::{Sides, add, both};
use crate::analysis::json::{Json, append_text};
use crate::analysis::names::Names;
use crate::interrupt::{Interrupt, Interrupted};

/// Every attribute of some rows, numbered as they come.
#[derive(Debug, Default)]
pub(super) struct Attributes {
    dictionary: Dictionary,
    weights: Vec<Sides>,
    rows: Lists,
    row_weights: Vec<Sides>,
}

impl Attributes {
    pub(super) fn read(rows: &RowWeights<'_>, interrupt: &Interrupt) -> Result<Self, Interrupted> {
        let mut read = Self::default();
        for (id, weights) in (0u32..).zip(&rows.by_text) {
            if id % 1024 == 0 {
                interrupt.check()?;
            }
            if *weights == [0, 0] {
                continue;
            }
            let Some(Json::Object(fields)) = Json::read(rows.texts.text(id)) else { continue };
            let present = fields.iter().filter(|(_, value)| *value != Json::Null);
            read.rows.push(present.map(|(key, value)| {
                let id = read.dictionary.number(key, value);
                match read.weights.get_mut(id as usize) {
                    Some(sum) => add(sum, *weights),
                    None => read.weights.push(*weights),
                }
                id
            }));
            read.row_weights.push(*weights);
        }
        Ok(read)
    }

    /// How many attributes there are.
    pub(super) fn len(&self) -> usize {
        self.weights.len()
    }

    /// Weight of the rows with an attribute.
    pub(super) fn weight(&self, id: u32) -> Sides {
        self.weights.get(id as usize).copied().unwrap_or_default()
    }

    /// An attribute as a member of a JSON object: `"name":value`.
    pub(super) fn text(&self, id: u32) -> String {
        self.dictionary.text(id)
    }

    /// The attributes of each row, in any order, and its weight.
    pub(super) fn rows(&self) -> impl Iterator<Item = (&[u32], Sides)> {
        self.rows.iter().zip(self.row_weights.iter().copied())
    }

    /// For each attribute the entropy of its column, as a share of the sum of all columns; rows without the column count as one more value. Where
    /// no column tells anything, all tell the same.
    pub(super) fn information(&self, totals: Sides) -> Vec<f64> {
        let entropies: Vec<f64> = self.dictionary.columns.iter().map(|column| self.entropy(column, both(totals))).collect();
        // The order of the terms decides the last bits of a sum.
        let mut ordered = entropies.clone();
        ordered.sort_unstable_by(f64::total_cmp);
        let sum: f64 = ordered.iter().sum();
        let even = 1.0 / entropies.len().max(1) as f64;
        let share = |entropy: f64| if sum > 0.0 { entropy / sum } else { even };
        let of_place = |(column, _): &(u32, u32)| entropies.get(*column as usize).copied().map_or(0.0, share);
        self.dictionary.places.iter().map(of_place).collect()
    }

    fn entropy(&self, column: &Column, total: u64) -> f64 {
        let mut counts: Vec<u64> = column.attributes.iter().map(|id| both(self.weight(*id))).collect();
        let present = counts.iter().fold(0, |sum: u64, count| sum.saturating_add(*count));
        counts.push(total.saturating_sub(present));
        counts.sort_unstable();
        let shares = counts.iter().filter(|count| **count > 0).map(|count| *count as f64 / total as f64);
        shares.map(|share| -share * share.log2()).sum()
    }
}

/// Numbers of attributes.
#[derive(Debug, Default)]
struct Dictionary {
    keys: Names,
    columns: Vec<Column>,
    /// Column of each attribute, and the number of its value there.
    places: Vec<(u32, u32)>,
    buffer: String,
}

#[derive(Debug, Default)]
struct Column {
    /// A text after [`TEXT`], anything else as JSON after [`OTHER`].
    values: Names,
    /// The attribute of each value.
    attributes: Vec<u32>,
}

const TEXT: char = 't';
const OTHER: char = 'j';

impl Dictionary {
    fn number(&mut self, key: &str, value: &Json<'_>) -> u32 {
        let Self { keys, columns, places, buffer } = self;
        let key = keys.id(key);
        if columns.len() <= key as usize {
            columns.resize_with(key as usize + 1, Column::default);
        }
        buffer.clear();
        if let Json::Text(text) = value {
            buffer.push(TEXT);
            buffer.push_str(text);
        } else {
            buffer.push(OTHER);
            value.append_to(buffer);
        }
        let Some(column) = columns.get_mut(key as usize) else { return 0 };
        let value = column.values.id(buffer);
        if let Some(attribute) = column.attributes.get(value as usize) {
            return *attribute;
        }
        let attribute = places.len() as u32;
        places.push((key, value));
        column.attributes.push(attribute);
        attribute
    }

    fn text(&self, id: u32) -> String {
        let mut text = String::new();
        let Some((key, value)) = self.places.get(id as usize) else { return text };
        append_text(self.keys.text(*key), &mut text);
        text.push(':');
        let value = self.columns.get(*key as usize).map_or("", |column| column.values.text(*value));
        match value.strip_prefix(TEXT) {
            Some(plain) => append_text(plain, &mut text),
            None => text.push_str(value.strip_prefix(OTHER).unwrap_or(value)),
        }
        text
    }
}
