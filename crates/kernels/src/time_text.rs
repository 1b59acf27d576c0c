//! Times as text.

use crate::logs::any_time::iso;
use crate::rows::Texts;
use chrono::format::{Fixed, Item, StrftimeItems};
use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime};

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

/// A span of months, days and microseconds, of which none can be counted in another: `2 months 3 days 04:05:06`.
pub fn interval_text(months: i32, days: i32, micros: i64) -> String {
    let several = |count: i32, unit: &str| (count != 0).then(|| format!("{count} {unit}{}", if count == 1 { "" } else { "s" }));
    let clock = (micros != 0 || (months == 0 && days == 0)).then(|| {
        let sign = if micros < 0 { "-" } else { "" };
        let micros = i64::try_from(micros.unsigned_abs()).unwrap_or(i64::MAX);
        format!("{sign}{}", clock_text(micros))
    });
    [several(months, "month"), several(days, "day"), clock].into_iter().flatten().collect::<Vec<_>>().join(" ")
}

/// Microseconds since 1970; `None` where `text` is no time of `format`, which is `iso` or a pattern of strftime.
pub fn parse_time(text: &str, format: &str) -> Option<i64> {
    let text = text.trim();
    let with_zone = |format: &str| DateTime::parse_from_str(text, format).ok().map(|time| time.timestamp_micros());
    let plain = |format: &str| NaiveDateTime::parse_from_str(text, format).ok().map(|time| time.and_utc().timestamp_micros());
    if !format.eq_ignore_ascii_case("iso") {
        let date = |format: &str| {
            let date = NaiveDate::parse_from_str(text, format).ok()?;
            Some(date.and_time(NaiveTime::MIN).and_utc().timestamp_micros())
        };
        // A plain time would be read with the zone left out.
        return if has_zone(format) { with_zone(format) } else { plain(format).or_else(|| date(format)) };
    }
    iso(text).map(|time| time.micros)
}

/// Whether a pattern of strftime reads a zone: `%z`, `%:z`, `%#z`, `%+`.
fn has_zone(format: &str) -> bool {
    let mut rest = format;
    while let Some((_, after)) = rest.split_once('%') {
        if after.starts_with('+') || after.trim_start_matches([':', '#']).starts_with('z') {
            return true;
        }
        rest = after.strip_prefix('%').unwrap_or(after);
    }
    false
}

/// Refuses what is neither `iso` nor a pattern that can be read.
pub(crate) fn check_format(format: &str) -> Result<(), String> {
    if format.eq_ignore_ascii_case("iso") {
        return Ok(());
    }
    let items: Vec<Item<'_>> = StrftimeItems::new(format).collect();
    if items.iter().any(|item| matches!(item, Item::Error)) || !items.iter().any(|item| matches!(item, Item::Numeric(..) | Item::Fixed(_)))
    {
        return Err(format!(
            "must be 'iso' or a pattern of strftime such as '%d/%m/%Y %H:%M', got '{}'",
            format.chars().take(64).collect::<String>().escape_debug()
        ));
    }
    if items.iter().any(|item| matches!(item, Item::Fixed(Fixed::TimezoneName))) {
        return Err("cannot read names of zones (%Z), which are not clear: write them as they are, such as '%H:%M:%S CET', which reads the time as UTC, or use %z for +0200".to_owned());
    }
    Ok(())
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
    fn iso_in_many_spellings() {
        let second = Some(1_715_000_889_000_000);
        for text in [
            "2024-05-06T13:08:09Z",
            "2024-05-06 13:08:09",
            "2024-05-06T13:08:09",
            "2024-05-06T15:08:09+02:00",
            "2024-05-06 15:08:09.000+0200",
            "2024-05-06 13:08:09 UTC",
            "2024-05-06 13:08:09Z",
            "2024-05-06 11:08:09-02",
            " 2024-05-06T13:08:09,000 ",
        ] {
            assert_eq!(parse_time(text, "iso"), second, "{text}");
        }
        assert_eq!(
            [parse_time("2024-05-06", "iso"), parse_time("2024-05-06 13:08", "iso")],
            [Some(1_714_953_600_000_000), Some(1_715_000_880_000_000)]
        );
        for text in [
            "",
            "junk",
            "2024-13-06",
            "06/05/2024",
            "1715000889",
            "T",
            "ZUTC",
            "05-06-24",
            "1-2-3",
            "05-06-24 13:08",
            "2024-05-0613:08",
            "2024-05-06 13:08:",
            "2024-05-06T25:00:00Z",
            "2024-02-30",
            "2024-05-06 13:08:09 CET",
            "+2024-05-06",
            "２０２４-05-06",
        ] {
            assert_eq!(parse_time(text, "iso"), None, "{text}");
        }
        assert_eq!(parse_time(&"2024-05-06 ".repeat(100_000), "iso"), None);
    }

    #[test]
    fn intervals_as_text() {
        assert_eq!(interval_text(2, 1, 25_689_250_000), "2 months 1 day 07:08:09.250");
        assert_eq!(
            [interval_text(0, -3, 0), interval_text(0, 0, 0), interval_text(1, 0, -1)],
            ["-3 days", "00:00:00", "1 month -00:00:00.000001"]
        );
        assert!(interval_text(i32::MIN, i32::MIN, i64::MIN).ends_with("-2562047788:00:54.775807"));
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
            ("06/05/2019", "%d/%m/%Y", Some(1_557_100_800_000_000)),
            ("2019-05-06T09:08:09+02:00", "%+", second),
            ("2019-05-06 09:08:09 +02:00", "%F %T %:z", second),
            ("2019-05-06 07:08:09 %z", "%F %T %%z", second),
            ("1557126489", "%s", second),
            // No such offset; and one that is missing.
            ("2019-05-06 07:08:09 +2400", "%F %T %z", None),
            ("2019-05-06 07:08:09", "%F %T %z", None),
            ("yesterday", "iso", None),
            ("", "%m/%d", None),
        ] {
            assert_eq!(parse_time(text, format), expected, "{text}");
        }
    }

    #[test]
    fn patterns_that_cannot_be_read() {
        for format in ["iso", "ISO", "%d/%m/%Y", "%c", "%s", "%+", "%H:%M:%S%.3f %#z"] {
            assert_eq!(check_format(format), Ok(()), "{format}");
        }
        for format in ["%Q", "%", "", "yyyy-mm-dd", "%H:%M %Z"] {
            assert!(check_format(format).is_err(), "{format}");
        }
    }
}
