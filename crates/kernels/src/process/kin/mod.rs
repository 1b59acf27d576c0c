//! The families in a table of processes: what `process_tree` gives, or anything with a key and a parent's key.
//!
//! Rows with one key are one process. The table may hold anything: keys twice, parents that are not there, circles of parents.

mod columns;
mod put;

pub use columns::KeyOptions;
pub use columns::{COMMAND_COLUMNS, KEY_ARG, KEY_COLUMN, PARENT_ARG, PARENT_COLUMN, PATH_ARG, PATH_COLUMN};
pub(super) use columns::{KEY, KIN_ARGS, KIN_TYPES, KIN_WANTED, PARENT, PATH};
pub use put::Distance;
pub(super) use put::put_rows;

use crate::group::GroupResult;
use crate::interrupt::Interrupt;
use crate::rows::{Rows, Texts};
use std::cmp::Ordering;

/// No process, no row.
pub(super) const NONE: u32 = u32::MAX;
/// Processes between two looks at the interrupt.
const STEP: usize = 1 << 16;

/// The processes of a table. They are numbered as their keys are.
#[derive(Debug)]
pub struct Kin<'r> {
    keys: &'r Texts,
    paths: &'r Texts,
    /// The row that speaks for each process.
    rows: Vec<u32>,
    /// The parent of each; [`NONE`] where it is not in the table, and where a circle was cut.
    parents: Vec<u32>,
    /// Its generation, from 1.
    depths: Vec<u32>,
    /// Parents before children.
    order: Vec<u32>,
    /// Where the children of each begin in `children`, and where the last end.
    starts: Vec<u32>,
    children: Vec<u32>,
}

impl<'r> Kin<'r> {
    /// Reads the arguments [`KIN_WANTED`], which come first.
    pub fn read(rows: &'r Rows, interrupt: &Interrupt) -> GroupResult<Self> {
        let (keys, above) = (rows.texts(KEY), rows.texts(PARENT));
        let count = keys.distinct();
        let mut speakers = vec![NONE; count];
        for row in 0..rows.len() {
            if row % STEP == 0 {
                interrupt.check()?;
            }
            let Some(speaker) = keys.id(row).and_then(|key| speakers.get_mut(key as usize)) else { continue };
            if *speaker == NONE || speaks_before(rows, row, *speaker as usize) {
                *speaker = u32::try_from(row).unwrap_or(NONE);
            }
        }
        let known: Vec<u32> =
            (0..above.distinct()).map(|id| keys.find(above.text(u32::try_from(id).unwrap_or(NONE))).unwrap_or(NONE)).collect();
        let parent = |(key, row): (usize, &u32)| {
            let parent = above.id(*row as usize).and_then(|id| known.get(id as usize).copied()).unwrap_or(NONE);
            if parent as usize == key { NONE } else { parent }
        };
        let parents: Vec<u32> = speakers.iter().enumerate().map(parent).collect();
        let (starts, children) = by_parent(&parents);
        let paths = rows.texts(PATH);
        let mut kin =
            Self { keys, paths, rows: speakers, parents, depths: vec![0; count], order: Vec::with_capacity(count), starts, children };
        let roots: Vec<u32> = (0u32..).zip(&kin.parents).filter(|(_, parent)| **parent == NONE).map(|(key, _)| key).collect();
        let mut done = 0;
        kin.grow(roots, &mut done, interrupt)?;
        if kin.order.len() < count {
            let cut = kin.cut_circles(interrupt)?;
            kin.grow(cut, &mut done, interrupt)?;
        }
        Ok(kin)
    }

    /// Number of processes.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// All processes, parents before children.
    pub fn order(&self) -> &[u32] {
        &self.order
    }

    /// The process with that key.
    pub fn find(&self, key: &str) -> Option<u32> {
        self.keys.find(key)
    }

