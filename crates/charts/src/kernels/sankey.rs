//! `render_sankey`: flows between stages.

use crate::kernel::{ChartKernel, framed};
use crate::model::{Body, Chart};
use crate::options::{ChartOptions, OwnOptions};
use crate::prepare::{FlowRows, SankeySettings, TextColumn, sankey};
use crate::rows::details;
use huntsql_kernels::error::KernelError;
use huntsql_kernels::group::{GroupResult, Wanted};
use huntsql_kernels::interrupt::Interrupt;
use huntsql_kernels::options::{OptionField, OptionKind, Setting};
use huntsql_kernels::rows::Rows;
use huntsql_kernels::spec::{Arg, Example, Family, Spec};
use huntsql_kernels::types::ArgType;

const LEVELS: usize = 0;
const VALUE: usize = 1;
/// Columns of stages at most.
const MOST_LEVELS: usize = 6;

/// Options of `render_sankey`.
#[derive(Debug)]
pub struct SankeyOptions {
    pairs: bool,
    stages: usize,
}

impl Default for SankeyOptions {
    fn default() -> Self {
        Self { pairs: false, stages: 25 }
    }
}

impl OwnOptions for SankeyOptions {
    const FIELDS: &'static [OptionField] = &[
        OptionField {
            name: "max_values",
            kind: OptionKind::Int(2, 500),
            default: "25",
            doc: "Values of a level at most: the largest; the rest become one.",
        },
        OptionField {
            name: "pairs",
            kind: OptionKind::Bool,
            default: "false",
            doc: "Whether the two levels are both ends of a step, which may begin where another ends: longer ways come of them.",
        },
    ];
    fn set(&mut self, name: &str, setting: Setting) -> Result<(), String> {
        match (name, setting) {
            ("max_values", Setting::Int(stages)) => self.stages = usize::try_from(stages).unwrap_or(25),
            ("pairs", Setting::Bool(pairs)) => self.pairs = pairs,
            _ => {}
        }
        Ok(())
    }
}

/// `render_sankey`.
#[derive(Debug)]
pub struct RenderSankey;

impl ChartKernel for RenderSankey {
    const SPEC: Spec = Spec {
        name: "render_sankey",
        family: Family::Charts,
        summary: "Draws how much flows from the values of one column to those of the next.",
        details: include_str!("sankey.md"),
        args: &[
            Arg {
                name: "levels",
                doc: "Names of two to six columns, such as `['src', 'port', 'dst']`; all columns of the table where it is not given.",
            },
            Arg { name: "value", doc: "A number that is added up; rows are counted without it." },
        ],
        examples: &[Example {
            sql: "\
WITH t AS (SELECT * FROM (VALUES ('alice', 'ssh', 'dc-01'), ('alice', 'rdp', 'ws-14'), ('bob', 'ssh', 'dc-01')) v(account, service, host))
SELECT format, rows_in, rows_drawn, warnings FROM huntsql.render_sankey(t, ['account', 'service', 'host'], format => 'json')",
            result: "json | 3 | 3 | []",
        }],
    };
    const ARGS: &'static [ArgType] = &[ArgType::Columns, ArgType::Float];
    const WANTED: &'static [Wanted] =
        &[Wanted { argument: "levels", names: &[], required: false }, Wanted { argument: "value", names: &[], required: false }];
    const REST: Option<usize> = Some(LEVELS);
    const SORTS: bool = true;
    type Own = SankeyOptions;

    fn chart(rows: &Rows, options: &ChartOptions<SankeyOptions>, interrupt: &Interrupt) -> GroupResult<Chart> {
        let sources = options.sources.get(LEVELS).cloned().unwrap_or_default();
        let wrong = |problem: String| KernelError::BadArgument { function: Self::SPEC.name, argument: "levels", problem };
        let most = if options.own.pairs { 2 } else { MOST_LEVELS };
        // An empty table on DuckDB comes without its columns.
        if !(2..=most).contains(&sources.len()) {
            let some =
                if options.own.pairs { "two columns where pairs => true".to_owned() } else { format!("two to {MOST_LEVELS} columns") };
            return Err(wrong(format!("must name {some}, such as ['src', 'dst'], got {}", sources.len())).into());
        }
        let order: Vec<u32> = (0u32..).take(rows.len()).collect();
        let columns = details(rows, LEVELS, &sources, &order, options.labels()).columns;
        let levels: Vec<TextColumn<'_>> = columns.iter().map(TextColumn::from).collect();
        let value = options.source(VALUE);
        let numbers = value.as_ref().map(|_| rows.floats(VALUE));
        let flows = match levels.as_slice() {
            [source, target] if options.own.pairs => FlowRows::Pairs { source: *source, target: *target, value: numbers },
            levels => FlowRows::Levels { levels, value: numbers },
        };
        let measure = value.map_or_else(|| "count of rows".to_owned(), |value| format!("sum of {}", value.name));
        let settings = SankeySettings { sources, measure, most_stages: options.own.stages };
        let made = sankey(&flows, &settings, interrupt)?;
        let mut chart = framed(&options.common, Body::Sankey(made.body), rows.len(), made.rows_drawn);
        chart.warnings = made.warnings;
        Ok(chart)
    }
}
