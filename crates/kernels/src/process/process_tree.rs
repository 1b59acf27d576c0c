//! `process_tree(tbl)`: who started whom.

use super::tree::{ARGUMENTS, Events, Forest, Kind, Links, NO_TIME, NONE, Node, SCHEMAS, Schema, Start, link, number, recognise};
use crate::group::{EventKernel, EventSink, Given, Recognised, TableColumn};
use crate::options::Value;
use crate::prelude::*;
use crate::rows::Texts;
use crate::time_text::{check_format, times_of};

/// Options of `process_tree`.
#[derive(Debug, Clone)]
pub struct TreeOptions {
    max_skew: i64,
    schema: Option<&'static Schema>,
    time_format: Option<String>,
}

impl Default for TreeOptions {
    fn default() -> Self {
        Self { max_skew: 5_000_000, schema: None, time_format: None }
    }
}

const SCHEMA_NAMES: &[&str] =
    &["windows_4688", "linux_auditd", "mde", "mde_internal", "sysmon", "osquery", "velociraptor_pslist", "volatility", "ocsf", "ecs"];

impl Options for TreeOptions {
    const FIELDS: &'static [OptionField] = &[
        OptionField {
            name: "max_skew",
            kind: OptionKind::Duration,
            default: "'5s'",
            doc: "How much later than its child a parent may have been logged, and how long after its end it may have a child.",
        },
        OptionField {
            name: "schema_name",
            kind: OptionKind::Choice(SCHEMA_NAMES),
            default: "NULL",
            doc: "Which columns hold what. NULL: the schema that has most columns in the table.",
        },
        OptionField {
            name: "time_format",
            kind: OptionKind::Text,
            default: "NULL",
            doc: "How times read where their column is text: `'iso'`, or a pattern of strftime such as `'%m/%d/%y %I:%M %p'`. Without a zone it is UTC.",
        },
    ];

    fn set(&mut self, name: &str, setting: Setting) -> Result<(), String> {
        match (name, setting) {
            ("max_skew", Setting::Duration(skew)) => self.max_skew = skew,
            ("schema_name", Setting::Text(name)) => self.schema = SCHEMAS.iter().find(|schema| schema.name == name),
            ("time_format", Setting::Text(format)) => {
                check_format(&format)?;
                self.time_format = Some(format);
            }
            _ => {}
        }
        Ok(())
    }
}

/// The kind of each distinct value of `event`.
pub(super) struct Kinds {
    of_text: Vec<Kind>,
    /// Of rows without a value.
    otherwise: Kind,
}

impl Kinds {
    pub(super) fn of(&self, id: Option<u32>) -> Kind {
        id.and_then(|id| self.of_text.get(id as usize).copied()).unwrap_or(self.otherwise)
    }
}

impl TreeOptions {
    pub(super) fn end_is_parent(&self) -> bool {
        self.schema.is_some_and(|schema| schema.end_is_parent)
    }

    /// Reads the column that tells starts from other events.
    pub(super) fn kinds(&self, texts: &Texts) -> Kinds {
        let schema = self.schema.filter(|schema| !schema.starts.is_empty() && texts.distinct() > 0);
        let Some(schema) = schema else { return Kinds { of_text: Vec::new(), otherwise: Kind::Start } };
        let kind = |id: usize| {
            let text = texts.text(u32::try_from(id).unwrap_or(NONE));
            let text = text.strip_suffix(".0").unwrap_or(text);
            let is = |names: &[&str]| names.iter().any(|name| name.eq_ignore_ascii_case(text));
            if is(schema.starts) {
                Kind::Start
            } else if is(schema.ends) {
                Kind::End
            } else {
                Kind::Other
            }
        };
        Kinds { of_text: (0..texts.distinct()).map(kind).collect(), otherwise: Kind::Other }
    }

    /// The time that each distinct text says.
    pub(super) fn times(&self, texts: &Texts) -> Vec<i64> {
        times_of(texts, self.time_format.as_deref())
    }
}

/// Kernel of `process_tree`.
pub struct ProcessTree;

/// A process in its tree.
pub struct Process<'a> {
    key: &'a str,
    parent_key: Option<&'a str>,
    root_key: &'a str,
    path: &'a str,
    node: &'a Node,
    is_inferred: bool,
    start: Option<Timestamp>,
    end: Option<Timestamp>,
    name: Option<&'a str>,
    pid: Option<i64>,
    host: Option<&'a str>,
}

