//! `render_series`: what `stl_anomalies` gives, or any numbers over time with what was expected of them.

use super::lanes::TIME_NAMES;
use crate::kernel::{ChartKernel, framed};
use crate::model::{Body, Chart, Series};
use crate::options::{ChartOptions, OwnOptions};
use crate::rows::{LaneOrder, by_time, details, divide, floats, ints, without_time};
use huntsql_kernels::group::{GroupResult, Wanted};
use huntsql_kernels::interrupt::Interrupt;
use huntsql_kernels::options::{OptionField, OptionKind, Setting};
use huntsql_kernels::rows::Rows;
use huntsql_kernels::spec::{Arg, Example, Family, Spec};
use huntsql_kernels::types::ArgType;

const TIME: usize = 0;
const VALUE: usize = 1;
const PART: usize = 2;
const BASELINE: usize = 3;
const RESIDUAL: usize = 4;
const SCORE: usize = 5;
const ANOMALY: usize = 6;
const LOW: usize = 7;
const HIGH: usize = 8;
const TOOLTIP: usize = 9;

/// Options of `render_series`.
#[derive(Debug)]
pub struct SeriesOptions {
    threshold: f64,
}

impl Default for SeriesOptions {
    fn default() -> Self {
        Self { threshold: 3.0 }
    }
}

impl OwnOptions for SeriesOptions {
    const FIELDS: &'static [OptionField] = &[OptionField {
        name: "threshold",
        kind: OptionKind::FloatIn(0.0, 1e6),
        default: "3.0",
        doc: "Half the height of the band in units of the score, where the table has `residual` and `score` but no `low` and `high`; that of `stl_anomalies`.",
    }];
    fn set(&mut self, _: &str, setting: Setting) -> Result<(), String> {
        if let Setting::Float(threshold) = setting {
            self.threshold = threshold;
        }
        Ok(())
    }
}

/// `render_series`.
#[derive(Debug)]
pub struct RenderSeries;

