//! Functions on plain text.

mod defang;
mod entropy;
mod refang;

pub use defang::{Defang, defang};
pub use entropy::{Entropy, entropy};
pub use refang::{Refang, refang};
