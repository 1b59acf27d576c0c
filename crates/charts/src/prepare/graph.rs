//! Graphs: what has to do with what.

use std::collections::HashMap;

use huntsql_kernels::interrupt::{Interrupt, Interrupted};

use super::words::{counted, grouped, rows_are, rows_have};
use super::{Prepared, STRIDE, TextColumn, number, time, value, widen};
use crate::layout::{Links, lay_out};
use crate::model::{Edge, Graph, Label, Node, Source};

/// Which end of an edge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// Where it comes from.
    Source,
    /// Where it goes.
    Target,
}

/// Something that rows say of a node.
#[derive(Debug, Clone, Copy)]
pub struct NodeAttribute<'a> {
    /// What it is called.
    pub name: &'a str,
    /// Of which node of the row it is said.
    pub of: End,
    /// What is said.
    pub texts: TextColumn<'a>,
}

/// What a graph is made of.
#[derive(Debug, Clone, Copy)]
pub struct GraphRows<'a> {
    /// From.
    pub source: TextColumn<'a>,
    /// To.
    pub target: TextColumn<'a>,
    /// What is added up.
    pub value: Option<&'a [f64]>,
    /// What is said of an edge.
    pub label: Option<TextColumn<'a>>,
    /// When it was seen.
    pub time: Option<&'a [i64]>,
    /// What the source is; the name of its column where it is not said.
    pub source_kind: Option<TextColumn<'a>>,
    /// What the target is.
    pub target_kind: Option<TextColumn<'a>>,
    /// What is said of nodes.
    pub attributes: &'a [NodeAttribute<'a>],
}

/// How a graph is made.
#[derive(Debug, Clone)]
pub struct GraphSettings {
    /// What the sources are.
    pub source: Source,
    /// What the targets are.
    pub target: Source,
    /// Where the times come from.
    pub time: Option<Source>,
    /// Whether an edge has a direction.
    pub directed: bool,
    /// Nodes at most.
    pub most_nodes: usize,
    /// Edges at most.
    pub most_edges: usize,
}

impl Default for GraphSettings {
    fn default() -> Self {
        Self { source: Source::default(), target: Source::default(), time: None, directed: true, most_nodes: 5_000, most_edges: 20_000 }
    }
}

/// Kinds that have a number of their own.
const MOST_KINDS: usize = 12;
/// Different texts that are said of one node or edge before the rest is counted.
const MOST_SAID: usize = 3;

/// Different texts, the first of them in full.
#[derive(Debug, Clone, Default)]
struct Said {
    codes: Vec<u32>,
}

impl Said {
    fn take(&mut self, code: Option<u32>) {
        // Beyond a few hundred nobody counts; the sentence says so.
        if let Some(code) = code.filter(|code| self.codes.len() < 1000 && !self.codes.contains(code)) {
            self.codes.push(code);
        }
    }

    fn text(&self, column: &TextColumn<'_>) -> String {
        let mut text = self.codes.iter().take(MOST_SAID).map(|&code| column.label(code).shown).collect::<Vec<_>>().join(", ");
        let more = self.codes.len().saturating_sub(MOST_SAID);
        if more > 0 {
            let least = if self.codes.len() == 1000 { "at least " } else { "" };
            text.push_str(&format!(" (and {least}{} more)", grouped(more)));
        }
        text
    }
}

struct RawNode<'a> {
    label: &'a Label,
    kind: usize,
    rows: u64,
    ends: (bool, bool),
    attributes: Vec<Said>,
}

struct RawEdge {
    ends: (u32, u32),
    rows: u64,
    value: Option<f64>,
    said: Said,
    seen: Option<(i64, i64)>,
}

