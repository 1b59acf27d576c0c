//! Medians and quantiles. Their values do not depend on the order of the input.

/// The value `share` (0..1) of the way through `values`, between two of them by linear interpolation, as numpy's default does.
/// Reorders `values`, which hold no NaN.
pub(crate) fn quantile(values: &mut [f64], share: f64) -> Option<f64> {
    let last = values.len().checked_sub(1)?;
    let place = share.clamp(0.0, 1.0) * last as f64;
    let below = (place.floor() as usize).min(last);
    let (_, low, above) = values.select_nth_unstable_by(below, f64::total_cmp);
    let low = *low;
    let high = above.iter().copied().min_by(f64::total_cmp).unwrap_or(low);
    Some(between(low, high, place - below as f64))
}

/// The middle value, or the middle of the two. Reorders `values`, which hold no NaN.
pub(crate) fn median(values: &mut [f64]) -> Option<f64> {
    quantile(values, 0.5)
}

/// `share` of the way from `low` to `high`, without overflow on the way.
fn between(low: f64, high: f64, share: f64) -> f64 {
    if low == high { low } else { low * (1.0 - share) + high * share }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cases() {
        for (values, share, expected) in [
            (&[][..], 0.5, None),
            (&[3.0], 0.9, Some(3.0)),
            (&[4.0, 1.0], 0.5, Some(2.5)),
            (&[4.0, 1.0, 2.0], 0.5, Some(2.0)),
            (&[4.0, 1.0, 3.0, 2.0], 0.25, Some(1.75)),
            (&[4.0, 1.0, 3.0, 2.0], 0.0, Some(1.0)),
            (&[4.0, 1.0, 3.0, 2.0], 1.0, Some(4.0)),
            (&[f64::MAX, -f64::MAX], 0.5, Some(0.0)),
            (&[f64::MAX, f64::MAX], 0.5, Some(f64::MAX)),
        ] {
            assert_eq!(quantile(&mut values.to_vec(), share), expected, "{values:?} {share}");
        }
    }
}
