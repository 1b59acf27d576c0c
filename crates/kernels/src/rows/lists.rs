//! Lists of a group, one after another.

use super::texts::{NULL_TEXT, Texts};

/// A column of lists of numbers.
#[derive(Debug, Clone, Default)]
pub struct FloatLists {
    ends: Vec<usize>,
    values: Vec<f64>,
    valid: Vec<bool>,
}

impl FloatLists {
    pub(super) fn none() -> &'static Self {
        static NONE: FloatLists = FloatLists { ends: Vec::new(), values: Vec::new(), valid: Vec::new() };
        &NONE
    }

    /// Appends what `fill` appends to the numbers; NULL where it says false.
    pub(super) fn push(&mut self, fill: impl FnOnce(&mut Vec<f64>) -> bool) {
        let is_list = fill(&mut self.values);
        self.ends.push(self.values.len());
        self.valid.push(is_list);
    }

    pub(super) fn size(&self) -> usize {
        (self.ends.capacity() + self.values.capacity()) * 8 + self.valid.capacity()
    }

    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    pub(super) fn append(&mut self, other: &Self) {
        let base = self.values.len();
        self.values.extend_from_slice(&other.values);
        self.ends.extend(other.ends.iter().map(|end| base + end));
        self.valid.extend_from_slice(&other.valid);
    }

    /// The list in `row`; NaN stands for a NULL element.
    #[inline]
    pub fn get(&self, row: usize) -> Option<&[f64]> {
        if !*self.valid.get(row)? {
            return None;
        }
        let start = row.checked_sub(1).map_or(Some(0), |before| self.ends.get(before).copied())?;
        self.values.get(start..*self.ends.get(row)?)
    }
}

/// A column of lists of texts, by number.
#[derive(Debug, Clone, Default)]
pub struct TextLists {
    ends: Vec<usize>,
    valid: Vec<bool>,
    texts: Texts,
}

impl TextLists {
    /// Appends what `fill` appends to the texts; NULL where it says false.
    pub(super) fn push(&mut self, fill: impl FnOnce(&mut Texts) -> bool) {
        let is_list = fill(&mut self.texts);
        self.ends.push(self.texts.len());
        self.valid.push(is_list);
    }

    pub(super) fn size(&self) -> usize {
        self.ends.capacity() * 8 + self.valid.capacity() + self.texts.size()
    }

    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    pub(super) fn append(&mut self, other: &Self) {
        let base = self.texts.len();
        self.texts.append(&other.texts);
        self.ends.extend(other.ends.iter().map(|end| base + end));
        self.valid.extend_from_slice(&other.valid);
    }

    /// The numbers of the texts in `row`; `u32::MAX` stands for a NULL element.
    #[inline]
    pub fn get(&self, row: usize) -> Option<&[u32]> {
        if !*self.valid.get(row)? {
            return None;
        }
        let start = row.checked_sub(1).map_or(Some(0), |before| self.ends.get(before).copied())?;
        self.texts.ids().get(start..*self.ends.get(row)?)
    }

    /// Whether an element of any list is NULL.
    pub(crate) fn hold_null(&self) -> bool {
        self.texts.ids().contains(&NULL_TEXT)
    }

    /// The text with number `id`; `None` for a NULL element.
    pub fn text(&self, id: u32) -> Option<&str> {
        (id != NULL_TEXT).then(|| self.texts.text(id))
    }

    /// Number of distinct texts.
    pub fn distinct(&self) -> usize {
        self.texts.distinct()
    }
}
