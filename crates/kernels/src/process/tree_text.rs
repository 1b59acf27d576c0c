//! `tree_text(tbl)`: a forest of processes to read.

use super::kin::{COMMAND_COLUMNS, KEY_ARG, KEY_COLUMN, Kin, PARENT_ARG, PARENT_COLUMN, PATH_ARG, PATH_COLUMN};
use crate::group::{EventKernel, EventSink, Wanted};
use crate::prelude::*;
use crate::text::is_hidden;
use std::fmt::Write;

/// Options of `tree_text`.
#[derive(Debug, Clone)]
pub struct TextOptions {
    ascii: bool,
    max_rows: usize,
    width: usize,
}

impl Default for TextOptions {
    fn default() -> Self {
        Self { ascii: false, max_rows: 10_000, width: 160 }
    }
}

impl Options for TextOptions {
    const FIELDS: &'static [OptionField] = &[
        OptionField { name: "ascii", kind: OptionKind::Bool, default: "false", doc: "Draws with `|`, `+` and `-` only." },
        OptionField {
            name: "max_rows",
            kind: OptionKind::Int(1, 1_000_000_000),
            default: "10000",
            doc: "Lines at most; the last tells how many are left out.",
        },
        OptionField { name: "width", kind: OptionKind::Int(20, 10_000), default: "160", doc: "Characters of a line at most." },
    ];

    fn set(&mut self, name: &str, setting: Setting) -> Result<(), String> {
        let size = |number: i64| usize::try_from(number).unwrap_or(usize::MAX);
        match (name, setting) {
            ("ascii", Setting::Bool(ascii)) => self.ascii = ascii,
            ("max_rows", Setting::Int(rows)) => self.max_rows = size(rows),
            ("width", Setting::Int(width)) => self.width = size(width),
            _ => {}
        }
        Ok(())
    }
}

/// Kernel of `tree_text`.
pub struct TreeText;

const PROCESS: usize = 3;
const PID: usize = 4;
const COMMAND: usize = 5;
const HOST: usize = 6;
const INFERRED: usize = 7;
const START: usize = 8;
const LABEL: usize = 9;

/// A line of the text.
pub struct Line<'a> {
    text: &'a str,
    start: Option<i64>,
    depth: Option<u32>,
    key: Option<&'a str>,
}

impl SqlValue for Line<'_> {
    const TYPE: SqlType =
        SqlType::Struct(&[("line", SqlType::Text), ("start_time", SqlType::Time), ("depth", SqlType::Int), ("process_key", SqlType::Text)]);
    fn write(&self, out: &mut Column) {
        out.row().put(self.text).put(self.start.map(Timestamp)).put(self.depth.map(i64::from)).put(self.key).end();
    }
}

