//! A Fourier transform of real values, as small as the detection of a period needs it.

use std::f64::consts::TAU;

/// A complex number.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Complex {
    pub(super) re: f64,
    pub(super) im: f64,
}

impl Complex {
    fn turn(part: f64) -> Self {
        Self { re: (TAU * part).cos(), im: -(TAU * part).sin() }
    }
    fn plus(self, other: Self) -> Self {
        Self { re: self.re + other.re, im: self.im + other.im }
    }
    fn minus(self, other: Self) -> Self {
        Self { re: self.re - other.re, im: self.im - other.im }
    }
    fn times(self, other: Self) -> Self {
        Self { re: self.re * other.re - self.im * other.im, im: self.re * other.im + self.im * other.re }
    }
    fn conjugate(self) -> Self {
        Self { re: self.re, im: -self.im }
    }
    /// Its absolute value, squared.
    pub(super) fn power(self) -> f64 {
        self.re * self.re + self.im * self.im
    }
}

/// The transform of `x`, whose length is a power of two from 4 on, at the frequencies from none to half the sampling rate.
///
/// Even and odd values are the two parts of complex ones, so that half the length is transformed.
pub(super) fn spectrum(x: &[f64]) -> Vec<Complex> {
    let half = x.len() / 2;
    let turns: Vec<Complex> = (0..half).map(|at| Complex::turn(at as f64 / x.len() as f64)).collect();
    let mut packed: Vec<Complex> = x.chunks_exact(2).map(|pair| Complex { re: pair[0], im: pair[1] }).collect();
    transform(&mut packed, &turns);
    let mut spectrum: Vec<Complex> = (0..half)
        .map(|at| {
            let (one, other) = (packed[at], packed[(half - at) % half].conjugate());
            let (even, odd) = (one.plus(other), one.minus(other).times(turns[at]));
            Complex { re: (even.re + odd.im) / 2.0, im: (even.im - odd.re) / 2.0 }
        })
        .collect();
    let (re, im) = (packed[0].re, packed[0].im);
    spectrum.push(Complex { re: re - im, im: 0.0 });
    spectrum
}

/// Transforms in place (radix 2); `turns` holds as many parts of half a turn as there are values.
fn transform(values: &mut [Complex], turns: &[Complex]) {
    let bits = values.len().trailing_zeros();
    for at in 1..values.len() {
        let other = at.reverse_bits() >> (usize::BITS - bits);
        if at < other {
            values.swap(at, other);
        }
    }
    let mut size = 2;
    while size <= values.len() {
        let every = 2 * values.len() / size;
        for block in values.chunks_exact_mut(size) {
            let (low, high) = block.split_at_mut(size / 2);
            for ((low, high), turn) in low.iter_mut().zip(high).zip(turns.iter().step_by(every)) {
                let turned = high.times(*turn);
                *high = low.minus(turned);
                *low = low.plus(turned);
            }
        }
        size *= 2;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equals_the_definition() {
        for len in [4usize, 8, 64] {
            let x: Vec<f64> = (0..len).map(|at| ((at * at * 7 + 3) % 23) as f64 - 9.0).collect();
            let found = spectrum(&x);
            assert_eq!(found.len(), len / 2 + 1);
            for (frequency, found) in found.iter().enumerate() {
                let mut expected = Complex { re: 0.0, im: 0.0 };
                for (at, x) in x.iter().enumerate() {
                    let turn = Complex::turn((frequency * at) as f64 / len as f64);
                    expected = expected.plus(Complex { re: x * turn.re, im: x * turn.im });
                }
                assert!(found.minus(expected).power() < 1e-20, "{len} {frequency}: {found:?} {expected:?}");
            }
        }
    }
}
