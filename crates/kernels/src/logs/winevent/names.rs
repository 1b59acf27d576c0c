//! What the producers of Windows events in JSON call things.
//!
//! Nested objects and dotted keys come as the same path: `winlog.event_id`. `Event.` at the front and XML attributes' marks (`#attributes`, `@`) are gone by then.

use super::Field;
use hashbrown::HashMap;
use std::sync::LazyLock;

/// Which producers write the event at hand, as bits.
pub(super) const NXLOG: u8 = 1;
/// `Get-WinEvent | ConvertTo-Json`.
pub(super) const POWERSHELL: u8 = 2;
/// Azure Monitor and Microsoft Sentinel.
pub(super) const AZURE: u8 = 4;

/// EvtxECmd.
pub(super) const EVTXECMD: u8 = 8;

/// What is known of a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Known {
    pub(super) what: What,
    /// Holds for events of these producers only; 0 for all.
    pub(super) of: u8,
}

impl Known {
    pub(super) fn holds(self, producers: u8) -> bool {
        self.of == 0 || self.of & producers != 0
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum What {
    /// A column. Of several the one with the lowest rank counts.
    Column(Field, u8),
    /// A column where nothing better is there; no part of the event otherwise.
    Spare(Field, u8),
    /// When the shipper received or sent the event.
    Received,
    /// From the shipper, or said by another column.
    Noise,
}

const fn at(field: Field, rank: u8) -> Known {
    Known { what: What::Column(field, rank), of: 0 }
}

const fn spare(field: Field, rank: u8) -> Known {
    Known { what: What::Spare(field, rank), of: 0 }
}

const fn only(of: u8, field: Field) -> Known {
    Known { what: What::Column(field, 0), of }
}

const fn noise(of: u8) -> Known {
    Known { what: What::Noise, of }
}

const KNOWN: &[(&str, Known)] = &[
    ("System.TimeCreated.SystemTime", at(Field::Time, 0)),
    ("System.TimeCreated", at(Field::Time, 0)),
    ("TimeCreated", at(Field::Time, 0)),
    ("TimeCreated.value", at(Field::Time, 0)),
    ("winlog.time_created", at(Field::Time, 0)),
    ("EventTime", at(Field::Time, 1)),
    ("TimeGenerated", at(Field::Time, 2)),
    ("@timestamp", spare(Field::Time, 3)),
    ("Timestamp", at(Field::Time, 4)),
    ("timestamp", at(Field::Time, 4)),
    ("EventReceivedTime", Known { what: What::Received, of: 0 }),
    ("System.Computer", at(Field::Computer, 0)),
    ("Computer", at(Field::Computer, 0)),
    ("winlog.computer_name", at(Field::Computer, 0)),
    ("computer_name", at(Field::Computer, 0)),
    ("Hostname", at(Field::Computer, 1)),
    ("MachineName", at(Field::Computer, 1)),
    ("ComputerName", at(Field::Computer, 1)),
    ("HostName", at(Field::Computer, 2)),
    ("hostname", at(Field::Computer, 2)),
    ("host.name", spare(Field::Computer, 3)),
    ("host", spare(Field::Computer, 4)),
    ("System.Channel", at(Field::Channel, 0)),
    ("Channel", at(Field::Channel, 0)),
    ("winlog.channel", at(Field::Channel, 0)),
    ("LogName", at(Field::Channel, 0)),
    ("log_name", at(Field::Channel, 0)),
    ("System.Provider.Name", at(Field::Provider, 0)),
    ("System.Provider", at(Field::Provider, 0)),
    ("Provider.Name", at(Field::Provider, 0)),
    ("Provider", at(Field::Provider, 0)),
    ("ProviderName", at(Field::Provider, 0)),
    ("winlog.provider_name", at(Field::Provider, 0)),
    ("SourceName", at(Field::Provider, 1)),
    ("source_name", at(Field::Provider, 1)),
    ("EventSourceName", at(Field::Provider, 1)),
    ("event.provider", spare(Field::Provider, 2)),
    ("Source", only(AZURE, Field::Provider)),
    ("System.EventID", at(Field::EventId, 0)),
    ("System.EventID.Value", at(Field::EventId, 0)),
    ("EventID", at(Field::EventId, 0)),
    ("EventID.Value", at(Field::EventId, 0)),
    ("EventId", at(Field::EventId, 0)),
    ("winlog.event_id", at(Field::EventId, 0)),
    ("event_id", at(Field::EventId, 0)),
    ("Id", only(POWERSHELL, Field::EventId)),
    ("event.code", spare(Field::EventId, 2)),
    ("System.Version", at(Field::Version, 0)),
    ("Version", at(Field::Version, 0)),
    ("winlog.version", at(Field::Version, 0)),
    ("version", at(Field::Version, 0)),
    ("System.Level", at(Field::Level, 0)),
    ("Level", at(Field::Level, 0)),
    ("EventLevel", at(Field::Level, 0)),
    ("winlog.level", at(Field::Level, 0)),
    ("level", at(Field::Level, 1)),
    ("log.level", spare(Field::Level, 2)),
    ("System.Task", at(Field::Task, 0)),
    ("TaskValue", at(Field::Task, 0)),
    ("Task", at(Field::Task, 1)),
    ("winlog.task", at(Field::Task, 1)),
    ("task", at(Field::Task, 1)),
    ("System.Opcode", at(Field::Opcode, 0)),
    ("OpcodeValue", at(Field::Opcode, 0)),
    ("Opcode", at(Field::Opcode, 1)),
    ("winlog.opcode", at(Field::Opcode, 1)),
    ("opcode", at(Field::Opcode, 1)),
    ("System.Keywords", at(Field::Keywords, 0)),
    ("Keywords", at(Field::Keywords, 0)),
    ("winlog.keywords", at(Field::Keywords, 0)),
    ("keywords", at(Field::Keywords, 0)),
    ("System.EventRecordID", at(Field::RecordId, 0)),
    ("EventRecordID", at(Field::RecordId, 0)),
    ("EventRecordId", at(Field::RecordId, 0)),
    ("RecordNumber", at(Field::RecordId, 1)),
    ("RecordId", at(Field::RecordId, 0)),
    ("RecordID", at(Field::RecordId, 0)),
    ("winlog.record_id", at(Field::RecordId, 0)),
    ("record_number", at(Field::RecordId, 0)),
    ("System.Execution.ProcessID", at(Field::ProcessId, 0)),
    ("ExecutionProcessID", at(Field::ProcessId, 0)),
    ("winlog.process.pid", at(Field::ProcessId, 0)),
    ("process_id", at(Field::ProcessId, 0)),
    ("ProcessId", only(POWERSHELL | EVTXECMD, Field::ProcessId)),
    ("System.Execution.ThreadID", at(Field::ThreadId, 0)),
    ("ExecutionThreadID", at(Field::ThreadId, 0)),
    ("ThreadID", only(NXLOG, Field::ThreadId)),
    ("winlog.process.thread.id", at(Field::ThreadId, 0)),
    ("thread_id", at(Field::ThreadId, 0)),
    ("ThreadId", only(POWERSHELL | EVTXECMD, Field::ThreadId)),
    ("System.Correlation.ActivityID", at(Field::ActivityId, 0)),
    ("ActivityID", at(Field::ActivityId, 0)),
    ("ActivityId", at(Field::ActivityId, 0)),
    ("winlog.activity_id", at(Field::ActivityId, 0)),
    ("activity_id", at(Field::ActivityId, 0)),
    ("System.Security.UserID", at(Field::User, 0)),
    ("UserID", only(NXLOG, Field::User)),
    ("winlog.user.identifier", at(Field::User, 0)),
    ("user.identifier", at(Field::User, 0)),
    ("UserId", only(POWERSHELL | EVTXECMD, Field::User)),
    ("UserId.Value", only(POWERSHELL, Field::User)),
    ("Message", at(Field::Message, 0)),
    ("message", at(Field::Message, 0)),
    ("RenderingInfo.Message", at(Field::Message, 1)),
    ("RenderedDescription", at(Field::Message, 1)),
    ("ProviderGuid", noise(0)),
    ("provider_guid", noise(0)),
    ("Provider.Guid", noise(0)),
    ("winlog.provider_guid", noise(0)),
    ("winlog.api", noise(0)),
    ("winlog.user_data.xml_name", noise(0)),
    ("xmlns", noise(0)),
    ("@xmlns", noise(0)),
    ("Event.xmlns", noise(0)),
    ("@version", noise(0)),
    ("tags", noise(0)),
    ("SourceModuleName", noise(0)),
    ("SourceModuleType", noise(0)),
    ("Severity", noise(NXLOG)),
    ("SeverityValue", noise(NXLOG)),
    ("port", noise(NXLOG)),
    ("TenantId", noise(AZURE)),
    ("SourceSystem", noise(AZURE)),
    ("MG", noise(AZURE)),
    ("ManagementGroupName", noise(AZURE)),
    ("Type", noise(AZURE)),
    ("SourceComputerId", noise(AZURE)),
    ("EventOriginId", noise(AZURE)),
    ("TimeCollected", noise(AZURE)),
    ("InstanceId", noise(AZURE)),
    ("EventLevelName", noise(AZURE)),
    ("_ResourceId", noise(AZURE)),
    ("_ItemId", noise(AZURE)),
    ("_SubscriptionId", noise(AZURE)),
    ("ContainerLog", noise(POWERSHELL)),
    ("MatchedQueryIds", noise(POWERSHELL)),
    ("LevelDisplayName", noise(POWERSHELL)),
    ("OpcodeDisplayName", noise(POWERSHELL)),
    ("TaskDisplayName", noise(POWERSHELL)),
    ("KeywordsDisplayNames", noise(POWERSHELL)),
    ("Qualifiers", noise(POWERSHELL)),
    ("ProviderId", noise(POWERSHELL)),
    ("RelatedActivityId", noise(POWERSHELL)),
    ("RunspaceId", noise(POWERSHELL)),
    ("PSComputerName", noise(POWERSHELL)),
    ("PSShowComputerName", noise(POWERSHELL)),
    ("MapDescription", noise(EVTXECMD)),
    ("ChunkNumber", noise(EVTXECMD)),
    ("PayloadData1", noise(EVTXECMD)),
    ("PayloadData2", noise(EVTXECMD)),
    ("PayloadData3", noise(EVTXECMD)),
    ("PayloadData4", noise(EVTXECMD)),
    ("PayloadData5", noise(EVTXECMD)),
    ("PayloadData6", noise(EVTXECMD)),
    ("SourceFile", noise(EVTXECMD)),
    ("ExtraDataOffset", noise(EVTXECMD)),
    ("HiddenRecord", noise(EVTXECMD)),
];

/// Keys that only one kind of producer writes.
const MARKS: &[(&str, u8)] = &[
    ("SourceModuleName", NXLOG),
    ("SourceModuleType", NXLOG),
    ("EventReceivedTime", NXLOG),
    ("ExecutionProcessID", NXLOG),
    ("ProviderName", POWERSHELL),
    ("MachineName", POWERSHELL),
    ("TimeGenerated", AZURE),
    ("ManagementGroupName", AZURE),
    ("ChunkNumber", EVTXECMD),
    ("ExtraDataOffset", EVTXECMD),
];

/// Where everything is noise that is not a column.
const NOISE: &[&str] = &[
    "System.",
    "#attributes.",
    "RenderingInfo.",
    "TimeCreated.",
    "UserId.",
    "Bookmark.",
    "agent.",
    "beat.",
    "ecs.",
    "@metadata.",
    "input.",
    "log.",
    "host.",
    "cloud.",
    "elastic_agent.",
    "data_stream.",
];

/// Where the producer's own names are.
const DATA: &[&str] = &["EventData.", "event_data.", "winlog.event_data.", "winlog.user_data."];

static INDEX: LazyLock<HashMap<&'static str, (Option<Known>, u8)>> = LazyLock::new(|| {
    let mut index: HashMap<&'static str, (Option<Known>, u8)> = KNOWN.iter().map(|(path, known)| (*path, (Some(*known), 0))).collect();
    for (path, producer) in MARKS {
        index.entry(path).or_default().1 = *producer;
    }
    index
});