impl EventKernel for TreeText {
    const SPEC: Spec = Spec {
        name: "tree_text",
        family: Family::Process,
        summary: "A forest of processes as indented text, a line for each.",
        details: include_str!("tree_text.md"),
        args: &[
            KEY_ARG,
            PARENT_ARG,
            PATH_ARG,
            Arg { name: "process", doc: "Its program, of which the file name is shown; the column of this name." },
            Arg { name: "process_pid", doc: "Its id; the column of this name." },
            Arg { name: "command", doc: "Its command line; a column `CommandLine`, `ProcessCommandLine`, `command_line`, `cmdline` or `proctitle`." },
            Arg { name: "process_host", doc: "Where it ran; the column of this name." },
            Arg { name: "inferred", doc: "Whether it was never logged; the column of this name." },
            Arg { name: "start_time", doc: "When it started; the column of this name." },
            Arg { name: "label", doc: "What to show of a process, in place of its program, id, host and command line." },
        ],
        examples: &[
            Example {
                sql: "\
WITH t AS (SELECT * FROM (VALUES ('a', NULL, 'C:\\Windows\\explorer.exe', 420, NULL, 'ws-14'), ('b', 'a', 'winword.exe', 688, 'winword.exe /n inv.docm', 'ws-14'), ('c', 'b', 'cmd.exe', 712, 'cmd /c whoami', 'ws-14'),
    ('d', 'c', 'whoami.exe', 720, 'whoami', 'ws-14'), ('e', 'a', 'chrome.exe', 801, NULL, 'ws-14')) v(process_key, parent_key, process, process_pid, \"CommandLine\", process_host))
SELECT line FROM huntsql.tree_text(t)",
                result: "\
explorer.exe (420) @ ws-14
├─ winword.exe (688)  winword.exe /n inv.docm
│  └─ cmd.exe (712)  cmd /c whoami
│     └─ whoami.exe (720)  whoami
└─ chrome.exe (801)",
            },
            Example {
                sql: "WITH t AS (SELECT * FROM (VALUES ('a', NULL, 'init'), ('b', 'a', 'sshd'), ('c', 'a', 'cron')) v(process_key, parent_key, name)) SELECT line FROM huntsql.tree_text(t, label => name, ascii => true)",
                result: "init\n|- sshd\n`- cron",
            },
        ],
    };
    #[rustfmt::skip]
    const ARGS: &'static [ArgType] = &[
        ArgType::Key, ArgType::Key, ArgType::Text, ArgType::Text, ArgType::Key, ArgType::Text, ArgType::Text, ArgType::Bool, ArgType::Time, ArgType::Text,
    ];
    const WANTED: &'static [Wanted] = &[
        KEY_COLUMN,
        PARENT_COLUMN,
        PATH_COLUMN,
        Wanted { argument: "process", names: &["process"], required: false },
        Wanted { argument: "process_pid", names: &["process_pid"], required: false },
        Wanted { argument: "command", names: COMMAND_COLUMNS, required: false },
        Wanted { argument: "process_host", names: &["process_host"], required: false },
        Wanted { argument: "inferred", names: &["inferred"], required: false },
        Wanted { argument: "start_time", names: &["start_time"], required: false },
        Wanted { argument: "label", names: &[], required: false },
    ];
    const KEEPS_ROWS: bool = false;
    type Options = TextOptions;
    type Out<'a> = Line<'a>;

    fn compute(rows: &Rows, options: &TextOptions, interrupt: &Interrupt, sink: &mut EventSink<'_>) -> GroupResult<()> {
        let kin = Kin::read(rows, interrupt)?;
        let mut writer = Writer { options, ink: if options.ascii { &ASCII } else { &BOXES }, line: String::new(), chars: 0 };
        // Whether a process of each generation above has a sibling to come.
        let mut going_on: Vec<bool> = Vec::new();
        // Families begun: the last child of each, by which it is known that none comes.
        let mut lasts: Vec<u32> = Vec::new();
        let mut left = options.max_rows;
        for process in kin.descent(&kin.roots()) {
            interrupt.check()?;
            if left == 1 && kin.len() > options.max_rows {
                break;
            }
            let depth = kin.depth(process);
            let level = usize::try_from(depth).unwrap_or(usize::MAX).saturating_sub(1);
            lasts.truncate(level);
            going_on.truncate(level.saturating_sub(1));
            if level > 0 {
                going_on.push(lasts.last() != Some(&process));
            }
            lasts.push(kin.children(process).max_by(|a, b| kin.compare(*a, *b)).unwrap_or(process));
            writer.start(depth, &going_on);
            writer.describe(rows, kin.row(process), depth == 1);
            sink.put(
                None,
                &Line { text: &writer.line, start: rows.int(START, kin.row(process)), depth: Some(depth), key: Some(kin.key(process)) },
            );
            left -= 1;
        }
        let missing = kin.len().saturating_sub(options.max_rows - left);
        if missing > 0 {
            let text = format!("{} {missing} more", writer.ink.cut);
            sink.put(None, &Line { text: &text, start: None, depth: None, key: None });
        }
        Ok(())
    }
}

/// What trees are drawn with.
struct Ink {
    bar: &'static str,
    none: &'static str,
    branch: &'static str,
    last: &'static str,
    cut: &'static str,
}

static BOXES: Ink = Ink { bar: "│  ", none: "   ", branch: "├─ ", last: "└─ ", cut: "…" };
static ASCII: Ink = Ink { bar: "|  ", none: "   ", branch: "|- ", last: "`- ", cut: "..." };

/// Writes a line of so many characters at most.
struct Writer<'o> {
    options: &'o TextOptions,
    ink: &'static Ink,
    line: String,
    chars: usize,
}

