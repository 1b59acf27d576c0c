//! `parse_time(text)`: the time that a text says.

use crate::prelude::*;
use crate::time_text::{check_format, parse_time};

/// Options of `parse_time`.
#[derive(Debug, Clone)]
pub struct TimeOptions {
    format: String,
}

impl Default for TimeOptions {
    fn default() -> Self {
        Self { format: "iso".to_owned() }
    }
}

impl Options for TimeOptions {
    const FIELDS: &'static [OptionField] = &[OptionField {
        name: "format",
        kind: OptionKind::Text,
        default: "'iso'",
        doc: "`iso`, or a pattern of strftime such as `'%m/%d/%y %I:%M %p'`; `%z` reads a zone.",
    }];

    fn set(&mut self, _name: &str, setting: Setting) -> Result<(), String> {
        if let Setting::Text(format) = setting {
            check_format(&format)?;
            self.format = format;
        }
        Ok(())
    }
}

/// Kernel of `parse_time`.
pub struct ParseTime;

impl ScalarKernel for ParseTime {
    const SPEC: Spec = Spec {
        name: "parse_time",
        family: Family::Logs,
        summary: "Reads a time as logs write it: ISO 8601, or by a pattern.",
        details: "\
`iso` takes the spellings that logs have: `T` or a blank before the time, seconds or none, a point or a comma before their fraction, a zone (`Z`, ` UTC`, `+02:00`, `-0530`) or none, which is UTC; a date alone is its midnight. The result is in \
UTC and the same on every engine, whatever the zone of the session. NULL where the text is no such time, or has digits too many or too few. A pattern without a zone is UTC, one without a time of day is midnight.",
        args: &[Arg { name: "text", doc: "What the log says." }],
        examples: &[
            Example {
                sql: "SELECT parse_time('2024-05-06 15:08:09,250+0200') AS t, parse_time('06/05/2024') AS none",
                result: "2024-05-06 13:08:09.250 | NULL",
            },
            Example { sql: "SELECT parse_time('06/05/2024', {'format': '%d/%m/%Y'}) AS t", result: "2024-05-06 00:00:00" },
            Example { sql: "SELECT parse_time('5/6/24 1:08 PM', {'format': '%m/%d/%y %I:%M %p'}) AS t", result: "2024-05-06 13:08:00" },
        ],
    };
    type Args<'a> = (&'a str,);
    type Options = TimeOptions;
    type Out<'a> = Timestamp;
    type Scratch = ();

    fn eval<'a>((): &'a mut (), options: &'a TimeOptions, (text,): (&'a str,)) -> KernelResult<Timestamp> {
        Ok(parse_time(text, &options.format).map(Timestamp))
    }
}
