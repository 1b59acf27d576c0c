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
        tricubes(taps, position, reach, row);
        let distances = (0i32..).map(|tap| f64::from(tap) - position);
        match shape {
            Shape::Fit => {
                let Line { level, slope } = Line::new(moments(row, position), self.least_spread());
                row.iter_mut().zip(distances).for_each(|(weight, distance)| *weight *= level + slope * distance);
            }
            Shape::Moment(0) => {}
            Shape::Moment(1) => row.iter_mut().zip(distances).for_each(|(weight, distance)| *weight *= distance),
            Shape::Moment(_) => row.iter_mut().zip(distances).for_each(|(weight, distance)| *weight *= distance * distance),
        }
    }

    /// Weights of a window that has its point in the middle, from there outwards; the first one halved, as if met from both sides.
    pub(super) fn kernel(self, shape: Shape) -> Vec<f64> {
        let half = self.window / 2;
        let mut kernel = Vec::new();
        tricubes(half + 1, 0.0, half as f64, &mut kernel);
        kernel.first_mut().into_iter().for_each(|centre| *centre /= 2.0);
        while kernel.len() > 1 && kernel.last() == Some(&0.0) {
            kernel.pop();
        }
        let sum = 2.0 * kernel.iter().sum::<f64>();
        for (weight, step) in kernel.iter_mut().zip(0i32..) {
            *weight *= match shape {
                Shape::Fit => 1.0 / sum,
                Shape::Moment(power) => f64::from(step).powi(power),
            };
        }
        kernel
    }
}

/// Tricube weights by the distance from `position`, cut at both ends as netlib's code cuts them.
fn tricubes(taps: usize, position: f64, reach: f64, row: &mut Vec<f64>) {
    let scale = 1.0 / reach;
    let weight = |(tap, _): (i32, ())| {
        let part = (f64::from(tap) - position).abs() * scale;
        let left = 1.0 - part * part * part;
        left * left * left
    };
    row.clear();
    row.extend((0i32..).zip(std::iter::repeat_n((), taps)).map(weight));
    let taps_within = |part: f64| {
        let (low, high) = ((position - part * reach).ceil().max(0.0), (position + part * reach).floor() + 1.0);
        low as usize..(high as usize).min(taps)
    };
    let (full, some) = (taps_within(0.001), taps_within(0.999));
    row.get_mut(full).into_iter().flatten().for_each(|weight| *weight = 1.0);
    row.iter_mut().take(some.start).for_each(|weight| *weight = 0.0);
    row.iter_mut().skip(some.end).for_each(|weight| *weight = 0.0);
}

/// Sums of `weights` times the distance from `position` to the powers 0, 1 and 2.
fn moments(weights: &[f64], position: f64) -> [f64; 3] {
    let (fours, rest) = weights.as_chunks::<4>();
    let mut sums = [[0.0; 4]; 3];
    let mut first = -position;
    for four in fours {
        for lane in 0..4 {
            let (weight, distance) = (four[lane], first + lane as f64);
            sums[0][lane] += weight;
            sums[1][lane] += weight * distance;
            sums[2][lane] += weight * distance * distance;
        }
        first += 4.0;
    }
    for weight in rest {
        for (sum, power) in sums.iter_mut().zip([1.0, first, first * first]) {
            sum[0] += weight * power;
        }
        first += 1.0;
    }
    sums.map(|lanes| lanes.iter().sum())
}

/// What makes the value of a fitted line out of the moments of `weight * y`: `level` times the zeroth and `slope` times the first.
#[derive(Debug, Clone, Copy)]
pub(super) struct Line {
    pub(super) level: f64,
    pub(super) slope: f64,
}

impl Line {
    /// From the moments of the weights; no line but a mean up to `least_spread`.
    #[inline]
    pub(super) fn new([sum, first, second]: [f64; 3], least_spread: f64) -> Self {
        let mean = first / sum;
        let spread = second / sum - mean * mean;
        if spread > least_spread {
            Self { level: (1.0 + mean * mean / spread) / sum, slope: -mean / spread / sum }
        } else {
            Self { level: 1.0 / sum, slope: 0.0 }
        }
    }
}
