//! `process_roots(tbl)`: where the trees begin.

use super::kin::{KIN_ARGS, KIN_TYPES, KIN_WANTED, Kin, put_rows};
use crate::group::{EventKernel, EventSink, Wanted};
use crate::prelude::*;

/// Kernel of `process_roots`.
pub struct ProcessRoots;

/// The size of a tree.
pub struct Tree {
    processes: i64,
    levels: i64,
}

impl SqlValue for Tree {
    const TYPE: SqlType = SqlType::Struct(&[("processes", SqlType::Int), ("levels", SqlType::Int)]);
    fn write(&self, out: &mut Column) {
        out.row().put(self.processes).put(self.levels).end();
    }
}

impl EventKernel for ProcessRoots {
    const SPEC: Spec = Spec {
        name: "process_roots",
        family: Family::Process,
        summary: "The rows of the processes whose parent is not in the table, with the size of their trees.",
        details: "`tbl` is what `process_tree` gives, or any table with a `process_key` and a `parent_key`; all its columns are in the result. `processes` counts the process itself and all that \
                  descend from it in this table, `levels` the generations. Of a part of a tree the roots are those of the part. Of a circle of parents one process is a root. `ORDER BY path` keeps the order in \
                  a larger query.",
        args: KIN_ARGS,
        examples: &[Example {
            sql: "\
WITH t AS (SELECT * FROM (VALUES ('a', NULL, 'a1', 'explorer.exe'), ('b', 'a', 'a1/a1', 'cmd.exe'), ('c', 'b', 'a1/a1/a1', 'whoami.exe'), ('d', NULL, 'a2', 'services.exe')) v(process_key, parent_key, path, process))
SELECT process, processes, levels FROM huntsql.process_roots(t) ORDER BY path",
            result: "explorer.exe | 3 | 3\nservices.exe | 1 | 1",
        }],
    };
    const ARGS: &'static [ArgType] = KIN_TYPES;
    const WANTED: &'static [Wanted] = KIN_WANTED;
    type Options = NoOptions;
    type Out<'a> = Tree;

    fn compute(rows: &Rows, _: &NoOptions, interrupt: &Interrupt, sink: &mut EventSink<'_>) -> GroupResult<()> {
        let kin = Kin::read(rows, interrupt)?;
        let mut trees: Vec<(i64, u32)> = (0u32..).take(kin.len()).map(|process| (1, kin.depth(process))).collect();
        // Children before parents.
        for process in kin.order().iter().rev() {
            let Some(parent) = kin.parent(*process) else { continue };
            let (count, deepest) = trees.get(*process as usize).copied().unwrap_or((0, 0));
            if let Some(tree) = trees.get_mut(parent as usize) {
                *tree = (tree.0 + count, tree.1.max(deepest));
            }
        }
        let tree = |root: u32| {
            let (processes, levels) = trees.get(root as usize).copied().unwrap_or((0, 0));
            (root, Tree { processes, levels: i64::from(levels) })
        };
        let said: Vec<(u32, Tree)> = kin.roots().into_iter().map(tree).collect();
        put_rows(rows, &said, interrupt, sink)
    }
}
