//! Histograms: how often which numbers or times are.

use huntsql_kernels::interrupt::{Interrupt, Interrupted};

use super::palette::Palette;
use super::words::rows_have;
use super::{NO_TIME, Prepared, STRIDE, TextColumn};
use crate::model::{Histogram, Label, Numbers, Source};

/// What is counted.
#[derive(Debug, Clone, Copy)]
pub enum Observed<'a> {
    /// Numbers.
    Numbers(&'a [f64]),
    /// Times in microseconds.
    Times(&'a [i64]),
}

impl Observed<'_> {
    fn len(&self) -> usize {
        match self {
            Self::Numbers(numbers) => numbers.len(),
            Self::Times(times) => times.len(),
        }
    }

    #[expect(clippy::cast_precision_loss, reason = "microseconds of the years that logs have are exact to a few microseconds at worst")]
    fn at(&self, row: usize) -> Option<f64> {
        match self {
            Self::Numbers(numbers) => numbers.get(row).copied().filter(|number| number.is_finite()),
            Self::Times(times) => times.get(row).copied().filter(|&time| time != NO_TIME).map(|time| time as f64),
        }
    }
}

/// How many bins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Bins {
    /// As many as the spread of the values asks for.
    #[default]
    Auto,
    /// About this many: edges are round numbers.
    About(u16),
}

/// What a histogram is made of.
#[derive(Debug, Clone, Copy)]
pub struct HistogramRows<'a> {
    /// What is counted.
    pub observed: Observed<'a>,
    /// What divides a bar.
    pub color: Option<TextColumn<'a>>,
}

/// How a histogram is made.
#[derive(Debug, Clone, Default)]
pub struct HistogramSettings {
    /// What the values are.
    pub source: Source,
    /// What the colours are.
    pub color: Option<Source>,
    /// How many bins.
    pub bins: Bins,
    /// Whether bins grow, each by the same factor. Not for times.
    pub log: bool,
}

/// Bins that can still be told apart in a picture.
const MOST_BINS: u16 = 1000;
const FEWEST_AUTO: f64 = 5.0;
const MOST_AUTO: f64 = 120.0;

/// Counts values in bins with round edges.
pub fn histogram(
    rows: &HistogramRows<'_>,
    settings: &HistogramSettings,
    interrupt: &Interrupt,
) -> Result<Prepared<Histogram>, Interrupted> {
    let count = rows.observed.len();
    let is_time = matches!(rows.observed, Observed::Times(_));
    let is_log = settings.log && !is_time;
    let shown = |row: usize| rows.observed.at(row).filter(|&value| !is_log || value > 0.0);
    let mut values = Vec::with_capacity(count);
    let (mut missing, mut below) = (0, 0);
    for row in 0..count {
        if row % STRIDE == 0 {
            interrupt.check()?;
        }
        match (rows.observed.at(row), shown(row)) {
            (_, Some(value)) => values.push(if is_log { value.log10() } else { value }),
            (Some(_), None) => below += 1,
            (None, _) => missing += 1,
        }
    }
    let rows_drawn = values.len();
    let palette = rows.color.as_ref().map(|column| Palette::new(column, (0..count).filter(|&row| shown(row).is_some())));

    let mut warnings = Vec::new();
    if missing > 0 {
        warnings.push(format!("{} no value: left out", rows_have(missing)));
    }
    if below > 0 {
        warnings.push(format!("{} a value that is not above zero and has no place on a logarithmic axis", rows_have(below)));
    }
    if settings.log && is_time {
        warnings.push("times have no logarithmic axis: bins are of one width".into());
    }
    let name = settings.color.as_ref().map_or("the colour", |source| source.name.as_str());
    warnings.extend(palette.as_ref().and_then(|palette| palette.warning(name)));

    let edges = edges(&mut values, settings.bins, is_time, is_log);
    interrupt.check()?;
    let bins = edges.len().saturating_sub(1);
    let colors = palette.as_ref().map_or(1, |palette| palette.labels.len() + 1);
    let mut counts = vec![vec![0.0; bins]; colors];
    for row in 0..count {
        if row % STRIDE == 0 {
            interrupt.check()?;
        }
        let Some(value) = shown(row) else { continue };
        // The last bin has both of its edges.
        let bin = edges.partition_point(|&edge| edge <= value).saturating_sub(1).min(bins.saturating_sub(1));
        let color = palette.as_ref().map_or(0, |palette| {
            palette.color(rows.color.as_ref().and_then(|column| column.code(row))).map_or(palette.labels.len(), usize::from)
        });
        if let Some(slot) = counts.get_mut(color).and_then(|counts| counts.get_mut(bin)) {
            *slot += 1.0;
        }
    }
    let mut names: Vec<Label> = palette.map(|palette| palette.labels).unwrap_or_default();
    if names.is_empty() {
        names.push(Label::default());
    } else {
        names.push(Label { shown: "(none)".into(), raw: None });
        if counts.last().is_some_and(|counts| counts.iter().all(|&count| count == 0.0)) {
            names.pop();
        }
    }
    let series = names.into_iter().zip(counts).map(|(label, values)| Numbers { label, values }).collect();
    let body = Histogram { edges, source: settings.source.clone(), series, is_time, is_log, color_source: settings.color.clone() };
    Ok(Prepared { body, warnings, rows_drawn })
}

