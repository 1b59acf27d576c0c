//! A series from its points to its anomalies.

use super::decompose::{Components, Season, decompose};
use super::grid::{Cell, Combine, Grid, Origin, even_grid};
use super::period::detect_period;
use super::score::{Scoring, centre_and_unit};
use crate::interrupt::{Interrupt, Interrupted};

/// What takes the place of a missing value.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Fill {
    /// The straight line between its neighbours; it is not scored.
    #[default]
    Linear,
    /// Nothing happened, which is scored like any other value.
    Zero,
    /// Nothing: the place is left out of every smooth.
    None,
}

/// How a series is analysed.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// Periods in steps; detected where there is none.
    pub periods: Vec<usize>,
    /// Windows of the seasonal smoothers: none (the defaults), one for all, or one for each period.
    pub windows: Vec<usize>,
    /// Whether points far from the fit lose their weight.
    pub robust: bool,
    /// What residuals are measured by.
    pub scoring: Scoring,
    /// Scores beyond are anomalies.
    pub threshold: f64,
    /// Microseconds between two points; the most common gap where there is none.
    pub step: Option<i64>,
    /// How points of one step become one.
    pub combine: Combine,
    /// What takes the place of a missing value.
    pub fill: Fill,
    /// Most missing values for each that is there.
    pub max_fill: u64,
}

/// What became of a point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// It is as it came.
    Ok,
    /// Its time was moved to the grid.
    Moved,
    /// It was made of several points.
    Merged,
    /// There was no value.
    Filled,
    /// A period was left out because the series has not more than two of its cycles.
    FewerPeriods,
    /// All values are equal.
    Constant,
    /// The series repeats exactly: nothing is left that could be scored.
    NoResidual,
    /// The series has not two cycles.
    TooShort,
    /// Far more values are missing than there are.
    TooSparse,
    /// There is no value at all.
    NoData,
}

impl Status {
    /// Its name in SQL.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Moved => "moved",
            Self::Merged => "merged",
            Self::Filled => "filled",
            Self::FewerPeriods => "fewer_periods",
            Self::Constant => "constant",
            Self::NoResidual => "no_residual",
            Self::TooShort => "too_short",
            Self::TooSparse => "too_sparse",
            Self::NoData => "no_data",
        }
    }
}

/// A point of an analysed series. NaN stands for what there is not.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    /// Its time in microseconds.
    pub ts: i64,
    /// Its value, or what took its place.
    pub value: f64,
    /// The trend.
    pub trend: f64,
    /// The cycle, of several periods the sum.
    pub seasonal: f64,
    /// What is left.
    pub residual: f64,
    /// How unusual that is.
    pub score: f64,
    /// 1 above the threshold, -1 below its negative, else 0.
    pub anomaly: i64,
    /// What became of it.
    pub status: Status,
}

/// Period where none is given and none is found: a day of hours.
const DEFAULT_PERIOD: usize = 24;
/// The default window with one period; statsmodels' and MSTICPy's.
const DEFAULT_WINDOW: usize = 7;
const DAY: i64 = 86_400_000_000;

/// Analyses the points of one series, which come in any order.
pub fn analyse(times: &[i64], values: &[f64], settings: &Settings, interrupt: &Interrupt) -> Result<Vec<Point>, Interrupted> {
    let (cells, step) = match even_grid(times, values, settings.step, settings.combine, settings.max_fill, interrupt)? {
        Grid::Even(cells, step) => (cells, step),
        Grid::Sparse(cells) => return Ok(undecomposed(&cells, Status::TooSparse)),
    };
    interrupt.check()?;
    let Some(y) = filled(&cells, settings.fill) else { return Ok(undecomposed(&cells, Status::NoData)) };
    let (seasons, left_out) = seasons(&y, step, settings);
    interrupt.check()?;
    if seasons.is_empty() {
        return Ok(undecomposed(&cells, Status::TooShort));
    }
    if y.windows(2).all(|two| two[0] == two[1]) {
        let flat = Components { trend: y.clone(), seasonal: vec![0.0; y.len()], residual: vec![0.0; y.len()] };
        return Ok(points(&cells, &y, flat, Status::Constant, settings));
    }
    let present: Option<Vec<bool>> = (settings.fill == Fill::None && cells.iter().any(|cell| cell.origin == Origin::Missing))
        .then(|| cells.iter().map(|cell| cell.origin != Origin::Missing).collect());
    let components = decompose(&y, &seasons, settings.robust, present.as_deref(), interrupt)?;
    Ok(points(&cells, &y, components, if left_out { Status::FewerPeriods } else { Status::Ok }, settings))
}

