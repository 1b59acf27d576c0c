//! `read_cef(path)`: files of CEF lines.

use super::{Common, ENCODING, LineFormat, MAX_LINE, Raw};
use crate::Source;
use huntsql_kernels::logs::ParseCef;
use huntsql_kernels::options::{NoOptions, OptionField, Options, Setting};
use huntsql_kernels::spec::{Arg, Example, Family, Spec};

/// The format of `read_cef`.
pub(crate) struct ReadCef;

/// Options of `read_cef`.
#[derive(Debug, Clone, Default)]
pub(crate) struct ReadCefOptions(Common);

impl Options for ReadCefOptions {
    const FIELDS: &'static [OptionField] = &[ENCODING, MAX_LINE];

    fn set(&mut self, name: &str, setting: Setting) -> Result<(), String> {
        self.0.set(name, &setting).map(drop)
    }
}

impl LineFormat for ReadCef {
    const SPEC: Spec = Spec {
        name: "read_cef",
        family: Family::Files,
        summary: "Reads files of lines of the Common Event Format (CEF).",
        details: "One row a line, with the columns that [`parse_cef`](logs.md#parse_cef) gives and `line`, the line as it is; the others are NULL where it is no CEF. Empty lines are left out.",
        args: &[Arg { name: "path", doc: super::PATH }],
        examples: &[Example {
            sql: "SELECT vendor, name, extension['src'] AS src, _line FROM read_cef('tests/fixtures/logs/firewall.cef') WHERE severity = '10'",
            result: "Security | worm stopped | 10.0.0.1 | 1",
        }],
    };
    type Kernel = ParseCef;
    type Options = ReadCefOptions;
    const RAW: Option<Raw> = Some(Raw::Line);

    fn common(options: &ReadCefOptions) -> Common {
        options.0
    }

    fn kernel(_: &ReadCefOptions, _: &Source) -> NoOptions {
        NoOptions
    }
}
