//! Where the nodes of a graph lie: each connected part by forces, the parts beside one another.
//!
//! The same graph lies the same way every time: nothing here is random or looks at a clock.

mod force;
mod pack;
mod spacing;
mod start;

use huntsql_kernels::interrupt::{Interrupt, Interrupted};

/// A graph without anything but its shape.
#[derive(Debug, Clone, Default)]
pub struct Links {
    /// Nodes are numbered from 0 to here.
    pub nodes: usize,
    /// Two nodes, and how strongly they hold on to each other.
    pub edges: Vec<(u32, u32, u64)>,
}

/// A point of the plane.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct Point {
    x: f64,
    y: f64,
}

/// A connected part: nodes are numbered from 0 in here.
#[derive(Debug, Clone, Default)]
struct Part {
    /// The numbers of its nodes in the whole.
    nodes: Vec<usize>,
    /// Two nodes and the pull between them.
    edges: Vec<(usize, usize, f64)>,
    /// The neighbours of each node.
    neighbours: Vec<Vec<usize>>,
}

/// A place for each node, x and y from -1 to 1, wider than high; one scale for both.
pub fn lay_out(links: &Links, interrupt: &Interrupt) -> Result<Vec<(f64, f64)>, Interrupted> {
    let parts = parts(links);
    let mut boxes = Vec::with_capacity(parts.len());
    for part in &parts {
        interrupt.check()?;
        boxes.push(place(part, interrupt)?);
    }
    let corners = pack::pack(&boxes.iter().map(|points| pack::size(points)).collect::<Vec<_>>());
    let mut at = vec![Point::default(); links.nodes];
    for ((part, points), corner) in parts.iter().zip(&boxes).zip(corners) {
        for (&node, point) in part.nodes.iter().zip(points) {
            if let Some(slot) = at.get_mut(node) {
                *slot = Point { x: corner.x + point.x, y: corner.y + point.y };
            }
        }
    }
    Ok(pack::normalize(&at))
}

/// A part by itself: its upper left corner is at zero, neighbours are about 1 apart.
fn place(part: &Part, interrupt: &Interrupt) -> Result<Vec<Point>, Interrupted> {
    let mut points = start::start(part);
    if part.nodes.len() > 2 {
        force::relax(part, &mut points, interrupt)?;
        spacing::turn(&mut points);
        spacing::space(&mut points, interrupt)?;
    }
    pack::to_corner(&mut points);
    Ok(points)
}

/// The connected parts, largest first.
fn parts(links: &Links) -> Vec<Part> {
    let mut pulls: std::collections::BTreeMap<(usize, usize), u64> = std::collections::BTreeMap::new();
    for &(a, b, weight) in &links.edges {
        let (a, b) = (a.min(b) as usize, a.max(b) as usize);
        if a != b && b < links.nodes {
            let pull = pulls.entry((a, b)).or_default();
            *pull = pull.saturating_add(weight);
        }
    }
    let mut neighbours: Vec<Vec<usize>> = vec![Vec::new(); links.nodes];
    for &(a, b) in pulls.keys() {
        for (from, to) in [(a, b), (b, a)] {
            if let Some(list) = neighbours.get_mut(from) {
                list.push(to);
            }
        }
    }
    // For each node its part, and its number in there.
    let mut home: Vec<Option<(usize, usize)>> = vec![None; links.nodes];
    let mut parts: Vec<Part> = Vec::new();
    for root in 0..links.nodes {
        if home.get(root).is_some_and(Option::is_some) {
            continue;
        }
        let mut part = Part::default();
        let mut queue = vec![root];
        while let Some(node) = queue.pop() {
            let Some(slot @ None) = home.get_mut(node) else { continue };
            *slot = Some((parts.len(), part.nodes.len()));
            part.nodes.push(node);
            queue.extend(neighbours.get(node).into_iter().flatten());
        }
        part.neighbours = vec![Vec::new(); part.nodes.len()];
        parts.push(part);
    }
    for (&(a, b), &weight) in &pulls {
        let (Some(&Some((at, a))), Some(&Some((_, b)))) = (home.get(a), home.get(b)) else { continue };
        let Some(part) = parts.get_mut(at) else { continue };
        #[expect(clippy::cast_precision_loss, reason = "a weight")]
        part.edges.push((a, b, 1.0 + (weight.max(1) as f64).log10() / 2.0));
        for (from, to) in [(a, b), (b, a)] {
            if let Some(list) = part.neighbours.get_mut(from) {
                list.push(to);
            }
        }
    }
    parts.sort_by_key(|part| (std::cmp::Reverse(part.nodes.len()), part.nodes.iter().min().copied()));
    parts
}

#[cfg(test)]
mod tests;
