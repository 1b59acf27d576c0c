//! The arguments of the functions that look for patterns: attributes, and how much each row weighs.

use super::table::{Sides, add};
use crate::interrupt::{Interrupt, Interrupted};
use crate::rows::{Rows, Texts};

/// The texts of the attributes and the weight of the rows that have them.
#[derive(Debug)]
pub(crate) struct RowWeights<'r> {
    pub(crate) texts: &'r Texts,
    /// For each distinct text.
    pub(crate) by_text: Vec<Sides>,
    /// Of all rows, also of those whose attributes are NULL.
    pub(crate) totals: Sides,
}

impl<'r> RowWeights<'r> {
    /// Weighs rows by the integer in `weight`, or as one where that is NULL. `side` tells the side of a row, if it is on one.
    pub(crate) fn read(
        rows: &'r Rows,
        weight: usize,
        side: impl Fn(usize) -> Option<usize>,
        interrupt: &Interrupt,
    ) -> Result<Self, Interrupted> {
        let texts = rows.texts(0);
        let mut read = Self { texts, by_text: vec![[0, 0]; texts.distinct()], totals: [0, 0] };
        for row in 0..rows.len() {
            if row % (1 << 16) == 0 {
                interrupt.check()?;
            }
            // A row of no or negative weight is none.
            let weight = u64::try_from(rows.int(weight, row).unwrap_or(1)).unwrap_or(0);
            let mut sides = [0, 0];
            let Some(own) = side(row).and_then(|side| sides.get_mut(side)) else { continue };
            *own = weight;
            add(&mut read.totals, sides);
            if let Some(sum) = texts.id(row).and_then(|id| read.by_text.get_mut(id as usize)) {
                add(sum, sides);
            }
        }
        Ok(read)
    }
}
