//! Functions of many rows: sessions, series, clusters, outliers, sequences.

mod log_template_of;
mod log_templates;
mod sessionize;
mod sessions;
mod templates;

pub use log_template_of::{LogTemplateOf, TemplateOf};
pub use log_templates::{LogTemplates, TemplateItem};
pub use sessionize::{SessionOptions, Sessionize, split_sessions};
pub use sessions::{Session, Sessions};
pub use templates::{Details, Parameter, Template, TemplateOptions, Templates, details as template_details};
