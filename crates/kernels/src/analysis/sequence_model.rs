//! `sequence_model(event_list)`: what is usual, as a text to keep.

use super::markov::{SequenceModelOptions, write_model};
use super::rare_sessions::count_lists;
use crate::prelude::*;

/// Kernel of `sequence_model`.
pub struct SequenceModel;

/// A model and what it was made of.
#[derive(Debug, Clone, PartialEq)]
pub struct TrainedModel {
    model: Option<String>,
    sessions: i64,
    commands: i64,
    status: &'static str,
}

impl SqlValue for TrainedModel {
    const TYPE: SqlType =
        SqlType::Struct(&[("model", SqlType::Text), ("sessions", SqlType::Int), ("commands", SqlType::Int), ("status", SqlType::Text)]);
    fn write(&self, out: &mut Column) {
        out.row().put(self.model.as_deref()).put(self.sessions).put(self.commands).put(self.status).end();
    }
}

impl GroupKernel for SequenceModel {
    const SPEC: Spec = Spec {
        name: "sequence_model",
        family: Family::Analysis,
        summary: "Learns from sessions, each a list of events, which events usually follow each other, and gives the model as a text for `sequence_score`.",
        details: "\
One row: `model`, the number of `sessions` it was trained on and of different `commands` in them. The model is that of `rare_sessions`: how often each event follows each other
one, and `smoothing`. It is JSON, the same for the same sessions on every engine, and holds the events themselves: keep it where the log may be kept. NULLs in a
list and lists without events are left out.

`status` is `ok`; `empty` where there was no session; `too_large` where the sessions hold more than 1,048,576 different events, 64 MB of them or 4,194,304 different pairs:
`model` is NULL then.",
        args: &[Arg { name: "event_list", doc: "The events of a session, in order." }],
        examples: &[Example {
            sql: "\
WITH usual AS (SELECT ['login', 'read', 'logout'] AS ops UNION ALL SELECT ['login', 'logout'])
SELECT sessions, commands, status, model FROM huntsql.sequence_model(usual, ops)",
            result: "2 | 3 | ok | {\"huntsql_sequence_model\":1,\"smoothing\":1.0,\"commands\":[\"login\",\"logout\",\"read\"],\"transitions\":[[0,2],[1,1,2,1],[3,2],[1,1]]}",
        }],
    };
    const ARGS: &'static [ArgType] = &[ArgType::TextList];
    type Options = SequenceModelOptions;
    type Item = TrainedModel;

    fn compute(rows: &Rows, options: &SequenceModelOptions, interrupt: &Interrupt) -> GroupResult<Vec<TrainedModel>> {
        let Some(lists) = rows.text_lists(0) else { return Ok(Vec::new()) };
        let counts = count_lists(lists, 0..rows.len(), interrupt)?;
        let (sessions, commands) = (counts.sessions() as i64, counts.seen() as i64);
        let model = (sessions > 0).then(|| write_model(&counts, options.0.smoothing, |id| lists.text(id).unwrap_or(""))).flatten();
        let status = match model {
            _ if sessions == 0 => "empty",
            None => "too_large",
            Some(_) => "ok",
        };
        Ok(vec![TrainedModel { model, sessions, commands, status }])
    }
}

#[cfg(test)]
mod tests {
    use super::super::grid::{Cell, Grid};
    use super::*;

    fn run(lists: Vec<Cell>) -> TrainedModel {
        let rows = Grid(lists.into_iter().map(|list| vec![list]).collect()).rows(SequenceModel::ARGS);
        let mut items = SequenceModel::compute(&rows, &SequenceModelOptions::default(), &Interrupt::default()).unwrap();
        assert_eq!(items.len(), 1);
        items.remove(0)
    }

    #[test]
    fn models() {
        let lists = vec![["login", "read", "logout"].into(), Cell::Null, ["login", "logout"].into(), Cell::List(vec![None])];
        let model = run(lists.clone());
        let expected = r#"{"huntsql_sequence_model":1,"smoothing":1.0,"commands":["login","logout","read"],"transitions":[[0,2],[1,1,2,1],[3,2],[1,1]]}"#;
        assert_eq!(model, TrainedModel { model: Some(expected.to_owned()), sessions: 2, commands: 3, status: "ok" });
        assert_eq!(run(lists.into_iter().rev().collect()), model);
        for empty in [vec![], vec![Cell::Null], vec![Cell::List(vec![])]] {
            assert_eq!(run(empty), TrainedModel { model: None, sessions: 0, commands: 0, status: "empty" });
        }
    }
}
