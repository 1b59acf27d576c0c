//! `parse_winevent(line)`: a Windows event in JSON, whoever wrote it.

use super::winevent::{Event, Field, Reader, Wants};
use crate::prelude::*;

/// Kernel of `parse_winevent`.
pub struct ParseWinevent;

/// Options of `parse_winevent`.
#[derive(Debug, Clone, Default)]
pub struct WineventOptions {
    wants: Wants,
}

impl Options for WineventOptions {
    const FIELDS: &'static [OptionField] = &[OptionField {
        name: "columns",
        kind: OptionKind::TextList,
        default: "NULL",
        doc: "Names of the fields to keep in `event_data`, which then has them as they are spelt here; the others are not decoded. Case counts only where an event \
              has a name in two spellings.",
    }];

    fn set(&mut self, _: &str, setting: Setting) -> Result<(), String> {
        if let Setting::TextList(mut names) = setting {
            let mut seen = hashbrown::HashSet::new();
            names.retain(|name| seen.insert(name.clone()));
            self.wants = Wants::new(Field::ALL, names, false);
        }
        Ok(())
    }
}

/// Buffers of `parse_winevent`.
#[derive(Debug, Default)]
pub struct WineventBuffers {
    reader: Reader,
    event: Event,
    named: TextMap,
}

/// An event and its data.
#[derive(Debug)]
pub struct WineventRow<'a> {
    event: &'a Event,
    data: &'a TextMap,
}

impl SqlValue for WineventRow<'_> {
    const TYPE: SqlType = SqlType::Struct(&[
        (Field::Time.name(), Field::Time.ty()),
        (Field::Computer.name(), Field::Computer.ty()),
        (Field::Channel.name(), Field::Channel.ty()),
        (Field::Provider.name(), Field::Provider.ty()),
        (Field::EventId.name(), Field::EventId.ty()),
        (Field::Version.name(), Field::Version.ty()),
        (Field::Level.name(), Field::Level.ty()),
        (Field::Task.name(), Field::Task.ty()),
        (Field::Opcode.name(), Field::Opcode.ty()),
        (Field::Keywords.name(), Field::Keywords.ty()),
        (Field::RecordId.name(), Field::RecordId.ty()),
        (Field::ProcessId.name(), Field::ProcessId.ty()),
        (Field::ThreadId.name(), Field::ThreadId.ty()),
        (Field::ActivityId.name(), Field::ActivityId.ty()),
        (Field::User.name(), Field::User.ty()),
        ("event_data", SqlType::Map),
        (Field::Message.name(), Field::Message.ty()),
    ]);
    fn write(&self, out: &mut Column) {
        let Self { event, data } = self;
        let mut row = out.row();
        for field in Field::ALL {
            if field == Field::Message {
                row = row.put((!data.is_empty()).then_some(*data));
            }
            row = match field.ty() {
                SqlType::Text => row.put(event.text(field)),
                _ => row.put(event.number(field)),
            };
        }
        row.end();
    }
}

impl ScalarKernel for ParseWinevent {
    const SPEC: Spec = SPEC;
    type Args<'a> = (&'a str,);
    type Options = WineventOptions;
    type Out<'a> = WineventRow<'a>;
    type Scratch = WineventBuffers;

    fn eval<'a>(buffers: &'a mut WineventBuffers, options: &'a WineventOptions, (line,): (&'a str,)) -> KernelResult<WineventRow<'a>> {
        let WineventBuffers { reader, event, named } = buffers;
        let wants = &options.wants;
        if !reader.parse(line, wants, event) {
            return Ok(None);
        }
        if wants.names().is_empty() {
            return Ok(Some(WineventRow { event, data: event.data() }));
        }
        named.clear();
        for (at, name) in wants.names().iter().enumerate() {
            if let Some(value) = event.named(at) {
                named.push(name, value);
            }
        }
        Ok(Some(WineventRow { event, data: named }))
    }
}

