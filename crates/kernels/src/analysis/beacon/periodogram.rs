//! Which frequencies the events of a pair hold: counts on an even grid, their power spectrum, its highest peak.

use super::super::fourier;
use super::fisher::g_test;

const SECOND: i64 = 1_000_000;
/// Ranges up to so many seconds are counted by the second.
const BY_SECOND: u64 = 4096;
/// Most bins of any grid. With [`BINS_PER_EVENT`] it bounds the work: a grid by the second would have 31 million bins a year.
const MOST_BINS: u64 = fourier::LONGEST as u64;
const BINS_PER_EVENT: u64 = 4;
/// A period must be two bins long at least to be seen; four make the first overtone visible as well.
const BINS_PER_GAP: u64 = 4;

/// The highest peak.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Peak {
    /// Chance of such a peak in white noise.
    pub(crate) p_value: f64,
    /// In seconds.
    pub(crate) period: f64,
    /// Width of a bin in seconds.
    pub(crate) bin: f64,
}

/// Events counted on an even grid.
#[derive(Debug, PartialEq)]
struct Grid {
    counts: Vec<f64>,
    bin: f64,
}

/// The highest peak of the spectrum of `times` (sorted, in microseconds); `None` where they span fewer than three bins or fill all alike.
/// `median_gap` guides the width of the bins where the span is too long for seconds and `resolution` does not say it.
pub(crate) fn peak(times: &[i64], median_gap: u64, resolution: Option<i64>) -> Option<Peak> {
    let Grid { mut counts, bin } = grid(times, median_gap, resolution)?;
    let bins = counts.len();
    let mean = counts.iter().sum::<f64>() / bins as f64;
    counts.iter_mut().for_each(|count| *count -= mean);
    let power = spectrum(&counts);
    let greatest = power.iter().copied().fold(0.0, f64::max);
    if greatest <= 0.0 {
        return None;
    }
    // The overtones of a regular beacon are as high as its own frequency, but for rounding.
    let frequency = power.iter().position(|power| *power >= greatest * (1.0 - 1e-9))?;
    // As in MSTICPy the ordinates are those below the Nyquist frequency, the empty one at frequency 0 among them.
    let below_nyquist = power.get(..bins.div_ceil(2))?;
    let (sum, most) = below_nyquist.iter().fold((0.0, 0.0f64), |(sum, most), power| (sum + power, most.max(*power)));
    // Where every other bin is filled all power lies at the Nyquist frequency, and the rest is rounding.
    let p_value = if sum > greatest * 1e-9 { g_test(most / sum, below_nyquist.len()) } else { 0.0 };
    Some(Peak { p_value, period: bins as f64 / frequency as f64 * bin, bin })
}

/// Counts events in bins from the first to before the last, as MSTICPy does.
fn grid(times: &[i64], median_gap: u64, resolution: Option<i64>) -> Option<Grid> {
    let unit = resolution.unwrap_or(SECOND);
    let floor = |time: i64| time.div_euclid(unit).checked_mul(unit);
    let (start, end) = (floor(*times.first()?)?, floor(*times.last()?)?);
    let span = end.abs_diff(start);
    let units = span / unit.unsigned_abs();
    let most = match resolution {
        Some(_) => MOST_BINS,
        None => BY_SECOND,
    };
    let bins = if units <= most { units } else { coarse(span, times.len() as u64, median_gap, resolution) };
    if bins < 3 {
        return None;
    }
    let mut counts = vec![0.0; usize::try_from(bins).ok()?];
    let per_bin = span as f64 / bins as f64;
    for time in times {
        let since = time.abs_diff(start);
        let at = if units == bins { since / unit.unsigned_abs() } else { (since as f64 / per_bin) as u64 };
        if let Some(count) = counts.get_mut(at as usize) {
            *count += 1.0;
        }
    }
    Some(Grid { counts, bin: per_bin / SECOND as f64 })
}

