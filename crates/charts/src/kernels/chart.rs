//! `render_chart`: what ECharts can draw and no other function here does.

use crate::kernel::{ChartKernel, framed};
use crate::model::{Body, Chart, DetailColumn};
use crate::options::{ChartOptions, OwnOptions};
use crate::order::by_content;
use crate::prepare::grouped;
use crate::rows::details;
use huntsql_kernels::group::{GroupResult, Wanted};
use huntsql_kernels::interrupt::Interrupt;
use huntsql_kernels::options::{OptionField, OptionKind, Setting};
use huntsql_kernels::rows::Rows;
use huntsql_kernels::spec::{Arg, Example, Family, Spec};
use huntsql_kernels::types::ArgType;
use serde_json::{Value, json};

/// Rows that a page can hold as JSON.
const MOST_ROWS: usize = 100_000;

/// Options of `render_chart`.
#[derive(Debug, Default)]
pub struct SpecOptions {
    spec: Value,
}

impl OwnOptions for SpecOptions {
    const FIELDS: &'static [OptionField] = &[OptionField {
        name: "spec",
        kind: OptionKind::Text,
        default: "NULL",
        doc: "An option of ECharts 6 as JSON; must be given. The rows are its `dataset`, unless it has one.",
    }];
    fn set(&mut self, _: &str, setting: Setting) -> Result<(), String> {
        let Setting::Text(text) = setting else { return Ok(()) };
        let spec: Value = serde_json::from_str(&text).map_err(|error| format!("must be an option of ECharts in JSON: {error}"))?;
        if !spec.is_object() {
            return Err("must be an option of ECharts in JSON, such as '{\"series\": [{\"type\": \"pie\"}]}'".to_owned());
        }
        self.spec = spec;
        Ok(())
    }
}

/// `render_chart`.
#[derive(Debug)]
pub struct RenderChart;

impl ChartKernel for RenderChart {
    const SPEC: Spec = Spec {
        name: "render_chart",
        family: Family::Charts,
        summary: "Draws the rows as an option of ECharts says: pies, box plots, radar, sunbursts and the rest.",
        details: include_str!("chart.md"),
        args: &[Arg { name: "columns", doc: "Names of the columns of the dataset; those of the table where it is not given." }],
        examples: &[Example {
            sql: "\
WITH t AS (SELECT * FROM (VALUES ('ssh', 12), ('rdp', 3)) v(service, logons))
SELECT format, rows_in, rows_drawn, warnings FROM huntsql.render_chart(t, '{\"series\": [{\"type\": \"pie\"}]}', format => 'json')",
            result: "json | 2 | 2 | []",
        }],
    };
    const ARGS: &'static [ArgType] = &[ArgType::Columns];
    const WANTED: &'static [Wanted] = &[Wanted { argument: "columns", names: &[], required: false }];
    const REST: Option<usize> = Some(0);
    const MOST_REST: usize = usize::MAX;
    const REQUIRED: &'static [&'static str] = &["spec"];
    type Own = SpecOptions;

    fn chart(rows: &Rows, options: &ChartOptions<SpecOptions>, interrupt: &Interrupt) -> GroupResult<Chart> {
        let drawn = rows.len().min(MOST_ROWS);
        // Where some are left out, it must not depend on the order in which they came which.
        let order: Vec<u32> = if rows.len() > drawn {
            by_content(rows, interrupt)?.into_iter().take(drawn).map(|row| u32::try_from(row).unwrap_or(u32::MAX)).collect()
        } else {
            (0u32..).take(drawn).collect()
        };
        let sources = options.sources.first().map_or(&[][..], Vec::as_slice);
        let columns = details(rows, 0, sources, &order, options.labels()).columns;
        interrupt.check()?;
        let values: Vec<Vec<Value>> = columns.iter().map(column_values).collect();
        let row = |row: usize| values.iter().map(|column| column.get(row).cloned().unwrap_or_default()).collect::<Value>();
        let mut spec = options.own.spec.clone();
        let has_own = spec.get("dataset").is_some();
        if let Some(spec) = spec.as_object_mut() {
            let names: Vec<&str> = columns.iter().map(|column| column.source.name.as_str()).collect();
            let rows = || (0..drawn).map(row).collect::<Value>();
            spec.entry("dataset").or_insert_with(|| json!({"dimensions": names, "source": rows()}));
        }
        let mut chart = framed(&options.common, Body::EChartsOption(spec), rows.len(), if has_own { 0 } else { drawn });
        if has_own {
            chart.warnings.push("the option has a dataset of its own: no row of the table is in it".to_owned());
        } else if rows.len() > drawn {
            chart.warnings.push(format!("{} of {} rows are in the dataset: group or filter them", grouped(drawn), grouped(rows.len())));
        }
        Ok(chart)
    }
}

fn number(text: &str) -> Option<Value> {
    let whole = text.parse::<i64>().ok().filter(|number| number.to_string() == text).map(Value::from);
    whole.or_else(|| text.parse::<f64>().ok().filter(|number| number.is_finite() && format!("{number:?}") == text).map(Value::from))
}

/// Numbers where all texts of a column are numbers that read the same when they are written again: `00501` is a text.
fn column_values(column: &DetailColumn) -> Vec<Value> {
    let numbers: Vec<Option<Value>> = column.texts.iter().map(|label| number(&label.shown)).collect();
    let all = numbers.len() > 1 && numbers.iter().skip(1).all(Option::is_some);
    let value = |code: &u32| {
        let code = *code as usize;
        if code == 0 {
            return Value::Null;
        }
        match numbers.get(code) {
            Some(Some(number)) if all => number.clone(),
            _ => column.texts.get(code).map_or(Value::Null, |label| json!(label.shown)),
        }
    };
    column.codes.iter().map(value).collect()
}
