//! `read_leef(path)`: files of LEEF lines.

use super::{Common, ENCODING, LineFormat, MAX_LINE, Raw};
use crate::Source;
use huntsql_kernels::logs::ParseLeef;
use huntsql_kernels::options::{NoOptions, OptionField, Options, Setting};
use huntsql_kernels::spec::{Arg, Example, Family, Spec};

/// The format of `read_leef`.
pub(crate) struct ReadLeef;

/// Options of `read_leef`.
#[derive(Debug, Clone, Default)]
pub(crate) struct ReadLeefOptions(Common);

impl Options for ReadLeefOptions {
    const FIELDS: &'static [OptionField] = &[ENCODING, MAX_LINE];

    fn set(&mut self, name: &str, setting: Setting) -> Result<(), String> {
        self.0.set(name, &setting).map(drop)
    }
}

impl LineFormat for ReadLeef {
    const SPEC: Spec = Spec {
        name: "read_leef",
        family: Family::Files,
        summary: "Reads files of lines of the Log Event Extended Format (LEEF).",
        details: "One row a line, with the columns that [`parse_leef`](logs.md#parse_leef) gives and `line`, the line as it is; the others are NULL where it is no LEEF. Empty lines are left out.",
        args: &[Arg { name: "path", doc: super::PATH }],
        examples: &[Example {
            sql: "SELECT vendor, event_id, attributes['src'] AS src FROM read_leef('tests/fixtures/logs/proxy.leef') WHERE event_id IS NOT NULL",
            result: "Acme | blocked | 192.0.2.10\nAcme | allowed | 192.0.2.11",
        }],
    };
    type Kernel = ParseLeef;
    type Options = ReadLeefOptions;
    const RAW: Option<Raw> = Some(Raw::Line);

    fn common(options: &ReadLeefOptions) -> Common {
        options.0
    }

    fn kernel(_: &ReadLeefOptions, _: &Source) -> NoOptions {
        NoOptions
    }
}
