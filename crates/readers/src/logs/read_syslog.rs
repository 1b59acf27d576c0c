//! `read_syslog(path)`: files of syslog lines.

use super::{Common, ENCODING, LineFormat, MAX_LINE, Raw};
use crate::Source;
use huntsql_kernels::logs::{ParseSyslog, SyslogOptions};
use huntsql_kernels::options::{OptionField, Options, Setting};
use huntsql_kernels::spec::{Arg, Example, Family, Spec};
use std::time::UNIX_EPOCH;

/// The format of `read_syslog`.
pub(crate) struct ReadSyslog;

/// Options of `read_syslog`.
#[derive(Debug, Clone, Default)]
pub(crate) struct ReadSyslogOptions {
    common: Common,
    syslog: SyslogOptions,
}

impl Options for ReadSyslogOptions {
    const FIELDS: &'static [OptionField] =
        &[ENCODING, MAX_LINE, SyslogOptions::FIELDS[0], SyslogOptions::FIELDS[1], SyslogOptions::FIELDS[2]];

    fn set(&mut self, name: &str, setting: Setting) -> Result<(), String> {
        if self.common.set(name, &setting)? { Ok(()) } else { self.syslog.set(name, setting) }
    }
}

/// Clocks without a zone may be ahead of UTC, and of the clock that wrote the file's time.
const SLACK_MICROS: i64 = 86_400_000_000;

impl LineFormat for ReadSyslog {
    const SPEC: Spec = Spec {
        name: "read_syslog",
        family: Family::Files,
        summary: "Reads files of syslog lines: RFC 5424, RFC 3164 as it is found in the field, and rsyslog's format with ISO dates.",
        details: "\
One row a line, with the columns that [`parse_syslog`](logs.md#parse_syslog) gives; empty lines are left out. A line that is no syslog has the format `unknown` and stands in `message` as it is.

Times without a year are the last ones before the file was written (its time of modification, or that of the member of an archive, and a day of slack for clocks ahead of UTC).
A copy that did not keep the time needs `year` or `reference`.",
        args: &[Arg { name: "path", doc: super::PATH }],
        examples: &[Example {
            sql: "SELECT host, app, count(*) AS failed FROM read_syslog('examples/logs/syslog.log') WHERE message LIKE 'Failed password%' GROUP BY host, app ORDER BY host",
            result: "db-01 | sshd | 11\nweb-01 | sshd | 6\nweb-02 | sshd | 3",
        }],
    };
    type Kernel = ParseSyslog;
    type Options = ReadSyslogOptions;
    const RAW: Option<Raw> = None;

    fn common(options: &ReadSyslogOptions) -> Common {
        options.common
    }

    fn kernel(options: &ReadSyslogOptions, source: &Source) -> SyslogOptions {
        let written = source.modified.and_then(|time| i64::try_from(time.duration_since(UNIX_EPOCH).ok()?.as_micros()).ok());
        options.syslog.or_reference(written.map(|time| time.saturating_add(SLACK_MICROS)))
    }
}
