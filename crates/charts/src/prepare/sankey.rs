//! Flows between stages.

use std::collections::HashMap;

use huntsql_kernels::interrupt::{Interrupt, Interrupted};

use super::words::{counted, grouped, rows_have, rows_lead};
use super::{Prepared, STRIDE, TextColumn, number, value};
use crate::model::{Flow, Label, Sankey, Source, Stage};

mod acyclic;

/// What flows are made of.
#[derive(Debug, Clone, Copy)]
pub enum FlowRows<'a> {
    /// A row passes through a value of each of these columns.
    Levels {
        /// Two or more.
        levels: &'a [TextColumn<'a>],
        /// What is added up; rows are counted where there is none.
        value: Option<&'a [f64]>,
    },
    /// A row goes from one value to another.
    Pairs {
        /// From.
        source: TextColumn<'a>,
        /// To.
        target: TextColumn<'a>,
        /// What is added up; rows are counted where there is none.
        value: Option<&'a [f64]>,
    },
}

/// How flows are made.
#[derive(Debug, Clone)]
pub struct SankeySettings {
    /// What the levels are; for pairs, what the source and the target are.
    pub sources: Vec<Source>,
    /// What a flow measures, in words.
    pub measure: String,
    /// Stages at most on a level; the others become one.
    pub most_stages: usize,
}

impl Default for SankeySettings {
    fn default() -> Self {
        Self { sources: Vec::new(), measure: "count of rows".into(), most_stages: 25 }
    }
}

/// A flow between stages that are still as many as the table has.
#[derive(Debug, Clone, Copy, Default)]
struct Link {
    source: u32,
    target: u32,
    value: f64,
    rows: u64,
}

/// Stages and flows as the table has them.
#[derive(Default)]
struct Gathered {
    labels: Vec<Label>,
    levels: Vec<u16>,
    links: Vec<Link>,
    rows: usize,
    lost: usize,
    worthless: usize,
}

/// Adds flows up; keeps the stages with the largest flows on each level; cuts cycles.
pub fn sankey(rows: &FlowRows<'_>, settings: &SankeySettings, interrupt: &Interrupt) -> Result<Prepared<Sankey>, Interrupted> {
    let mut warnings = Vec::new();
    let pairs = matches!(rows, FlowRows::Pairs { .. });
    let mut gathered = match rows {
        FlowRows::Levels { levels, value } => gather_levels(levels, *value, interrupt)?,
        FlowRows::Pairs { source, target, value } => {
            let mut gathered = gather_pairs(source, target, *value, interrupt)?;
            let cut = acyclic::cut(gathered.labels.len(), &mut gathered.links, interrupt)?;
            if let Some(largest) = cut.iter().max_by(|a, b| a.value.total_cmp(&b.value)) {
                let rows = cut.iter().map(|link| usize::try_from(link.rows).unwrap_or(usize::MAX)).fold(0, usize::saturating_add);
                gathered.rows -= rows.min(gathered.rows);
                let name = |stage: u32| gathered.labels.get(stage as usize).map_or("", |label| label.shown.as_str());
                warnings.push(format!(
                    "{} left out because they lead back ({}); the largest: {} to {}",
                    if cut.len() == 1 { "1 flow is".into() } else { format!("{} flows are", grouped(cut.len())) },
                    counted(rows, "row", "rows"),
                    name(largest.source),
                    name(largest.target)
                ));
            }
            gathered.levels = acyclic::levels(gathered.labels.len(), &gathered.links);
            cut_long_ways(&mut gathered, &mut warnings);
            gathered
        }
    };
    if gathered.lost > 0 {
        let what = if pairs { "source or no target" } else { "values on two levels" };
        warnings.push(format!("{} no {what}: left out", rows_have(gathered.lost)));
    }
    if gathered.worthless > 0 {
        warnings.push(format!("{} a value that is missing or not above zero: left out", rows_have(gathered.worthless)));
    }
    interrupt.check()?;
    let (stages, flows) = merge(&mut gathered, settings, &mut warnings);
    let body = Sankey { stages, flows, measure: settings.measure.clone(), sources: settings.sources.clone(), pairs };
    Ok(Prepared { body, warnings, rows_drawn: gathered.rows })
}

