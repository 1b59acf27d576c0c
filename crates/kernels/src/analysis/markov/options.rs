//! Options of the functions that score sequences.

use crate::prelude::*;
use std::ops::RangeInclusive;

/// What the exponent of the geometric mean counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Mean {
    /// The probabilities that were multiplied.
    #[default]
    Transition,
    /// The events, as MSTICPy does.
    Event,
}

/// How sessions are scored.
#[derive(Debug, Clone)]
pub struct ScoreOptions {
    pub(crate) window_length: usize,
    pub(crate) use_start_end: bool,
    pub(crate) mean: Mean,
}

impl Default for ScoreOptions {
    fn default() -> Self {
        Self { window_length: 3, use_start_end: true, mean: Mean::Transition }
    }
}

/// What came with the events is modelled how far?
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ModelKind {
    Commands,
    Params,
    Values,
}

/// How a model is trained.
#[derive(Debug, Clone)]
pub struct TrainOptions {
    pub(crate) smoothing: f64,
    /// `None`: as far as the data goes.
    pub(crate) kind: Option<ModelKind>,
}

impl Default for TrainOptions {
    fn default() -> Self {
        Self { smoothing: 1.0, kind: None }
    }
}

/// Zero would give what was never seen a probability of zero.
pub(crate) const SMOOTHING_RANGE: RangeInclusive<f64> = 1e-6..=1e6;

const MEAN: OptionField = OptionField {
    name: "mean",
    kind: OptionKind::Choice(&["transition", "event"]),
    default: "'transition'",
    doc: "What the geometric mean is taken over: the transitions between events, start and end, or the events (as MSTICPy does).",
};
const MODEL: OptionField = OptionField {
    name: "model",
    kind: OptionKind::Choice(&["auto", "commands", "params", "values"]),
    default: "'auto'",
    doc: "What is modelled: the events alone, also the names of their parameters, or also the values; 'auto' takes as much as `params` holds.",
};
const SMOOTHING: OptionField = OptionField {
    name: "smoothing",
    kind: OptionKind::FloatIn(*SMOOTHING_RANGE.start(), *SMOOTHING_RANGE.end()),
    default: "1.0",
    doc: "What is added to every count, so that nothing is impossible (Laplace smoothing).",
};
const USE_START_END: OptionField = OptionField {
    name: "use_start_end",
    kind: OptionKind::Bool,
    default: "true",
    doc: "Whether the start and the end of a session count as something that happened.",
};
const WINDOW_LENGTH: OptionField = OptionField {
    name: "window_length",
    kind: OptionKind::Int(2, 64),
    default: "3",
    doc: "Events in a window, the end of the session among them.",
};

fn set_score(options: &mut ScoreOptions, name: &str, setting: &Setting) {
    match (name, setting) {
        ("mean", Setting::Text(mean)) => options.mean = if mean == "event" { Mean::Event } else { Mean::Transition },
        ("use_start_end", Setting::Bool(flag)) => options.use_start_end = *flag,
        ("window_length", Setting::Int(length)) => options.window_length = usize::try_from(*length).unwrap_or(usize::MAX),
        _ => {}
    }
}

fn set_train(options: &mut TrainOptions, name: &str, setting: &Setting) {
    match (name, setting) {
        ("smoothing", Setting::Float(smoothing)) => options.smoothing = *smoothing,
        ("model", Setting::Text(kind)) => {
            options.kind = match kind.as_str() {
                "commands" => Some(ModelKind::Commands),
                "params" => Some(ModelKind::Params),
                "values" => Some(ModelKind::Values),
                _ => None,
            }
        }
        _ => {}
    }
}

impl Options for ScoreOptions {
    const FIELDS: &'static [OptionField] = &[MEAN, USE_START_END, WINDOW_LENGTH];
    fn set(&mut self, name: &str, setting: Setting) -> Result<(), String> {
        set_score(self, name, &setting);
        Ok(())
    }
}

/// Options of `sequence_model`.
#[derive(Debug, Clone, Default)]
pub struct SequenceModelOptions(pub(crate) TrainOptions);

impl Options for SequenceModelOptions {
    const FIELDS: &'static [OptionField] = &[SMOOTHING];
    fn set(&mut self, name: &str, setting: Setting) -> Result<(), String> {
        set_train(&mut self.0, name, &setting);
        Ok(())
    }
}

/// Options of `rare_sessions`.
#[derive(Debug, Clone, Default)]
pub struct RareSessionOptions {
    pub(crate) score: ScoreOptions,
    pub(crate) train: TrainOptions,
}

impl Options for RareSessionOptions {
    const FIELDS: &'static [OptionField] = &[MEAN, SMOOTHING, USE_START_END, WINDOW_LENGTH];
    fn set(&mut self, name: &str, setting: Setting) -> Result<(), String> {
        set_score(&mut self.score, name, &setting);
        set_train(&mut self.train, name, &setting);
        Ok(())
    }
}

/// Options of `rare_sequences`.
#[derive(Debug, Clone, Default)]
pub struct RareSequenceOptions(pub(crate) RareSessionOptions);

impl Options for RareSequenceOptions {
    const FIELDS: &'static [OptionField] = &[MEAN, MODEL, SMOOTHING, USE_START_END, WINDOW_LENGTH];
    fn set(&mut self, name: &str, setting: Setting) -> Result<(), String> {
        self.0.set(name, setting)
    }
}
