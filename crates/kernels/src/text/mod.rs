//! Functions on plain text.

mod defang;
mod refang;

pub use defang::{Defang, defang};
pub use refang::{Refang, refang};