/// Steps of a way that can still be drawn beside each other.
const MOST_LEVELS: u16 = 100;

/// Leaves out what lies further than so many steps from where flows begin.
fn cut_long_ways(gathered: &mut Gathered, warnings: &mut Vec<String>) {
    let levels = &gathered.levels;
    let mut rows = 0_usize;
    gathered.links.retain(|link| {
        let is_near = levels.get(link.target as usize).is_some_and(|level| *level < MOST_LEVELS);
        rows += if is_near { 0 } else { usize::try_from(link.rows).unwrap_or(usize::MAX) };
        is_near
    });
    if rows > 0 {
        gathered.rows = gathered.rows.saturating_sub(rows);
        warnings.push(format!("{} further than {MOST_LEVELS} steps from where flows begin: left out", rows_lead(rows)));
    }
}

/// What a row adds; `None` where it adds nothing.
fn weight(values: Option<&[f64]>, row: usize) -> Option<f64> {
    values.map_or(Some(1.0), |values| number(values, row)).filter(|&weight| weight > 0.0)
}

fn add(links: &mut Vec<Link>, known: &mut HashMap<(u32, u32), usize>, ends: (u32, u32), weight: f64) {
    let at = *known.entry(ends).or_insert_with(|| {
        links.push(Link { source: ends.0, target: ends.1, ..Link::default() });
        links.len() - 1
    });
    if let Some(link) = links.get_mut(at) {
        link.value += weight;
        link.rows += 1;
    }
}

