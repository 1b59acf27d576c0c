//! The option `normalize`: features brought to comparable sizes.

use super::distinct::Points;
use super::sort::sort_by;
use crate::interrupt::{Interrupt, Interrupted};

/// The option `normalize`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Normalize {
    #[default]
    None,
    /// Each row to length 1, as scikit-learn's `Normalizer` and so MSTICPy.
    L2,
    /// Each feature to mean 0 and standard deviation 1, as scikit-learn's `StandardScaler`.
    Standard,
    /// Each feature to median 0 and interquartile range 1, as scikit-learn's `RobustScaler`.
    Robust,
}

impl Normalize {
    pub(crate) const CHOICES: &'static [&'static str] = &["none", "l2", "standard", "robust"];

    /// By its name in [`Normalize::CHOICES`].
    pub(crate) fn named(name: &str) -> Self {
        match name {
            "l2" => Self::L2,
            "standard" => Self::Standard,
            "robust" => Self::Robust,
            _ => Self::None,
        }
    }

    /// Measures what it needs of `points`.
    pub(crate) fn scaler(self, points: &Points, interrupt: &Interrupt) -> Result<Scaler, Interrupted> {
        let measure: Measure = match self {
            Self::None => return Ok(Scaler::Nothing),
            Self::L2 => return Ok(Scaler::Length),
            Self::Standard => mean_and_deviation,
            Self::Robust => median_and_range,
        };
        let features = (0..points.dims()).map(|feature| Feature::measure(points, feature, measure, interrupt));
        Ok(Scaler::Features(features.collect::<Result<_, _>>()?))
    }
}

/// A [`Normalize`] with the measures of the data.
pub(crate) enum Scaler {
    Nothing,
    Length,
    Features(Vec<Feature>),
}

impl Scaler {
    /// Scales one point in place.
    pub(crate) fn apply(&self, point: &mut [f64]) {
        match self {
            Self::Nothing => {}
            Self::Length => unit(point),
            Self::Features(features) => point.iter_mut().zip(features).for_each(|(x, feature)| *x = feature.apply(*x)),
        }
    }
}

/// Scales `vector` to length 1; zeros stay.
pub(crate) fn unit(vector: &mut [f64]) {
    let peak = vector.iter().fold(0.0f64, |peak, x| peak.max(x.abs()));
    if peak == 0.0 {
        return;
    }
    // The squares of such numbers would leave the range of a float.
    if !(1e-100..=1e100).contains(&peak) {
        vector.iter_mut().for_each(|x| *x /= peak);
    }
    let length = vector.iter().map(|x| x * x).sum::<f64>().sqrt();
    vector.iter_mut().for_each(|x| *x /= length);
}

/// Tells the centre and the spread of a feature, whose values come sorted, each with its rows.
type Measure = fn(&[(f64, u32)]) -> (f64, f64);

/// How one feature is moved and scaled.
pub(crate) struct Feature {
    shrink: f64,
    centre: f64,
    spread: f64,
}

impl Feature {
    fn measure(points: &Points, feature: usize, measure: Measure, interrupt: &Interrupt) -> Result<Self, Interrupted> {
        interrupt.check()?;
        let peak = (0..points.len()).fold(0.0f64, |peak, id| peak.max(points.at(id)[feature].abs()));
        // A power of two, which costs no digit: the squares and sums of larger numbers would leave the range of a float.
        let shrink = if peak > 1e100 { 2f64.powi(-700) } else { 1.0 };
        let mut column: Vec<(f64, u32)> = (0..points.len()).map(|id| (points.at(id)[feature] * shrink, points.weight(id))).collect();
        sort_by(&mut column, &|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)), interrupt)?;
        let (centre, spread) = measure(&column);
        // A constant feature says nothing; it is only moved, as scikit-learn does.
        let constant = column.first().map(|(x, _)| x) == column.last().map(|(x, _)| x);
        Ok(Self { shrink, centre, spread: if constant || spread == 0.0 { 1.0 } else { spread } })
    }

    fn apply(&self, x: f64) -> f64 {
        ((x * self.shrink - self.centre) / self.spread).clamp(f64::MIN, f64::MAX)
    }
}

