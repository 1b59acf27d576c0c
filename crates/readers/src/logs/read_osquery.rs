//! `read_osquery(path)`: result and snapshot logs of osquery.

use super::{Common, ENCODING, LineFormat, MAX_LINE, Raw};
use crate::Source;
use huntsql_kernels::logs::ParseOsquery;
use huntsql_kernels::options::{NoOptions, OptionField, Options, Setting};
use huntsql_kernels::spec::{Arg, Example, Family, Spec};

/// The format of `read_osquery`.
pub(crate) struct ReadOsquery;

/// Options of `read_osquery`.
#[derive(Debug, Clone, Default)]
pub(crate) struct ReadOsqueryOptions(Common);

impl Options for ReadOsqueryOptions {
    const FIELDS: &'static [OptionField] = &[ENCODING, MAX_LINE];

    fn set(&mut self, name: &str, setting: Setting) -> Result<(), String> {
        self.0.set(name, &setting).map(drop)
    }
}

impl LineFormat for ReadOsquery {
    const SPEC: Spec = Spec {
        name: "read_osquery",
        family: Family::Files,
        summary: "Reads osquery's result logs (one row or many a line) and snapshot logs: one row for each row that a query gave.",
        details: "\
The columns are those of an item of [`parse_osquery`](logs.md#parse_osquery); the query's own columns are in `columns`, as texts. `unparsed` holds a line that is no result of osquery, where
all other columns are NULL. A line whose query gave no rows gives none.",
        args: &[Arg { name: "path", doc: super::PATH }],
        examples: &[Example {
            sql: "SELECT time, host, name, action, columns['path'] AS path FROM read_osquery('tests/fixtures/logs/osqueryd.results.log') WHERE action = 'added' ORDER BY path",
            result: "2026-11-20 07:00:00 | web-01 | cron | added | /etc/crontab\n2026-11-20 07:10:00 | web-01 | cron | added | /var/spool/cron/crontabs/tomcat",
        }],
    };
    type Kernel = ParseOsquery;
    type Options = ReadOsqueryOptions;
    const IS_JSON: bool = true;
    const RAW: Option<Raw> = Some(Raw::Unparsed);

    fn common(options: &ReadOsqueryOptions) -> Common {
        options.0
    }

    fn kernel(_: &ReadOsqueryOptions, _: &Source) -> NoOptions {
        NoOptions
    }
}
