//! What is wrong with a file, and where.

use std::fmt;

/// A place of the file that could not be read as it should. The rest is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Damage {
    /// Byte of the file.
    pub offset: u64,
    /// What is wrong there.
    pub what: &'static str,
}

impl fmt::Display for Damage {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} at byte {}", self.what, self.offset)
    }
}

/// Damage inside a chunk: the offset counts from its first byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) at: usize,
    pub(crate) what: &'static str,
}

impl Fault {
    #[cold]
    pub(crate) fn new(at: usize, what: &'static str) -> Self {
        Fault { at, what }
    }

    pub(crate) fn in_file(self, chunk: u64) -> Damage {
        Damage { offset: chunk.saturating_add(u64::try_from(self.at).unwrap_or(u64::MAX)), what: self.what }
    }
}
