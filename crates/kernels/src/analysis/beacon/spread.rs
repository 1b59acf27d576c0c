//! How alike numbers are, in 0..1: skew and dispersion as RITA and others rate the gaps and sizes of beacons.

use crate::analysis::quantile::{median, quantile};

/// 1 - |skew by quartiles| (Bowley): 1 where the quartiles lie evenly around the median. Reorders `values`, which hold no NaN.
pub(crate) fn skew_score(values: &mut [f64]) -> Option<f64> {
    let (low, middle, high) = (quantile(values, 0.25)?, quantile(values, 0.5)?, quantile(values, 0.75)?);
    let range = high - low;
    Some(if range > 0.0 { 1.0 - ((high - middle) - (middle - low)).abs() / range } else { 1.0 })
}

/// 1 - median distance from the median / median, at least 0: 1 where more than half of the values are equal. Reorders `values`.
pub(crate) fn mad_score(values: &mut [f64]) -> Option<f64> {
    let middle = median(values)?;
    values.iter_mut().for_each(|value| *value = (*value - middle).abs());
    let off = median(values)?;
    Some(if off > 0.0 { (1.0 - off / middle.abs()).max(0.0) } else { 1.0 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scores() {
        for (values, skew, mad) in [
            (vec![5.0], 1.0, 1.0),
            (vec![5.0; 4], 1.0, 1.0),
            (vec![1.0, 2.0, 3.0, 4.0, 5.0], 1.0, 1.0 - 1.0 / 3.0),
            (vec![1.0, 1.0, 1.0, 1.0, 9.0], 1.0, 1.0),
            (vec![0.0, 1.0, 2.0, 8.0, 9.0], 1.0 - 5.0 / 7.0, 0.0),
            (vec![-1.0, 0.0, 1.0], 1.0, 0.0),
        ] {
            assert_eq!(skew_score(&mut values.clone()), Some(skew), "{values:?}");
            assert_eq!(mad_score(&mut values.clone()), Some(mad), "{values:?}");
        }
        assert_eq!(skew_score(&mut []), None);
        assert_eq!(mad_score(&mut []), None);
    }
}
