//! `tree_summary(tbl)`: the size of a forest of processes.

use super::kin::{KEY_ARG, KEY_COLUMN, Kin, PARENT_ARG, PARENT_COLUMN, PATH_ARG, PATH_COLUMN};
use crate::group::{EventKernel, EventSink, Wanted};
use crate::prelude::*;
use std::collections::HashSet;

/// Kernel of `tree_summary`.
pub struct TreeSummary;

const INFERRED: usize = 3;
const HOST: usize = 4;
const START: usize = 5;

/// What is counted.
#[derive(Debug, Default)]
pub struct Summary {
    processes: i64,
    roots: i64,
    leaves: i64,
    branches: i64,
    isolated: i64,
    max_depth: i64,
    inferred: i64,
    hosts: i64,
    first: Option<i64>,
    last: Option<i64>,
}

impl SqlValue for Summary {
    const TYPE: SqlType = SqlType::Struct(&[
        ("processes", SqlType::Int),
        ("roots", SqlType::Int),
        ("leaves", SqlType::Int),
        ("branches", SqlType::Int),
        ("isolated", SqlType::Int),
        ("max_depth", SqlType::Int),
        ("inferred", SqlType::Int),
        ("hosts", SqlType::Int),
        ("first_time", SqlType::Time),
        ("last_time", SqlType::Time),
    ]);
    fn write(&self, out: &mut Column) {
        let row = out.row().put(self.processes).put(self.roots).put(self.leaves).put(self.branches).put(self.isolated);
        let row = row.put(self.max_depth).put(self.inferred).put(self.hosts);
        row.put(self.first.map(Timestamp)).put(self.last.map(Timestamp)).end();
    }
}

impl EventKernel for TreeSummary {
    const SPEC: Spec = Spec {
        name: "tree_summary",
        family: Family::Process,
        summary: "Counts what is in a forest of processes: roots, leaves, branches, hosts.",
        details: "`tbl` is what `process_tree` gives, or any table with a `process_key` and a `parent_key`. The result is one row, also of an empty table. Every process is one of `roots` (its parent is not in the table), \
                  `leaves` (no children) and `branches`; `isolated` are the roots without children. `max_depth` counts generations, `hosts` are told apart in any case of letters, and \
                  `first_time` and `last_time` are those of the starts. What is counted is what is in the table: of a part of a tree, the part.",
        args: &[
            KEY_ARG,
            PARENT_ARG,
            PATH_ARG,
            Arg { name: "inferred", doc: "Whether it was never logged; the column of this name." },
            Arg { name: "process_host", doc: "Where it ran; the column of this name." },
            Arg { name: "start_time", doc: "When it started; the column of this name." },
        ],
        examples: &[Example {
            sql: "\
WITH t AS (SELECT * FROM (VALUES ('a', NULL, 'ws-14', true), ('b', 'a', 'ws-14', false), ('c', 'b', 'ws-14', false), ('d', 'b', 'WS-14', false), ('e', NULL, 'dc-01', false)) v(process_key, parent_key, process_host, inferred))
SELECT processes, roots, leaves, branches, isolated, max_depth, inferred, hosts FROM huntsql.tree_summary(t)",
            result: "5 | 2 | 2 | 1 | 1 | 3 | 1 | 2",
        }],
    };
    const ARGS: &'static [ArgType] = &[ArgType::Key, ArgType::Key, ArgType::Text, ArgType::Bool, ArgType::Text, ArgType::Time];
    const WANTED: &'static [Wanted] = &[
        KEY_COLUMN,
        PARENT_COLUMN,
        PATH_COLUMN,
        Wanted { argument: "inferred", names: &["inferred"], required: false },
        Wanted { argument: "process_host", names: &["process_host"], required: false },
        Wanted { argument: "start_time", names: &["start_time"], required: false },
    ];
    const KEEPS_ROWS: bool = false;
    type Options = NoOptions;
    type Out<'a> = Summary;

    fn compute(rows: &Rows, _: &NoOptions, interrupt: &Interrupt, sink: &mut EventSink<'_>) -> GroupResult<()> {
        let kin = Kin::read(rows, interrupt)?;
        let mut of = Summary::default();
        let mut hosts: HashSet<u32> = HashSet::new();
        for process in kin.order() {
            let row = kin.row(*process);
            let (is_root, has_children) = (kin.parent(*process).is_none(), kin.children(*process).next().is_some());
            of.processes += 1;
            of.roots += i64::from(is_root);
            of.isolated += i64::from(is_root && !has_children);
            of.leaves += i64::from(!is_root && !has_children);
            of.branches += i64::from(!is_root && has_children);
            of.max_depth = of.max_depth.max(i64::from(kin.depth(*process)));
            of.inferred += i64::from(rows.bool(INFERRED, row) == Some(true));
            hosts.extend(rows.texts(HOST).id(row));
            if let Some(time) = rows.int(START, row) {
                of.first = Some(of.first.map_or(time, |first| first.min(time)));
                of.last = Some(of.last.map_or(time, |last| last.max(time)));
            }
        }
        let names: HashSet<String> = hosts.into_iter().map(|id| rows.texts(HOST).text(id).to_lowercase()).collect();
        of.hosts = i64::try_from(names.len()).unwrap_or(i64::MAX);
        sink.put(None, &of);
        Ok(())
    }
}
