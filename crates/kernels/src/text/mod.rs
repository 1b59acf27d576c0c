//! Functions on plain text.

mod defang;
mod entropy;

pub use defang::{Defang, defang};
pub use entropy::{Entropy, entropy};
