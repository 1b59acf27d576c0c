//! From links to a forest: order, depth, size.

use super::Status;
use super::events::{Events, NO_TIME, NONE};
use super::link::Links;
use super::order::{Entry, sort, time_key};
use crate::group::GroupResult;
use crate::interrupt::Interrupt;

/// Generations of a tree at most: paths grow with the depth, and hostile logs chain processes without end.
const MAX_DEPTH: u32 = 1_000;
/// Nodes between two looks at the interrupt.
const STEP: usize = 1 << 16;

/// A node of the forest.
#[derive(Debug, Clone, Copy)]
pub(in super::super) struct Node {
    pub(in super::super) parent: u32,
    pub(in super::super) root: u32,
    pub(in super::super) depth: u32,
    pub(in super::super) children: u32,
    pub(in super::super) descendants: u32,
    /// Its number among its siblings, from 1.
    pub(in super::super) sibling: u32,
    pub(in super::super) status: Status,
}

/// The nodes (starts, then inferred processes), and their order: parents before children, siblings by time.
#[derive(Debug, Default)]
pub(in super::super) struct Forest {
    pub(in super::super) nodes: Vec<Node>,
    pub(in super::super) order: Vec<u32>,
}

impl Forest {
    pub(in super::super) fn grow(events: &Events, links: &Links, interrupt: &Interrupt) -> GroupResult<Self> {
        let count = links.parents.len();
        let status = |node: usize| links.statuses.get(node).copied().unwrap_or(Status::Inferred);
        let new = |(node, parent): (usize, &u32)| Node {
            parent: *parent,
            root: NONE,
            depth: 0,
            children: 0,
            descendants: 0,
            sibling: 0,
            status: status(node),
        };
        let mut forest = Self { nodes: links.parents.iter().enumerate().map(new).collect(), order: Vec::with_capacity(count) };
        interrupt.check()?;
        let by_time = chronological(events, links, interrupt)?;
        forest.cut_cycles(&by_time, interrupt)?;
        forest.walk(&by_time, interrupt)?;
        forest.count();
        Ok(forest)
    }

    fn node(&self, index: u32) -> Option<&Node> {
        self.nodes.get(index as usize)
    }

    /// Makes roots of nodes that are their own ancestors: in each cycle of the first in time.
    fn cut_cycles(&mut self, by_time: &[u32], interrupt: &Interrupt) -> GroupResult<()> {
        // 0: not seen; else the number of the walk that saw it first.
        let mut seen = vec![0u32; self.nodes.len()];
        for (walk, start) in (1..).zip(by_time) {
            if (walk as usize).is_multiple_of(STEP) {
                interrupt.check()?;
            }
            let mut at = *start;
            while let Some(mark) = seen.get_mut(at as usize).filter(|mark| **mark == 0) {
                *mark = walk;
                at = self.node(at).map_or(NONE, |node| node.parent);
            }
            // The walk came back to itself. It began at its first node in time that no earlier walk saw, so the cycle is cut where it was entered.
            if seen.get(at as usize) == Some(&walk)
                && let Some(node) = self.nodes.get_mut(at as usize)
            {
                (node.parent, node.status) = (NONE, Status::Cycle);
            }
        }
        Ok(())
    }