fn gather_levels(levels: &[TextColumn<'_>], values: Option<&[f64]>, interrupt: &Interrupt) -> Result<Gathered, Interrupted> {
    let mut gathered = Gathered::default();
    let mut stages: HashMap<(usize, u32), u32> = HashMap::new();
    let mut known = HashMap::new();
    for row in 0..levels.iter().map(|level| level.codes.len()).min().unwrap_or(0) {
        if row % STRIDE == 0 {
            interrupt.check()?;
        }
        // NULLs are passed over: the flow goes on to the next value.
        let path: Vec<(usize, u32)> = levels.iter().enumerate().filter_map(|(level, column)| Some((level, column.code(row)?))).collect();
        if path.len() < 2 {
            gathered.lost += 1;
            continue;
        }
        let Some(weight) = weight(values, row) else {
            gathered.worthless += 1;
            continue;
        };
        gathered.rows += 1;
        let mut before = None;
        for (level, code) in path {
            let stage = *stages.entry((level, code)).or_insert_with(|| {
                gathered.labels.push(levels.get(level).map(|column| column.label(code)).unwrap_or_default());
                gathered.levels.push(u16::try_from(level).unwrap_or(u16::MAX));
                stage_number(gathered.labels.len())
            });
            if let Some(before) = before.replace(stage) {
                add(&mut gathered.links, &mut known, (before, stage), weight);
            }
        }
    }
    Ok(gathered)
}

fn gather_pairs(
    source: &TextColumn<'_>,
    target: &TextColumn<'_>,
    values: Option<&[f64]>,
    interrupt: &Interrupt,
) -> Result<Gathered, Interrupted> {
    let mut gathered = Gathered::default();
    let mut stages: HashMap<&str, u32> = HashMap::new();
    let mut known = HashMap::new();
    for row in 0..source.codes.len().min(target.codes.len()) {
        if row % STRIDE == 0 {
            interrupt.check()?;
        }
        let (Some(from), Some(to)) = (source.at(row), target.at(row)) else {
            gathered.lost += 1;
            continue;
        };
        let Some(weight) = weight(values, row) else {
            gathered.worthless += 1;
            continue;
        };
        gathered.rows += 1;
        let mut stage = |label| {
            *stages.entry(value(label)).or_insert_with(|| {
                gathered.labels.push(label.clone());
                stage_number(gathered.labels.len())
            })
        };
        let ends = (stage(from), stage(to));
        add(&mut gathered.links, &mut known, ends, weight);
    }
    Ok(gathered)
}

/// The number of the stage that came last.
fn stage_number(stages: usize) -> u32 {
    u32::try_from(stages.saturating_sub(1)).unwrap_or(u32::MAX)
}

/// The largest stages of each level as they are, the others as one.
fn merge(gathered: &mut Gathered, settings: &SankeySettings, warnings: &mut Vec<String>) -> (Vec<Stage>, Vec<Flow>) {
    let count = gathered.labels.len();
    let mut flow = vec![(0.0_f64, 0.0_f64); count];
    for link in &gathered.links {
        if let Some(out) = flow.get_mut(link.source as usize) {
            out.0 += link.value;
        }
        if let Some(into) = flow.get_mut(link.target as usize) {
            into.1 += link.value;
        }
    }
    let size = |stage: usize| flow.get(stage).map_or(0.0, |(out, into)| out.max(*into));
    let level = |stage: usize| gathered.levels.get(stage).copied().unwrap_or(0);
    let name = |stage: usize| gathered.labels.get(stage).map(|label| label.shown.as_str());
    // Cycles leave stages without flows.
    let mut order: Vec<usize> = (0..count).filter(|&stage| size(stage) > 0.0).collect();
    order.sort_by(|&a, &b| level(a).cmp(&level(b)).then_with(|| size(b).total_cmp(&size(a))).then_with(|| name(a).cmp(&name(b))));

    let mut stages: Vec<Stage> = Vec::new();
    let mut new_of = vec![0_u32; count];
    let mut merged_stages = 0;
    let most = settings.most_stages.max(1);
    for on_level in order.chunk_by(|&a, &b| level(a) == level(b)) {
        let kept = if on_level.len() > most { most } else { on_level.len() };
        let rest = on_level.len() - kept;
        for (place, &stage) in on_level.iter().enumerate() {
            if place < kept {
                stages.push(Stage { label: gathered.labels.get(stage).cloned().unwrap_or_default(), level: level(stage), other: false });
            } else if place == kept {
                let label = Label { shown: format!("other ({})", grouped(rest)), raw: None };
                stages.push(Stage { label, level: level(stage), other: true });
            }
            if let Some(new) = new_of.get_mut(stage) {
                *new = stage_number(stages.len());
            }
        }
        merged_stages += rest;
    }
    let mut links: HashMap<(u32, u32), Link> = HashMap::new();
    let new = |stage: u32| new_of.get(stage as usize).copied().unwrap_or(0);
    let mut hidden = 0;
    for link in &gathered.links {
        let ends = (new(link.source), new(link.target));
        let other = |stage: u32| stages.get(stage as usize).is_some_and(|stage| stage.other);
        if other(ends.0) || other(ends.1) {
            hidden += 1;
        }
        let slot = links.entry(ends).or_insert(Link { source: ends.0, target: ends.1, ..Link::default() });
        slot.value += link.value;
        slot.rows += link.rows;
    }
    if merged_stages > 0 {
        warnings.push(format!(
            "{} of {} values are shown as \"other\", with {}: each level shows the {} largest",
            grouped(merged_stages),
            grouped(order.len()),
            counted(hidden, "flow", "flows"),
            grouped(most)
        ));
    }
    let mut flows: Vec<Flow> =
        links.into_values().map(|link| Flow { source: link.source, target: link.target, value: link.value, rows: link.rows }).collect();
    flows.sort_by_key(|flow| (flow.source, flow.target));
    (stages, flows)
}

#[cfg(test)]
mod tests;
