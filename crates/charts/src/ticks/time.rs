//! Axes of time: ticks at round times of a zone, through changes of its clocks.

use chrono::{DateTime, Datelike, Days, LocalResult, NaiveDate, NaiveDateTime, NaiveTime, Offset, TimeDelta, TimeZone, Timelike, Utc};
use chrono_tz::Tz;

const SECOND: i64 = 1_000_000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;
/// Years that the calendar has with room on both sides.
const FIRST: i64 = -250_000 * 365 * DAY;
const LAST: i64 = 250_000 * 365 * DAY;
/// More ticks than this are a mistake.
const MOST: usize = 400;

/// A time zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Zone(Tz);

/// A tick on an axis of time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moment {
    /// Microseconds since 1970 in UTC.
    pub at: i64,
    /// What stands there.
    pub label: String,
    /// What the label leaves out (the day, the year) where it is not that of the tick before.
    pub context: Option<String>,
}

impl Zone {
    /// The zone of an IANA name; UTC where there is none.
    #[must_use]
    pub fn named(name: &str) -> Self {
        Self(name.parse().unwrap_or(Tz::UTC))
    }

    /// Its IANA name.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.0.name()
    }

    fn local(self, at: i64) -> Option<DateTime<Tz>> {
        (FIRST..=LAST).contains(&at).then(|| DateTime::<Utc>::from_timestamp_micros(at)).flatten().map(|time| time.with_timezone(&self.0))
    }

    fn instants(self, wall: NaiveDateTime) -> [Option<i64>; 2] {
        match self.0.from_local_datetime(&wall) {
            LocalResult::Single(time) => [Some(time.timestamp_micros()), None],
            LocalResult::Ambiguous(early, late) => [Some(early.timestamp_micros()), Some(late.timestamp_micros())],
            LocalResult::None => [None, None],
        }
    }

    /// The start of a local day, also where clocks skip midnight.
    fn start_of(self, day: NaiveDate) -> Option<i64> {
        let midnight = day.and_time(NaiveTime::MIN);
        (0..8)
            .find_map(|quarters| self.instants(midnight.checked_add_signed(TimeDelta::minutes(quarters * 30))?).first().copied().flatten())
    }

    /// A time in full, with as many places as it has.
    #[must_use]
    pub fn full(self, at: i64) -> String {
        let Some(time) = self.local(at) else { return format!("{at} µs") };
        let pattern = match at.rem_euclid(SECOND) {
            0 => "%Y-%m-%d %H:%M:%S",
            rest if rest % 1000 == 0 => "%Y-%m-%d %H:%M:%S%.3f",
            _ => "%Y-%m-%d %H:%M:%S%.6f",
        };
        time.format(pattern).to_string()
    }

    /// A time to the second.
    #[must_use]
    pub fn second(self, at: i64) -> String {
        self.full(at.div_euclid(SECOND).saturating_mul(SECOND))
    }
}

/// What lies between two ticks.
#[derive(Debug, Clone, Copy)]
enum Step {
    /// Less than an hour: the same on every clock.
    Micros(i64),
    Hours(u32),
    Days(u32),
    Weeks,
    Months(u32),
    Years(i64),
}

impl Step {
    fn length(self) -> i64 {
        match self {
            Self::Micros(micros) => micros,
            Self::Hours(hours) => i64::from(hours) * HOUR,
            Self::Days(days) => i64::from(days) * DAY,
            Self::Weeks => 7 * DAY,
            Self::Months(months) => i64::from(months) * 30 * DAY,
            Self::Years(years) => years.saturating_mul(365 * DAY),
        }
    }

    /// The smallest step that is at least so long.
    fn at_least(length: i128) -> Self {
        let mut steps = Vec::new();
        for power in [1, 10, 100, 1_000, 10_000, 100_000] {
            steps.extend([1, 2, 5].map(|part| Self::Micros(part * power)));
        }
        steps.extend([1, 2, 5, 10, 15, 30].map(|seconds| Self::Micros(seconds * SECOND)));
        steps.extend([1, 2, 5, 10, 15, 30].map(|minutes| Self::Micros(minutes * MINUTE)));
        steps.extend([1, 2, 3, 6, 12].map(Self::Hours));
        steps.extend([Self::Days(1), Self::Days(2), Self::Weeks, Self::Months(1), Self::Months(3), Self::Months(6)]);
        for power in [1, 10, 100, 1_000, 10_000, 100_000] {
            steps.extend([1, 2, 5].map(|part| Self::Years(part * power)));
        }
        steps.into_iter().find(|step| i128::from(step.length()) >= length).unwrap_or(Self::Years(500_000))
    }
}

/// The shortest round length of time that is at least so long, `None` where that is more than a week.
#[must_use]
pub fn round_span(least: i128) -> Option<i64> {
    let step = Step::at_least(least);
    (step.length() <= 7 * DAY).then(|| step.length())
}

