//! Finding hidden payloads in text, decoding them and descending into what they hold.
//!
//! `candidates` finds encoded runs, `judge` decides whether one hides something, `unpack` walks the tree of what it
//! holds without recursion; the other modules each know one format.

mod alphabet;
mod b64_decode_text;
mod b64_unpack;
mod bits;
mod candidates;
mod charset;
mod context;
mod escapes;
mod inflate;
mod item;
mod judge;
mod limits;
mod lines;
mod magic;
mod plausible;
mod tar;
#[cfg(test)]
mod tests;
mod unpack;
mod zip;

pub use b64_decode_text::{B64DecodeText, DecodeTextOptions, b64_decode_text};
pub use b64_unpack::{B64Unpack, UnpackOptions, b64_unpack};
pub use item::{Item, Status};
pub use limits::Limits;
pub use unpack::Unpacker;
