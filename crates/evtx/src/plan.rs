//! What is left of a template once it is known which of its values are wanted.

use crate::damage::Fault;
use crate::names::NameId;
use crate::projection::Column;

/// Number of a place in the event (see `state.rs`).
pub(crate) type StateId = u16;

/// Where a value goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Target {
    /// Nowhere; a part of the event may stand in the value all the same.
    Nothing,
    /// A column.
    Column(Column),
    /// The event's own data: an element that is there even if empty.
    Data(NameId),
    /// The event's own data: text beside elements, there only if not empty.
    Text(NameId),
}

/// One step of writing a record.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Op {
    /// A value of the record. One that holds BinXML is read as if it stood at `state`.
    Value { target: Target, slot: u16, state: StateId },
    /// A constant of the template: a range of `Plan::text`.
    Literal { target: Target, start: u32, end: u32 },
    /// Constants and values one after the other: a range of `Plan::pieces`.
    Mixed { target: Target, start: u32, end: u32, state: StateId },
    /// A template used inside another, at this byte of the chunk.
    Instance { at: u32, state: StateId },
    /// The next `count` steps are of an element that is left out if the value is null.
    SkipIfNull { slot: u16, count: u32 },
    /// The next value is named by another value.
    Name { slot: u16 },
}

#[derive(Debug, Clone, Copy)]
pub(crate) enum Piece {
    Literal { start: u32, end: u32 },
    Slot(u16),
}

#[derive(Debug, Default)]
pub(crate) struct Plan {
    pub(crate) ops: Vec<Op>,
    pub(crate) pieces: Vec<Piece>,
    pub(crate) text: Vec<u8>,
    /// Where reading the template ended early. What was read before counts.
    pub(crate) fault: Option<Fault>,
    /// Two elements have the same name, or one is named by a value.
    pub(crate) repeats: bool,
    /// It writes data of the event.
    pub(crate) has_data: bool,
}

impl Plan {
    pub(crate) fn clear(&mut self) {
        self.ops.clear();
        self.pieces.clear();
        self.text.clear();
        self.fault = None;
        self.repeats = false;
        self.has_data = false;
    }
}
