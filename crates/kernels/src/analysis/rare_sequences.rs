//! `rare_sequences(session, ts, event [, params] [, train])`: the sessions of a log, the least likely first.

use super::markov::{
    Chain, Counts, EventLog, ModelKind, PARAMS, ParamCounts, ParamModel, ParamSets, RareSequenceOptions, Score, Scorer, SessionEvents,
    Window, ranks,
};
use crate::prelude::*;
use crate::rows::Texts;
use std::sync::Arc;

/// Kernel of `rare_sequences`.
pub struct RareSequences;

/// A session and what it scores.
#[derive(Debug, Clone, PartialEq)]
pub struct RareSequence {
    session: Option<String>,
    time: Option<(i64, i64)>,
    events: i64,
    score: Option<Score>,
    rarest: Option<RarestWindow>,
    rank: Option<i64>,
    status: &'static str,
}

#[derive(Debug, Clone, PartialEq)]
struct RarestWindow {
    commands: Vec<Arc<str>>,
    log10_likelihood: f64,
    time: i64,
}

impl SqlValue for RareSequence {
    const TYPE: SqlType = SqlType::Struct(&[
        ("session", SqlType::Text),
        ("start_time", SqlType::Time),
        ("end_time", SqlType::Time),
        ("events", SqlType::Int),
        ("log10_likelihood", SqlType::Float),
        ("geometric_mean", SqlType::Float),
        ("rarest_window", SqlType::List(&SqlType::Text)),
        ("rarest_window_likelihood", SqlType::Float),
        ("rarest_window_time", SqlType::Time),
        ("rank", SqlType::Int),
        ("status", SqlType::Text),
    ]);
    fn write(&self, out: &mut Column) {
        let row = out.row().put(self.session.as_deref());
        let row = row.put(self.time.map(|(start, _)| Timestamp(start))).put(self.time.map(|(_, end)| Timestamp(end))).put(self.events);
        let row = row.put(self.score.map(|score| score.log10_likelihood)).put(self.score.map(|score| 10f64.powf(score.log10_mean)));
        let rarest = self.rarest.as_ref();
        let row = row.put(rarest.map(|window| window.commands.iter().map(|command| &**command).collect::<Vec<&str>>()));
        let row = row.put(rarest.map(|window| 10f64.powf(window.log10_likelihood))).put(rarest.map(|window| Timestamp(window.time)));
        row.put(self.rank).put(self.status).end();
    }
}

