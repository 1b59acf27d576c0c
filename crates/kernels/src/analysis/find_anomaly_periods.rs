//! `find_anomaly_periods(ts, anomaly)`: flagged points become periods.

use crate::prelude::*;

/// Kernel of `find_anomaly_periods`.
pub struct FindAnomalyPeriods;

/// Which flags count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sign {
    Both,
    Up,
    Down,
}

/// Options of `find_anomaly_periods`.
#[derive(Debug, Clone)]
pub struct PeriodOptions {
    padding: i64,
    sign: Sign,
}

impl Default for PeriodOptions {
    fn default() -> Self {
        Self { padding: 3_600_000_000, sign: Sign::Both }
    }
}

impl Options for PeriodOptions {
    const FIELDS: &'static [OptionField] = &[
        OptionField {
            name: "padding",
            kind: OptionKind::DurationOr(&["none"]),
            default: "'1h'",
            doc: "Time before and after each flagged point that belongs to its period.",
        },
        OptionField {
            name: "sign",
            kind: OptionKind::Choice(&["both", "up", "down"]),
            default: "'both'",
            doc: "Which flags count: those above 0 (up), those below (down), or both.",
        },
    ];

    fn set(&mut self, name: &str, setting: Setting) -> Result<(), String> {
        match (name, setting) {
            ("padding", Setting::Duration(micros)) => self.padding = micros,
            ("padding", _) => self.padding = 0,
            ("sign", Setting::Text(text)) => {
                self.sign = match text.as_str() {
                    "up" => Sign::Up,
                    "down" => Sign::Down,
                    _ => Sign::Both,
                }
            }
            _ => {}
        }
        Ok(())
    }
}

/// Flagged points that are near each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AnomalyPeriod {
    start: i64,
    end: i64,
    spikes: i64,
    dips: i64,
}

impl SqlValue for AnomalyPeriod {
    const TYPE: SqlType = SqlType::Struct(&[
        ("start_time", SqlType::Time),
        ("end_time", SqlType::Time),
        ("points", SqlType::Int),
        ("spikes", SqlType::Int),
        ("dips", SqlType::Int),
    ]);
    fn write(&self, out: &mut Column) {
        let row = out.row().put(Timestamp(self.start)).put(Timestamp(self.end)).put(self.spikes + self.dips);
        row.put(self.spikes).put(self.dips).end();
    }
}

impl GroupKernel for FindAnomalyPeriods {
    const SPEC: Spec = Spec {
        name: "find_anomaly_periods",
        family: Family::Analysis,
        summary: "Merges flagged points of time that lie near each other into periods: what to look at, from when to when.",
        details: "\
Each point whose `anomaly` is not 0 stands for the time from `padding` before it to `padding` after it; where these overlap or touch they become one period.
`points` counts the flagged points of a period, `spikes` those above 0 and `dips` those below. It takes the output of `stl_anomalies` or any other flags. A
point whose time or flag is NULL does not count; where no point is flagged there is no period. The order of the rows does not matter.

MSTICPy's `find_anomaly_periods` rounds the times down to its `period` first and by default looks at spikes only (`sign => 'up'`).",
        args: &[
            Arg { name: "ts", doc: "Time of the point." },
            Arg { name: "anomaly", doc: "Its flag: not 0 where it is an anomaly." },
        ],
        examples: &[Example {
            sql: "\
WITH flags AS (SELECT to_timestamp(sec) AS ts, flag FROM (VALUES (0, 0), (7200, 1), (10800, -1), (36000, 1)) v(sec, flag))
SELECT date_part('hour', start_time) AS from_hour, date_part('hour', end_time) AS to_hour, points, spikes, dips
FROM huntsql.find_anomaly_periods(flags, ts, flag) ORDER BY start_time",
            result: "1 | 4 | 2 | 1 | 1\n9 | 11 | 1 | 1 | 0",
        }],
    };
    const ARGS: &'static [ArgType] = &[ArgType::Time, ArgType::Int];
    type Options = PeriodOptions;
    type Item = AnomalyPeriod;

    fn compute(rows: &Rows, options: &PeriodOptions, interrupt: &Interrupt) -> GroupResult<Vec<AnomalyPeriod>> {
        let counts = |flag: i64| flag != 0 && flag != i64::MIN && (options.sign == Sign::Both || (options.sign == Sign::Up) == (flag > 0));
        let points = rows.ints(0).iter().zip(rows.ints(1)).filter(|(time, flag)| **time != i64::MIN && counts(**flag));
        let mut points: Vec<(i64, bool)> = points.map(|(time, flag)| (*time, *flag > 0)).collect();
        interrupt.check()?;
        points.sort_unstable();
        interrupt.check()?;
        Ok(merge(&points, options.padding))
    }
}

/// The periods of points, sorted by time, that are spikes or else dips.
fn merge(points: &[(i64, bool)], padding: i64) -> Vec<AnomalyPeriod> {
    let mut periods: Vec<AnomalyPeriod> = Vec::new();
    for (time, spike) in points {
        // Not i64::MIN, which is NULL.
        let (start, end) = (time.saturating_sub(padding).max(i64::MIN + 1), time.saturating_add(padding));
        let (spikes, dips) = (i64::from(*spike), i64::from(!*spike));
        match periods.last_mut().filter(|last| last.end >= start) {
            Some(last) => *last = AnomalyPeriod { start: last.start, end, spikes: last.spikes + spikes, dips: last.dips + dips },
            None => periods.push(AnomalyPeriod { start, end, spikes, dips }),
        }
    }
    periods
}

#[cfg(test)]
mod tests {
    use super::*;

    fn period(start: i64, end: i64, spikes: i64, dips: i64) -> AnomalyPeriod {
        AnomalyPeriod { start, end, spikes, dips }
    }

    #[test]
    fn near_points_merge() {
        type Case<'c> = (&'c [(i64, bool)], i64, &'c [AnomalyPeriod]);
        let cases: &[Case<'_>] = &[
            (&[], 5, &[]),
            (&[(7, true)], 5, &[period(2, 12, 1, 0)]),
            (&[(0, true), (10, false), (21, true)], 5, &[period(-5, 15, 1, 1), period(16, 26, 1, 0)]),
            (&[(3, false), (3, true)], 0, &[period(3, 3, 1, 1)]),
            (
                &[(i64::MIN + 1, true), (i64::MAX, true)],
                9,
                &[period(i64::MIN + 1, i64::MIN + 10, 1, 0), period(i64::MAX - 9, i64::MAX, 1, 0)],
            ),
        ];
        for (points, padding, expected) in cases {
            assert_eq!(merge(points, *padding), *expected, "{points:?}");
        }
    }
}
