//! `sessionize(ts)`: which session an event belongs to.

use crate::prelude::*;

/// Options of `sessionize` and `sessions`.
#[derive(Debug, Clone)]
pub struct SessionOptions {
    max_gap: i64,
    max_length: Option<i64>,
}

impl Default for SessionOptions {
    fn default() -> Self {
        Self { max_gap: 30 * 60 * 1_000_000, max_length: None }
    }
}

impl Options for SessionOptions {
    const FIELDS: &'static [OptionField] = &[
        OptionField {
            name: "max_gap",
            kind: OptionKind::Duration,
            default: "'30m'",
            doc: "A longer time without an event ends the session.",
        },
        OptionField {
            name: "max_length",
            kind: OptionKind::DurationOr(&["none"]),
            default: "'none'",
            doc: "An event later than this after the session's first begins a new session.",
        },
    ];

    fn set(&mut self, name: &str, setting: Setting) -> Result<(), String> {
        match (name, setting) {
            ("max_gap", Setting::Duration(micros)) => self.max_gap = micros,
            ("max_length", Setting::Duration(micros)) => self.max_length = Some(micros),
            ("max_length", _) => self.max_length = None,
            _ => {}
        }
        Ok(())
    }
}

/// Kernel of `sessionize`.
pub struct Sessionize;

/// The session of an event; NULL for an event without a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SessionOf(Option<(i64, Timestamp)>);

impl SqlValue for SessionOf {
    const TYPE: SqlType = SqlType::Struct(&[("session_id", SqlType::Int), ("session_start", SqlType::Time)]);
    fn write(&self, out: &mut Column) {
        out.row().put(self.0.map(|(id, _)| id)).put(self.0.map(|(_, start)| start)).end();
    }
}

impl RowKernel for Sessionize {
    const SPEC: Spec = Spec {
        name: "sessionize",
        family: Family::Analysis,
        summary: "Cuts the events of a user, host or connection into sessions and tells each event its session.",
        details: "\
A session ends where more than `max_gap` passes without an event, or where an event comes more than `max_length` after the session's first. Sessions are
numbered from 1 in order of time within their part (`part => user`, `PARTITION BY user`); `(part, session_id)` is the key of a session. The order of the
rows does not matter. An event whose time is NULL belongs to no session: its `session_id` is NULL.

`sessions` gives one row per session instead.",
        args: &[Arg { name: "ts", doc: "Time of the event." }],
        examples: &[Example {
            sql: "\
WITH logins AS (SELECT to_timestamp(sec) AS ts, who FROM (VALUES (0, 'ann'), (60, 'ann'), (7200, 'ann'), (30, 'bob')) v(sec, who))
SELECT who, session_id, count(*) AS events FROM huntsql.sessionize(logins, ts, part => who, max_gap => '15m') GROUP BY who, session_id ORDER BY who, session_id",
            result: "ann | 1 | 2\nann | 2 | 1\nbob | 1 | 1",
        }],
    };
    const ARGS: &'static [ArgType] = &[ArgType::Time];
    type Options = SessionOptions;
    type Out<'r> = SessionOf;
    const WINDOW: Option<&'static str> = Some("session_id");

    fn compute(rows: &Rows, options: &SessionOptions, interrupt: &Interrupt) -> GroupResult<Vec<SessionOf>> {
        let times = rows.ints(0);
        let mut out = vec![SessionOf(None); rows.len()];
        let mut id = 0;
        split_sessions(times, options, interrupt, |members| {
            id += 1;
            let start = members.first().map_or(0, |(time, _)| *time);
            for (_, row) in members {
                if let Some(slot) = out.get_mut(*row as usize) {
                    *slot = SessionOf(Some((id, Timestamp(start))));
                }
            }
        })?;
        Ok(out)
    }
}

/// Calls `session` with the times and row numbers of each session, in order of time. Rows whose time is NULL (`i64::MIN`) are left out.
pub fn split_sessions(
    times: &[i64],
    options: &SessionOptions,
    interrupt: &Interrupt,
    mut session: impl FnMut(&[(i64, u32)]),
) -> GroupResult<()> {
    let rows = times.iter().zip(0u32..).filter(|(time, _)| **time != i64::MIN);
    let mut events: Vec<(i64, u32)> = rows.map(|(time, row)| (*time, row)).collect();
    interrupt.check()?;
    // Logs mostly come in order.
    if !events.is_sorted() {
        events.sort_unstable();
    }
    interrupt.check()?;
    let mut begin = 0;
    for at in 1..=events.len() {
        let (Some(first), Some(last)) = (events.get(begin), events.get(at - 1)) else { break };
        let ends = events.get(at).is_none_or(|next| {
            next.0.saturating_sub(last.0) > options.max_gap || options.max_length.is_some_and(|most| next.0.saturating_sub(first.0) > most)
        });
        if ends {
            session(events.get(begin..at).unwrap_or(&[]));
            begin = at;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(times: &[i64], gap: i64, length: Option<i64>) -> Vec<Vec<i64>> {
        let mut found = Vec::new();
        let options = SessionOptions { max_gap: gap, max_length: length };
        split_sessions(times, &options, &Interrupt::default(), |members| found.push(members.iter().map(|(time, _)| *time).collect()))
            .unwrap();
        found
    }

    #[test]
    fn gaps_and_lengths() {
        let none: Vec<Vec<i64>> = Vec::new();
        assert_eq!(split(&[], 5, None), none);
        assert_eq!(split(&[i64::MIN], 5, None), none);
        assert_eq!(split(&[7], 5, None), [[7]]);
        assert_eq!(split(&[10, 0, 5, i64::MIN, 16], 5, None), [vec![0, 5, 10], vec![16]]);
        assert_eq!(split(&[0, 5, 10, 15], 5, Some(10)), [vec![0, 5, 10], vec![15]]);
        assert_eq!(split(&[0, 0, 0], 5, Some(1)), [[0, 0, 0]]);
        assert_eq!(split(&[i64::MAX, i64::MIN + 1], 5, None).len(), 2);
    }

    #[test]
    fn a_stopped_query_ends() {
        let interrupt = Interrupt::default();
        interrupt.stop();
        assert_eq!(split_sessions(&[1], &SessionOptions::default(), &interrupt, |_| ()), Err(GroupError::Interrupted));
    }
}
