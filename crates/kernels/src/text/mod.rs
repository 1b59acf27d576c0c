//! Functions on plain text.

mod char_ord_score;
mod command_pattern;
mod crc32_hash;
mod defang;
mod delim_count;
mod delim_hash;
mod delimiters;
mod entropy;
mod hidden;
pub(crate) mod mask;
mod refang;
mod token_count;

pub use char_ord_score::{CharOrdScore, CharOrdScoreOptions, char_ord_score};
pub use command_pattern::{CommandPattern, PatternOptions, command_pattern};
pub use crc32_hash::{Crc32Hash, crc32};
pub use defang::{Defang, defang};
pub use delim_count::{DelimCount, delim_count};
pub use delim_hash::{DelimHash, delim_hash};
pub use delimiters::Delimiters;
pub use entropy::{Entropy, entropy};
pub use hidden::is_hidden;
pub use refang::{Refang, refang};
pub use token_count::{TokenCount, TokenCountOptions, token_count};
