//! Rows for labels of lines, so that no line crosses a label and no label hides another.

/// A line at `x` with a label from `from` to `to`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Span {
    /// Where the line is.
    pub x: f64,
    /// Where the label begins.
    pub from: f64,
    /// Where it ends.
    pub to: f64,
}

/// The row of each label, 0 the lowest, and which of the places that were offered it has; `None` where there is no room. A line goes up to
/// the row of its label. Lines are sorted by `x`; the first places are the better ones.
#[must_use]
pub fn rows(offers: &[Vec<Span>], rows: usize) -> Vec<Option<(usize, Span)>> {
    let mut out = vec![None; offers.len()];
    let mut placed: Vec<(Span, usize)> = Vec::new();
    // From the right: a label then stands above the lines that it passes.
    for (spans, place) in offers.iter().zip(&mut out).rev() {
        let fits = |span: &Span, row: usize| {
            placed.iter().all(|(other, taken)| {
                let apart = *taken != row || span.to <= other.from || span.from >= other.to;
                let not_crossed = row > *taken || other.x <= span.from || other.x >= span.to;
                let crosses_not = row < *taken || span.x <= other.from || span.x >= other.to;
                apart && not_crossed && crosses_not
            })
        };
        *place = spans.iter().find_map(|span| (0..rows).find(|row| fits(span, *row)).map(|row| (row, *span)));
        if let Some((row, span)) = *place {
            placed.push((span, row));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn earlier_labels_stand_above_later_lines() {
        let right = |x: f64| Span { x, from: x, to: x + 50.0 };
        let left = |x: f64| Span { x, from: x - 50.0, to: x };
        let offers = [vec![right(10.0)], vec![right(20.0)], vec![right(30.0)], vec![right(200.0)], vec![left(300.0)]];
        let found = |offers: &[Vec<Span>], most| rows(offers, most).into_iter().map(|place| place.map(|(row, _)| row)).collect::<Vec<_>>();
        assert_eq!(found(&offers, 5), [Some(2), Some(1), Some(0), Some(0), Some(0)]);
        assert_eq!(found(&offers, 2), [None, Some(1), Some(0), Some(0), Some(0)]);
        // Where there is no room at the right there may be some at the left.
        let offers = [vec![right(110.0), left(110.0)], vec![right(120.0)], vec![right(130.0)]];
        assert_eq!(rows(&offers, 2).first().copied().flatten(), Some((0, left(110.0))));
    }
}