impl GroupKernel for RareSequences {
    const SPEC: Spec = Spec {
        name: "rare_sequences",
        family: Family::Analysis,
        summary: "Ranks the sessions of a log by how unlikely the order of their events is, and shows the rarest part of each.",
        details: "\
One row per event in, one row per session out, the rarest first. How likely an event is follows from the event before it: a first-order Markov chain, counted
over the sessions themselves. `log10_likelihood` is the decimal logarithm of the probability of the whole session; long sessions are always unlikely, so
`rank` goes by `geometric_mean`, the mean probability of a transition (the first event after the start and the end after the last event are transitions too).
Equal sessions share a rank. `rarest_window` holds the `window_length` events in a row with the lowest probability, `rarest_window_likelihood` that probability and
`rarest_window_time` the time of its first event; a window at the end of a session counts the end as one of its events.

`params` says what came with an event: JSON, a struct or a map from names to values, or a list of names. Each parameter that an event ever had is there or not with
a probability of its own; a parameter with at least 20 occurrences, at most 20 different values and at least ten times as many occurrences as values counts
by its value too. The geometric mean of all these probabilities multiplies into that of the transition.

`train` splits the sessions: where it is true, a session is only learned from; where it is false, it is only scored (and ranked among the scored); where it is NULL
or left out, both. So `train => ts < TIMESTAMP '2024-06-01'` ranks June by what was usual before. Rows of a session that differ in `train` are different
sessions. Events never seen in training count as one unknown event.

`status` is `ok`; `short` where the session is shorter than a window, whose fields are then NULL; `partial` where rows without a time or an event were left out
of it, or `params` was neither object nor list and did not count; `empty` where no row was left; `untrained` where there was nothing to learn from. Rows without a session
are counted in one row whose status is `no_session`. Events of the same instant are taken in order of their text.

The model is that of MSTICPy's `anomalous_sequence` (probabilities, smoothing, windows), whose geometric mean is `mean => 'event'`. It differs where MSTICPy's
ignores a parameter that an event never had in training: here it counts as an unknown one. Memory grows with the rows and the different pairs of events.",
        args: &[
            Arg { name: "session", doc: "Key of the session: its user, host, or what `sessionize` says." },
            Arg { name: "ts", doc: "Time of the event." },
            Arg { name: "event", doc: "What happened: an operation, a command." },
            Arg { name: "params", doc: "What came with it: a struct or map from names to values, or a list of names." },
            Arg { name: "train", doc: "Whether the session teaches (true), is scored (false) or both (NULL)." },
        ],
        examples: &[
            Example {
                sql: "\
WITH log AS (
  SELECT 'user' || i AS who, to_timestamp(i * 100 + k) AS ts, CASE WHEN k = 2 THEN 'logout' WHEN k = 1 THEN 'read' ELSE 'login' END AS op
  FROM (SELECT i, unnest([0, 1, 2]) AS k FROM (SELECT unnest(range(0, 20)) AS i) a) b
  UNION ALL SELECT 'mallory', to_timestamp(sec), op FROM (VALUES (5, 'login'), (6, 'export'), (7, 'delete'), (8, 'logout')) v(sec, op))
SELECT session, events, rarest_window, round(geometric_mean, 3) AS mean, rank FROM huntsql.rare_sequences(log, who, ts, op) ORDER BY rank, session LIMIT 2",
                result: "mallory | 4 | [export, delete, logout] | 0.308 | 1\nuser0 | 3 | [read, logout] | 0.775 | 2",
            },
            Example {
                sql: "\
WITH log AS (SELECT who, to_timestamp(d * 86400 + k) AS ts, op FROM (VALUES
  ('ann', 0, 0, 'login'), ('ann', 0, 1, 'read'), ('bob', 0, 0, 'login'), ('bob', 0, 1, 'read'),
  ('eve', 9, 0, 'login'), ('eve', 9, 1, 'read'), ('kim', 9, 0, 'login'), ('kim', 9, 1, 'format')) v(who, d, k, op))
SELECT session, round(log10_likelihood, 3) AS likelihood, rank FROM huntsql.rare_sequences(log, who, ts, op, train => ts < to_timestamp(86400)) ORDER BY rank",
                result: "kim | -1.681 | 1\neve | -0.903 | 2",
            },
        ],
    };
    const ARGS: &'static [ArgType] = &[ArgType::Text, ArgType::Time, ArgType::Text, ArgType::Json, ArgType::Bool];
    const OPTIONAL: usize = 2;
    type Options = RareSequenceOptions;
    type Item = RareSequence;

    fn compute(rows: &Rows, options: &RareSequenceOptions, interrupt: &Interrupt) -> GroupResult<Vec<RareSequence>> {
        let log = EventLog::read(rows, interrupt)?;
        let sets = ParamSets::read(rows.texts(PARAMS), interrupt)?;
        let scored = score_all(&log, &sets, rows.texts(2), options, interrupt)?;
        let ranks = ranks(scored.iter().map(|(_, score)| score.map(|score| score.log10_mean)));
        let commands = rows.texts(2);
        let commands: Vec<Arc<str>> = (0..commands.distinct()).map(|id| commands.text(id as u32).into()).collect();
        let keys = rows.texts(0);
        let mut order: Vec<_> = scored.into_iter().map(|scored| (scored, None)).collect();
        for (at, place) in ranks {
            if let Some((_, rank)) = order.get_mut(at) {
                *rank = Some(place);
            }
        }
        order.sort_unstable_by(|((a, _), rank_a), ((b, _), rank_b)| {
            let by_rank = (rank_a.is_none(), rank_a).cmp(&(rank_b.is_none(), rank_b));
            by_rank.then_with(|| keys.text(a.key).cmp(keys.text(b.key))).then(a.purpose.cmp(&b.purpose))
        });
        interrupt.check()?;
        let item = |((session, score), rank)| item(&log, session, score, rank, &sets, keys, &commands);
        let mut items: Vec<RareSequence> = order.into_iter().map(item).collect();
        if log.homeless > 0 {
            let events = log.homeless as i64;
            items.push(RareSequence { session: None, time: None, events, score: None, rarest: None, rank: None, status: "no_session" });
        }
        Ok(items)
    }
}