    /// Numbers the nodes in the order of the tree.
    fn walk(&mut self, by_time: &[u32], interrupt: &Interrupt) -> GroupResult<()> {
        // Children of a node stand together, by time: counted, then filled in.
        let mut ends = vec![0u32; self.nodes.len() + 1];
        for node in &self.nodes {
            if let Some(end) = ends.get_mut(node.parent as usize + 1) {
                *end += 1;
            }
        }
        let mut sum = 0;
        ends.iter_mut().for_each(|end| {
            sum += *end;
            *end = sum;
        });
        let mut next = ends.clone();
        let mut children = vec![NONE; sum as usize];
        let mut roots = Vec::new();
        for index in by_time {
            let parent = self.node(*index).map_or(NONE, |node| node.parent);
            match next.get_mut(parent as usize).filter(|_| parent != NONE) {
                None => roots.push(*index),
                Some(place) => {
                    if let Some(slot) = children.get_mut(*place as usize) {
                        *slot = *index;
                    }
                    *place += 1;
                }
            }
        }
        let children_of = |index: u32| {
            let (start, end) = (ends.get(index as usize).copied().unwrap_or(0), ends.get(index as usize + 1).copied().unwrap_or(0));
            children.get(start as usize..end as usize).unwrap_or(&[])
        };
        let mut stack: Vec<(u32, u32, u32, u32)> = Vec::new();
        // Trees that were cut off for their depth are appended: the list grows while it is read.
        let mut at = 0;
        while let Some(root) = roots.get(at).copied() {
            at += 1;
            stack.push((root, root, 0, u32::try_from(at).unwrap_or(NONE)));
            while let Some((index, root, depth, sibling)) = stack.pop() {
                if self.order.len().is_multiple_of(STEP) {
                    interrupt.check()?;
                }
                let Some(node) = self.nodes.get_mut(index as usize) else { continue };
                if depth >= MAX_DEPTH {
                    (node.parent, node.status) = (NONE, Status::TooDeep);
                    roots.push(index);
                    continue;
                }
                (node.root, node.depth, node.sibling) = (root, depth, sibling);
                self.order.push(index);
                let below = children_of(index);
                // In reverse: a stack gives them back in order.
                let numbered = below.iter().enumerate().rev().map(|(number, child)| (*child, root, depth + 1, number as u32 + 1));
                stack.extend(numbered);
            }
        }
        Ok(())
    }

    /// Counts children and descendants from the leaves up.
    fn count(&mut self) {
        for index in self.order.iter().rev() {
            let Some(Node { parent, descendants, .. }) = self.nodes.get(*index as usize).copied() else { continue };
            if let Some(node) = self.nodes.get_mut(parent as usize) {
                node.children += 1;
                node.descendants += descendants + 1;
            }
        }
    }
}

/// All nodes by host, time and row: an order of the data, not of the rows, but for events that are equal.
fn chronological(events: &Events, links: &Links, interrupt: &Interrupt) -> GroupResult<Vec<u32>> {
    let ranks = HostRanks::new(events, links);
    let starts = events.starts.iter().map(|start| (start.row, start.host, start.time)).zip(0u32..);
    let first = u32::try_from(events.starts.len()).unwrap_or(NONE);
    let inferred = (first..).zip(&links.inferred).map(|(index, inferred)| Entry { key: u64::from(inferred.from), group: 0, index });
    let inferred = sort(inferred.collect(), interrupt)?;
    // An inferred process comes before the child that tells of it.
    let mut inferred = inferred.into_iter().peekable();
    let of = |index: u32| links.inferred.get(index.saturating_sub(first) as usize);
    let entry = |entry: Entry| {
        let inferred = of(entry.index)?;
        let time = if inferred.time == NO_TIME { inferred.seen } else { inferred.time };
        Some(Entry { key: time_key(time), group: ranks.of(inferred.host), index: entry.index })
    };
    let mut entries = Vec::with_capacity(links.parents.len());
    for ((row, host, time), index) in starts {
        while let Some(before) = inferred.next_if(|entry| entry.key <= u64::from(row)) {
            entries.extend(entry(before));
        }
        entries.push(Entry { key: time_key(time), group: ranks.of(host), index });
    }
    entries.extend(inferred.filter_map(entry));
    Ok(sort(entries, interrupt)?.into_iter().map(|entry| entry.index).collect())
}

/// The places of hosts in the order of their names.
struct HostRanks(hashbrown::HashMap<u32, u32>);

impl HostRanks {
    fn new(events: &Events, links: &Links) -> Self {
        let host = |id: u32| events.pool.get(id).unwrap_or("");
        let mut hosts: Vec<u32> = events.starts.iter().map(|start| start.host).collect();
        hosts.extend(links.inferred.iter().map(|inferred| inferred.host));
        hosts.dedup();
        hosts.sort_unstable();
        hosts.dedup();
        hosts.sort_unstable_by(|a, b| host(*a).cmp(host(*b)));
        Self(hosts.into_iter().zip(0u32..).collect())
    }

    fn of(&self, host: u32) -> u32 {
        // Of one host all have the same place.
        if self.0.len() < 2 { 0 } else { self.0.get(&host).copied().unwrap_or(0) }
    }
}
