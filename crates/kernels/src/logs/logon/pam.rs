//! Sessions in syslog: what PAM, sshd and systemd-logind write.

use super::{Act, Event, HOST, MESSAGE, NONE, PID, PROGRAM, Reader, given};
use std::borrow::Cow;

/// A message about a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) struct Line<'m> {
    act: Act,
    /// The service of PAM; where it is not said, that of the row.
    service: Option<&'m str>,
    user: Option<&'m str>,
    by: Option<&'m str>,
    /// What the message itself knows the session by.
    id: Option<&'m str>,
    source: Option<&'m str>,
    method: Option<&'m str>,
}

impl<'m> Line<'m> {
    /// The session that `message` is about.
    pub(in super::super) fn read(message: &'m str) -> Option<Self> {
        let message = message.trim();
        let none = |act| Self { act, service: None, user: None, by: None, id: None, source: None, method: None };
        // sshd: Accepted publickey for alice from 192.0.2.7 port 50022 ssh2
        if let Some(rest) = message.strip_prefix("Accepted ") {
            let (method, rest) = rest.split_once(" for ")?;
            let (user, rest) = rest.split_once(" from ")?;
            let source = rest.split_ascii_whitespace().next();
            return Some(Self { user: Some(user), source, method: Some(method), ..none(Act::Announce) });
        }
        // systemd-logind: New session c1 of user root. / Removed session c1.
        if let Some((id, user)) = message.strip_prefix("New session ").and_then(|rest| rest.split_once(" of user ")) {
            let user = Some(user.strip_suffix('.').unwrap_or(user));
            return Some(Self { id: Some(id), user, service: Some("systemd-logind"), ..none(Act::Begin) });
        }
        if let Some(rest) = message.strip_prefix("Removed session ") {
            return Some(Self { id: Some(rest.strip_suffix('.').unwrap_or(rest)), service: Some("systemd-logind"), ..none(Act::End) });
        }
        // PAM: pam_unix(sshd:session): session opened for user alice(uid=1000) by root(uid=0)
        let service = message.split_once('(').and_then(|(_, rest)| rest.split_once(":session)")).map(|(service, _)| service);
        let (act, rest) = match (message.split_once("session opened for user "), message.split_once("session closed for user ")) {
            (Some((_, rest)), _) => (Act::Begin, rest),
            (None, Some((_, rest))) => (Act::End, rest),
            (None, None) => return None,
        };
        let user = name(rest);
        let by = rest.split_once(" by ").map(|(_, by)| name(by)).filter(|by| !by.is_empty());
        let source = rest.split_once(" from ").and_then(|(_, from)| from.split_ascii_whitespace().next());
        Some(Self { service, user: Some(user), by, source, ..none(act) })
    }
}

/// The name at the beginning: `alice(uid=1000)`.
fn name(text: &str) -> &str {
    text.split(|c: char| c == '(' || c.is_whitespace()).next().unwrap_or("")
}

/// The event in `row`.
pub(in super::super) fn read_syslog(reader: &mut Reader<'_>, row: usize) -> Option<Event> {
    let rows = reader.rows;
    let line = Line::read(rows.texts(MESSAGE).get(row)?)?;
    let mut event = Event::new(reader.time(row), line.act);
    event.host = reader.folded(HOST, row);
    let program = given(rows.texts(PROGRAM), row);
    let service = line.service.or(program).map(|service| {
        if service.bytes().any(|byte| byte.is_ascii_uppercase()) { Cow::Owned(service.to_lowercase()) } else { Cow::Borrowed(service) }
    });
    let mut text = |text: Option<&str>| text.filter(|text| !text.is_empty()).map_or(NONE, |text| reader.intern(text));
    event.service = text(service.as_deref());
    (event.user, event.by, event.source, event.logon_type) = (text(line.user), text(line.by), text(line.source), text(line.method));
    event.id = text(line.id);
    if line.id.is_none() {
        event.id = reader.number(PID, row);
        event.owner = event.user;
    }
    Some(event)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_about_sessions() {
        for (message, expected) in [
            ("pam_unix(cron:session): session opened for user root by (uid=0)", "Begin cron root - - - -"),
            ("pam_unix(sudo:session): session opened for user root(uid=0) by alice(uid=1000)", "Begin sudo root alice - - -"),
            ("pam_unix(cron:session): session closed for user root", "End cron root - - - -"),
            ("pam_unix(cron:session): session closed for user root from 192.0.2.9", "End cron root - - 192.0.2.9 -"),
            ("(sshd:session) session closed for user x", "End sshd x - - - -"),
            ("session opened for user bob by LOGIN(uid=0)", "Begin - bob LOGIN - - -"),
            ("Accepted publickey for alice from 192.0.2.7 port 50022 ssh2: RSA SHA256:x", "Announce - alice - - 192.0.2.7 publickey"),
            ("New session c17 of user root.", "Begin systemd-logind root - c17 - -"),
            ("Removed session c17.", "End systemd-logind - - c17 - -"),
            ("Failed password for root from 192.0.2.7 port 22 ssh2", ""),
            ("Accepted x", ""),
            ("", ""),
        ] {
            let shown = Line::read(message).map(|line| {
                let text = |text: Option<&str>| text.unwrap_or("-").to_owned();
                let Line { act, service, user, by, id, source, method } = line;
                format!("{act:?} {} {} {} {} {} {}", text(service), text(user), text(by), text(id), text(source), text(method))
            });
            assert_eq!(shown.unwrap_or_default(), expected, "{message}");
        }
    }
}