/// Trains on the sessions that teach and scores the others.
fn score_all<'l>(
    log: &'l EventLog,
    sets: &ParamSets,
    commands: &Texts,
    options: &RareSequenceOptions,
    interrupt: &Interrupt,
) -> GroupResult<Vec<(&'l SessionEvents, Option<Score>)>> {
    let mut counts = Counts::new(commands.distinct(), log.events.len());
    let kind = options.0.train.kind.unwrap_or_else(|| sets.richest());
    let mut param_counts = ParamCounts::new(sets);
    for session in log.sessions.iter().filter(|session| session.purpose.trains()) {
        interrupt.check()?;
        counts.add(log.of(session).iter().map(|event| event.command));
        if kind != ModelKind::Commands {
            for event in log.of(session) {
                event.params.iter().for_each(|params| param_counts.add(event.command, *params));
            }
        }
    }
    let chain = Chain::new(&counts, options.0.train.smoothing);
    let params = (kind != ModelKind::Commands).then(|| ParamModel::new(&param_counts, &counts, &chain, kind == ModelKind::Values));
    let mut scorer = Scorer::new(&chain, &options.0.score);
    let (mut sequence, mut details) = (Vec::new(), Vec::new());
    let mut scored = Vec::new();
    for session in log.sessions.iter().filter(|session| session.purpose.is_scored()) {
        interrupt.check()?;
        sequence.clear();
        sequence.extend(log.of(session).iter().map(|event| event.command));
        details.clear();
        if let Some(params) = &params {
            details.extend(log.of(session).iter().map(|event| params.log10(event.command, event.params)));
        }
        scored.push((session, if counts.sessions() == 0 { None } else { scorer.score(&sequence, &details) }));
    }
    Ok(scored)
}

fn item(
    log: &EventLog,
    session: &SessionEvents,
    score: Option<Score>,
    rank: Option<i64>,
    sets: &ParamSets,
    keys: &Texts,
    commands: &[Arc<str>],
) -> RareSequence {
    let events = log.of(session);
    let rarest = score.and_then(|score| score.rarest).and_then(|Window { start, end, log10_likelihood }| {
        let run = events.get(start..end)?;
        let commands = run.iter().filter_map(|event| commands.get(event.command as usize).cloned()).collect();
        Some(RarestWindow { commands, log10_likelihood, time: run.first()?.time })
    });
    let partial = session.incomplete || events.iter().filter_map(|event| event.params).any(|params| !sets.is_valid(params));
    let status = match score {
        None if events.is_empty() => "empty",
        None => "untrained",
        Some(_) if partial => "partial",
        Some(_) if rarest.is_none() => "short",
        Some(_) => "ok",
    };
    RareSequence {
        session: Some(keys.text(session.key).to_owned()),
        time: events.first().zip(events.last()).map(|(first, last)| (first.time, last.time)),
        events: events.len() as i64,
        score,
        rarest,
        rank,
        status,
    }
}

#[cfg(test)]
mod tests {
    use super::super::grid::{Cell, Grid, Numbers};
    use super::*;
    use crate::options::{Value, parse};
    use proptest::prelude::*;

    fn run(grid: &Grid, options: &[(&str, Value)]) -> Vec<RareSequence> {
        let options = Value::Struct(options.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect());
        let options = parse::<RareSequenceOptions>("rare_sequences", &options).unwrap();
        RareSequences::compute(&grid.rows(RareSequences::ARGS), &options, &Interrupt::default()).unwrap()
    }

    fn text(text: &str) -> Value {
        Value::Text(text.to_owned())
    }

    /// The sessions of a script that also ran MSTICPy 3.0.2.
    fn sessions() -> Grid {
        let (mut numbers, mut rows) = (Numbers(42), Vec::new());
        for session in 0..80 {
            for at in 0..1 + numbers.below(6) as i64 {
                let command = ["Get-User", "Set-User", "New-Rule", "Remove-Rule"][numbers.below(5).min(3)];
                let mut params = Vec::new();
                if numbers.below(3) > 0 {
                    params.push(format!("\"Identity\": \"id{}\"", numbers.below(60)));
                }
                if command != "Get-User" && numbers.below(2) == 0 {
                    params.push(format!("\"Force\": {}", ["true", "\"false\"", "\"false\""][numbers.below(3)]));
                }
                if command == "New-Rule" {
                    params.push(format!("\"Role\": \"{}\"", ["a", "b", "c", ""][numbers.below(4)]));
                }
                if numbers.below(97) == 0 {
                    params.push("\"Odd\": \"x\"".to_owned());
                }
                let params = format!("{{{}}}", params.join(", "));
                rows.push(vec![Cell::Text(format!("s{session:02}")), at.into(), command.into(), Cell::Text(params)]);
            }
        }
        Grid(rows)
    }

