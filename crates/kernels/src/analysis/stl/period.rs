//! Which cycle a series has, if it has one.

use super::super::fourier::spectrum;
use super::moving::moving_average;
use super::robustness::median;

/// Longest period that is looked for: a week of minutes.
const LONGEST: usize = 10_080;
/// Points that are looked at, the last ones: thirteen such weeks.
const MOST_POINTS: usize = 1 << 17;
/// Cycles that a series must show before they are believed.
const CYCLES: usize = 3;
/// Least rise of the autocorrelation at a period over the lowest point before it.
const LEAST_RISE: f64 = 0.2;
/// Least autocorrelation, in standard deviations of that of noise; of a thousand lags one passes four in a series out of thirty.
const ABOVE_CHANCE: f64 = 4.0;
/// A shorter period is taken if its rise is this part of the highest.
const NEARLY_AS_HIGH: f64 = 0.8;
/// Least ratio of the variances between and within the times of day.
const LEAST_F: f64 = 4.0;
/// What the time of day must explain beyond a shorter cycle.
const MORE_BY_DAY: f64 = 0.1;

/// The period of `y`, where `day` is the number of points in a day, if that is a whole number.
///
/// Candidates are the peaks of the autocorrelation, after a straight line is taken away and spikes are cut. A day goes before a week,
/// however strong, and before its own parts unless they say all: a series cannot tell whether a week with seven days or a day with two
/// rush hours is the cycle meant, but who asks knows days.
///
/// Where spikes are the cycle, one minute of each day say, the cut takes it away. So if nothing is found, they are looked at as they are, and
/// must come in more than half of the cycles.
pub(super) fn detect_period(y: &[f64], day: Option<usize>) -> Option<usize> {
    let mut whole = y[y.len().saturating_sub(MOST_POINTS)..].to_vec();
    let mut x = whole.clone();
    cut_spikes(&mut x);
    subtract_line(&mut x);
    cut_spikes(&mut x);
    let by_waves = highest_peak(&x);
    let day = day.filter(|day| *day >= 2 && *day <= LONGEST && x.len() / CYCLES >= *day);
    let by_day = day.and_then(|day| {
        subtract_slow(&mut x, day);
        let fold = Fold::new(&x, day);
        let part_says_all = |part: usize| part < day && fold.explained - Fold::new(&x, part).explained < MORE_BY_DAY;
        (fold.f >= LEAST_F && !by_waves.is_some_and(part_says_all)).then_some(day)
    });
    by_day.or(by_waves).or_else(|| {
        subtract_line(&mut whole);
        highest_peak(&whole).filter(|period| explained_by_medians(&whole, *period) >= LEAST_RISE)
    })
}

/// Takes the least-squares line away.
fn subtract_line(x: &mut [f64]) {
    let middle = (x.len() as f64 - 1.0) / 2.0;
    let mean = x.iter().sum::<f64>() / x.len() as f64;
    let (mut along, mut spread) = (0.0, 0.0);
    for (at, x) in x.iter().enumerate() {
        let step = at as f64 - middle;
        along += step * (x - mean);
        spread += step * step;
    }
    let slope = if spread > 0.0 { along / spread } else { 0.0 };
    for (at, x) in x.iter_mut().enumerate() {
        *x -= mean + slope * (at as f64 - middle);
    }
}

/// Cuts at four standard deviations, again and again, because the first cut of a huge spike leaves a large one.
fn cut_spikes(x: &mut [f64]) {
    let mut most = f64::INFINITY;
    for _ in 0..40 {
        let mean = x.iter().sum::<f64>() / x.len() as f64;
        let four = 4.0 * (x.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / x.len() as f64).sqrt();
        x.iter_mut().for_each(|x| *x = (*x - mean).clamp(-four, four));
        if four > 0.9 * most {
            break;
        }
        most = four;
    }
}

/// Takes the moving average of a whole cycle away, and with it all longer cycles. The ends, where there is none, go.
fn subtract_slow(x: &mut Vec<f64>, period: usize) {
    let mut means = vec![0.0; x.len() - period + 1];
    moving_average(x, period, &mut Vec::new(), &mut means);
    x.drain(..period / 2);
    x.truncate(means.len());
    x.iter_mut().zip(means).for_each(|(x, mean)| *x -= mean);
}

