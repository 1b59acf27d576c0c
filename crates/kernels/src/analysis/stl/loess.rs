//! Loess with local lines over interleaved evenly spaced series, where all points weigh the same and where they do not.
//!
//! With weights `w` the line in a window follows from the moments `S0, S1, S2` of `w` and `T0, T1` of `w·y` (tricube weights times powers of
//! the distance `d` from the fitted point): with mean `a = S1/S0` and spread `c = S2/S0 - a²` its value is
//! `(T0·(1 + a²/c) - T1·a/c) / S0`. Each moment is a [`Filter`], and the factors of `T0` and `T1` ([`Line`]) change only when the weights do.

use super::filter::Filter;
use super::tricube::{Line, Shape, Span};
use crate::interrupt::{Interrupt, Interrupted};

/// A smoother.
#[derive(Debug)]
pub(super) struct Loess {
    len: usize,
    stride: usize,
    window: usize,
    beyond: bool,
    plain: Filter,
    /// Made when weights are first given.
    weighted: Option<Box<Weighted>>,
    weighs: bool,
}

/// What weights need.
#[derive(Debug)]
struct Weighted {
    moments: [Filter; 3],
    weights: Vec<f64>,
    /// Factors of `T0`.
    level: Vec<f64>,
    /// Factors of `T1`.
    slope: Vec<f64>,
    /// Points in whose window nothing weighs anything.
    unsupported: Vec<usize>,
    products: Vec<f64>,
    sums: Vec<f64>,
}

impl Loess {
    /// A smoother for `stride` interleaved series of `len` points in all. With `beyond` each series goes on by one point at both ends.
    pub(super) fn new(len: usize, stride: usize, window: usize, beyond: bool) -> Self {
        Self { len, stride, window, beyond, plain: Filter::new(len, stride, window, beyond, Shape::Fit), weighted: None, weighs: false }
    }

    /// Gives the points weights from now on.
    pub(super) fn weigh(&mut self, weights: &[f64], interrupt: &Interrupt) -> Result<(), Interrupted> {
        self.weighs = true;
        let moment = |power| Filter::new(self.len, self.stride, self.window, self.beyond, Shape::Moment(power));
        let out_len = self.plain.out_len();
        let weighted = self.weighted.get_or_insert_with(|| {
            Box::new(Weighted {
                moments: [moment(0), moment(1), moment(2)],
                weights: Vec::new(),
                level: vec![0.0; out_len],
                slope: vec![0.0; out_len],
                unsupported: Vec::new(),
                products: vec![0.0; self.len],
                sums: vec![0.0; out_len],
            })
        });
        weighted.weights.clear();
        weighted.weights.extend_from_slice(weights);
        let Weighted { moments: [zeroth, first, second], level, slope, sums, unsupported, .. } = &mut **weighted;
        zeroth.apply(weights, level, interrupt)?;
        first.apply(weights, slope, interrupt)?;
        second.apply(weights, sums, interrupt)?;
        unsupported.clear();
        let (count, longer) = (self.len / self.stride, self.len % self.stride);
        let least = [count + 1, count].map(|count| Span { count, window: self.window }.least_spread());
        let mut lane = 0;
        for (at, ((level, slope), second)) in level.iter_mut().zip(slope).zip(sums).enumerate() {
            if *level > 0.0 {
                let line = Line::new([*level, *slope, *second], least[usize::from(lane >= longer)]);
                (*level, *slope) = (line.level, line.slope);
            } else {
                (*level, *slope) = (0.0, 0.0);
                unsupported.push(at);
            }
            lane = if lane + 1 == self.stride { 0 } else { lane + 1 };
        }
        Ok(())
    }

    /// All points weigh the same again.
    pub(super) fn unweigh(&mut self) {
        self.weighs = false;
    }

    /// Smooths `y` into `out`. A point with nothing in its window stays as it is, one beyond the series takes its neighbour's value.
    pub(super) fn smooth(&mut self, y: &[f64], out: &mut [f64], interrupt: &Interrupt) -> Result<(), Interrupted> {
        let Some(weighted) = self.weighted.as_mut().filter(|_| self.weighs) else { return self.plain.apply(y, out, interrupt) };
        let Weighted { moments: [zeroth, first, _], weights, level, slope, unsupported, products, sums } = &mut **weighted;
        products.iter_mut().zip(y).zip(weights).for_each(|((product, y), weight)| *product = y * *weight);
        zeroth.apply(products, out, interrupt)?;
        first.apply(products, sums, interrupt)?;
        for (((out, level), slope), first) in out.iter_mut().zip(level).zip(slope).zip(sums) {
            *out = *out * *level + *first * *slope;
        }
        let before = if self.beyond { self.stride } else { 0 };
        let inside = before..before + self.len;
        for at in unsupported.iter().filter(|at| inside.contains(at)) {
            out[*at] = y[*at - before];
        }
        for at in unsupported.iter().filter(|at| !inside.contains(at)) {
            out[*at] = if *at < before { out[*at + self.stride] } else { out[*at - self.stride] };
        }
        Ok(())
    }
}
