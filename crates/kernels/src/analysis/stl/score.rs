//! How unusual a residual is.

use super::robustness::median;

/// What residuals are measured by.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Scoring {
    /// Distance from the mean in standard deviations of the population.
    #[default]
    ZScore,
    /// Distance from the median in median absolute deviations, scaled to agree with the other for normal residuals.
    Mad,
}

/// Standard deviations of a normal distribution in its median absolute deviation: 1 / Φ⁻¹(3/4).
const DEVIATIONS_PER_MEDIAN: f64 = 1.482_602_218_505_602;
/// The same for the mean absolute deviation: √(π/2).
const DEVIATIONS_PER_MEAN: f64 = 1.253_314_137_315_500_3;

/// Least median deviation of the residuals, as a part of that of the values. Less is no noise but what robust fits of a series that
/// repeats exactly have not yet converged by.
const LEAST_PART: f64 = 1e-6;

/// Centre and unit of the `residuals` of `values`; `None` where they are all alike.
///
/// Where more than half of the residuals are the same, the median deviation is 0 and the mean absolute deviation from the median takes its
/// place, as Iglewicz and Hoaglin (1993) have it.
pub(super) fn centre_and_unit(mut residuals: Vec<f64>, values: &[f64], scoring: Scoring) -> Option<(f64, f64)> {
    let count = residuals.len() as f64;
    let (centre, unit) = match scoring {
        Scoring::ZScore => {
            let mean = residuals.iter().sum::<f64>() / count;
            (mean, (residuals.iter().map(|residual| (residual - mean) * (residual - mean)).sum::<f64>() / count).sqrt())
        }
        Scoring::Mad => {
            let (centre, half) = median_and_deviation(&mut residuals);
            let (_, least) = median_and_deviation(&mut values.to_vec());
            let mean = residuals.iter().sum::<f64>() / count;
            (centre, if half > LEAST_PART * least { half * DEVIATIONS_PER_MEDIAN } else { mean * DEVIATIONS_PER_MEAN })
        }
    };
    (unit > 0.0).then_some((centre, unit))
}

/// The median and the median distance from it; the values become their distances.
fn median_and_deviation(values: &mut [f64]) -> (f64, f64) {
    let centre = median(values);
    values.iter_mut().for_each(|value| *value = (*value - centre).abs());
    (centre, median(values))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units() {
        let values: Vec<f64> = (0..9).map(f64::from).collect();
        let unit = |residuals: &[f64], scoring| centre_and_unit(residuals.to_vec(), &values, scoring);
        assert_eq!(unit(&[-1.0, 1.0, -1.0, 1.0], Scoring::ZScore), Some((0.0, 1.0)));
        assert_eq!(unit(&[9.0, 1.0, 2.0, 3.0, 4.0], Scoring::Mad), Some((3.0, DEVIATIONS_PER_MEDIAN)));
        assert_eq!(unit(&[0.0, 0.0, 0.0, 4.0], Scoring::Mad), Some((0.0, DEVIATIONS_PER_MEAN)), "the median deviation is 0");
        assert_eq!(unit(&[0.0, 1e-9, -1e-9, 1e-9, -1e-9, 6.0], Scoring::Mad).map(|(_, unit)| unit > 1.0), Some(true), "it is next to 0");
        for scoring in [Scoring::ZScore, Scoring::Mad] {
            assert_eq!(unit(&[2.0, 2.0, 2.0], scoring), None);
            assert_eq!(unit(&[], scoring), None);
        }
    }
}
