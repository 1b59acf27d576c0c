//! `sessions(ts [, event])`: one row per session.

use super::sessionize::{SessionOptions, split_sessions};
use crate::prelude::*;

/// Kernel of `sessions`.
pub struct Sessions;

/// A session.
#[derive(Debug, Clone, PartialEq)]
pub struct Session {
    id: i64,
    start: i64,
    end: i64,
    events: i64,
    event_list: Option<Vec<Option<String>>>,
}

impl SqlValue for Session {
    const TYPE: SqlType = SqlType::Struct(&[
        ("session_id", SqlType::Int),
        ("start_time", SqlType::Time),
        ("end_time", SqlType::Time),
        ("duration_seconds", SqlType::Float),
        ("events", SqlType::Int),
        ("event_list", SqlType::List(&SqlType::Text)),
    ]);
    fn write(&self, out: &mut Column) {
        let seconds = self.end.saturating_sub(self.start) as f64 / 1e6;
        let row = out.row().put(self.id).put(Timestamp(self.start)).put(Timestamp(self.end)).put(seconds).put(self.events);
        row.put(self.event_list.clone()).end();
    }
}

impl GroupKernel for Sessions {
    const SPEC: Spec = Spec {
        name: "sessions",
        family: Family::Analysis,
        summary: "Lists the sessions of a user, host or connection: when they began and ended, and what happened in them.",
        details: "\
A session is what `sessionize` says. With `event`, `event_list` holds the events of the session in order of time (events of the same instant in order of
their text): what `rare_sequences` takes. Without it `event_list` is NULL. Events whose time is NULL are left out.",
        args: &[
            Arg { name: "ts", doc: "Time of the event." },
            Arg { name: "event", doc: "What happened, for `event_list`." },
        ],
        examples: &[Example {
            sql: "\
WITH log AS (SELECT to_timestamp(sec) AS ts, op FROM (VALUES (60, 'Set-User'), (0, 'Get-User'), (7200, 'Get-User')) v(sec, op))
SELECT session_id, duration_seconds, events, event_list FROM huntsql.sessions(log, ts, event => op, max_gap => '15m') ORDER BY session_id",
            result: "1 | 60.0 | 2 | [Get-User, Set-User]\n2 | 0.0 | 1 | [Get-User]",
        }],
    };
    const ARGS: &'static [ArgType] = &[ArgType::Time, ArgType::Text];
    const OPTIONAL: usize = 1;
    type Options = SessionOptions;
    type Item = Session;

    fn compute(rows: &Rows, options: &SessionOptions, interrupt: &Interrupt) -> GroupResult<Vec<Session>> {
        let events = rows.texts(1);
        let mut found = Vec::new();
        split_sessions(rows.ints(0), options, interrupt, |members| {
            let (Some((start, _)), Some((end, _))) = (members.first(), members.last()) else { return };
            let mut list: Vec<(i64, Option<&str>)> = members.iter().map(|(time, row)| (*time, events.get(*row as usize))).collect();
            list.sort_unstable();
            let event_list = (events.distinct() > 0).then(|| list.iter().map(|(_, event)| event.map(str::to_owned)).collect());
            found.push(Session { id: found.len() as i64 + 1, start: *start, end: *end, events: members.len() as i64, event_list });
        })?;
        Ok(found)
    }
}
