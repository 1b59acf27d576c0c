//! What each kind of chart writes: see FORMAT.md.

use super::block::{Block, float_planes, planes};
use super::rows::{Encoded as EncodedRows, Rows, since};
use crate::model::{Axis, Bars, Body, Graph, Histogram, Label, LaneMark, Map, Matrix, Numbers, Sankey, Scale, Series, Source, Tree};
use huntsql_kernels::interrupt::{Interrupt, Interrupted};
use serde_json::{Value, json};

/// A chart's own part.
#[derive(Debug)]
pub(super) struct Encoded {
    pub(super) data: Value,
    pub(super) spec: Value,
    pub(super) blocks: Vec<Block>,
}

impl Encoded {
    fn of_rows(rows: EncodedRows, spec: Value) -> Self {
        Self { data: rows.data, spec, blocks: rows.blocks }
    }

    fn of_spec(spec: Value) -> Self {
        Self { data: Value::Null, spec, blocks: Vec::new() }
    }
}

/// All names of kinds.
pub(super) const KINDS: &[&str] =
    &["timeline", "durations", "values", "series", "process_tree", "matrix", "map", "graph", "sankey", "bars", "histogram", "option"];

/// Name of a kind.
pub(super) fn kind(body: &Body) -> &'static str {
    match body {
        Body::Lanes(lanes) => match lanes.mark {
            LaneMark::Event => "timeline",
            LaneMark::Duration => "durations",
            LaneMark::Bar | LaneMark::Line | LaneMark::Point => "values",
        },
        Body::Series(_) => "series",
        Body::Tree(_) => "process_tree",
        Body::Matrix(_) => "matrix",
        Body::Map(_) => "map",
        Body::Graph(_) => "graph",
        Body::Sankey(_) => "sankey",
        Body::Bars(_) => "bars",
        Body::Histogram(_) => "histogram",
        Body::EChartsOption(_) => "option",
    }
}

/// Whether a kind is drawn by ECharts.
pub(super) fn needs_echarts(kind: &str) -> bool {
    matches!(kind, "map" | "graph" | "sankey" | "bars" | "histogram" | "option")
}

pub(super) fn encode(body: &Body, interrupt: &Interrupt) -> Result<Encoded, Interrupted> {
    Ok(match body {
        Body::Lanes(lanes) => {
            let mark = match lanes.mark {
                LaneMark::Event | LaneMark::Duration => None,
                LaneMark::Bar => Some("bar"),
                LaneMark::Line => Some("line"),
                LaneMark::Point => Some("points"),
            };
            let spec = mark.map_or_else(|| json!({}), |mark| json!({"mark": mark, "shared_axis": lanes.shared_axis}));
            Encoded::of_rows(Rows::from(lanes).encode(interrupt)?, spec)
        }
        Body::Series(series) => encode_series(series, interrupt)?,
        Body::Tree(tree) => encode_tree(tree, interrupt)?,
        Body::Matrix(matrix) => Encoded::of_spec(matrix_spec(matrix)),
        Body::Map(map) => {
            Encoded { data: Value::Null, spec: map_spec(map), blocks: vec![Block::new("world", crate::world::block().as_bytes())] }
        }
        Body::Graph(graph) => Encoded::of_spec(graph_spec(graph)),
        Body::Sankey(sankey) => Encoded::of_spec(sankey_spec(sankey)),
        Body::Bars(bars) => Encoded::of_spec(bars_spec(bars)),
        Body::Histogram(histogram) => Encoded::of_spec(histogram_spec(histogram)),
        Body::EChartsOption(option) => {
            let blocks = if needs_world(option) { vec![Block::new("world", crate::world::block().as_bytes())] } else { Vec::new() };
            Encoded { data: Value::Null, spec: json!({"option": option}), blocks }
        }
    })
}

fn encode_series(series: &Series, interrupt: &Interrupt) -> Result<Encoded, Interrupted> {
    let mut encoded = Encoded::of_rows(Rows::from(series).encode(interrupt)?, json!({}));
    for (name, values) in [("baseline", &series.baseline), ("low", &series.low), ("high", &series.high), ("score", &series.scores)] {
        if !values.is_empty() {
            encoded.blocks.push(Block::new(name, &float_planes(values)));
        }
    }
    let code = |anomaly: &i8| match anomaly.signum() {
        0 => 0u8,
        1 => 1,
        _ => 2,
    };
    let anomalies: Vec<u8> = series.anomalies.iter().map(code).collect();
    encoded.blocks.push(Block::new("anomaly", &anomalies));
    Ok(encoded)
}

