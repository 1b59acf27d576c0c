//! Fourier transforms of real series.

use std::f64::consts::{PI, TAU};
use std::sync::OnceLock;

/// Longest series whose spectrum is taken.
pub(super) const LONGEST: usize = 1 << 17;

#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Complex {
    pub(super) re: f64,
    pub(super) im: f64,
}

impl Complex {
    fn unit(angle: f64) -> Self {
        Self { re: angle.cos(), im: angle.sin() }
    }
    fn conjugate(self) -> Self {
        Self { re: self.re, im: -self.im }
    }
    fn times(self, other: Self) -> Self {
        Self { re: self.re * other.re - self.im * other.im, im: self.re * other.im + self.im * other.re }
    }
    fn plus(self, other: Self) -> Self {
        Self { re: self.re + other.re, im: self.im + other.im }
    }
    fn minus(self, other: Self) -> Self {
        Self { re: self.re - other.re, im: self.im - other.im }
    }
    /// Times the imaginary unit.
    fn turned(self) -> Self {
        Self { re: -self.im, im: self.re }
    }
    pub(super) fn power(self) -> f64 {
        self.re * self.re + self.im * self.im
    }
}

/// Squared magnitudes of the discrete Fourier transform of `series` at the frequencies 0 ..= length / 2; empty where it is longer than
/// [`LONGEST`].
pub(super) fn power(series: &[f64]) -> Vec<f64> {
    match series.len() {
        0 => Vec::new(),
        1 => series.iter().map(|value| value * value).collect(),
        length if length > LONGEST => Vec::new(),
        length if length.is_power_of_two() => spectrum(series).into_iter().map(Complex::power).collect(),
        _ => power_of_any_length(series),
    }
}

/// The discrete Fourier transform at the frequencies 0 ..= length / 2 of a series whose length is a power of two from 2 to twice
/// [`LONGEST`]: its even and odd values are the real and imaginary part of a series of half the length.
pub(super) fn spectrum(series: &[f64]) -> Vec<Complex> {
    let pairs = series.chunks_exact(2).filter_map(|pair| if let [re, im] = *pair { Some(Complex { re, im }) } else { None });
    let mixed = transform(pairs.collect());
    let half = mixed.len();
    let (ascending, descending) = (mixed.iter().chain(mixed.first()), mixed.first().into_iter().chain(mixed.iter().rev()));
    let turns = roots(series.len()).iter().copied().chain([Complex { re: -1.0, im: 0.0 }]);
    let values = ascending.zip(descending.map(|value| value.conjugate())).zip(turns).map(|((value, mirrored), turn)| {
        let (even, odd) = (value.plus(mirrored), mirrored.minus(*value).turned());
        let twice = even.plus(turn.times(odd));
        Complex { re: twice.re / 2.0, im: twice.im / 2.0 }
    });
    values.take(half + 1).collect()
}

/// Bluestein's algorithm: the transform as a convolution with a chirp, which a transform of a power of two computes. Its last step, a turn
/// of each value, does not change its power.
fn power_of_any_length(series: &[f64]) -> Vec<f64> {
    let length = series.len();
    let padded = (2 * length - 1).next_power_of_two();
    // The square is taken modulo a full turn before it becomes a float.
    let chirp = |at: usize| Complex::unit(-PI * ((at * at) % (2 * length)) as f64 / length as f64);
    let chirps: Vec<Complex> = (0..length).map(chirp).collect();
    let mut kernel: Vec<Complex> = chirps.iter().map(|chirp| chirp.conjugate()).collect();
    kernel.resize(padded, Complex::default());
    for (at, chirp) in chirps.iter().enumerate().skip(1) {
        if let Some(mirrored) = kernel.get_mut(padded - at) {
            *mirrored = chirp.conjugate();
        }
    }
    let mut signal: Vec<Complex> =
        chirps.iter().zip(series).map(|(chirp, value)| Complex { re: chirp.re * value, im: chirp.im * value }).collect();
    signal.resize(padded, Complex::default());
    let product = transform(signal).into_iter().zip(transform(kernel)).map(|(signal, kernel)| signal.times(kernel).conjugate());
    let scale = (padded as f64).powi(-2);
    transform(product.collect()).iter().take(length / 2 + 1).map(|value| value.power() * scale).collect()
}

/// The discrete Fourier transform of a power of two of values: Stockham's, by fours.
fn transform(mut from: Vec<Complex>) -> Vec<Complex> {
    let length = from.len();
    let roots = roots(length);
    let mut to = vec![Complex::default(); length];
    let mut stride = 1;
    while stride * 4 <= length {
        by_four(&from, &mut to, stride, roots);
        std::mem::swap(&mut from, &mut to);
        stride *= 4;
    }
    if stride < length {
        by_two(&from, &mut to);
        std::mem::swap(&mut from, &mut to);
    }
    from
}

