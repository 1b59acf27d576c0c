//! Bisquare weights: how little a point far from the fit may say.

/// Weights by residual.
#[derive(Debug)]
pub(super) struct Bisquare<'p> {
    present: Option<&'p [bool]>,
    weights: Vec<f64>,
    scratch: Vec<f64>,
}

impl<'p> Bisquare<'p> {
    /// Full weights for all points, or for those that are present.
    pub(super) fn new(len: usize, present: Option<&'p [bool]>) -> Self {
        let weights = match present {
            Some(present) => present.iter().map(|present| f64::from(u8::from(*present))).collect(),
            None => vec![1.0; len],
        };
        Self { present, weights, scratch: Vec::with_capacity(len) }
    }

    /// The weights.
    pub(super) fn weights(&self) -> &[f64] {
        &self.weights
    }

    /// Weighs by these residuals: nothing from six median absolute residuals on.
    pub(super) fn update(&mut self, residuals: impl Iterator<Item = f64>) {
        self.weights.iter_mut().zip(residuals).for_each(|(weight, residual)| *weight = residual.abs());
        self.scratch.clear();
        match self.present {
            None => self.scratch.extend_from_slice(&self.weights),
            Some(present) => self.scratch.extend(self.weights.iter().zip(present).filter(|(_, present)| **present).map(|(size, _)| size)),
        }
        let most = 6.0 * median(&mut self.scratch);
        for weight in &mut self.weights {
            let size = *weight;
            *weight = if most == 0.0 || size <= 0.001 * most {
                1.0
            } else if size <= 0.999 * most {
                let left = 1.0 - (size / most) * (size / most);
                left * left
            } else {
                0.0
            };
        }
        if let Some(present) = self.present {
            self.weights.iter_mut().zip(present).filter(|(_, present)| !**present).for_each(|(weight, _)| *weight = 0.0);
        }
    }
}

/// The median; the values are left in another order. 0 where there is none.
pub(super) fn median(values: &mut [f64]) -> f64 {
    let half = values.len() / 2;
    if half >= values.len() {
        return 0.0;
    }
    let odd = values.len() % 2 == 1;
    let (below, upper, _) = values.select_nth_unstable_by(half, f64::total_cmp);
    if odd { *upper } else { (*upper + below.iter().copied().fold(f64::NEG_INFINITY, f64::max)) / 2.0 }
}
