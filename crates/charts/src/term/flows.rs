//! `render_sankey` and `render_graph`: what a terminal cannot draw is said in lines, largest first.

use super::dots;
use super::screen::{self, Style};
use super::{Picture, Room};
use crate::model::{Flow, Graph, Node, Sankey};
use crate::scene::sankey::throughput;
use crate::{number, text};

pub(super) fn sankey(room: Room<'_>, body: &Sankey) -> Picture {
    let through = throughput(body);
    let name = |stage: u32| body.stages.get(stage as usize).map(|stage| text::named(&stage.label.shown)).unwrap_or_default();
    let level = |flow: &Flow| body.stages.get(flow.source as usize).map_or(0, |stage| stage.level);
    let mut flows: Vec<&Flow> = body.flows.iter().filter(|flow| flow.value.is_finite() && flow.value > 0.0).collect();
    flows.sort_by(|a, b| {
        let source = |flow: &Flow| through.get(flow.source as usize).copied().unwrap_or(0.0);
        level(a).cmp(&level(b)).then(source(b).total_cmp(&source(a))).then(a.source.cmp(&b.source)).then(b.value.total_cmp(&a.value))
    });
    let mut levels: Vec<u16> = flows.iter().map(|flow| level(flow)).collect();
    levels.dedup();
    // Each level has its share of the lines, so that the last is seen too.
    let lines = room.height.saturating_sub(levels.len().saturating_sub(1)).max(1);
    let per_level = (lines / levels.len().max(1)).max(1);
    let all = flows.len();
    let mut chosen: Vec<&Flow> = Vec::new();
    for of in &levels {
        let mut here: Vec<&Flow> = flows.iter().copied().filter(|flow| level(flow) == *of).collect();
        if here.len() > per_level && all > lines {
            let mut by_value = here.clone();
            by_value.sort_by(|a, b| b.value.total_cmp(&a.value));
            let least = by_value.get(per_level - 1).map_or(0.0, |flow| flow.value);
            here.retain(|flow| flow.value >= least);
            here.truncate(per_level);
        }
        chosen.extend(here);
    }
    let rows = chosen.len() + levels.len().saturating_sub(1);
    let mut screen = room.screen(rows.min(room.height).max(1));
    let most = chosen.iter().map(|flow| flow.value).fold(0.0, f64::max);
    let names = chosen
        .iter()
        .flat_map(|flow| [name(flow.source), name(flow.target)])
        .map(|name| screen::width(&name))
        .max()
        .unwrap_or(1)
        .min(room.width / 4)
        .min(26);
    let left = names * 2 + 5;
    let across = room.width.saturating_sub(left + 8) as f64;
    let (mut y, mut before) = (0, None);
    for flow in chosen.iter().copied() {
        let same = before.is_some_and(|(source, _)| source == flow.source);
        if before.is_some_and(|(_, of)| of != level(flow)) {
            y += 1;
        }
        if !same {
            screen.fit(0, y, names, &name(flow.source), Style::colored(room.palette.value(flow.source as usize)));
        }
        screen.put(names + 1, y, room.terminal.pick("->", "─→"), Style::faint());
        screen.fit(names + 4, y, names, &name(flow.target), Style::plain());
        let end = screen.put(
            left,
            y,
            &dots::level(room.terminal, flow.value / most * across),
            Style::colored(room.palette.value(flow.source as usize)),
        );
        screen.put(end + 1, y, &number::short(flow.value), Style::plain());
        before = Some((flow.source, level(flow)));
        y += 1;
    }
    let mut notes = Vec::new();
    if chosen.len() < all {
        notes.push(format!("The largest {} of {} flows are shown.", chosen.len(), number::whole(all as u64)));
    }
    Picture { screen, notes, caption: text::clean(&body.measure) }
}