/// What the rows say, before anything is left out.
struct Gathering<'a, 'r> {
    rows: &'r GraphRows<'a>,
    settings: &'r GraphSettings,
    kinds: Vec<String>,
    nodes: Vec<RawNode<'a>>,
    edges: Vec<RawEdge>,
    known_kinds: HashMap<&'a str, usize>,
    known_nodes: HashMap<(&'a str, usize), u32>,
    known_edges: HashMap<(u32, u32), usize>,
}

/// Kinds of nodes of which no column says what they are.
const OF_SOURCE: usize = 0;
const OF_TARGET: usize = 1;
const OF_BOTH: usize = 2;

impl<'a> Gathering<'a, '_> {
    /// The node of one end of a row.
    fn node(&mut self, end: End, row: usize) -> Option<u32> {
        let (column, kinds) = match end {
            End::Source => (&self.rows.source, self.rows.source_kind),
            End::Target => (&self.rows.target, self.rows.target_kind),
        };
        let label = column.at(row)?;
        let said = kinds.and_then(|kinds| kinds.at(row));
        let kind = match said {
            Some(kind) => *self.known_kinds.entry(value(kind)).or_insert_with(|| {
                self.kinds.push(kind.shown.clone());
                self.kinds.len() - 1
            }),
            None if end == End::Source => OF_SOURCE,
            None => OF_TARGET,
        };
        // A text of which nothing says what it is, is one node wherever it stands.
        let key = if said.is_some() { kind } else { OF_SOURCE };
        let at = *self.known_nodes.entry((value(label), key)).or_insert_with(|| {
            let attributes = vec![Said::default(); self.rows.attributes.len()];
            self.nodes.push(RawNode { label, kind, rows: 0, ends: (false, false), attributes });
            u32::try_from(self.nodes.len() - 1).unwrap_or(u32::MAX)
        });
        let node = self.nodes.get_mut(at as usize)?;
        match end {
            End::Source => node.ends.0 = true,
            End::Target => node.ends.1 = true,
        }
        if node.kind <= OF_BOTH {
            node.kind = match node.ends {
                (true, true) => OF_BOTH,
                (true, false) => OF_SOURCE,
                _ => OF_TARGET,
            };
        }
        for (said, attribute) in node.attributes.iter_mut().zip(self.rows.attributes) {
            if attribute.of == end {
                said.take(attribute.texts.code(row));
            }
        }
        Some(at)
    }

    fn row(&mut self, row: usize) -> bool {
        let (source, target) = (self.node(End::Source, row), self.node(End::Target, row));
        for at in [source, target.filter(|_| source != target)].into_iter().flatten() {
            if let Some(node) = self.nodes.get_mut(at as usize) {
                node.rows += 1;
            }
        }
        let (Some(source), Some(target)) = (source, target) else { return source.or(target).is_some() };
        let ends = if self.settings.directed { (source, target) } else { (source.min(target), source.max(target)) };
        let at = *self.known_edges.entry(ends).or_insert_with(|| {
            self.edges.push(RawEdge { ends, rows: 0, value: None, said: Said::default(), seen: None });
            self.edges.len() - 1
        });
        if let Some(edge) = self.edges.get_mut(at) {
            edge.rows += 1;
            if let Some(value) = self.rows.value.and_then(|values| number(values, row)) {
                edge.value = Some(edge.value.unwrap_or(0.0) + value);
            }
            edge.said.take(self.rows.label.as_ref().and_then(|column| column.code(row)));
            edge.seen = widen(edge.seen, time(self.rows.time, row));
        }
        true
    }
}

