//! `rare_sessions(event_list [, train])`: how unlikely each list of events is among the others.

use super::markov::{Chain, Counts, Purpose, RareSessionOptions, Score, Scorer, ranks};
use crate::prelude::*;
use crate::rows::TextLists;
use std::ops::Range;
use std::sync::Arc;

/// Kernel of `rare_sessions`.
pub struct RareSessions;

/// What a session scores.
#[derive(Debug, Clone, PartialEq)]
pub struct RareSession {
    score: Option<Score>,
    /// The windows of all sessions, and which of their events are this one's.
    rarest_window: Option<(Arc<Windows>, Range<usize>)>,
    rank: Option<i64>,
    status: &'static str,
}

/// The rarest windows of all sessions, one after another.
#[derive(Debug, PartialEq)]
struct Windows {
    commands: Vec<String>,
    /// Numbers of commands.
    events: Vec<u32>,
}

impl Windows {
    fn texts(&self, range: &Range<usize>) -> impl Iterator<Item = &str> + Clone {
        let events = self.events.get(range.clone()).unwrap_or(&[]);
        events.iter().filter_map(|event| self.commands.get(*event as usize).map(String::as_str))
    }
}

impl SqlValue for RareSession {
    const TYPE: SqlType = SqlType::Struct(&[
        ("log10_likelihood", SqlType::Float),
        ("geometric_mean", SqlType::Float),
        ("rarest_window", SqlType::List(&SqlType::Text)),
        ("rarest_window_likelihood", SqlType::Float),
        ("rank", SqlType::Int),
        ("status", SqlType::Text),
    ]);
    fn write(&self, out: &mut Column) {
        let row = out.row().put(self.score.map(|score| score.log10_likelihood)).put(self.score.map(|score| 10f64.powf(score.log10_mean)));
        let row = row.put(self.rarest_window.as_ref().map(|(windows, range)| ListOf(windows.texts(range))));
        let rarest = self.score.and_then(|score| score.rarest);
        row.put(rarest.map(|window| 10f64.powf(window.log10_likelihood))).put(self.rank).put(self.status).end();
    }
}

impl RowKernel for RareSessions {
    const SPEC: Spec = Spec {
        name: "rare_sessions",
        family: Family::Analysis,
        summary: "Ranks sessions, each a list of events, by how unlikely the order of their events is, and shows the rarest part of each.",
        details: "\
As `rare_sequences`, for sessions that are lists already, such as the `event_list` of `sessions`: each row keeps its columns and learns its `log10_likelihood`,
`geometric_mean`, `rarest_window`, `rarest_window_likelihood` and `rank` (1 is the rarest; equal sessions share a rank). Elements that are NULL are left out.

`status` is `ok`; `short` where the session is shorter than a window, whose fields are then NULL; `partial` where a NULL was left out; `empty` where the list is
NULL or holds no event; `train` where the row only taught (`train` is true) and is not scored; `untrained` where there was nothing to learn from.

To train on one table and score another, `UNION ALL` them with a `train` column, or keep the model: `sequence_model`.",
        args: &[
            Arg { name: "event_list", doc: "The events of a session, in order." },
            Arg { name: "train", doc: "Whether the session teaches (true), is scored (false) or both (NULL)." },
        ],
        examples: &[Example {
            sql: "\
WITH s AS (SELECT 1 AS id, ['Set-User', 'Set-User'] AS ops UNION ALL SELECT 2, ['Set-Mailbox', 'Set-User', 'Set-User'])
SELECT id, round(power(10, log10_likelihood), 6) AS likelihood, rarest_window, round(rarest_window_likelihood, 6) AS rarest, rank
FROM huntsql.rare_sessions(s, ops) ORDER BY id",
            result: "1 | 0.046875 | [Set-User, Set-User] | 0.046875 | 1\n2 | 0.01875 | [Set-User, Set-User] | 0.041159 | 2",
        }],
    };
    const ARGS: &'static [ArgType] = &[ArgType::TextList, ArgType::Bool];
    const OPTIONAL: usize = 1;
    type Options = RareSessionOptions;
    type Out = RareSession;

