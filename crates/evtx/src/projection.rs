//! What the reader of a chunk wants to know of each record.

/// A column that every record has, from the `System` part of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Column {
    /// When it happened (`TimeCreated`), microseconds since 1970, UTC.
    Time,
    /// Number of the record in its log (`EventRecordID`).
    RecordId,
    /// Name of the host.
    Computer,
    /// Name of the log.
    Channel,
    /// Name of the provider.
    Provider,
    /// GUID of the provider, in braces.
    ProviderGuid,
    /// Kind of the event, as the provider numbers them.
    EventId,
    /// Version of that kind.
    Version,
    /// 0 log always, 1 critical, 2 error, 3 warning, 4 information, 5 verbose.
    Level,
    /// Task of the provider.
    Task,
    /// Operation of the provider.
    Opcode,
    /// Bit mask, as `0x8020000000000000`.
    Keywords,
    /// Process that wrote the event.
    ProcessId,
    /// Thread that wrote the event.
    ThreadId,
    /// GUID of the activity (`Correlation`), in braces.
    ActivityId,
    /// SID of the account that wrote the event.
    User,
}

impl Column {
    /// All columns, in the order of their values.
    pub const ALL: [Column; 16] = [
        Column::Time,
        Column::RecordId,
        Column::Computer,
        Column::Channel,
        Column::Provider,
        Column::ProviderGuid,
        Column::EventId,
        Column::Version,
        Column::Level,
        Column::Task,
        Column::Opcode,
        Column::Keywords,
        Column::ProcessId,
        Column::ThreadId,
        Column::ActivityId,
        Column::User,
    ];

    /// Name of the column in SQL.
    pub fn name(self) -> &'static str {
        match self {
            Column::Time => "time",
            Column::RecordId => "record_id",
            Column::Computer => "computer",
            Column::Channel => "channel",
            Column::Provider => "provider",
            Column::ProviderGuid => "provider_guid",
            Column::EventId => "event_id",
            Column::Version => "version",
            Column::Level => "level",
            Column::Task => "task",
            Column::Opcode => "opcode",
            Column::Keywords => "keywords",
            Column::ProcessId => "process_id",
            Column::ThreadId => "thread_id",
            Column::ActivityId => "activity_id",
            Column::User => "user",
        }
    }

    /// Whether the value is a number ([`crate::Record::number`]) and not a text ([`crate::Record::text`]).
    pub fn is_number(self) -> bool {
        !matches!(
            self,
            Column::Computer
                | Column::Channel
                | Column::Provider
                | Column::ProviderGuid
                | Column::Keywords
                | Column::ActivityId
                | Column::User
        )
    }

    #[inline]
    pub(crate) fn index(self) -> usize {
        usize::from(self as u8)
    }

    #[inline]
    pub(crate) fn bit(self) -> u32 {
        1 << (self as u8)
    }
}

/// What is wanted. Whatever is not costs next to nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Projection {
    pub(crate) columns: u32,
    pub(crate) event_data: bool,
    pub(crate) fields: Vec<String>,
}

impl Projection {
    /// All columns and the map of the event's own data.
    pub fn all() -> Self {
        Projection::default().columns(&Column::ALL).event_data()
    }

    /// These columns too.
    #[must_use]
    pub fn columns(mut self, columns: &[Column]) -> Self {
        self.columns = columns.iter().fold(self.columns, |bits, column| bits | column.bit());
        self
    }

    /// All names and values of `EventData` or `UserData` too.
    #[must_use]
    pub fn event_data(mut self) -> Self {
        self.event_data = true;
        self
    }

    /// These names of `EventData` or `UserData` too; their values are asked for by their place in this list. A name given twice is one; case counts only
    /// where a record has a name in two spellings.
    #[must_use]
    pub fn fields<T: Into<String>>(mut self, names: impl IntoIterator<Item = T>) -> Self {
        for name in names {
            let name = name.into();
            if !self.fields.contains(&name) {
                self.fields.push(name);
            }
        }
        self
    }

    /// The names asked for, in their order.
    pub fn field_names(&self) -> &[String] {
        &self.fields
    }

    #[inline]
    pub(crate) fn wants(&self, column: Column) -> bool {
        self.columns & column.bit() != 0
    }

    #[inline]
    pub(crate) fn wants_data(&self) -> bool {
        self.event_data || !self.fields.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_numbered_as_listed() {
        for (at, column) in Column::ALL.iter().enumerate() {
            assert_eq!(column.index(), at);
        }
        let some = Projection::default().columns(&[Column::User]).fields(["b", "a", "b"]);
        assert!(some.wants(Column::User) && !some.wants(Column::Time) && some.wants_data());
        assert_eq!(some.field_names(), ["b", "a"]);
    }
}
