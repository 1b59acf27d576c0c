//! An event: what its records say together.

use super::record::{Record, push_word};
use super::tokens::{Field, Token, Tokens};
use super::{syscalls, value};
use crate::prelude::*;

/// An event of the audit system.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuditEvent {
    pub(super) time: i64,
    pub(super) serial: i64,
    pub(super) node: Option<String>,
    pub(super) types: Vec<String>,
    pub(super) record_count: i64,
    pub(super) success: Option<bool>,
    pub(super) numbers: [Option<i64>; NUMBERS.len()],
    pub(super) texts: [Option<String>; TEXTS.len()],
    pub(super) command_line: Option<String>,
    pub(super) arguments: Option<Vec<String>>,
    pub(super) paths: Vec<AuditPath>,
    pub(super) fields: TextMap,
}

/// A PATH record: a file that the call named or touched.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuditPath {
    item: Option<i64>,
    name: Option<String>,
    nametype: Option<String>,
    mode: Option<String>,
    inode: Option<String>,
}

/// Fields that are numbers, as audit names them.
pub(super) const NUMBERS: [&str; 8] = ["exit", "pid", "ppid", "auid", "uid", "euid", "gid", "ses"];

/// Fields that are texts, as audit names them.
pub(super) const TEXTS: [&str; 13] =
    ["syscall", "tty", "comm", "exe", "cwd", "saddr", "acct", "hostname", "addr", "terminal", "res", "op", "key"];
const SYSCALL: usize = 0;
const RES: usize = 10;

/// Where a field goes.
#[derive(Debug, PartialEq, Eq)]
enum Slot {
    Number(usize),
    Text(usize),
    Rest,
}

/// The place of `key` in `NUMBERS` or `TEXTS`..
fn slot(key: &str) -> Slot {
    match key {
        "exit" => Slot::Number(0),
        "pid" => Slot::Number(1),
        "ppid" => Slot::Number(2),
        "auid" => Slot::Number(3),
        "uid" => Slot::Number(4),
        "euid" => Slot::Number(5),
        "gid" => Slot::Number(6),
        "ses" => Slot::Number(7),
        "syscall" => Slot::Text(0),
        "tty" => Slot::Text(1),
        "comm" => Slot::Text(2),
        "exe" => Slot::Text(3),
        "cwd" => Slot::Text(4),
        "saddr" => Slot::Text(5),
        "acct" => Slot::Text(6),
        "hostname" => Slot::Text(7),
        "addr" => Slot::Text(8),
        "terminal" => Slot::Text(9),
        "res" => Slot::Text(10),
        "op" => Slot::Text(11),
        "key" => Slot::Text(12),
        _ => Slot::Rest,
    }
}

const PATH: &[(&str, SqlType)] =
    &[("item", SqlType::Int), ("name", SqlType::Text), ("nametype", SqlType::Text), ("mode", SqlType::Text), ("inode", SqlType::Text)];

impl SqlValue for AuditPath {
    const TYPE: SqlType = SqlType::Struct(PATH);
    fn write(&self, out: &mut Column) {
        let row = out.row().put(self.item).put(self.name.as_deref()).put(self.nametype.as_deref());
        row.put(self.mode.as_deref()).put(self.inode.as_deref()).end();
    }
}
impl NotByte for AuditPath {}

impl SqlValue for AuditEvent {
    const TYPE: SqlType = SqlType::Struct(&[
        ("time", SqlType::Time),
        ("serial", SqlType::Int),
        ("node", SqlType::Text),
        ("types", SqlType::List(&SqlType::Text)),
        ("record_count", SqlType::Int),
        ("syscall", SqlType::Text),
        ("success", SqlType::Bool),
        ("exit", SqlType::Int),
        ("pid", SqlType::Int),
        ("ppid", SqlType::Int),
        ("auid", SqlType::Int),
        ("uid", SqlType::Int),
        ("euid", SqlType::Int),
        ("gid", SqlType::Int),
        ("ses", SqlType::Int),
        ("tty", SqlType::Text),
        ("comm", SqlType::Text),
        ("exe", SqlType::Text),
        ("cwd", SqlType::Text),
        ("command_line", SqlType::Text),
        ("arguments", SqlType::List(&SqlType::Text)),
        ("paths", SqlType::List(&SqlType::Struct(PATH))),
        ("address", SqlType::Text),
        ("account", SqlType::Text),
        ("hostname", SqlType::Text),
        ("addr", SqlType::Text),
        ("terminal", SqlType::Text),
        ("result", SqlType::Text),
        ("operation", SqlType::Text),
        ("key", SqlType::Text),
        ("fields", SqlType::Map),
    ]);
    fn write(&self, out: &mut Column) {
        let [syscall, tty, comm, exe, cwd, address, account, hostname, addr, terminal, result, operation, key] =
            self.texts.each_ref().map(Option::as_deref);
        let row = out.row().put(Timestamp(self.time)).put(self.serial).put(self.node.as_deref());
        let row = row.put(self.types.as_slice()).put(self.record_count).put(syscall).put(self.success);
        let row = self.numbers.iter().fold(row, |row, number| row.put(*number));
        let row = row.put(tty).put(comm).put(exe).put(cwd).put(self.command_line.as_deref());
        let row = row.put(self.arguments.as_deref()).put(self.paths.as_slice()).put(address).put(account).put(hostname);
        let row = row.put(addr).put(terminal).put(result).put(operation).put(key);
        row.put(&self.fields).end();
    }
}