fn mean_and_deviation(column: &[(f64, u32)]) -> (f64, f64) {
    let rows: f64 = column.iter().map(|(_, weight)| f64::from(*weight)).sum();
    let mean = column.iter().map(|(x, weight)| x * f64::from(*weight)).sum::<f64>() / rows;
    let squares: f64 = column.iter().map(|(x, weight)| (x - mean) * (x - mean) * f64::from(*weight)).sum();
    (mean, (squares / rows).sqrt())
}

fn median_and_range(column: &[(f64, u32)]) -> (f64, f64) {
    (quantile(column, 0.5), quantile(column, 0.75) - quantile(column, 0.25))
}

/// The quantile of a sorted, weighted column, linear between rows as NumPy's.
fn quantile(column: &[(f64, u32)], at: f64) -> f64 {
    let rows: u64 = column.iter().map(|(_, weight)| u64::from(*weight)).sum();
    let position = rows.saturating_sub(1) as f64 * at;
    let (low, high) = (nth(column, position.floor() as u64), nth(column, position.ceil() as u64));
    low + (high - low) * position.fract()
}

/// The value of row `row` of a sorted, weighted column.
fn nth(column: &[(f64, u32)], row: u64) -> f64 {
    let mut end = 0;
    let found = column.iter().find(|(_, weight)| {
        end += u64::from(*weight);
        end > row
    });
    found.map_or(0.0, |(x, _)| *x)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scaled(normalize: Normalize, column: &[f64]) -> Vec<f64> {
        let interrupt = Interrupt::default();
        let read = |row: usize, into: &mut Vec<f64>| {
            into.push(column[row]);
            Some(1)
        };
        let (points, places) = Points::distinct(1, column.len(), read, &interrupt).unwrap();
        let scaler = normalize.scaler(&points, &interrupt).unwrap();
        let mut out: Vec<f64> = places.iter().map(|id| points.at(*id as usize)[0]).collect();
        out.chunks_mut(1).for_each(|point| scaler.apply(point));
        out.iter().map(|x| (x * 1e6).round() / 1e6).collect()
    }

    /// Expected values: scikit-learn 1.9.1.
    #[test]
    fn features_as_scikit_learn() {
        let column = [1.0, 2.0, 2.0, 7.0, 1.0, 30.0];
        assert_eq!(scaled(Normalize::None, &column), column);
        assert_eq!(scaled(Normalize::Standard, &column), [-0.592095, -0.496079, -0.496079, -0.016003, -0.592095, 2.192351]);
        assert_eq!(scaled(Normalize::Robust, &column), [-0.222222, 0.0, 0.0, 1.111111, -0.222222, 6.222222]);
        assert_eq!(scaled(Normalize::Standard, &[0.1; 3]), [0.0; 3]);
        assert_eq!(scaled(Normalize::Robust, &[5.0, 5.0, 5.0, 5.0, 9.0]), [0.0, 0.0, 0.0, 0.0, 4.0]);
    }

    #[test]
    fn rows_to_length_one() {
        for (row, expected) in
            [([3.0, 4.0], [0.6, 0.8]), ([0.0, 0.0], [0.0, 0.0]), ([1e308, 0.0], [1.0, 0.0]), ([0.0, -5e-324], [0.0, -1.0])]
        {
            let mut row = row;
            Scaler::Length.apply(&mut row);
            assert_eq!(row, expected);
        }
    }

    #[test]
    fn huge_numbers_stay_finite() {
        for normalize in [Normalize::Standard, Normalize::Robust] {
            assert!(scaled(normalize, &[1e308, -1e308, 0.0, 1e-300]).iter().all(|x| x.is_finite()));
        }
    }
}
