//! Reads BinXML once and leaves a plan: where the wanted values stand.

use crate::bytes::index;
use crate::cursor::{Cursor, KnownNames};
use crate::damage::Fault;
use crate::instance::instance_end;
use crate::names::{NameId, Names, unnumbered};
use crate::plan::{Op, Piece, Plan, StateId, Target};
use crate::projection::Projection;
use crate::state::{self, State, States};
use crate::text::push_utf16;
use crate::value::{self, STRING};
use crate::work::Work;

/// Deepest nesting of elements in one stream. Windows writes about six.
const MAX_DEPTH: usize = 64;
/// An element that does not depend on a value.
const NO_DEPENDENCY: u16 = 0xffff;

/// An element that is open.
#[derive(Debug, Clone, Copy)]
struct Frame {
    state: State,
    /// Step that leaves the element out, to be told how many steps that are.
    skip: Option<usize>,
    /// Something was written for it, so that it need not be written as empty.
    written: bool,
    /// Value that names it.
    named_by: Option<u16>,
}

/// Where the text being read belongs to.
#[derive(Debug, Clone, Copy)]
enum Place {
    Content,
    /// `Name` of an element of the data.
    NameOfData,
    Attribute(Target),
}

pub(crate) struct Compiler<'a> {
    pub(crate) names: &'a mut Names,
    pub(crate) states: &'a mut States,
    pub(crate) projection: &'a Projection,
    pub(crate) work: &'a mut Work,
    pub(crate) plan: &'a mut Plan,
    pub(crate) known_names: &'a mut KnownNames,
    frames: Vec<Frame>,
    place: Place,
    /// First of the plan's pieces that belong to the current text.
    pieces: usize,
    /// The name read last.
    name: NameId,
    cursor: Cursor<'a>,
    saw_system: bool,
}

impl<'a> Compiler<'a> {
    pub(crate) fn new(
        data: &'a [u8],
        names: &'a mut Names,
        states: &'a mut States,
        projection: &'a Projection,
        work: &'a mut Work,
        plan: &'a mut Plan,
        known_names: &'a mut KnownNames,
    ) -> Self {
        let frames = Vec::with_capacity(16);
        Compiler {
            names,
            states,
            projection,
            work,
            plan,
            known_names,
            frames,
            place: Place::Content,
            pieces: 0,
            name: NameId::MAX,
            cursor: Cursor { data, pos: 0 },
            saw_system: false,
        }
    }

    /// Reads the stream at `start..end` as if it stood at `state`. Elements of templates say which value they depend on.
    pub(crate) fn run(mut self, start: usize, end: usize, state: State, in_template: bool) {
        self.cursor.pos = start;
        self.names.start_count();
        self.frames.push(Frame { state, skip: None, written: true, named_by: None });
        if let Err(fault) = self.stream(end.min(self.cursor.data.len()), in_template) {
            self.plan.fault = Some(fault);
            // What is open is closed, so that every step knows its end.
            self.pieces = self.plan.pieces.len();
            while self.frames.len() > 1 {
                self.close();
            }
        }
    }

