//! `logon_sessions(tbl)`: who was logged on, from when to when.

use super::logon::{ARGUMENTS, Event, NONE, Reader, Session, Source, TIME_TEXT, pair, read_audit, read_syslog, read_windows, recognise};
use crate::group::{EventKernel, EventSink, Given, Recognised, TableColumn};
use crate::options::Value;
use crate::prelude::*;
use crate::rows::Pool;
use crate::time_text::{check_format, times_of};
use std::cmp::Ordering;

/// Options of `logon_sessions`.
#[derive(Debug, Clone, Default)]
pub struct LogonOptions {
    log: Option<String>,
    time_format: Option<String>,
}

impl Options for LogonOptions {
    const FIELDS: &'static [OptionField] = &[
        OptionField {
            name: "log",
            kind: OptionKind::Choice(Source::NAMES),
            default: "NULL",
            doc: "Which log it is. NULL: the first of these whose columns the table has.",
        },
        OptionField {
            name: "time_format",
            kind: OptionKind::Text,
            default: "NULL",
            doc: "How times read where their column is text: `'iso'`, or a pattern of strftime such as `'%m/%d/%Y %H:%M'`. Without a zone it is UTC.",
        },
    ];

    fn set(&mut self, name: &str, setting: Setting) -> Result<(), String> {
        match (name, setting) {
            ("log", Setting::Text(log)) => self.log = Some(log),
            ("time_format", Setting::Text(format)) => {
                check_format(&format)?;
                self.time_format = Some(format);
            }
            _ => {}
        }
        Ok(())
    }
}

/// Kernel of `logon_sessions`.
pub struct LogonSessions;

/// A session with its texts.
pub struct LogonSession<'a> {
    session: &'a Session,
    pool: &'a Pool,
    key: &'a str,
}

impl LogonSession<'_> {
    fn text(&self, id: u32) -> Option<&str> {
        self.pool.get(id)
    }
}

impl SqlValue for LogonSession<'_> {
    const TYPE: SqlType = SqlType::Struct(&[
        ("host", SqlType::Text),
        ("account", SqlType::Text),
        ("domain", SqlType::Text),
        ("session_key", SqlType::Text),
        ("service", SqlType::Text),
        ("logon_type", SqlType::Text),
        ("source_ip", SqlType::Text),
        ("opened_by", SqlType::Text),
        ("start_time", SqlType::Time),
        ("end_time", SqlType::Time),
        ("duration", SqlType::Float),
        ("status", SqlType::Text),
        ("events", SqlType::Int),
    ]);
    fn write(&self, out: &mut Column) {
        let Session { of, start, end, events, .. } = self.session;
        let duration = start.zip(*end).and_then(|(start, end)| end.checked_sub(start)).map(|micros| micros as f64 / 1e6);
        let row =
            out.row().put(self.text(of.host)).put(self.text(of.user)).put(self.text(of.domain)).put(self.key).put(self.text(of.service));
        let row = row.put(self.text(of.logon_type)).put(self.text(of.source)).put(self.text(of.by));
        row.put(start.map(Timestamp)).put(end.map(Timestamp)).put(duration).put(self.session.status()).put(*events).end();
    }
}

