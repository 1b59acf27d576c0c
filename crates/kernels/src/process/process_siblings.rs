//! `process_siblings(tbl, key)`: what else its parent started.

use super::kin::{Distance, KIN_ARGS, KIN_TYPES, KIN_WANTED, KeyOptions, Kin, PARENT, put_rows};
use crate::group::{EventKernel, EventSink, Wanted};
use crate::prelude::*;

/// Kernel of `process_siblings`.
pub struct ProcessSiblings;

impl EventKernel for ProcessSiblings {
    const SPEC: Spec = Spec {
        name: "process_siblings",
        family: Family::Process,
        summary: "The rows of a process and of the others that its parent started, in order.",
        details: "`tbl` is what `process_tree` gives, or any table with a `process_key` and a `parent_key`; all its columns are in the result. `distance` counts places in the order \
                  of `path`, which in a tree is the order of time: 0 is the process itself, -1 the one before it, 1 the one after. A process with the same `parent_key` is a sibling even where that parent is not \
                  in the table; a root without one has none. Of a key that is not in the table there are no rows.",
        args: KIN_ARGS,
        examples: &[Example {
            sql: "\
WITH t AS (SELECT * FROM (VALUES ('a', NULL, 'a1', 'explorer.exe'), ('b', 'a', 'a1/a1', 'winword.exe'), ('c', 'b', 'a1/a1/a1', 'cmd.exe'), ('d', 'c', 'a1/a1/a1/a1', 'whoami.exe'),
    ('e', 'a', 'a1/a2', 'chrome.exe')) v(process_key, parent_key, path, process))
SELECT distance, process FROM huntsql.process_siblings(t, 'e') ORDER BY distance",
            result: "-1 | winword.exe\n0 | chrome.exe",
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
        let named = |process: u32| rows.texts(PARENT).id(kin.row(process));
        let mut siblings: Vec<u32> = match named(process) {
            None => vec![process],
            parent => kin.order().iter().copied().filter(|other| named(*other) == parent).collect(),
        };
        siblings.sort_unstable_by(|a, b| kin.compare(*a, *b));
        let own = siblings.iter().position(|sibling| *sibling == process).and_then(|place| i64::try_from(place).ok()).unwrap_or(0);
        let said: Vec<(u32, Distance)> = siblings.into_iter().zip((-own..).map(Distance)).collect();
        put_rows(rows, &said, interrupt, sink)
    }
}
