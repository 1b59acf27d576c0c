//! `parse_osquery(line)`: the rows of a line of osquery's result log.

use super::osquery::OsqueryLog;
use crate::prelude::*;

/// Kernel of `parse_osquery`.
pub struct ParseOsquery;

/// A row of a result.
#[derive(Debug)]
pub struct OsqueryRow<'a> {
    log: &'a OsqueryLog,
    action: Option<&'a str>,
    columns: &'a TextMap,
}

impl SqlValue for OsqueryRow<'_> {
    const TYPE: SqlType = SqlType::Struct(&[
        ("time", SqlType::Time),
        ("host", SqlType::Text),
        ("name", SqlType::Text),
        ("action", SqlType::Text),
        ("epoch", SqlType::Int),
        ("counter", SqlType::Int),
        ("numerics", SqlType::Bool),
        ("columns", SqlType::Map),
        ("decorations", SqlType::Map),
    ]);
    fn write(&self, out: &mut Column) {
        let Self { log, action, columns } = self;
        out.row()
            .put(log.time.map(Timestamp))
            .put(log.host.as_deref())
            .put(log.name.as_deref())
            .put(*action)
            .put(log.epoch)
            .put(log.counter)
            .put(log.numerics)
            .put(*columns)
            .put((!log.decorations.is_empty()).then_some(&log.decorations))
            .end();
    }
}

impl ScalarKernel for ParseOsquery {
    const SPEC: Spec = Spec {
        name: "parse_osquery",
        family: Family::Logs,
        summary: "Takes a line of osquery's result log apart: one row for each row that a query gave.",
        details: "\
| field | type | meaning |
|---|---|---|
| `time` | TIMESTAMP | when the query ran (`unixTime`, else `calendarTime`), in UTC |
| `host` | TEXT | `hostIdentifier` |
| `name` | TEXT | name of the query |
| `action` | TEXT | `added`, `removed` or `snapshot` |
| `epoch`, `counter` | BIGINT | run of the schedule, run of the query: 0 for a first result |
| `numerics` | BOOLEAN | whether osquery wrote numbers as numbers |
| `columns` | MAP(TEXT, TEXT) | the row |
| `decorations` | MAP(TEXT, TEXT) | what osquery was told to add; also where it stands beside `name` (`decorations_top_level`) |

All three formats: a row a line (event), the differences of a run (`diffResults`: the rows added, then those removed, as the line has them), snapshots. A run without rows gives an empty list. Numbers are
texts as written, null is left out, objects and lists stay JSON. A key that is repeated with another value becomes `key#2`, `key#3`.

NULL for what is no JSON object, is cut off or holds no result, such as a line of the status log; also where what the rows share would come to more than 64 MiB when repeated in each.",
        args: &[Arg { name: "line", doc: "One line." }],
        examples: &[
            Example {
                sql: "SELECT r['time'] AS time, r['name'] AS name, r['action'] AS action, r['columns']['pid'] AS pid FROM (SELECT unnest(parse_osquery(\
                      '{\"name\": \"processes\", \"unixTime\": 1714979289, \"diffResults\": {\"added\": [{\"pid\": \"7\"}, {\"pid\": \"8\"}], \"removed\": [{\"pid\": \"3\"}]}}')) AS r) t",
                result: "2024-05-06 07:08:09 | processes | added | 7\n2024-05-06 07:08:09 | processes | added | 8\n2024-05-06 07:08:09 | processes | removed | 3",
            },
        ],
    };
    type Args<'a> = (&'a str,);
    type Options = NoOptions;
    type Out<'a> = Vec<OsqueryRow<'a>>;
    type Scratch = OsqueryLog;

    fn eval<'a>(log: &'a mut OsqueryLog, _: &'a NoOptions, (line,): (&'a str,)) -> KernelResult<Vec<OsqueryRow<'a>>> {
        if !log.parse(line) {
            return Ok(None);
        }
        let log = &*log;
        Ok(Some(log.rows().map(|(action, columns)| OsqueryRow { log, action, columns }).collect()))
    }
}
