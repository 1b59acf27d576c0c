//! `sequence_score(event_list, model)`: how unlikely a session is, by a model of what is usual.

use super::markov::{Chain, Score, ScoreOptions, Scorer, StoredModel, read_model};
use crate::prelude::*;
use hashbrown::HashMap;

/// Kernel of `sequence_score`.
pub struct SequenceScore;

/// What a session scores.
#[derive(Debug, Clone, PartialEq)]
pub struct ScoredSequence<'a> {
    score: Score,
    rarest_window: Option<Vec<&'a str>>,
}

impl SqlValue for ScoredSequence<'_> {
    const TYPE: SqlType = SqlType::Struct(&[
        ("log10_likelihood", SqlType::Float),
        ("geometric_mean", SqlType::Float),
        ("rarest_window", SqlType::List(&SqlType::Text)),
        ("rarest_window_likelihood", SqlType::Float),
    ]);
    fn write(&self, out: &mut Column) {
        let row = out.row().put(self.score.log10_likelihood).put(10f64.powf(self.score.log10_mean)).put(self.rarest_window.as_deref());
        row.put(self.score.rarest.map(|window| 10f64.powf(window.log10_likelihood))).end();
    }
}

impl ScalarKernel for SequenceScore {
    const SPEC: Spec = Spec {
        name: "sequence_score",
        family: Family::Analysis,
        summary: "Tells how unlikely the order of a session's events is, by a model that `sequence_model` made of other sessions.",
        details: "\
The fields are those of `rare_sessions`: `log10_likelihood`, `geometric_mean` (sort by it, the lowest first), `rarest_window` and `rarest_window_likelihood`; the last two
are NULL where the session is shorter than a window. Events that the model does not know count as one unknown event. NULLs in the list are left out.

NULL where the list is NULL or holds no event, or where the model is NULL or no model. The model is read once, not for every row: take it from a sub-select of one row or a
cross join with a table of one row.",
        args: &[
            Arg { name: "event_list", doc: "The events of a session, in order." },
            Arg { name: "model", doc: "What `sequence_model` gave." },
        ],
        examples: &[Example {
            sql: "\
WITH usual AS (SELECT ['login', 'read', 'logout'] AS ops UNION ALL SELECT ['login', 'logout']),
model AS (SELECT model FROM huntsql.sequence_model(usual, ops)),
today AS (SELECT 1 AS id, ['login', 'read', 'logout'] AS ops UNION ALL SELECT 2, ['login', 'format', 'logout'])
SELECT id, round(s['geometric_mean'], 3) AS mean, s['rarest_window'] AS rarest
FROM (SELECT id, sequence_score(ops, model) AS s FROM today CROSS JOIN model) q ORDER BY mean",
            result: "2 | 0.269 | [login, format, logout]\n1 | 0.364 | [read, logout]",
        }],
    };
    type Args<'a> = (Vec<Option<&'a str>>, &'a str);
    type Options = ScoreOptions;
    type Out<'a> = ScoredSequence<'a>;
    type Scratch = ModelMemo;

    fn eval<'a>(
        memo: &'a mut ModelMemo,
        options: &'a ScoreOptions,
        (list, model): (Vec<Option<&'a str>>, &'a str),
    ) -> KernelResult<ScoredSequence<'a>> {
        Ok(memo.get(model).and_then(|model| model.score(list, options)))
    }
}

/// The last model, ready for use.
#[derive(Debug, Default)]
pub struct ModelMemo {
    /// Where the text was and how long: a constant or a joined row is the same memory for all rows of a batch, which outlives this memo.
    place: (usize, usize),
    text: String,
    model: Option<ReadyModel>,
}

#[derive(Debug)]
struct ReadyModel {
    chain: Chain,
    commands: HashMap<String, u32>,
    sequence: Vec<u32>,
}

impl ModelMemo {
    fn get(&mut self, text: &str) -> Option<&mut ReadyModel> {
        let place = (text.as_ptr().addr(), text.len());
        // Where the text was copied for each row, comparing it is far cheaper than reading it again.
        if self.place != place && self.text != text {
            self.model = read_model(text).map(ReadyModel::new);
            self.text.clear();
            self.text.push_str(text);
        }
        self.place = place;
        self.model.as_mut()
    }
}

impl ReadyModel {
    fn new(model: StoredModel) -> Self {
        let commands = model.commands.into_iter().zip(0..).collect();
        Self { chain: Chain::new(&model.counts, model.smoothing), commands, sequence: Vec::new() }
    }

