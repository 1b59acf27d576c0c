//! The entries of a document that is held at once, however many one object of it makes.

use super::indicator::Indicator;

/// Entries up to a bound; instead of what is past it, one that says so.
#[derive(Debug)]
pub(super) struct Entries {
    found: Vec<Indicator>,
    most: usize,
    is_cut: bool,
}

impl Entries {
    pub(super) fn up_to(most: usize) -> Self {
        Self { found: Vec::new(), most, is_cut: false }
    }

    pub(super) fn push(&mut self, entry: Indicator) {
        if self.found.len() < self.most {
            self.found.push(entry);
        } else if !self.is_cut {
            self.is_cut = true;
            self.found.push(Indicator::too_many(entry.line));
        }
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.found.len()
    }

    /// Whether something was left out: nothing that follows is held.
    pub(super) fn is_cut(&self) -> bool {
        self.is_cut
    }

    pub(super) fn into_vec(self) -> Vec<Indicator> {
        self.found
    }
}