const SPEC: Spec = Spec {
    name: "parse_winevent",
    family: Family::Logs,
    summary: "Takes a Windows event in JSON apart, whichever tool wrote it: the columns that every event has, and its data as a map.",
    details: "\
| field | type | meaning |
|---|---|---|
| `time` | TIMESTAMP | when it happened, in UTC |
| `computer`, `channel`, `provider` | TEXT | where, in which log, who wrote it |
| `event_id`, `version` | BIGINT | kind of event |
| `level`, `task`, `opcode` | BIGINT | as numbers; names of levels and of standard opcodes are turned into numbers |
| `keywords` | TEXT | the mask in hex (`0x8020000000000000`), or names joined by commas |
| `record_id` | BIGINT | number in the log |
| `process_id`, `thread_id` | BIGINT | who wrote it: not the process that the event is about |
| `activity_id`, `user` | TEXT | activity, account (SID or name) that wrote it |
| `event_data` | MAP(TEXT, TEXT) | everything else, under its own name, in the order of the event |
| `message` | TEXT | the text for humans |

Told apart event by event, so that one file may hold several: Security-Datasets (Mordor) and other flat exports; NXLog; winlogbeat, Elastic Agent and Winlogbeat 6 and older, nested or with
dotted keys; the XML turned into JSON by evtx_dump, Chainsaw, Hayabusa, Velociraptor or xmltodict; EvtxECmd; `SecurityEvent`, `Event` and `WindowsEvent` of Microsoft Sentinel; `Get-WinEvent | ConvertTo-Json`.

- `event_data` has the fields of EventData and UserData, and of flat events whatever is no column. Values without a name are `param1`, `param2` and so on, by position. Event data that is a text of JSON
  or XML (Sentinel) is taken apart. Objects elsewhere give `outer.inner`; lists, and what is nested more than 8 deep, stay JSON. Null is left out. A value that does not fit its column, such as the
  name of a task, is there too, under its own name.
- Left out is what shippers say about themselves or repeat (`agent`, `ecs`, `host`, `@version`, `tags`, `SourceModuleName`, `TenantId`, provider GUIDs, display names).
- Times are ISO 8601, `/Date(..)/`, FILETIME, or seconds, milli-, micro- or nanoseconds since 1970. A time without a zone is UTC, but for NXLog: where the event says when NXLog received it
  (`EventReceivedTime`, by the same clock) and when the next shipper had it (`@timestamp`, in UTC), the zone is what lies between the two.
- A key that is repeated with another value becomes `key#2`, `key#3`. A lone surrogate becomes U+FFFD.

NULL for what is no JSON object, is cut off, or has neither an event id nor a provider.",
    args: &[Arg { name: "line", doc: "One event." }],
    examples: &[
        Example {
            sql: "SELECT e['time'] AS time, e['computer'] AS computer, e['event_id'] AS event_id, e['process_id'] AS process_id, e['event_data']['CommandLine'] AS command FROM \
                  (SELECT parse_winevent('{\"Event\": {\"System\": {\"Provider\": {\"#attributes\": {\"Name\": \"Microsoft-Windows-Security-Auditing\"}}, \"EventID\": 4688, \
                  \"TimeCreated\": {\"#attributes\": {\"SystemTime\": \"2024-05-06T07:08:09.5Z\"}}, \"Execution\": {\"#attributes\": {\"ProcessID\": 4, \"ThreadID\": 40}}, \
                  \"Computer\": \"ws1\"}, \"EventData\": {\"CommandLine\": \"whoami /all\"}}}') AS e) t",
            result: "2024-05-06 07:08:09.500 | ws1 | 4688 | 4 | whoami /all",
        },
        Example {
            sql: "SELECT e['provider'] AS provider, e['event_id'] AS event_id, e['level'] AS level, e['event_data']['image'] AS image FROM \
                  (SELECT parse_winevent('{\"winlog.provider_name\": \"Microsoft-Windows-Sysmon\", \"winlog.event_id\": \"1\", \"log.level\": \"information\", \
                  \"winlog.event_data.Image\": \"cmd.exe\", \"winlog.event_data.User\": \"ann\"}', {'columns': ['image']}) AS e) t",
            result: "Microsoft-Windows-Sysmon | 1 | 4 | cmd.exe",
        },
    ],
};
