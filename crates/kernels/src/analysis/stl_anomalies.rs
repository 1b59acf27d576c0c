//! `stl_anomalies(ts, value)`: trend, cycle and what fits neither.

use super::stl::{Combine, Fill, Point, Scoring, Settings, analyse};
use crate::prelude::*;

/// Kernel of `stl_anomalies`.
pub struct StlAnomalies;

/// Longest period: two weeks of minutes. The ends of a series cost the square of the period.
const LONGEST_PERIOD: i64 = 20_160;
/// Longest window of a seasonal smoother, in cycles.
const LONGEST_WINDOW: i64 = 999;

/// Options of `stl_anomalies`.
#[derive(Debug, Clone)]
pub struct StlOptions(Settings);

impl Default for StlOptions {
    fn default() -> Self {
        Self(Settings {
            periods: Vec::new(),
            windows: Vec::new(),
            robust: false,
            scoring: Scoring::ZScore,
            threshold: 3.0,
            step: None,
            combine: Combine::Sum,
            fill: Fill::Linear,
            max_fill: 20,
        })
    }
}

impl Options for StlOptions {
    const FIELDS: &'static [OptionField] = &[
        OptionField {
            name: "combine",
            kind: OptionKind::Choice(&["sum", "mean", "max", "last"]),
            default: "'sum'",
            doc: "How several points of one step become one: their sum for events and bytes, mean, max or last for levels.",
        },
        OptionField {
            name: "fill",
            kind: OptionKind::Choice(&["linear", "zero", "none"]),
            default: "'linear'",
            doc: "What takes the place of a missing value: the line between its neighbours, 0 (nothing happened), or nothing (it is left out of every smooth).",
        },
        OptionField {
            name: "max_fill",
            kind: OptionKind::Int(0, 1_000_000),
            default: "20",
            doc: "Most missing values for each that is there; a series with more is not decomposed.",
        },
        OptionField {
            name: "period",
            kind: OptionKind::IntList(2, LONGEST_PERIOD),
            default: "NULL",
            doc: "Steps of a cycle, or a list of several. NULL detects it.",
        },
        OptionField {
            name: "robust",
            kind: OptionKind::Bool,
            default: "false",
            doc: "Whether anomalies lose their weight in the trend and the cycle.",
        },
        OptionField {
            name: "scoring",
            kind: OptionKind::Choice(&["zscore", "mad"]),
            default: "'zscore'",
            doc: "Whether residuals are measured by mean and standard deviation or by median and median absolute deviation.",
        },
        OptionField {
            name: "seasonal",
            kind: OptionKind::IntList(3, LONGEST_WINDOW),
            default: "NULL",
            doc: "Cycles that the seasonal smoother spans, odd; or one for each period. NULL is 7, and 11, 15, 19 ... for several periods.",
        },
        OptionField {
            name: "step",
            kind: OptionKind::DurationOr(&["auto"]),
            default: "'auto'",
            doc: "Time from one point of the series to the next; 'auto' is the most common gap between the times.",
        },
        OptionField {
            name: "threshold",
            kind: OptionKind::FloatIn(0.0, 1e6),
            default: "3.0",
            doc: "Scores above it are anomalies, and those below its negative.",
        },
    ];

    fn set(&mut self, name: &str, setting: Setting) -> Result<(), String> {
        let settings = &mut self.0;
        match (name, setting) {
            ("combine", Setting::Text(text)) => {
                settings.combine = match text.as_str() {
                    "mean" => Combine::Mean,
                    "max" => Combine::Max,
                    "last" => Combine::Last,
                    _ => Combine::Sum,
                }
            }
            ("fill", Setting::Text(text)) => {
                settings.fill = match text.as_str() {
                    "zero" => Fill::Zero,
                    "none" => Fill::None,
                    _ => Fill::Linear,
                }
            }
            ("max_fill", Setting::Int(most)) => settings.max_fill = most.unsigned_abs(),
            ("period", Setting::IntList(periods)) => settings.periods = checked_periods(&periods)?,
            ("robust", Setting::Bool(robust)) => settings.robust = robust,
            ("scoring", Setting::Text(text)) => settings.scoring = if text == "mad" { Scoring::Mad } else { Scoring::ZScore },
            ("seasonal", Setting::IntList(windows)) => settings.windows = checked_windows(&windows)?,
            ("step", Setting::Duration(micros)) => settings.step = Some(micros),
            ("step", _) => settings.step = None,
            ("threshold", Setting::Float(threshold)) => settings.threshold = threshold,
            _ => {}
        }
        Ok(())
    }
}

