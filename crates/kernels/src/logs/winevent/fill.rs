//! From the leaves of an event to its columns.

use super::convert::convert;
use super::flat::{Flat, Form, Leaf};
use super::names::{What, data_name};
use super::xml;
use super::{Event, Field, Found, Wants};
use crate::logs::any_time::any_time;
use crate::logs::moment::SECOND;

/// Buffers for event data that is a text of JSON or XML, and for a value on its way into a column.
#[derive(Debug, Default)]
pub(super) struct Nested {
    flat: Flat,
    text: String,
    candidate: String,
}

/// Where the value of a column came from.
#[derive(Debug, Clone, Copy, Default)]
struct Source<'a> {
    rank: u8,
    /// Not a spare: event data where a better source turns up that says something else.
    leaf: Option<&'a Leaf>,
}

/// The times from which the zone of a clock can be told, in microseconds.
#[derive(Debug, Default)]
struct Clock {
    /// Whether the time of the event has no zone.
    is_local: bool,
    /// When NXLog had the event, by the same clock.
    received: Option<i64>,
    /// When the next shipper had it, in UTC.
    passed_on: Option<i64>,
}

/// An event being put together.
pub(super) struct Fill<'a> {
    line: &'a str,
    flat: &'a Flat,
    wants: &'a Wants,
    event: &'a mut Event,
    nested: &'a mut Nested,
    sources: [Source<'a>; Field::ALL.len()],
    clock: Clock,
}

impl<'a> Fill<'a> {
    pub(super) fn new(line: &'a str, flat: &'a Flat, wants: &'a Wants, event: &'a mut Event, nested: &'a mut Nested) -> Self {
        Self { line, flat, wants, event, nested, sources: Default::default(), clock: Clock::default() }
    }

    /// Whether it is an event: it has an event id or a provider.
    pub(super) fn fill(mut self) -> bool {
        let mut is_event = false;
        for leaf in &self.flat.leaves {
            match leaf.known.filter(|known| known.holds(self.flat.producers)).map(|known| known.what) {
                Some(What::Column(field, rank)) => {
                    is_event |= matches!(field, Field::EventId | Field::Provider);
                    self.column(field, rank, leaf, false);
                }
                Some(What::Spare(field, rank)) => self.column(field, rank, leaf, true),
                Some(What::Received) => {
                    self.clock.received = any_time(leaf.raw(self.line)).filter(|time| !time.zoned).map(|time| time.micros)
                }
                Some(What::Noise) => {}
                None => self.data(leaf),
            }
        }
        self.set_zone();
        self.event.set &= self.wants.fields();
        is_event
    }

    /// A value for a column. One that does not fit there, or that a better source of the column contradicts, is event data.
    fn column(&mut self, field: Field, rank: u8, leaf: &'a Leaf, spare: bool) {
        // The message is the longest value of most events.
        let may_be_data = self.wants.map() || !spare && self.wants.alike(self.flat.path(self.line, leaf).0).next().is_some();
        if !self.wants.has(field) && !may_be_data {
            return;
        }
        self.nested.candidate.clear();
        let Some(number) = convert(field, self.line, leaf, &mut self.nested.candidate) else {
            if !spare && !leaf.raw(self.line).is_empty() {
                self.data(leaf);
            }
            return;
        };
        if field == Field::Time {
            self.see_time(rank, leaf, spare, number);
        }
        let at = field as usize;
        let (Some(source), Some(old), Some(text)) =
            (self.sources.get_mut(at), self.event.numbers.get_mut(at), self.event.texts.get_mut(at))
        else {
            return;
        };
        let mut other = (!spare).then_some(leaf);
        let is_first = self.event.set & field.bit() == 0;
        let differs = *old != number || *text != self.nested.candidate;
        if is_first || rank < source.rank {
            std::mem::swap(&mut other, &mut source.leaf);
            source.rank = rank;
            *old = number;
            std::mem::swap(text, &mut self.nested.candidate);
            self.event.set |= field.bit();
        }
        if let Some(other) = other
            && !is_first
            && differs
        {
            self.data(other);
        }
    }

