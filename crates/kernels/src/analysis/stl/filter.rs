//! Weighted sums over the neighbours of every point of evenly spaced series: what a loess smoother is made of.
//!
//! On an even grid the tricube weights of a loess window depend on the position in the window only. Inside a series they are one
//! symmetric kernel, near its ends one row of weights for each point, and the rows of both ends mirror each other.
//!
//! The series of a filter lie interleaved: with stride `s` point `i` belongs to series `i % s`. So the cycle-subseries of STL (all
//! Mondays, all Tuesdays ...) are smoothed where they lie, and neighbouring points, being of different series, share their weights.

use super::tricube::{Shape, Span};
use crate::interrupt::{Interrupt, Interrupted};
use std::borrow::Cow;

/// A filter for `stride` interleaved series of `len` points in all.
#[derive(Debug)]
pub(super) struct Filter {
    stride: usize,
    len: usize,
    /// Points by which each series is continued at both ends: 0 or 1.
    beyond: usize,
    odd: bool,
    /// Weights from the centre outwards, as [`Span::kernel`] gives them. Empty where all points are near an end.
    kernel: Vec<f64>,
    /// Points of each series before (and behind) those of the kernel.
    margin: usize,
    groups: [Group; 2],
}

/// Neighbouring series of the same length.
#[derive(Debug)]
struct Group {
    span: Span,
    /// Number of series.
    lanes: usize,
    /// The first series, counted from the first of all points.
    left: usize,
    /// The same, counted from the first of the last `stride` points.
    right: usize,
    /// Points at the beginning that have rows of their own.
    heads: usize,
    /// The same at the end.
    tails: usize,
    shape: Shape,
    /// The rows from the outermost point inwards; empty where they are too many to keep.
    rows: Vec<f64>,
}

/// Most weights that a group keeps: 8 MiB.
const MOST_KEPT: usize = 1 << 20;
/// Multiplications between two looks at the interrupt: some milliseconds.
const STRETCH: usize = 1 << 22;
/// Points that are summed together: they stay in the first cache.
const TILE: usize = 64;
/// Sums that are made side by side, to hide the latency of an addition.
const LANES: usize = 8;

impl Filter {
    /// A filter with weights of `shape` in windows of `window` points of a series; at least two points in each series.
    pub(super) fn new(len: usize, stride: usize, window: usize, beyond: bool, shape: Shape) -> Self {
        let (count, longer) = (len / stride, len % stride);
        let (beyond, margin, inside) = (usize::from(beyond), window / 2, count > window);
        let group = |count: usize, lanes: usize, left: usize, right: usize| {
            let span = Span { count, window };
            let (heads, tails) = if inside { (margin, margin) } else { (count.div_ceil(2), count / 2) };
            let mut group = Group { span, lanes, left, right, heads, tails, shape, rows: Vec::new() };
            group.keep_rows(beyond);
            group
        };
        Self {
            stride,
            len,
            beyond,
            odd: shape == Shape::Moment(1),
            kernel: if inside { Span { count, window }.kernel(shape) } else { Vec::new() },
            margin,
            groups: [group(count + 1, longer, 0, stride - longer), group(count, stride - longer, longer, 0)],
        }
    }

    /// Number of values that [`Filter::apply`] gives.
    pub(super) fn out_len(&self) -> usize {
        self.len + 2 * self.beyond * self.stride
    }

    /// Filters `x` into `out`.
    pub(super) fn apply(&self, x: &[f64], out: &mut [f64], interrupt: &Interrupt) -> Result<(), Interrupted> {
        let (x, out) = (&x[..self.len], &mut out[..self.out_len()]);
        if !self.kernel.is_empty() {
            let edge = self.margin * self.stride;
            let before = self.beyond * self.stride + edge;
            let after = out.len() - before;
            self.inside(x, edge, &mut out[before..after], interrupt)?;
        }
        for group in self.groups.iter().filter(|group| group.lanes > 0) {
            self.ends(group, x, out, interrupt)?;
        }
        Ok(())
    }

    /// The points that have a whole window around them.
    fn inside(&self, x: &[f64], edge: usize, out: &mut [f64], interrupt: &Interrupt) -> Result<(), Interrupted> {
        let stretch = (STRETCH / self.kernel.len()).max(TILE);
        let mut centre = edge;
        for out in out.chunks_mut(stretch) {
            interrupt.check()?;
            let (tiles, rest) = out.as_chunks_mut::<TILE>();
            tiles.iter_mut().for_each(|tile| centre = self.convolve(x, centre, tile));
            let (tiles, rest) = rest.as_chunks_mut::<LANES>();
            tiles.iter_mut().for_each(|tile| centre = self.convolve(x, centre, tile));
            rest.iter_mut().for_each(|one| centre = self.convolve(x, centre, std::array::from_mut(one)));
        }
        Ok(())
    }

