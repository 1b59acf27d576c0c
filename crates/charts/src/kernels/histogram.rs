//! `render_histogram`: how often which numbers or times are.

use crate::kernel::{ChartKernel, framed};
use crate::model::{Body, Chart};
use crate::options::{ChartOptions, OwnOptions};
use crate::prepare::{Bins, HistogramRows, HistogramSettings, Observed, TextColumn, histogram};
use crate::rows::named_column;
use huntsql_kernels::group::{GroupResult, Wanted};
use huntsql_kernels::interrupt::Interrupt;
use huntsql_kernels::options::{OptionField, OptionKind, Setting};
use huntsql_kernels::rows::Rows;
use huntsql_kernels::spec::{Arg, Example, Family, Spec};
use huntsql_kernels::types::ArgType;

const VALUE: usize = 0;
const TIME: usize = 1;
const COLOR: usize = 2;

/// Options of `render_histogram`.
#[derive(Debug, Default)]
pub struct HistogramOptions {
    bins: Bins,
    log: bool,
}

impl OwnOptions for HistogramOptions {
    const FIELDS: &'static [OptionField] = &[
        OptionField {
            name: "bins",
            kind: OptionKind::Int(1, 1000),
            default: "NULL",
            doc: "About how many bins; as many as the values ask for without it.",
        },
        OptionField {
            name: "scale",
            kind: OptionKind::Choice(&["linear", "log"]),
            default: "'linear'",
            doc: "Bins of one width, or each wider by a factor.",
        },
    ];
    fn set(&mut self, name: &str, setting: Setting) -> Result<(), String> {
        match (name, setting) {
            ("bins", Setting::Int(bins)) => self.bins = u16::try_from(bins).map_or(Bins::Auto, Bins::About),
            ("scale", Setting::Text(scale)) => self.log = scale == "log",
            _ => {}
        }
        Ok(())
    }
}

/// `render_histogram`.
#[derive(Debug)]
pub struct RenderHistogram;

impl ChartKernel for RenderHistogram {
    const SPEC: Spec = Spec {
        name: "render_histogram",
        family: Family::Charts,
        summary: "Draws how often which numbers or times are.",
        details: "Give `value` for numbers or `ts` for times; bins have round edges. NULL values, and those below zero where `scale => 'log'`, are left out, and counted in `warnings`. File and result are as those of `render_timeline`.",
        args: &[
            Arg { name: "value", doc: "A number; the column of this name where neither is given." },
            Arg { name: "ts", doc: "A time, in place of a number." },
            Arg { name: "color", doc: "Name of the column that divides the bars." },
        ],
        examples: &[Example {
            sql: "\
WITH t AS (SELECT * FROM (VALUES (120), (4096), (128)) v(bytes))
SELECT format, rows_in, rows_drawn, warnings FROM huntsql.render_histogram(t, bytes, scale => 'log', format => 'json')",
            result: "json | 3 | 3 | []",
        }],
    };
    const ARGS: &'static [ArgType] = &[ArgType::Float, ArgType::TimeOrText, ArgType::Columns];
    const WANTED: &'static [Wanted] = &[
        Wanted { argument: "value", names: &["value"], required: false },
        Wanted { argument: "ts", names: &[], required: false },
        Wanted { argument: "color", names: &[], required: false },
    ];
    const ONE_OF: &'static [usize] = &[VALUE, TIME];
    const SORTS: bool = true;
    type Own = HistogramOptions;

    fn chart(rows: &Rows, options: &ChartOptions<HistogramOptions>, interrupt: &Interrupt) -> GroupResult<Chart> {
        let (time, value) = (options.source(TIME), options.source(VALUE));
        let observed = match (&time, &value) {
            (Some(_), _) => Observed::Times(rows.ints(TIME)),
            (None, _) => Observed::Numbers(rows.floats(VALUE)),
        };
        let color = named_column(rows, COLOR, options.source(COLOR).as_ref(), options.labels());
        let columns = HistogramRows { observed, color: color.as_ref().map(TextColumn::from) };
        let settings = HistogramSettings {
            source: time.or(value).unwrap_or_default(),
            color: options.source(COLOR),
            bins: options.own.bins,
            log: options.own.log,
        };
        let made = histogram(&columns, &settings, interrupt)?;
        let mut chart = framed(&options.common, Body::Histogram(made.body), rows.len(), made.rows_drawn);
        chart.warnings = made.warnings;
        Ok(chart)
    }
}
