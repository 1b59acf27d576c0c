//! Windows event logs (EVTX) as rows, for a reader that wants some of the columns.
//!
//! An EVTX file is a header and chunks of 64 KiB, each with its own strings and templates: chunks can be read in any order and on any
//! thread. A record is a template and the values to put into it. [`ChunkReader`] compiles each template once a chunk into the list of
//! wanted columns and where their values stand, so that a record costs what is asked of it and not what it holds.
//!
//! The format: Joachim Metz, "Windows XML Event Log (EVTX) format" (libevtx), and \[MS-EVEN6\] for BinXML.

mod bytes;
mod chunk;
mod compile;
mod cursor;
mod damage;
mod execute;
mod file;
mod instance;
mod names;
mod plan;
mod projection;
mod row;
mod state;
mod text;
mod time;
mod value;
mod work;
pub mod writer;

pub use chunk::{ChunkReader, Item};
pub use damage::Damage;
pub use file::{EvtxError, EvtxFile, Layout};
pub use projection::{Column, Projection};
pub use row::Record;

/// Bytes of a chunk.
pub const CHUNK_SIZE: usize = 1 << 16;
/// Bytes before the first chunk.
pub const HEADER_SIZE: usize = 1 << 12;
