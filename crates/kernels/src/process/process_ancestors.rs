//! `process_ancestors(tbl, key)`: who started it, and who started that.

use super::kin::{Distance, KIN_ARGS, KIN_TYPES, KIN_WANTED, KeyOptions, Kin, put_rows};
use crate::group::{EventKernel, EventSink, Wanted};
use crate::prelude::*;

/// Kernel of `process_ancestors`.
pub struct ProcessAncestors;

impl EventKernel for ProcessAncestors {
    const SPEC: Spec = Spec {
        name: "process_ancestors",
        family: Family::Process,
        summary: "The rows of a process, of its parent, of its parent's parent and so on, from the root down.",
        details: "`tbl` is what `process_tree` gives, or any table with a `process_key` and a `parent_key`; all its columns are in the result. `distance` counts generations: 0 is the \
                  process itself, 1 its parent. Of a key that is not in the table there are no rows, and a circle of parents ends where it began. `ORDER BY distance DESC` keeps the order in \
                  a larger query.",
        args: KIN_ARGS,
        examples: &[Example {
            sql: "\
WITH t AS (SELECT * FROM (VALUES ('a', NULL, 'a1', 'explorer.exe'), ('b', 'a', 'a1/a1', 'winword.exe'), ('c', 'b', 'a1/a1/a1', 'cmd.exe'), ('d', 'c', 'a1/a1/a1/a1', 'whoami.exe'),
    ('e', 'a', 'a1/a2', 'chrome.exe')) v(process_key, parent_key, path, process))
SELECT distance, process FROM huntsql.process_ancestors(t, 'd') ORDER BY distance DESC",
            result: "3 | explorer.exe\n2 | winword.exe\n1 | cmd.exe\n0 | whoami.exe",
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
        let chain = std::iter::successors(Some(process), |process| kin.parent(*process));
        let mut said: Vec<(u32, Distance)> = chain.zip((0..).map(Distance)).collect();
        said.reverse();
        put_rows(rows, &said, interrupt, sink)
    }
}
