//! `render_timeline`, `render_timeline_durations`, `render_timeline_values`: rows on lanes over time.

use crate::kernel::{ChartKernel, framed};
use crate::model::{Body, Chart, LaneMark, Lanes, Reference};
use crate::options::{ChartOptions, OwnOptions};
use crate::rows::{LaneOrder, by_time, colors, details, divide, floats, ints, without_time};
use huntsql_kernels::group::{GroupResult, Wanted};
use huntsql_kernels::interrupt::Interrupt;
use huntsql_kernels::options::{OptionField, OptionKind, Setting};
use huntsql_kernels::rows::Rows;
use huntsql_kernels::spec::{Arg, Example, Family, Spec};
use huntsql_kernels::types::ArgType;
use std::collections::HashSet;

/// Rows that a page holds in detail where the call does not say.
const DETAIL_ROWS: usize = 2_000_000;

/// Names of columns with the time of an event.
pub(super) const TIME_NAMES: &[&str] = &[
    "ts",
    "timestamp",
    "time",
    "TimeGenerated",
    "TimeCreated",
    "UtcTime",
    "@timestamp",
    "_time",
    "event_time",
    "EventTime",
    "time_created",
    "start_time",
    "first_time",
    "datetime",
    "date",
];

/// Options of lanes.
#[derive(Debug)]
pub struct LaneOptions {
    detail_rows: usize,
    order: LaneOrder,
    mark: LaneMark,
    shared_axis: bool,
}

impl Default for LaneOptions {
    fn default() -> Self {
        Self { detail_rows: DETAIL_ROWS, order: LaneOrder::Count, mark: LaneMark::Line, shared_axis: false }
    }
}

const DETAIL_FIELD: OptionField = OptionField {
    name: "detail_rows",
    kind: OptionKind::Int(0, 50_000_000),
    default: "2000000",
    doc: "Rows that a page holds with all their columns. Above that all rows are counted in the density, and as many are kept evenly: rare lanes whole.",
};
const ORDER_FIELD: OptionField = OptionField {
    name: "lane_order",
    kind: OptionKind::Choice(LaneOrder::CHOICES),
    default: "'count'",
    doc: "Which lane is above: by number of rows, by first row, or by name.",
};

impl LaneOptions {
    fn take(&mut self, name: &str, setting: Setting) {
        match (name, setting) {
            ("detail_rows", Setting::Int(rows)) => self.detail_rows = usize::try_from(rows).unwrap_or(DETAIL_ROWS),
            ("lane_order", Setting::Text(order)) => self.order = LaneOrder::named(&order),
            ("mark", Setting::Text(mark)) => {
                self.mark = match mark.as_str() {
                    "bar" => LaneMark::Bar,
                    "points" => LaneMark::Point,
                    _ => LaneMark::Line,
                }
            }
            ("shared_axis", Setting::Bool(shared)) => self.shared_axis = shared,
            _ => {}
        }
    }
}

/// Options of `render_timeline` and `render_timeline_durations`.
#[derive(Debug, Default)]
pub struct EventOptions(LaneOptions);

impl OwnOptions for EventOptions {
    const FIELDS: &'static [OptionField] = &[DETAIL_FIELD, ORDER_FIELD];
    fn set(&mut self, name: &str, setting: Setting) -> Result<(), String> {
        self.0.take(name, setting);
        Ok(())
    }
}

/// Options of `render_timeline_values`.
#[derive(Debug, Default)]
pub struct ValueOptions(LaneOptions);

impl OwnOptions for ValueOptions {
    const FIELDS: &'static [OptionField] = &[
        DETAIL_FIELD,
        ORDER_FIELD,
        OptionField { name: "mark", kind: OptionKind::Choice(&["bar", "line", "points"]), default: "'line'", doc: "How values are drawn." },
        OptionField { name: "shared_axis", kind: OptionKind::Bool, default: "false", doc: "Whether all lanes have one axis of values." },
    ];
    fn set(&mut self, name: &str, setting: Setting) -> Result<(), String> {
        self.0.take(name, setting);
        Ok(())
    }
}

/// Where the arguments stand.
struct Places {
    time: usize,
    end: Option<usize>,
    value: Option<usize>,
    lane: usize,
    tooltip: usize,
    color: usize,
    reference: usize,
}

