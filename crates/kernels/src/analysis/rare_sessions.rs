//! `rare_sessions(event_list [, train])`: how unlikely each list of events is among the others.

use super::markov::{Chain, Counts, Purpose, RareSessionOptions, Scorer, ranks};
use crate::prelude::*;
use crate::rows::TextLists;
use std::ops::Range;

/// Kernel of `rare_sessions`.
pub struct RareSessions;

/// What a session scores. There is one for every row, and memory that is touched for the first time costs more than the score: no more than is needed is kept.
#[derive(Debug)]
pub struct RareSession<'r> {
    lists: &'r TextLists,
    log10_likelihood: f64,
    log10_mean: f64,
    /// The events of the rarest window, NULLs among them; without events where there is no window.
    window: &'r [u32],
    window_log10_likelihood: f64,
    /// 0 where the session is not scored.
    rank: i64,
    status: Status,
}

/// What became of a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Status {
    Ok,
    Short,
    Partial,
    Empty,
    Train,
    Untrained,
}

impl Status {
    fn name(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Short => "short",
            Self::Partial => "partial",
            Self::Empty => "empty",
            Self::Train => "train",
            Self::Untrained => "untrained",
        }
    }

    fn is_scored(self) -> bool {
        matches!(self, Self::Ok | Self::Short | Self::Partial)
    }
}

impl SqlValue for RareSession<'_> {
    const TYPE: SqlType = SqlType::Struct(&[
        ("log10_likelihood", SqlType::Float),
        ("geometric_mean", SqlType::Float),
        ("rarest_window", SqlType::List(&SqlType::Text)),
        ("rarest_window_likelihood", SqlType::Float),
        ("rank", SqlType::Int),
        ("status", SqlType::Text),
    ]);
    fn write(&self, out: &mut Column) {
        let scored = self.status.is_scored();
        let texts = self.window.iter().filter_map(|event| self.lists.text(*event));
        let has_window = !self.window.is_empty();
        let row = out.row().put(scored.then_some(self.log10_likelihood));
        let row = row.put(Computed(|| scored.then(|| 10f64.powf(self.log10_mean)))).put(has_window.then_some(ListOf(texts)));
        let row = row.put(Computed(|| has_window.then(|| 10f64.powf(self.window_log10_likelihood))));
        row.put(scored.then_some(self.rank)).put(self.status.name()).end();
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
    type Out<'r> = RareSession<'r>;

    fn compute<'r>(rows: &'r Rows, options: &RareSessionOptions, interrupt: &Interrupt) -> GroupResult<Vec<RareSession<'r>>> {
        let Some(lists) = rows.text_lists(0) else { return Ok(Vec::new()) };
        let purpose = |row: usize| Purpose::of(rows.bool(1, row));
        let counts = count_lists(lists, (0..rows.len()).filter(|row| purpose(*row).trains()), interrupt)?;
        let chain = Chain::new(&counts, options.train.smoothing);
        let mut scorer = Scorer::new(&chain, &options.score);
        let hold_null = lists.hold_null();
        let mut without_nulls = Vec::new();
        let mut told = Vec::with_capacity(rows.len());
        for row in 0..rows.len() {
            interrupt.check()?;
            let list = lists.get(row).unwrap_or(&[]);
            let events = if hold_null {
                without_nulls.clear();
                without_nulls.extend(list.iter().copied().filter(|event| lists.text(*event).is_some()));
                without_nulls.as_slice()
            } else {
                list
            };
            let scored = purpose(row).is_scored() && counts.sessions() > 0;
            let score = if scored { scorer.score(events, &[]) } else { None };
            let rarest = score.and_then(|score| score.rarest);
            let status = match score {
                None if events.is_empty() => Status::Empty,
                None if !purpose(row).is_scored() => Status::Train,
                None => Status::Untrained,
                Some(_) if list.len() > events.len() => Status::Partial,
                Some(_) if rarest.is_none() => Status::Short,
                Some(_) => Status::Ok,
            };
            told.push(RareSession {
                lists,
                log10_likelihood: score.map_or(f64::NAN, |score| score.log10_likelihood),
                log10_mean: score.map_or(f64::NAN, |score| score.log10_mean),
                window: match rarest {
                    None => &[],
                    Some(window) if events.len() == list.len() => list.get(window.start..window.end).unwrap_or(&[]),
                    Some(window) => among_nulls(lists, list, window.start..window.end),
                },
                window_log10_likelihood: rarest.map_or(f64::NAN, |window| window.log10_likelihood),
                rank: 0,
                status,
            });
        }
        for (at, rank) in ranks(told.iter().map(|session| session.status.is_scored().then_some(session.log10_mean))) {
            if let Some(session) = told.get_mut(at) {
                session.rank = rank;
            }
        }
        Ok(told)
    }
}