impl SqlValue for Process<'_> {
    const TYPE: SqlType = SqlType::Struct(&[
        ("process_key", SqlType::Text),
        ("parent_key", SqlType::Text),
        ("root_key", SqlType::Text),
        ("depth", SqlType::Int),
        ("path", SqlType::Text),
        ("is_root", SqlType::Bool),
        ("is_leaf", SqlType::Bool),
        ("is_branch", SqlType::Bool),
        ("children", SqlType::Int),
        ("descendants", SqlType::Int),
        ("inferred", SqlType::Bool),
        ("start_time", SqlType::Time),
        ("end_time", SqlType::Time),
        ("process", SqlType::Text),
        ("process_pid", SqlType::Int),
        ("process_host", SqlType::Text),
        ("status", SqlType::Text),
    ]);
    fn write(&self, out: &mut Column) {
        let Node { children, descendants, depth, status, .. } = *self.node;
        let is_root = self.parent_key.is_none();
        let row = out.row().put(self.key).put(self.parent_key).put(self.root_key).put(i64::from(depth) + 1).put(self.path);
        let row = row.put(is_root).put(children == 0 && !is_root).put(children > 0 && !is_root);
        let row = row.put(i64::from(children)).put(i64::from(descendants)).put(self.is_inferred).put(self.start).put(self.end);
        row.put(self.name).put(self.pid).put(self.host).put(status.name()).end();
    }
}

