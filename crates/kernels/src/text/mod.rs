//! Functions on plain text.

mod defang;

pub use defang::{Defang, defang};