impl ChartKernel for RenderSeries {
    const SPEC: Spec = Spec {
        name: "render_series",
        family: Family::Charts,
        summary: "Draws numbers over time with what was expected of them: baseline, band, spikes and dips.",
        details: include_str!("series.md"),
        args: &[
            Arg { name: "ts", doc: "When: a timestamp, or a text in ISO 8601. The column `ts`, or another of a usual name, where it is not given." },
            Arg { name: "value", doc: "What was observed; the column of this name." },
            Arg { name: "part", doc: "What the rows are divided by, one panel each; the column of this name." },
            Arg { name: "baseline", doc: "What was expected; the column of this name." },
            Arg { name: "residual", doc: "What is left of the value beside the baseline; the column of this name." },
            Arg { name: "score", doc: "How unusual the value is; the column of this name." },
            Arg { name: "anomaly", doc: "-1 a dip, 1 a spike, 0 neither; the column of this name." },
            Arg { name: "low", doc: "The lower edge of the band; the column of this name." },
            Arg { name: "high", doc: "The upper edge of the band; the column of this name." },
            Arg { name: "tooltip", doc: "Names of the columns that are shown of a row; the first 64 of the table where it is not given." },
        ],
        examples: &[Example {
            sql: "\
WITH t AS (SELECT * FROM (VALUES (TIMESTAMP '2024-05-06 10:00:00', 10.0, 11.0, 0), (TIMESTAMP '2024-05-06 11:00:00', 90.0, 12.0, 1)) v(ts, value, baseline, anomaly))
SELECT format, rows_in, rows_drawn, warnings FROM huntsql.render_series(t, format => 'json')",
            result: "json | 2 | 2 | []",
        }],
    };
    #[rustfmt::skip]
    const ARGS: &'static [ArgType] = &[
        ArgType::TimeOrText, ArgType::Float, ArgType::Shown, ArgType::Float, ArgType::Float, ArgType::Float, ArgType::Int, ArgType::Float, ArgType::Float, ArgType::Columns,
    ];
    const WANTED: &'static [Wanted] = &[
        Wanted { argument: "ts", names: TIME_NAMES, required: true },
        Wanted { argument: "value", names: &["value", "observed"], required: true },
        Wanted { argument: "part", names: &["part"], required: false },
        Wanted { argument: "baseline", names: &["baseline"], required: false },
        Wanted { argument: "residual", names: &["residual"], required: false },
        Wanted { argument: "score", names: &["score"], required: false },
        Wanted { argument: "anomaly", names: &["anomaly"], required: false },
        Wanted { argument: "low", names: &["low", "lower"], required: false },
        Wanted { argument: "high", names: &["high", "upper"], required: false },
        Wanted { argument: "tooltip", names: &[], required: false },
    ];
    const REST: Option<usize> = Some(TOOLTIP);
    type Own = SeriesOptions;

    fn chart(rows: &Rows, options: &ChartOptions<SeriesOptions>, interrupt: &Interrupt) -> GroupResult<Chart> {
        let labels = options.labels();
        let order = by_time(rows, TIME, &[PART, VALUE, BASELINE, RESIDUAL, SCORE, ANOMALY, LOW, HIGH, TOOLTIP], interrupt)?;
        // A series that is not divided has a column of NULLs.
        let is_divided = options.source(PART).is_some() && rows.texts(PART).distinct() > 0;
        let divided = divide(rows.texts(PART), is_divided, &order, LaneOrder::Name, labels);
        let column = |arg: usize| if options.source(arg).is_some() { floats(rows, arg, &order) } else { Vec::new() };
        let (baseline, residual, scores) = (column(BASELINE), column(RESIDUAL), column(SCORE));
        let (mut low, mut high) = (column(LOW), column(HIGH));
        if low.is_empty() && high.is_empty() && !baseline.is_empty() && !residual.is_empty() && !scores.is_empty() {
            let half = half_heights(&residual, &scores, &divided.lane_of, divided.lanes.len(), options.own.threshold);
            let edge = |sign: f64| {
                let half = |row: usize| divided.lane_of.get(row).and_then(|lane| half.get(*lane as usize)).copied().unwrap_or(f64::NAN);
                baseline.iter().enumerate().map(|(row, baseline)| baseline + sign * half(row)).collect::<Vec<_>>()
            };
            (low, high) = (edge(-1.0), edge(1.0));
        }
        let anomalies = rows.ints(ANOMALY);
        let anomaly = |row: &u32| match anomalies.get(*row as usize) {
            Some(anomaly) if *anomaly != i64::MIN => i8::try_from(anomaly.signum()).unwrap_or(0),
            _ => 0,
        };
        let body = Series {
            times: ints(rows, TIME, &order),
            panel_of: divided.lane_of,
            panels: divided.lanes,
            panel_source: options.source(PART).filter(|_| is_divided),
            time_source: options.named_source(TIME, "ts"),
            value_source: options.named_source(VALUE, "value"),
            values: floats(rows, VALUE, &order),
            baseline,
            low,
            high,
            scores,
            anomalies: order.iter().map(anomaly).collect(),
            details: details(rows, TOOLTIP, options.sources.get(TOOLTIP).map_or(&[][..], Vec::as_slice), &order, labels),
        };
        let mut chart = framed(&options.common, Body::Series(body), rows.len(), order.len());
        chart.warnings.extend(without_time(rows.len(), order.len()));
        chart.warnings.extend(divided.warning);
        Ok(chart)
    }
}

/// Half the height of the band of each panel: the threshold in units of the value, which residual and score give.
fn half_heights(residual: &[f64], scores: &[f64], panel_of: &[u32], panels: usize, threshold: f64) -> Vec<f64> {
    let mut units: Vec<Vec<f64>> = vec![Vec::new(); panels];
    for ((residual, score), panel) in residual.iter().zip(scores).zip(panel_of) {
        let unit = (residual / score).abs();
        if unit.is_finite()
            && unit > 0.0
            && let Some(units) = units.get_mut(*panel as usize)
        {
            units.push(unit);
        }
    }
    let median = |mut units: Vec<f64>| {
        units.sort_by(f64::total_cmp);
        units.get(units.len() / 2).copied().unwrap_or(f64::NAN)
    };
    units.into_iter().map(|units| threshold * median(units)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_band_has_the_unit_of_the_score() {
        let half = half_heights(&[2.0, -4.0, 0.0, 9.0], &[1.0, -2.0, 0.0, 3.0], &[0, 0, 0, 1], 3, 3.0);
        assert_eq!(half[..2], [6.0, 9.0]);
        assert!(half[2].is_nan());
    }
}