fn encode_tree(tree: &Tree, interrupt: &Interrupt) -> Result<Encoded, Interrupted> {
    let columns = tree.details.columns.len();
    let spec = json!({
        "label": 0,
        "detail": (1..columns.min(3)).collect::<Vec<_>>(),
        "flags": {"inferred": tree.inferred},
        "max_depth": tree.depths.iter().max().copied().unwrap_or(0),
    });
    let mut encoded = Encoded::of_rows(Rows::from(tree).encode(interrupt)?, spec);
    if let Some(source) = tree.time_source.as_ref().filter(|_| !tree.times.is_empty()) {
        let known = || tree.times.iter().copied().filter(|time| *time != i64::MIN);
        let (start, end) = (known().min().unwrap_or(0), known().max().unwrap_or(0));
        if let Some(data) = encoded.data.as_object_mut() {
            data.insert(
                "time".to_owned(),
                json!({"start": start, "end": end, "unit": 1, "name": source.name, "sql": source.sql, "zoned": source.is_zoned}),
            );
        }
        // Rows are not sorted by time: the time of each, as microseconds since the start + 1, 0 where it is not known.
        let mut bytes = Vec::new();
        let since = |time: &i64| if *time == i64::MIN { 0 } else { since(start, *time).saturating_add(1) };
        planes(tree.times.iter().map(since), 8, &mut bytes);
        encoded.blocks.push(Block::new("started", &bytes));
    }
    let mut bytes = Vec::new();
    planes(tree.depths.iter().map(|depth| u64::from(*depth)), 2, &mut bytes);
    encoded.blocks.push(Block::new("depth", &bytes));
    bytes = Vec::new();
    planes(tree.parents.iter().map(|parent| parent.map_or(0, |parent| u64::from(parent) + 1)), 4, &mut bytes);
    encoded.blocks.push(Block::new("parent", &bytes));
    Ok(encoded)
}

/// Whether an option has `"map": "world"` anywhere.
fn needs_world(option: &Value) -> bool {
    match option {
        Value::Object(fields) => fields.iter().any(|(name, value)| (name == "map" && value == "world") || needs_world(value)),
        Value::Array(values) => values.iter().any(needs_world),
        _ => false,
    }
}

fn shown<'l>(labels: impl Iterator<Item = &'l Label>) -> Vec<&'l str> {
    labels.map(|label| label.shown.as_str()).collect()
}

fn raw<'l>(labels: impl Iterator<Item = &'l Label>) -> Vec<Option<&'l str>> {
    labels.map(|label| label.raw.as_deref()).collect()
}

fn source(source: Option<&Source>) -> Value {
    source.map_or(Value::Null, |source| json!(source))
}

/// First or last times, `null` where nobody knows any.
fn times(seen: impl Iterator<Item = Option<i64>> + Clone) -> Value {
    if seen.clone().all(|time| time.is_none()) { Value::Null } else { seen.map(|time| json!(time)).collect() }
}

fn matrix_spec(matrix: &Matrix) -> Value {
    let axis = |axis: &Axis| json!({"name": axis.source.name, "sql": axis.source.sql, "values": shown(axis.labels.iter()), "raw": raw(axis.labels.iter()), "other": axis.labels.last().is_some_and(Label::is_rest)});
    let orders = |axis: &Axis| json!({"count": axis.by_count, "name": axis.by_name, "cluster": axis.by_similarity});
    let cells = &matrix.cells;
    json!({
        "x": axis(&matrix.x),
        "y": axis(&matrix.y),
        "measure": matrix.measure,
        "cells": {
            "x": cells.iter().map(|cell| cell.x).collect::<Vec<_>>(),
            "y": cells.iter().map(|cell| cell.y).collect::<Vec<_>>(),
            "value": cells.iter().map(|cell| cell.value).collect::<Vec<_>>(),
            "count": cells.iter().map(|cell| cell.rows).collect::<Vec<_>>(),
        },
        "scale": scale(matrix.scale),
        "mark": if matrix.circles { "circle" } else { "cell" },
        "first": times(cells.iter().map(|cell| cell.seen.map(|seen| seen.0))),
        "last": times(cells.iter().map(|cell| cell.seen.map(|seen| seen.1))),
        "x_orders": orders(&matrix.x),
        "y_orders": orders(&matrix.y),
        "sort": if matrix.sort == "similarity" { "cluster" } else { matrix.sort.as_str() },
        "time": source(matrix.time_source.as_ref()),
    })
}

fn scale(scale: Scale) -> &'static str {
    match scale {
        Scale::Linear => "linear",
        Scale::Log => "log",
        Scale::Inverse => "inverse",
    }
}

