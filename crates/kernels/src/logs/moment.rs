//! Dates and times as logs write them.

/// Microseconds of a second.
pub(crate) const SECOND: i64 = 1_000_000;
const DAY_SECONDS: i64 = 86_400;

/// A time of day on a date, without a zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Moment {
    pub(crate) month: u8,
    pub(crate) day: u8,
    /// Microseconds since midnight.
    pub(crate) micros: i64,
}

impl Moment {
    /// Microseconds since 1970 of this moment in `year`, `offset` seconds east of UTC; `None` where the year has no such day.
    pub(crate) fn in_year(self, year: i64, offset: i64) -> Option<i64> {
        (1..=days_in_month(year, self.month)).contains(&self.day).then_some(())?;
        let days = days_since_1970(year, self.month, self.day);
        Some((days * DAY_SECONDS - offset) * SECOND + self.micros)
    }
}

fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

fn days_in_month(year: i64, month: u8) -> u8 {
    match month {
        2 => 28 + u8::from(is_leap(year)),
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => 0,
    }
}

/// Days from 1970-01-01 in the Gregorian calendar. Years begin in March here, so that the leap day is the last.
fn days_since_1970(year: i64, month: u8, day: u8) -> i64 {
    let month = i64::from(month);
    let year = if month <= 2 { year - 1 } else { year };
    let month = if month <= 2 { month + 9 } else { month - 3 };
    let leap_days = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    // 153 days in five months from March on; 719,468 days from 0000-03-01 to 1970-01-01.
    365 * year + leap_days + (153 * month + 2) / 5 + i64::from(day) - 1 - 719_468
}

/// Takes `count` decimal digits off the front.
pub(crate) fn digits(bytes: &[u8], count: usize) -> Option<(i64, &[u8])> {
    let (head, rest) = bytes.split_at_checked(count)?;
    let mut value = 0;
    for byte in head {
        value = value * 10 + i64::from(byte.is_ascii_digit().then(|| byte - b'0')?);
    }
    Some((value, rest))
}

/// Takes `hh:mm:ss` and an optional fraction off the front, as microseconds since midnight. A leap second is the first second of the next minute.
pub(crate) fn time_of_day(bytes: &[u8]) -> Option<(i64, &[u8])> {
    let (hour, rest) = digits(bytes, 2)?;
    let (minute, rest) = digits(rest.strip_prefix(b":")?, 2)?;
    let (second, rest) = digits(rest.strip_prefix(b":")?, 2)?;
    (hour < 24 && minute < 60 && second < 61).then_some(())?;
    let (fraction, rest) = fraction(rest);
    Some((((hour * 60 + minute) * 60 + second) * SECOND + fraction, rest))
}

/// `.123456789` in microseconds; 0 where there is none.
fn fraction(bytes: &[u8]) -> (i64, &[u8]) {
    let Some(after) = bytes.strip_prefix(b".") else { return (0, bytes) };
    let count = after.iter().take_while(|byte| byte.is_ascii_digit()).count();
    if count == 0 {
        return (0, bytes);
    }
    let (shown, rest) = after.split_at(count);
    let micros = shown.iter().chain(b"000000").take(6).fold(0, |value, digit| value * 10 + i64::from(digit - b'0'));
    (micros, rest)
}

/// `Z`, `+02:00`, `-0530` or `+02` in seconds east of UTC.
pub(crate) fn utc_offset(bytes: &[u8]) -> Option<(i64, &[u8])> {
    let (sign, rest) = match bytes.split_first()? {
        (b'Z' | b'z', rest) => return Some((0, rest)),
        (b'+', rest) => (1, rest),
        (b'-', rest) => (-1, rest),
        _ => return None,
    };
    let (hours, rest) = digits(rest, 2)?;
    let (minutes, rest) = digits(rest.strip_prefix(b":").unwrap_or(rest), 2).unwrap_or((0, rest));
    (hours < 24 && minutes < 60).then_some((sign * (hours * 60 + minutes) * 60, rest))
}

/// Takes a date of ISO 8601 (`2024-05-06`, then `T`, a time of day and an optional zone) off the front, in microseconds since 1970.
/// Without a zone it is `offset` seconds east of UTC.
pub(crate) fn iso_time(bytes: &[u8], offset: i64) -> Option<(i64, &[u8])> {
    let (year, month, day, rest) = iso_date(bytes)?;
    let (micros, rest) = time_of_day(rest.strip_prefix(b"T")?)?;
    let (offset, rest) = utc_offset(rest).unwrap_or((offset, rest));
    Some((Moment { month, day, micros }.in_year(year, offset)?, rest))
}

/// Takes `2024-05-06` off the front.
pub(crate) fn iso_date(bytes: &[u8]) -> Option<(i64, u8, u8, &[u8])> {
    let (year, rest) = digits(bytes, 4)?;
    let (month, rest) = digits(rest.strip_prefix(b"-")?, 2)?;
    let (day, rest) = digits(rest.strip_prefix(b"-")?, 2)?;
    Some((year, u8::try_from(month).ok()?, u8::try_from(day).ok()?, rest))
}

/// January is 1; in English, as RFC 3164 has it.
pub(crate) fn month(name: &[u8]) -> Option<u8> {
    let names: [&[u8; 3]; 12] = [b"Jan", b"Feb", b"Mar", b"Apr", b"May", b"Jun", b"Jul", b"Aug", b"Sep", b"Oct", b"Nov", b"Dec"];
    names.into_iter().zip(1..).find(|(known, _)| name == known.as_slice()).map(|(_, number)| number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days() {
        for ((year, month, day), expected) in [
            ((1970, 1, 1), 0),
            ((2000, 2, 29), 11_016),
            ((2000, 3, 1), 11_017),
            ((1969, 12, 31), -1),
            ((2024, 12, 31), 20_088),
            ((0, 3, 1), -719_468),
        ] {
            assert_eq!(days_since_1970(year, month, day), expected, "{year}-{month}-{day}");
        }
        let mut expected = days_since_1970(1600, 1, 1);
        for year in 1600..2400 {
            for month in 1..=12 {
                for day in 1..=days_in_month(year, month) {
                    assert_eq!(days_since_1970(year, month, day), expected);
                    expected += 1;
                }
            }
        }
    }

    #[test]
    fn iso() {
        for (text, expected) in [
            ("1970-01-01T00:00:01Z", Some(1_000_000)),
            ("1970-01-01T00:00:01.5Z", Some(1_500_000)),
            ("1970-01-01T00:00:00.123456789Z", Some(123_456)),
            ("1970-01-01T02:00:00+02:00", Some(0)),
            ("1969-12-31T19:00:00-0500", Some(0)),
            ("1970-01-01T00:00:00", Some(-3_600_000_000)),
            ("1972-06-30T23:59:60Z", Some(78_796_800_000_000)),
            ("2023-02-29T00:00:00Z", None),
            ("2023-13-01T00:00:00Z", None),
            ("2023-00-01T00:00:00Z", None),
            ("2023-01-01T24:00:00Z", None),
            ("2023-01-01 00:00:00Z", None),
            ("2023-01-01T0", None),
            ("", None),
        ] {
            assert_eq!(iso_time(text.as_bytes(), 3600).map(|(time, _)| time), expected, "{text}");
        }
    }
}