/// The part of `list` that begins and ends with the events of `range`, which counts those that are not NULL.
fn among_nulls<'r>(lists: &TextLists, list: &'r [u32], range: Range<usize>) -> &'r [u32] {
    let mut places = list.iter().enumerate().filter(|(_, event)| lists.text(**event).is_some()).map(|(place, _)| place);
    let from = places.nth(range.start);
    let to = range.len().checked_sub(2).map_or(from, |between| places.nth(between));
    from.zip(to).and_then(|(from, to)| list.get(from..=to)).unwrap_or(&[])
}

/// Counts the lists of some rows.
pub(super) fn count_lists(lists: &TextLists, rows: impl Iterator<Item = usize> + Clone, interrupt: &Interrupt) -> GroupResult<Counts> {
    let total = rows.clone().map(|row| lists.get(row).map_or(0, <[u32]>::len)).sum();
    let mut counts = Counts::new(lists.distinct(), total);
    for row in rows {
        interrupt.check()?;
        // The number of NULL is that of no command.
        counts.add(lists.get(row).unwrap_or(&[]).iter().copied());
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
        let rows = grid.rows(RareSessions::ARGS);
        let out = RareSessions::compute(&rows, &options, &Interrupt::default()).unwrap();
        out.into_iter()
            .map(|session| {
                let scored = session.status.is_scored();
                let likelihood = scored.then(|| (10f64.powf(session.log10_likelihood) * 1e6).round() / 1e6);
                let texts = || session.window.iter().filter_map(|event| session.lists.text(*event)).map(str::to_owned).collect();
                let window = (!session.window.is_empty()).then(texts);
                (likelihood, window, scored.then_some(session.rank), session.status.name())
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

    #[test]
    fn nulls_are_no_events() {
        let list = |texts: &[Option<&str>]| Cell::List(texts.iter().map(|text| text.map(str::to_owned)).collect());
        let usual = (["a", "b", "c", "d"].into(), Cell::Null);
        let with = run(&[usual.clone(), (list(&[None, Some("d"), None, None, Some("a"), Some("d"), None]), Cell::Null)]);
        let without = run(&[usual, (["d", "a", "d"].into(), Cell::Null)]);
        assert_eq!((&with[0], &with[1].0, &with[1].1, with[1].2), (&without[0], &without[1].0, &without[1].1, without[1].2));
        assert_eq!((with[1].1.as_ref(), with[1].3), (window(&["d", "a", "d"]).as_ref(), "partial"));
        // A window of one event: what is at the end.
        let options = parse::<RareSessionOptions>("rare_sessions", &Value::Null).unwrap();
        let options = RareSessionOptions { score: super::super::markov::ScoreOptions { window_length: 2, ..options.score }, ..options };
        let rows = Grid(vec![vec![list(&[None, Some("x"), None]), Cell::Null]]).rows(RareSessions::ARGS);
        let out = RareSessions::compute(&rows, &options, &Interrupt::default()).unwrap();
        assert_eq!(out[0].window.iter().map(|event| out[0].lists.text(*event)).collect::<Vec<_>>(), [Some("x")]);
    }

    /// More different commands than a matrix has room for, and one session of a million.
    #[test]
    fn many_commands() {
        let many: Vec<Option<String>> = (0..1_000_000).map(|n| Some(format!("c{}", n % 300_000))).collect();
        let out = run(&[(Cell::List(many), Cell::Null), (["c1", "c2", "never"].into(), Cell::Null)]);
        assert_eq!(out.iter().map(|(_, _, rank, status)| (*rank, *status)).collect::<Vec<_>>(), [(Some(2), "ok"), (Some(1), "ok")]);
    }
}