/// How many bins a grid has that is not by the unit: a power of two, for which the transform is fastest and its plan is kept.
fn coarse(span: u64, events: u64, median_gap: u64, resolution: Option<i64>) -> u64 {
    if resolution.is_some() {
        return MOST_BINS;
    }
    let wanted = span / (median_gap / BINS_PER_GAP).max(SECOND.unsigned_abs());
    let affordable = events.saturating_mul(BINS_PER_EVENT).clamp(BY_SECOND, MOST_BINS);
    wanted.clamp(BY_SECOND, affordable).next_power_of_two()
}

/// Power at the frequencies 0 ..= half the sampling rate, up to a factor. As in a one-sided density, that at the Nyquist frequency,
/// which has no negative twin, counts half.
fn spectrum(counts: &[f64]) -> Vec<f64> {
    let mut power = fourier::power(counts);
    if let Some(constant) = power.first_mut() {
        *constant = 0.0;
    }
    if counts.len().is_multiple_of(2)
        && let Some(nyquist) = power.last_mut()
    {
        *nyquist /= 2.0;
    }
    power
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(times: impl IntoIterator<Item = i64>) -> Vec<i64> {
        let mut times: Vec<i64> = times.into_iter().map(|time| (1_700_000_000 + time) * SECOND).collect();
        times.sort_unstable();
        times
    }

    /// p value and dominant interval of MSTICPy 3.0.2.
    #[test]
    fn as_msticpy() {
        for (times, p_value, period) in [
            (seconds((0..43).map(|i| 7 * i)), 2.870_737_699_349_602e-24, 7.0),
            (seconds((0..120).map(|i| (i * i * 37 + 11 * i) % 997)), 0.978_678_385_914_824_6, 2.471_464_019_851_117),
            (seconds((0..40).map(|i| 30 * i + (i * i) % 5)), 7.279_538_050_496_816e-14, 30.025_641_025_641_026),
            (seconds((0..60).map(|i| 13 * i + (i * i * i) % 7)), 1.096_420_843_249_712_5e-15, 6.495_798_319_327_73),
            (seconds([0, 0, 0, 1, 9, 9, 20]), 0.697_262_660_516_376_5, 10.0),
        ] {
            for resolution in [None, Some(SECOND)] {
                let peak = peak(&times, 1, resolution).unwrap();
                assert!((peak.p_value - p_value).abs() <= 1e-9 * p_value, "{peak:?} {p_value}");
                assert!((peak.period - period).abs() < 1e-9 && peak.bin == 1.0, "{peak:?} {period}");
            }
        }
    }

    #[test]
    fn nothing_to_see() {
        let minutes = Some(60 * SECOND);
        for (times, resolution) in [
            (vec![], None),
            (vec![0], None),
            (vec![5; 9], None),
            (seconds([0, 1, 2]), None),
            (seconds(0..100), None),
            (seconds(0..100), minutes),
        ] {
            assert_eq!(peak(&times, 1, resolution), None, "{times:?}");
        }
        assert_eq!(peak(&[i64::MIN + 1, 0, i64::MAX], 1, None), None);
        let alternating = peak(&seconds((0..101).map(|i| 2 * i)), 1, None).unwrap();
        assert_eq!((alternating.period, alternating.p_value), (2.0, 0.0));
    }

    /// Calls of a minute over a month: by the second that were 2.6 million bins.
    #[test]
    fn bins_are_bounded() {
        let times = seconds((0..43_200).map(|i| 60 * i));
        let auto = peak(&times, 60_000_000, None).unwrap();
        assert!((auto.period - 60.0).abs() < 0.01 && auto.p_value == 0.0 && (9.8..19.8).contains(&auto.bin), "{auto:?}");
        let fine = grid(&times, 60_000_000, Some(1)).unwrap();
        assert_eq!(fine.counts.len() as u64, MOST_BINS);
        let few = [times.first(), times.get(1), times.get(2), times.last()].map(|time| *time.unwrap());
        assert_eq!(grid(&few, 60_000_000, None).unwrap().counts.len() as u64, BY_SECOND);
    }
}