    /// Its key.
    pub fn key(&self, process: u32) -> &'r str {
        self.keys.text(process)
    }

    /// Its parent.
    pub fn parent(&self, process: u32) -> Option<u32> {
        self.parents.get(process as usize).copied().filter(|parent| *parent != NONE)
    }

    /// The row that speaks for a process.
    pub fn row(&self, process: u32) -> usize {
        self.rows.get(process as usize).copied().unwrap_or(NONE) as usize
    }

    /// Its generation, from 1.
    pub fn depth(&self, process: u32) -> u32 {
        self.depths.get(process as usize).copied().unwrap_or(0)
    }

    /// The children of a process, in no order.
    pub fn children(&self, process: u32) -> impl Iterator<Item = u32> {
        let bound = |index: usize| self.starts.get(index).copied().unwrap_or(0) as usize;
        let all = self.children.get(bound(process as usize)..bound(process as usize + 1)).unwrap_or(&[]);
        // Where a circle was cut, one of them is a child no more.
        all.iter().copied().filter(move |child| self.parents.get(*child as usize) == Some(&process))
    }

    /// Order of siblings: by path, then by key.
    pub fn compare(&self, a: u32, b: u32) -> Ordering {
        let rank = |process: u32| (self.paths.get(self.row(process)), self.key(process));
        rank(a).cmp(&rank(b))
    }

    /// The roots in order.
    pub fn roots(&self) -> Vec<u32> {
        let mut roots: Vec<u32> = self.order.iter().copied().filter(|process| self.depth(*process) == 1).collect();
        roots.sort_unstable_by(|a, b| self.compare(*a, *b));
        roots
    }

    /// The families of `first`, each process before its children.
    pub fn descent(&self, first: &[u32]) -> Descent<'_, 'r> {
        Descent { kin: self, stack: first.iter().rev().copied().collect() }
    }

    /// Numbers what can be reached from `roots`; `done` says how much of the order was looked at.
    fn grow(&mut self, roots: Vec<u32>, done: &mut usize, interrupt: &Interrupt) -> GroupResult<()> {
        for root in &roots {
            if let Some(depth) = self.depths.get_mut(*root as usize) {
                *depth = 1;
            }
        }
        self.order.extend(roots);
        while let Some(process) = self.order.get(*done).copied() {
            if done.is_multiple_of(STEP) {
                interrupt.check()?;
            }
            *done += 1;
            let depth = self.depth(process) + 1;
            let first = self.order.len();
            let mut order = std::mem::take(&mut self.order);
            order.extend(self.children(process).filter(|child| self.depth(*child) == 0));
            self.order = order;
            for child in self.order.get(first..).unwrap_or(&[]) {
                if let Some(slot) = self.depths.get_mut(*child as usize) {
                    *slot = depth;
                }
            }
        }
        Ok(())
    }

    /// Makes roots of processes that are their own ancestors: in each circle of the first in order.
    fn cut_circles(&mut self, interrupt: &Interrupt) -> GroupResult<Vec<u32>> {
        let mut rest: Vec<u32> = (0u32..).take(self.len()).filter(|process| self.depth(*process) == 0).collect();
        rest.sort_unstable_by(|a, b| self.compare(*a, *b));
        // 0: not seen; else the number of the walk that saw it first.
        let mut seen = vec![0u32; self.len()];
        let mut cut = Vec::new();
        for (walk, start) in (1u32..).zip(rest) {
            if (walk as usize).is_multiple_of(STEP) {
                interrupt.check()?;
            }
            let mut at = start;
            while let Some(mark) = seen.get_mut(at as usize).filter(|mark| **mark == 0) {
                *mark = walk;
                at = self.parent(at).unwrap_or(NONE);
            }
            if seen.get(at as usize) != Some(&walk) {
                continue;
            }
            // The walk came back to itself, at a place that depends on where it began: the circle is cut before its first process.
            let circle = std::iter::successors(self.parent(at), |process| self.parent(*process).filter(|_| *process != at));
            let first = circle.min_by(|a, b| self.compare(*a, *b)).unwrap_or(at);
            if let Some(parent) = self.parents.get_mut(first as usize) {
                *parent = NONE;
            }
            cut.push(first);
        }
        Ok(cut)
    }
}

/// A walk down from some processes, children in order.
#[derive(Debug)]
pub struct Descent<'k, 'r> {
    kin: &'k Kin<'r>,
    stack: Vec<u32>,
}

