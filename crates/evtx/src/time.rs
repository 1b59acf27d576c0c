//! Times of Windows.

use crate::bytes::{u16_at, u64_at};

/// Microseconds from 1601 to 1970.
const EPOCH: i64 = 11_644_473_600_000_000;
const TICKS_PER_DAY: u64 = 864_000_000_000;

/// Microseconds since 1970 of a FILETIME, which counts 100 ns since 1601.
pub(crate) fn filetime_micros(ticks: u64) -> Option<i64> {
    i64::try_from(ticks / 10).ok()?.checked_sub(EPOCH)
}

/// Date and time of day.
#[derive(Clone, Copy, Default)]
struct Moment {
    year: u64,
    month: u64,
    day: u64,
    hour: u64,
    minute: u64,
    second: u64,
    ticks: u64,
}

impl Moment {
    /// Of a FILETIME. Windows prints zeros for one past the signed range.
    fn of_filetime(ticks: u64) -> Self {
        if i64::try_from(ticks).is_err() {
            return Moment::default();
        }
        // Days as years that begin in March, so that the leap day is the last (Howard Hinnant, "chrono-compatible date algorithms").
        let day = ticks / TICKS_PER_DAY + 584_694;
        let (era, of_era) = (day / 146_097, day % 146_097);
        let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year + year / 4 - year / 100);
        let march = (5 * of_year + 2) / 153;
        let month = if march < 10 { march + 3 } else { march - 9 };
        let rest = ticks % TICKS_PER_DAY;
        let seconds = rest / 10_000_000;
        Moment {
            year: era * 400 + year + u64::from(month <= 2),
            month,
            day: of_year - (153 * march + 2) / 5 + 1,
            hour: seconds / 3_600,
            minute: seconds / 60 % 60,
            second: seconds % 60,
            ticks: rest % 10_000_000,
        }
    }

    /// Of a SYSTEMTIME; nothing where Windows sees no time in it.
    fn of_systemtime(bytes: &[u8]) -> Option<Self> {
        let field = |at: usize| u16_at(bytes, 2 * at).map(u64::from);
        let moment = Moment {
            year: field(0)?,
            month: field(1)?,
            day: field(3)?,
            hour: field(4)?,
            minute: field(5)?,
            second: field(6)?,
            ticks: field(7)? * 10_000,
        };
        moment.is_valid().then_some(moment)
    }

    fn is_valid(&self) -> bool {
        let leap = self.year.is_multiple_of(4) && (!self.year.is_multiple_of(100) || self.year.is_multiple_of(400));
        let days = match self.month {
            2 => 28 + u64::from(leap),
            4 | 6 | 9 | 11 => 30,
            _ => 31,
        };
        (1601..=30_827).contains(&self.year)
            && (1..=12).contains(&self.month)
            && (1..=days).contains(&self.day)
            && self.hour < 24
            && self.minute < 60
            && self.second < 60
            && self.ticks < 10_000_000
    }

    /// Microseconds since 1970 of a valid moment.
    fn micros(&self) -> Option<i64> {
        let (year, month) = if self.month > 2 { (self.year, self.month - 3) } else { (self.year - 1, self.month + 9) };
        let (era, of_era) = (year / 400, year % 400);
        let day = era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + (153 * month + 2) / 5 + self.day - 1;
        let seconds = (day.checked_sub(584_694)? * 24 + self.hour) * 3_600 + self.minute * 60 + self.second;
        filetime_micros(seconds.checked_mul(10_000_000)?.checked_add(self.ticks)?)
    }

    /// As Windows prints it: `2026-01-31T23:59:59.1234567Z`, the last four digits of the year.
    fn print(&self, out: &mut Vec<u8>) {
        let mut text = *b"0000-00-00T00:00:00.0000000Z";
        let fields = [
            (3, self.year % 10_000),
            (6, self.month),
            (9, self.day),
            (12, self.hour),
            (15, self.minute),
            (18, self.second),
            (26, self.ticks),
        ];
        for (last, mut value) in fields {
            let mut at = last;
            while value > 0 {
                if let Some(digit) = text.get_mut(at) {
                    *digit = b"0123456789".get(usize::try_from(value % 10).unwrap_or(0)).copied().unwrap_or(b'0');
                }
                value /= 10;
                at = at.wrapping_sub(1);
            }
        }
        out.extend_from_slice(&text);
    }
}

/// Prints a FILETIME.
pub(crate) fn print_filetime(ticks: u64, out: &mut Vec<u8>) {
    Moment::of_filetime(ticks).print(out);
}

