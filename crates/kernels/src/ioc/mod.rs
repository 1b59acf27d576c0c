//! Indicators of compromise: finding, naming and checking them.

mod allow;
mod extract_iocs;
mod ioc_type;
mod is_ioc;
mod kind;
mod public;
pub(crate) mod scan;
#[cfg(test)]
mod tests;

pub(crate) use extract_iocs::find;
pub use extract_iocs::{ExtractIocs, ExtractOptions, Ioc, extract};
pub use ioc_type::{IocTypeOf, as_ioc, ioc_type};
pub use is_ioc::{IsIoc, is_ioc};
pub use kind::{IocType, TypeSet};
pub use scan::marks::{Rewritten, refang_marks};
