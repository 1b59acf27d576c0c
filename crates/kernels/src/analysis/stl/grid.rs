//! Points at any times become a series with equal steps.

use crate::interrupt::{Interrupt, Interrupted};

/// How points of the same step become one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Combine {
    /// Their sum: events and bytes.
    #[default]
    Sum,
    /// Their mean: levels and rates.
    Mean,
    /// The greatest.
    Max,
    /// The last, of equal times the greatest.
    Last,
}

/// Where a value comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// One point, of this very time.
    Exact,
    /// One point, of a time near by.
    Moved,
    /// Several points.
    Merged,
    /// Nowhere.
    Missing,
}

/// One value of a series.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cell {
    /// Its time in microseconds.
    pub ts: i64,
    /// NaN where it is missing.
    pub value: f64,
    /// Where it comes from.
    pub origin: Origin,
}

/// What came of the points.
#[derive(Debug, Clone, PartialEq)]
pub enum Grid {
    /// Equal steps of so many microseconds.
    Even(Vec<Cell>, i64),
    /// Equal steps would be far more than there are points: the points as they are.
    Sparse(Vec<Cell>),
}

/// Values beyond this are taken for broken, like infinity: their squares would overflow.
const GREATEST: f64 = 1e150;
/// Longest series that is made of fewer points: a year of seconds.
const MOST_CELLS: u64 = 1 << 25;

/// Brings points in any order to equal steps of `step` microseconds, of their most common gap where it is `None`. Points whose time is NULL
/// (`i64::MIN`) are left out. There may be at most `fill` missing values for each that is there.
///
/// Where more than half of the times are equally far from a multiple of the step since 1970, the points are samples: the grid goes through those and
/// takes each point to the nearest step. Otherwise they are events: steps begin at multiples and hold what happens until the next.
pub fn even_grid(
    times: &[i64],
    values: &[f64],
    step: Option<i64>,
    combine: Combine,
    fill: u64,
    interrupt: &Interrupt,
) -> Result<Grid, Interrupted> {
    let points = sorted_points(times, values);
    interrupt.check()?;
    let distinct = |points: &[(i64, f64)]| points.chunk_by(|a, b| a.0 == b.0).map(|same| same[0].0).collect::<Vec<_>>();
    let times = distinct(&points);
    let step = step.unwrap_or_else(|| most_common_gap(&times)).max(1);
    interrupt.check()?;
    let (origin, reach) = match common_phase(&times, step) {
        Some(phase) => (phase, step / 2),
        None => (0, 0),
    };
    let cell_of = |time: i64| time.saturating_sub(origin).saturating_add(reach).div_euclid(step);
    interrupt.check()?;
    let present = points.iter().filter(|(_, value)| !value.is_nan()).count() as u64;
    let (Some(first), Some(last)) = (times.first(), times.last()) else { return Ok(Grid::Even(Vec::new(), step)) };
    let cells = cell_of(*last).abs_diff(cell_of(*first)).saturating_add(1);
    if cells > present.saturating_mul(fill.saturating_add(1)) || cells > MOST_CELLS.max(present) {
        return Ok(Grid::Sparse(points.chunk_by(|a, b| a.0 == b.0).map(|same| combined(same, same[0].0, combine)).collect()));
    }
    let start = cell_of(*first);
    let time_of = |cell: i64| cell.saturating_mul(step).saturating_add(origin);
    let mut series: Vec<Cell> = Vec::with_capacity(cells as usize);
    for same in points.chunk_by(|a, b| cell_of(a.0) == cell_of(b.0)) {
        let cell = cell_of(same[0].0);
        let before = start.saturating_add_unsigned(series.len() as u64);
        series.extend((before..cell).map(|cell| Cell { ts: time_of(cell), value: f64::NAN, origin: Origin::Missing }));
        series.push(combined(same, time_of(cell), combine));
    }
    Ok(Grid::Even(series, step))
}

/// The points that have a time, by time and value; unusable values are NaN and come last.
fn sorted_points(times: &[i64], values: &[f64]) -> Vec<(i64, f64)> {
    let usable = |value: f64| if value.abs() <= GREATEST { value } else { f64::NAN };
    let mut points: Vec<(i64, f64)> =
        times.iter().zip(values).filter(|(time, _)| **time != i64::MIN).map(|(time, value)| (*time, usable(*value))).collect();
    // Mostly in order already.
    if !points.is_sorted_by(|a, b| a.0 < b.0) {
        points.sort_unstable_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)));
    }
    points
}

/// The most common step from one time to the next, of several the shortest; 0 where there is none.
fn most_common_gap(times: &[i64]) -> i64 {
    let gaps = times.windows(2).map(|two| i64::try_from(two[1].abs_diff(two[0])).unwrap_or(i64::MAX)).collect();
    most_common(gaps).map_or(0, |(gap, _)| gap)
}

/// The distance from the last multiple of `step` that more than half of the times have.
fn common_phase(times: &[i64], step: i64) -> Option<i64> {
    let phases: Vec<i64> = times.iter().map(|time| time.rem_euclid(step)).collect();
    most_common(phases).filter(|(_, count)| *count > times.len() / 2).map(|(phase, _)| phase)
}

/// The value that is there most often, of several the smallest, and how often.
fn most_common(mut values: Vec<i64>) -> Option<(i64, usize)> {
    values.sort_unstable();
    let mut best = None;
    for same in values.chunk_by(|a, b| a == b) {
        if best.is_none_or(|(_, count)| same.len() > count) {
            best = Some((same[0], same.len()));
        }
    }
    best
}