    fn score<'a>(&mut self, list: Vec<Option<&'a str>>, options: &ScoreOptions) -> Option<ScoredSequence<'a>> {
        let Self { chain, commands, sequence } = self;
        let events: Vec<&'a str> = list.into_iter().flatten().collect();
        sequence.clear();
        sequence.extend(events.iter().map(|event| commands.get(*event).copied().unwrap_or(chain.unknown())));
        let score = Scorer::new(chain, options).score(sequence, &[])?;
        let rarest_window = score.rarest.and_then(|window| events.get(window.start..window.end)).map(<[&str]>::to_vec);
        Some(ScoredSequence { score, rarest_window })
    }
}

#[cfg(test)]
mod tests {
    use super::super::grid::{Cell, Grid};
    use super::super::rare_sessions::RareSessions;
    use super::super::{RareSessionOptions, SequenceModel, SequenceModelOptions};
    use super::*;
    use crate::column::{Column, Data};
    use crate::kernel::run;

    fn model(lists: &[Cell]) -> String {
        let rows = Grid(lists.iter().map(|list| vec![list.clone()]).collect()).rows(SequenceModel::ARGS);
        let items = SequenceModel::compute(&rows, &SequenceModelOptions::default(), &Interrupt::default()).unwrap();
        let mut column = Column::new(&super::super::TrainedModel::TYPE);
        items[0].write(&mut column);
        let Data::Struct(fields) = column.data() else { panic!("not a struct") };
        let Data::Text { bytes, .. } = fields[0].data() else { panic!("not text") };
        String::from_utf8(bytes.clone()).unwrap()
    }

    /// The log10 likelihoods and means, and the number of events in the rarest windows.
    fn numbers(column: &Column) -> Vec<Option<(f64, f64, usize)>> {
        let Data::Struct(fields) = column.data() else { panic!("not a struct") };
        let (Data::Float(likelihoods), Data::Float(means)) = (fields[0].data(), fields[1].data()) else { panic!("not floats") };
        let Data::List { offsets, .. } = fields[2].data() else { panic!("not a list") };
        let valid = |row: usize| column.validity().is_none_or(|valid| valid[row]);
        (0..column.len()).map(|row| valid(row).then(|| (likelihoods[row], means[row], offsets[row + 1] - offsets[row]))).collect()
    }

    #[test]
    fn a_model_scores_as_the_sessions_it_was_trained_on() {
        let lists: Vec<Cell> =
            vec![["a", "b", "c"].into(), ["a", "b"].into(), ["b", "b", "b", "a"].into(), ["c"].into(), Cell::List(vec![])];
        let text = model(&lists);
        let grid = Grid(lists.iter().map(|list| vec![list.clone(), Cell::Text(text.clone())]).collect());
        let scored = numbers(&run::<SequenceScore>(&grid, grid.0.len(), &ScoreOptions::default()).unwrap());
        let rows = Grid(lists.iter().map(|list| vec![list.clone()]).collect()).rows(RareSessions::ARGS);
        let direct = RareSessions::compute(&rows, &RareSessionOptions::default(), &Interrupt::default()).unwrap();
        let mut column = Column::new(&super::super::RareSession::TYPE);
        direct.iter().for_each(|session| session.write(&mut column));
        let direct = numbers(&column);
        assert_eq!(scored[..4], direct[..4]);
        assert_eq!(scored[4], None);
    }

    #[test]
    fn bad_models_and_lists_are_null() {
        let text = model(&[["a", "b"].into()]);
        let cells = |list: Cell, model: Cell| vec![list, model];
        let grid = Grid(vec![
            cells(["a"].into(), "{}".into()),
            cells(["a"].into(), Cell::Text(text.clone())),
            cells(["a"].into(), "".into()),
            cells(["never"].into(), Cell::Text(text.clone())),
            cells(["a"].into(), Cell::Null),
            cells(Cell::Null, Cell::Text(text.clone())),
            cells(["a"].into(), Cell::Text(text[..text.len() - 1].to_owned())),
            cells(["a"].into(), Cell::Text(text)),
        ]);
        let scored = numbers(&run::<SequenceScore>(&grid, grid.0.len(), &ScoreOptions::default()).unwrap());
        let valid: Vec<bool> = scored.iter().map(Option::is_some).collect();
        assert_eq!(valid, [false, true, false, true, false, false, false, true]);
        assert_eq!(scored[1], scored[7]);
        assert!(scored[3].unwrap().0 < scored[1].unwrap().0);
    }
}
