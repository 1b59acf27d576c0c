//! Times as text.

use crate::rows::Texts;
use chrono::{DateTime, NaiveDateTime};

/// The time that each distinct text says, `i64::MIN` where it says none. `format` is `iso` or a pattern of strftime; without a zone it is UTC.
pub(crate) fn times_of(texts: &Texts, format: Option<&str>) -> Vec<i64> {
    let format = format.unwrap_or("iso");
    (0u32..).take(texts.distinct()).map(|id| parse_time(texts.text(id), format).unwrap_or(i64::MIN)).collect()
}

/// A time in ISO 8601 without a zone, with as many digits as it needs: `2024-05-06T07:08:09.25`; `None` where no calendar has it.
pub fn iso_text(micros: i64) -> Option<String> {
    DateTime::from_timestamp_micros(micros).map(|time| format!("{:?}", time.naive_utc()))
}

/// A time of the day, given in microseconds since midnight: `07:08:09.25`.
pub fn clock_text(micros: i64) -> String {
    let seconds = micros.div_euclid(1_000_000);
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    let fraction = match micros.rem_euclid(1_000_000) {
        0 => String::new(),
        rest if rest % 1000 == 0 => format!(".{:03}", rest / 1000),
        rest => format!(".{rest:06}"),
    };
    format!("{hours:02}:{minutes:02}:{seconds:02}{fraction}")
}

/// Microseconds since 1970; `None` where `text` is no time of `format`, which is `iso` or a pattern of strftime.
pub fn parse_time(text: &str, format: &str) -> Option<i64> {
    let text = text.trim();
    let with_zone = |format: &str| DateTime::parse_from_str(text, format).ok().map(|time| time.timestamp_micros());
    let plain = |format: &str| NaiveDateTime::parse_from_str(text, format).ok().map(|time| time.and_utc().timestamp_micros());
    if !format.eq_ignore_ascii_case("iso") {
        // A plain time would be read with the zone left out.
        return with_zone(format).or_else(|| plain(format));
    }
    let zoned = DateTime::parse_from_rfc3339(text).ok().map(|time| time.timestamp_micros());
    zoned.or_else(|| plain("%Y-%m-%dT%H:%M:%S%.f")).or_else(|| plain("%Y-%m-%d %H:%M:%S%.f"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_as_text() {
        assert_eq!(iso_text(1_557_126_489_250_000).as_deref(), Some("2019-05-06T07:08:09.250"));
        assert_eq!(iso_text(i64::MAX), None);
        assert_eq!(
            [clock_text(0), clock_text(25_689_250_000), clock_text(86_399_000_001)],
            ["00:00:00", "07:08:09.250", "23:59:59.000001"]
        );
    }

    #[test]
    fn times_in_some_spellings() {
        let second = Some(1_557_126_489_000_000);
        for (text, format, expected) in [
            ("2019-05-06T07:08:09Z", "iso", second),
            (" 2019-05-06 07:08:09 ", "ISO", second),
            ("2019-05-06T09:08:09+02:00", "iso", second),
            ("5/6/2019, 7:08:09.000 AM", "%m/%d/%Y, %I:%M:%S%.f %p", second),
            ("5/6/2019 7:08", "%m/%d/%Y %H:%M", Some(1_557_126_480_000_000)),
            ("06 May 2019 09:08:09 +0200", "%d %b %Y %H:%M:%S %z", second),
            ("yesterday", "iso", None),
            ("", "%m/%d", None),
        ] {
            assert_eq!(parse_time(text, format), expected, "{text}");
        }
    }
}