/// Edges around all values, ascending; empty where there are no values. On a logarithmic axis the values are logarithms, the edges are not.
fn edges(values: &mut [f64], bins: Bins, is_time: bool, is_log: bool) -> Vec<f64> {
    let (low, high) = values.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), &value| (low.min(value), high.max(value)));
    if values.is_empty() {
        return Vec::new();
    }
    let spread = high - low;
    let wanted = match bins {
        Bins::About(bins) => f64::from(bins.clamp(1, MOST_BINS)),
        Bins::Auto => automatic(values, spread),
    };
    // A range that f64 cannot hold, and one value only: one bin.
    let width = if spread.is_finite() && spread > 0.0 { spread / wanted } else { 0.0 };
    let step = match (width > 0.0, is_time, is_log) {
        (true, true, _) => time_step(width),
        (true, false, true) => (1.0 / (1.0 / width).round().max(1.0)).max(1.0 / 50.0),
        (true, false, false) => nice_step(width),
        (false, true, _) => 1_000_000.0,
        (false, false, _) => 1.0,
    };
    if !spread.is_finite() || !step.is_finite() {
        return vec![low, high];
    }
    let first = (low / step).floor();
    let mut last = (high / step).floor() + 1.0;
    // A last bin that holds nothing but its lower edge is none, unless it is the only one.
    if last - first > 1.0 && (last - 1.0) * step >= high {
        last -= 1.0;
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "at most a few thousand")]
    let steps = (last - first).clamp(1.0, f64::from(MOST_BINS) * 3.0) as u32;
    let edges: Vec<f64> = (0..=steps).map(|index| (first + f64::from(index)) * step).collect();
    // Far from zero, steps that are finer than f64 fall on one another.
    let mut edges: Vec<f64> = if is_log { edges.iter().map(|edge| tidy(10_f64.powf(*edge))).collect() } else { edges };
    // The last step may lead beyond what f64 holds, the first one of a logarithm to nothing.
    let least = if is_log { f64::from_bits(1) } else { f64::MIN };
    edges.iter_mut().for_each(|edge| *edge = edge.clamp(least, f64::MAX));
    edges.dedup();
    if edges.len() < 2 {
        // The last bin holds both of its edges.
        return if low < f64::MAX { vec![low, high.max(low.next_up())] } else { vec![low.next_down(), low] };
    }
    edges
}

/// Freedman and Diaconis: the width of a bin is twice the interquartile range over the cube root of the number of values.
#[expect(clippy::cast_precision_loss, reason = "numbers of rows")]
fn automatic(values: &mut [f64], spread: f64) -> f64 {
    let count = values.len();
    let mut quartile = |at: usize| *values.select_nth_unstable_by(at.min(count - 1), f64::total_cmp).1;
    let range = quartile(count * 3 / 4) - quartile(count / 4);
    let bins = if range > 0.0 { spread / (2.0 * range / (count as f64).cbrt()) } else { (count as f64).log2() + 1.0 };
    bins.clamp(FEWEST_AUTO, MOST_AUTO)
}

/// The next of 1, 2, 2.5, 5 times a power of ten.
fn nice_step(width: f64) -> f64 {
    let power = 10_f64.powf(width.log10().floor());
    let factor = [1.0, 2.0, 2.5, 5.0, 10.0].into_iter().find(|factor| factor * power >= width * 0.999).unwrap_or(10.0);
    tidy(factor * power)
}

/// The next width that people count time in.
fn time_step(width: f64) -> f64 {
    const SECOND: f64 = 1e6;
    const DAY: f64 = 86_400.0 * SECOND;
    if width < SECOND {
        return nice_step(width).max(1.0);
    }
    let seconds = [1.0, 2.0, 5.0, 10.0, 15.0, 30.0, 60.0, 120.0, 300.0, 600.0, 900.0, 1800.0, 3600.0, 7200.0, 10_800.0, 21_600.0, 43_200.0];
    let days = [1.0, 2.0, 7.0, 14.0, 28.0, 91.0, 182.0, 364.0];
    let known = seconds.into_iter().map(|seconds| seconds * SECOND).chain(days.into_iter().map(|days| days * DAY));
    known.into_iter().find(|step| *step >= width * 0.999).unwrap_or_else(|| (width / (364.0 * DAY)).ceil() * 364.0 * DAY)
}

