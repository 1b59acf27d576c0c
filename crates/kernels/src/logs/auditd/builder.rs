//! Records of one event become an event.

use super::event::{AuditEvent, AuditPath, RES, SYSCALL, Slot, Wants, slot};
use super::record::{Record, push_word};
use super::tokens::{Field, Token, Tokens};
use super::{syscalls, value};
use std::borrow::Cow;

/// A part of an argument: `a1[2]` is argument 1, part 2.
#[derive(Debug, Clone, Copy)]
struct Part<'t> {
    argument: u32,
    part: u32,
    value: &'t str,
    /// Whether `value` is hex.
    encoded: bool,
}

/// Collects the records of one event; its buffers serve all.
#[derive(Debug)]
pub(super) struct Builder<'t> {
    wants: Wants,
    event: AuditEvent<Cow<'t, str>>,
    parts: Vec<Part<'t>>,
    words: String,
    arch: &'t str,
    /// The record whose call is the event's, where it may give that a name, counted from 1.
    named_by: i64,
    proctitle: Option<Cow<'t, str>>,
    command: Option<Cow<'t, str>>,
}

impl<'t> Builder<'t> {
    pub(super) fn new(wants: Wants) -> Self {
        Self {
            wants,
            event: AuditEvent::default(),
            parts: Vec::new(),
            words: String::new(),
            arch: "",
            named_by: 0,
            proctitle: None,
            command: None,
        }
    }

    /// Adds records of which nothing is wanted but their number.
    pub(super) fn count(&mut self, records: usize) -> bool {
        let nothing = !self.wants.types && !self.wants.paths && !self.wants.records();
        self.event.record_count += if nothing { i64::try_from(records).unwrap_or(i64::MAX) } else { 0 };
        nothing
    }

    /// Adds a record; those of an event come in their order.
    pub(super) fn add(&mut self, record: &Record<'t>) {
        self.event.record_count += 1;
        let Record { kind, body, .. } = *record;
        if self.wants.types && self.event.types.last().is_none_or(|last| last != kind) {
            self.event.types.push(Cow::Borrowed(kind));
        }
        if kind == "PATH" {
            self.path(body);
        } else if self.wants.records() {
            self.fields(kind, body);
        }
        if !self.words.is_empty() {
            self.event.fields.push((Cow::Borrowed("text"), Cow::Owned(std::mem::take(&mut self.words))));
        }
    }

    fn path(&mut self, body: &'t str) {
        if !self.wants.paths && !self.wants.fields {
            return;
        }
        let mut path = AuditPath::default();
        Tokens::new(body).each(|token| match token {
            Token::Word(word) if self.wants.fields => push_word(&mut self.words, word),
            Token::Field(field) if self.wants.paths => path.set(&field),
            _ => {}
        });
        self.event.paths.push(path);
    }

    fn fields(&mut self, kind: &str, body: &'t str) {
        Tokens::new(body).each(|token| match token {
            Token::Field(field) => self.field(kind, &field),
            Token::Word(word) if self.wants.fields => push_word(&mut self.words, word),
            Token::Word(_) => {}
        });
    }

