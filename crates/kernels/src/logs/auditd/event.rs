//! An event: what its records say together.

use crate::column::Data;
use crate::prelude::*;
use crate::text_map::write_distinct;

/// An event of the audit system. Its texts are of their own, or parts of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditEvent<T = String> {
    pub(super) time: i64,
    pub(super) serial: i64,
    pub(super) node: Option<T>,
    pub(super) types: Vec<T>,
    pub(super) record_count: i64,
    pub(super) success: Option<bool>,
    pub(super) numbers: [Option<i64>; NUMBERS.len()],
    pub(super) texts: [Option<T>; TEXTS.len()],
    pub(super) command_line: Option<T>,
    pub(super) arguments: Option<Vec<T>>,
    pub(super) paths: Vec<AuditPath<T>>,
    pub(super) fields: Vec<(T, T)>,
}

/// A PATH record: a file that the call named or touched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditPath<T = String> {
    pub(super) item: Option<i64>,
    pub(super) name: Option<T>,
    pub(super) nametype: Option<T>,
    pub(super) mode: Option<T>,
    pub(super) inode: Option<T>,
}

/// Fields that are numbers, as audit and the columns name them.
pub(super) const NUMBERS: [&str; 8] = ["exit", "pid", "ppid", "auid", "uid", "euid", "gid", "ses"];

/// Fields that are texts, as audit names them.
pub(super) const TEXTS: [&str; 13] =
    ["syscall", "tty", "comm", "exe", "cwd", "saddr", "acct", "hostname", "addr", "terminal", "res", "op", "key"];
/// The names of their columns.
const TEXT_COLUMNS: [&str; TEXTS.len()] =
    ["syscall", "tty", "comm", "exe", "cwd", "address", "account", "hostname", "addr", "terminal", "result", "operation", "key"];
pub(super) const SYSCALL: usize = 0;
pub(super) const RES: usize = 10;

/// Where a field goes.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Slot {
    Number(usize),
    Text(usize),
    Rest,
}

/// The place of `key` in `NUMBERS` or `TEXTS`.
#[inline]
pub(super) fn slot(key: &str) -> Slot {
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

/// What somebody reads of an event: what nobody does is not decoded.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wants {
    pub(super) types: bool,
    pub(super) success: bool,
    pub(super) command_line: bool,
    pub(super) arguments: bool,
    pub(super) paths: bool,
    pub(super) fields: bool,
    /// A bit for each of `NUMBERS`.
    pub(super) numbers: u32,
    /// A bit for each of `TEXTS`.
    pub(super) texts: u32,
}

impl Wants {
    pub(super) const ALL: Self = Self {
        types: true,
        success: true,
        command_line: true,
        arguments: true,
        paths: true,
        fields: true,
        numbers: u32::MAX,
        texts: u32::MAX,
    };

    /// What `column`, one of [`AuditEvent`], keeps.
    pub(super) fn of(column: &Column) -> Self {
        let Data::Struct(columns) = column.data() else { return Self::ALL };
        let has = |name: &str| COLUMNS.iter().zip(columns).any(|((known, _), column)| *known == name && !column.is_skipped());
        let bits = |names: &[&str]| names.iter().enumerate().fold(0, |bits, (at, name)| bits | u32::from(has(name)) << at);
        let mut wants = Self {
            types: has("types"),
            success: has("success"),
            command_line: has("command_line"),
            arguments: has("arguments"),
            paths: has("paths"),
            fields: has("fields"),
            numbers: bits(&NUMBERS),
            texts: bits(&TEXT_COLUMNS),
        };
        if wants.fields {
            // What disagrees with a column is kept there.
            (wants.numbers, wants.texts, wants.command_line) = (u32::MAX, u32::MAX, true);
        }
        if wants.success {
            // Without a call the result says it.
            wants.texts |= 1 << RES;
        }
        wants
    }

    /// Whether any field of a record that is no PATH is wanted.
    pub(super) fn records(&self) -> bool {
        self.success || self.executes() || self.fields || self.numbers != 0 || self.texts != 0
    }

    /// Whether arguments are wanted.
    pub(super) fn executes(&self) -> bool {
        self.arguments || self.command_line
    }
}

const PATH: &[(&str, SqlType)] =
    &[("item", SqlType::Int), ("name", SqlType::Text), ("nametype", SqlType::Text), ("mode", SqlType::Text), ("inode", SqlType::Text)];

const COLUMNS: &[(&str, SqlType)] = &[
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
];

#[inline]
fn text<T: AsRef<str>>(text: &Option<T>) -> Option<&str> {
    text.as_ref().map(AsRef::as_ref)
}

