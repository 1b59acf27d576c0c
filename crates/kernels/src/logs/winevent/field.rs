//! The columns of an event, whatever format it was read from.

use crate::types::SqlType;

/// A column of Windows events.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Field {
    /// When it happened.
    Time,
    /// Where.
    Computer,
    /// Log.
    Channel,
    /// Who wrote it.
    Provider,
    /// Kind of event, by provider.
    EventId,
    /// Version of that kind.
    Version,
    /// 1 critical to 5 verbose; 0 always.
    Level,
    /// Task within the provider.
    Task,
    /// Step within the task.
    Opcode,
    /// Bit mask in hex, or names.
    Keywords,
    /// Number in the log.
    RecordId,
    /// Process that wrote it.
    ProcessId,
    /// Thread that wrote it.
    ThreadId,
    /// Ties events of one activity together.
    ActivityId,
    /// Account that wrote it.
    User,
    /// The text for humans.
    Message,
}

impl Field {
    /// All of them, in the order of the columns; `event_data` comes before the last.
    pub const ALL: [Self; 16] = [
        Self::Time,
        Self::Computer,
        Self::Channel,
        Self::Provider,
        Self::EventId,
        Self::Version,
        Self::Level,
        Self::Task,
        Self::Opcode,
        Self::Keywords,
        Self::RecordId,
        Self::ProcessId,
        Self::ThreadId,
        Self::ActivityId,
        Self::User,
        Self::Message,
    ];

    /// The column with this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|field| field.name() == name)
    }

    /// Name of the column.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Time => "time",
            Self::Computer => "computer",
            Self::Channel => "channel",
            Self::Provider => "provider",
            Self::EventId => "event_id",
            Self::Version => "version",
            Self::Level => "level",
            Self::Task => "task",
            Self::Opcode => "opcode",
            Self::Keywords => "keywords",
            Self::RecordId => "record_id",
            Self::ProcessId => "process_id",
            Self::ThreadId => "thread_id",
            Self::ActivityId => "activity_id",
            Self::User => "user",
            Self::Message => "message",
        }
    }

    /// Type of the column.
    pub const fn ty(self) -> SqlType {
        match self {
            Self::Time => SqlType::Time,
            Self::Computer | Self::Channel | Self::Provider | Self::Keywords | Self::ActivityId | Self::User | Self::Message => {
                SqlType::Text
            }
            _ => SqlType::Int,
        }
    }

    /// Its bit in a set of fields.
    pub(super) const fn bit(self) -> u32 {
        1 << self as u32
    }
}
