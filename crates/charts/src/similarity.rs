//! An order in which what is alike stands together.

use huntsql_kernels::interrupt::{Interrupt, Interrupted};

/// Vectors, given by their entries that are not zero, from the longest to what is most alike, and on.
pub(crate) fn by_similarity(vectors: &[Vec<(u32, f64)>], interrupt: &Interrupt) -> Result<Vec<u32>, Interrupted> {
    let length = |vector: &[(u32, f64)]| vector.iter().map(|(_, value)| value * value).sum::<f64>().sqrt();
    let lengths: Vec<f64> = vectors.iter().map(|vector| length(vector)).collect();
    let mut left: Vec<usize> = (0..vectors.len()).collect();
    let mut order = Vec::with_capacity(vectors.len());
    let width = vectors.iter().flatten().map(|(entry, _)| *entry as usize + 1).max().unwrap_or(0);
    // The vector that was placed last, spread out.
    let mut last = vec![0.0; width];
    let mut next = lengths.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1).then(b.0.cmp(&a.0))).map(|(index, _)| index);
    while let Some(index) = next {
        interrupt.check()?;
        order.push(u32::try_from(index).unwrap_or(u32::MAX));
        left.retain(|other| *other != index);
        last.fill(0.0);
        for (entry, value) in vectors.get(index).into_iter().flatten() {
            if let Some(slot) = last.get_mut(*entry as usize) {
                *slot = *value;
            }
        }
        let likeness = |other: &usize| {
            let dot: f64 = vectors
                .get(*other)
                .into_iter()
                .flatten()
                .map(|(entry, value)| value * last.get(*entry as usize).copied().unwrap_or(0.0))
                .sum();
            let length = lengths.get(*other).copied().unwrap_or(0.0);
            if length > 0.0 { dot / length } else { 0.0 }
        };
        next = left
            .iter()
            .copied()
            .map(|other| (likeness(&other), other))
            .max_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(&a.1)))
            .map(|(_, other)| other);
    }
    Ok(order)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn alike_stands_together() {
        let vectors = vec![vec![(0, 1.0), (1, 1.0)], vec![(5, 3.0)], vec![(0, 1.0), (1, 0.9)], vec![(5, 1.0), (6, 0.1)], vec![]];
        assert_eq!(by_similarity(&vectors, &Interrupt::default()), Ok(vec![1, 3, 0, 2, 4]));
        assert_eq!(by_similarity(&[], &Interrupt::default()), Ok(vec![]));
    }
}