fn list<T: AsRef<str>>(texts: &[T]) -> ListOf<impl Iterator<Item = &str> + Clone> {
    ListOf(texts.iter().map(AsRef::as_ref))
}

impl<T: AsRef<str>> SqlValue for AuditPath<T> {
    const TYPE: SqlType = SqlType::Struct(PATH);
    fn write(&self, out: &mut Column) {
        let row = out.row().put(self.item).put(text(&self.name)).put(text(&self.nametype));
        row.put(text(&self.mode)).put(text(&self.inode)).end();
    }
}
impl<T> NotByte for AuditPath<T> {}

/// A map of the fields, and how many there may be.
struct FieldMap<'e, T>(&'e [(T, T)]);

impl<T: AsRef<str>> SqlValue for FieldMap<'_, T> {
    const TYPE: SqlType = SqlType::Map;
    fn write(&self, out: &mut Column) {
        if !out.is_skipped() {
            write_distinct(self.0.iter().map(|(key, value)| (key.as_ref(), value.as_ref())), self.0.len(), out);
        }
    }
}

impl<T: AsRef<str>> SqlValue for AuditEvent<T> {
    const TYPE: SqlType = SqlType::Struct(COLUMNS);
    fn write(&self, out: &mut Column) {
        let [syscall, tty, comm, exe, cwd, address, account, hostname, addr, terminal, result, operation, key] = &self.texts;
        let row = out.row().put(Timestamp(self.time)).put(self.serial).put(text(&self.node));
        let row = row.put(list(&self.types)).put(self.record_count).put(text(syscall)).put(self.success);
        let row = self.numbers.iter().fold(row, |row, number| row.put(*number));
        let row = row.put(text(tty)).put(text(comm)).put(text(exe)).put(text(cwd)).put(text(&self.command_line));
        let row = row.put(self.arguments.as_deref().map(list)).put(self.paths.as_slice());
        let row = row.put(text(address)).put(text(account)).put(text(hostname)).put(text(addr)).put(text(terminal));
        let row = row.put(text(result)).put(text(operation)).put(text(key));
        row.put(FieldMap(&self.fields)).end();
    }
}

impl<T> Default for AuditEvent<T> {
    fn default() -> Self {
        Self {
            time: 0,
            serial: 0,
            node: None,
            types: Vec::new(),
            record_count: 0,
            success: None,
            numbers: [None; NUMBERS.len()],
            texts: [const { None }; TEXTS.len()],
            command_line: None,
            arguments: None,
            paths: Vec::new(),
            fields: Vec::new(),
        }
    }
}

impl<T> Default for AuditPath<T> {
    fn default() -> Self {
        Self { item: None, name: None, nametype: None, mode: None, inode: None }
    }
}

impl<T: AsRef<str>> AuditEvent<T> {
    /// The same with texts of its own.
    pub(super) fn owned(&self) -> AuditEvent {
        let some = |text: &Option<T>| text.as_ref().map(own);
        let own_all = |texts: &[T]| texts.iter().map(own).collect();
        AuditEvent {
            time: self.time,
            serial: self.serial,
            node: some(&self.node),
            types: own_all(&self.types),
            record_count: self.record_count,
            success: self.success,
            numbers: self.numbers,
            texts: self.texts.each_ref().map(some),
            command_line: some(&self.command_line),
            arguments: self.arguments.as_deref().map(own_all),
            paths: self.paths.iter().map(|path| path.map(own)).collect(),
            fields: self.fields.iter().map(|(key, value)| (own(key), own(value))).collect(),
        }
    }

    /// Forgets everything and keeps the memory.
    pub(super) fn clear(&mut self) {
        let Self { time, serial, node, types, record_count, success, numbers, texts, command_line, arguments, paths, fields } = self;
        (*time, *serial, *record_count) = (0, 0, 0);
        (*node, *success, *command_line, *arguments) = (None, None, None, None);
        numbers.iter_mut().for_each(|number| *number = None);
        texts.iter_mut().for_each(|text| *text = None);
        types.clear();
        paths.clear();
        fields.clear();
    }
}

fn own(text: &impl AsRef<str>) -> String {
    text.as_ref().to_owned()
}

impl<T> AuditPath<T> {
    fn map(&self, text: impl Fn(&T) -> String) -> AuditPath {
        let [name, nametype, mode, inode] = [&self.name, &self.nametype, &self.mode, &self.inode].map(|field| field.as_ref().map(&text));
        AuditPath { item: self.item, name, nametype, mode, inode }
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
        assert!(NUMBERS.iter().chain(&TEXT_COLUMNS).all(|name| COLUMNS.iter().any(|(known, _)| known == name)));
    }
}