    #[test]
    fn the_three_models_of_msticpy() {
        for (model, likelihoods, first, windows, rarest) in [
            (
                "commands",
                -219.16945161039393,
                [-3.900472965268271, -3.224835605410682, -1.8639173769578605],
                -146.04388499043569,
                0.005656656099508748,
            ),
            (
                "params",
                -258.19810019354503,
                [-4.569788023129481, -3.97536129597102, -2.1834815641495795],
                -172.03341647294192,
                0.002571319903592413,
            ),
            (
                "values",
                -266.58288629909515,
                [-4.573388942880725, -4.017180359055824, -2.2407695698324415],
                -178.8027525578324,
                0.0026019881407982415,
            ),
            (
                "auto",
                -266.58288629909515,
                [-4.573388942880725, -4.017180359055824, -2.2407695698324415],
                -178.8027525578324,
                0.0026019881407982415,
            ),
        ] {
            let mut items = run(&sessions(), &[("model", text(model))]);
            items.sort_by(|a, b| a.session.cmp(&b.session));
            assert_eq!(items.len(), 80);
            let logs: Vec<f64> = items.iter().map(|item| item.score.unwrap().log10_likelihood).collect();
            assert!((logs.iter().sum::<f64>() - likelihoods).abs() < 1e-9, "{model}");
            assert!(logs.iter().zip(first).all(|(log, expected)| (log - expected).abs() < 1e-9), "{model}");
            let rare: Vec<f64> = items.iter().filter_map(|item| Some(item.rarest.as_ref()?.log10_likelihood)).collect();
            assert_eq!(rare.len(), 67);
            assert!((rare.iter().sum::<f64>() - windows).abs() < 1e-9, "{model}");
            assert!((10f64.powf(rare[0]) - rarest).abs() < 1e-12, "{model}");
            let window = items[0].rarest.as_ref().unwrap();
            assert_eq!(window.commands.iter().map(|command| &**command).collect::<Vec<_>>(), ["Set-User", "Get-User", "Get-User"]);
            assert_eq!(items.iter().filter(|item| item.status == "short").count(), 13);
        }
    }

    #[test]
    fn lists_of_names_are_the_model_of_names() {
        let mut names = sessions();
        for row in &mut names.0 {
            let Cell::Text(object) = &row[3] else { panic!("not text") };
            let names: Vec<String> = object
                .split('"')
                .filter(|word| ["Identity", "Force", "Role", "Odd"].contains(word))
                .map(|word| format!("{word:?}"))
                .collect();
            row[3] = Cell::Text(format!("[{}]", names.join(",")));
        }
        assert_eq!(run(&names, &[]), run(&sessions(), &[("model", text("params"))]));
    }

    fn row(session: &str, at: i64, event: &str) -> Vec<Cell> {
        vec![session.into(), at.into(), event.into()]
    }

    #[test]
    fn the_oracle_by_rows() {
        let mut rows = vec![row("b", 5, "Set-Mailbox"), row("b", 6, "Set-User"), row("b", 7, "Set-User"), row("a", 1, "Set-User")];
        rows.push(row("a", 2, "Set-User"));
        let items = run(&Grid(rows), &[("window_length", Value::Int(2)), ("mean", text("event"))]);
        let told: Vec<_> = items
            .iter()
            .map(|item| {
                let (score, rarest) = (item.score.unwrap(), item.rarest.clone().unwrap());
                let round = |log: f64| (10f64.powf(log) * 1e6).round() / 1e6;
                (
                    item.session.clone().unwrap(),
                    item.events,
                    round(score.log10_likelihood),
                    round(score.log10_mean),
                    round(rarest.log10_likelihood),
                    rarest.time,
                    item.rank,
                )
            })
            .collect();
        assert_eq!(
            told,
            [("a".to_owned(), 2, 0.046875, 0.216506, 0.109756, 2, Some(1)), ("b".to_owned(), 3, 0.01875, 0.265665, 0.109756, 6, Some(2)),]
        );
    }