/// Without the last digits that arithmetic leaves: 0.30000000000000004 is 0.3.
fn tidy(number: f64) -> f64 {
    format!("{number:.12e}").parse().unwrap_or(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(observed: Observed<'_>, settings: &HistogramSettings) -> Prepared<Histogram> {
        histogram(&HistogramRows { observed, color: None }, settings, &Interrupt::default()).expect("not interrupted")
    }

    fn total(made: &Prepared<Histogram>) -> f64 {
        made.body.series.iter().flat_map(|series| &series.values).sum()
    }

    #[test]
    fn edges_are_round_and_hold_every_value() {
        let numbers: Vec<f64> = (0..=100).map(f64::from).collect();
        let made = made(Observed::Numbers(&numbers), &HistogramSettings { bins: Bins::About(10), ..HistogramSettings::default() });
        assert_eq!(made.body.edges, (0..=10).map(|edge| f64::from(edge) * 10.0).collect::<Vec<_>>());
        // 100 is in the last bin: it has both of its edges.
        assert_eq!(made.body.series[0].values, [10.0, 10.0, 10.0, 10.0, 10.0, 10.0, 10.0, 10.0, 10.0, 11.0]);
        assert_eq!(made.rows_drawn, 101);
    }

    #[test]
    fn whatever_the_values_all_are_counted() {
        let tail: Vec<f64> = (0..1000).map(|row| f64::from(row).powi(3)).collect();
        for numbers in [
            vec![5.0],
            vec![0.0; 9],
            vec![-1e308, 1e308],
            vec![f64::MAX, f64::MIN],
            vec![0.0, 1.75e308],
            vec![f64::MAX],
            vec![1e300, 1e300 + 1.0],
            vec![1e15, 1e15 + 1.0],
            vec![0.1, 0.2, 0.3],
            vec![-5.0, 5.0],
            vec![f64::MIN_POSITIVE, 1e-300],
            tail,
        ] {
            for bins in [Bins::Auto, Bins::About(1), Bins::About(7), Bins::About(u16::MAX)] {
                let made = made(Observed::Numbers(&numbers), &HistogramSettings { bins, ..HistogramSettings::default() });
                #[expect(clippy::cast_precision_loss, reason = "small")]
                let expected = numbers.len() as f64;
                assert!((total(&made) - expected).abs() < 0.5, "{numbers:?} {bins:?}");
                assert!(made.body.edges.is_sorted_by(|a, b| a < b), "{:?}", made.body.edges);
                assert!(made.body.edges.iter().all(|edge| edge.is_finite()) && made.body.edges.len() <= 3002);
            }
        }
    }

    #[test]
    fn missing_values_are_counted_and_nothing_is_nothing() {
        let made = made(Observed::Numbers(&[f64::NAN, f64::INFINITY]), &HistogramSettings::default());
        assert_eq!(made.warnings, ["2 rows have no value: left out"]);
        assert!(made.body.edges.is_empty());
        assert_eq!(made.rows_drawn, 0);
    }

    #[test]
    fn growing_bins_leave_out_what_is_not_above_zero() {
        let settings = HistogramSettings { log: true, bins: Bins::About(6), ..HistogramSettings::default() };
        let made = made(Observed::Numbers(&[0.0, -3.0, 1.0, 10.0, 999.0, 1e6]), &settings);
        assert_eq!(made.body.edges, [1.0, 10.0, 100.0, 1000.0, 10_000.0, 100_000.0, 1_000_000.0]);
        assert_eq!(made.body.series[0].values, [1.0, 1.0, 1.0, 0.0, 0.0, 1.0]);
        assert_eq!(made.warnings, ["2 rows have a value that is not above zero and has no place on a logarithmic axis"]);
        assert!(made.body.is_log);
    }

    #[test]
    fn times_have_bins_of_minutes_and_hours() {
        let start = 1_714_953_600_000_000_i64;
        let times: Vec<i64> = (0..1440).map(|minute| start + minute * 60_000_000).chain([NO_TIME]).collect();
        let settings = HistogramSettings { bins: Bins::About(24), ..HistogramSettings::default() };
        let made = made(Observed::Times(&times), &settings);
        assert_eq!(made.body.edges.len(), 25);
        assert!(made.body.is_time);
        assert!(made.body.series[0].values.iter().all(|&count| (count - 60.0).abs() < 0.5));
    }

    #[test]
    fn colours_divide_the_bins() {
        let labels: Vec<Label> = ["", "a", "b"].into_iter().map(|text| Label { shown: text.into(), raw: None }).collect();
        let color = TextColumn { codes: &[1, 1, 2, 0], labels: &labels };
        let rows = HistogramRows { observed: Observed::Numbers(&[1.0, 2.0, 2.0, 1.0]), color: Some(color) };
        let settings = HistogramSettings { bins: Bins::About(1), ..HistogramSettings::default() };
        let made = histogram(&rows, &settings, &Interrupt::default()).expect("not interrupted");
        let series: Vec<(&str, f64)> =
            made.body.series.iter().map(|series| (series.label.shown.as_str(), series.values.iter().sum())).collect();
        assert_eq!(series, [("a", 2.0), ("b", 1.0), ("(none)", 1.0)]);
    }
}
