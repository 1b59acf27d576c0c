//! Writes a record: its template's plan, and the values that go into it.

use hashbrown::HashMap;

use crate::bytes::{index, u32_at};
use crate::compile::Compiler;
use crate::cursor::KnownNames;
use crate::damage::Fault;
use crate::instance::{Instance, NO_VALUE, TEMPLATE_HEADER, Value, bytes, instance};
use crate::names::{NameId, Names};
use crate::plan::{Op, Piece, Plan, StateId, Target};
use crate::projection::{Column, Projection};
use crate::row::Row;
use crate::state::States;
use crate::time::{parse_time, time_micros};
use crate::value::{self, ARRAY, BINXML, NULL};
use crate::work::Work;

/// Deepest nesting of templates and BinXML values in each other. Windows writes two.
const MAX_NESTING: u8 = 16;
/// What a chunk may cost, in tokens read, steps taken, (64 each) bytes of values read and written and (16 each) bytes of new names. Real chunks come to 15,000 at most; one in which few bytes
/// stand for much (a template used by itself, a long value used a thousand times) is cut off.
const CHUNK_WORK: u32 = 1 << 18;
/// Longest text of a record. The longest that its 64 KiB hold without tricks is 320 KiB.
const MAX_TEXT: usize = 1 << 20;

/// Longest name that a value gives to an element, in bytes.
const MAX_NAME: usize = 1024;
/// Most data of a record. A template of 64 KiB has room for about 2,000, an array for more.
const MAX_PAIRS: usize = 1 << 14;

/// Plans that are kept for the next chunk to be written over.
const MAX_PLANS: usize = 1 << 10;

#[derive(Debug)]
pub(crate) struct Decoder {
    pub(crate) projection: Projection,
    pub(crate) names: Names,
    pub(crate) row: Row,
    states: States,
    plans: Vec<Plan>,
    /// Plans of this chunk by template and state.
    known: HashMap<(u32, StateId), usize>,
    known_names: KnownNames,
    used: usize,
    free: Vec<usize>,
    values: Vec<Value>,
    work: Work,
    fault: Option<Fault>,
    /// Plans with data that this record has used.
    with_data: u32,
    named: Option<NameId>,
}

impl Decoder {
    pub(crate) fn new(projection: Projection) -> Self {
        let names = Names::new(&projection.fields);
        Decoder {
            projection,
            names,
            row: Row::default(),
            states: States::new(),
            plans: Vec::new(),
            known: HashMap::new(),
            known_names: KnownNames::new(),
            used: 0,
            free: Vec::new(),
            values: Vec::new(),
            work: Work::default(),
            fault: None,
            with_data: 0,
            named: None,
        }
    }

    /// Before the records of another chunk: templates are those of one chunk.
    pub(crate) fn start_chunk(&mut self) {
        self.known.clear();
        self.known_names.clear();
        self.free.clear();
        self.used = 0;
        self.work.left = CHUNK_WORK;
        // What a hostile chunk made large is given back before the next.
        if self.names.is_full() || self.states.is_full() || self.plans.len() > MAX_PLANS {
            self.names = Names::new(&self.projection.fields);
            self.states = States::new();
            self.plans = Vec::new();
        }
    }

    /// Reads the BinXML of a record into `self.row`.
    pub(crate) fn record(&mut self, data: &[u8], start: usize, end: usize) -> Option<Fault> {
        self.row.clear();
        self.values.clear();
        self.fault = None;
        self.with_data = 0;
        self.named = None;
        if let Err(fault) = self.stream(data, start, end, States::ROOT, 0) {
            self.note(fault);
        }
        self.row.renumber |= self.with_data > 1;
        if self.row.pairs.len() > MAX_PAIRS {
            self.row.pairs.truncate(MAX_PAIRS);
            self.note(Fault::new(0, "record with more than 16,384 data; the rest of them are left out"));
        }
        self.row.finish(&mut self.names, self.projection.fields.len(), self.projection.event_data);
        let growth = self.names.take_growth();
        if let Err(fault) = self.work.spend(growth / 16, 0) {
            self.note(fault);
        }
        self.fault
    }

    #[cold]
    fn note(&mut self, fault: Fault) {
        self.fault.get_or_insert(fault);
    }

    /// Reads a stream of BinXML: nearly always one template instance and nothing else.
    fn stream(&mut self, data: &[u8], start: usize, end: usize, state: StateId, depth: u8) -> Result<(), Fault> {
        if depth > MAX_NESTING {
            return Err(Fault::new(start, "templates nested too deep"));
        }
        let mut pos = start;
        while pos < end {
            self.work.spend(1, pos)?;
            match data.get(pos) {
                Some(0x0f) => pos += 4,
                Some(0x0c) => pos = self.instance(data, pos + 1, end, state, depth)?,
                Some(0x00) | None => break,
                // Elements without a template.
                Some(_) => {
                    let plan = self.new_plan();
                    self.compile(data, plan, pos, end, state, false);
                    let base = self.values.len();
                    let result = self.execute(data, plan, base, depth);
                    self.free.push(plan);
                    return result;
                }
            }
        }
        Ok(())
    }