/// The shortest lag at which the autocorrelation has a peak nearly as high as its highest.
fn highest_peak(x: &[f64]) -> Option<usize> {
    let longest = (x.len() / CYCLES).min(LONGEST);
    let correlation = autocorrelation(x, longest + 1)?;
    let mut lowest = f64::INFINITY;
    let mut peaks = Vec::new();
    for (lag, three) in (2usize..).zip(correlation.get(1..)?.windows(3)) {
        let [before, here, after] = [three[0], three[1], three[2]];
        lowest = lowest.min(before);
        let chance = 1.0 / ((x.len() - lag) as f64).sqrt();
        if here > before && here >= after && here >= ABOVE_CHANCE * chance && here - lowest >= LEAST_RISE {
            peaks.push((lag, here - lowest));
        }
    }
    let highest = peaks.iter().map(|(_, rise)| *rise).fold(0.0, f64::max);
    peaks.iter().find(|(_, rise)| *rise >= NEARLY_AS_HIGH * highest).map(|(lag, _)| *lag)
}

/// The autocorrelation at the lags from 0 to `longest`; `None` where nothing varies.
fn autocorrelation(x: &[f64], longest: usize) -> Option<Vec<f64>> {
    let mut padded = x.to_vec();
    padded.resize((x.len() + longest + 1).next_power_of_two().max(4), 0.0);
    let half: Vec<f64> = spectrum(&padded).iter().map(|value| value.power()).collect();
    padded.clear();
    padded.extend(half.iter().chain(half.iter().rev().skip(1)).take(2 * half.len() - 2));
    let sums = spectrum(&padded);
    let whole = sums.first()?.re;
    let scaled = |lag: usize, sum: f64| sum / whole * x.len() as f64 / (x.len() - lag) as f64;
    (whole > 0.0).then(|| sums.iter().take(longest + 1).enumerate().map(|(lag, sum)| scaled(lag, sum.re)).collect())
}

/// How much the place in a cycle says about the values (one-way analysis of variance).
struct Fold {
    /// Variance between places over variance within.
    f: f64,
    /// Share of the variance that the places explain, less what chance would.
    explained: f64,
}

impl Fold {
    fn new(x: &[f64], period: usize) -> Self {
        let mut sums = vec![0.0; period];
        let mut total = 0.0;
        for cycle in x.chunks(period) {
            for (sum, x) in sums.iter_mut().zip(cycle) {
                *sum += x;
                total += x * x;
            }
        }
        let mean = x.iter().sum::<f64>() / x.len() as f64;
        let (full, longer) = (x.len() / period, x.len() % period);
        let count = |place: usize| (full + usize::from(place < longer)) as f64;
        let between: f64 = sums.iter().enumerate().map(|(place, sum)| sum * sum / count(place)).sum::<f64>() - mean * mean * x.len() as f64;
        let within = (total - mean * mean * x.len() as f64 - between).max(0.0);
        let (free_between, free_within) = ((period - 1) as f64, (x.len() - period) as f64);
        let all = (between + within) / (free_between + free_within);
        if all <= 0.0 {
            return Self { f: 0.0, explained: 0.0 };
        }
        Self { f: between / free_between / (within / free_within), explained: 1.0 - within / free_within / all }
    }
}

