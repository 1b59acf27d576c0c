//! How well the times of events fit a period.

/// Gaps of up to so many periods count as missed calls; longer ones end a run.
const MOST_FOLDS: f64 = 5.0;
/// Events so soon after a call, in periods, belong to it: one call often makes several connections.
const CALL_LENGTH: f64 = 0.1;
/// A gap that is off by less, in periods, is a call at its time.
const HIT: f64 = 0.35;

/// A longer gap counts as so many that are out of step: retries keep a clock for a dozen tries, beacons for hundreds.
const BREAK: f64 = 3.0;

/// How calls follow one another at a period.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Fit {
    /// In microseconds.
    pub(crate) period: f64,
    /// Mean of [`Gap::agreement`] over the gaps: 1 for a clock, about 0 for gaps that have nothing to do with the period.
    pub(crate) regularity: f64,
    /// Gaps between calls.
    pub(crate) gaps: f64,
    /// Share of the calls of such a clock, from the first event to the last, that came.
    pub(crate) coverage: f64,
    /// The same share without the time in which nothing came.
    pub(crate) presence: f64,
    /// Mean distance of two calls at their time, by the number of periods between them.
    mean: f64,
}

/// The gap between two calls as a number of periods and what is left over.
#[derive(Debug, Clone, Copy)]
struct Gap {
    length: f64,
    folds: f64,
    off: f64,
}

impl Gap {
    fn new(length: f64, per_period: f64) -> Self {
        let ratio = (length * per_period).min(MOST_FOLDS + 1.0);
        // `f64::round` is a library call on plain x86-64; this number is small.
        let folds = f64::from((ratio + 0.5) as u32);
        Self { length, folds, off: (ratio - folds).abs() }
    }

    fn is_folded(&self) -> bool {
        (1.0..=MOST_FOLDS).contains(&self.folds)
    }

    fn is_hit(&self) -> bool {
        self.is_folded() && self.off <= HIT
    }

    /// From 1 for a gap of a whole number of periods down to -1 half way between two, and -1 for a shorter gap: a cubic in place of the
    /// cosine. Over gaps that do not care for the period its mean is 0.
    fn agreement(&self) -> f64 {
        if self.is_folded() {
            1.0 + self.off * self.off * (32.0 * self.off - 24.0)
        } else if self.folds < 1.0 {
            -1.0
        } else {
            -BREAK
        }
    }
}

/// The gaps between calls. `elapsed` are the times since the first, sorted.
fn gaps(elapsed: &[f64], period: f64) -> impl Iterator<Item = Gap> {
    let (per_period, merge, mut call) = (1.0 / period, period * CALL_LENGTH, 0.0);
    elapsed.iter().skip(1).filter_map(move |time| {
        let length = time - call;
        (length >= merge).then(|| {
            call = *time;
            Gap::new(length, per_period)
        })
    })
}

impl Fit {
    /// Of `period`.
    pub(crate) fn of(elapsed: &[f64], period: f64) -> Self {
        let (mut sum, mut count, mut hits, mut length, mut folds) = (0.0, 0.0, 0.0, 0.0, 0.0);
        for gap in gaps(elapsed, period) {
            sum += gap.agreement();
            count += 1.0;
            if gap.is_hit() {
                hits += 1.0;
                length += gap.length;
                folds += gap.folds;
            }
        }
        let span = elapsed.last().copied().unwrap_or(0.0);
        Self {
            period,
            regularity: if count > 0.0 { sum / count } else { 0.0 },
            gaps: count,
            coverage: (hits * period / span).min(1.0),
            presence: if folds > 0.0 { hits / folds } else { 0.0 },
            mean: if folds > 0.0 { length / folds } else { period },
        }
    }

    /// Of `guess` or a period near it that fits better.
    pub(crate) fn near(elapsed: &[f64], guess: f64) -> Self {
        const ROUNDS: usize = 2;
        let mut best = Self::of(elapsed, guess);
        for _ in 0..ROUNDS {
            // Most guesses are wrong, and a small change makes none of them right.
            if best.regularity <= 0.0 {
                break;
            }
            let next = Self::of(elapsed, best.mean);
            if next.regularity > best.regularity {
                best = next;
            }
        }
        best
    }

    /// Lengths of the gaps that may be whole numbers of periods, divided by that number.
    pub(crate) fn folded(&self, elapsed: &[f64]) -> Vec<f64> {
        gaps(elapsed, self.period).filter(Gap::is_folded).map(|gap| gap.length / gap.folds).collect()
    }

    /// Lengths of the gaps between calls.
    pub(crate) fn lengths(&self, elapsed: &[f64]) -> Vec<f64> {
        gaps(elapsed, self.period).map(|gap| gap.length).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agreement() {
        for (gap, expected) in [
            (1.0, 1.0),
            (0.75, 0.0),
            (1.25, 0.0),
            (1.5, -1.0),
            (0.5, -1.0),
            (0.1, -1.0),
            (2.0, 1.0),
            (5.0, 1.0),
            (5.49, -0.9976),
            (5.51, -BREAK),
            (1e300, -BREAK),
        ] {
            let gap = Gap::new(gap, 1.0);
            assert!((gap.agreement() - expected).abs() < 1e-4, "{gap:?}");
        }
        let even = (0..1_000).map(|n| Gap::new(0.5 + (f64::from(n) + 0.5) / 1_000.0, 1.0).agreement()).sum::<f64>();
        assert!(even.abs() < 1e-9, "{even}");
    }

    #[test]
    fn fits() {
        let clock: Vec<f64> = (0..20).map(|n| f64::from(n) * 60.0).collect();
        let fit = Fit::of(&clock, 60.0);
        assert_eq!((fit.regularity, fit.gaps, fit.coverage, fit.presence), (1.0, 19.0, 1.0, 1.0));
        let half = Fit::of(&clock, 30.0);
        assert_eq!((half.regularity, half.coverage, half.presence), (1.0, 0.5, 0.5));
        assert_eq!(Fit::near(&clock, 57.0).period, 60.0);
        // each call makes two connections
        let twice: Vec<f64> = clock.iter().flat_map(|at| [*at, at + 2.0]).collect();
        assert_eq!(Fit::of(&twice, 60.0).regularity, 1.0);
        assert!(Fit::of(&twice, 50.0).regularity < 0.5);
        // calls 3, 4 and 9 are missed
        let missed: Vec<f64> = clock.iter().copied().filter(|at| ![180.0, 240.0, 540.0].contains(at)).collect();
        let fit = Fit::of(&missed, 60.0);
        assert_eq!((fit.regularity, fit.gaps, fit.presence), (1.0, 16.0, 16.0 / 19.0));
        for nothing in [&[][..], &[0.0], &[0.0, 0.0]] {
            assert_eq!((Fit::of(nothing, 60.0).regularity, Fit::of(nothing, 60.0).presence), (0.0, 0.0));
        }
    }
}