impl EventKernel for ProcessTree {
    const SPEC: Spec = Spec {
        name: "process_tree",
        family: Family::Process,
        summary: "Tells who started whom: every process of a log in its tree, with the parents that were never logged.",
        details: include_str!("process_tree.md"),
        args: &[
            Arg { name: "ts", doc: "When the process started. A text column needs `time_format`." },
            Arg { name: "process_id", doc: "Its id: a number, or text in decimal or (`0x1f`) hexadecimal." },
            Arg { name: "parent_id", doc: "The id of its parent." },
            Arg { name: "process_name", doc: "Its program; of a path the file name counts, in any case." },
            Arg { name: "parent_name", doc: "The program of its parent." },
            Arg { name: "host", doc: "Where it ran: ids of two hosts never meet." },
            Arg { name: "process_guid", doc: "Its GUID, which goes before ids and times." },
            Arg { name: "parent_guid", doc: "The GUID of its parent." },
            Arg { name: "logon_id", doc: "The logon session that asked for the process." },
            Arg { name: "target_logon_id", doc: "The logon session that it runs in, where that is another one." },
            Arg { name: "event", doc: "What kind of event the row is: starts and ends are taken, others left out." },
            Arg { name: "end_ts", doc: "When it ended." },
            Arg { name: "parent_ts", doc: "When its parent started." },
            Arg { name: "grandparent_id", doc: "The id of its parent's parent." },
            Arg { name: "grandparent_name", doc: "The program of its parent's parent." },
            Arg { name: "grandparent_ts", doc: "When its parent's parent started." },
            Arg { name: "ts_text", doc: "As `ts`, as text." },
        ],
        examples: &[
            Example {
                sql: "\
WITH log AS (SELECT CAST(to_timestamp(sec) AS TIMESTAMP) AS \"TimeCreated\", 4688 AS \"EventID\", host AS \"Computer\", pid AS \"NewProcessId\", image AS \"NewProcessName\", ppid AS \"ProcessId\"
  FROM (VALUES (0, 'ws-14', '0x1a4', 'C:\\Windows\\explorer.exe', '0x10'), (60, 'ws-14', '0x2b0', 'C:\\Office\\winword.exe', '0x1a4'), (65, 'ws-14', '0x2c8', 'cmd.exe', '0x2b0'),
    (66, 'ws-14', '0x2d0', 'whoami.exe', '0x2c8'), (70, 'dc-01', '0x2b0', 'svchost.exe', '0x9')) v(sec, host, pid, image, ppid))
SELECT path, depth, process, descendants, inferred FROM huntsql.process_tree(log) ORDER BY path",
                result: "\
a1 | 1 | NULL | 1 | true
a1/a1 | 2 | svchost.exe | 0 | false
a2 | 1 | NULL | 4 | true
a2/a1 | 2 | C:\\Windows\\explorer.exe | 3 | false
a2/a1/a1 | 3 | C:\\Office\\winword.exe | 2 | false
a2/a1/a1/a1 | 4 | cmd.exe | 1 | false
a2/a1/a1/a1/a1 | 5 | whoami.exe | 0 | false",
            },
            Example {
                sql: "\
WITH ps AS (SELECT CAST(to_timestamp(sec) AS TIMESTAMP) AS started, pid, ppid, comm FROM (VALUES (0, 1, 0, 'init'), (5, 400, 1, 'sshd'), (9, 411, 400, 'bash')) v(sec, pid, ppid, comm))
SELECT process, depth, children FROM huntsql.process_tree(ps, ts => started, process_id => pid, parent_id => ppid, process_name => comm) WHERE NOT inferred ORDER BY path",
                result: "init | 2 | 1\nsshd | 3 | 1\nbash | 4 | 0",
            },
        ],
    };
    #[rustfmt::skip]
    const ARGS: &'static [ArgType] = &[
        ArgType::Time, ArgType::Key, ArgType::Key, ArgType::Text, ArgType::Text, ArgType::Text, ArgType::Text, ArgType::Text, ArgType::Key, ArgType::Key, ArgType::Key,
        ArgType::Time, ArgType::Time, ArgType::Key, ArgType::Text, ArgType::Time, ArgType::Text,
    ];
    type Options = TreeOptions;
    type Out<'a> = Process<'a>;

    fn recognise(columns: &[TableColumn], given: &[Given], options: &Value) -> Result<Recognised, KernelError> {
        let bad = |problem: String| KernelError::BadArgument { function: Self::SPEC.name, argument: "tbl", problem };
        let is_given = |index: usize| given.get(index).is_some_and(Given::is_given);
        if (0..4).any(is_given) {
            let missing = ARGUMENTS.iter().take(4).enumerate().find(|(index, _)| !(is_given(*index) || *index == 0 && is_given(16)));
            return match missing {
                None => Ok(Recognised { columns: vec![None; ARGUMENTS.len()], several: Vec::new(), options: options.clone() }),
                Some((_, name)) => Err(bad(format!(
                    "needs {name} => ... as well: ts, process_id, parent_id and process_name are given together or not at all"
                ))),
            };
        }
        let text = |name: &str| match options {
            Value::Struct(fields) => fields.iter().find_map(|(field, value)| match value {
                Value::Text(text) if field == name => Some(text.clone()),
                _ => None,
            }),
            _ => None,
        };
        let names: Vec<String> = columns.iter().map(|column| column.name.clone()).collect();
        let wanted = text("schema_name").map(|name| name.to_ascii_lowercase());
        let (schema, mut found) = recognise(&names, wanted.as_deref()).map_err(bad)?;
        found.push(None);
        let is_text = |name: &String| columns.iter().any(|column| column.name == *name && column.is_text);
        // A time goes before a text that would have to be read.
        if text("time_format").is_none()
            && let Some(time) = found.first_mut().filter(|time| time.as_ref().is_some_and(is_text))
            && let Some(better) = schema.times().iter().filter_map(|name| TableColumn::find(columns, name)).find(|column| !column.is_text)
        {
            *time = Some(better.name.clone());
        }
        for (index, name) in ARGUMENTS.iter().enumerate().filter(|(index, _)| Self::ARGS.get(*index) == Some(&ArgType::Time)) {
            let Some(column) = found.get_mut(index).and_then(|found| found.take_if(|found| is_text(found))) else { continue };
            if index == 0 && text("time_format").is_none() {
                return Err(bad(format!(
                    "has {name} as text, in the column '{column}': say how it reads with time_format => 'iso', or a pattern such as '%m/%d/%y %I:%M %p'"
                )));
            }
            if let Some(slot) = found.get_mut(16).filter(|_| index == 0) {
                *slot = Some(column);
            }
        }
        // What the call names goes before what the schema has.
        found.iter_mut().enumerate().filter(|(index, _)| is_given(*index)).for_each(|(_, found)| *found = None);
        let mut fields = if let Value::Struct(fields) = options { fields.clone() } else { Vec::new() };
        fields.retain(|(name, _)| name != "schema_name");
        fields.push(("schema_name".to_owned(), Value::Text(schema.name.to_owned())));
        Ok(Recognised { columns: found, several: Vec::new(), options: Value::Struct(fields) })
    }

    fn compute(rows: &Rows, options: &TreeOptions, interrupt: &Interrupt, sink: &mut EventSink<'_>) -> GroupResult<()> {
        let mut events = Events::read(rows, options, interrupt)?;
        let links = link(&mut events, rows, options.max_skew, interrupt)?;
        let forest = Forest::grow(&events, &links, interrupt)?;
        write_forest(rows, &events, &links, &forest, interrupt, sink)
    }
}

/// Nodes that are read ahead, between two looks at the interrupt.
const AHEAD: usize = 256;

