//! One record as it was read.

use crate::damage::Damage;
use crate::names::{NameId, Names};
use crate::projection::Column;

/// A range of the row's text.
pub(crate) type Span = (u32, u32);

/// What a record gave, in buffers that the next one uses again.
#[derive(Debug, Default)]
pub(crate) struct Row {
    pub(crate) text: Vec<u8>,
    pub(crate) spans: [Span; 16],
    pub(crate) numbers: [i64; 16],
    /// Bits of the columns that have a value.
    pub(crate) present: u32,
    pub(crate) pairs: Vec<(NameId, Span)>,
    /// Names may repeat: they are numbered before the record is handed out.
    pub(crate) renumber: bool,
    /// The place of each asked name among the pairs.
    pub(crate) fields: Vec<Option<Span>>,
}

impl Row {
    pub(crate) fn clear(&mut self) {
        self.text.clear();
        self.present = 0;
        self.pairs.clear();
        self.renumber = false;
    }

    #[inline]
    pub(crate) fn length(&self) -> u32 {
        u32::try_from(self.text.len()).unwrap_or(u32::MAX)
    }

    /// The first value that a column is given counts: what comes later comes from the data of the event.
    #[inline]
    pub(crate) fn set_number(&mut self, column: Column, value: i64) {
        if self.present & column.bit() == 0
            && let Some(number) = self.numbers.get_mut(column.index())
        {
            *number = value;
            self.present |= column.bit();
        }
    }

    /// As [`Row::set_number`]; the text is what stands in the buffer since `start`. An empty one is no value.
    #[inline]
    pub(crate) fn set_text(&mut self, column: Column, start: u32) {
        let end = self.length();
        if start < end
            && self.present & column.bit() == 0
            && let Some(span) = self.spans.get_mut(column.index())
        {
            *span = (start, end);
            self.present |= column.bit();
        }
    }

    /// Gives equal names numbers and finds the asked ones.
    pub(crate) fn finish(&mut self, names: &mut Names, asked: usize, all: bool) {
        if self.renumber {
            names.start_count();
            for (name, _) in &mut self.pairs {
                let base = *name;
                // `x#2` may be taken by an element of that name: then `x#3`.
                loop {
                    let n = names.count(base);
                    *name = names.nth(base, n);
                    if *name == base || names.count(*name) == 1 {
                        break;
                    }
                }
            }
        }
        if asked == 0 {
            return;
        }
        self.fields.clear();
        self.fields.resize(asked, None);
        for (name, span) in &self.pairs {
            if let Some(field @ None) = self.fields.get_mut(crate::bytes::index(*name)) {
                *field = Some(*span);
            }
        }
        // What has no name of this spelling takes the first of another.
        if self.fields.contains(&None) {
            for (name, span) in &self.pairs {
                for at in names.alike(*name) {
                    if let Some(field @ None) = self.fields.get_mut(at) {
                        *field = Some(*span);
                    }
                }
            }
        }
        if !all {
            self.pairs.clear();
        }
    }
}

/// One record of an event log, until the next one is read.
#[derive(Debug, Clone, Copy)]
pub struct Record<'a> {
    pub(crate) row: &'a Row,
    pub(crate) names: &'a Names,
    pub(crate) text: &'a str,
    pub(crate) offset: u64,
    pub(crate) written: Option<i64>,
    pub(crate) id: u64,
    pub(crate) damage: Option<Damage>,
}

impl<'a> Record<'a> {
    /// Byte of the file where the record begins.
    pub fn offset(&self) -> u64 {
        self.offset
    }

    /// Where the record could not be read as it should. Columns and data that were read before that are there.
    pub fn damage(&self) -> Option<Damage> {
        self.damage
    }

    /// A column that is a number, or `None` if it was not asked for or has no value. Time and number of the record are there always: where
    /// the event does not say them, or was not asked, they are those of the record's header.
    #[inline]
    pub fn number(&self, column: Column) -> Option<i64> {
        if self.row.present & column.bit() != 0 && column.is_number() {
            return self.row.numbers.get(column.index()).copied();
        }
        // The header of the record has these two as well.
        match column {
            Column::Time => self.written,
            Column::RecordId => i64::try_from(self.id).ok(),
            _ => None,
        }
    }

    /// A column that is a text, or `None` if it was not asked for or has no value.
    #[inline]
    pub fn text(&self, column: Column) -> Option<&'a str> {
        if self.row.present & column.bit() == 0 || column.is_number() {
            return None;
        }
        self.row.spans.get(column.index()).map(|span| self.slice(*span))
    }

    /// Names and values of the event's own data, in their order, if they were asked for. No name comes twice: equal ones get `#2`, `#3`.
    #[inline]
    pub fn event_data(&self) -> impl ExactSizeIterator<Item = (&'a str, &'a str)> + Clone {
        let record = *self;
        self.row.pairs.iter().map(move |(name, span)| (record.names.text(*name), record.slice(*span)))
    }

    /// The value of a name, by its place in [`crate::Projection::fields`].
    #[inline]
    pub fn field(&self, at: usize) -> Option<&'a str> {
        (*self.row.fields.get(at)?).map(|span| self.slice(span))
    }

    #[inline]
    fn slice(&self, (start, end): Span) -> &'a str {
        self.text.get(crate::bytes::index(start)..crate::bytes::index(end)).unwrap_or_default()
    }
}
