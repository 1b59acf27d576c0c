//! Syslog lines: RFC 5424, RFC 3164 as it is found in the field, and the ISO format of rsyslog.

mod bsd;
mod rfc5424;
mod tag;
#[cfg(test)]
mod tests;

use super::moment::{Moment, iso_date};
use crate::prelude::*;

/// How a line was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SyslogFormat {
    /// RFC 5424.
    Rfc5424,
    /// RFC 3164: `Oct 11 22:14:15 host app[1]: text`.
    Rfc3164,
    /// rsyslog's high-precision format: `2024-05-06T07:08:09.123456+02:00 host app[1]: text`.
    Iso,
    /// No syslog.
    #[default]
    Unknown,
}

impl SyslogFormat {
    /// Name in SQL.
    pub fn name(self) -> &'static str {
        match self {
            Self::Rfc5424 => "rfc5424",
            Self::Rfc3164 => "rfc3164",
            Self::Iso => "iso",
            Self::Unknown => "unknown",
        }
    }
}

/// Where the year of a time without one comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum YearFrom {
    /// Nowhere: there is no time.
    #[default]
    Nothing,
    /// It is given.
    Year(i64),
    /// It is the last that puts the time before this one, in microseconds since 1970.
    Before(i64),
}

/// How times without a year or zone are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Clock {
    /// The year.
    pub year: YearFrom,
    /// The zone, in seconds east of UTC.
    pub offset: i64,
}

/// Leap days are up to eight years apart.
const YEARS_BACK: i64 = 8;
const YEAR_MICROS: i64 = 31_556_952_000_000;

impl Clock {
    /// The time of `moment`, whose year is not known.
    fn time(&self, moment: Moment) -> Option<i64> {
        match self.year {
            YearFrom::Nothing => None,
            YearFrom::Year(year) => moment.in_year(year, self.offset),
            YearFrom::Before(last) => {
                let year = 1970 + last.div_euclid(YEAR_MICROS) + 1;
                (0..=YEARS_BACK + 1).filter_map(|back| moment.in_year(year - back, self.offset)).find(|time| *time <= last)
            }
        }
    }
}

/// A syslog line, taken apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Syslog<'a> {
    /// Microseconds since 1970.
    pub time: Option<i64>,
    /// Name or address.
    pub host: Option<&'a str>,
    /// Program.
    pub app: Option<&'a str>,
    /// Process.
    pub pid: Option<i64>,
    /// The text.
    pub message: Option<&'a str>,
    /// Facility * 8 + severity.
    pub priority: Option<u8>,
    /// Of RFC 5424.
    pub version: Option<i64>,
    /// Of RFC 5424.
    pub message_id: Option<&'a str>,
    /// How it was written.
    pub format: SyslogFormat,
}

/// Names as in RFC 5424, table 1, in the spelling of syslog.conf.
const FACILITIES: [&str; 24] = [
    "kern", "user", "mail", "daemon", "auth", "syslog", "lpr", "news", "uucp", "cron", "authpriv", "ftp", "ntp", "audit", "alert", "clock",
    "local0", "local1", "local2", "local3", "local4", "local5", "local6", "local7",
];
const SEVERITIES: [&str; 8] = ["emerg", "alert", "crit", "err", "warning", "notice", "info", "debug"];

impl Syslog<'_> {
    /// Name of the facility.
    pub fn facility(&self) -> Option<&'static str> {
        FACILITIES.get(usize::from(self.priority?) / 8).copied()
    }

    /// Name of the severity.
    pub fn severity(&self) -> Option<&'static str> {
        SEVERITIES.get(usize::from(self.priority?) % 8).copied()
    }
}

/// Takes a line apart. The parameters of RFC 5424 are appended to `data`.
pub fn parse_syslog<'a>(line: &'a str, clock: &Clock, data: &mut TextMap) -> Syslog<'a> {
    let whole = line.trim_end_matches(['\n', '\r', '\0']);
    let unframed = without_frame(whole.strip_prefix('\u{feff}').unwrap_or(whole));
    let (priority, rest) = priority(unframed).map_or((None, unframed), |(priority, rest)| (Some(priority), rest));
    let found = rfc5424::parse(rest, data).or_else(|| bsd::parse(rest, priority.is_some(), clock));
    Syslog { priority, ..found.unwrap_or(Syslog { message: Some(line), ..Syslog::default() }) }
}

/// RFC 6587, 3.4.1: a length before the priority, as files of raw TCP captures have it.
fn without_frame(line: &str) -> &str {
    let rest = line.trim_start_matches(|c: char| c.is_ascii_digit());
    match rest.strip_prefix(' ') {
        Some(framed) if rest.len() < line.len() && framed.starts_with('<') => framed,
        _ => line,
    }
}

/// `<0>` to `<191>`.
fn priority(line: &str) -> Option<(u8, &str)> {
    let (number, rest) = line.strip_prefix('<')?.split_once('>')?;
    let plain = (1..=3).contains(&number.len()) && number.bytes().all(|b| b.is_ascii_digit());
    let priority = number.parse().ok().filter(|priority| plain && *priority < 192)?;
    Some((priority, rest))
}

/// The text after the part of `text` that `rest` is the end of.
fn after<'a>(text: &'a str, rest: &[u8]) -> &'a str {
    text.get(text.len().saturating_sub(rest.len())..).unwrap_or("")
}

/// Takes the text before the first blank off the front.
fn word(text: &str) -> (&str, &str) {
    text.split_once(' ').unwrap_or((text, ""))
}

/// The end of a date of ISO 8601, or the time that it says, in microseconds since 1970.
pub(super) fn last_time(text: &str) -> Option<i64> {
    let bytes = text.as_bytes();
    if let Some((time, [])) = super::moment::iso_time(bytes, 0) {
        return Some(time);
    }
    match iso_date(bytes)? {
        (year, month, day, []) => Moment { month, day, micros: 86_400 * super::moment::SECOND - 1 }.in_year(year, 0),
        (year, month, day, [b' ', time @ ..]) => {
            let (micros, rest) = super::moment::time_of_day(time)?;
            let (offset, rest) = super::moment::utc_offset(rest).unwrap_or((0, rest));
            rest.is_empty().then(|| Moment { month, day, micros }.in_year(year, offset))?
        }
        _ => None,
    }
}
