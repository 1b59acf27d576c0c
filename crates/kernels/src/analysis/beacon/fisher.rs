//! Fisher's g-test: whether the highest peak of a periodogram is higher than chance makes it.

/// The chance that white noise gives one of `count` ordinates at least the share `share` of their sum.
///
/// Fisher (1929): the alternating sum over j = 1 ..= 1 / share of C(count, j) (1 - j share)^(count - 1), term by term in logarithms.
/// MSTICPy leaves out the last term and changes to an approximation above 700 ordinates; here the sum is taken for any number.
pub(crate) fn g_test(share: f64, count: usize) -> f64 {
    let n = count as f64;
    if count < 2 || share.is_nan() || share <= 1.0 / n {
        return 1.0;
    }
    // Expected number of ordinates above `share`. Where it is large the terms cancel each other to nothing that floats could hold;
    // at 16 the chance of none differs from 0 by 1e-7.
    let expected = (n.ln() + (n - 1.0) * (-share).ln_1p()).exp();
    if expected > 16.0 {
        return -(-expected).exp_m1();
    }
    let (mut sum, mut log_choices, mut j) = (0.0, 0.0, 0.0);
    while j < n {
        log_choices += ((n - j) / (j + 1.0)).ln();
        j += 1.0;
        let left = 1.0 - j * share;
        if left <= 0.0 {
            break;
        }
        let term = (log_choices + (n - 1.0) * left.ln()).exp();
        sum += if j % 2.0 == 1.0 { term } else { -term };
        // Past the greatest term, which comes at about `expected`, they only fall.
        if j > expected && term <= sum * f64::EPSILON {
            break;
        }
    }
    sum.clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The share and number of the ordinates of `psd`.
    fn test(psd: &[f64]) -> f64 {
        g_test(psd.iter().copied().fold(0.0, f64::max) / psd.iter().sum::<f64>(), psd.len())
    }

    /// From the tests of MSTICPy 3.0.2.
    #[test]
    fn as_msticpy() {
        let psd = [10.0, 60.0, 20.0, 30.0, 40.0, 10.0, 10.0, 10.0];
        assert!((test(&psd) - 0.535_791_6).abs() < 1e-7, "{}", test(&psd));
        assert!((test(&psd[..7]) - 0.585_733_9).abs() < 1e-7, "{}", test(&psd[..7]));
    }

    #[test]
    fn limits() {
        for (share, count, expected) in [(0.0, 0, 1.0), (1.0, 1, 1.0), (0.5, 2, 1.0), (0.1, 10, 1.0), (f64::NAN, 10, 1.0), (1.0, 10, 0.0)] {
            assert_eq!(g_test(share, count), expected, "{share} {count}");
        }
        // one term: 10 * 0.4^9
        assert!((g_test(0.6, 10) - 10.0 * 0.4f64.powi(9)).abs() < 1e-15);
        // far below what 1 - (1 - exp(-n g))^n can tell from 0
        assert!((g_test(0.01, 65_536).log10() - -281.24).abs() < 0.01, "{}", g_test(0.01, 65_536).log10());
    }

    /// Against the sum with 400 digits.
    #[test]
    fn exact() {
        for (share, count, expected) in EXACT {
            let got = g_test(share, count);
            assert!((got - expected).abs() <= 1e-9 * expected, "g {share} n {count}: {got} {expected}");
        }
    }

    const EXACT: [(f64, usize, f64); 16] = [
        (0.35, 5, 0.811_531_25),
        (0.2, 20, 0.276_683_876_918_886_35),
        (0.06, 20, 0.999_999_999_999_948_8),
        (0.16, 20, 0.608_047_012_658_247_1),
        (0.05, 50, 0.998_951_825_733_299_9),
        (0.03, 100, 0.999_216_951_773_931_8),
        (0.6, 100, 4.017_345_110_647_498e-38),
        (0.01, 700, 0.470_909_643_515_911_4),
        (0.0078, 1000, 0.333_361_838_504_155),
        (0.0047, 1800, 0.314_958_081_434_776_6),
        (0.003, 1800, 0.999_835_398_203_588_6),
        (0.00028, 43_200, 0.214_073_298_265_719_94),
        (0.00021, 43_200, 0.993_133_848_503_641_6),
        (0.0003, 65_536, 0.000_189_108_661_432_843_13),
        (0.01, 65_536, 5.874_323_791_361_409e-282),
        (0.0002, 65_536, 0.124_491_284_684_850_84),
    ];
}