    /// For `N` points from `centre` on the sums of both neighbours at each step away; the centre after them.
    fn convolve<const N: usize>(&self, x: &[f64], centre: usize, out: &mut [f64; N]) -> usize {
        out.fill(0.0);
        let neighbours = |step: usize| Some([block(x, centre - step * self.stride)?, block(x, centre + step * self.stride)?]);
        let (fours, rest) = self.kernel.as_chunks::<4>();
        for (four, weights) in fours.iter().enumerate() {
            let step = 4 * four;
            if let (Some(a), Some(b), Some(c), Some(d)) =
                (neighbours(step), neighbours(step + 1), neighbours(step + 2), neighbours(step + 3))
            {
                if self.odd { add::<N, 4, true>(out, *weights, [a, b, c, d]) } else { add::<N, 4, false>(out, *weights, [a, b, c, d]) }
            }
        }
        for (step, weight) in (4 * fours.len()..).zip(rest) {
            if let Some(pair) = neighbours(step) {
                if self.odd { add::<N, 1, true>(out, [*weight], [pair]) } else { add::<N, 1, false>(out, [*weight], [pair]) }
            }
        }
        centre + N
    }

    /// The points near both ends.
    fn ends(&self, group: &Group, x: &[f64], out: &mut [f64], interrupt: &Interrupt) -> Result<(), Interrupted> {
        let last_window = self.len + group.right - group.span.taps() * self.stride;
        let mut mirrored = Vec::new();
        for row in 0..group.heads + self.beyond {
            interrupt.check()?;
            let weights = group.row(row, self.beyond);
            let first = row * self.stride + group.left;
            weigh(&weights, x, group.left, self.stride, &mut out[first..first + group.lanes]);
            if row < group.tails + self.beyond {
                mirrored.clear();
                mirrored.extend(weights.iter().rev().map(|weight| if self.odd { -weight } else { *weight }));
                let first = out.len() - (row + 1) * self.stride + group.right;
                weigh(&mirrored, x, last_window, self.stride, &mut out[first..first + group.lanes]);
            }
        }
        Ok(())
    }
}

impl Group {
    fn keep_rows(&mut self, beyond: usize) {
        let rows = self.heads + beyond;
        if self.lanes > 0 && rows.saturating_mul(self.span.taps()) <= MOST_KEPT {
            let mut one = Vec::new();
            for row in 0..rows {
                self.compute_row(row, beyond, &mut one);
                self.rows.extend_from_slice(&one);
            }
        }
    }

    /// Weights of the `row`-th point from the outside.
    fn row(&self, row: usize, beyond: usize) -> Cow<'_, [f64]> {
        let taps = self.span.taps();
        match self.rows.get(row * taps..(row + 1) * taps) {
            Some(kept) => Cow::Borrowed(kept),
            None => {
                let mut computed = Vec::with_capacity(taps);
                self.compute_row(row, beyond, &mut computed);
                Cow::Owned(computed)
            }
        }
    }

    fn compute_row(&self, row: usize, beyond: usize, out: &mut Vec<f64>) {
        self.span.row(row as f64 - beyond as f64, self.shape, out);
    }
}

/// Adds weighted sums (or differences) of neighbours to `out`. Not inlined, so that the compiler knows that nothing overlaps.
#[inline(never)]
fn add<const N: usize, const TAPS: usize, const ODD: bool>(out: &mut [f64; N], weights: [f64; TAPS], pairs: [[&[f64; N]; 2]; TAPS]) {
    for at in 0..N {
        let mut sum = out[at];
        for tap in 0..TAPS {
            let [before, after] = pairs[tap];
            sum += weights[tap] * if ODD { after[at] - before[at] } else { after[at] + before[at] };
        }
        out[at] = sum;
    }
}

#[inline]
fn block<const N: usize>(x: &[f64], at: usize) -> Option<&[f64; N]> {
    x.get(at..)?.first_chunk()
}

/// For each of `out` the weighted sum over the points of its series: the first series begins at `first`, the others follow it.
fn weigh(weights: &[f64], x: &[f64], first: usize, stride: usize, out: &mut [f64]) {
    if let ([out], 1) = (&mut *out, stride) {
        *out = dot(weights, &x[first..]);
        return;
    }
    out.fill(0.0);
    for (tap, weight) in weights.iter().enumerate() {
        let points = &x[first + tap * stride..];
        for (sum, point) in out.iter_mut().zip(points) {
            *sum += weight * point;
        }
    }
}

fn dot(weights: &[f64], x: &[f64]) -> f64 {
    let x = &x[..weights.len()];
    let ((blocks, rest), (x_blocks, x_rest)) = (weights.as_chunks::<LANES>(), x.as_chunks::<LANES>());
    let mut sums = [0.0; LANES];
    for (weights, x) in blocks.iter().zip(x_blocks) {
        for lane in 0..LANES {
            sums[lane] += weights[lane] * x[lane];
        }
    }
    let mut sum = 0.0;
    for (weight, x) in rest.iter().zip(x_rest) {
        sum += weight * x;
    }
    sum + sums.iter().sum::<f64>()
}
