//! Distances. Trees compare reduced distances (squares, for the Euclidean), which cost no square root.

/// What a distance sums up over the features.
pub(crate) trait Norm {
    /// `sum` with the difference of one more feature. Rounding never turns a larger difference into a smaller sum, so bounds that
    /// are summed the same way are exact.
    fn add(sum: f64, difference: f64) -> f64;
}

/// Reduced distance: the sum of squares.
pub(crate) struct Euclidean;

/// Reduced distance: the distance.
pub(crate) struct Manhattan;

impl Norm for Euclidean {
    #[inline(always)]
    fn add(sum: f64, difference: f64) -> f64 {
        sum + difference * difference
    }
}

impl Norm for Manhattan {
    #[inline(always)]
    fn add(sum: f64, difference: f64) -> f64 {
        sum + difference.abs()
    }
}

/// The option `metric`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Metric {
    #[default]
    Euclidean,
    Manhattan,
    /// 1 - cos of the angle: half the squared Euclidean distance of the unit vectors.
    Cosine,
}

impl Metric {
    pub(crate) const CHOICES: &'static [&'static str] = &["euclidean", "manhattan", "cosine"];

    /// By its name in [`Metric::CHOICES`].
    pub(crate) fn named(name: &str) -> Self {
        match name {
            "manhattan" => Self::Manhattan,
            "cosine" => Self::Cosine,
            _ => Self::Euclidean,
        }
    }

    /// The reduced distance of `distance`.
    pub(crate) fn reduced(self, distance: f64) -> f64 {
        match self {
            Self::Euclidean => distance * distance,
            Self::Manhattan => distance,
            Self::Cosine => 2.0 * distance,
        }
    }

    /// The distance of a reduced one.
    pub(crate) fn distance(self, reduced: f64) -> f64 {
        match self {
            Self::Euclidean => reduced.sqrt(),
            Self::Manhattan => reduced,
            Self::Cosine => reduced / 2.0,
        }
    }
}