/// Most periods of one series.
const MOST_PERIODS: usize = 8;

fn checked_periods(periods: &[i64]) -> Result<Vec<usize>, String> {
    let periods = sizes(periods)?;
    let twice = periods.iter().enumerate().find(|(at, period)| periods.iter().take(*at).any(|before| before == *period));
    match twice {
        Some((_, period)) => Err(format!("must name each period once, got {period} twice")),
        None => Ok(periods),
    }
}

fn checked_windows(windows: &[i64]) -> Result<Vec<usize>, String> {
    match windows.iter().find(|window| **window % 2 == 0) {
        Some(even) => Err(format!("must be odd, got {even}")),
        None => sizes(windows),
    }
}

fn sizes(numbers: &[i64]) -> Result<Vec<usize>, String> {
    if numbers.is_empty() || numbers.len() > MOST_PERIODS {
        return Err(format!("must have 1 to {MOST_PERIODS} entries, got {}", numbers.len()));
    }
    Ok(numbers.iter().filter_map(|number| usize::try_from(*number).ok()).collect())
}

impl SqlValue for Point {
    const TYPE: SqlType = SqlType::Struct(&[
        ("ts", SqlType::Time),
        ("value", SqlType::Float),
        ("trend", SqlType::Float),
        ("seasonal", SqlType::Float),
        ("residual", SqlType::Float),
        ("baseline", SqlType::Float),
        ("score", SqlType::Float),
        ("anomaly", SqlType::Int),
        ("status", SqlType::Text),
    ]);
    fn write(&self, out: &mut Column) {
        let known = |value: f64| (!value.is_nan()).then_some(value);
        let row = out.row().put(Timestamp(self.ts)).put(known(self.value)).put(known(self.trend)).put(known(self.seasonal));
        let row = row.put(known(self.residual)).put(known(self.trend + self.seasonal)).put(known(self.score));
        row.put(self.anomaly).put(self.status.name()).end();
    }
}

