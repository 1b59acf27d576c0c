//! Made-up events of the kinds that hunters read most, the same for the same seed.

use super::EvtxWriter;
use super::binxml::{Content, Element, Template};
use super::value::Value;
use crate::value::{BINXML, BOOL, FILETIME, GUID, HEX32, HEX64, SID, STRING, UINT8, UINT16, UINT32, UINT64};

/// An event to be written.
#[derive(Debug, Clone)]
pub struct Event {
    /// When it is written: 100 ns since 1601.
    pub time: u64,
    /// `Event` and `System`.
    pub template: Template,
    /// Values of `System`, the last one the event's own data.
    pub values: Vec<Value>,
}

/// A log of so many events.
pub fn sample(seed: u64, records: usize) -> Vec<u8> {
    let mut writer = EvtxWriter::new();
    for event in sample_events(seed, records) {
        writer.record(event.time, &event.template, &event.values);
    }
    writer.finish()
}

/// Its events: logons and logoffs, processes that start and end, connections, a cleared log now and then.
pub fn sample_events(seed: u64, records: usize) -> impl Iterator<Item = Event> {
    let mut random = Random(seed);
    // 2026-01-05 08:00 UTC.
    let mut time = 134_120_736_000_000_000_u64;
    (1..).take(records).map(move |number| {
        time += 1 + random.below(20_000_000);
        let kind = random.below(100);
        match kind {
            0..30 => process_start(&mut random, time, number),
            30..50 => process_end(&mut random, time, number),
            50..65 => logon(&mut random, time, number),
            65..75 => logoff(&mut random, time, number),
            75..88 => sysmon_process(&mut random, time, number),
            88..96 => sysmon_connection(&mut random, time, number),
            96..99 => sysmon_end(&mut random, time, number),
            _ => log_cleared(&mut random, time, number),
        }
    })
}

/// SplitMix64 (Steele, Lea, Flood 2014).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit.max(1)
    }

    fn u32(&mut self, limit: u32) -> u32 {
        u32::try_from(self.below(u64::from(limit))).unwrap_or_default()
    }

    fn pick<'a>(&mut self, of: &[&'a str]) -> &'a str {
        let at = usize::try_from(self.below(u64::try_from(of.len()).unwrap_or(1))).unwrap_or_default();
        of.get(at).copied().unwrap_or_default()
    }
}

const HOSTS: &[&str] = &["WS-014.corp.example", "WS-022.corp.example", "DC-01.corp.example", "FILES-02.corp.example"];
const USERS: &[&str] = &["m.weber", "j.okafor", "svc-backup", "a.lindström", "佐藤"];
const IMAGES: &[&str] = &[
    r"C:\Windows\System32\svchost.exe",
    r"C:\Windows\System32\cmd.exe",
    r"C:\Windows\System32\WindowsPowerShell\v1.0\powershell.exe",
    r"C:\Program Files\Git\bin\git.exe",
    r"C:\Users\m.weber\AppData\Local\Temp\update.exe",
];
const COMMANDS: &[&str] = &[
    r"C:\Windows\System32\svchost.exe -k netsvcs -p -s Schedule",
    r#"cmd.exe /c "whoami /all & net user" > C:\Temp\o.txt"#,
    "powershell.exe -NoProfile -Command Get-ChildItem -Recurse 'C:\\Daten\\Übersicht' | Measure-Object",
    "git.exe --no-pager log --since=1.week",
    "update.exe",
];

fn slot(number: u16, kind: u8) -> Content {
    Content::Optional(number, kind)
}

