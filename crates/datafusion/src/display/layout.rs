//! How wide each column of a table is.

/// What every column takes beside its text: a space on each side and a rule.
const FRAME: usize = 3;
/// Text columns are not cut below this.
const MIN_TEXT: usize = 8;
/// Numbers and times are not cut below this: a cut number says something false. Holds any 64-bit integer.
const MIN_NUMBER: usize = 20;
/// Without a bound, shorter cells are padded to at most this.
const MAX_PADDING: usize = 120;

/// A column before it was fitted.
#[derive(Debug, Clone, Copy)]
pub(super) struct Natural {
    /// The widest of the name and the cells.
    pub(super) width: usize,
    /// The width of the name alone.
    pub(super) name: usize,
    /// Numbers and times.
    pub(super) rigid: bool,
}

impl Natural {
    fn least(self) -> usize {
        if self.rigid { self.width.min(MIN_NUMBER.max(self.name.min(MIN_TEXT))) } else { self.width.min(MIN_TEXT) }
    }
}

/// Columns that are shown, with their widths; between `left` and the rest some may be left out.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Layout {
    /// Index and width of each shown column.
    pub(super) columns: Vec<(usize, usize)>,
    /// The number of shown columns before the gap; `None` where all columns are shown.
    pub(super) gap: Option<usize>,
}

/// Fits columns into `total`.
pub(super) fn fit(natural: &[Natural], total: Option<usize>) -> Layout {
    let Some(total) = total else {
        return Layout { columns: natural.iter().map(|column| column.width.min(MAX_PADDING)).enumerate().collect(), gap: None };
    };
    let framed = |count: usize| (count * FRAME).saturating_sub(1);
    let least: usize = natural.iter().map(|column| column.least()).sum();
    if least + framed(natural.len()) <= total || natural.len() == 1 {
        let shown: Vec<_> = (0..natural.len()).collect();
        return Layout { columns: share(natural, &shown, total.saturating_sub(framed(natural.len()))), gap: None };
    }
    // Columns are taken from both ends, the first ones first; the gap is a column of one `…`.
    let room = total.saturating_sub(FRAME + 1);
    let (mut left, mut right) = (Vec::new(), Vec::new());
    let mut used = 0;
    for turn in 0..natural.len() {
        let from_left = turn % 3 != 2;
        let next = if from_left { left.len() } else { natural.len() - 1 - right.len() };
        let Some(column) = natural.get(next) else { break };
        used += column.least() + FRAME;
        if used > room && !left.is_empty() {
            break;
        }
        if from_left { left.push(next) } else { right.push(next) }
    }
    let gap = left.len();
    right.reverse();
    left.extend(right);
    let columns = share(natural, &left, room.saturating_sub(framed(left.len())));
    Layout { columns, gap: Some(gap) }
}

/// Gives every shown column its width where there is room, and else shortens the widest ones to the same width.
fn share(natural: &[Natural], shown: &[usize], room: usize) -> Vec<(usize, usize)> {
    let columns: Vec<_> = shown.iter().filter_map(|index| Some((*index, *natural.get(*index)?))).collect();
    let taken = |cap: usize| columns.iter().map(|(_, column)| column.width.min(cap.max(column.least()))).sum::<usize>();
    let widest = columns.iter().map(|(_, column)| column.width).max().unwrap_or(0);
    // The largest cap that fits; `taken` grows with it.
    let (mut low, mut high) = (1, widest.max(1));
    while low < high {
        let middle = (low + high).div_ceil(2);
        if taken(middle) <= room { low = middle } else { high = middle - 1 }
    }
    let mut spare = room.saturating_sub(taken(low));
    let width = |(index, column): &(usize, Natural)| {
        let mut width = column.width.min(low.max(column.least()));
        if width < column.width && spare > 0 {
            spare -= 1;
            width += 1;
        }
        // One column alone may still be wider than the terminal.
        (*index, if columns.len() == 1 { width.min(room.max(1)) } else { width })
    };
    columns.iter().map(width).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn texts(widths: &[usize]) -> Vec<Natural> {
        widths.iter().map(|width| Natural { width: *width, name: 2, rigid: false }).collect()
    }

    fn widths(layout: &Layout) -> Vec<usize> {
        layout.columns.iter().map(|(_, width)| *width).collect()
    }

    #[test]
    fn the_widest_columns_shrink() {
        assert_eq!(widths(&fit(&texts(&[5, 10]), Some(80))), [5, 10]);
        assert_eq!(widths(&fit(&texts(&[5, 100, 100]), Some(60))), [5, 24, 23]);
        assert_eq!(widths(&fit(&texts(&[5, 1000]), None)), [5, 120]);
        assert_eq!(widths(&fit(&texts(&[1000]), Some(60))), [58]);
    }

    #[test]
    fn numbers_keep_their_digits() {
        let mut columns = texts(&[200, 12]);
        columns[1].rigid = true;
        assert_eq!(widths(&fit(&columns, Some(40))), [23, 12]);
    }

    #[test]
    fn middle_columns_are_left_out() {
        let layout = fit(&texts(&[20; 30]), Some(80));
        assert_eq!(layout.gap, Some(4));
        assert_eq!(layout.columns.iter().map(|(index, _)| *index).collect::<Vec<_>>(), [0, 1, 2, 3, 28, 29]);
    }

    proptest! {
        #[test]
        fn a_table_is_never_wider_than_asked(columns in prop::collection::vec((0_usize..300, any::<bool>()), 1..50), total in 40_usize..300) {
            let natural: Vec<_> = columns.iter().map(|(width, rigid)| Natural { width: *width, name: 1, rigid: *rigid }).collect();
            let layout = fit(&natural, Some(total));
            let sum: usize = layout.columns.iter().map(|(_, width)| width + 3).sum::<usize>() - 1;
            let gap = if layout.gap.is_some() { 4 } else { 0 };
            prop_assert!(sum + gap <= total, "{layout:?}");
            prop_assert!(layout.gap.is_some() || layout.columns.len() == natural.len());
        }
    }
}