    /// Reads a template instance and says where it ends.
    fn instance(&mut self, data: &[u8], at: usize, end: usize, state: StateId, depth: u8) -> Result<usize, Fault> {
        const BAD: &str = "template instance past the end of its record";
        let Some(Instance { template, descriptors, count }) = instance(data, at) else { return Err(Fault::new(at, BAD)) };
        let plan = self.plan(data, at, template, state)?;
        self.work.spend(count / 8, at)?;
        let base = self.values.len();
        let pos = Instance { template, descriptors, count }.values(data, end, &mut self.values);
        if pos > end {
            self.note(Fault::new(at, BAD));
        }
        let result = self.execute(data, plan, base, depth);
        self.values.truncate(base);
        result.map(|()| pos)
    }

    /// The plan of a template at a place of the event.
    fn plan(&mut self, data: &[u8], at: usize, template: u32, state: StateId) -> Result<usize, Fault> {
        if let Some(plan) = self.known.get(&(template, state)) {
            return Ok(*plan);
        }
        const BAD: &str = "template past the end of the chunk";
        let start = index(template).saturating_add(TEMPLATE_HEADER);
        let size = u32_at(data, start - 4).ok_or(Fault::new(at, BAD))?;
        let end = start.saturating_add(index(size));
        let plan = self.new_plan();
        self.compile(data, plan, start, end, state, true);
        if end > data.len()
            && let Some(plan) = self.plans.get_mut(plan)
        {
            plan.fault.get_or_insert(Fault::new(at, BAD));
        }
        self.known.insert((template, state), plan);
        Ok(plan)
    }

    fn new_plan(&mut self) -> usize {
        let at = self.free.pop().unwrap_or(self.used);
        self.used = self.used.max(at + 1);
        match self.plans.get_mut(at) {
            Some(plan) => plan.clear(),
            None => self.plans.push(Plan::default()),
        }
        at
    }

    fn compile(&mut self, data: &[u8], plan: usize, start: usize, end: usize, state: StateId, in_template: bool) {
        let at = self.states.get(state);
        let Some(plan) = self.plans.get_mut(plan) else { return };
        let names = &mut self.known_names;
        Compiler::new(data, &mut self.names, &mut self.states, &self.projection, &mut self.work, plan, names).run(
            start,
            end,
            at,
            in_template,
        );
    }

    fn execute(&mut self, data: &[u8], plan: usize, base: usize, depth: u8) -> Result<(), Fault> {
        let Some(steps) = self.plans.get(plan) else { return Ok(()) };
        if let Some(fault) = steps.fault {
            self.fault.get_or_insert(fault);
        }
        self.with_data += u32::from(steps.has_data);
        self.row.renumber |= steps.repeats;
        let mut at = 0;
        // By number, not by reference: a step may compile another template.
        while let Some(op) = self.plans.get(plan).and_then(|plan| plan.ops.get(at)).copied() {
            at += 1;
            let before = self.row.text.len();
            let named = self.named.is_some();
            match op {
                Op::Value { target, slot, state } => self.value(data, self.slot(base, slot), target, state, depth)?,
                Op::Literal { target, start, end } => {
                    if let Some(text) = self.plans.get(plan).and_then(|plan| plan.text.get(index(start)..index(end))) {
                        self.row.text.extend_from_slice(text);
                    }
                    self.give(target, before);
                }
                Op::Mixed { target, start, end, state } => self.mixed(data, plan, (start, end), base, target, state, depth)?,
                Op::Instance { at, state } => {
                    let at = index(at);
                    self.work.spend(1, at)?;
                    if depth == MAX_NESTING {
                        return Err(Fault::new(at, "templates nested too deep"));
                    }
                    self.instance(data, at, data.len(), state, depth + 1)?;
                }
                Op::SkipIfNull { slot, count } => {
                    if self.slot(base, slot).kind == NULL {
                        at += index(count);
                    }
                }
                Op::Name { slot } => {
                    let value = self.slot(base, slot);
                    let mut name = Vec::new();
                    let bytes = bytes(data, value);
                    value::print(value.kind, bytes.get(..MAX_NAME).unwrap_or(bytes), &mut name);
                    name.truncate(MAX_NAME);
                    self.named = Some(self.names.id(&String::from_utf8_lossy(&name)));
                }
            }
            if named {
                self.named = None;
            }
            let written = self.row.text.len() - before;
            self.work.spend(1 + written / 64, 0)?;
            if self.row.text.len() > MAX_TEXT {
                return Err(Fault::new(0, "record with more than 1 MiB of text; the rest of it is left out"));
            }
        }
        Ok(())
    }

    #[inline]
    fn slot(&self, base: usize, slot: u16) -> Value {
        self.values.get(base + usize::from(slot)).copied().unwrap_or(NO_VALUE)
    }