/// `Event` and `System` of a provider; the last value is the event's own data.
fn event_template(number: u32, provider: &str, guid: &str) -> Template {
    let leaf = |name: &str, number: u16, kind: u8| Element::new(name).with(slot(number, kind));
    let system = Element::new("System")
        .child(
            Element::new("Provider")
                .attribute("Name", Content::Text(provider.to_owned()))
                .attribute("Guid", Content::Text(guid.to_owned())),
        )
        .child(leaf("EventID", 3, UINT16))
        .child(leaf("Version", 11, UINT8))
        .child(leaf("Level", 0, UINT8))
        .child(leaf("Task", 2, UINT16))
        .child(leaf("Opcode", 1, UINT8))
        .child(leaf("Keywords", 5, HEX64))
        .child(Element::new("TimeCreated").attribute("SystemTime", slot(6, FILETIME)))
        .child(leaf("EventRecordID", 10, UINT64))
        .child(Element::new("Correlation").attribute("ActivityID", slot(7, GUID)))
        .child(Element::new("Execution").attribute("ProcessID", slot(8, UINT32)).attribute("ThreadID", slot(9, UINT32)))
        .child(leaf("Channel", 12, STRING))
        .child(leaf("Computer", 13, STRING))
        .child(Element::new("Security").attribute("UserID", slot(14, SID)));
    let root = Element::new("Event")
        .attribute("xmlns", Content::Text("http://schemas.microsoft.com/win/2004/08/events/event".to_owned()))
        .child(system)
        .with(slot(15, BINXML));
    Template::new(number, root)
}

struct Kind {
    id: u16,
    version: u8,
    task: u16,
    channel: &'static str,
    user: &'static [u32],
}

fn event(random: &mut Random, (time, number): (u64, u64), template: Template, kind: &Kind, data: Value) -> Event {
    let activity = if random.below(4) == 0 { Value::guid(u128::from(random.next()) << 32 | 0x8000) } else { Value::null() };
    let values = vec![
        Value::u8(if kind.channel == "Security" { 0 } else { 4 }),
        Value::u8(0),
        Value::u16(kind.task),
        Value::u16(kind.id),
        Value::null(),
        Value::hex64(if kind.id == 1102 { 0x4020_0000_0000_0000 } else { 0x8020_0000_0000_0000 }),
        Value::time(time),
        activity,
        Value::u32(4 + 4 * random.u32(2_000)),
        Value::u32(4 * random.u32(4_000)),
        Value::u64(number),
        Value::u8(kind.version),
        Value::text(kind.channel),
        Value::text(random.pick(HOSTS)),
        if kind.user.is_empty() { Value::null() } else { Value::sid(kind.user) },
        data,
    ];
    Event { time, template, values }
}

fn data_template(number: u32, fields: &[(&str, u8)]) -> Template {
    let data = fields.iter().zip(0..).fold(Element::new("EventData"), |parent, ((name, kind), number)| {
        parent.child(Element::new("Data").attribute("Name", Content::Text((*name).to_owned())).with(Content::Slot(number, *kind)))
    });
    Template::new(number, data)
}

fn security(number: u32) -> Template {
    event_template(number, "Microsoft-Windows-Security-Auditing", "{54849625-5478-4994-a5ba-3e3b0328c30d}")
}

fn sysmon() -> Template {
    event_template(101, "Microsoft-Windows-Sysmon", "{5770385f-c22a-43e0-bf4c-06f5698ffbd9}")
}

const SYSMON: &str = "Microsoft-Windows-Sysmon/Operational";

fn account(random: &mut Random) -> [Value; 4] {
    let sid = Value::sid(&[21, 1_004_336_348, 1_177_238_915, 682_003_330, 1_000 + random.u32(5)]);
    [sid, Value::text(random.pick(USERS)), Value::text("CORP"), Value::hex64(0x3e7 + random.below(1 << 24))]
}

fn process_start(random: &mut Random, time: u64, number: u64) -> Event {
    let fields = [
        ("SubjectUserSid", SID),
        ("SubjectUserName", STRING),
        ("SubjectDomainName", STRING),
        ("SubjectLogonId", HEX64),
        ("NewProcessId", HEX64),
        ("NewProcessName", STRING),
        ("TokenElevationType", STRING),
        ("ProcessId", HEX64),
        ("CommandLine", STRING),
        ("ParentProcessName", STRING),
        ("MandatoryLabel", SID),
    ];
    let mut values = account(random).to_vec();
    values.extend([
        Value::hex64(4 * random.below(4_000)),
        Value::text(random.pick(IMAGES)),
        Value::text("%%1936"),
        Value::hex64(4 * random.below(4_000)),
        Value::text(random.pick(COMMANDS)),
        Value::text(random.pick(IMAGES)),
        Value::Plain(SID, vec![1, 1, 0, 0, 0, 0, 0, 16, 0, 0x30, 0, 0]),
    ]);
    let kind = Kind { id: 4688, version: 2, task: 13_312, channel: "Security", user: &[] };
    event(random, (time, number), security(100), &kind, Value::Instance(data_template(1, &fields), values))
}