/// A part of an argument: `a1[2]` is argument 1, part 2; its bytes are those of `arguments` up to `end` from the end of the part before.
#[derive(Debug, Clone, Copy)]
struct Part {
    argument: u32,
    part: u32,
    start: usize,
    end: usize,
}

/// Collects the records of one event; its buffers serve all.
#[derive(Debug, Default)]
pub(super) struct Builder {
    event: AuditEvent,
    fields: TextMap,
    bytes: Vec<u8>,
    parts: Vec<Part>,
    decoded: String,
    words: String,
    arch: String,
    proctitle: Option<String>,
    command: Option<String>,
    spare: Spare,
}

/// Texts of events that were written, used again: a log has millions of them.
#[derive(Debug, Default)]
struct Spare(Vec<String>);

/// Longer texts are given back.
const LONG_TEXT: usize = 1 << 16;

impl Spare {
    fn text(&mut self, text: &str) -> String {
        let mut owned = self.0.pop().unwrap_or_default();
        owned.push_str(text);
        owned
    }

    fn decoded(&mut self, kind: &str, field: &Field<'_>) -> String {
        let mut owned = self.0.pop().unwrap_or_default();
        value::decode(kind, field, &mut owned);
        owned
    }

    fn give_back(&mut self, texts: impl IntoIterator<Item = String>) {
        self.0.extend(texts.into_iter().filter(|text| text.capacity() <= LONG_TEXT).map(|mut text| {
            text.clear();
            text
        }));
    }
}

impl Builder {
    /// Adds a record; those of an event come in the order of `merge`.
    pub(super) fn add(&mut self, record: &Record<'_>) {
        self.event.record_count += 1;
        if self.event.types.last().is_none_or(|last| last != record.kind) {
            self.event.types.push(self.spare.text(record.kind));
        }
        self.words.clear();
        let mut path = (record.kind == "PATH").then(AuditPath::default);
        for token in Tokens::new(record.body) {
            match (token, &mut path) {
                (Token::Word(word), _) => push_word(&mut self.words, word),
                (Token::Field(field), Some(path)) => path.set(record.kind, &field, &mut self.spare),
                (Token::Field(field), None) => self.field(record.kind, &field),
            }
        }
        self.event.paths.extend(path);
        if !self.words.is_empty() {
            self.fields.push("text", &self.words);
        }
    }

    fn field(&mut self, kind: &str, field: &Field<'_>) {
        if kind == "EXECVE" {
            if let Some((argument, part)) = value::argument(field.key) {
                let start = self.bytes.len();
                value::push_bytes(kind, field, &mut self.bytes);
                return self.parts.push(Part { argument, part, start, end: self.bytes.len() });
            }
            if field.key.ends_with("_len") {
                return;
            }
        }
        if value::is_unset(field) || (!field.quoted && matches!(field.value, "(null)" | "(none)" | "?")) {
            return;
        }
        match field.key {
            "success" => self.event.success = Some(field.value == "yes"),
            "SYSCALL" => self.event.texts[SYSCALL] = Some(self.spare.text(field.value)),
            "proctitle" if self.proctitle.is_none() => self.proctitle = Some(self.spare.decoded(kind, field)),
            "cmd" if self.command.is_none() => self.command = Some(self.spare.decoded(kind, field)),
            "arch" => {
                self.arch.clear();
                self.arch.push_str(field.value);
                self.rest(kind, field);
            }
            key => match slot(key) {
                Slot::Number(at) => self.number(at, kind, field),
                Slot::Text(at) => self.text(at, kind, field),
                Slot::Rest => self.rest(kind, field),
            },
        }
    }

    /// The first value has the column; another is kept in `fields`.
    fn number(&mut self, at: usize, kind: &str, field: &Field<'_>) {
        match (field.value.parse(), self.event.numbers.get_mut(at)) {
            (Ok(number), Some(slot)) if slot.is_none_or(|known: i64| known == number) => *slot = Some(number),
            _ => self.rest(kind, field),
        }
    }

