//! `render_process_tree`: what `process_tree` gives, as indented boxes.

use crate::kernel::{ChartKernel, framed};
use crate::model::{Body, Chart, DetailColumn, Details, Label, Tree};
use crate::options::{ChartOptions, OwnOptions};
use crate::rows::{colors, column, details, left_out};
use huntsql_kernels::group::{GroupResult, Wanted};
use huntsql_kernels::interrupt::Interrupt;
use huntsql_kernels::options::{OptionField, OptionKind, Setting};
use huntsql_kernels::process::kin::{COMMAND_COLUMNS, KEY_ARG, KEY_COLUMN, Kin, PARENT_ARG, PARENT_COLUMN, PATH_COLUMN};
use huntsql_kernels::rows::Rows;
use huntsql_kernels::spec::{Arg, Example, Family, Spec};
use huntsql_kernels::types::ArgType;

const KEY: usize = 0;
const PROCESS: usize = 3;
const PID: usize = 4;
const COMMAND: usize = 5;
const HOST: usize = 6;
const INFERRED: usize = 7;
const START: usize = 8;
const TOOLTIP: usize = 9;
const COLOR: usize = 10;

/// Options of `render_process_tree`.
#[derive(Debug)]
pub struct TreeOptions {
    max_rows: usize,
}

impl Default for TreeOptions {
    fn default() -> Self {
        Self { max_rows: 200_000 }
    }
}

impl OwnOptions for TreeOptions {
    const FIELDS: &'static [OptionField] = &[OptionField {
        name: "max_rows",
        kind: OptionKind::Int(1, 5_000_000),
        default: "200000",
        doc: "Processes that are drawn at most: the first ones, parents before their children.",
    }];
    fn set(&mut self, _: &str, setting: Setting) -> Result<(), String> {
        if let Setting::Int(rows) = setting {
            self.max_rows = usize::try_from(rows).unwrap_or(usize::MAX);
        }
        Ok(())
    }
}

/// `render_process_tree`.
#[derive(Debug)]
pub struct RenderProcessTree;