fn process_end(random: &mut Random, time: u64, number: u64) -> Event {
    let fields = [
        ("SubjectUserSid", SID),
        ("SubjectUserName", STRING),
        ("SubjectDomainName", STRING),
        ("SubjectLogonId", HEX64),
        ("Status", HEX32),
        ("ProcessId", HEX64),
        ("ProcessName", STRING),
    ];
    let mut values = account(random).to_vec();
    values.extend([Value::hex32(random.u32(2)), Value::hex64(4 * random.below(4_000)), Value::text(random.pick(IMAGES))]);
    let kind = Kind { id: 4689, version: 0, task: 13_313, channel: "Security", user: &[] };
    event(random, (time, number), security(100), &kind, Value::Instance(data_template(2, &fields), values))
}

fn logon(random: &mut Random, time: u64, number: u64) -> Event {
    let fields = [
        ("TargetUserSid", SID),
        ("TargetUserName", STRING),
        ("TargetDomainName", STRING),
        ("TargetLogonId", HEX64),
        ("LogonType", UINT32),
        ("LogonProcessName", STRING),
        ("AuthenticationPackageName", STRING),
        ("WorkstationName", STRING),
        ("LogonGuid", GUID),
        ("KeyLength", UINT32),
        ("IpAddress", STRING),
        ("IpPort", STRING),
    ];
    let mut values = account(random).to_vec();
    values.extend([
        Value::u32(if random.below(3) == 0 { 10 } else { 3 }),
        Value::text("NtLmSsp "),
        Value::text("NTLM"),
        Value::text(random.pick(&["WS-014", "-", ""])),
        Value::guid(u128::from(random.next()) << 64),
        Value::u32(128),
        Value::text(&format!("10.1.{}.{}", random.below(4), random.below(250))),
        Value::text(&format!("{}", 49_152 + random.below(16_384))),
    ]);
    let kind = Kind { id: 4624, version: 2, task: 12_544, channel: "Security", user: &[] };
    event(random, (time, number), security(100), &kind, Value::Instance(data_template(3, &fields), values))
}

fn logoff(random: &mut Random, time: u64, number: u64) -> Event {
    let fields =
        [("TargetUserSid", SID), ("TargetUserName", STRING), ("TargetDomainName", STRING), ("TargetLogonId", HEX64), ("LogonType", UINT32)];
    let mut values = account(random).to_vec();
    values.push(Value::u32(3));
    let kind = Kind { id: 4634, version: 0, task: 12_545, channel: "Security", user: &[] };
    event(random, (time, number), security(100), &kind, Value::Instance(data_template(4, &fields), values))
}

fn log_cleared(random: &mut Random, time: u64, number: u64) -> Event {
    let leaf = |name: &str, number: u16, kind: u8| Element::new(name).with(Content::Slot(number, kind));
    let cleared = Element::new("LogFileCleared")
        .attribute("xmlns", Content::Text("http://manifests.microsoft.com/win/2004/08/windows/eventlog".to_owned()))
        .child(leaf("SubjectUserSid", 0, SID))
        .child(leaf("SubjectUserName", 1, STRING))
        .child(leaf("SubjectDomainName", 2, STRING))
        .child(leaf("SubjectLogonId", 3, HEX64));
    let data = Template::new(5, Element::new("UserData").child(cleared));
    let values = account(random).to_vec();
    let kind = Kind { id: 1102, version: 0, task: 104, channel: "Security", user: &[] };
    let template = event_template(102, "Microsoft-Windows-Eventlog", "{fc65ddd8-d6ef-4962-83d5-6e5cfe9ce148}");
    event(random, (time, number), template, &kind, Value::Instance(data, values))
}