/// At most about `count` ticks from start to end.
#[must_use]
pub fn times(start: i64, end: i64, count: usize, zone: Zone) -> Vec<Moment> {
    let (start, end) = (start.max(FIRST + 400 * DAY), end.min(LAST - 400 * DAY));
    if start > end {
        return Vec::new();
    }
    let count = count.clamp(1, 100) as i128;
    let span = i128::from(end) - i128::from(start);
    let step = Step::at_least((span + count - 1) / count);
    let mut ats = match step {
        Step::Micros(micros) => even(start, end, micros, zone),
        Step::Hours(hours) => {
            by_day(start, end, zone, 1, |day| (0..24).step_by(hours as usize).flat_map(|hour| wall(zone, day, hour, hours == 1)).collect())
        }
        Step::Days(days) => by_day(start, end, zone, 1, |day| {
            if (day.day() - 1).is_multiple_of(days) && (days == 1 || day.day() < 31) {
                zone.start_of(day).into_iter().collect()
            } else {
                Vec::new()
            }
        }),
        Step::Weeks => by_day(start, end, zone, 1, |day| {
            if day.weekday() == chrono::Weekday::Mon { zone.start_of(day).into_iter().collect() } else { Vec::new() }
        }),
        Step::Months(months) => by_month(start, end, zone, i64::from(months)),
        Step::Years(years) => by_month(start, end, zone, years.saturating_mul(12)),
    };
    ats.retain(|at| (start..=end).contains(at));
    ats.dedup();
    labelled(&ats, step, zone)
}

fn wall(zone: Zone, day: NaiveDate, hour: u32, twice: bool) -> Vec<i64> {
    let Some(wall) = day.and_hms_opt(hour, 0, 0) else { return Vec::new() };
    let [early, late] = zone.instants(wall);
    early.into_iter().chain(late.filter(|_| twice)).collect()
}

/// Steps of less than an hour: offsets from UTC are multiples of a quarter, older ones are not.
fn even(start: i64, end: i64, step: i64, zone: Zone) -> Vec<i64> {
    let align = |at: i64| {
        let offset = zone.local(at).map_or(0, |time| i64::from(time.offset().fix().local_minus_utc()) * SECOND);
        at - (at + offset).rem_euclid(step)
    };
    let mut out: Vec<i64> = Vec::new();
    let mut at = align(start);
    while at <= end && out.len() < MOST {
        out.push(at);
        let next = align(at + step);
        at = if next > at { next } else { at + step };
    }
    out
}

fn by_day(start: i64, end: i64, zone: Zone, stride: u64, ticks: impl Fn(NaiveDate) -> Vec<i64>) -> Vec<i64> {
    let mut out = Vec::new();
    let Some(mut day) = zone.local(start).map(|time| time.date_naive()) else { return out };
    while out.len() < MOST * 2 && zone.start_of(day).is_some_and(|first| first <= end) {
        out.extend(ticks(day));
        match day.checked_add_days(Days::new(stride)) {
            Some(next) => day = next,
            None => break,
        }
    }
    out
}

fn by_month(start: i64, end: i64, zone: Zone, months: i64) -> Vec<i64> {
    let mut out = Vec::new();
    let Some(time) = zone.local(start) else { return out };
    let month = i64::from(time.year()) * 12 + i64::from(time.month0());
    let mut month = month.div_euclid(months) * months;
    while out.len() < MOST {
        let day =
            i32::try_from(month.div_euclid(12)).ok().and_then(|year| NaiveDate::from_ymd_opt(year, month.rem_euclid(12) as u32 + 1, 1));
        let at = day.and_then(|day| zone.start_of(day));
        match at {
            Some(at) if at <= end => out.push(at),
            // Before the calendar begins.
            None if out.is_empty() && month < 0 => {}
            _ => break,
        }
        month += months;
    }
    out
}

fn labelled(ats: &[i64], step: Step, zone: Zone) -> Vec<Moment> {
    let (label, context) = match step {
        Step::Micros(micros) if micros < 1_000 => ("%H:%M:%S%.6f", "%a %Y-%m-%d"),
        Step::Micros(micros) if micros < SECOND => ("%H:%M:%S%.3f", "%a %Y-%m-%d"),
        Step::Micros(micros) if micros < MINUTE => ("%H:%M:%S", "%a %Y-%m-%d"),
        Step::Micros(_) | Step::Hours(_) => ("%H:%M", "%a %Y-%m-%d"),
        Step::Days(_) | Step::Weeks => ("%d %b", "%Y"),
        Step::Months(_) => ("%b", "%Y"),
        Step::Years(_) => ("%Y", ""),
    };
    let mut before = String::new();
    let mut out = Vec::with_capacity(ats.len());
    for &at in ats {
        let Some(time) = zone.local(at) else { continue };
        let said = time.format(context).to_string();
        let mut label = time.format(label).to_string();
        // The hour that comes twice, and the first one after a change of clocks, say which they are.
        if matches!(step, Step::Hours(1)) && twice(zone, &time) {
            label.push_str(&time.format(" %Z").to_string());
        }
        out.push(Moment { at, label, context: (said != before).then(|| said.clone()) });
        before = said;
    }
    out
}