impl Iterator for Descent<'_, '_> {
    type Item = u32;

    fn next(&mut self) -> Option<u32> {
        let process = self.stack.pop()?;
        let first = self.stack.len();
        self.stack.extend(self.kin.children(process));
        // The first child is taken first.
        self.stack.get_mut(first..)?.sort_unstable_by(|a, b| self.kin.compare(*b, *a));
        Some(process)
    }
}

/// Which of two rows with one key is heard: that does not depend on their order in the table.
fn speaks_before(rows: &Rows, row: usize, other: usize) -> bool {
    (0..rows.args()).map(|arg| rows.compare(arg, row, other)).find(|order| order.is_ne()) == Some(Ordering::Less)
}

/// Children by parent: counted, then filled in.
fn by_parent(parents: &[u32]) -> (Vec<u32>, Vec<u32>) {
    let mut starts = vec![0u32; parents.len() + 1];
    for parent in parents {
        if let Some(start) = starts.get_mut((*parent as usize).saturating_add(1)) {
            *start += 1;
        }
    }
    let mut sum = 0;
    for start in &mut starts {
        sum += *start;
        *start = sum;
    }
    let mut next = starts.clone();
    let mut children = vec![NONE; sum as usize];
    for (child, parent) in (0u32..).zip(parents) {
        let Some(place) = next.get_mut(*parent as usize).filter(|_| *parent != NONE) else { continue };
        if let Some(slot) = children.get_mut(*place as usize) {
            *slot = child;
        }
        *place += 1;
    }
    (starts, children)
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::input::Input;

    /// Rows of a key, its parent's key and a path.
    pub(in super::super) struct Table(pub(in super::super) Vec<[&'static str; 3]>);

    impl Input for Table {
        fn text(&self, arg: usize, row: usize) -> Option<&str> {
            self.0.get(row)?.get(arg).copied().filter(|text| !text.is_empty())
        }
        fn int(&self, _: usize, _: usize) -> Option<i64> {
            None
        }
        fn float(&self, _: usize, _: usize) -> Option<f64> {
            None
        }
        fn bool(&self, _: usize, _: usize) -> Option<bool> {
            None
        }
        fn text_list(&self, _: usize, _: usize) -> Option<Vec<Option<&str>>> {
            None
        }
    }

    fn said(table: &[[&'static str; 3]]) -> String {
        let (input, mut rows) = (Table(table.to_vec()), Rows::new(KIN_TYPES));
        (0..table.len()).for_each(|row| rows.push(&input, row));
        let kin = Kin::read(&rows, &Interrupt::default()).unwrap();
        let all = kin.descent(&kin.roots()).map(|process| format!("{}{}", kin.depth(process), kin.key(process)));
        all.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn families_of_any_table() {
        for (table, expected) in [
            (&[["a", "", ""], ["b", "a", ""], ["c", "b", ""], ["d", "a", ""]][..], "1a 2b 3c 2d"),
            // By path, where there is one.
            (&[["a", "", "a1"], ["b", "a", "a1/a2"], ["c", "a", "a1/a1"]], "1a 2c 2b"),
            // A parent that is not there; no key.
            (&[["b", "gone", ""], ["c", "b", ""], ["", "b", ""]], "1b 2c"),
            // Circles: of one, of two, of three with something that hangs from it.
            (&[["a", "a", ""], ["b", "a", ""]], "1a 2b"),
            (&[["b", "a", ""], ["a", "b", ""]], "1a 2b"),
            (&[["d", "c", ""], ["c", "b", ""], ["b", "e", ""], ["e", "c", ""], ["x", "", ""]], "1b 2c 3d 3e 1x"),
            // A key twice: the rows are heard in an order of their own.
            (&[["a", "", ""], ["b", "", ""], ["c", "b", ""], ["c", "a", ""]], "1a 2c 1b"),
            (&[["c", "a", ""], ["b", "", ""], ["a", "", ""], ["c", "b", ""]], "1a 2c 1b"),
            (&[], ""),
        ] {
            assert_eq!(said(table), expected, "{table:?}");
        }
    }
}