pub(super) fn graph(room: Room<'_>, body: &Graph) -> Picture {
    let mut degree = vec![0_u64; body.nodes.len()];
    for edge in &body.edges {
        for end in [edge.source, edge.target] {
            if let Some(count) = degree.get_mut(end as usize) {
                *count += 1;
            }
        }
    }
    let mut nodes: Vec<(usize, &Node)> = body.nodes.iter().enumerate().collect();
    nodes.sort_by_key(|(index, node)| (std::cmp::Reverse(degree.get(*index).copied().unwrap_or(0)), std::cmp::Reverse(node.rows)));
    let mut edges: Vec<_> = body.edges.iter().collect();
    edges.sort_by_key(|edge| std::cmp::Reverse(edge.rows));
    let lines = room.height.saturating_sub(3).max(2);
    let node_lines = nodes.len().min((lines / 2).max(lines.saturating_sub(edges.len())));
    let edge_lines = edges.len().min(lines - node_lines.min(lines));
    let mut screen = room.screen((node_lines + edge_lines + 3).min(room.height.max(3)));
    screen.fit(0, 0, room.width, "most connected", Style::bold());
    let name = |index: u32| body.nodes.get(index as usize).map(|node| text::named(&node.label.shown)).unwrap_or_default();
    let names = nodes
        .iter()
        .take(node_lines)
        .map(|(_, node)| screen::width(&text::named(&node.label.shown)))
        .max()
        .unwrap_or(1)
        .min(room.width / 3)
        .min(34);
    let kinds = body.kinds.iter().map(|kind| screen::width(&text::clean(kind))).max().unwrap_or(0).min(14);
    let most = degree.iter().copied().max().unwrap_or(1).max(1) as f64;
    let left = names + kinds + 4;
    let across = room.width.saturating_sub(left + 26) as f64;
    for (line, (index, node)) in nodes.iter().take(node_lines).enumerate() {
        let y = line + 1;
        let color = Style::colored(room.palette.value(usize::from(node.kind)));
        screen.fit(0, y, names, &text::named(&node.label.shown), Style::plain());
        let kind = body.kinds.get(usize::from(node.kind)).map(|kind| text::clean(kind)).unwrap_or_default();
        screen.fit(names + 2, y, kinds, &kind, color);
        let count = degree.get(*index).copied().unwrap_or(0);
        let end = screen.put(left, y, &dots::level(room.terminal, count as f64 / most * across), color);
        let said = format!("{}, {}", number::counted(count, "edge", "edges"), number::counted(node.rows, "row", "rows"));
        screen.put(end + 1, y, &said, Style::faint());
    }
    let top = node_lines + 1;
    screen.fit(0, top + 1, room.width, "most used edges", Style::bold());
    let ends = edges
        .iter()
        .take(edge_lines)
        .flat_map(|edge| [name(edge.source), name(edge.target)])
        .map(|name| screen::width(&name))
        .max()
        .unwrap_or(1)
        .min(room.width.saturating_sub(20) / 2);
    let most = edges.first().map_or(1, |edge| edge.rows).max(1) as f64;
    for (line, edge) in edges.iter().take(edge_lines).enumerate() {
        let y = top + 2 + line;
        screen.fit(0, y, ends, &name(edge.source), Style::plain());
        let sign = if body.directed { room.terminal.pick("->", "─→") } else { room.terminal.pick("--", "──") };
        screen.put(ends + 1, y, sign, Style::faint());
        screen.fit(ends + 4, y, ends, &name(edge.target), Style::plain());
        let left = ends * 2 + 5;
        let across = room.width.saturating_sub(left + 8) as f64;
        let end = screen.put(
            left,
            y,
            &dots::level(room.terminal, edge.rows as f64 / most * across.max(0.0)),
            Style::colored(room.palette.value(0)),
        );
        screen.put(end + 1, y, &number::count(edge.rows), Style::plain());
    }
    let mut notes = Vec::new();
    if node_lines < nodes.len() || edge_lines < edges.len() {
        notes.push(format!(
            "{node_lines} of {} and {edge_lines} of {} are shown.",
            number::counted(nodes.len() as u64, "node", "nodes"),
            number::counted(edges.len() as u64, "edge", "edges")
        ));
    }
    Picture { screen, notes, caption: String::new() }
}