/// Writes the processes in the order of the forest.
fn write_forest(
    rows: &Rows,
    events: &Events,
    links: &Links,
    forest: &Forest,
    interrupt: &Interrupt,
    sink: &mut EventSink<'_>,
) -> GroupResult<()> {
    let text = |id: u32| events.pool.get(id);
    // Those of a process and of all above it: the one before the last is its parent's, the first its root's.
    let mut keys = Stack::default();
    let mut path = Stack::default();
    let (own_names, parent_names, grandparent_names, hosts) = (rows.texts(3), rows.texts(4), rows.texts(14), rows.texts(5));
    let mut ahead: Vec<(u32, Node, Option<Start>)> = Vec::with_capacity(AHEAD);
    for order in forest.order.chunks(AHEAD) {
        interrupt.check()?;
        // The order of the tree is none of the memory: the processor waits for many of them at once, if they are asked for at once.
        ahead.clear();
        let all = |index: &u32| Some((*index, *forest.nodes.get(*index as usize)?, events.starts.get(*index as usize).copied()));
        ahead.extend(order.iter().filter_map(all));
        for (index, node, start) in &ahead {
            let depth = node.depth as usize;
            path.push(depth, |path| append_step(path, node.sibling));
            keys.push(depth, |key| write_key(key, events, links, *index));
            let of = Process {
                key: keys.at(depth),
                parent_key: (node.parent != NONE).then(|| keys.at(depth.saturating_sub(1))),
                root_key: keys.at(0),
                path: &path.text,
                node,
                is_inferred: false,
                start: None,
                end: None,
                name: None,
                pid: None,
                host: None,
            };
            let time = |time: i64| (time != NO_TIME).then_some(Timestamp(time));
            match start {
                Some(start) => {
                    let row = start.row as usize;
                    let (name, host) = (own_names.get(row), hosts.get(row));
                    let of = Process { start: time(start.time), end: time(start.end), name, pid: number(start.pid), host, ..of };
                    sink.put(Some(row), &of);
                }
                None => {
                    let Some(meant) = links.inferred.get((*index as usize).saturating_sub(events.starts.len())) else { continue };
                    let names = if meant.generation == 1 { parent_names } else { grandparent_names };
                    let name = names.get(meant.from as usize).or_else(|| text(meant.name));
                    let host = hosts.get(meant.from as usize);
                    sink.put(None, &Process { is_inferred: true, start: time(meant.time), name, pid: number(meant.pid), host, ..of });
                }
            }
        }
    }
    Ok(())
}

/// A text for each generation down to the current one, one after another.
#[derive(Debug, Default)]
struct Stack {
    text: String,
    ends: Vec<usize>,
}

impl Stack {
    /// Writes the text of generation `depth`, and forgets those below the one before it.
    fn push(&mut self, depth: usize, write: impl FnOnce(&mut String)) {
        self.ends.truncate(depth);
        self.text.truncate(self.ends.last().copied().unwrap_or(0));
        write(&mut self.text);
        self.ends.push(self.text.len());
    }

    /// The text of generation `depth`.
    fn at(&self, depth: usize) -> &str {
        let start = depth.checked_sub(1).and_then(|above| self.ends.get(above).copied()).unwrap_or(0);
        let end = self.ends.get(depth).copied().unwrap_or(start);
        self.text.get(start..end).unwrap_or("")
    }
}

/// A key that is the same in every run: the GUID, or host, id and time in microseconds.
fn write_key(key: &mut String, events: &Events, links: &Links, index: u32) {
    let text = |id: u32| events.pool.get(id).unwrap_or("");
    let start = events.starts.get(index as usize);
    let inferred = links.inferred.get((index as usize).wrapping_sub(events.starts.len()));
    let guid = start.map(|start| start.guid).or(inferred.map(|inferred| inferred.guid)).unwrap_or(NONE);
    let mut digits = itoa::Buffer::new();
    let mut pid = |key: &mut String, pid: u64| match number(pid) {
        Some(pid) => key.push_str(digits.format(pid)),
        None => key.push('?'),
    };
    if guid != NONE {
        key.push_str(text(guid));
    } else if let Some(start) = start {
        key.push_str(text(start.host));
        key.push('|');
        pid(key, start.pid);
        key.push('|');
        if start.time != NO_TIME {
            key.push_str(itoa::Buffer::new().format(start.time));
        }
    } else if let Some(meant) = inferred {
        key.push_str(text(meant.host));
        key.push('|');
        pid(key, meant.pid);
        key.push('|');
        // Known by its name and by whom it was seen first.
        let seen = if meant.time == NO_TIME { meant.seen } else { meant.time };
        key.push_str(text(meant.name));
        key.push('?');
        key.push_str(itoa::Buffer::new().format(if seen == NO_TIME { 0 } else { seen }));
    }
    if let Some(copy) = links.copies.get(index as usize).filter(|copy| **copy > 0) {
        key.push('|');
        key.push_str(itoa::Buffer::new().format(*copy));
    }
}

/// Appends `/` and a number that sorts as text: a letter for the number of its digits goes first.
fn append_step(path: &mut String, number: u32) {
    if !path.is_empty() {
        path.push('/');
    }
    let digits = number.checked_ilog10().unwrap_or(0);
    path.push(char::from(b'a' + u8::try_from(digits).unwrap_or(0)));
    path.push_str(itoa::Buffer::new().format(number));
}
