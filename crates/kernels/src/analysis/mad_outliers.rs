//! `mad_outliers(value)`: how far a value lies from the median.

use super::quantile::median;
use crate::prelude::*;

/// Which outliers count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    Both,
    High,
    Low,
}

/// Options of `mad_outliers`.
#[derive(Debug, Clone, Copy)]
pub struct MadOptions {
    side: Side,
    threshold: f64,
}

impl Default for MadOptions {
    fn default() -> Self {
        Self { side: Side::Both, threshold: 3.5 }
    }
}

impl Options for MadOptions {
    const FIELDS: &'static [OptionField] = &[
        OptionField {
            name: "side",
            kind: OptionKind::Choice(&["both", "high", "low"]),
            default: "'both'",
            doc: "Whether values above the median, below it or both can be outliers.",
        },
        OptionField {
            name: "threshold",
            kind: OptionKind::FloatIn(0.0, 1e300),
            default: "3.5",
            doc: "The score, without its sign, above which a value is an outlier.",
        },
    ];

    fn set(&mut self, name: &str, setting: Setting) -> Result<(), String> {
        match (name, setting) {
            ("side", Setting::Text(side)) => {
                self.side = match side.as_str() {
                    "high" => Side::High,
                    "low" => Side::Low,
                    _ => Side::Both,
                }
            }
            ("threshold", Setting::Float(threshold)) => self.threshold = threshold,
            _ => {}
        }
        Ok(())
    }
}

/// Kernel of `mad_outliers`.
pub struct MadOutliers;

/// How far off a value is; NULL where there is none.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Deviation(Option<(f64, bool)>);

impl SqlValue for Deviation {
    const TYPE: SqlType = SqlType::Struct(&[("score", SqlType::Float), ("is_outlier", SqlType::Bool)]);
    fn write(&self, out: &mut Column) {
        out.row().put(self.0.map(|(score, _)| score)).put(self.0.map(|(_, is_outlier)| is_outlier)).end();
    }
}

impl RowKernel for MadOutliers {
    const SPEC: Spec = Spec {
        name: "mad_outliers",
        family: Family::Analysis,
        summary: "Scores how far each value lies from the median, in a measure that the outliers themselves cannot stretch.",
        details: "\
`score` is the modified z-score of Iglewicz and Hoaglin (1993): `0.6745 * (value - median) / MAD`, where MAD is the median of the distances from the median.
For normally distributed values it reads like a z-score; unlike one, it stays as it is when the largest values grow. It is negative below the median. A
value is an outlier where the score is above `threshold` (3.5 is the authors' advice) on the `side` asked for.

Where more than half of the values are equal, MAD is 0: then the mean distance from the median takes its place, `(value - median) / (1.2533 * mean distance)`,
and where that is 0 too, all values are equal and the score is 0. The score is always finite. NULL, NaN and infinite values are left out and get NULL.",
        args: &[Arg { name: "value", doc: "What to compare within its part." }],
        examples: &[Example {
            sql: "\
WITH logins AS (SELECT who, failures FROM (VALUES ('ann', 3), ('bob', 4), ('cat', 2), ('dan', 3), ('eve', 41), ('fay', 5)) v(who, failures))
SELECT who, failures, round(score, 2) AS score FROM huntsql.mad_outliers(logins, failures) WHERE is_outlier",
            result: "eve | 41 | 25.29",
        }],
    };
    const ARGS: &'static [ArgType] = &[ArgType::Float];
    type Options = MadOptions;
    type Out<'r> = Deviation;

    fn compute(rows: &Rows, options: &MadOptions, interrupt: &Interrupt) -> GroupResult<Vec<Deviation>> {
        let values = rows.floats(0);
        interrupt.check()?;
        let Some(scale) = Scale::of(values) else { return Ok(vec![Deviation(None); rows.len()]) };
        interrupt.check()?;
        let deviation = |value: &f64| {
            let score = value.is_finite().then(|| scale.score(*value))?;
            let reach = match options.side {
                Side::Both => score.abs(),
                Side::High => score,
                Side::Low => -score,
            };
            Some((score, reach > options.threshold))
        };
        Ok(values.iter().map(|value| Deviation(deviation(value))).collect())
    }
}

/// Where values lie and how far they spread.
#[derive(Debug, Clone, Copy)]
struct Scale {
    unit: f64,
    center: f64,
    /// What the distance from the median is divided by; 0 where all values are equal.
    spread: f64,
}

impl Scale {
    /// Of the finite values; `None` without any.
    fn of(values: &[f64]) -> Option<Self> {
        // 0.6745 and 1.2533: what makes the median and the mean distance read as standard deviations of a normal distribution.
        const NORMAL_MEDIAN: f64 = 0.6745;
        const NORMAL_MEAN: f64 = 1.253_314;
        let mut left: Vec<f64> = values.iter().copied().filter(|value| value.is_finite()).collect();
        // Differences of values near the largest float overflow: those are computed at a scale of 2^-64.
        let greatest = left.iter().fold(0.0, |greatest: f64, value| greatest.max(value.abs()));
        let unit = if greatest > 1e300 { 2f64.powi(-64) } else { 1.0 };
        left.iter_mut().for_each(|value| *value *= unit);
        let center = median(&mut left)?;
        left.iter_mut().for_each(|value| *value = (*value - center).abs());
        let mad = median(&mut left)?;
        if mad > 0.0 {
            return Some(Self { unit, center, spread: mad / NORMAL_MEDIAN });
        }
        // A sum of floats depends on their order.
        left.sort_unstable_by(f64::total_cmp);
        let count = left.len() as f64;
        let mean: f64 = left.iter().map(|distance| distance / count).sum();
        Some(Self { unit, center, spread: mean * NORMAL_MEAN })
    }