/// Prints a SYSTEMTIME. One that is none is printed as the first day of 1601, as Windows does.
pub(crate) fn print_systemtime(bytes: &[u8], out: &mut Vec<u8>) {
    Moment::of_systemtime(bytes).unwrap_or(Moment { year: 1601, month: 1, day: 1, ..Moment::default() }).print(out);
}

/// Microseconds since 1970 of a value that holds a time.
pub(crate) fn time_micros(kind: u8, bytes: &[u8]) -> Option<i64> {
    match kind {
        crate::value::FILETIME => filetime_micros(u64_at(bytes, 0)?),
        crate::value::SYSTEMTIME => Moment::of_systemtime(bytes)?.micros(),
        // Forwarded events carry their time as text.
        crate::value::STRING => {
            let mut text = Vec::new();
            crate::text::push_utf16(bytes.get(..64).unwrap_or(bytes), &mut text);
            parse_time(std::str::from_utf8(&text).ok()?)
        }
        _ => None,
    }
}

/// Microseconds since 1970 of `2026-01-31T23:59:59.1234567Z`.
pub(crate) fn parse_time(text: &str) -> Option<i64> {
    let text = text.trim().strip_suffix('Z')?;
    let (date, clock) = text.split_once('T')?;
    let mut date = date.splitn(3, '-').map(number);
    let mut clock = clock.splitn(3, ':');
    let (hour, minute, second) = (number(clock.next()?)?, number(clock.next()?)?, clock.next()?);
    let (second, fraction) = second.split_once('.').unwrap_or((second, ""));
    let mut ticks = 0;
    let mut unit = 1_000_000;
    for digit in fraction.chars() {
        ticks += u64::from(digit.to_digit(10)?) * unit;
        unit /= 10;
    }
    let moment = Moment { year: date.next()??, month: date.next()??, day: date.next()??, hour, minute, second: number(second)?, ticks };
    if moment.is_valid() { moment.micros() } else { None }
}

fn number(digits: &str) -> Option<u64> {
    if digits.len() <= 5 && digits.bytes().all(|byte| byte.is_ascii_digit()) { digits.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filetimes() {
        let cases: &[(u64, &str, i64)] = &[
            (0, "1601-01-01T00:00:00.0000000Z", -EPOCH),
            (116_444_736_000_000_000, "1970-01-01T00:00:00.0000000Z", 0),
            (125_963_423_999_999_999, "2000-02-29T23:59:59.9999999Z", 951_868_799_999_999),
            (132_539_328_001_234_567, "2021-01-01T00:00:00.1234567Z", 1_609_459_200_123_456),
            (2_650_467_743_999_999_999, "9999-12-31T23:59:59.9999999Z", 253_402_300_799_999_999),
        ];
        for (ticks, text, micros) in cases {
            let mut out = Vec::new();
            print_filetime(*ticks, &mut out);
            assert_eq!(String::from_utf8(out).unwrap(), *text);
            assert_eq!(filetime_micros(*ticks), Some(*micros), "{text}");
            assert_eq!(parse_time(text), Some(*micros), "{text}");
        }
        let mut out = Vec::new();
        print_filetime(u64::MAX, &mut out);
        assert_eq!(String::from_utf8(out).unwrap(), "0000-00-00T00:00:00.0000000Z");
        for bad in ["", "Z", "2021-02-29T00:00:00Z", "2021-01-01", "2021-01-01T24:00:00Z", "2021-01-01T00:00:00.xZ", "-1-1-1T0:0:0Z"] {
            assert_eq!(parse_time(bad), None, "{bad}");
        }
    }

    #[test]
    fn systemtimes() {
        let of = |fields: [u16; 8]| fields.iter().flat_map(|field| field.to_le_bytes()).collect::<Vec<_>>();
        let cases = [
            ([2019, 3, 5, 1, 12, 34, 56, 789], "2019-03-01T12:34:56.7890000Z", Some(1_551_443_696_789_000)),
            ([2019, 2, 0, 29, 0, 0, 0, 0], "1601-01-01T00:00:00.0000000Z", None),
            ([0; 8], "1601-01-01T00:00:00.0000000Z", None),
        ];
        for (fields, text, micros) in cases {
            let mut out = Vec::new();
            print_systemtime(&of(fields), &mut out);
            assert_eq!(String::from_utf8(out).unwrap(), text);
            assert_eq!(time_micros(crate::value::SYSTEMTIME, &of(fields)), micros);
        }
    }
}
