//! Which groups of points merge at which distance.

use super::spanning_tree::Edge;
use crate::analysis::points::{Points, Sets, sort_by};
use crate::interrupt::{Interrupt, Interrupted};
use std::ops::Range;

/// A group, made where its parts merge. All that merges at one distance merges at once, so the parts are the groups at any smaller distance.
#[derive(Debug, Clone, PartialEq)]
struct Group {
    distance: f64,
    rows: u64,
    /// Among the parts of the dendrogram.
    parts: Range<usize>,
    /// Among the links of the dendrogram.
    links: Range<usize>,
}

/// The tree of groups. The nodes below the number of points are the points, those above are groups; a part comes before its group.
pub(super) struct Dendrogram {
    points: usize,
    groups: Vec<Group>,
    parts: Vec<u32>,
    links: Vec<(u32, u32)>,
}

impl Dendrogram {
    /// The dendrogram of a spanning tree of `points`.
    pub(super) fn new(points: &Points, mut edges: Vec<Edge>, interrupt: &Interrupt) -> Result<Self, Interrupted> {
        sort_by(&mut edges, &Edge::compare, interrupt)?;
        let mut tree = Self { points: points.len(), groups: Vec::new(), parts: Vec::new(), links: Vec::with_capacity(edges.len()) };
        let mut sets = Sets::new(points.len());
        let mut nodes: Vec<u32> = (0..points.len() as u32).collect();
        let mut steps = 0usize;
        for tied in edges.chunk_by(|a, b| a.distance == b.distance) {
            steps += tied.len();
            if steps > 1 << 14 {
                interrupt.check()?;
                steps = 0;
            }
            tree.merge(points, tied, &mut sets, &mut nodes);
        }
        Ok(tree)
    }

    /// Makes the groups that edges of one distance join. `nodes` holds the group of each of the `sets`.
    fn merge(&mut self, points: &Points, edges: &[Edge], sets: &mut Sets, nodes: &mut [u32]) {
        let mut links: Vec<(usize, u32, u32)> =
            edges.iter().map(|edge| (edge.a as usize, nodes[sets.find(edge.a as usize)], nodes[sets.find(edge.b as usize)])).collect();
        edges.iter().for_each(|edge| {
            sets.join(edge.a as usize, edge.b as usize);
        });
        links.iter_mut().for_each(|link| link.0 = sets.find(link.0));
        // Stable: the links of a group stay in the order of the edges.
        links.sort_by_key(|link| link.0);
        for links in links.chunk_by(|a, b| a.0 == b.0) {
            let (first_part, first_link) = (self.parts.len(), self.links.len());
            let mut parts: Vec<u32> = links.iter().flat_map(|(_, a, b)| [*a, *b]).collect();
            parts.sort_unstable();
            parts.dedup();
            let index = |part| parts.partition_point(|other| *other < part) as u32;
            self.links.extend(links.iter().map(|(_, a, b)| (index(*a), index(*b))));
            let rows = parts.iter().map(|part| self.rows(points, *part)).sum();
            self.parts.extend(parts);
            let distance = edges.first().map_or(0.0, |edge| edge.distance);
            self.groups.push(Group { distance, rows, parts: first_part..self.parts.len(), links: first_link..self.links.len() });
            if let Some((root, ..)) = links.first() {
                nodes[*root] = (self.points + self.groups.len() - 1) as u32;
            }
        }
    }

    /// The node that holds all points.
    pub(super) fn root(&self) -> u32 {
        (self.points + self.groups.len()).saturating_sub(1) as u32
    }

    #[inline]
    fn group(&self, node: u32) -> Option<&Group> {
        (node as usize).checked_sub(self.points).and_then(|group| self.groups.get(group))
    }

    /// Where `node` is made; `None` for a point.
    pub(super) fn distance(&self, node: u32) -> Option<f64> {
        self.group(node).map(|group| group.distance)
    }

    /// Rows of `node`.
    pub(super) fn rows(&self, points: &Points, node: u32) -> u64 {
        self.group(node).map_or_else(|| u64::from(points.weight(node as usize)), |group| group.rows)
    }

    /// Parts of `node`.
    pub(super) fn parts(&self, node: u32) -> &[u32] {
        self.group(node).map_or(&[], |group| &self.parts[group.parts.clone()])
    }

    /// Indices of the parts of `node` that are linked, the nearer ones first; a tree of the parts.
    pub(super) fn links(&self, node: u32) -> &[(u32, u32)] {
        self.group(node).map_or(&[], |group| &self.links[group.links.clone()])
    }

    /// Calls `found` with each point of `node`.
    pub(super) fn each_point(&self, node: u32, mut found: impl FnMut(u32)) {
        let mut open = vec![node];
        while let Some(node) = open.pop() {
            match self.group(node) {
                Some(_) => open.extend(self.parts(node)),
                None => found(node),
            }
        }
    }
}