    fn field(&mut self, kind: &str, field: &Field<'t>) {
        if kind == "EXECVE" {
            if let Some((argument, part)) = value::argument(field.key) {
                if self.wants.executes() {
                    self.parts.push(Part { argument, part, value: field.value, encoded: value::is_encoded(kind, field) });
                }
                return;
            }
            if field.key.ends_with("_len") {
                return;
            }
        }
        if value::is_missing(field) {
            return;
        }
        match field.key {
            "success" => match (self.event.success, outcome(field.value)) {
                (None, Some(success)) => self.event.success = Some(success),
                (known, success) if success.is_none() || success != known => self.rest(kind, field),
                _ => {}
            },
            "SYSCALL" if self.event.texts[SYSCALL].is_none() || self.named_by == self.event.record_count => {
                self.event.texts[SYSCALL] = Some(Cow::Borrowed(field.value));
                self.named_by = 0;
            }
            "proctitle" if self.proctitle.is_none() => self.proctitle = self.wants.command_line.then(|| value::decode(kind, field)),
            "cmd" if self.command.is_none() => self.command = self.wants.command_line.then(|| value::decode(kind, field)),
            "arch" => {
                if self.arch.is_empty() {
                    self.arch = field.value;
                }
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
    fn number(&mut self, at: usize, kind: &str, field: &Field<'t>) {
        if self.wants.numbers >> at & 1 == 0 {
            return;
        }
        match (field.value.parse(), self.event.numbers.get_mut(at)) {
            (Ok(number), Some(slot)) if slot.is_none_or(|known: i64| known == number) => *slot = Some(number),
            _ => self.rest(kind, field),
        }
    }

    fn text(&mut self, at: usize, kind: &str, field: &Field<'t>) {
        if self.wants.texts >> at & 1 == 0 {
            return;
        }
        match self.event.texts.get_mut(at) {
            Some(slot) if slot.is_none() => {
                *slot = Some(value::decode(kind, field));
                if at == SYSCALL {
                    self.named_by = self.event.record_count;
                }
            }
            known if self.wants.fields => {
                let value = value::decode(kind, field);
                if known.is_none_or(|known| known.as_ref() != Some(&value)) {
                    self.event.fields.push((Cow::Borrowed(field.key), value));
                }
            }
            _ => {}
        }
    }

    fn rest(&mut self, kind: &str, field: &Field<'t>) {
        if self.wants.fields {
            self.event.fields.push((Cow::Borrowed(field.key), value::decode(kind, field)));
        }
    }

    /// Hands the event of the records since the last one to `take`.
    pub(super) fn finish<R>(
        &mut self,
        time: i64,
        serial: i64,
        node: Option<&'t str>,
        take: impl FnOnce(&AuditEvent<Cow<'t, str>>) -> R,
    ) -> R {
        let arguments = self.arguments();
        let (proctitle, command) = (self.proctitle.take(), self.command.take());
        let event = &mut self.event;
        (event.time, event.serial, event.node) = (time, serial, node.map(Cow::Borrowed));
        event.command_line = match &arguments {
            Some(arguments) => self.wants.command_line.then(|| Cow::Owned(joined(arguments))),
            None => command.or(proctitle),
        };
        event.arguments = arguments;
        let (syscall, result) = (event.texts[SYSCALL].as_deref(), event.texts[RES].as_deref());
        let name = syscall.and_then(|syscall| syscalls::name(self.arch, syscall));
        let known = result.and_then(outcome);
        if let Some(name) = name {
            event.texts[SYSCALL] = Some(Cow::Borrowed(name));
        }
        if let Some(success) = known {
            event.texts[RES] = Some(Cow::Borrowed(if success { "success" } else { "failed" }));
            event.success = event.success.or(Some(success));
        }
        (self.arch, self.named_by) = ("", 0);
        let taken = take(event);
        event.clear();
        taken
    }

    /// All arguments in order, their parts joined before they are read as UTF-8: a part may end inside a character.
    fn arguments(&mut self) -> Option<Vec<Cow<'t, str>>> {
        if self.parts.is_empty() {
            return None;
        }
        self.parts.sort_by_key(|part| (part.argument, part.part));
        let arguments = self.parts.chunk_by(|a, b| a.argument == b.argument).map(|parts| match parts {
            [Part { value, encoded: false, .. }] if !value.contains('\0') => Cow::Borrowed(*value),
            _ => {
                let mut bytes = Vec::with_capacity(parts.iter().map(|part| part.value.len()).sum());
                for part in parts {
                    if part.encoded {
                        value::push_bytes(part.value, &mut bytes);
                    } else {
                        bytes.extend_from_slice(part.value.as_bytes());
                    }
                }
                Cow::Owned(value::text(bytes, false))
            }
        });
        let arguments = arguments.collect();
        self.parts.clear();
        Some(arguments)
    }
}

/// What a record says came of it.
fn outcome(value: &str) -> Option<bool> {
    match value {
        "success" | "1" | "yes" => Some(true),
        "failed" | "0" | "no" => Some(false),
        _ => None,
    }
}

fn joined(arguments: &[Cow<'_, str>]) -> String {
    let mut line = String::with_capacity(arguments.iter().map(|argument| argument.len() + 1).sum());
    for (at, argument) in arguments.iter().enumerate() {
        line.push_str(if at == 0 { "" } else { " " });
        line.push_str(argument);
    }
    line
}

impl<'t> AuditPath<Cow<'t, str>> {
    fn set(&mut self, field: &Field<'t>) {
        if !field.quoted && field.value == "(null)" {
            return;
        }
        match field.key {
            "item" => self.item = field.value.parse().ok(),
            "name" => self.name = Some(value::decode("PATH", field)),
            "nametype" => self.nametype = Some(Cow::Borrowed(field.value)),
            "mode" => self.mode = Some(Cow::Borrowed(field.value)),
            "inode" => self.inode = Some(Cow::Borrowed(field.value)),
            _ => {}
        }
    }
}
