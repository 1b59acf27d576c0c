//! `process_descendants(tbl, key)`: what it started, and what came of that.

use super::kin::{Distance, KIN_ARGS, KIN_TYPES, KIN_WANTED, KeyOptions, Kin, put_rows};
use crate::group::{EventKernel, EventSink, Wanted};
use crate::prelude::*;

/// Kernel of `process_descendants`.
pub struct ProcessDescendants;

impl EventKernel for ProcessDescendants {
    const SPEC: Spec = Spec {
        name: "process_descendants",
        family: Family::Process,
        summary: "The rows of a process, of its children, of their children and so on, in the order of the tree.",
        details: "`tbl` is what `process_tree` gives, or any table with a `process_key` and a `parent_key`; all its columns are in the result. `distance` counts generations: 0 is the \
                  process itself, 1 its children. Of a key that is not in the table there are no rows. `ORDER BY path` keeps the order in a larger query.",
        args: KIN_ARGS,
        examples: &[Example {
            sql: "\
WITH t AS (SELECT * FROM (VALUES ('a', NULL, 'a1', 'explorer.exe'), ('b', 'a', 'a1/a1', 'winword.exe'), ('c', 'b', 'a1/a1/a1', 'cmd.exe'), ('d', 'c', 'a1/a1/a1/a1', 'whoami.exe'),
    ('e', 'a', 'a1/a2', 'chrome.exe')) v(process_key, parent_key, path, process))
SELECT distance, process FROM huntsql.process_descendants(t, 'b') ORDER BY path",
            result: "0 | winword.exe\n1 | cmd.exe\n2 | whoami.exe",
        }],
    };
    const ARGS: &'static [ArgType] = KIN_TYPES;
    const WANTED: &'static [Wanted] = KIN_WANTED;
    const REQUIRED: &'static [&'static str] = &["key"];
    type Options = KeyOptions;
    type Out<'a> = Distance;

    fn compute(rows: &Rows, options: &KeyOptions, interrupt: &Interrupt, sink: &mut EventSink<'_>) -> GroupResult<()> {
        let kin = Kin::read(rows, interrupt)?;
        let Some(process) = options.key().and_then(|key| kin.find(key)) else { return Ok(()) };
        let depth = |process: u32| i64::from(kin.depth(process));
        let said: Vec<(u32, Distance)> = kin.descent(&[process]).map(|below| (below, Distance(depth(below) - depth(process)))).collect();
        put_rows(rows, &said, interrupt, sink)
    }
}
