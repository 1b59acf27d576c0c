//! Times as JSON logs write them: ISO 8601 more or less, seconds since 1970 in one of four units, .NET's `/Date(..)/`.

use super::moment::{Moment, SECOND, digits, iso_date, time_of_day, utc_offset};
use std::borrow::Cow;

/// The time that all of `text` says, in microseconds since 1970; UTC where it names no zone. `None` where it says none.
pub fn parse_time(text: &str) -> Option<i64> {
    any_time(text).map(|time| time.micros)
}

/// A time and whether its zone is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct AnyTime {
    /// Microseconds since 1970, in UTC where no zone is named.
    pub(crate) micros: i64,
    pub(crate) zoned: bool,
}

/// Reads all of `text`.
pub(crate) fn any_time(text: &str) -> Option<AnyTime> {
    let text = text.trim();
    let known = |micros| AnyTime { micros, zoned: true };
    if text.as_bytes().get(4) == Some(&b'-') {
        return iso(text);
    }
    if let Some(date) = text.strip_prefix("/Date(").and_then(|rest| rest.strip_suffix(")/")) {
        // `+0200` after the number says where the clock stood; the number is in UTC all the same.
        let sign = date.bytes().skip(1).position(|byte| matches!(byte, b'+' | b'-'));
        let millis: i64 = sign.map_or(Some(date), |at| date.get(..at + 1))?.parse().ok()?;
        return millis.checked_mul(1000).map(known);
    }
    epoch(text).map(known)
}

/// Longest text that is looked at: nothing longer is a time, and a text may be a megabyte.
const LONGEST: usize = 64;

/// `2024-05-06`; perhaps `T` or a blank and a time of day, with or without seconds and with a point or a comma before their fraction; and perhaps a zone, after another blank or none.
pub(crate) fn iso(text: &str) -> Option<AnyTime> {
    if text.len() > LONGEST {
        return None;
    }
    let text: Cow<'_, str> = if text.contains(',') { text.replace(',', ".").into() } else { text.into() };
    let (year, month, day, rest) = iso_date(text.as_bytes())?;
    let (micros, rest) = match rest {
        [] => (0, rest),
        [b'T' | b't' | b' ', clock @ ..] => time_of_day(clock).or_else(|| hours_and_minutes(clock))?,
        _ => return None,
    };
    let zone = rest.strip_prefix(b" ").unwrap_or(rest);
    let (offset, zoned) = match zone {
        b"" => (0, false),
        b"UTC" | b"GMT" => (0, true),
        zone => match utc_offset(zone)? {
            (offset, b"") => (offset, true),
            _ => return None,
        },
    };
    Some(AnyTime { micros: Moment { month, day, micros }.in_year(year, offset)?, zoned })
}

fn hours_and_minutes(bytes: &[u8]) -> Option<(i64, &[u8])> {
    let (hour, rest) = digits(bytes, 2)?;
    let (minute, rest) = digits(rest.strip_prefix(b":")?, 2)?;
    (hour < 24 && minute < 60 && !rest.starts_with(b":")).then_some(((hour * 60 + minute) * 60 * SECOND, rest))
}

/// Seconds, milliseconds, microseconds or nanoseconds since 1970, or Windows' 100 nanoseconds since 1601: the size tells them apart for any year from 1973 to 2100
/// or so.
pub(crate) fn epoch(text: &str) -> Option<i64> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let Some((number, fraction)) = whole.parse::<i64>().ok().zip(fraction_micros(fraction)) else {
        // `1.5882E9`
        let seconds = text.parse::<f64>().ok().filter(|seconds| seconds.abs() < 1e11)?;
        return Some((seconds * 1e6).round() as i64);
    };
    let negative = whole.starts_with('-');
    match number.unsigned_abs() {
        0..100_000_000_000 => number.checked_mul(SECOND)?.checked_add(if negative { -fraction } else { fraction }),
        100_000_000_000..100_000_000_000_000 => number.checked_mul(1000)?.checked_add(if negative { -fraction } else { fraction } / 1000),
        100_000_000_000_000..100_000_000_000_000_000 => Some(number),
        100_000_000_000_000_000..200_000_000_000_000_000 => Some(filetime(number)),
        _ => Some(number / 1000),
    }
}

/// Windows' FILETIME in microseconds since 1970.
fn filetime(ticks: i64) -> i64 {
    ticks / 10 - 11_644_473_600 * SECOND
}

/// The digits after the point in millionths, cut after the sixth.
fn fraction_micros(digits: &str) -> Option<i64> {
    digits.bytes().all(|byte| byte.is_ascii_digit()).then_some(())?;
    Some(digits.bytes().chain(*b"000000").take(6).fold(0, |value, digit| value * 10 + i64::from(digit - b'0')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms() {
        let utc = |micros| Some((micros, true));
        for (text, expected) in [
            ("2023-08-15T09:53:59.757Z", utc(1_692_093_239_757_000)),
            ("2020-09-20 12:16:06", Some((1_600_604_166_000_000, false))),
            ("2021-01-01 09:00:00.123 +09:00", utc(1_609_459_200_123_000)),
            ("2021-01-01 00:00:00 UTC", utc(1_609_459_200_000_000)),
            ("2021-01-01T00:00:00.1234567-05:00", utc(1_609_477_200_123_456)),
            ("/Date(1599050712345)/", utc(1_599_050_712_345_000)),
            ("/Date(-1000+0200)/", utc(-1_000_000)),
            ("1588205199.82437", utc(1_588_205_199_824_370)),
            ("1588205199", utc(1_588_205_199_000_000)),
            ("1588205199824", utc(1_588_205_199_824_000)),
            ("1588205199824370", utc(1_588_205_199_824_370)),
            ("1588205199824370123", utc(1_588_205_199_824_370)),
            ("132326787998243700", utc(1_588_205_199_824_370)),
            ("-0.5", utc(-500_000)),
            ("1.5882E9", utc(1_588_200_000_000_000)),
            ("9223372036854775807", utc(9_223_372_036_854_775)),
            ("2021-01-01", Some((1_609_459_200_000_000, false))),
            ("2021-01-01 12:30", Some((1_609_504_200_000_000, false))),
            ("2021-01-01T00:00:00 local", None),
            ("2021-02-30 00:00:00", None),
            ("/Date()/", None),
            ("/Date(9223372036854775807)/", None),
            ("1e99", None),
            ("NaN", None),
            ("1.2.3", None),
            ("\u{e9}\u{e9}-", None),
            ("", None),
        ] {
            assert_eq!(any_time(text).map(|time| (time.micros, time.zoned)), expected, "{text}");
        }
    }
}