fn lanes<O: OwnOptions>(
    rows: &Rows,
    options: &ChartOptions<O>,
    own: &LaneOptions,
    mark: LaneMark,
    at: &Places,
    interrupt: &Interrupt,
) -> GroupResult<Chart> {
    let labels = options.labels();
    let then: Vec<usize> =
        [Some(at.lane), at.end, at.value, Some(at.tooltip), Some(at.color), Some(at.reference)].into_iter().flatten().collect();
    let order = by_time(rows, at.time, &then, interrupt)?;
    let lane_source = options.source(at.lane);
    let divided = divide(rows.texts(at.lane), lane_source.is_some(), &order, own.order, labels);
    interrupt.check()?;
    let colors = colors(rows, at.color, options.source(at.color), &order, labels);
    interrupt.check()?;
    let sources = options.sources.get(at.tooltip).map_or(&[][..], Vec::as_slice);
    let details = details(rows, at.tooltip, sources, &order, labels);
    let references = references(rows, at, &order, labels);
    let body = Lanes {
        mark,
        times: ints(rows, at.time, &order),
        lane_of: divided.lane_of,
        lanes: divided.lanes,
        lane_source,
        time_source: options.named_source(at.time, "time"),
        ends: at.end.map(|arg| ints(rows, arg, &order)).unwrap_or_default(),
        end_source: at.end.map(|arg| options.named_source(arg, "end")),
        values: at.value.map(|arg| floats(rows, arg, &order)).unwrap_or_default(),
        value_source: at.value.map(|arg| options.named_source(arg, "value")),
        shared_axis: own.shared_axis,
        colors,
        details,
        detail_rows: own.detail_rows,
    };
    let mut chart = framed(&options.common, Body::Lanes(body), rows.len(), order.len());
    chart.warnings.extend(without_time(rows.len(), order.len()));
    chart.warnings.extend(divided.warning);
    chart.warnings.extend(references.1);
    chart.references.extend(references.0);
    chart.references.sort_by(|a, b| (a.time, &a.label).cmp(&(b.time, &b.label)));
    Ok(chart)
}

/// Most lines that rows draw.
const MOST_REFERENCES: usize = 200;

/// The lines that rows draw: those with a label.
fn references(rows: &Rows, at: &Places, order: &[u32], labels: crate::label::Labels) -> (Vec<Reference>, Option<String>) {
    let (times, texts) = (rows.ints(at.time), rows.texts(at.reference));
    if texts.distinct() == 0 {
        return (Vec::new(), None);
    }
    let mut drawn: Vec<Reference> = Vec::new();
    let (mut left, mut seen, mut before) = (0, HashSet::new(), None);
    for row in order {
        let Some(text) = texts.get(*row as usize) else { continue };
        let time = times.get(*row as usize).copied().unwrap_or(0);
        let label = labels.shown(text);
        // Rows of one time come by lane: the same line may come again after others.
        if before.replace(time) != Some(time) {
            seen.clear();
        }
        if !seen.insert(texts.id(*row as usize)) {
            continue;
        }
        if drawn.len() < MOST_REFERENCES {
            drawn.push(Reference { time, label: label.into_owned() });
        } else {
            left += 1;
        }
    }
    (drawn, (left > 0).then(|| format!("the first {MOST_REFERENCES} reference lines are drawn, {left} more are not")))
}

const TIME: Arg = Arg {
    name: "ts",
    doc: "When: a timestamp, or a text in ISO 8601 (others are read with `parse_time`). A column such as `ts`, `timestamp`, `TimeGenerated` where it is not given.",
};
const PART: Arg = Arg { name: "part", doc: "What the rows are divided by: one lane each." };
const TOOLTIP: Arg = Arg {
    name: "tooltip",
    doc: "Names of the columns that are shown of a row, such as `['host', 'user']`; the first 64 of the table where it is not given.",
};
const COLOR: Arg = Arg { name: "color", doc: "Name of the column that colours the rows; lanes have colours of their own without it." };
const REFERENCE: Arg = Arg { name: "ref_label", doc: "Rows where this is not NULL draw a line across the lanes, with this text." };
const TIME_COLUMN: Wanted = Wanted { argument: "ts", names: TIME_NAMES, required: true };
const fn none(argument: &'static str) -> Wanted {
    Wanted { argument, names: &[], required: false }
}

/// `render_timeline`.
#[derive(Debug)]
pub struct Timeline;

impl ChartKernel for Timeline {
    const SPEC: Spec = Spec {
        name: "render_timeline",
        family: Family::Charts,
        summary: "Draws events on lanes over time: as density where there are many, as points where there are few.",
        details: include_str!("timeline.md"),
        args: &[TIME, PART, TOOLTIP, COLOR, REFERENCE],
        examples: &[Example {
            sql: "\
WITH t AS (SELECT * FROM (VALUES (TIMESTAMP '2024-05-06 10:00:00', 'ws-14'), (TIMESTAMP '2024-05-06 10:05:00', 'ws-14'), (TIMESTAMP '2024-05-06 11:00:00', 'dc-01')) v(ts, host))
SELECT format, rows_in, rows_drawn, warnings FROM huntsql.render_timeline(t, ts, host, format => 'json')",
            result: "json | 3 | 3 | []",
        }],
    };
    const ARGS: &'static [ArgType] = &[ArgType::TimeOrText, ArgType::Shown, ArgType::Columns, ArgType::Columns, ArgType::Shown];
    const WANTED: &'static [Wanted] = &[TIME_COLUMN, none("part"), none("tooltip"), none("color"), none("ref_label")];
    const REST: Option<usize> = Some(2);
    type Own = EventOptions;

