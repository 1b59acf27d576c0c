//! From a path to rows, without an engine: files found, opened, unpacked, decoded, and log formats read.

mod archive;
mod batch;
mod blocks;
pub mod catalogue;
mod error;
pub mod feeds;
mod find;
mod format;
pub mod json;
mod listing;
mod logs;
mod open;
pub mod sniff;
mod stdin;
mod warnings;

pub use archive::{TarMember, TarWalk};
pub use batch::{Batch, Wanted};
pub use blocks::{Block, BlockOptions, BlockReader, Blocks, Cancel, Piece, count_lines};
pub use error::{Error, Result};
pub use find::{Found, find};
pub use format::{BatchScan, Control, LogColumn, LogFormat, LogReader, LogScan, OpenLog, Reader};
pub use listing::{FileEntry, Lister, LocalFiles};
pub use open::{Compression, Packing, Place, Source, Tally};
pub use stdin::Stdin;
pub use warnings::Warnings;