/// One step: four values that lie a quarter apart become four beside each other, in runs of `stride`.
fn by_four(from: &[Complex], to: &mut [Complex], stride: usize, roots: &[Complex]) {
    let quarter = from.len() / 4;
    let (first, second) = from.split_at(2 * quarter);
    let ((a, b), (c, d)) = (first.split_at(quarter), second.split_at(quarter));
    let runs = a.chunks_exact(stride).zip(b.chunks_exact(stride)).zip(c.chunks_exact(stride)).zip(d.chunks_exact(stride));
    // Roots are given for half a turn; a quarter is used.
    let turns = roots.iter().step_by(stride);
    for ((((a, b), c), d), (turn, to)) in runs.zip(turns.zip(to.chunks_exact_mut(4 * stride))) {
        let double = turn.times(*turn);
        let triple = double.times(*turn);
        let (to_first, to_second) = to.split_at_mut(2 * stride);
        let ((to_a, to_b), (to_c, to_d)) = (to_first.split_at_mut(stride), to_second.split_at_mut(stride));
        let values = a.iter().zip(b).zip(c).zip(d);
        let places = to_a.iter_mut().zip(to_b).zip(to_c).zip(to_d);
        for ((((a, b), c), d), (((to_a, to_b), to_c), to_d)) in values.zip(places) {
            let (even, even_off) = (a.plus(*c), a.minus(*c));
            let (odd, odd_off) = (b.plus(*d), b.minus(*d).turned());
            *to_a = even.plus(odd);
            *to_b = turn.times(even_off.minus(odd_off));
            *to_c = double.times(even.minus(odd));
            *to_d = triple.times(even_off.plus(odd_off));
        }
    }
}

/// The last step where the length is no power of four.
fn by_two(from: &[Complex], to: &mut [Complex]) {
    let (a, b) = from.split_at(from.len() / 2);
    let (to_a, to_b) = to.split_at_mut(from.len() / 2);
    for ((a, b), (to_a, to_b)) in a.iter().zip(b).zip(to_a.iter_mut().zip(to_b)) {
        (*to_a, *to_b) = (a.plus(*b), a.minus(*b));
    }
}

/// The first half of the `length`-th roots of unity, clockwise; kept for good, since they cost more than the transform. All lengths
/// together take 4 MB.
fn roots(length: usize) -> &'static [Complex] {
    const SIZES: usize = LONGEST.trailing_zeros() as usize + 2;
    static ROOTS: [OnceLock<Vec<Complex>>; SIZES] = [const { OnceLock::new() }; SIZES];
    let make = || (0..length.div_ceil(2)).map(|at| Complex::unit(-TAU * at as f64 / length as f64)).collect();
    ROOTS.get(length.trailing_zeros() as usize).map_or(&[], |kept| kept.get_or_init(make))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn series(length: usize) -> Vec<f64> {
        (0..length).map(|at| ((at * at * 7_919) % 13) as f64 - 6.0).collect()
    }

    /// By the definition.
    fn slow(series: &[f64]) -> Vec<f64> {
        let length = series.len();
        let at = |frequency: usize| {
            let terms = series.iter().enumerate().map(|(at, value)| {
                let turn = Complex::unit(-TAU * ((at * frequency) % length) as f64 / length as f64);
                Complex { re: turn.re * value, im: turn.im * value }
            });
            terms.fold(Complex::default(), Complex::plus).power()
        };
        (0..=length / 2).map(at).collect()
    }

    #[test]
    fn as_by_the_definition() {
        for length in (1..=40).chain([64, 97, 128, 256, 360, 509, 512, 1_000, 1_024]) {
            let series = series(length);
            let (found, expected) = (power(&series), slow(&series));
            assert_eq!(found.len(), expected.len(), "{length}");
            let greatest = expected.iter().copied().fold(1.0, f64::max);
            let off = found.iter().zip(&expected).map(|(a, b)| (a - b).abs() / greatest).fold(0.0, f64::max);
            assert!(off < 1e-12, "{length}: {off}");
        }
    }

    /// Parseval: the sum over all frequencies is the sum of the squares.
    #[test]
    fn long_series() {
        for length in [86_399, 86_400, LONGEST - 1, LONGEST] {
            let series = series(length);
            let found = power(&series);
            let ends = found[0] + if length % 2 == 0 { found[length / 2] } else { 0.0 };
            let sum = (2.0 * found.iter().sum::<f64>() - ends) / length as f64;
            let squares: f64 = series.iter().map(|value| value * value).sum();
            assert!((sum / squares - 1.0).abs() < 1e-10, "{length}: {sum} {squares}");
        }
        assert!(power(&[]).is_empty() && power(&vec![0.0; LONGEST + 1]).is_empty());
    }
}
