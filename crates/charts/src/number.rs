//! Numbers as people read them.

/// At most four significant digits, with k, M, G, T where they are large: `1.2k`, `3.4M`.
#[must_use]
pub fn short(value: f64) -> String {
    if !value.is_finite() {
        return if value.is_nan() {
            "–".to_owned()
        } else if value > 0.0 {
            "∞".to_owned()
        } else {
            "-∞".to_owned()
        };
    }
    let size = value.abs();
    if size >= 999_950_000_000_000.0 || (size < 0.0001 && size > 0.0) {
        return format!("{value:.1e}");
    }
    for (unit, name) in [(1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k")] {
        // What rounds to the next unit is shown in it.
        if size >= unit * if unit > 1e3 { 0.999_5 } else { 0.999_95 } {
            return format!("{}{name}", digits(value / unit, 3));
        }
    }
    digits(value, 4)
}

/// Whole numbers with separated thousands: `1,234,567`.
#[must_use]
pub fn whole(value: u64) -> String {
    let digits = value.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A count: in full where that is short.
#[must_use]
pub fn count(value: u64) -> String {
    if value < 10_000 { whole(value) } else { short(value as f64) }
}

/// `1 row`, `2 rows`.
#[must_use]
pub fn counted(value: u64, one: &str, many: &str) -> String {
    format!("{} {}", whole(value), if value == 1 { one } else { many })
}

/// Microseconds as a length of time: `1.5 s`, `2 h 5 min`.
#[must_use]
pub fn duration(micros: i128) -> String {
    let size = micros.unsigned_abs();
    let sign = if micros < 0 { "-" } else { "" };
    let pair = |large: u128, large_name: &str, small: u128, small_name: &str| {
        let (whole, rest) = (size / large, size % large / small);
        if rest == 0 { format!("{sign}{whole} {large_name}") } else { format!("{sign}{whole} {large_name} {rest} {small_name}") }
    };
    match size {
        0..1_000 => format!("{micros} µs"),
        1_000..1_000_000 => format!("{} ms", digits(micros as f64 / 1e3, 3)),
        1_000_000..60_000_000 => format!("{} s", digits(micros as f64 / 1e6, 3)),
        60_000_000..3_600_000_000 => pair(60_000_000, "min", 1_000_000, "s"),
        3_600_000_000..86_400_000_000 => pair(3_600_000_000, "h", 60_000_000, "min"),
        86_400_000_000..31_557_600_000_000 => pair(86_400_000_000, "d", 3_600_000_000, "h"),
        _ => format!("{sign}{} years", digits(size as f64 / 31_557_600_000_000.0, 3)),
    }
}

/// So many significant digits, without zeros at the end.
fn digits(value: f64, significant: i32) -> String {
    if value == 0.0 {
        return "0".to_owned();
    }
    let before = value.abs().log10().floor() as i32 + 1;
    let places = usize::try_from(significant - before).unwrap_or(0).min(12);
    trim(&format!("{value:.places$}"))
}

fn trim(text: &str) -> String {
    let text = if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { text };
    if text == "-0" { "0".to_owned() } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers() {
        for (value, expected) in [
            (0.0, "0"),
            (-0.0, "0"),
            (1.0, "1"),
            (999.0, "999"),
            (999.96, "1k"),
            (1234.0, "1.23k"),
            (12_345.0, "12.3k"),
            (999_999.0, "1M"),
            (1_500_000.0, "1.5M"),
            (3.4e9, "3.4G"),
            (0.125, "0.125"),
            (-2500.0, "-2.5k"),
            (1e300, "1.0e300"),
            (0.000_01, "1.0e-5"),
            (f64::NAN, "–"),
            (f64::NEG_INFINITY, "-∞"),
        ] {
            assert_eq!(short(value), expected, "{value}");
        }
        assert_eq!(whole(1_234_567), "1,234,567");
        assert_eq!(whole(u64::MAX), "18,446,744,073,709,551,615");
        assert_eq!((count(9_999), count(10_000)), ("9,999".to_owned(), "10k".to_owned()));
    }

    #[test]
    fn durations() {
        for (micros, expected) in [
            (0, "0 µs"),
            (1_500, "1.5 ms"),
            (2_000_000, "2 s"),
            (90_000_000, "1 min 30 s"),
            (7_500_000_000, "2 h 5 min"),
            (90_000_000_000, "1 d 1 h"),
            (-2_000_000, "-2 s"),
            (i128::from(u64::MAX), "584542 years"),
        ] {
            assert_eq!(duration(micros), expected, "{micros}");
        }
    }
}
