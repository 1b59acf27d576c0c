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

/// The row of each label, 0 the lowest, `None` where there is no room. A line goes up to the row of its label. Lines are sorted by `x`.
#[must_use]
pub fn rows(spans: &[Span], rows: usize) -> Vec<Option<usize>> {
    let mut out = vec![None; spans.len()];
    let mut placed: Vec<(Span, usize)> = Vec::new();
    // From the right: a label then stands above the lines that it passes.
    for (span, place) in spans.iter().zip(&mut out).rev() {
        let fits = |row: usize| {
            placed.iter().all(|(other, taken)| {
                let apart = *taken != row || span.to <= other.from || span.from >= other.to;
                let not_crossed = row > *taken || other.x <= span.from || other.x >= span.to;
                let crosses_not = row < *taken || span.x <= other.from || span.x >= other.to;
                apart && not_crossed && crosses_not
            })
        };
        *place = (0..rows).find(|row| fits(*row));
        if let Some(row) = *place {
            placed.push((*span, row));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn earlier_labels_stand_above_later_lines() {
        let spans = [(10.0, 10.0, 60.0), (20.0, 20.0, 70.0), (30.0, 30.0, 80.0), (200.0, 200.0, 250.0), (300.0, 250.0, 300.0)]
            .map(|(x, from, to)| Span { x, from, to });
        assert_eq!(rows(&spans, 5), [Some(2), Some(1), Some(0), Some(0), Some(0)]);
        assert_eq!(rows(&spans, 2), [None, Some(1), Some(0), Some(0), Some(0)]);
    }
}