impl Writer<'_> {
    /// Begins a line with the branches that lead to it.
    fn start(&mut self, depth: u32, going_on: &[bool]) {
        self.line.clear();
        self.chars = 0;
        let Some((own, above)) = going_on.split_last() else { return };
        if going_on.len() * 3 > self.options.width / 2 {
            // Writing to a String does not fail.
            let _ = write!(self.line, "[{depth}] ");
        } else {
            above.iter().for_each(|goes_on| self.line.push_str(if *goes_on { self.ink.bar } else { self.ink.none }));
        }
        self.line.push_str(if *own { self.ink.branch } else { self.ink.last });
        self.chars = self.line.chars().count();
    }

    /// Tells of the process in `row`.
    fn describe(&mut self, rows: &Rows, row: usize, is_root: bool) {
        if let Some(label) = rows.texts(LABEL).get(row) {
            self.put(label);
            return;
        }
        let name = rows.texts(PROCESS).get(row).map(|name| name.rsplit(['\\', '/']).next().filter(|last| !last.is_empty()).unwrap_or(name));
        self.put(name.filter(|name| !name.trim().is_empty()).unwrap_or("?"));
        if let Some(pid) = rows.texts(PID).get(row) {
            [" (", pid, ")"].iter().for_each(|text| self.put(text));
        }
        if let Some(host) = rows.texts(HOST).get(row).filter(|_| is_root) {
            [" @ ", host].iter().for_each(|text| self.put(text));
        }
        if rows.bool(INFERRED, row) == Some(true) {
            self.put(" [not logged]");
        }
        if let Some(command) = rows.texts(COMMAND).get(row).filter(|command| !command.trim().is_empty()) {
            ["  ", command.trim()].iter().for_each(|text| self.put(text));
        }
    }

    /// Appends what there is room for; where that is not all a mark, and nothing from then on.
    fn put(&mut self, text: &str) {
        let room = self.options.width;
        if self.chars > room {
            return;
        }
        for c in text.chars() {
            let before = self.line.len();
            if is_hidden(c) {
                let _ = match c {
                    '\n' => write!(self.line, "\\n"),
                    '\r' => write!(self.line, "\\r"),
                    '\t' => write!(self.line, "\\t"),
                    '\0'..='\x7f' => write!(self.line, "\\x{:02x}", u32::from(c)),
                    _ => write!(self.line, "\\u{{{:x}}}", u32::from(c)),
                };
                self.chars += self.line.len() - before;
            } else {
                self.line.push(c);
                self.chars += 1;
            }
            if self.chars > room {
                self.cut(before);
                return;
            }
        }
    }

    /// Ends a line that is full: room for the mark is made from what stands before `end`.
    fn cut(&mut self, end: usize) {
        self.line.truncate(end);
        let most = self.options.width - self.ink.cut.chars().count();
        if let Some((end, _)) = self.line.char_indices().nth(most) {
            self.line.truncate(end);
        }
        self.line.push_str(self.ink.cut);
        self.chars = usize::MAX;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(text: &str, width: usize, ascii: bool) -> String {
        let options = TextOptions { ascii, width, ..TextOptions::default() };
        let mut writer = Writer { options: &options, ink: if ascii { &ASCII } else { &BOXES }, line: String::new(), chars: 0 };
        writer.start(1, &[]);
        writer.put(text);
        writer.put("more");
        writer.line
    }

    #[test]
    fn lines_are_cut_and_made_visible() {
        for (text, width, ascii, expected) in [
            ("0123456789012345678", 20, false, "0123456789012345678…"),
            ("0123456789012345", 20, false, "0123456789012345more"),
            ("01234567890123456", 20, false, "01234567890123456mo…"),
            ("01234567890123456", 20, true, "01234567890123456..."),
            ("a\u{1b}[2Jb\u{202e}\n", 30, false, "a\\x1b[2Jb\\u{202e}\\nmore"),
            ("0123456789\u{202e}\u{202e}", 20, false, "0123456789\\u{202e}…"),
            ("äöü漢", 20, false, "äöü漢more"),
        ] {
            let line = cut(text, width, ascii);
            assert_eq!(line, expected, "{text:?}");
            assert!(line.chars().count() <= width, "{text:?}");
        }
    }
}
