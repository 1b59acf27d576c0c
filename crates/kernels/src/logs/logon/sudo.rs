//! What sudo writes for each command, and for each that it refuses.

/// A command that was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in super::super) struct Asked<'m> {
    /// Who asked.
    pub(in super::super) account: &'m str,
    pub(in super::super) status: &'static str,
    pub(in super::super) tty: Option<&'m str>,
    pub(in super::super) directory: Option<&'m str>,
    pub(in super::super) target: Option<&'m str>,
    pub(in super::super) command: Option<&'m str>,
}

/// Fields of a message: what comes before one ends at the next. `COMMAND` is last, since it may hold anything.
const FIELDS: [&str; 6] = ["TTY=", "PWD=", "USER=", "GROUP=", "ENV=", "COMMAND="];

/// The reasons for which sudo refuses. Source: sudo's plugins/sudoers/logging.c.
const REFUSALS: &[(&str, &str)] = &[
    ("incorrect password attempt", "wrong_password"),
    ("a password is required", "no_password"),
    ("NOT in sudoers", "not_in_sudoers"),
    ("command not allowed", "not_allowed"),
    ("user NOT authorized on host", "not_allowed"),
    ("account validation failure", "not_allowed"),
    ("a terminal is required", "no_password"),
];

impl<'m> Asked<'m> {
    /// Reads `alice : TTY=pts/0 ; PWD=/home/alice ; USER=root ; COMMAND=/bin/ls`. The semicolons may be gone.
    pub(in super::super) fn read(message: &'m str) -> Option<Self> {
        let (account, rest) = message.trim().split_once(" : ")?;
        let account = account.trim();
        if account.is_empty() || account.contains(char::is_whitespace) {
            return None;
        }
        let mut asked = Self { account, status: "ok", tty: None, directory: None, target: None, command: None };
        let mut at = 0;
        let mut field: Option<&str> = None;
        let mut begin = 0;
        // The next field begins at a word of its own.
        loop {
            let next = if field == Some("COMMAND=") { None } else { next_field(rest, at) };
            let end = next.map_or(rest.len(), |(start, _)| start);
            let value = rest.get(begin..end).unwrap_or("").trim().trim_end_matches(';').trim_end();
            asked.take(field, value);
            let Some((start, name)) = next else { break };
            (field, begin) = (Some(name), start + name.len());
            at = begin;
        }
        (asked.command.is_some() || asked.status != "ok").then_some(asked)
    }

    fn take(&mut self, field: Option<&str>, value: &'m str) {
        let value_given = (!value.is_empty()).then_some(value);
        match field {
            // What stands before the fields is the reason of a refusal.
            None => {
                let known = REFUSALS.iter().find(|(text, _)| value.contains(text)).map(|(_, status)| *status);
                self.status = known.unwrap_or(if value.is_empty() { "ok" } else { "refused" });
            }
            Some("TTY=") => self.tty = value_given.filter(|tty| *tty != "unknown"),
            Some("PWD=") => self.directory = value_given,
            Some("USER=") => self.target = value_given,
            Some("COMMAND=") => self.command = value_given,
            Some(_) => {}
        }
    }
}

/// Where a field begins, from `from` on: at the beginning, or behind a blank.
fn next_field(text: &str, from: usize) -> Option<(usize, &'static str)> {
    let bytes = text.as_bytes();
    (from..bytes.len()).find_map(|at| {
        let is_start = at == 0 || bytes.get(at - 1).is_some_and(u8::is_ascii_whitespace);
        let rest = bytes.get(at..).filter(|_| is_start)?;
        FIELDS.into_iter().find(|field| rest.starts_with(field.as_bytes())).map(|field| (at, field))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_sudo_writes() {
        for (message, expected) in [
            (
                "   alice : TTY=pts/0 ; PWD=/home/alice ; USER=root ; COMMAND=/bin/cat /etc/shadow",
                "alice ok pts/0 /home/alice root /bin/cat /etc/shadow",
            ),
            ("peteb : TTY=pts/0   PWD=/home/peteb   USER=root   COMMAND=/usr/bin/top", "peteb ok pts/0 /home/peteb root /usr/bin/top"),
            (
                "omsagent : TTY=unknown ; PWD=/a b ; USER=root ; COMMAND=/x -c TTY=1 ; USER=y",
                "omsagent ok - /a b root /x -c TTY=1 ; USER=y",
            ),
            (
                "bob : 3 incorrect password attempts ; TTY=pts/1 ; PWD=/ ; USER=root ; COMMAND=/bin/su",
                "bob wrong_password pts/1 / root /bin/su",
            ),
            ("eve : user NOT in sudoers ; TTY=pts/1 ; PWD=/ ; USER=root ; COMMAND=/bin/su", "eve not_in_sudoers pts/1 / root /bin/su"),
            (
                "eve : command not allowed ; TTY=pts/1 ; PWD=/ ; USER=root ; GROUP=x ; ENV=A=1 ; COMMAND=/bin/su",
                "eve not_allowed pts/1 / root /bin/su",
            ),
            ("eve : something new ; TTY=pts/1 ; PWD=/ ; USER=root ; COMMAND=list", "eve refused pts/1 / root list"),
            ("eve : TTY=pts/1 ; PWD=/ ; USER=root", ""),
            ("pam_unix(sudo:session): session closed for user root", ""),
            ("two words : TTY=pts/1 ; COMMAND=x", ""),
            (" : COMMAND=x", ""),
            ("", ""),
        ] {
            let shown = Asked::read(message).map(|asked| {
                let Asked { account, status, tty, directory, target, command } = asked;
                let text = |text: Option<&str>| text.unwrap_or("-").to_owned();
                format!("{account} {status} {} {} {} {}", text(tty), text(directory), text(target), text(command))
            });
            assert_eq!(shown.unwrap_or_default(), expected, "{message}");
        }
    }
}