    fn score(&self, value: f64) -> f64 {
        let distance = value * self.unit - self.center;
        if self.spread > 0.0 { (distance / self.spread).clamp(-f64::MAX, f64::MAX) } else { 0.0 }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Cell, rows};
    use super::*;
    use proptest::prelude::*;

    fn run(values: &[f64], options: &MadOptions) -> Vec<Deviation> {
        let table: Vec<Vec<Cell>> = values.iter().map(|value| vec![Cell::Float(*value)]).collect();
        MadOutliers::compute(&rows(MadOutliers::ARGS, &table), options, &Interrupt::default()).unwrap()
    }

    fn scores(values: &[f64]) -> Vec<Option<f64>> {
        run(values, &MadOptions::default()).iter().map(|deviation| deviation.0.map(|(score, _)| score)).collect()
    }

    #[test]
    fn cases() {
        let nan = f64::NAN;
        for (values, expected) in [
            (&[][..], &[][..]),
            (&[5.0], &[Some(0.0)]),
            (&[5.0, 5.0, 5.0], &[Some(0.0); 3]),
            (&[nan, f64::INFINITY, f64::NEG_INFINITY], &[None; 3]),
            (&[nan, 5.0], &[None, Some(0.0)]),
            (&[1.0, 2.0, 3.0, 4.0, 105.0], &[Some(-1.349), Some(-0.6745), Some(0.0), Some(0.6745), Some(68.799)]),
            (&[f64::MAX, 0.0, 1e-200, 2e-200, -1.0], &[Some(f64::MAX), Some(-0.6745), Some(0.0), Some(0.6745), Some(-6.745e199)]),
            (
                &[f64::MAX, 0.0, 0.0, 1.0, -f64::MAX],
                &[Some(0.6745 * f64::MAX), Some(0.0), Some(0.0), Some(0.6745), Some(-0.6745 * f64::MAX)],
            ),
        ] {
            let found = scores(values);
            assert_eq!(found.len(), expected.len());
            for (found, expected) in found.iter().zip(expected) {
                match (found, expected) {
                    (Some(found), Some(expected)) => assert!((found - expected).abs() <= 1e-12 * expected.abs(), "{values:?}: {found}"),
                    (found, expected) => assert_eq!(found, expected, "{values:?}"),
                }
            }
        }
    }

    /// The median distance is 0, the mean distance is not.
    #[test]
    fn mostly_equal_values() {
        let found = scores(&[5.0, 5.0, 5.0, 5.0, 9.0]);
        assert_eq!(found[..4], [Some(0.0); 4]);
        let expected = 4.0 / (1.253_314 * 0.8);
        assert!((found[4].unwrap() - expected).abs() < 1e-12, "{found:?}");
    }

    #[test]
    fn sides() {
        let values = [-90.0, 1.0, 2.0, 3.0, 4.0, 5.0, 90.0];
        let flagged = |side, threshold| {
            let found = run(&values, &MadOptions { side, threshold });
            values.iter().zip(found).filter(|(_, deviation)| deviation.0.unwrap().1).map(|(value, _)| *value).collect::<Vec<_>>()
        };
        assert_eq!(flagged(Side::Both, 3.5), [-90.0, 90.0]);
        assert_eq!(flagged(Side::High, 3.5), [90.0]);
        assert_eq!(flagged(Side::Low, 3.5), [-90.0]);
        assert_eq!(flagged(Side::High, 0.0), [4.0, 5.0, 90.0]);
        assert!(flagged(Side::Both, 1e300).is_empty());
    }

    proptest! {
        #[test]
        fn finite_and_blind_to_order(values in prop::collection::vec(any::<f64>(), 0..30)) {
            let found = scores(&values);
            prop_assert!(found.iter().zip(&values).all(|(score, value)| score.map_or(!value.is_finite(), f64::is_finite)));
            let turned: Vec<f64> = values.iter().rev().copied().collect();
            prop_assert!(scores(&turned).iter().rev().eq(&found));
        }
    }
}