/// What is known of `path`, and the producer that it gives away.
pub(super) fn known(path: &str) -> (Option<Known>, u8) {
    INDEX.get(path).copied().unwrap_or_default()
}

/// The name in `event_data` of what is at `path`; `None` for noise.
pub(super) fn data_name(path: &str) -> Option<&str> {
    if let Some(name) = DATA.iter().find_map(|prefix| path.strip_prefix(prefix)) {
        return (name != "xmlns").then_some(name);
    }
    // UserData holds one element, named after the kind of event, and the values in that.
    if let Some(rest) = path.strip_prefix("UserData.") {
        let name = rest.split_once('.').map_or(rest, |(_, name)| name);
        return (name != "xmlns").then_some(name);
    }
    if path.strip_prefix("event.").is_some_and(|rest| !matches!(rest, "action" | "outcome"))
        || NOISE.iter().any(|noise| path.starts_with(noise))
    {
        return None;
    }
    Some(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_path_once() {
        assert_eq!(INDEX.len(), KNOWN.len());
        assert!(MARKS.iter().all(|(path, _)| KNOWN.iter().any(|(known, _)| known == path)));
    }

    #[test]
    fn names_in_event_data() {
        for (path, expected) in [
            ("CommandLine", Some("CommandLine")),
            ("EventData.CommandLine", Some("CommandLine")),
            ("winlog.event_data.a.b", Some("a.b")),
            ("UserData.LogFileCleared.SubjectUserName", Some("SubjectUserName")),
            ("UserData.x", Some("x")),
            ("UserData.LogFileCleared.xmlns", None),
            ("agent.name", None),
            ("event.created", None),
            ("event.action", Some("event.action")),
            ("process.executable", Some("process.executable")),
        ] {
            assert_eq!(data_name(path), expected, "{path}");
        }
    }
}
