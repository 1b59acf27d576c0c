//! Rare sequences by a Markov chain over commands: the model of MSTICPy's `anomalous_sequence`, in log space.

mod chain;
mod counts;
mod events;
mod model_text;
mod options;
mod params;
mod score;

pub(crate) use chain::Chain;
pub(crate) use counts::Counts;
pub(crate) use events::{EventLog, PARAMS, Purpose, SessionEvents};
pub(crate) use model_text::{StoredModel, read as read_model, write as write_model};
pub(crate) use options::ModelKind;
pub use options::{Mean, RareSequenceOptions, RareSessionOptions, ScoreOptions, SequenceModelOptions, TrainOptions};
pub(crate) use params::{ParamCounts, ParamModel, ParamSets};
pub(crate) use score::{Score, Scorer, Window, ranks};
