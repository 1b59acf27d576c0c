//! `render_graph`: what has to do with what.

use crate::kernel::{ChartKernel, framed};
use crate::model::{Body, Chart};
use crate::options::{ChartOptions, OwnOptions};
use crate::prepare::{End, GraphRows, GraphSettings, NodeAttribute, TextColumn, graph};
use crate::rows::{column, details};
use huntsql_kernels::group::{GroupResult, Wanted};
use huntsql_kernels::interrupt::Interrupt;
use huntsql_kernels::options::{OptionField, OptionKind, Setting};
use huntsql_kernels::rows::Rows;
use huntsql_kernels::spec::{Arg, Example, Family, Spec};
use huntsql_kernels::types::ArgType;

const SOURCE: usize = 0;
const TARGET: usize = 1;
const VALUE: usize = 2;
const LABEL: usize = 3;
const TIME: usize = 4;
const SOURCE_KIND: usize = 5;
const TARGET_KIND: usize = 6;
const SOURCE_ATTRIBUTES: usize = 7;
const TARGET_ATTRIBUTES: usize = 8;

/// Options of `render_graph`.
#[derive(Debug)]
pub struct GraphOptions {
    directed: bool,
    nodes: usize,
    edges: usize,
}

impl Default for GraphOptions {
    fn default() -> Self {
        Self { directed: true, nodes: 2000, edges: 10_000 }
    }
}

impl OwnOptions for GraphOptions {
    const FIELDS: &'static [OptionField] = &[
        OptionField {
            name: "directed",
            kind: OptionKind::Bool,
            default: "true",
            doc: "Whether an edge leads from source to target; both ways are one edge where not.",
        },
        OptionField { name: "max_edges", kind: OptionKind::Int(1, 100_000), default: "10000", doc: "Edges at most: those with most rows." },
        OptionField { name: "max_nodes", kind: OptionKind::Int(1, 20_000), default: "2000", doc: "Nodes at most: those with most rows." },
    ];
    fn set(&mut self, name: &str, setting: Setting) -> Result<(), String> {
        match (name, setting) {
            ("directed", Setting::Bool(directed)) => self.directed = directed,
            ("max_nodes", Setting::Int(nodes)) => self.nodes = usize::try_from(nodes).unwrap_or(2000),
            ("max_edges", Setting::Int(edges)) => self.edges = usize::try_from(edges).unwrap_or(10_000),
            _ => {}
        }
        Ok(())
    }
}

/// `render_graph`.
#[derive(Debug)]
pub struct RenderGraph;

impl ChartKernel for RenderGraph {
    const SPEC: Spec = Spec {
        name: "render_graph",
        family: Family::Charts,
        summary: "Draws what has to do with what: nodes that were laid out by force, and edges between them.",
        details: include_str!("graph.md"),
        args: &[
            Arg { name: "source", doc: "One end of an edge." },
            Arg { name: "target", doc: "The other end." },
            Arg { name: "value", doc: "A number that is added up for each edge; rows are counted as well." },
            Arg { name: "label", doc: "What is said of an edge." },
            Arg { name: "ts", doc: "When: so that other charts of a report can filter this one." },
            Arg { name: "source_kind", doc: "What the source is, which colours it; the name of its column where it is not given." },
            Arg { name: "target_kind", doc: "What the target is." },
            Arg { name: "source_attributes", doc: "Names of columns that say something of the source." },
            Arg { name: "target_attributes", doc: "Names of columns that say something of the target." },
        ],
        examples: &[Example {
            sql: "\
WITH t AS (SELECT * FROM (VALUES ('alice', 'ws-14'), ('alice', 'dc-01'), ('bob', 'ws-14')) v(account, host))
SELECT format, rows_in, rows_drawn, warnings FROM huntsql.render_graph(t, account, host, format => 'json')",
            result: "json | 3 | 3 | []",
        }],
    };
    #[rustfmt::skip]
    const ARGS: &'static [ArgType] = &[
        ArgType::Shown, ArgType::Shown, ArgType::Float, ArgType::Shown, ArgType::TimeOrText, ArgType::Shown, ArgType::Shown, ArgType::Columns, ArgType::Columns,
    ];
    const WANTED: &'static [Wanted] = &[
        Wanted { argument: "source", names: &["source", "src"], required: true },
        Wanted { argument: "target", names: &["target", "dst"], required: true },
        Wanted { argument: "value", names: &[], required: false },
        Wanted { argument: "label", names: &[], required: false },
        Wanted { argument: "ts", names: &["ts"], required: false },
        Wanted { argument: "source_kind", names: &[], required: false },
        Wanted { argument: "target_kind", names: &[], required: false },
        Wanted { argument: "source_attributes", names: &[], required: false },
        Wanted { argument: "target_attributes", names: &[], required: false },
    ];
    const SORTS: bool = true;
    type Own = GraphOptions;

    fn chart(rows: &Rows, options: &ChartOptions<GraphOptions>, interrupt: &Interrupt) -> GroupResult<Chart> {
        let labels = options.labels();
        let text = |arg: usize| column(rows.texts(arg), rows.len(), labels);
        let given = |arg: usize| options.source(arg).is_some();
        let (source, target) = (text(SOURCE), text(TARGET));
        let label = given(LABEL).then(|| text(LABEL));
        let (source_kind, target_kind) = (given(SOURCE_KIND).then(|| text(SOURCE_KIND)), given(TARGET_KIND).then(|| text(TARGET_KIND)));
        let order: Vec<u32> = (0u32..).take(rows.len()).collect();
        let said = |arg: usize| details(rows, arg, options.sources.get(arg).map_or(&[][..], Vec::as_slice), &order, labels).columns;
        let (of_source, of_target) = (said(SOURCE_ATTRIBUTES), said(TARGET_ATTRIBUTES));
        let attributes: Vec<NodeAttribute<'_>> = of_source
            .iter()
            .map(|column| (End::Source, column))
            .chain(of_target.iter().map(|column| (End::Target, column)))
            .map(|(of, column)| NodeAttribute { name: &column.source.name, of, texts: column.into() })
            .collect();
        let columns = GraphRows {
            source: (&source).into(),
            target: (&target).into(),
            value: given(VALUE).then(|| rows.floats(VALUE)),
            label: label.as_ref().map(TextColumn::from),
            time: given(TIME).then(|| rows.ints(TIME)),
            source_kind: source_kind.as_ref().map(TextColumn::from),
            target_kind: target_kind.as_ref().map(TextColumn::from),
            attributes: &attributes,
        };
        let settings = GraphSettings {
            source: options.named_source(SOURCE, "source"),
            target: options.named_source(TARGET, "target"),
            time: options.source(TIME),
            directed: options.own.directed,
            most_nodes: options.own.nodes,
            most_edges: options.own.edges,
        };
        let made = graph(&columns, &settings, interrupt)?;
        let mut chart = framed(&options.common, Body::Graph(made.body), rows.len(), made.rows_drawn);
        chart.warnings = made.warnings;
        Ok(chart)
    }
}