    fn see_time(&mut self, rank: u8, leaf: &Leaf, spare: bool, micros: i64) {
        let is_best = self.event.set & Field::Time.bit() == 0 || self.sources.first().is_some_and(|source| rank < source.rank);
        let zoned = leaf.form == Form::Escaped || any_time(leaf.raw(self.line)).is_some_and(|time| time.zoned);
        if is_best {
            self.clock.is_local = !zoned;
        }
        if spare && zoned {
            self.clock.passed_on = Some(micros);
        }
    }

    /// NXLog writes the time of the event and when it had it by the computer's clock, without a zone. The next shipper had the event a moment later and knows the
    /// time in UTC: the zone is what lies between, to the quarter of an hour.
    fn set_zone(&mut self) {
        const QUARTER: i64 = 900 * SECOND;
        let (true, Some(received), Some(passed_on)) = (self.clock.is_local, self.clock.received, self.clock.passed_on) else { return };
        let between = passed_on.saturating_sub(received);
        let quarters = between.saturating_add(QUARTER / 2).div_euclid(QUARTER);
        let delay = between.saturating_sub(quarters.saturating_mul(QUARTER));
        // No zone is more than 14 hours off, and a shipper that takes five minutes says nothing about the quarter.
        if quarters.abs() <= 56
            && delay.abs() <= QUARTER / 3
            && let Some(time) = self.event.numbers.get_mut(Field::Time as usize)
        {
            *time = time.saturating_add(quarters * QUARTER);
        }
    }

    /// A value that no column has.
    fn data(&mut self, leaf: &Leaf) {
        if !self.wants.any_data() {
            return;
        }
        let (path, is_name) = self.flat.path(self.line, leaf);
        let is_text = matches!(leaf.form, Form::Text | Form::Escaped);
        if is_text && matches!(path, "EventData" | "Payload") && self.unpack(path, leaf) {
            return;
        }
        let Some(name) = (if is_name { Some(path) } else { data_name(path) }) else { return };
        put(self.event, self.wants, name, |out| leaf.append(self.line, out));
    }

    /// Event data that is a text of JSON or XML; false where it is neither.
    fn unpack(&mut self, path: &str, leaf: &Leaf) -> bool {
        let Nested { flat, text, .. } = &mut *self.nested;
        text.clear();
        leaf.append(self.line, text);
        if text.starts_with('{') {
            if !flat.read(text, if path == "EventData" { path } else { "" }) {
                return false;
            }
            for leaf in &flat.leaves {
                let (path, is_name) = flat.path(text, leaf);
                if let Some(name) = if is_name { Some(path) } else { data_name(path) } {
                    put(self.event, self.wants, name, |out| leaf.append(text, out));
                }
            }
            return true;
        }
        let (mut any, mut unnamed) = (false, 0);
        if text.starts_with('<') {
            xml::elements(text, |name, value| {
                any = true;
                unnamed += usize::from(name.is_none());
                let name = name.map_or_else(|| format!("param{unnamed}").into(), std::borrow::Cow::Borrowed);
                put(self.event, self.wants, &name, |out| xml::append_text(value, out));
            });
        }
        any
    }
}

/// Writes a field of event data where it is wanted.
fn put(event: &mut Event, wants: &Wants, name: &str, write: impl Fn(&mut String)) {
    if wants.map() {
        event.data.push_with(name, &write);
    }
    for (at, exactly) in wants.alike(name) {
        let Some(named) = event.named.get_mut(at) else { continue };
        let found = if exactly { Found::Exactly } else { Found::Alike };
        // Of equal names the first counts.
        if named.found < found {
            named.found = found;
            named.text.clear();
            write(&mut named.text);
        }
    }
}
