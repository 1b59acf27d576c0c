//! `render_bars`: how much of each value.

use crate::kernel::{ChartKernel, framed};
use crate::model::{Body, Chart};
use crate::options::{ChartOptions, OwnOptions};
use crate::prepare::{BarRows, BarSettings, Measure, Measured, Order, TextColumn, bars};
use crate::rows::{column, named_column};
use huntsql_kernels::error::KernelError;
use huntsql_kernels::group::{GroupResult, Wanted};
use huntsql_kernels::interrupt::Interrupt;
use huntsql_kernels::options::{OptionField, OptionKind, Setting};
use huntsql_kernels::rows::Rows;
use huntsql_kernels::spec::{Arg, Example, Family, Spec};
use huntsql_kernels::types::ArgType;

const LABEL: usize = 0;
const VALUE: usize = 1;
const DISTINCT: usize = 2;
const COLOR: usize = 3;

/// Options of `render_bars`.
#[derive(Debug)]
pub struct BarOptions {
    aggregate: Option<Measure>,
    order: Order,
    most: usize,
}

impl Default for BarOptions {
    fn default() -> Self {
        Self { aggregate: None, order: Order::Value, most: 30 }
    }
}

impl OwnOptions for BarOptions {
    const FIELDS: &'static [OptionField] = &[
        OptionField {
            name: "aggregate",
            kind: OptionKind::Choice(&["auto", "count", "distinct", "max", "mean", "sum"]),
            default: "'auto'",
            doc: "What a bar measures: rows, different `distinct_of`, or `value`. `auto` follows the arguments that are given.",
        },
        OptionField { name: "max_values", kind: OptionKind::Int(1, 500), default: "30", doc: "Bars at most; the rest become one." },
        OptionField {
            name: "sort",
            kind: OptionKind::Choice(&["label", "value"]),
            default: "'value'",
            doc: "The longest bar first, or by label.",
        },
    ];
    fn set(&mut self, name: &str, setting: Setting) -> Result<(), String> {
        match (name, setting) {
            ("aggregate", Setting::Text(aggregate)) => {
                self.aggregate = match aggregate.as_str() {
                    "count" => Some(Measure::Count),
                    "distinct" => Some(Measure::Distinct),
                    "max" => Some(Measure::Max),
                    "mean" => Some(Measure::Mean),
                    "sum" => Some(Measure::Sum),
                    _ => None,
                }
            }
            ("max_values", Setting::Int(most)) => self.most = usize::try_from(most).unwrap_or(30),
            ("sort", Setting::Text(sort)) => self.order = if sort == "label" { Order::Label } else { Order::Value },
            _ => {}
        }
        Ok(())
    }
}

/// `render_bars`.
#[derive(Debug)]
pub struct RenderBars;

impl ChartKernel for RenderBars {
    const SPEC: Spec = Spec {
        name: "render_bars",
        family: Family::Charts,
        summary: "Draws how many rows, or how much, each value of a column has.",
        details: "The longest bar is above; bars beyond `max_values` become one, told in `warnings`. File and result are as those of `render_timeline`.",
        args: &[
            Arg { name: "label", doc: "One bar for each value." },
            Arg { name: "value", doc: "A number that is added up; rows are counted without it." },
            Arg { name: "distinct_of", doc: "What is counted once however often it is there." },
            Arg { name: "color", doc: "Name of the column that divides the bars." },
        ],
        examples: &[Example {
            sql: "\
WITH t AS (SELECT * FROM (VALUES ('ws-14', 'alice'), ('ws-14', 'bob'), ('dc-01', 'bob')) v(host, account))
SELECT format, rows_in, rows_drawn, warnings FROM huntsql.render_bars(t, host, color => ['account'], format => 'json')",
            result: "json | 3 | 3 | []",
        }],
    };
    const ARGS: &'static [ArgType] = &[ArgType::Shown, ArgType::Float, ArgType::Shown, ArgType::Columns];
    const WANTED: &'static [Wanted] = &[
        Wanted { argument: "label", names: &["label"], required: true },
        Wanted { argument: "value", names: &[], required: false },
        Wanted { argument: "distinct_of", names: &[], required: false },
        Wanted { argument: "color", names: &[], required: false },
    ];
    const SORTS: bool = true;
    type Own = BarOptions;

    fn chart(rows: &Rows, options: &ChartOptions<BarOptions>, interrupt: &Interrupt) -> GroupResult<Chart> {
        let labels = options.labels();
        let given = |arg: usize| options.source(arg).is_some();
        let measure = options.own.aggregate.unwrap_or(match (given(DISTINCT), given(VALUE)) {
            (true, _) => Measure::Distinct,
            (false, true) => Measure::Sum,
            (false, false) => Measure::Count,
        });
        let needed = match measure {
            Measure::Count => None,
            Measure::Distinct => Some(("distinct_of", DISTINCT)),
            Measure::Sum | Measure::Mean | Measure::Max => Some(("value", VALUE)),
        };
        if let Some((argument, arg)) = needed
            && !given(arg)
        {
            let problem = format!("is needed for this aggregate: {argument} => ...");
            return Err(KernelError::BadArgument { function: Self::SPEC.name, argument, problem }.into());
        }
        let name = |arg: usize| options.named_source(arg, "value").name;
        let measure_name = match measure {
            Measure::Count => "count of rows".to_owned(),
            Measure::Distinct => format!("different {}", name(DISTINCT)),
            Measure::Sum => format!("sum of {}", name(VALUE)),
            Measure::Mean => format!("mean of {}", name(VALUE)),
            Measure::Max => format!("largest {}", name(VALUE)),
        };
        let label = column(rows.texts(LABEL), rows.len(), labels);
        let distinct = column(rows.texts(DISTINCT), rows.len(), labels);
        let color = named_column(rows, COLOR, options.source(COLOR).as_ref(), labels);
        let measured = match measure {
            Measure::Count => Measured::Rows,
            Measure::Distinct => Measured::Texts((&distinct).into()),
            _ => Measured::Numbers(rows.floats(VALUE)),
        };
        let columns = BarRows { label: (&label).into(), measured, color: color.as_ref().map(TextColumn::from) };
        let settings = BarSettings {
            label: options.named_source(LABEL, "label"),
            color: options.source(COLOR),
            measure,
            measure_name,
            order: options.own.order,
            most_bars: options.own.most,
        };
        let made = bars(&columns, &settings, interrupt)?;
        let mut chart = framed(&options.common, Body::Bars(made.body), rows.len(), made.rows_drawn);
        chart.warnings = made.warnings;
        Ok(chart)
    }
}