fn twice(zone: Zone, time: &DateTime<Tz>) -> bool {
    time.minute() == 0 && zone.instants(time.naive_local()).last().is_some_and(Option::is_some)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> i64 {
        DateTime::parse_from_rfc3339(text).unwrap().timestamp_micros()
    }

    fn labels(start: &str, end: &str, count: usize, zone: &str) -> Vec<String> {
        times(at(start), at(end), count, Zone::named(zone)).into_iter().map(|tick| tick.label).collect()
    }

    #[test]
    fn from_microseconds_to_years() {
        assert_eq!(labels("2024-05-06T12:00:00.000001Z", "2024-05-06T12:00:00.000005Z", 4, "UTC").len(), 5);
        assert_eq!(labels("2024-05-06T12:00:00Z", "2024-05-06T12:00:01Z", 2, "UTC"), ["12:00:00.000", "12:00:00.500", "12:00:01.000"]);
        assert_eq!(labels("2024-05-06T11:59:00Z", "2024-05-06T13:00:00Z", 5, "UTC"), ["12:00", "12:15", "12:30", "12:45", "13:00"]);
        assert_eq!(labels("2024-05-06T11:59:00Z", "2024-05-08T13:00:00Z", 5, "UTC"), ["12:00", "00:00", "12:00", "00:00", "12:00"]);
        assert_eq!(labels("2024-05-06T11:59:00Z", "2024-05-09T13:00:00Z", 5, "UTC"), ["07 May", "08 May", "09 May"]);
        assert_eq!(labels("2024-01-01T00:00:00Z", "2024-04-01T00:00:00Z", 5, "UTC"), ["Jan", "Feb", "Mar", "Apr"]);
        assert_eq!(labels("1998-01-01T00:00:00Z", "2024-04-01T00:00:00Z", 6, "UTC"), ["2000", "2005", "2010", "2015", "2020"]);
    }

    #[test]
    fn contexts_are_said_once() {
        let ticks = times(at("2024-05-06T21:00:00Z"), at("2024-05-07T03:00:00Z"), 8, Zone::named("UTC"));
        let said: Vec<_> = ticks.iter().filter_map(|tick| Some((tick.label.as_str(), tick.context.as_deref()?))).collect();
        assert_eq!(said, [("21:00", "Mon 2024-05-06"), ("00:00", "Tue 2024-05-07")]);
    }

    #[test]
    fn clocks_change() {
        // Berlin skips 02:00 on 31 March 2024 and has it twice on 27 October.
        assert_eq!(
            labels("2024-03-30T23:00:00Z", "2024-03-31T04:00:00Z", 6, "Europe/Berlin"),
            ["00:00", "01:00", "03:00", "04:00", "05:00", "06:00"]
        );
        assert_eq!(
            labels("2024-10-26T22:00:00Z", "2024-10-27T03:00:00Z", 6, "Europe/Berlin"),
            ["00:00", "01:00", "02:00 CEST", "02:00 CET", "03:00", "04:00"]
        );
        // Days begin at local midnight on both sides of a change.
        let days = times(at("2024-10-25T00:00:00Z"), at("2024-10-30T00:00:00Z"), 6, Zone::named("Europe/Berlin"));
        let lengths: Vec<i64> = days.windows(2).map(|pair| (pair[1].at - pair[0].at) / HOUR).collect();
        assert_eq!(lengths, [24, 25, 24, 24]);
        // São Paulo had no midnight on 4 November 2018.
        let days = times(at("2018-11-02T00:00:00Z"), at("2018-11-06T00:00:00Z"), 6, Zone::named("America/Sao_Paulo"));
        assert_eq!(days.iter().map(|tick| tick.label.as_str()).collect::<Vec<_>>(), ["02 Nov", "03 Nov", "04 Nov", "05 Nov"]);
        // Kathmandu is 5:45 ahead.
        assert_eq!(
            labels("2024-05-06T00:00:00Z", "2024-05-06T01:00:00Z", 4, "Asia/Kathmandu"),
            ["05:45", "06:00", "06:15", "06:30", "06:45"]
        );
    }

    #[test]
    fn the_ends_of_time() {
        for zone in ["UTC", "Europe/Berlin", "no such zone"] {
            let zone = Zone::named(zone);
            for (start, end) in [
                (i64::MIN, i64::MAX),
                (i64::MIN, i64::MIN),
                (i64::MAX, i64::MAX),
                (0, 0),
                (i64::MIN, 0),
                (0, i64::MAX),
                (5, 3),
                (LAST - 1, LAST),
            ] {
                for count in [0, 1, 8, 1_000_000] {
                    let ticks = times(start, end, count, zone);
                    assert!(
                        ticks.len() <= 2 * MOST && ticks.windows(2).all(|pair| pair[0].at < pair[1].at),
                        "{start} {end} {count}: {}",
                        ticks.len()
                    );
                }
            }
            assert_eq!(zone.full(i64::MAX), "9223372036854775807 µs");
        }
        assert_eq!(Zone::named("Europe/Berlin").full(at("2024-07-01T10:00:00.25Z")), "2024-07-01 12:00:00.250");
    }
}
