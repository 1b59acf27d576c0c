//! Functions of many rows: sessions, series, clusters, outliers, sequences.

mod autocluster;
mod basket;
mod beacon;
mod beacons;
mod diffpatterns;
mod find_anomaly_periods;
mod forest;
mod fourier;
#[cfg(test)]
mod grid;
mod json;
mod log_template_of;
mod log_templates;
mod mad_outliers;
mod markov;
mod names;
mod outliers;
mod patterns;
mod quantile;
mod random;
mod rare_sequences;
mod rare_sessions;
mod sequence_model;
mod sequence_score;
mod sessionize;
mod sessions;
pub mod stl;
mod stl_anomalies;
mod templates;
#[cfg(test)]
mod testing;

pub use autocluster::{Autocluster, AutoclusterOptions};
pub use basket::{Basket, BasketOptions};
pub use beacons::{Beacon, BeaconOptions, Beacons};
pub use diffpatterns::{Difference, Diffpatterns, DiffpatternsOptions};
pub use find_anomaly_periods::{AnomalyPeriod, FindAnomalyPeriods, PeriodOptions};
pub use log_template_of::{LogTemplateOf, TemplateOf};
pub use log_templates::{LogTemplates, TemplateItem};
pub use mad_outliers::{Deviation, MadOptions, MadOutliers};
pub use markov::{Mean, RareSequenceOptions, RareSessionOptions, ScoreOptions, SequenceModelOptions, TrainOptions};
pub use outliers::{Oddness, OutlierOptions, Outliers};
pub use patterns::Segment;
pub use rare_sequences::{RareSequence, RareSequences};
pub use rare_sessions::{RareSession, RareSessions};
pub use sequence_model::{SequenceModel, TrainedModel};
pub use sequence_score::{ScoredSequence, SequenceScore};
pub use sessionize::{SessionOptions, Sessionize, split_sessions};
pub use sessions::{Session, Sessions};
pub use stl_anomalies::{StlAnomalies, StlOptions};
pub use templates::{Details, Parameter, Template, TemplateOptions, Templates, details as template_details};