/// Adds rows up to nodes and edges, keeps those with most rows, and lays them out.
pub fn graph(rows: &GraphRows<'_>, settings: &GraphSettings, interrupt: &Interrupt) -> Result<Prepared<Graph>, Interrupted> {
    let count = rows.source.codes.len().min(rows.target.codes.len());
    let both = if settings.source.name == settings.target.name { settings.source.name.clone() } else { "both".into() };
    let mut gathering = Gathering {
        rows,
        settings,
        kinds: vec![settings.source.name.clone(), settings.target.name.clone(), both],
        nodes: Vec::new(),
        edges: Vec::new(),
        known_kinds: HashMap::new(),
        known_nodes: HashMap::new(),
        known_edges: HashMap::new(),
    };
    let mut warnings = Vec::new();
    let (mut lost, mut drawn) = (0_usize, 0_usize);
    for row in 0..count {
        if row % STRIDE == 0 {
            interrupt.check()?;
        }
        if gathering.row(row) { drawn += 1 } else { lost += 1 }
    }
    if lost > 0 {
        warnings.push(format!("{} neither a source nor a target: left out", rows_have(lost)));
    }
    let Gathering { mut kinds, nodes: raw_nodes, edges: raw_edges, .. } = gathering;

    let name = |at: usize| raw_nodes.get(at).map(|node| node.label.shown.as_str());
    let mut order: Vec<usize> = (0..raw_nodes.len()).collect();
    let weight = |at: usize| raw_nodes.get(at).map_or(0, |node| node.rows);
    order.sort_by(|&a, &b| weight(b).cmp(&weight(a)).then_with(|| name(a).cmp(&name(b))).then(a.cmp(&b)));
    order.truncate(settings.most_nodes);
    let mut new_of: Vec<Option<u32>> = vec![None; raw_nodes.len()];
    for (new, &old) in order.iter().enumerate() {
        if let Some(slot) = new_of.get_mut(old) {
            *slot = u32::try_from(new).ok();
        }
    }
    let new = |old: u32| new_of.get(old as usize).copied().flatten();
    let mut edges: Vec<(u32, u32, &RawEdge)> =
        raw_edges.iter().filter_map(|edge| Some((new(edge.ends.0)?, new(edge.ends.1)?, edge))).collect();
    edges.sort_by(|a, b| b.2.rows.cmp(&a.2.rows).then((a.0, a.1).cmp(&(b.0, b.1))));
    edges.truncate(settings.most_edges);
    if order.len() < raw_nodes.len() || edges.len() < raw_edges.len() {
        let all: u64 = raw_edges.iter().map(|edge| edge.rows).sum();
        let shown: u64 = edges.iter().map(|edge| edge.2.rows).sum();
        let hidden = usize::try_from(all - shown).unwrap_or(usize::MAX);
        drawn = drawn.saturating_sub(hidden);
        warnings.push(format!(
            "the graph shows the {} of {} and the {} of {} with most rows; {} not in it",
            counted(order.len(), "node", "nodes"),
            grouped(raw_nodes.len()),
            counted(edges.len(), "edge", "edges"),
            grouped(raw_edges.len()),
            rows_are(hidden)
        ));
    }

    let mut nodes: Vec<Node> = order
        .iter()
        .filter_map(|&old| raw_nodes.get(old))
        .map(|node| {
            let attributes = node.attributes.iter().zip(rows.attributes).enumerate();
            let attributes = attributes.filter(|(_, (said, _))| !said.codes.is_empty());
            let attributes = attributes.filter_map(|(at, (said, attribute))| Some((u8::try_from(at).ok()?, said.text(&attribute.texts))));
            Node { label: node.label.clone(), kind: 0, rows: node.rows, at: (0.0, 0.0), attributes: attributes.collect() }
        })
        .collect();
    let kind_of: Vec<usize> = order.iter().filter_map(|&old| raw_nodes.get(old)).map(|node| node.kind).collect();
    number_kinds(&mut nodes, &kind_of, &mut kinds, &mut warnings);

    let links = Links { nodes: nodes.len(), edges: edges.iter().map(|&(source, target, edge)| (source, target, edge.rows)).collect() };
    for (node, at) in nodes.iter_mut().zip(lay_out(&links, interrupt)?) {
        node.at = at;
    }
    let edges = edges.into_iter().map(|(source, target, edge)| Edge {
        source,
        target,
        rows: edge.rows,
        value: edge.value,
        label: rows.label.map(|column| edge.said.text(&column)).unwrap_or_default(),
        seen: edge.seen,
    });
    let body = Graph {
        edges: edges.collect(),
        nodes,
        kinds,
        attributes: rows.attributes.iter().map(|attribute| attribute.name.to_owned()).collect(),
        directed: settings.directed,
        source: settings.source.clone(),
        target: settings.target.clone(),
        time_source: settings.time.clone(),
    };
    Ok(Prepared { body, warnings, rows_drawn: drawn })
}

/// Kinds that are used, in the order of how many nodes they have, and of one name only once; the rarest share the last.
fn number_kinds(nodes: &mut [Node], kind_of: &[usize], kinds: &mut Vec<String>, warnings: &mut Vec<String>) {
    let mut counts: HashMap<&str, usize> = HashMap::new();
    for name in kind_of.iter().filter_map(|&kind| kinds.get(kind)) {
        *counts.entry(name).or_default() += 1;
    }
    let mut order: Vec<(&str, usize)> = counts.into_iter().collect();
    order.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
    let kept = if order.len() > MOST_KINDS { MOST_KINDS - 1 } else { order.len() };
    let number: HashMap<&str, u8> =
        order.iter().enumerate().map(|(at, (name, _))| (*name, u8::try_from(at.min(kept)).unwrap_or(u8::MAX))).collect();
    for (node, kind) in nodes.iter_mut().zip(kind_of) {
        node.kind = kinds.get(*kind).and_then(|name| number.get(name.as_str())).copied().unwrap_or(0);
    }
    let merged = order.len() - kept;
    let mut names: Vec<String> = order.iter().take(kept).map(|(name, _)| (*name).to_owned()).collect();
    if merged > 0 {
        names.push(format!("other ({})", grouped(merged)));
        warnings.push(format!("there are more kinds of nodes than colours: {} of them share the last one", grouped(merged)));
    }
    *kinds = names;
}

#[cfg(test)]
mod tests;