/// The values without gaps; `None` where there is no value.
fn filled(cells: &[Cell], fill: Fill) -> Option<Vec<f64>> {
    let mut y: Vec<f64> = cells.iter().map(|cell| cell.value).collect();
    let first = y.iter().position(|value| !value.is_nan())?;
    if fill == Fill::Zero {
        y.iter_mut().filter(|value| value.is_nan()).for_each(|value| *value = 0.0);
        return Some(y);
    }
    let (mut last, mut before) = (first, y[first]);
    y[..first].fill(before);
    for at in first..y.len() {
        let value = y[at];
        if !value.is_nan() {
            let slope = (value - before) / (at - last).max(1) as f64;
            for (gap, step) in y[last..at].iter_mut().zip(0u32..) {
                *gap = before + slope * f64::from(step);
            }
            (last, before) = (at, value);
        }
    }
    y[last..].fill(before);
    Some(y)
}

/// The seasons that fit into the series, and whether some did not.
fn seasons(y: &[f64], step: i64, settings: &Settings) -> (Vec<Season>, bool) {
    let day = (DAY % step == 0).then(|| usize::try_from(DAY / step).ok()).flatten();
    let periods = match settings.periods.as_slice() {
        [] => vec![detect_period(y, day).unwrap_or(DEFAULT_PERIOD)],
        periods => periods.to_vec(),
    };
    let mut all: Vec<(usize, Option<usize>)> = match settings.windows.as_slice() {
        [one] => periods.iter().map(|period| (*period, Some(*one))).collect(),
        each => periods.iter().enumerate().map(|(at, period)| (*period, each.get(at).copied())).collect(),
    };
    all.sort_unstable();
    let single = all.len() == 1;
    // As statsmodels: the windows of MSTL grow with the number of the period, whose two cycles must be shorter than the series.
    let default_window = |number: usize| if single { DEFAULT_WINDOW } else { 11 + 4 * number };
    let fits = |period: usize| if single { 2 * period <= y.len() } else { 2 * period < y.len() };
    let seasons: Vec<Season> = all
        .iter()
        .enumerate()
        .filter(|(_, (period, _))| fits(*period))
        .map(|(number, (period, window))| Season { period: *period, window: window.unwrap_or_else(|| default_window(number)) })
        .collect();
    let left_out = seasons.len() < all.len();
    (seasons, left_out)
}

/// The points with their scores.
fn points(cells: &[Cell], y: &[f64], components: Components, status: Status, settings: &Settings) -> Vec<Point> {
    let observed = |cell: &Cell| cell.origin != Origin::Missing || settings.fill == Fill::Zero;
    let residuals = cells.iter().zip(&components.residual).filter(|(cell, _)| observed(cell)).map(|(_, residual)| *residual);
    let scale = centre_and_unit(residuals.collect(), y, settings.scoring);
    let status = if status != Status::Constant && scale.is_none() { Status::NoResidual } else { status };
    let parts = components.trend.iter().zip(&components.seasonal).zip(&components.residual);
    cells
        .iter()
        .zip(y)
        .zip(parts)
        .map(|((cell, y), ((trend, seasonal), residual))| {
            let score = match scale {
                _ if !observed(cell) => f64::NAN,
                None => 0.0,
                Some((centre, unit)) => (residual - centre) / unit,
            };
            let unknown = cell.origin == Origin::Missing && settings.fill == Fill::None;
            Point {
                ts: cell.ts,
                value: if unknown { f64::NAN } else { *y },
                trend: *trend,
                seasonal: *seasonal,
                residual: if unknown { f64::NAN } else { *residual },
                score,
                anomaly: i64::from(score > settings.threshold) - i64::from(score < -settings.threshold),
                status: match cell.origin {
                    Origin::Missing => Status::Filled,
                    _ if status != Status::Ok => status,
                    Origin::Exact => Status::Ok,
                    Origin::Moved => Status::Moved,
                    Origin::Merged => Status::Merged,
                },
            }
        })
        .collect()
}