fn map_spec(map: &Map) -> Value {
    let places = &map.places;
    let edge = |pick: fn(f64, f64) -> f64, of: fn(&crate::model::Place) -> f64| places.iter().map(of).reduce(pick);
    let view =
        [edge(f64::min, |p| p.longitude), edge(f64::min, |p| p.latitude), edge(f64::max, |p| p.longitude), edge(f64::max, |p| p.latitude)];
    json!({
        "points": {
            "latitude": places.iter().map(|place| place.latitude).collect::<Vec<_>>(),
            "longitude": places.iter().map(|place| place.longitude).collect::<Vec<_>>(),
            "label": shown(places.iter().map(|place| &place.label)),
            "raw": raw(places.iter().map(|place| &place.label)),
            "count": places.iter().map(|place| place.rows).collect::<Vec<_>>(),
            "value": places.iter().map(|place| place.value).collect::<Vec<_>>(),
            "first": times(places.iter().map(|place| place.seen.map(|seen| seen.0))),
            "last": times(places.iter().map(|place| place.seen.map(|seen| seen.1))),
            "color": if map.colors.is_empty() { Value::Null } else { places.iter().map(|place| json!(place.color)).collect() },
        },
        "colors": shown(map.colors.iter()),
        "colors_raw": raw(map.colors.iter()),
        "label": source(map.label_source.as_ref()),
        "value": source(map.value_source.as_ref()),
        "color": source(map.color_source.as_ref()),
        "time": source(map.time_source.as_ref()),
        "view": view,
    })
}

fn graph_spec(graph: &Graph) -> Value {
    let (nodes, edges) = (&graph.nodes, &graph.edges);
    let attributes = |node: &crate::model::Node| node.attributes.iter().map(|(name, text)| json!([name, text])).collect::<Value>();
    json!({
        "nodes": {
            "name": shown(nodes.iter().map(|node| &node.label)),
            "raw": raw(nodes.iter().map(|node| &node.label)),
            "kind": nodes.iter().map(|node| node.kind).collect::<Vec<_>>(),
            "count": nodes.iter().map(|node| node.rows).collect::<Vec<_>>(),
            "x": nodes.iter().map(|node| node.at.0).collect::<Vec<_>>(),
            "y": nodes.iter().map(|node| node.at.1).collect::<Vec<_>>(),
            "attributes": nodes.iter().map(attributes).collect::<Value>(),
        },
        "kinds": graph.kinds,
        "attributes": graph.attributes,
        "edges": {
            "source": edges.iter().map(|edge| edge.source).collect::<Vec<_>>(),
            "target": edges.iter().map(|edge| edge.target).collect::<Vec<_>>(),
            "count": edges.iter().map(|edge| edge.rows).collect::<Vec<_>>(),
            "value": edges.iter().map(|edge| edge.value).collect::<Vec<_>>(),
            "label": edges.iter().map(|edge| edge.label.as_str()).collect::<Vec<_>>(),
            "first": times(edges.iter().map(|edge| edge.seen.map(|seen| seen.0))),
            "last": times(edges.iter().map(|edge| edge.seen.map(|seen| seen.1))),
        },
        "directed": graph.directed,
        "source": graph.source,
        "target": graph.target,
        "time": source(graph.time_source.as_ref()),
    })
}

fn sankey_spec(sankey: &Sankey) -> Value {
    let (stages, flows) = (&sankey.stages, &sankey.flows);
    json!({
        "nodes": {
            "name": shown(stages.iter().map(|stage| &stage.label)),
            "raw": raw(stages.iter().map(|stage| &stage.label)),
            "level": stages.iter().map(|stage| stage.level).collect::<Vec<_>>(),
            "other": stages.iter().map(|stage| stage.other).collect::<Vec<_>>(),
        },
        "links": {
            "source": flows.iter().map(|flow| flow.source).collect::<Vec<_>>(),
            "target": flows.iter().map(|flow| flow.target).collect::<Vec<_>>(),
            "value": flows.iter().map(|flow| flow.value).collect::<Vec<_>>(),
            "count": flows.iter().map(|flow| flow.rows).collect::<Vec<_>>(),
        },
        "measure": sankey.measure,
        "sources": sankey.sources,
        "pairs": sankey.pairs,
    })
}

fn numbers<'n>(series: &'n [Numbers], name: &str) -> Value {
    series.iter().map(|numbers: &'n Numbers| json!({"name": numbers.label.shown, "raw": numbers.label.raw, name: numbers.values})).collect()
}

fn bars_spec(bars: &Bars) -> Value {
    json!({
        "labels": shown(bars.labels.iter()),
        "raw": raw(bars.labels.iter()),
        "series": numbers(&bars.series, "values"),
        "measure": bars.measure,
        "source": bars.source,
        "color": source(bars.color_source.as_ref()),
        "stacked": bars.stacked,
        "other": bars.other,
    })
}

fn histogram_spec(histogram: &Histogram) -> Value {
    json!({
        "edges": histogram.edges,
        "series": numbers(&histogram.series, "counts"),
        "scale": if histogram.is_log { "log" } else { "linear" },
        "source": histogram.source,
        "color": source(histogram.color_source.as_ref()),
        "is_time": histogram.is_time,
    })
}