impl ChartKernel for RenderProcessTree {
    const SPEC: Spec = Spec {
        name: "render_process_tree",
        family: Family::Charts,
        summary: "Draws a forest of processes as indented boxes with names, ids and command lines.",
        details: include_str!("process_tree.md"),
        args: &[
            KEY_ARG,
            PARENT_ARG,
            // `path` is where the chart is written.
            Arg { name: "tree_path", doc: "Puts siblings in order; the column `path`. Where there is none, their keys do." },
            Arg { name: "process", doc: "Its program, of which the file name is shown; the column of this name." },
            Arg { name: "process_pid", doc: "Its id; the column of this name." },
            Arg { name: "command", doc: "Its command line; a column `CommandLine`, `ProcessCommandLine`, `command_line`, `cmdline` or `proctitle`." },
            Arg { name: "process_host", doc: "Where it ran; the column of this name." },
            Arg { name: "inferred", doc: "Whether it was never logged; the column of this name." },
            Arg { name: "start_time", doc: "When it started; the column of this name." },
            Arg { name: "tooltip", doc: "Names of more columns that are shown of a process; the first 64 of the table where it is not given." },
            Arg { name: "color", doc: "Name of the column that colours the boxes, such as `['process_host']`." },
        ],
        examples: &[Example {
            sql: "\
WITH t AS (SELECT * FROM (VALUES ('a', NULL, 'explorer.exe', 420), ('b', 'a', 'winword.exe', 688), ('c', 'b', 'cmd.exe', 712)) v(process_key, parent_key, process, process_pid))
SELECT format, rows_in, rows_drawn, warnings FROM huntsql.render_process_tree(t, format => 'json')",
            result: "json | 3 | 3 | []",
        }],
    };
    #[rustfmt::skip]
    const ARGS: &'static [ArgType] = &[
        ArgType::Key, ArgType::Key, ArgType::Text, ArgType::Text, ArgType::Key, ArgType::Text, ArgType::Text, ArgType::Bool, ArgType::TimeOrText,
        ArgType::Columns, ArgType::Columns,
    ];
    const WANTED: &'static [Wanted] = &[
        KEY_COLUMN,
        PARENT_COLUMN,
        Wanted { argument: "tree_path", ..PATH_COLUMN },
        Wanted { argument: "process", names: &["process"], required: false },
        Wanted { argument: "process_pid", names: &["process_pid"], required: false },
        Wanted { argument: "command", names: COMMAND_COLUMNS, required: false },
        Wanted { argument: "process_host", names: &["process_host"], required: false },
        Wanted { argument: "inferred", names: &["inferred"], required: false },
        Wanted { argument: "start_time", names: &["start_time"], required: false },
        Wanted { argument: "tooltip", names: &[], required: false },
        Wanted { argument: "color", names: &[], required: false },
    ];
    const REST: Option<usize> = Some(TOOLTIP);
    type Own = TreeOptions;

    fn chart(rows: &Rows, options: &ChartOptions<TreeOptions>, interrupt: &Interrupt) -> GroupResult<Chart> {
        let labels = options.labels();
        let kin = Kin::read(rows, interrupt)?;
        // Where each process stands in the picture.
        let mut places = vec![u32::MAX; kin.len()];
        let (mut order, mut depths, mut parents) = (Vec::new(), Vec::new(), Vec::new());
        for process in kin.descent(&kin.roots()).take(options.own.max_rows) {
            if order.len() % 65_536 == 0 {
                interrupt.check()?;
            }
            if let Some(place) = places.get_mut(process as usize) {
                *place = u32::try_from(order.len()).unwrap_or(u32::MAX);
            }
            order.push(u32::try_from(kin.row(process)).unwrap_or(u32::MAX));
            depths.push(u16::try_from(kin.depth(process)).unwrap_or(u16::MAX));
            parents.push(kin.parent(process).and_then(|parent| places.get(parent as usize)).copied().filter(|place| *place != u32::MAX));
        }
        let texts = |arg: usize| {
            let mut column = column(rows.texts(arg), rows.len(), labels);
            column.codes = order.iter().map(|row| column.codes.get(*row as usize).copied().unwrap_or(0)).collect();
            column
        };
        let named = |arg: usize, name: &str| DetailColumn { source: options.named_source(arg, name), ..texts(arg) };
        let mut columns =
            vec![programs(named(PROCESS, "process")), named(PID, "process_pid"), named(COMMAND, "command"), named(KEY, "process_key")];
        if options.source(HOST).is_some() {
            columns.push(named(HOST, "process_host"));
        }
        let inferred = options.source(INFERRED).map(|source| {
            let codes = order.iter().map(|row| rows.bool(INFERRED, *row as usize).map_or(0, |inferred| 1 + u32::from(inferred))).collect();
            let text = |text: &str| Label { shown: text.to_owned(), raw: None };
            columns.push(DetailColumn { source, codes, texts: vec![Label::default(), text("false"), text("true")] });
            columns.len() - 1
        });
        let more = details(rows, TOOLTIP, options.sources.get(TOOLTIP).map_or(&[][..], Vec::as_slice), &order, labels);
        columns.extend(more.columns);
        let times: Vec<i64> = order.iter().map(|row| rows.int(START, *row as usize).unwrap_or(i64::MIN)).collect();
        let has_times = times.iter().any(|time| *time != i64::MIN);
        let drawn = order.len();
        let body = Tree {
            depths,
            parents,
            times: if has_times { times } else { Vec::new() },
            time_source: options.source(START).filter(|_| has_times),
            colors: colors(rows, COLOR, options.source(COLOR), &order, labels),
            details: Details { columns },
            inferred,
        };
        let mut chart = framed(&options.common, Body::Tree(body), rows.len(), drawn);
        if kin.len() > drawn {
            chart.warnings.push(format!("the first {drawn} of {} processes are drawn: filter, or raise max_rows", kin.len()));
        }
        let same = rows.len().saturating_sub(kin.len());
        chart.warnings.extend(left_out(same, "the key of another row, or none"));
        Ok(chart)
    }
}

/// File names of programs.
fn programs(mut column: DetailColumn) -> DetailColumn {
    for label in column.texts.iter_mut().skip(1) {
        let name = label.shown.rsplit(['/', '\\']).next().unwrap_or_default().trim();
        if !name.is_empty() && name.len() < label.shown.len() {
            let name = name.to_owned();
            label.raw.get_or_insert_with(|| std::mem::take(&mut label.shown));
            label.shown = name;
        }
    }
    column
}
