//! Zeek logs: the tab-separated format, whose header says what the columns are, and JSON.

mod header;
mod json;
mod kind;
mod row;
#[cfg(test)]
mod tests;

pub use header::{Header, TsvShape, ZeekColumn};
pub use json::{JsonRows, JsonShape};
pub use row::{Line, Rows};