impl GroupKernel for StlAnomalies {
    const SPEC: Spec = Spec {
        name: "stl_anomalies",
        family: Family::Analysis,
        summary: "Splits a time series into trend, cycle and residual, and flags the points whose residual is unusual, spikes and dips alike.",
        details: "\
STL (Cleveland, Cleveland, McRae, Terpenning 1990) smooths the trend and the cycle out of a series; several periods make it MSTL (Bandara, Hyndman, Bergmeir
2021). The numbers are those of statsmodels 0.14 with its defaults (`STL(y, period, seasonal)`, `MSTL(y, periods)`; all degrees and jumps 1). There is one row
for each step of the series, in order of time; the order of the input does not matter. `baseline` is `trend + seasonal`, `residual` what is left of the value,
`score` how unusual that is, `anomaly` 1 for a spike (`score > threshold`), -1 for a dip (`score < -threshold`), else 0.

**Period.** `period => 24` says it, `period => [24, 168]` says several. Left out, it is detected: the shortest strong peak of the autocorrelation, where a day
goes before a week and before its own parts, after at least three cycles; 24 if there is none. A series shorter than two cycles is not decomposed, one of two
cycles is all trend and cycle; of several periods those without more than two cycles are left out.

**Scores.** `scoring => 'zscore'` divides the distance of the residual from the mean by the standard deviation of all residuals (of the population, as
MSTICPy does). `'mad'` takes the median and 1.4826 times the median absolute deviation; where that is 0 (or a millionth of that of the values), 1.2533 times the
mean absolute deviation. Huge anomalies raise a standard deviation and hide small ones, but not a median. `robust => true` is about the decomposition: residuals beyond six
medians lose their weight, so that an anomaly does not bend the cycle of its neighbours (15 rounds; about 15 times the work). STL fits a cycle closely,
robust STL most of all, so most residuals are smaller than the noise: with `scoring => 'mad'` take a threshold of 6 or more.

**Steps.** `step => 'auto'` is the most common gap between the times (the shorter of two). Where more than half of the times have the same distance from multiples
of the step since 1970, the points are samples: `ts` keeps that distance, and each point goes to the nearest step. Otherwise the points are events: `ts` is a
multiple of the step, and an event counts for the step in which it happens. `combine` says how several points become one. Values that are NULL, NaN, infinite or beyond 1e150 are missing, and
`fill` says what comes in their place; with `'linear'` and `'none'` such steps have no score. A row whose time is NULL is left out.

| `status` | the point |
|---|---|
| `ok` | is as it came |
| `moved` | its time was moved to the grid |
| `merged` | was made of several points |
| `filled` | had no value |
| `fewer_periods` | is in a series for which a period of the list was left out |
| `constant` | is in a series of equal values; score 0 |
| `no_residual` | is in a series that repeats exactly; score 0 |
| `too_short` | is in a series of less than two cycles: no components |
| `too_sparse` | is in a series with more than `max_fill` missing values for each that is there, or with more than 33,554,432 steps: no components |
| `no_data` | is in a series without any value |

The work grows with rows times period; the last 131,072 points decide on the period, which is at most 10,080 if detected and 20,160 if given.",
        args: &[Arg { name: "ts", doc: "Time of the point." }, Arg { name: "value", doc: "What was counted or measured." }],
        examples: &[
            Example {
                sql: "\
WITH logons AS (SELECT to_timestamp(i * 3600) AS ts, CAST(100 + i % 24 * 10 + CASE i WHEN 60 THEN -150 WHEN 100 THEN 400 ELSE 0 END AS DOUBLE) AS n
FROM (SELECT unnest(range(0, 168)) AS i) s)
SELECT date_part('day', ts) AS day, date_part('hour', ts) AS hour, value, round(baseline, 1) AS baseline, round(score, 2) AS score, anomaly
FROM huntsql.stl_anomalies(logons, ts, n, robust => true) WHERE anomaly <> 0 ORDER BY ts",
                result: "3 | 12 | 70.0 | 220.0 | -4.6 | -1\n5 | 4 | 540.0 | 140.0 | 12.1 | 1",
            },
            Example {
                sql: "\
WITH beats AS (SELECT to_timestamp(i * 600) AS ts, CAST(1 AS DOUBLE) AS n FROM (SELECT unnest(range(0, 1008)) AS i) s WHERE i NOT BETWEEN 300 AND 311)
SELECT date_part('day', ts) AS day, date_part('hour', ts) AS hour, value, anomaly, status
FROM huntsql.stl_anomalies(beats, ts, n, step => '1h', fill => 'zero') WHERE anomaly <> 0 ORDER BY ts",
                result: "3 | 2 | 0.0 | -1 | filled\n3 | 3 | 0.0 | -1 | filled",
            },
        ],
    };
    const ARGS: &'static [ArgType] = &[ArgType::Time, ArgType::Float];
    type Options = StlOptions;
    type Item = Point;

    fn compute(rows: &Rows, options: &StlOptions, interrupt: &Interrupt) -> GroupResult<Vec<Point>> {
        let StlOptions(settings) = options;
        if settings.windows.len() > 1 && settings.windows.len() != settings.periods.len() {
            return Err(KernelError::BadOption {
                function: Self::SPEC.name,
                option: "seasonal".to_owned(),
                problem: format!("must have one entry for each period ({}), got {}", settings.periods.len(), settings.windows.len()),
            }
            .into());
        }
        Ok(analyse(rows.ints(0), rows.floats(1), settings, interrupt)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::group::{GroupFunction, Items};
    use crate::options::Value;

    fn options(fields: &[(&str, Value)]) -> Result<StlOptions, String> {
        let fields = fields.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
        crate::options::parse("stl_anomalies", &Value::Struct(fields)).map_err(|error| error.to_string())
    }

    fn ints(numbers: &[i64]) -> Value {
        Value::List(numbers.iter().copied().map(Value::Int).collect())
    }

    /// What the examples show: day, hour, value, rounded baseline and score, anomaly, status.
    fn shown(points: impl Iterator<Item = (i64, f64)>, fields: &[(&str, Value)]) -> Vec<String> {
        let (times, values): (Vec<i64>, Vec<f64>) = points.map(|(seconds, value)| (seconds * 1_000_000, value)).unzip();
        let found = analyse(&times, &values, &options(fields).unwrap().0, &Interrupt::default()).unwrap();
        let rows = found.iter().filter(|point| point.anomaly != 0).map(|point| {
            let (hours, baseline) = (point.ts / 3_600_000_000, point.trend + point.seasonal);
            let (day, hour) = (hours / 24 + 1, hours % 24);
            format!("{day} {hour} {:?} {baseline:.1} {:.2} {} {}", point.value, point.score, point.anomaly, point.status.name())
        });
        rows.collect()
    }

    #[test]
    fn the_examples() {
        let odd = |hour| match hour {
            60 => -150,
            100 => 400,
            _ => 0,
        };
        let logons = (0..168).map(|hour| (hour * 3600, (100 + hour % 24 * 10 + odd(hour)) as f64));
        assert_eq!(shown(logons, &[("robust", Value::Bool(true))]), ["3 12 70.0 220.0 -4.60 -1 ok", "5 4 540.0 140.0 12.10 1 ok"]);
        let beats = (0..1008).filter(|beat| !(300..312).contains(beat)).map(|beat| (beat * 600, 1.0));
        let found = shown(beats, &[("step", Value::Text("1h".to_owned())), ("fill", Value::Text("zero".to_owned()))]);
        assert_eq!(
            found.iter().map(|row| (&row[..7], row.ends_with("-1 filled"))).collect::<Vec<_>>(),
            [("3 2 0.0", true), ("3 3 0.0", true)]
        );
    }

    #[test]
    fn options_are_checked() {
        assert_eq!(options(&[("period", Value::Int(24))]).unwrap().0.periods, [24]);
        assert!(options(&[("period", Value::Null)]).unwrap().0.periods.is_empty());
        assert_eq!(options(&[("seasonal", ints(&[7, 9]))]).unwrap().0.windows, [7, 9]);
        for (name, value, problem) in [
            ("period", ints(&[]), "must have 1 to 8 entries, got 0"),
            ("period", ints(&[7, 24, 7]), "must name each period once, got 7 twice"),
            ("period", Value::Int(1), "must be a whole number from 2 to 20160 or a list of such, got 1"),
            ("seasonal", Value::Int(8), "must be odd, got 8"),
            ("threshold", Value::Int(-3), "must be a number from 0 to 1000000, got -3"),
        ] {
            assert_eq!(options(&[(name, value)]).unwrap_err(), format!("stl_anomalies: option '{name}' {problem}"));
        }
    }

    #[test]
    fn windows_and_periods_must_agree() {
        let function = Items::<StlAnomalies>::new();
        let given = [("period", ints(&[24, 168])), ("seasonal", ints(&[7, 9, 11]))].map(|(name, value)| (name.to_owned(), value));
        let parsed = function.parse(&Value::Struct(given.to_vec())).unwrap();
        let error = function.compute(&Rows::new(StlAnomalies::ARGS), &parsed, &Interrupt::default()).unwrap_err();
        let GroupError::Kernel(error) = error else { panic!("{error:?}") };
        assert_eq!(error.to_string(), "stl_anomalies: option 'seasonal' must have one entry for each period (2), got 3");
    }
}
