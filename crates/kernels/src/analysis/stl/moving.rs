//! Moving averages that forget: each window is summed from its own points, so that a huge value leaves no rounding error behind it, as
//! it does in a running sum.

/// Means of all windows of `width` points of `x`, of which there are `out.len() = x.len() - width + 1`.
///
/// Two sums a point: a window is the end of one block of `width` points and the beginning of the next.
pub(super) fn moving_average(x: &[f64], width: usize, tails: &mut Vec<f64>, out: &mut [f64]) {
    let scale = 1.0 / width as f64;
    tails.resize(width, 0.0);
    for ((block, next), means) in x.chunks(width).zip(x.chunks(width).skip(1).chain([&[][..]])).zip(out.chunks_mut(width)) {
        let mut sum = 0.0;
        for (tail, x) in tails.iter_mut().zip(block).rev() {
            sum += x;
            *tail = sum;
        }
        let mut head = 0.0;
        let heads = std::iter::once(&0.0).chain(next);
        for ((mean, tail), x) in means.iter_mut().zip(&*tails).zip(heads) {
            head += x;
            *mean = (tail + head) * scale;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equals_the_definition_and_forgets() {
        let mut x: Vec<f64> = (0..50).map(|i| f64::from((i * 37) % 11)).collect();
        x[20] = 1e18;
        for width in [1, 2, 3, 7, 24, 49, 50] {
            let mut out = vec![0.0; x.len() - width + 1];
            moving_average(&x, width, &mut Vec::new(), &mut out);
            for (at, mean) in out.iter().enumerate() {
                let window = &x[at..at + width];
                let expected = window.iter().sum::<f64>() / width as f64;
                assert!((mean - expected).abs() <= 1e-14 * expected.abs(), "width {width} at {at}: {mean} {expected}");
            }
        }
    }
}
