//! Which value has which colour, where there are more values than colours.

use super::TextColumn;
use super::words::grouped;
use crate::model::Label;

/// Colours that people can tell apart.
pub(super) const MOST: usize = 12;

/// The values that have a colour of their own, most rows first, then one for the rest.
pub(super) struct Palette {
    /// The names of the colours.
    pub(super) labels: Vec<Label>,
    /// Values behind the last colour, where it stands for several.
    pub(super) merged: usize,
    color_of: Vec<Option<u8>>,
}

impl Palette {
    /// Counts the values of the rows that are drawn.
    pub(super) fn new(column: &TextColumn<'_>, rows: impl Iterator<Item = usize>) -> Self {
        let mut counts = vec![0_usize; column.labels.len()];
        for row in rows {
            if let Some(count) = column.code(row).and_then(|code| counts.get_mut(code as usize)) {
                *count += 1;
            }
        }
        let mut codes: Vec<usize> = (0..counts.len()).filter(|&code| counts.get(code).is_some_and(|&count| count > 0)).collect();
        codes
            .sort_by_key(|&code| (std::cmp::Reverse(counts.get(code).copied()), column.labels.get(code).map(|label| label.shown.as_str())));
        let kept = if codes.len() > MOST { MOST - 1 } else { codes.len() };
        let merged = codes.len() - kept;
        let mut color_of = vec![None; column.labels.len()];
        for (color, &code) in codes.iter().enumerate() {
            if let Some(slot) = color_of.get_mut(code) {
                *slot = u8::try_from(color.min(kept)).ok();
            }
        }
        let mut labels: Vec<Label> = codes.iter().take(kept).filter_map(|&code| column.labels.get(code).cloned()).collect();
        if merged > 0 {
            labels.push(Label { shown: format!("other ({})", grouped(merged)), raw: None });
        }
        Self { labels, merged, color_of }
    }

    /// The colour of a code.
    pub(super) fn color(&self, code: Option<u32>) -> Option<u8> {
        self.color_of.get(code? as usize).copied().flatten()
    }

    /// The sentence about values that share a colour.
    pub(super) fn warning(&self, name: &str) -> Option<String> {
        (self.merged > 0).then(|| format!("{name} has more values than colours: {} of them share the last one", grouped(self.merged)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frequent_values_have_their_own_colour_and_the_rest_share_one() {
        let labels: Vec<Label> = (0..20).map(|code| Label { shown: format!("v{code:02}"), raw: None }).collect();
        // Value 5 three times, all others but NULL once.
        let codes: Vec<u32> = (0..20).chain([5, 5]).collect();
        let column = TextColumn { codes: &codes, labels: &labels };
        let palette = Palette::new(&column, 0..codes.len());
        assert_eq!(palette.color(Some(5)), Some(0));
        assert_eq!(palette.color(Some(1)), Some(1));
        assert_eq!(palette.color(Some(19)), Some(11));
        assert_eq!(palette.color(None), None);
        assert_eq!(palette.color(Some(0)), None);
        assert_eq!(palette.labels.len(), MOST);
        assert_eq!(palette.labels[11].shown, "other (8)");
        assert_eq!(palette.merged, 8);
        assert!(palette.warning("user").is_some_and(|said| said.contains("8 of them")));
    }
}
