//! The weights of loess on an evenly spaced series: tricube in the distance, and from them the weights of a local line's value.
//!
//! The rules at the ends (one window for all points near an end, a wider reach where the window is longer than the series, no line
//! where the points hardly spread) are those of Cleveland's `stl` on netlib, which statsmodels follows.

/// A series and the window of its smoother.
#[derive(Debug, Clone, Copy)]
pub(super) struct Span {
    /// Number of points.
    pub(super) count: usize,
    /// Number of points that a window should have; odd.
    pub(super) window: usize,
}

/// What weights are made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// The value at a point of the line fitted to its window.
    Fit,
    /// Sums of the tricube weights times this power of the distance, which say what a fit is where points weigh differently.
    Moment(i32),
}

impl Span {
    /// Number of points in a window.
    pub(super) fn taps(self) -> usize {
        self.window.min(self.count)
    }

    /// Spread of the points in a window, as a variance, up to which no line is fitted.
    pub(super) fn least_spread(self) -> f64 {
        let range = 0.001 * (self.count as f64 - 1.0);
        range * range
    }

    /// Weights, in the first window, for the point that many steps after the window's first; -1.0 is one before the series.
    pub(super) fn row(self, position: f64, shape: Shape, row: &mut Vec<f64>) {
        let taps = self.taps();
        let reach = position.max(taps as f64 - 1.0 - position) + (self.window.saturating_sub(self.count) / 2) as f64;
        row.clear();
        row.extend((0..taps).map(|tap| tricube((tap as f64 - position).abs(), reach)));
        match shape {
            Shape::Fit => self.fit(position, row),
            Shape::Moment(power) => row.iter_mut().zip(0i32..).for_each(|(weight, tap)| *weight *= (f64::from(tap) - position).powi(power)),
        }
    }

    /// Weights of a window that has its point in the middle, from there outwards; the first one halved, as if met from both sides.
    pub(super) fn kernel(self, shape: Shape) -> Vec<f64> {
        let reach = (self.window / 2) as f64;
        let mut kernel: Vec<f64> = (0..=self.window / 2).map(|step| tricube(step as f64, reach)).collect();
        kernel.first_mut().into_iter().for_each(|centre| *centre /= 2.0);
        while kernel.len() > 1 && kernel.last() == Some(&0.0) {
            kernel.pop();
        }
        match shape {
            Shape::Fit => {
                let sum = 2.0 * kernel.iter().sum::<f64>();
                kernel.iter_mut().for_each(|weight| *weight /= sum);
            }
            Shape::Moment(power) => kernel.iter_mut().zip(0i32..).for_each(|(weight, step)| *weight *= f64::from(step).powi(power)),
        }
        kernel
    }

    /// Turns tricube weights into those of the line's value at `position`.
    fn fit(self, position: f64, row: &mut [f64]) {
        let sum: f64 = row.iter().sum();
        row.iter_mut().for_each(|weight| *weight /= sum);
        let steps = || (0i32..).map(f64::from);
        let mean: f64 = row.iter().zip(steps()).map(|(weight, tap)| weight * tap).sum();
        let spread: f64 = row.iter().zip(steps()).map(|(weight, tap)| weight * (tap - mean) * (tap - mean)).sum();
        if spread > self.least_spread() {
            let slope = (position - mean) / spread;
            row.iter_mut().zip(steps()).for_each(|(weight, tap)| *weight *= 1.0 + slope * (tap - mean));
        }
    }
}

/// The tricube weight, cut at both ends as netlib's code cuts it.
fn tricube(distance: f64, reach: f64) -> f64 {
    if distance <= 0.001 * reach {
        1.0
    } else if distance <= 0.999 * reach {
        let part = distance / reach;
        let left = 1.0 - part * part * part;
        left * left * left
    } else {
        0.0
    }
}
