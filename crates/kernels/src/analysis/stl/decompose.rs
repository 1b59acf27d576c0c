//! STL (Cleveland et al. 1990) with the parameters of statsmodels, and MSTL (Bandara, Hyndman, Bergmeir 2021) on top of it.

use super::loess::Loess;
use super::moving::moving_average;
use super::robustness::Bisquare;
use crate::interrupt::{Interrupt, Interrupted};

/// What a series is made of; `trend + seasonal + residual` is the series.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Components {
    /// What is left when cycle and noise are smoothed away.
    pub trend: Vec<f64>,
    /// What repeats from cycle to cycle; the sum over all periods.
    pub seasonal: Vec<f64>,
    /// The rest.
    pub residual: Vec<f64>,
}

/// A cycle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Season {
    /// Points of a cycle, at least 2.
    pub period: usize,
    /// Cycles that are smoothed over; odd, at least 3.
    pub window: usize,
}

/// Decomposes `y` by one season (STL) or several (MSTL); those that have not two cycles in it are left out.
///
/// With `robust` points far from the fit lose their weight (2 inner and 15 outer iterations instead of 5 and 0). Where `present` is
/// given, the other points weigh nothing at all.
pub fn decompose(
    y: &[f64],
    seasons: &[Season],
    robust: bool,
    present: Option<&[bool]>,
    interrupt: &Interrupt,
) -> Result<Components, Interrupted> {
    let fits = |season: &&Season| season.period >= 2 && season.period <= y.len() / 2 && season.window >= 3 && season.window % 2 == 1;
    let mut each: Vec<Stl> = seasons.iter().filter(fits).map(|season| Stl::new(y.len(), *season)).collect();
    let rounds = if each.len() > 1 { 2 } else { 1 };
    let mut rest = y.to_vec();
    let mut trend = vec![0.0; y.len()];
    for _ in 0..rounds {
        for stl in &mut each {
            rest.iter_mut().zip(&stl.seasonal).for_each(|(rest, seasonal)| *rest += seasonal);
            stl.fit(&rest, robust, present, interrupt)?;
            rest.iter_mut().zip(&stl.seasonal).for_each(|(rest, seasonal)| *rest -= seasonal);
            trend.clone_from(&stl.trend);
        }
    }
    let mut seasonal = vec![0.0; y.len()];
    for stl in each {
        seasonal.iter_mut().zip(stl.seasonal).for_each(|(sum, seasonal)| *sum += seasonal);
    }
    for (((rest, trend), seasonal), y) in rest.iter_mut().zip(&trend).zip(&seasonal).zip(y) {
        *rest = without_rounding(*rest - trend, [*y, *trend, *seasonal]);
    }
    Ok(Components { trend, seasonal, residual: rest })
}

/// A residual, or 0 where it is of the size of rounding errors: what repeats exactly must not look as if it had anomalies. The errors at
/// a point are measured by its own parts, so that a huge value elsewhere hides nothing here.
fn without_rounding(residual: f64, parts: [f64; 3]) -> f64 {
    if residual.abs() <= 1e-12 * parts.map(f64::abs).iter().sum::<f64>() { 0.0 } else { residual }
}

/// Smoothers and buffers for series of one length.
#[derive(Debug)]
struct Stl {
    period: usize,
    cycles: Loess,
    low_pass: Loess,
    trend_of: Loess,
    trend: Vec<f64>,
    seasonal: Vec<f64>,
    /// The cycle-subseries smoothed, each one longer at both ends.
    smoothed: Vec<f64>,
    once: Vec<f64>,
    twice: Vec<f64>,
    tails: Vec<f64>,
}

impl Stl {
    fn new(len: usize, season: Season) -> Self {
        let Season { period, window } = season;
        let trend = (1.5 * period as f64 / (1.0 - 1.5 / window as f64)).ceil() as usize;
        Self {
            period,
            cycles: Loess::new(len, period, window, true),
            low_pass: Loess::new(len, 1, (period + 1) | 1, false),
            trend_of: Loess::new(len, 1, trend | 1, false),
            trend: vec![0.0; len],
            seasonal: vec![0.0; len],
            smoothed: vec![0.0; len + 2 * period],
            once: vec![0.0; len + period + 1],
            twice: vec![0.0; len + 2],
            tails: Vec::new(),
        }
    }

