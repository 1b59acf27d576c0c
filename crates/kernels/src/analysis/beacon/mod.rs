//! Periodicity of the connections of a pair: by the spectrum, and by the gaps between calls.

mod candidates;
mod fisher;
mod periodogram;
mod rhythm;
mod spread;
#[cfg(test)]
pub(crate) mod traffic;

use crate::prelude::*;
pub(crate) use periodogram::{Peak, peak};
use rhythm::Fit;
pub(crate) use spread::{mad_score, skew_score};

/// What the gaps between calls say.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Rhythm {
    /// 0..1; how sure it is that calls come by a clock.
    pub(crate) score: f64,
    /// In microseconds.
    pub(crate) period: f64,
    /// How far calls are off, relative to the period: 0.2 for gaps spread evenly over 80 % to 120 % of it.
    pub(crate) jitter: f64,
    /// Mean agreement of the gaps with the period, 0..1.
    pub(crate) regularity: f64,
    /// Share of the expected calls that came.
    pub(crate) coverage: f64,
    /// Evenness of the gaps around their median.
    pub(crate) skew_score: f64,
    /// Closeness of the gaps to their median.
    pub(crate) mad_score: f64,
}

/// The best period of `times` (sorted, in microseconds) with at least `least` calls. `gaps` are the differences above 0, sorted.
pub(crate) fn rhythm(times: &[i64], gaps: &[u64], least: usize, interrupt: &Interrupt) -> GroupResult<Option<Rhythm>> {
    let Some(first) = times.first() else { return Ok(None) };
    let elapsed: Vec<f64> = times.iter().map(|time| time.abs_diff(*first) as f64).collect();
    let grain = grain(times);
    let mut best: Option<(f64, Fit)> = None;
    for period in candidates::periods(gaps) {
        interrupt.check()?;
        let fit = Fit::near(&elapsed, period);
        let score = score(&fit, grain);
        if fit.gaps + 1.0 >= least as f64 && score > best.map_or(0.0, |(most, _)| most) {
            best = Some((score, fit));
        }
    }
    Ok(best.and_then(|(_, fit)| describe(fit, &elapsed, grain)))
}

/// The final figures of a fit.
fn describe(fit: Fit, elapsed: &[f64], grain: f64) -> Option<Rhythm> {
    let mut folded = fit.folded(elapsed);
    // A few stray connections move the mean gap, not the median.
    let period = super::quantile::median(&mut folded)?;
    folded.iter_mut().for_each(|length| *length = (*length - period).abs());
    // The median distance of an even spread is half of its reach.
    let jitter = 2.0 * super::quantile::median(&mut folded)? / period;
    let fit = Fit::of(elapsed, period);
    let mut lengths = fit.lengths(elapsed);
    let (skew_score, mad_score) = (skew_score(&mut lengths)?, mad_score(&mut lengths)?);
    let (score, regularity) = (score(&fit, grain), fit.regularity.max(0.0));
    Some(Rhythm { score, period, jitter, regularity, coverage: fit.coverage, skew_score, mad_score })
}

/// The regularity, less what chance gives to so few gaps, lowered where calls are missing, where they come in short runs only, and where
/// the times are too coarse to tell.
fn score(fit: &Fit, grain: f64) -> f64 {
    /// Standard deviation of the agreement of a gap that has nothing to do with the period.
    const CHANCE: f64 = 0.697;
    /// So many standard errors are not counted.
    const ERRORS: f64 = 2.0;
    /// A machine that runs forty hours a week covers 0.24; retries in bursts mostly stay far below this.
    const ENOUGH: f64 = 0.25;
    let coarse = (grain / fit.period).min(1.0);
    let visible = fit.regularity * (1.0 - coarse * coarse).powi(2);
    let beyond_chance = visible - ERRORS * CHANCE / fit.gaps.max(1.0).sqrt();
    // Half of a period fits as well as the period, but for every other call.
    let present = (fit.presence * (fit.coverage / ENOUGH).min(1.0)).sqrt();
    (beyond_chance * present).max(0.0)
}

/// The step to which the times are rounded, in microseconds: it seems to be a period of all of them.
fn grain(times: &[i64]) -> f64 {
    const SECOND: i64 = 1_000_000;
    const MINUTE: i64 = 60 * SECOND;
    const STEPS: [i64; 9] = [1440 * MINUTE, 60 * MINUTE, 30 * MINUTE, 15 * MINUTE, 10 * MINUTE, 5 * MINUTE, MINUTE, SECOND, 1_000];
    let all = |step: i64| times.iter().all(|time| time % step == 0);
    // Jobs start on the full minute, too: only where events coincide are times taken for rounded to more than a second.
    let coincide = || times.windows(2).any(|pair| matches!(pair, [a, b] if a == b));
    STEPS.into_iter().find(|step| all(*step) && (*step <= SECOND || coincide())).unwrap_or(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grains() {
        for (times, expected) in [
            (&[][..], 1_000_000.0),
            (&[1, 2], 1.0),
            (&[1_000, 5_000], 1_000.0),
            (&[3_000_000, 5_000_000], 1_000_000.0),
            (&[60_000_000, 120_000_000], 1_000_000.0),
            (&[60_000_000, 60_000_000, 120_000_000], 60_000_000.0),
            (&[0, 0, 86_400_000_000], 86_400_000_000.0),
            (&[0, 0, 900_000_000], 900_000_000.0),
        ] {
            assert_eq!(grain(times), expected, "{times:?}");
        }
    }
}