    #[test]
    fn rows_that_are_not_whole() {
        let null = Cell::Null;
        let rows = vec![
            row("a", 1, "x"),
            row("a", 2, "y"),
            vec!["a".into(), null.clone(), "z".into()],
            vec!["b".into(), 3.into(), null.clone()],
            vec![null.clone(), 3.into(), "x".into()],
            vec!["c".into(), 3.into(), "x".into(), "{not json".into()],
            vec!["d".into(), 3.into(), "x".into(), "7".into()],
            vec!["e".into(), 3.into(), "x".into(), "{}".into()],
        ];
        let mut told: Vec<_> = run(&Grid(rows), &[]).into_iter().map(|item| (item.session, item.events, item.status)).collect();
        told.sort_unstable();
        let told: Vec<_> = told.iter().map(|(session, events, status)| (session.as_deref(), *events, *status)).collect();
        assert_eq!(
            told,
            [
                (None, 1, "no_session"),
                (Some("a"), 2, "partial"),
                (Some("b"), 0, "empty"),
                (Some("c"), 1, "partial"),
                (Some("d"), 1, "partial"),
                (Some("e"), 1, "short"),
            ]
        );
        assert_eq!(run(&Grid(vec![]), &[]), []);
    }

    #[test]
    fn what_is_learned_and_what_is_scored() {
        let with = |mut cells: Vec<Cell>, train: bool| {
            cells.extend([Cell::Null, Cell::Bool(train)]);
            cells
        };
        let rows = vec![
            with(row("old", 1, "x"), true),
            with(row("old", 2, "y"), true),
            with(row("new", 9, "x"), false),
            with(row("new", 10, "z"), false),
            with(row("old", 9, "x"), false),
            with(row("old", 10, "y"), false),
        ];
        let items = run(&Grid(rows.clone()), &[]);
        assert_eq!(
            items.iter().map(|item| (item.session.as_deref(), item.events, item.rank)).collect::<Vec<_>>(),
            [(Some("new"), 2, Some(1)), (Some("old"), 2, Some(2)),]
        );
        let scored = rows.into_iter().filter(|row| row.last() == Some(&Cell::Bool(false))).collect();
        assert!(run(&Grid(scored), &[]).iter().all(|item| item.status == "untrained" && item.score.is_none() && item.rank.is_none()));
    }

    #[test]
    fn a_parameter_never_seen_is_rare() {
        let cells = |session: &str, params: &str, train: bool| vec![session.into(), 0.into(), "x".into(), params.into(), Cell::Bool(train)];
        let rows = vec![cells("old", "{\"a\": 1}", true), cells("usual", "{\"a\": 1}", false), cells("odd", "{\"a\": 1, \"b\": 1}", false)];
        let items = run(&Grid(rows), &[]);
        assert_eq!(
            items.iter().map(|item| (item.session.as_deref(), item.rank)).collect::<Vec<_>>(),
            [(Some("odd"), Some(1)), (Some("usual"), Some(2)),]
        );
    }

    #[test]
    fn a_stopped_query_ends() {
        let interrupt = Interrupt::default();
        interrupt.stop();
        let rows = sessions().rows(RareSequences::ARGS);
        assert_eq!(RareSequences::compute(&rows, &RareSequenceOptions::default(), &interrupt), Err(GroupError::Interrupted));
    }

    proptest! {
        #[test]
        fn whatever_the_parameters_are(params in prop::collection::vec("\\PC*|\\[\"a\",[0-9]\\]|\\{\"a\":(1|null|\"\"|\\[\\])\\}", 1..8)) {
            let rows = params.iter().map(|params| vec!["s".into(), 1.into(), "x".into(), params.as_str().into()]).collect();
            let items = run(&Grid(rows), &[]);
            prop_assert!(items.len() == 1 && items[0].score.unwrap().log10_likelihood.is_finite());
        }

        #[test]
        fn the_order_of_the_rows_does_not_matter(seed in any::<u64>()) {
            let (mut grid, mut numbers) = (sessions(), Numbers(seed));
            // Some events at the same instant, some rows of other purposes.
            for row in &mut grid.0 {
                row[1] = (numbers.below(4) as i64).into();
                row.push([Cell::Null, Cell::Bool(true), Cell::Bool(false)][numbers.below(9).saturating_sub(6)].clone());
            }
            let before = run(&grid, &[]);
            for at in (1..grid.0.len()).rev() {
                grid.0.swap(at, numbers.below(at as u64 + 1));
            }
            prop_assert_eq!(before, run(&grid, &[]));
        }
    }
}