/// The points of one cell as one; there is at least one.
fn combined(points: &[(i64, f64)], ts: i64, combine: Combine) -> Cell {
    let values = || points.iter().map(|(_, value)| *value).filter(|value| !value.is_nan());
    let value = match (values().count(), combine) {
        (0, _) => f64::NAN,
        (_, Combine::Sum) => values().sum(),
        (count, Combine::Mean) => values().sum::<f64>() / count as f64,
        (_, Combine::Max) => values().fold(f64::NEG_INFINITY, f64::max),
        (_, Combine::Last) => values().next_back().unwrap_or(f64::NAN),
    };
    let moved = points.iter().any(|(time, value)| !value.is_nan() && *time != ts);
    let origin = match values().count() {
        0 => Origin::Missing,
        1 if moved => Origin::Moved,
        1 => Origin::Exact,
        _ => Origin::Merged,
    };
    Cell { ts, value, origin }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grid(points: &[(i64, f64)], step: Option<i64>, combine: Combine) -> Grid {
        let (times, values): (Vec<i64>, Vec<f64>) = points.iter().copied().unzip();
        even_grid(&times, &values, step, combine, 20, &Interrupt::default()).unwrap()
    }

    /// Times, values (-1 where missing) and the first letters of the origins.
    fn shown(grid: Grid) -> (i64, Vec<(i64, f64, char)>) {
        let (cells, step) = match grid {
            Grid::Even(cells, step) => (cells, step),
            Grid::Sparse(cells) => (cells, -1),
        };
        let letter = |origin| match origin {
            Origin::Exact => '=',
            Origin::Moved => '~',
            Origin::Merged => '+',
            Origin::Missing => '?',
        };
        (step, cells.iter().map(|cell| (cell.ts, if cell.value.is_nan() { -1.0 } else { cell.value }, letter(cell.origin))).collect())
    }

    #[test]
    fn even_times_stay() {
        let points = [(7, 1.0), (17, 2.0), (27, 3.0)];
        assert_eq!(shown(grid(&points, None, Combine::Sum)), (10, vec![(7, 1.0, '='), (17, 2.0, '='), (27, 3.0, '=')]));
        let turned = [points[2], (i64::MIN, 9.0), points[0], points[1]];
        assert_eq!(grid(&turned, None, Combine::Sum), grid(&points, None, Combine::Sum), "order and points without a time do not matter");
    }

    #[test]
    fn gaps_are_missing_and_samples_go_to_the_nearest_step() {
        let points = [(5, 1.0), (15, 2.0), (26, 3.0), (45, 4.0), (55, f64::NAN), (64, 6.0), (75, f64::INFINITY), (85, -1e200)];
        let expected = [(5, 1.0, '='), (15, 2.0, '='), (25, 3.0, '~'), (35, -1.0, '?'), (45, 4.0, '='), (55, -1.0, '?'), (65, 6.0, '~')];
        let (step, cells) = shown(grid(&points, None, Combine::Sum));
        assert_eq!((step, &cells[..7], &cells[7..]), (10, &expected[..], &[(75, -1.0, '?'), (85, -1.0, '?')][..]));
    }

    #[test]
    fn events_fall_into_the_step_in_which_they_happen() {
        let points = [(3, 1.0), (9, 2.0), (-1, 4.0), (12, 8.0), (12, 16.0), (41, 5.0)];
        for (combine, second, third) in
            [(Combine::Sum, 3.0, 24.0), (Combine::Mean, 1.5, 12.0), (Combine::Max, 2.0, 16.0), (Combine::Last, 2.0, 16.0)]
        {
            let expected = vec![(-10, 4.0, '~'), (0, second, '+'), (10, third, '+'), (20, -1.0, '?'), (30, -1.0, '?'), (40, 5.0, '~')];
            assert_eq!(shown(grid(&points, Some(10), combine)), (10, expected), "{combine:?}");
        }
    }

    #[test]
    fn the_most_common_gap_counts_and_the_shorter_of_two() {
        assert_eq!(most_common_gap(&[0, 5, 15, 25, 30]), 5);
        assert_eq!(most_common_gap(&[0, 10, 20, 25, 35, 40]), 10);
        assert_eq!(most_common_gap(&[3]), 0);
    }

    #[test]
    fn hostile_times_make_no_giant() {
        let year_1 = -62_135_596_800_000_000;
        let year_9999 = 253_402_300_799_000_000;
        let points = [(year_1, 1.0), (0, 1.0), (1_000_000, 2.0), (2_000_000, 3.0), (year_9999, 1.0)];
        let (step, cells) = shown(grid(&points, None, Combine::Sum));
        assert_eq!((step, cells.len()), (-1, 5));
        let ends = [(i64::MIN + 1, 1.0), (i64::MAX, 1.0), (0, 1.0), (1, 1.0)];
        assert_eq!(shown(grid(&ends, Some(1), Combine::Sum)).0, -1);
        assert_eq!(shown(grid(&ends, Some(i64::MAX), Combine::Sum)).1.len(), 3);
        assert_eq!(shown(grid(&ends[..2], None, Combine::Sum)).1.len(), 3, "their gap is longer than any step");
    }

    #[test]
    fn little_and_nothing() {
        assert_eq!(grid(&[], None, Combine::Sum), Grid::Even(Vec::new(), 1));
        assert_eq!(shown(grid(&[(5, 2.0)], None, Combine::Sum)), (1, vec![(5, 2.0, '=')]));
        assert_eq!(shown(grid(&[(5, 2.0), (5, 3.0)], None, Combine::Sum)), (1, vec![(5, 5.0, '+')]));
        assert_eq!(shown(grid(&[(5, f64::NAN)], None, Combine::Sum)), (-1, vec![(5, -1.0, '?')]));
    }
}