    #[inline]
    fn value(&mut self, data: &[u8], value: Value, target: Target, state: StateId, depth: u8) -> Result<(), Fault> {
        if value.kind == BINXML {
            let start = index(value.start);
            if value.length == 0 || state == StateId::MAX {
                return Ok(());
            }
            return self.stream(data, start, start + usize::from(value.length), state, depth + 1);
        }
        let bytes = bytes(data, value);
        match target {
            Target::Nothing => {}
            Target::Column(column) if column.is_number() => {
                let number = match column {
                    Column::Time => time_micros(value.kind, bytes),
                    _ => value::number(value.kind, bytes),
                };
                match number {
                    Some(number) => self.row.set_number(column, number),
                    None if bytes.is_empty() || value.kind == NULL => {}
                    None => self.note(Fault::new(index(value.start), "value that is no number of its column's kind")),
                }
            }
            // Windows repeats the element for each item; with a name the items stay together.
            Target::Data(name) if name == self.names.unnamed() && self.named.is_none() && value.kind & ARRAY != 0 && !bytes.is_empty() => {
                self.items(bytes, value, target)?;
            }
            _ => {
                let before = self.row.text.len();
                self.print(value, bytes);
                self.give(target, before);
            }
        }
        Ok(())
    }

    /// Each item of an array as an element of its own.
    fn items(&mut self, bytes: &[u8], value: Value, target: Target) -> Result<(), Fault> {
        let mut rest = bytes;
        while let Some(item) = value::next_item(value.kind, &mut rest) {
            self.work.spend(1, index(value.start))?;
            let before = self.row.text.len();
            self.print(Value { kind: value.kind & !ARRAY, ..value }, item);
            self.give(target, before);
        }
        if !rest.is_empty() {
            self.note(Fault::new(index(value.start), MISFIT));
        }
        self.row.renumber = true;
        Ok(())
    }

    #[inline]
    fn print(&mut self, value: Value, bytes: &[u8]) {
        if let Err(fault) = self.work.spend(bytes.len() / 64, index(value.start)) {
            return self.note(fault);
        }
        let before = self.row.text.len();
        if value::print(value.kind, bytes, &mut self.row.text).is_none() {
            // What was written in vain costs the more.
            let written = self.row.text.len() - before;
            self.row.text.truncate(before);
            self.note(Fault::new(index(value.start), MISFIT));
            if let Err(fault) = self.work.spend(written / 16, index(value.start)) {
                self.note(fault);
            }
        }
    }

    /// Constants and values one after the other.
    #[expect(clippy::too_many_arguments, reason = "the place in the plan, and the place in the event")]
    fn mixed(
        &mut self,
        data: &[u8],
        plan: usize,
        pieces: (u32, u32),
        base: usize,
        target: Target,
        state: StateId,
        depth: u8,
    ) -> Result<(), Fault> {
        let before = self.row.text.len();
        let mut inner = false;
        for at in pieces.0..pieces.1 {
            let Some(steps) = self.plans.get(plan) else { break };
            self.work.spend(1, 0)?;
            match steps.pieces.get(index(at)).copied() {
                Some(Piece::Literal { start, end }) => {
                    self.row.text.extend_from_slice(steps.text.get(index(start)..index(end)).unwrap_or_default());
                }
                Some(Piece::Slot(slot)) => {
                    let value = self.slot(base, slot);
                    inner |= value.kind == BINXML && value.length > 0;
                    if value.kind != BINXML {
                        self.print(value, bytes(data, value));
                    }
                }
                None => {}
            }
            if self.row.text.len() > MAX_TEXT {
                return Err(Fault::new(0, "record with more than 1 MiB of text; the rest of it is left out"));
            }
        }
        // Text beside elements is there only if it says something.
        match target {
            Target::Data(name) if inner => self.give(Target::Text(name), before),
            _ => self.give(target, before),
        }
        for at in pieces.0..pieces.1 {
            let piece = self.plans.get(plan).and_then(|plan| plan.pieces.get(index(at))).copied();
            if let (true, Some(Piece::Slot(slot))) = (inner, piece) {
                let value = self.slot(base, slot);
                if value.kind == BINXML {
                    self.value(data, value, Target::Nothing, state, depth)?;
                }
            }
        }
        Ok(())
    }

    /// Gives what was written since `before` to where it belongs.
    #[inline]
    fn give(&mut self, target: Target, before: usize) {
        let start = u32::try_from(before).unwrap_or(u32::MAX);
        let end = self.row.length();
        match target {
            Target::Nothing => self.row.text.truncate(before),
            Target::Column(column) if !column.is_number() => self.row.set_text(column, start),
            Target::Column(column) => {
                let text = self.row.text.get(before..).unwrap_or_default();
                let number = match column {
                    Column::Time => std::str::from_utf8(text).ok().and_then(parse_time),
                    _ => value::parse_number(text),
                };
                if let Some(number) = number {
                    self.row.set_number(column, number);
                }
                self.row.text.truncate(before);
            }
            Target::Data(name) => {
                let name = self.named.take().unwrap_or(name);
                // A name that only the record knows may turn out not to be wanted.
                self.row.pairs.push((name, (start, end)));
            }
            Target::Text(name) => {
                if start < end {
                    self.row.pairs.push((name, (start, end)));
                }
            }
        }
    }
}

const MISFIT: &str = "value that does not fit its kind";