    fn compute(rows: &Rows, options: &RareSessionOptions, interrupt: &Interrupt) -> GroupResult<Vec<RareSession>> {
        let Some(lists) = rows.text_lists(0) else { return Ok(Vec::new()) };
        let purpose = |row: usize| Purpose::of(rows.bool(1, row));
        let counts = count_lists(lists, (0..rows.len()).filter(|row| purpose(*row).trains()), interrupt)?;
        let chain = Chain::new(&counts, options.train.smoothing);
        let mut scorer = Scorer::new(&chain, &options.score);
        let commands = (0..lists.distinct()).map(|id| lists.text(id as u32).unwrap_or("").to_owned()).collect();
        let mut windows = Windows { commands, events: Vec::with_capacity(rows.len().saturating_mul(options.score.window_length.min(8))) };
        let mut sequence = Vec::new();
        let mut told = Vec::with_capacity(rows.len());
        for row in 0..rows.len() {
            interrupt.check()?;
            sequence.clear();
            sequence.extend(events(lists, row));
            let scored = purpose(row).is_scored() && counts.sessions() > 0;
            let score = if scored { scorer.score(&sequence, &[]) } else { None };
            let rarest = score.and_then(|score| sequence.get(score.rarest?.start..score.rarest?.end));
            let rarest = rarest.map(|run| {
                windows.events.extend_from_slice(run);
                windows.events.len() - run.len()..windows.events.len()
            });
            let status = match score {
                None if sequence.is_empty() => "empty",
                None if !purpose(row).is_scored() => "train",
                None => "untrained",
                Some(_) if lists.get(row).is_some_and(|list| list.len() > sequence.len()) => "partial",
                Some(score) if score.rarest.is_none() => "short",
                Some(_) => "ok",
            };
            told.push((score, rarest, status));
        }
        let ranks = ranks(&told.iter().map(|(score, ..)| Some((*score)?.log10_mean)).collect::<Vec<_>>());
        let windows = Arc::new(windows);
        let session = |((score, rarest, status), rank): ((Option<Score>, Option<Range<usize>>, _), _)| RareSession {
            score,
            rarest_window: rarest.map(|range| (Arc::clone(&windows), range)),
            rank,
            status,
        };
        Ok(told.into_iter().zip(ranks).map(session).collect())
    }
}

/// The events of the list in `row`, without NULLs.
pub(super) fn events(lists: &TextLists, row: usize) -> impl Iterator<Item = u32> + '_ {
    lists.get(row).unwrap_or(&[]).iter().copied().filter(|id| (*id as usize) < lists.distinct())
}

/// Counts the lists of some rows.
pub(super) fn count_lists(lists: &TextLists, rows: impl Iterator<Item = usize> + Clone, interrupt: &Interrupt) -> GroupResult<Counts> {
    let total = rows.clone().map(|row| lists.get(row).map_or(0, <[u32]>::len)).sum();
    let mut counts = Counts::new(lists.distinct(), total);
    for row in rows {
        interrupt.check()?;
        counts.add(events(lists, row));
    }
    Ok(counts)
}

#[cfg(test)]
mod tests {
    use super::super::grid::{Cell, Grid};
    use super::*;
    use crate::options::{Value, parse};

    /// Likelihood, rarest window, rank and status.
    type Told = (Option<f64>, Option<Vec<String>>, Option<i64>, &'static str);

    fn run(rows: &[(Cell, Cell)]) -> Vec<Told> {
        let grid = Grid(rows.iter().map(|(list, train)| vec![list.clone(), train.clone()]).collect());
        let options = parse::<RareSessionOptions>("rare_sessions", &Value::Null).unwrap();
        let out = RareSessions::compute(&grid.rows(RareSessions::ARGS), &options, &Interrupt::default()).unwrap();
        out.into_iter()
            .map(|session| {
                let likelihood = session.score.map(|score| (10f64.powf(score.log10_likelihood) * 1e6).round() / 1e6);
                let window = session.rarest_window.map(|(windows, range)| windows.texts(&range).map(str::to_owned).collect());
                (likelihood, window, session.rank, session.status)
            })
            .collect()
    }

    fn window(commands: &[&str]) -> Option<Vec<String>> {
        Some(commands.iter().map(|command| (*command).to_owned()).collect())
    }

    #[test]
    fn the_oracle() {
        let rows = [(["Set-User", "Set-User"].into(), Cell::Null), (["Set-Mailbox", "Set-User", "Set-User"].into(), Cell::Null)];
        assert_eq!(
            run(&rows),
            [
                (Some(0.046875), window(&["Set-User", "Set-User"]), Some(1), "ok"),
                (Some(0.01875), window(&["Set-User", "Set-User"]), Some(2), "ok"),
            ]
        );
    }

    #[test]
    fn every_status() {
        let with_null = Cell::List(vec![Some("x".to_owned()), None, Some("y".to_owned())]);
        let rows = [
            (["x", "y"].into(), Cell::Bool(true)),
            (["x"].into(), Cell::Bool(false)),
            (with_null, Cell::Null),
            (Cell::Null, Cell::Null),
            (Cell::List(vec![]), Cell::Bool(true)),
            (Cell::List(vec![None]), Cell::Null),
        ];
        let told: Vec<_> = run(&rows).into_iter().map(|(_, _, rank, status)| (rank, status)).collect();
        let expected = [(None, "train"), (Some(1), "short"), (Some(2), "partial"), (None, "empty"), (None, "empty"), (None, "empty")];
        assert_eq!(told, expected);
        assert_eq!(run(&[(["x"].into(), Cell::Bool(false))]), [(None, None, None, "untrained")]);
        assert_eq!(run(&[]), []);
    }

    /// More different commands than a matrix has room for, and one session of a million.
    #[test]
    fn many_commands() {
        let many: Vec<Option<String>> = (0..1_000_000).map(|n| Some(format!("c{}", n % 300_000))).collect();
        let out = run(&[(Cell::List(many), Cell::Null), (["c1", "c2", "never"].into(), Cell::Null)]);
        assert_eq!(out.iter().map(|(_, _, rank, status)| (*rank, *status)).collect::<Vec<_>>(), [(Some(2), "ok"), (Some(1), "ok")]);
    }
}