/// The points that there are, and why there is nothing else.
fn undecomposed(cells: &[Cell], status: Status) -> Vec<Point> {
    let none = f64::NAN;
    let no_data = cells.iter().all(|cell| cell.value.is_nan());
    let status = if no_data { Status::NoData } else { status };
    cells
        .iter()
        .filter(|cell| no_data || cell.origin != Origin::Missing)
        .map(|cell| Point { ts: cell.ts, value: cell.value, trend: none, seasonal: none, residual: none, score: none, anomaly: 0, status })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const HOUR: i64 = 3_600_000_000;

    fn settings() -> Settings {
        Settings {
            periods: Vec::new(),
            windows: Vec::new(),
            robust: false,
            scoring: Scoring::ZScore,
            threshold: 3.0,
            step: None,
            combine: Combine::Sum,
            fill: Fill::Linear,
            max_fill: 20,
        }
    }

    fn run(points: &[(i64, f64)], settings: &Settings) -> Vec<Point> {
        let (times, values): (Vec<i64>, Vec<f64>) = points.iter().copied().unzip();
        analyse(&times, &values, settings, &Interrupt::default()).unwrap()
    }

    /// A week of hours with a dip at hour 60 and a spike at hour 100.
    fn week() -> Vec<(i64, f64)> {
        let odd = |hour| match hour {
            60 => -150.0,
            100 => 400.0,
            _ => 0.0,
        };
        (0..168).map(|hour| (hour * HOUR, 100.0 + (hour % 24 * 10) as f64 + odd(hour))).collect()
    }

    fn flagged(points: &[Point]) -> Vec<(i64, i64)> {
        points.iter().filter(|point| point.anomaly != 0).map(|point| (point.ts / HOUR, point.anomaly)).collect()
    }

    fn statuses(points: &[Point]) -> Vec<(Status, usize)> {
        points.chunk_by(|a, b| a.status == b.status).map(|same| (same[0].status, same.len())).collect()
    }

    #[test]
    fn spikes_and_dips() {
        for scoring in [Scoring::ZScore, Scoring::Mad] {
            let found = run(&week(), &Settings { robust: true, scoring, ..settings() });
            assert_eq!(flagged(&found), [(60, -1), (100, 1)], "{scoring:?}");
            assert_eq!(statuses(&found), [(Status::Ok, 168)]);
            assert!((found[60].residual + 150.0).abs() < 1e-3 && (found[100].residual - 400.0).abs() < 1e-3);
        }
        let plain = run(&week(), &settings());
        assert!(flagged(&plain).contains(&(60, -1)) && flagged(&plain).contains(&(100, 1)));
        let (mean, square) =
            plain.iter().fold((0.0, 0.0), |(mean, square), point| (mean + point.score / 168.0, square + point.score * point.score / 168.0));
        assert!(mean.abs() < 1e-9 && (square - 1.0).abs() < 1e-9, "population z-scores");
    }

    #[test]
    fn what_is_missing() {
        let mut points = week();
        points.retain(|(time, _)| !(30..33).contains(&(time / HOUR)));
        points[0].1 = f64::NAN;
        let linear = run(&points, &Settings { robust: true, ..settings() });
        assert_eq!(linear.len(), 168);
        assert_eq!(statuses(&linear), [(Status::Filled, 1), (Status::Ok, 29), (Status::Filled, 3), (Status::Ok, 135)]);
        assert_eq!((linear[0].value, linear[31].value), (110.0, 170.0));
        assert!(linear[31].score.is_nan() && linear[31].anomaly == 0 && linear[31].residual.abs() < 1.0);
        let zero = run(&points, &Settings { robust: true, fill: Fill::Zero, ..settings() });
        assert_eq!((zero[31].value, zero[31].anomaly), (0.0, -1), "silence is a dip");
        let none = run(&points, &Settings { fill: Fill::None, ..settings() });
        assert!(none[31].value.is_nan() && none[31].residual.is_nan() && none[31].score.is_nan() && none[31].anomaly == 0);
        assert!((none[31].trend + none[31].seasonal - 170.0).abs() < 20.0);
    }

    #[test]
    fn events_are_summed_into_steps() {
        let heartbeats = (0..24 * 7 * 6).map(|beat| beat * HOUR / 6 + 5).filter(|time| !(50..53).contains(&(time / HOUR)));
        let points: Vec<(i64, f64)> = heartbeats.map(|time| (time, 1.0)).collect();
        let found = run(&points, &Settings { step: Some(HOUR), fill: Fill::Zero, ..settings() });
        assert_eq!(flagged(&found), [(50, -1), (51, -1), (52, -1)]);
        assert_eq!(statuses(&found), [(Status::Merged, 50), (Status::Filled, 3), (Status::Merged, 115)]);
        assert_eq!(found[0].value, 6.0);
    }

    #[test]
    fn series_that_cannot_be_decomposed() {
        let short = run(&week()[..47], &settings());
        assert_eq!(statuses(&short), [(Status::TooShort, 47)]);
        assert!(short[5].value == 150.0 && short[5].trend.is_nan() && short[5].score.is_nan() && short[5].anomaly == 0);
        assert_eq!(statuses(&run(&week()[..48], &settings()))[0].0, Status::NoResidual, "a line goes through two points");
        assert_eq!(statuses(&run(&week()[30..90], &settings()))[0].0, Status::Ok);
        assert_eq!(run(&[], &settings()), []);
        assert_eq!(statuses(&run(&[(5, 1.0)], &settings())), [(Status::TooShort, 1)]);
        assert_eq!(statuses(&run(&[(5, 1.0), (5, 2.0)], &settings())), [(Status::TooShort, 1)]);
        assert_eq!(statuses(&run(&[(5, f64::NAN), (6, f64::INFINITY)], &settings())), [(Status::NoData, 2)]);
        assert_eq!(run(&[(i64::MIN, 1.0)], &settings()), []);
        let sparse: Vec<(i64, f64)> = (0..60).map(|at| (at * at * at * HOUR, 1.0)).collect();
        assert_eq!(statuses(&run(&sparse, &Settings { step: Some(HOUR), ..settings() })), [(Status::TooSparse, 60)]);
    }

    #[test]
    fn series_without_noise() {
        let constant: Vec<(i64, f64)> = (0..100).map(|hour| (hour * HOUR, 0.1)).collect();
        let found = run(&constant, &settings());
        assert_eq!(statuses(&found), [(Status::Constant, 100)]);
        assert!(
            found.iter().all(|point| (point.trend, point.seasonal, point.residual, point.score, point.anomaly) == (0.1, 0.0, 0.0, 0.0, 0))
        );
        let repeats: Vec<(i64, f64)> = (0..100).map(|hour| (hour * HOUR, ((hour % 24) as f64).sqrt() + hour as f64 * 0.3)).collect();
        for robust in [false, true] {
            let found = run(&repeats, &Settings { robust, ..settings() });
            assert_eq!(statuses(&found), [(Status::NoResidual, 100)]);
            assert!(found.iter().all(|point| point.score == 0.0 && point.anomaly == 0));
        }
    }

    #[test]
    fn several_periods() {
        let weeks: Vec<(i64, f64)> =
            (0..24 * 7 * 4).map(|hour| (hour * HOUR, (hour % 24) as f64 + if hour / 24 % 7 < 5 { 40.0 } else { 0.0 })).collect();
        let both = Settings { periods: vec![168, 24], ..settings() };
        assert_eq!(seasons(&[0.0; 672], HOUR, &both), (vec![Season { period: 24, window: 11 }, Season { period: 168, window: 15 }], false));
        assert_eq!(statuses(&run(&weeks, &both))[0].0, Status::Ok);
        assert_eq!(statuses(&run(&weeks[..336], &both)), [(Status::FewerPeriods, 336)], "as statsmodels, which wants more than two cycles");
        let windows = Settings { windows: vec![5, 9], ..both.clone() };
        assert_eq!(seasons(&[0.0; 672], HOUR, &windows).0, [Season { period: 24, window: 9 }, Season { period: 168, window: 5 }]);
        let one = Settings { windows: vec![13], ..both };
        assert!(seasons(&[0.0; 672], HOUR, &one).0.iter().all(|season| season.window == 13));
        let single = Settings { periods: vec![24], ..settings() };
        assert_eq!(seasons(&[0.0; 48], HOUR, &single), (vec![Season { period: 24, window: 7 }], false));
    }

    fn anything() -> impl Strategy<Value = Vec<(i64, f64)>> {
        let time = prop_oneof![-50i64..50, any::<i64>(), (0i64..60).prop_map(|hour| hour * HOUR)];
        let value = prop_oneof![any::<f64>(), -10.0f64..10.0, Just(f64::NAN)];
        prop::collection::vec((time, value), 0..80)
    }

    proptest! {
        #[test]
        fn any_points_in_any_order(points in anything(), period in 2usize..9, robust: bool, mad: bool, fill in 0usize..3, step in prop::option::of(1i64..2 * HOUR)) {
            let settings = Settings {
                periods: if period == 8 { Vec::new() } else { vec![period] },
                robust,
                scoring: if mad { Scoring::Mad } else { Scoring::ZScore },
                fill: [Fill::Linear, Fill::Zero, Fill::None][fill],
                step,
                ..settings()
            };
            let found = run(&points, &settings);
            prop_assert!(found.len() <= 21 * points.len());
            prop_assert!(found.windows(2).all(|two| two[0].ts < two[1].ts));
            prop_assert!(found.iter().all(|point| !point.score.is_infinite() && !point.trend.is_infinite()));
            let mut turned = points.clone();
            turned.reverse();
            turned.rotate_left(points.len() / 3);
            prop_assert_eq!(format!("{:?}", run(&turned, &settings)), format!("{:?}", found), "NaN is not equal to NaN, but reads the same");
        }
    }
}