    fn stream(&mut self, end: usize, in_template: bool) -> Result<(), Fault> {
        while self.cursor.pos < end {
            let at = self.cursor.pos;
            self.work.spend(1 + self.names.take_growth() / 16, at)?;
            let token = *self.cursor.data.get(at).ok_or(Fault::new(at, "BinXML ends early"))?;
            self.cursor.pos += 1;
            match token {
                0x00 => break,
                0x01 | 0x41 => self.open(token & 0x40 != 0, in_template)?,
                0x02 => {
                    self.flush()?;
                    self.place = Place::Content;
                }
                0x03 | 0x04 => {
                    self.flush()?;
                    if self.frames.len() < 2 {
                        return Err(Fault::new(at, "BinXML closes an element that is not open"));
                    }
                    self.close();
                }
                0x05 | 0x45 => self.value()?,
                0x06 | 0x46 => self.attribute()?,
                0x07 | 0x47 => self.literal()?,
                0x08 | 0x48 => {
                    let unit = self.cursor.u16()?;
                    let character = char::from_u32(u32::from(unit)).unwrap_or(char::REPLACEMENT_CHARACTER);
                    self.piece(|out| out.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes()));
                }
                0x09 | 0x49 => self.entity()?,
                0x0a => self.name()?,
                0x0b => {
                    let length = self.cursor.u16()?;
                    self.cursor.take(2 * usize::from(length))?;
                }
                0x0c => {
                    self.flush()?;
                    let at = self.cursor.pos;
                    self.cursor.pos = instance_end(self.cursor.data, at)?;
                    let state = self.state();
                    if state != State::Ignored {
                        let state = self.states.id(state);
                        self.plan.ops.push(Op::Instance { at: u32::try_from(at).unwrap_or(u32::MAX), state });
                    }
                    self.wrote();
                }
                0x0d | 0x0e => {
                    let slot = self.cursor.u16()?;
                    self.cursor.take(1)?;
                    self.plan.pieces.push(Piece::Slot(slot));
                }
                0x0f => {
                    self.cursor.take(3)?;
                }
                _ => return Err(Fault::new(at, "unknown BinXML token")),
            }
        }
        self.flush()?;
        if self.frames.len() > 1 {
            return Err(Fault::new(self.cursor.pos, "BinXML ends within an element"));
        }
        Ok(())
    }

    fn open(&mut self, has_attributes: bool, in_template: bool) -> Result<(), Fault> {
        let at = self.cursor.pos;
        self.flush()?;
        self.place = Place::Content;
        if self.frames.len() > MAX_DEPTH {
            return Err(Fault::new(at, "elements nested too deep"));
        }
        self.wrote();
        let dependency = if in_template { self.cursor.u16()? } else { NO_DEPENDENCY };
        self.cursor.take(4)?;
        self.name()?;
        if has_attributes {
            self.cursor.take(4)?;
        }
        let parent = self.state();
        let (state, too_deep) = state::open(parent, self.name, self.names);
        if too_deep && self.projection.wants_data() {
            self.plan.fault.get_or_insert(Fault::new(at, "data nested too deep, or with too long a name, are left out"));
        }
        self.saw_system |= state == State::System;
        let skip = (dependency != NO_DEPENDENCY).then_some(self.plan.ops.len());
        if skip.is_some() {
            self.plan.ops.push(Op::SkipIfNull { slot: dependency, count: 0 });
        }
        self.frames.push(Frame { state, skip, written: false, named_by: None });
        Ok(())
    }

    fn attribute(&mut self) -> Result<(), Fault> {
        self.flush()?;
        self.name()?;
        let state = self.frames.last().map_or(State::Ignored, |frame| frame.state);
        self.place = match state {
            State::Named { .. } if self.names.text(self.name) == "Name" => Place::NameOfData,
            _ => Place::Attribute(state::attribute(state, self.name, self.names)),
        };
        Ok(())
    }

    /// A value of the template itself: nearly always a text.
    fn value(&mut self) -> Result<(), Fault> {
        let at = self.cursor.pos;
        let kind = *self.cursor.take(1)?.first().unwrap_or(&0);
        if kind == STRING {
            return self.literal();
        }
        let width = value::width(kind).ok_or(Fault::new(at, "constant of a kind that has no size"))?;
        let bytes = self.cursor.take(width)?;
        self.piece(|out| {
            value::print(kind, bytes, out);
        });
        Ok(())
    }

    fn literal(&mut self) -> Result<(), Fault> {
        let at = self.cursor.pos;
        let length = self.cursor.u16()?;
        let bytes = self.cursor.take(2 * usize::from(length))?;
        self.work.spend(bytes.len() / 8, at)?;
        self.piece(|out| push_utf16(bytes, out));
        Ok(())
    }

    fn entity(&mut self) -> Result<(), Fault> {
        let at = self.cursor.pos;
        self.name()?;
        let text: &[u8] = match self.names.text(self.name) {
            "amp" => b"&",
            "lt" => b"<",
            "gt" => b">",
            "quot" => b"\"",
            "apos" => b"'",
            _ => return Err(Fault::new(at, "unknown entity")),
        };
        self.piece(|out| out.extend_from_slice(text));
        Ok(())
    }

    fn piece(&mut self, write: impl FnOnce(&mut Vec<u8>)) {
        let start = self.plan.text.len();
        write(&mut self.plan.text);
        let range = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        self.plan.pieces.push(Piece::Literal { start: range(start), end: range(self.plan.text.len()) });
    }

    /// Turns the text read so far into a step.
    fn flush(&mut self) -> Result<(), Fault> {
        let pieces = self.plan.pieces.get(self.pieces..).unwrap_or_default();
        let Some(first) = pieces.first().copied() else { return Ok(()) };
        let all_literal = pieces.iter().all(|piece| matches!(piece, Piece::Literal { .. }));
        let alone = pieces.len() == 1;
        let state = self.state();
        let target = match self.place {
            Place::Content => state::text(state),
            Place::Attribute(target) => target,
            Place::NameOfData => {
                self.name_element(first, all_literal);
                return Ok(());
            }
        };
        let content = matches!(self.place, Place::Content);
        if content || target != Target::Nothing {
            self.wrote();
        }
        let target = self.wanted(target);
        if target == Target::Nothing && (all_literal || !content || !self.may_hold_wanted(state)) {
            self.drop_pieces();
            return Ok(());
        }
        let state = if content && !all_literal { self.states.id(state) } else { StateId::MAX };
        if content && !all_literal && state == StateId::MAX {
            self.plan
                .fault
                .get_or_insert(Fault::new(self.cursor.pos, "elements in more than 65,535 places; what is in the rest is left out"));
        }
        self.note_data(target);
        if let (true, Some(slot)) = (content, self.frames.last().and_then(|frame| frame.named_by)) {
            self.plan.ops.push(Op::Name { slot });
        }
        let (start, end) = (self.pieces, self.plan.pieces.len());
        let op = match first {
            Piece::Slot(slot) if alone => {
                self.plan.pieces.truncate(start);
                Op::Value { target, slot, state }
            }
            Piece::Literal { start: from, .. } if all_literal => {
                self.plan.pieces.truncate(start);
                // One after the other, whatever the number of tokens they came in.
                let to = u32::try_from(self.plan.text.len()).unwrap_or(u32::MAX);
                Op::Literal { target, start: from, end: to }
            }
            _ => {
                let range = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
                Op::Mixed { target, start: range(start), end: range(end), state }
            }
        };
        self.plan.ops.push(op);
        self.pieces = self.plan.pieces.len();
        Ok(())
    }

    /// The attribute `Name` of an element of the data.
    fn name_element(&mut self, first: Piece, all_literal: bool) {
        let parent = self.frames.len().checked_sub(2).and_then(|at| self.frames.get(at)).map_or(State::Ignored, |frame| frame.state);
        let literal = match first {
            Piece::Literal { start, .. } if all_literal => self.plan.text.get(index(start)..),
            _ => None,
        };
        let Some(frame) = self.frames.last_mut() else { return };
        match (literal.map(std::str::from_utf8), first) {
            (Some(Ok(name)), _) => frame.state = state::rename(parent, frame.state, name, self.names),
            (_, Piece::Slot(slot)) => frame.named_by = Some(slot),
            _ => {}
        }
        self.drop_pieces();
    }

    fn drop_pieces(&mut self) {
        if let Some(Piece::Literal { start, .. }) = self.plan.pieces.get(self.pieces) {
            self.plan.text.truncate(index(*start));
        }
        self.plan.pieces.truncate(self.pieces);
    }

    fn close(&mut self) {
        self.place = Place::Content;
        let Some(frame) = self.frames.pop() else { return };
        if !frame.written {
            let target = match (state::text(frame.state), frame.named_by) {
                (Target::Data(name), Some(_)) if self.projection.wants_data() => Target::Data(name),
                (target @ Target::Data(_), _) => self.wanted(target),
                _ => Target::Nothing,
            };
            if target != Target::Nothing {
                self.note_data(target);
                if let Some(slot) = frame.named_by {
                    self.plan.ops.push(Op::Name { slot });
                }
                self.plan.ops.push(Op::Literal { target, start: 0, end: 0 });
            }
        }
        if let Some(at) = frame.skip {
            let steps = self.plan.ops.len().saturating_sub(at + 1);
            if steps == 0 {
                self.plan.ops.truncate(at);
            } else if let Some(Op::SkipIfNull { count, .. }) = self.plan.ops.get_mut(at) {
                *count = u32::try_from(steps).unwrap_or(u32::MAX);
            }
        }
    }

    /// The target, or nothing if nobody asks for it.
    fn wanted(&self, target: Target) -> Target {
        let wanted = match target {
            Target::Nothing => false,
            Target::Column(column) => self.projection.wants(column),
            Target::Data(name) | Target::Text(name) => {
                let named_by_value =
                    matches!(self.place, Place::Content) && self.frames.last().is_some_and(|frame| frame.named_by.is_some());
                let text = if name == self.names.unnamed() { "param1" } else { self.names.text(name) };
                self.projection.event_data
                    || named_by_value && self.projection.wants_data()
                    || self.projection.fields.iter().any(|field| unnumbered(field).eq_ignore_ascii_case(unnumbered(text)))
            }
        };
        if wanted { target } else { Target::Nothing }
    }

    /// Whether a value that holds BinXML may have something wanted at this place.
    fn may_hold_wanted(&self, state: State) -> bool {
        match state {
            State::Root | State::System => true,
            // The whole event may come as a value of an outer template; not if its `System` was here.
            State::Event => self.projection.wants_data() || !self.saw_system,
            State::User { .. } | State::Data { .. } => self.projection.wants_data(),
            State::Named { name, .. } => {
                let prefix = self.names.text(name);
                self.projection.event_data
                    || self.projection.fields.iter().any(|field| {
                        let (head, rest) = field.split_at_checked(prefix.len()).unwrap_or(("", ""));
                        rest.starts_with('.') && head.eq_ignore_ascii_case(prefix)
                    })
            }
            State::Field(_) | State::Ignored => false,
        }
    }

    fn note_data(&mut self, target: Target) {
        let (Target::Data(name) | Target::Text(name)) = target else { return };
        self.plan.has_data = true;
        let named_by_value = self.frames.last().is_some_and(|frame| frame.named_by.is_some());
        self.plan.repeats |= named_by_value || name == self.names.unnamed() || self.names.count(name) > 1;
    }

    fn wrote(&mut self) {
        if let Some(frame) = self.frames.last_mut() {
            frame.written = true;
        }
    }

    fn state(&self) -> State {
        self.frames.last().map_or(State::Ignored, |frame| frame.state)
    }

    fn name(&mut self) -> Result<(), Fault> {
        self.name = self.cursor.name(self.known_names, self.names)?;
        Ok(())
    }
}
