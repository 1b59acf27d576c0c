//! `parse_syslog(line)`: a syslog line, taken apart.

use super::moment::utc_offset;
use super::syslog::{Clock, Syslog, YearFrom, last_time, parse_syslog};
use crate::prelude::*;

/// Options of `parse_syslog`.
#[derive(Debug, Clone, Default)]
pub struct SyslogOptions {
    year: Option<i64>,
    reference: Option<i64>,
    offset: i64,
}

impl SyslogOptions {
    /// How times without a year or zone are read.
    pub fn clock(&self) -> Clock {
        let given = self.year.map_or(YearFrom::Nothing, YearFrom::Year);
        Clock { year: self.reference.map_or(given, YearFrom::Before), offset: self.offset }
    }

    /// These options where a year is known; else no line is later than `last`, in microseconds since 1970.
    #[must_use]
    pub fn or_reference(&self, last: Option<i64>) -> Self {
        let reference = self.reference.or(last.filter(|_| self.year.is_none()));
        Self { reference, ..self.clone() }
    }
}

impl Options for SyslogOptions {
    const FIELDS: &'static [OptionField] = &[
        OptionField {
            name: "reference",
            kind: OptionKind::Text,
            default: "NULL",
            doc: "A date (`'2024-05-06'`) or time of ISO 8601 that no line is later than: when the file was last written. Times without a year are the last \
                  before its end. Goes before `year`.",
        },
        OptionField {
            name: "utc_offset",
            kind: OptionKind::Text,
            default: "'+00:00'",
            doc: "Zone of times that name none: `'+02:00'`, `'-0530'`, `'Z'`.",
        },
        OptionField { name: "year", kind: OptionKind::Int(1970, 9999), default: "NULL", doc: "Year of times without one." },
    ];

    fn set(&mut self, name: &str, setting: Setting) -> Result<(), String> {
        match (name, setting) {
            ("year", Setting::Int(year)) => self.year = Some(year),
            ("reference", Setting::Text(text)) => {
                let time = last_time(&text).filter(|time| *time >= 0);
                let wrong = || {
                    format!("must be a date such as '2024-05-06' or a time such as '2024-05-06T07:08:09Z', got '{}'", text.escape_debug())
                };
                self.reference = Some(time.ok_or_else(wrong)?);
            }
            ("utc_offset", Setting::Text(text)) => match utc_offset(text.as_bytes()) {
                Some((offset, [])) => self.offset = offset,
                _ => return Err(format!("must be an offset from UTC such as '+02:00', got '{}'", text.escape_debug())),
            },
            _ => {}
        }
        Ok(())
    }
}

/// Kernel of `parse_syslog`.
pub struct ParseSyslog;

/// A line and its structured data.
#[derive(Debug)]
pub struct SyslogRow<'a> {
    line: Syslog<'a>,
    data: &'a TextMap,
}

impl SqlValue for SyslogRow<'_> {
    const TYPE: SqlType = SqlType::Struct(&[
        ("time", SqlType::Time),
        ("host", SqlType::Text),
        ("app", SqlType::Text),
        ("pid", SqlType::Int),
        ("message", SqlType::Text),
        ("facility", SqlType::Text),
        ("severity", SqlType::Text),
        ("priority", SqlType::Int),
        ("version", SqlType::Int),
        ("message_id", SqlType::Text),
        ("structured_data", SqlType::Map),
        ("format", SqlType::Text),
    ]);
    fn write(&self, out: &mut Column) {
        let Self { line, data } = self;
        out.row()
            .put(line.time.map(Timestamp))
            .put(line.host)
            .put(line.app)
            .put(line.pid)
            .put(line.message)
            .put(line.facility())
            .put(line.severity())
            .put(line.priority.map(i64::from))
            .put(line.version)
            .put(line.message_id)
            .put((!data.is_empty()).then_some(*data))
            .put(line.format.name())
            .end();
    }
}

impl ScalarKernel for ParseSyslog {
    const SPEC: Spec = Spec {
        name: "parse_syslog",
        family: Family::Logs,
        summary: "Takes a syslog line apart: RFC 5424, RFC 3164 as it is found in the field, and rsyslog's format with ISO dates.",
        details: "\
| field | type | meaning |
|---|---|---|
| `time` | TIMESTAMP | in UTC; see below for times without a year |
| `host` | TEXT | name or address as written; NULL where the line names none |
| `app` | TEXT | program, with its path or service (`postfix/smtpd`, `su(pam_unix)`) |
| `pid` | BIGINT | process number |
| `message` | TEXT | the text after the tag |
| `facility`, `severity` | TEXT | `kern` to `local7`, `emerg` to `debug`; NULL without a `<priority>` |
| `priority` | BIGINT | facility * 8 + severity |
| `version`, `message_id` | BIGINT, TEXT | RFC 5424 only |
| `structured_data` | MAP(TEXT, TEXT) | RFC 5424 only: keys are `element.parameter`, escapes are undone; an element without parameters is a key with an empty value |
| `format` | TEXT | `rfc5424`, `rfc3164`, `iso` or `unknown` |

RFC 3164 has neither year nor zone. The machine's clock is never asked: without the option `year` or `reference` such a `time` is NULL. `reference` is the better
one for a file that spans New Year: each time is the last one before it. `utc_offset` says where the clock stood.

A line with a `<priority>` but no time is `rfc3164` too, since relays (RFC 3164, 4.3.3) take anything after a priority for a message; without a priority a line with an ISO date
must have a tag (`app:` or `app[pid]`). Lines without a host (as a program writes them to /dev/log), lines without a pid, Cisco's dates with a year, a length before the
priority (RFC 6587) and a byte order mark are read. What is no syslog has the format `unknown`, the whole line as `message` and NULL elsewhere. Structured data that breaks off is
kept as far as it is well-formed, and the rest is `message`; an element whose name is longer than 128 bytes (the RFC allows 32) is not well-formed. A parameter that is repeated with another value becomes `key#2`, `key#3`.",
        args: &[Arg { name: "line", doc: "One line." }],
        examples: &[
            Example {
                sql: "SELECT s['time'] AS time, s['host'] AS host, s['app'] AS app, s['pid'] AS pid, s['severity'] AS severity, s['message'] AS message \
                      FROM (SELECT parse_syslog('<38>Oct 11 22:14:15 web1 sshd[4721]: Failed password for root', {'year': 2024, 'utc_offset': '+02:00'}) AS s) t",
                result: "2024-10-11 20:14:15 | web1 | sshd | 4721 | info | Failed password for root",
            },
            Example {
                sql: "SELECT s['format'] AS format, s['app'] AS app, s['message_id'] AS message_id, s['message'] AS message FROM (SELECT parse_syslog(\
                      '<165>1 2003-10-11T22:14:15.003Z host.example.com evntslog - ID47 [exampleSDID@32473 iut=\"3\"] An event') AS s) t",
                result: "rfc5424 | evntslog | ID47 | An event",
            },
        ],
    };
    type Args<'a> = (&'a str,);
    type Options = SyslogOptions;
    type Out<'a> = SyslogRow<'a>;
    type Scratch = TextMap;

    fn eval<'a>(data: &'a mut TextMap, options: &'a SyslogOptions, (line,): (&'a str,)) -> KernelResult<SyslogRow<'a>> {
        data.clear();
        let line = parse_syslog(line, &options.clock(), data);
        Ok(Some(SyslogRow { line, data }))
    }
}
