//! The forest of processes behind `process_tree`.
//!
//! A process is a start event. What identifies it is its GUID where the log has one, else host, process id and the time from its start to its
//! end or to the next start with that id. Parents that were never logged are made up from what their children say about them.

mod events;
mod forest;
mod inferred;
mod link;
mod order;
mod schema;

pub(super) use events::{Events, Kind, NO_TIME, NONE, Start, file_name, number};
pub(super) use forest::{Forest, Node};
pub(super) use link::{Links, link};
pub(super) use schema::{ARGUMENTS, SCHEMAS, Schema, recognise};

/// How a node came to its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Status {
    /// Its parent is known, or made up.
    Ok,
    /// Made up.
    Inferred,
    /// The event names no parent.
    NoParent,
    /// The event has no process id.
    NoProcessId,
    /// The event has no time: its parent is a guess.
    NoTime,
    /// Its parent was logged after it.
    LateParent,
    /// Its parent ran in another logon session than the one that the event names.
    LogonMismatch,
    /// The same process, as far as can be told, as an earlier row.
    Duplicate,
    /// Cut from its parent, which is its descendant.
    Cycle,
    /// Cut from its parent: too many generations.
    TooDeep,
}

impl Status {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Inferred => "inferred",
            Self::NoParent => "no_parent",
            Self::NoProcessId => "no_process_id",
            Self::NoTime => "no_time",
            Self::LateParent => "late_parent",
            Self::LogonMismatch => "logon_mismatch",
            Self::Duplicate => "duplicate",
            Self::Cycle => "cycle",
            Self::TooDeep => "too_deep",
        }
    }
}