    fn chart(rows: &Rows, options: &ChartOptions<EventOptions>, interrupt: &Interrupt) -> GroupResult<Chart> {
        let at = Places { time: 0, end: None, value: None, lane: 1, tooltip: 2, color: 3, reference: 4 };
        lanes(rows, options, &options.own.0, LaneMark::Event, &at, interrupt)
    }
}

/// `render_timeline_durations`.
#[derive(Debug)]
pub struct TimelineDurations;

impl ChartKernel for TimelineDurations {
    const SPEC: Spec = Spec {
        name: "render_timeline_durations",
        family: Family::Charts,
        summary: "Draws what lasts on lanes over time: sessions, processes, connections as bars from start to end.",
        details: include_str!("durations.md"),
        args: &[
            Arg { name: "start_time", doc: "When it began; the column of this name, or `first_time`, where it is not given." },
            Arg { name: "end_time", doc: "When it ended, NULL where that is not known; the column of this name, or `last_time`, where it is not given." },
            PART,
            TOOLTIP,
            COLOR,
            REFERENCE,
        ],
        examples: &[Example {
            sql: "\
WITH t AS (SELECT * FROM (VALUES (TIMESTAMP '2024-05-06 10:00:00', TIMESTAMP '2024-05-06 10:40:00', 'alice'), (TIMESTAMP '2024-05-06 10:05:00', NULL, 'bob')) v(start_time, end_time, account))
SELECT format, rows_in, rows_drawn, warnings FROM huntsql.render_timeline_durations(t, part => account, format => 'json')",
            result: "json | 2 | 2 | []",
        }],
    };
    const ARGS: &'static [ArgType] =
        &[ArgType::TimeOrText, ArgType::TimeOrText, ArgType::Shown, ArgType::Columns, ArgType::Columns, ArgType::Shown];
    const WANTED: &'static [Wanted] = &[
        Wanted { argument: "start_time", names: &["start_time", "first_time", "StartTime", "ts", "TimeGenerated"], required: true },
        Wanted { argument: "end_time", names: &["end_time", "last_time", "EndTime"], required: true },
        none("part"),
        none("tooltip"),
        none("color"),
        none("ref_label"),
    ];
    const REST: Option<usize> = Some(3);
    type Own = EventOptions;

    fn chart(rows: &Rows, options: &ChartOptions<EventOptions>, interrupt: &Interrupt) -> GroupResult<Chart> {
        let at = Places { time: 0, end: Some(1), value: None, lane: 2, tooltip: 3, color: 4, reference: 5 };
        let mut chart = lanes(rows, options, &options.own.0, LaneMark::Duration, &at, interrupt)?;
        if let Body::Lanes(lanes) = &mut chart.body {
            let mut backwards = 0;
            for (start, end) in lanes.times.iter().zip(lanes.ends.iter_mut()) {
                if *end != i64::MIN && *end < *start {
                    *end = i64::MIN;
                    backwards += 1;
                }
            }
            if backwards > 0 {
                let rows = if backwards == 1 {
                    "1 row ends before it begins and is".to_owned()
                } else {
                    format!("{backwards} rows end before they begin and are")
                };
                chart.warnings.push(format!("{rows} drawn without an end"));
            }
        }
        Ok(chart)
    }
}

/// `render_timeline_values`.
#[derive(Debug)]
pub struct TimelineValues;

impl ChartKernel for TimelineValues {
    const SPEC: Spec = Spec {
        name: "render_timeline_values",
        family: Family::Charts,
        summary: "Draws a number over time on lanes, as lines, bars or points.",
        details: include_str!("values.md"),
        args: &[TIME, Arg { name: "value", doc: "The number; the column of this name where it is not given." }, PART, TOOLTIP, COLOR, REFERENCE],
        examples: &[Example {
            sql: "\
WITH t AS (SELECT * FROM (VALUES (TIMESTAMP '2024-05-06 10:00:00', 4096, 'ws-14'), (TIMESTAMP '2024-05-06 10:05:00', 128, 'ws-14')) v(ts, bytes, host))
SELECT format, rows_in, rows_drawn, warnings FROM huntsql.render_timeline_values(t, ts, bytes, host, mark => 'bar', format => 'json')",
            result: "json | 2 | 2 | []",
        }],
    };
    const ARGS: &'static [ArgType] =
        &[ArgType::TimeOrText, ArgType::Float, ArgType::Shown, ArgType::Columns, ArgType::Columns, ArgType::Shown];
    const WANTED: &'static [Wanted] = &[
        TIME_COLUMN,
        Wanted { argument: "value", names: &["value", "count", "bytes"], required: true },
        none("part"),
        none("tooltip"),
        none("color"),
        none("ref_label"),
    ];
    const REST: Option<usize> = Some(3);
    type Own = ValueOptions;

    fn chart(rows: &Rows, options: &ChartOptions<ValueOptions>, interrupt: &Interrupt) -> GroupResult<Chart> {
        let at = Places { time: 0, end: None, value: Some(1), lane: 2, tooltip: 3, color: 4, reference: 5 };
        lanes(rows, options, &options.own.0, options.own.0.mark, &at, interrupt)
    }
}