/// Share of the variance that the median of each place in a cycle explains: nothing of what happens in a few cycles only.
fn explained_by_medians(x: &[f64], period: usize) -> f64 {
    let mean = x.iter().sum::<f64>() / x.len() as f64;
    let all: f64 = x.iter().map(|x| (x - mean) * (x - mean)).sum();
    let mut left = 0.0;
    let mut place = Vec::new();
    for first in 0..period {
        place.clear();
        place.extend(x.iter().skip(first).step_by(period));
        let middle = median(&mut place);
        left += place.iter().map(|x| (x - middle) * (x - middle)).sum::<f64>();
    }
    if all > 0.0 { 1.0 - left / all } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::f64::consts::TAU;

    /// Noise with a flat distribution from -0.5 to 0.5.
    fn noise(len: usize) -> Vec<f64> {
        let mut state = 9u64;
        let next = |_| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 40) as f64 / (1u64 << 24) as f64 - 0.5
        };
        (0..len).map(next).collect()
    }

    fn wave(at: usize, period: f64) -> f64 {
        (TAU * at as f64 / period).sin()
    }

    #[test]
    fn cycles_are_found() {
        /// Name, points, points in a day, period, noise, the rest of the series.
        type Case<'c> = (&'c str, usize, Option<usize>, Option<usize>, f64, &'c dyn Fn(usize) -> f64);
        let hours = |at: usize| (at % 24, at / 24 % 7);
        let cases: &[Case<'_>] = &[
            ("day and week", 24 * 28, Some(24), Some(24), 0.5, &|at| wave(at, 24.0) + 0.4 * wave(at, 168.0)),
            ("a weak day in a strong week", 24 * 60, Some(24), Some(24), 2.0, &|at| 5.0 * wave(at, 24.0) + 10.0 * wave(at, 168.0)),
            ("office hours", 24 * 28, Some(24), Some(24), 0.3, &|at| {
                let (hour, day) = hours(at);
                f64::from(u8::from(day < 5 && (8..17).contains(&hour)))
            }),
            ("two rush hours", 24 * 14, Some(24), Some(24), 0.3, &|at| wave(at, 12.0) + 0.5 * wave(at, 24.0)),
            ("a week of hours and no day", 24 * 60, Some(24), Some(168), 0.5, &|at| wave(at, 168.0)),
            ("a week of days", 140, None, Some(7), 1.0, &|at| f64::from(u8::from(at % 7 < 5)) * 3.0),
            ("a steep trend", 24 * 14, Some(24), Some(24), 0.5, &|at| 3.0 * at as f64 + wave(at, 24.0)),
            ("a day in noise", 24 * 90, Some(24), Some(24), 4.0, &|at| wave(at, 24.0)),
            ("a job each day, by the minute", 1440 * 10, Some(1440), Some(1440), 0.1, &|at| f64::from(u8::from(at % 1440 == 180)) * 50.0),
            ("a beacon each ten minutes", 1440 * 10, Some(1440), Some(10), 1.0, &|at| f64::from(u8::from(at % 10 == 3)) * 5.0),
            ("a quarter of an hour, by the minute", 720, Some(1440), Some(15), 0.5, &|at| wave(at, 15.0)),
            ("spikes as high as they come", 24 * 14, Some(24), Some(24), 0.5, &|at| wave(at, 24.0) + if at == 100 { 1e15 } else { 0.0 }),
            ("two spikes", 720, Some(24), None, 0.5, &|at| if at == 100 || at == 150 { 1e3 } else { 0.0 }),
            ("a period that is no whole number", 2000, None, Some(21), 0.2, &|at| wave(at, 20.6)),
            ("nothing", 2000, Some(24), None, 1.0, &|_| 0.0),
            ("a trend and nothing", 2000, Some(24), None, 1.0, &|at| at as f64),
            ("an answer that comes too early", 24 * 3 - 1, Some(24), None, 0.1, &|at| wave(at, 24.0)),
            ("constant", 200, Some(24), None, 0.0, &|_| 7.0),
            ("short", 3, Some(24), None, 1.0, &|_| 0.0),
            ("empty", 0, Some(24), None, 1.0, &|_| 0.0),
        ];
        for (name, len, day, expected, loud, series) in cases {
            let y: Vec<f64> = noise(*len).iter().enumerate().map(|(at, noise)| series(at) + loud * noise).collect();
            assert_eq!(detect_period(&y, *day), *expected, "{name}");
        }
    }

    #[test]
    fn a_walk_is_no_cycle() {
        let walk: Vec<f64> = noise(3000)
            .iter()
            .scan(0.0, |sum, step| {
                *sum += step;
                Some(*sum)
            })
            .collect();
        let found = detect_period(&walk, Some(24));
        assert!(found.is_none_or(|period| period > 100), "{found:?}");
    }
}