fn sysmon_process(random: &mut Random, time: u64, number: u64) -> Event {
    let fields = [
        ("RuleName", STRING),
        ("UtcTime", STRING),
        ("ProcessGuid", GUID),
        ("ProcessId", UINT32),
        ("Image", STRING),
        ("CommandLine", STRING),
        ("CurrentDirectory", STRING),
        ("User", STRING),
        ("LogonGuid", GUID),
        ("LogonId", HEX64),
        ("TerminalSessionId", UINT32),
        ("IntegrityLevel", STRING),
        ("Hashes", STRING),
        ("ParentProcessGuid", GUID),
        ("ParentProcessId", UINT32),
        ("ParentImage", STRING),
        ("ParentCommandLine", STRING),
    ];
    let guid = |random: &mut Random| Value::guid(u128::from(random.next()) << 64 | u128::from(random.next()));
    let values = vec![
        Value::text("-"),
        Value::text("2026-01-05 08:00:01.123"),
        guid(random),
        Value::u32(4 * random.u32(4_000)),
        Value::text(random.pick(IMAGES)),
        Value::text(random.pick(COMMANDS)),
        Value::text(r"C:\Windows\system32\"),
        Value::text(&format!("CORP\\{}", random.pick(USERS))),
        guid(random),
        Value::hex64(0x3e7),
        Value::u32(random.u32(3)),
        Value::text(random.pick(&["Medium", "High", "System"])),
        Value::text(&format!("MD5={:032X},SHA256={:064X}", random.next(), random.next())),
        guid(random),
        Value::u32(4 * random.u32(4_000)),
        Value::text(random.pick(IMAGES)),
        Value::text(random.pick(COMMANDS)),
    ];
    let kind = Kind { id: 1, version: 5, task: 1, channel: SYSMON, user: &[18] };
    event(random, (time, number), sysmon(), &kind, Value::Instance(data_template(6, &fields), values))
}

fn sysmon_connection(random: &mut Random, time: u64, number: u64) -> Event {
    let fields = [
        ("UtcTime", STRING),
        ("ProcessGuid", GUID),
        ("ProcessId", UINT32),
        ("Image", STRING),
        ("Protocol", STRING),
        ("Initiated", BOOL),
        ("SourceIp", STRING),
        ("SourcePort", UINT16),
        ("DestinationIp", STRING),
        ("DestinationPort", UINT16),
    ];
    let values = vec![
        Value::text("2026-01-05 08:00:02.456"),
        Value::guid(u128::from(random.next()) << 64),
        Value::u32(4 * random.u32(4_000)),
        Value::text(random.pick(IMAGES)),
        Value::text("tcp"),
        Value::bool(random.below(4) != 0),
        Value::text("10.1.2.14"),
        Value::u16(u16::try_from(49_152 + random.below(16_384)).unwrap_or_default()),
        Value::text(&format!("203.0.113.{}", random.below(250))),
        Value::u16(443),
    ];
    let kind = Kind { id: 3, version: 5, task: 3, channel: SYSMON, user: &[18] };
    event(random, (time, number), sysmon(), &kind, Value::Instance(data_template(7, &fields), values))
}

fn sysmon_end(random: &mut Random, time: u64, number: u64) -> Event {
    let fields = [("UtcTime", STRING), ("ProcessGuid", GUID), ("ProcessId", UINT32), ("Image", STRING)];
    let values = vec![
        Value::text("2026-01-05 08:00:03.789"),
        Value::guid(u128::from(random.next()) << 64),
        Value::u32(4 * random.u32(4_000)),
        Value::text(random.pick(IMAGES)),
    ];
    let kind = Kind { id: 5, version: 3, task: 5, channel: SYSMON, user: &[18] };
    event(random, (time, number), sysmon(), &kind, Value::Instance(data_template(8, &fields), values))
}
