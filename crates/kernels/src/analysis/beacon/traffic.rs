//! Made-up traffic of pairs over a day, for tests: times in microseconds, sorted.

use crate::analysis::random::SplitMix64;

pub(crate) const DAY: f64 = 86_400.0;

/// Draws from the usual distributions.
pub(crate) struct Draw(pub(crate) SplitMix64);

impl Draw {
    fn exponential(&mut self, mean: f64) -> f64 {
        -mean * (1.0 - self.0.unit()).ln()
    }

    fn normal(&mut self) -> f64 {
        (-2.0 * (1.0 - self.0.unit()).ln()).sqrt() * (std::f64::consts::TAU * self.0.unit()).cos()
    }

    fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.0.unit()
    }

    /// Evenly over the orders of magnitude.
    fn scale(&mut self, low: f64, high: f64) -> f64 {
        self.between(low.ln(), high.ln()).exp()
    }

    fn times(&mut self, mut seconds: Vec<f64>) -> Vec<i64> {
        seconds.sort_by(f64::total_cmp);
        let step = [1, 1_000, 1_000_000, 1_000_000][self.0.below(4)];
        seconds.iter().map(|at| 1_700_000_000_000_000 + (at * 1e6) as i64 / step * step).collect()
    }

    /// Calls every `period` seconds: each gap is off by up to `jitter`, and the share `missed` of them never comes.
    pub(crate) fn beacon(&mut self, period: f64, jitter: f64, missed: f64) -> Vec<i64> {
        let mut at = self.between(0.0, period);
        let mut calls = Vec::new();
        while at < DAY {
            if self.0.unit() >= missed {
                calls.push(at);
            }
            at += period * self.between(1.0 - jitter, 1.0 + jitter);
        }
        self.times(calls)
    }

    /// A pair without a clock, of one of eight kinds.
    pub(crate) fn noise(&mut self, kind: usize) -> Vec<i64> {
        let seconds = match kind % 8 {
            0 => {
                let mean = self.scale(15.0, 7_000.0);
                self.renewal(DAY, |draw| draw.exponential(mean))
            }
            1 => self.browsing(),
            2 => self.working_hours(),
            3 => {
                let (median, spread) = (self.scale(1.0, 3_000.0), self.between(0.6, 2.0));
                self.renewal(DAY, |draw| median * (spread * draw.normal()).exp())
            }
            4 => {
                // a name is asked for again when its time to live is over and somebody wants it
                let (ttl, want) = (self.scale(20.0, 3_600.0), self.between(0.7, 5.0));
                self.renewal(DAY, |draw| ttl * (1.0 + draw.exponential(want)))
            }
            5 => self.retries(),
            6 => {
                let (mean, shape) = (self.scale(10.0, 3_000.0), 1 + self.0.below(4));
                self.renewal(DAY, |draw| (0..shape).map(|_| draw.exponential(mean / shape as f64)).sum())
            }
            _ => self.transfers(),
        };
        self.times(seconds)
    }

    fn renewal(&mut self, span: f64, mut gap: impl FnMut(&mut Self) -> f64) -> Vec<f64> {
        let mut at = gap(self);
        let mut times = Vec::new();
        while at < span && times.len() < 5_000 {
            times.push(at);
            at += gap(self).max(1e-6);
        }
        times
    }

    fn browsing(&mut self) -> Vec<f64> {
        let (pause, think, parts) = (self.scale(600.0, 10_000.0), self.scale(4.0, 90.0), 1 + self.0.below(15));
        let mut times = Vec::new();
        for start in self.renewal(DAY, |draw| draw.exponential(pause)) {
            let mut page = start;
            while self.0.unit() < 0.85 && times.len() < 5_000 {
                (0..1 + self.0.below(parts)).for_each(|_| times.push(page + self.exponential(0.4)));
                page += think * self.normal().exp();
            }
        }
        times
    }

    fn working_hours(&mut self) -> Vec<f64> {
        let mean = self.scale(5.0, 600.0);
        let times = self.renewal(DAY, |draw| draw.exponential(mean));
        times.into_iter().filter(|at| (9.0..17.5).contains(&(at / 3_600.0)) && !(12.0..12.75).contains(&(at / 3_600.0))).collect()
    }

    fn retries(&mut self) -> Vec<f64> {
        let (pause, first, factor) = (self.scale(300.0, 7_200.0), self.scale(0.5, 10.0), [1.0, 1.5, 2.0][self.0.below(3)]);
        let tries = 2 + self.0.below(9);
        let starts = self.renewal(DAY, |draw| draw.exponential(pause));
        let offsets: Vec<f64> = (0..tries).map(|n| (0..n).map(|k| first * f64::powi(factor, k as i32)).sum()).collect();
        starts.iter().flat_map(|start| offsets.iter().map(move |offset| start + offset)).collect()
    }

    fn transfers(&mut self) -> Vec<f64> {
        let (busy, idle, size) = (self.scale(0.2, 20.0), self.scale(300.0, 8_000.0), self.between(0.2, 1.0));
        let long = self.between(0.01, 0.2);
        self.renewal(DAY, |draw| if draw.0.unit() < long { draw.exponential(idle) } else { busy * (size * draw.normal()).exp() })
    }
}
