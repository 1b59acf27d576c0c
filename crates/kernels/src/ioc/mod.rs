//! Indicators of compromise: finding, naming and checking them.

mod extract_iocs;

pub use extract_iocs::{ExtractIocs, Ioc};