    fn text(&mut self, at: usize, kind: &str, field: &Field<'_>) {
        self.decoded.clear();
        value::decode(kind, field, &mut self.decoded);
        match self.event.texts.get_mut(at) {
            Some(slot) if slot.is_none() => *slot = Some(self.spare.text(&self.decoded)),
            Some(Some(known)) if *known == self.decoded => {}
            _ => self.fields.push(field.key, &self.decoded),
        }
    }

    fn rest(&mut self, kind: &str, field: &Field<'_>) {
        self.fields.push_with(field.key, |out| value::decode(kind, field, out));
    }

    /// The event of the records since the last one.
    pub(super) fn finish(&mut self, first: &Record<'_>) -> AuditEvent {
        let (proctitle, command) = (self.proctitle.take(), self.command.take());
        let arguments = self.arguments();
        let mut event = std::mem::take(&mut self.event);
        event.fields = std::mem::take(&mut self.fields);
        event.time = first.time;
        event.serial = first.serial;
        event.node = first.node.map(|node| self.spare.text(node));
        let joined = arguments.as_ref().map(|arguments| {
            let mut line = self.spare.text("");
            for (at, argument) in arguments.iter().enumerate() {
                line.push_str(if at == 0 { "" } else { " " });
                line.push_str(argument);
            }
            line
        });
        // The first that is there is the command line, the others are not needed.
        let [first_line, rest @ ..] = [joined, command, proctitle];
        event.command_line = rest.into_iter().fold(first_line, |found, next| match (found, next) {
            (Some(found), next) => {
                self.spare.give_back(next);
                Some(found)
            }
            (None, next) => next,
        });
        event.arguments = arguments;
        if let Some(syscall) = &mut event.texts[SYSCALL]
            && let Some(name) = syscalls::name(&self.arch, syscall)
        {
            syscall.clear();
            syscall.push_str(name);
        }
        if let Some(result) = &mut event.texts[RES] {
            let success = matches!(result.as_str(), "success" | "1" | "yes");
            let known = success || matches!(result.as_str(), "failed" | "0" | "no");
            if known {
                result.clear();
                result.push_str(if success { "success" } else { "failed" });
                event.success = event.success.or(Some(success));
            }
        }
        self.arch.clear();
        event
    }

    /// Takes back the buffers of an event that was written.
    pub(super) fn give_back(&mut self, mut event: AuditEvent) {
        let AuditEvent { node, types, texts, command_line, arguments, paths, fields, .. } = &mut event;
        self.spare
            .give_back(types.drain(..).chain(texts.iter_mut().filter_map(Option::take)).chain(node.take()).chain(command_line.take()));
        self.spare.give_back(arguments.take().into_iter().flatten());
        for path in paths.drain(..) {
            self.spare.give_back([path.name, path.nametype, path.mode, path.inode].into_iter().flatten());
        }
        fields.clear();
        self.fields = std::mem::take(fields);
        (self.event.types, self.event.paths) = (std::mem::take(types), std::mem::take(paths));
    }

    /// All arguments in order, their parts joined before they are read as UTF-8: a part may end inside a character.
    fn arguments(&mut self) -> Option<Vec<String>> {
        if self.parts.is_empty() {
            return None;
        }
        self.parts.sort_by_key(|part| (part.argument, part.part));
        let arguments = self.parts.chunk_by(|a, b| a.argument == b.argument).map(|parts| {
            let mut bytes = self.spare.0.pop().unwrap_or_default().into_bytes();
            parts.iter().for_each(|part| bytes.extend_from_slice(self.bytes.get(part.start..part.end).unwrap_or(b"")));
            value::text(bytes, false)
        });
        let arguments = arguments.collect();
        self.parts.clear();
        self.bytes.clear();
        Some(arguments)
    }
}

impl AuditPath {
    fn set(&mut self, kind: &str, field: &Field<'_>, spare: &mut Spare) {
        if !field.quoted && field.value == "(null)" {
            return;
        }
        match field.key {
            "item" => self.item = field.value.parse().ok(),
            "name" => self.name = Some(spare.decoded(kind, field)),
            "nametype" => self.nametype = Some(spare.text(field.value)),
            "mode" => self.mode = Some(spare.text(field.value)),
            "inode" => self.inode = Some(spare.text(field.value)),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_has_its_place() {
        assert!(NUMBERS.iter().enumerate().all(|(at, name)| slot(name) == Slot::Number(at)));
        assert!(TEXTS.iter().enumerate().all(|(at, name)| slot(name) == Slot::Text(at)));
        assert_eq!(slot("argc"), Slot::Rest);
    }
}