    fn fit(&mut self, y: &[f64], robust: bool, present: Option<&[bool]>, interrupt: &Interrupt) -> Result<(), Interrupted> {
        let (inner, outer) = if robust { (2, 15) } else { (5, 0) };
        self.trend.fill(0.0);
        let mut bisquare = Bisquare::new(y.len(), present);
        if present.is_some() {
            self.weigh(bisquare.weights(), interrupt)?;
        } else {
            self.cycles.unweigh();
            self.trend_of.unweigh();
        }
        self.iterate(y, inner, interrupt)?;
        for _ in 0..outer {
            let fits = self.trend.iter().zip(&self.seasonal);
            bisquare
                .update(y.iter().zip(fits).map(|(y, (trend, seasonal))| without_rounding(y - (trend + seasonal), [*y, *trend, *seasonal])));
            self.weigh(bisquare.weights(), interrupt)?;
            self.iterate(y, inner, interrupt)?;
        }
        Ok(())
    }

    fn weigh(&mut self, weights: &[f64], interrupt: &Interrupt) -> Result<(), Interrupted> {
        self.cycles.weigh(weights, interrupt)?;
        self.trend_of.weigh(weights, interrupt)
    }

    /// The inner loop.
    fn iterate(&mut self, y: &[f64], times: usize, interrupt: &Interrupt) -> Result<(), Interrupted> {
        let (len, period) = (y.len(), self.period);
        for _ in 0..times {
            let detrended = &mut self.seasonal;
            detrended.iter_mut().zip(y).zip(&self.trend).for_each(|((out, y), trend)| *out = y - trend);
            self.cycles.smooth(detrended, &mut self.smoothed, interrupt)?;

            moving_average(&self.smoothed, period, &mut self.tails, &mut self.once);
            moving_average(&self.once, period, &mut self.tails, &mut self.twice);
            let threes = self.twice.windows(3).map(|three| three.iter().sum::<f64>() / 3.0);
            self.once.iter_mut().zip(threes).for_each(|(out, mean)| *out = mean);
            self.low_pass.smooth(&self.once[..len], &mut self.twice, interrupt)?;

            let deseasoned = &mut self.once;
            let cycle = self.smoothed[period..].iter().zip(&self.twice).map(|(smoothed, low)| smoothed - low);
            for (((seasonal, cycle), y), rest) in self.seasonal.iter_mut().zip(cycle).zip(y).zip(&mut *deseasoned) {
                *seasonal = cycle;
                *rest = y - cycle;
            }
            self.trend_of.smooth(&deseasoned[..len], &mut self.trend, interrupt)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A trend, cycles, noise of a congruential generator, and a spike now and then.
    fn series(len: u64, periods: &[u64]) -> Vec<f64> {
        let mut state = 12345u64;
        let value = |at: u64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let mut value = ((state >> 33) % 1000) as f64 / 10.0 + at as f64 * 0.25;
            for period in periods {
                value += 10.0 * ((at % period) * (at % period) % 11) as f64;
            }
            if at % 29 == 17 { value + 500.0 } else { value }
        };
        (0..len).map(value).collect()
    }

    /// As MSTL picks them: see `super::super::series::seasons`.
    fn seasons(len: u64, periods: &[u64], windows: &[usize]) -> Vec<Season> {
        let fitting = periods.iter().filter(|period| periods.len() == 1 || 2 * **period < len);
        let window = |at: usize| windows.get(at).copied().unwrap_or(11 + 4 * at);
        fitting.enumerate().map(|(at, period)| Season { period: *period as usize, window: window(at) }).collect()
    }

    #[test]
    fn equals_statsmodels() {
        /// Points, periods, windows, robust, trend and seasonal at 0, 4, the middle and the last but one.
        type Case<'c> = (u64, &'c [u64], &'c [usize], bool, [f64; 4], [f64; 4]);
        // From STL(y, period, seasonal, robust) and MSTL(y, periods, stl_kwargs = {robust}) of statsmodels 0.14.6.
        #[rustfmt::skip]
        let cases: &[Case<'_>] = &[
            (100, &[7], &[7], false, [65.51331734795, 80.25947018713, 134.8640348716, 131.8810077576], [-29.73673718271, -26.72970508853, -44.49180990445, -51.20951606881]),
            (100, &[7], &[7], true, [75.0672587117, 80.45386444127, 101.5431385535, 136.6393723867], [-26.21501504092, -10.68817523152, -22.86533626499, -70.35315213533]),
            (31, &[7], &[7], false, [72.75592562648, 83.15839395862, 138.9122829093, 75.44091884659], [-30.30270342711, -3.818176105731, -47.1618200032, -37.47077135515]),
            (31, &[7], &[7], true, [79.57026108383, 81.76298668434, 82.08510909465, 60.16214244578], [-37.30040203211, -4.250204951387, -23.33711537114, -18.92279584859]),
            (52, &[7], &[7], false, [65.61084434627, 80.29352117465, 80.49106718664, 168.0723010113], [-29.88329516561, -26.64429188338, -27.53806504552, -56.54077806348]),
            (52, &[7], &[7], true, [75.39826632321, 80.53124845793, 76.56512425191, 119.3022596714], [-26.57486585793, -10.7668534427, -2.568186336854, -17.43267815394]),
            (14, &[7], &[7], false, [92.58163265306, 89.72040816327, 87.57448979592, 83.99795918367], [-66.18163265306, -0.7204081632653, -16.42448979592, -16.09795918367]),
            (2051, &[2], &[7], false, [41.44542282762, 58.94492376564, 311.337010016, 644.1847345299], [-22.45100899458, -23.27151574, -16.37701776615, 74.94908101582]),
            (2051, &[2], &[7], true, [41.646260646, 57.6857865372, 329.4509831631, 567.4043685783], [-24.50779348643, -21.51031917105, -28.41214496206, -13.54883215422]),
            (90, &[6], &[3], false, [87.9118228826, 88.75423213168, 151.9509479348, 102.3012433295], [-64.48659954796, -1.236053657595, -25.82458936249, 8.903427026426]),
            (90, &[6], &[3], true, [87.93134280671, 88.99486651565, 149.7714466437, 103.957706283], [-64.26669095876, -1.213881667118, -25.07173056551, 8.75706172231]),
            (90, &[6], &[999], false, [88.55039219474, 88.71343975303, 182.869806711, 122.0220180801], [-75.69620885719, 25.44795941299, 75.10408825615, 35.07196747755]),
            (90, &[6], &[999], true, [60.53975519438, 70.89259447351, 105.9803450631, 116.8965294718], [-54.35383217138, 15.18475194013, 60.41641342506, 24.25500455598]),
            (400, &[7, 30], &[], false, [126.0399522516, 130.1067192797, 193.4186220866, 235.439680019], [-95.21414063492, 0.8385023176016, -49.79297425906, 68.05685646209]),
            (400, &[7, 30], &[], true, [103.7369494687, 109.5154304199, 175.0898253485, 218.5176878952], [-63.65720931373, 35.09546974321, -6.263550504348, 59.5353623355]),
            (400, &[7, 30, 250], &[], false, [161.8585520315, 166.7879974261, 233.4408391533, 272.9221268848], [-97.83524074675, -0.3342635831887, -57.5916080325, 72.50458316849]),
            (400, &[7, 30, 250], &[], true, [139.7821049107, 145.9279516758, 213.8406098277, 269.1308057073], [-77.5477524326, 33.74929273086, -24.13537183116, 47.54490703459]),
        ];
        for (len, periods, windows, robust, trend, seasonal) in cases {
            let y = series(*len, periods);
            let found = decompose(&y, &seasons(*len, periods, windows), *robust, None, &Interrupt::default()).unwrap();
            let len = y.len();
            for ((at, trend), seasonal) in [0, 4, len / 2, len - 2].into_iter().zip(trend).zip(seasonal) {
                let name = format!("{len} {periods:?} {windows:?} {robust} at {at}");
                assert!((found.trend[at] - trend).abs() < 1e-9 * trend.abs(), "{name}: trend {} {trend}", found.trend[at]);
                assert!(
                    (found.seasonal[at] - seasonal).abs() < 1e-8 * seasonal.abs(),
                    "{name}: seasonal {} {seasonal}",
                    found.seasonal[at]
                );
            }
        }
    }

    #[test]
    fn two_cycles_leave_nothing_to_be_robust_against() {
        let y = series(14, &[7]);
        let fit = |robust| decompose(&y, &[Season { period: 7, window: 7 }], robust, None, &Interrupt::default()).unwrap();
        assert!(fit(false).residual.iter().all(|residual| *residual == 0.0));
        for (one, other) in fit(true).trend.iter().zip(fit(false).trend) {
            assert!((one - other).abs() < 1e-9, "{one} {other}");
        }
    }

    #[test]
    fn rows_that_are_not_kept_are_the_same() {
        // With this period the rows of the trend's ends are more than a filter keeps.
        let (period, len) = (1100, 2300);
        let y: Vec<f64> = (0..len).map(|at| (at % period) as f64 + at as f64).collect();
        let season = Season { period, window: 7 };
        let found = decompose(&y, &[season], false, None, &Interrupt::default()).unwrap();
        assert!(found.residual.iter().all(|residual| *residual == 0.0), "a line and a cycle leave nothing");
    }

    #[test]
    fn missing_points_say_nothing() {
        let mut y = series(120, &[7]);
        let present: Vec<bool> = (0..y.len()).map(|at| !(40..44).contains(&at) && at != 0).collect();
        for robust in [false, true] {
            let one = decompose(&y, &[Season { period: 7, window: 7 }], robust, Some(&present), &Interrupt::default()).unwrap();
            for (y, _) in y.iter_mut().zip(&present).filter(|(_, present)| !**present) {
                *y += 1e6;
            }
            let other = decompose(&y, &[Season { period: 7, window: 7 }], robust, Some(&present), &Interrupt::default()).unwrap();
            for (one, other) in one.trend.iter().zip(&other.trend).chain(one.seasonal.iter().zip(&other.seasonal)) {
                assert!((one - other).abs() < 1e-9, "{one} {other}");
            }
        }
    }

    #[test]
    fn a_stopped_query_ends() {
        let interrupt = Interrupt::default();
        interrupt.stop();
        let season = Season { period: 7, window: 7 };
        assert_eq!(decompose(&series(30, &[7]), &[season], false, None, &interrupt), Err(Interrupted));
    }

    proptest! {
        #[test]
        fn parts_sum_up(y in prop::collection::vec(-1e6f64..1e6, 6..80), robust: bool) {
            let seasons = [Season { period: 3, window: 7 }];
            let found = decompose(&y, &seasons, robust, None, &Interrupt::default()).unwrap();
            for (at, y) in y.iter().enumerate() {
                prop_assert!((found.trend[at] + found.seasonal[at] + found.residual[at] - y).abs() < 1e-5);
            }
        }

        /// Without robustness STL is linear, and with it it does not depend on the unit.
        #[test]
        fn units_do_not_matter(y in prop::collection::vec(-1e3f64..1e3, 12..60), robust: bool) {
            let seasons = [Season { period: 4, window: 5 }];
            let scaled: Vec<f64> = y.iter().map(|y| y * 1024.0).collect();
            let one = decompose(&y, &seasons, robust, None, &Interrupt::default()).unwrap();
            let other = decompose(&scaled, &seasons, robust, None, &Interrupt::default()).unwrap();
            for (one, other) in one.trend.iter().zip(&other.trend) {
                prop_assert_eq!(one * 1024.0, *other);
            }
        }
    }
}