impl EventKernel for LogonSessions {
    const SPEC: Spec = Spec {
        name: "logon_sessions",
        family: Family::Logs,
        summary: "Who was logged on where, from when to when: sessions from Windows security events, syslog or the Linux audit log.",
        details: include_str!("logon_sessions.md"),
        args: &[
            Arg { name: ARGUMENTS[0], doc: "When it happened. A text column needs `time_format`." },
            Arg { name: ARGUMENTS[1], doc: "Where." },
            Arg { name: ARGUMENTS[2], doc: "Windows: the event id." },
            Arg { name: ARGUMENTS[3], doc: "Windows: the logon id. auditd: `ses`." },
            Arg { name: ARGUMENTS[4], doc: "Windows, auditd: who." },
            Arg { name: ARGUMENTS[5], doc: "Windows: the domain." },
            Arg { name: ARGUMENTS[6], doc: "Windows: the type of logon." },
            Arg { name: ARGUMENTS[7], doc: "Windows, auditd: from where." },
            Arg { name: ARGUMENTS[8], doc: "syslog, auditd: the program that wrote it." },
            Arg { name: ARGUMENTS[9], doc: "syslog, auditd: its process id." },
            Arg { name: ARGUMENTS[10], doc: "syslog: the message." },
            Arg { name: ARGUMENTS[11], doc: "auditd: the types of the event's records." },
            Arg { name: ARGUMENTS[12], doc: "auditd: whether it succeeded." },
            Arg { name: ARGUMENTS[13], doc: "As `ts`, as text." },
        ],
        examples: &[
            Example {
                sql: "\
WITH log AS (SELECT to_timestamp(sec) AS time, 'web-1' AS host, app, pid, message FROM (VALUES (0, 'sshd', 70, 'Accepted publickey for alice from 192.0.2.7 port 50022 ssh2'),
    (1, 'sshd', 70, 'pam_unix(sshd:session): session opened for user alice(uid=1000) by (uid=0)'), (10, 'CRON', 88, 'pam_unix(cron:session): session opened for user root by (uid=0)'),
    (20, 'CRON', 88, 'pam_unix(cron:session): session closed for user root'), (500, 'sshd', 70, 'pam_unix(sshd:session): session closed for user alice')) v(sec, app, pid, message))
SELECT account, service, logon_type, source_ip, duration, status FROM huntsql.logon_sessions(log)",
                result: "alice | sshd | publickey | 192.0.2.7 | 499.0 | ok\nroot | cron | NULL | NULL | 10.0 | ok",
            },
            Example {
                sql: "\
WITH log AS (SELECT to_timestamp(sec) AS \"TimeCreated\", id AS \"EventID\", 'WS-14' AS \"Computer\", who AS \"TargetUserName\", logon AS \"TargetLogonId\", type AS \"LogonType\"
  FROM (VALUES (0, 4624, 'alice', '0x1a2b3', 10), (60, 4624, 'SYSTEM', '0x3e7', 5), (3600, 4647, 'alice', '0x1a2b3', NULL), (3601, 4634, 'alice', '0x1a2b3', 10)) v(sec, id, who, logon, type))
SELECT account, logon_type, duration, status, events FROM huntsql.logon_sessions(log)",
                result: "alice | remote_interactive | 3600.0 | ok | 3\nSYSTEM | service | NULL | open | 1",
            },
        ],
    };
    #[rustfmt::skip]
    const ARGS: &'static [ArgType] = &[
        ArgType::Time, ArgType::Text, ArgType::Key, ArgType::Key, ArgType::Text, ArgType::Text, ArgType::Key, ArgType::Text, ArgType::Text, ArgType::Key, ArgType::Text,
        ArgType::TextList, ArgType::Text, ArgType::Text,
    ];
    const KEEPS_ROWS: bool = false;
    type Options = LogonOptions;
    type Out<'a> = LogonSession<'a>;

    fn recognise(columns: &[TableColumn], given: &[Given], options: &Value) -> Result<Recognised, KernelError> {
        recognise(Self::SPEC.name, &[Source::Windows, Source::Audit, Source::Syslog], columns, given, options)
    }

    fn compute(rows: &Rows, options: &LogonOptions, interrupt: &Interrupt, sink: &mut EventSink<'_>) -> GroupResult<()> {
        let source = options.log.as_deref().and_then(Source::parse).unwrap_or(Source::Syslog);
        let mut reader = Reader::new(rows, times_of(rows.texts(TIME_TEXT), options.time_format.as_deref()), TIME_TEXT);
        let mut events: Vec<Event> = Vec::new();
        for row in 0..rows.len() {
            if row % STEP == 0 {
                interrupt.check()?;
            }
            events.extend(match source {
                Source::Windows => read_windows(&mut reader, row),
                Source::Audit => read_audit(&mut reader, row),
                Source::Syslog => read_syslog(&mut reader, row),
            });
        }
        let pool = reader.pool;
        let sessions = pair(events, source != Source::Syslog, |a, b| by_text(&pool, a, b), interrupt)?;
        let mut keys = Keys::default();
        for session in &sessions {
            let key = keys.next(session, &pool);
            sink.put(None, &LogonSession { session, pool: &pool, key });
        }
        Ok(())
    }
}

/// Rows between two looks at the interrupt.
const STEP: usize = 1 << 16;

/// Order of two events by all their texts.
fn by_text(pool: &Pool, a: &Event, b: &Event) -> Ordering {
    let texts = |event: &Event| {
        let Event { host, service, id, user, by, domain, logon_type, source, .. } = *event;
        [host, service, id, user, by, domain, logon_type, source].map(|id| pool.get(id))
    };
    texts(a).cmp(&texts(b))
}

/// Makes keys: host, service, what the log knows the session by, user and beginning; a number where that is not enough.
#[derive(Debug, Default)]
struct Keys {
    seen: hashbrown::HashMap<String, u32>,
    key: String,
}

impl Keys {
    fn next(&mut self, session: &Session, pool: &Pool) -> &str {
        let of = &session.of;
        self.key.clear();
        for (index, id) in [of.host, of.service, of.id, of.user].into_iter().enumerate() {
            self.key.push_str(if index == 0 { "" } else { "|" });
            self.key.push_str(if id == NONE { "" } else { pool.get(id).unwrap_or("") });
        }
        self.key.push('|');
        if let Some(time) = session.start.or(session.end) {
            self.key.push_str(&time.to_string());
        }
        let count = self.seen.entry(self.key.clone()).or_default();
        *count += 1;
        if *count > 1 {
            let number = format!("|{count}");
            self.key.push_str(&number);
        }
        &self.key
    }
}
