//! Results in columns, built row by row: the one shape that every engine adapter converts from.
//!
//! The layout is offsets + bytes, so that an arrow adapter can take the buffers as they are and a DuckDB adapter
//! knows the length of every list before it writes the first child.

mod packed;
mod value;

pub use value::{Computed, ListOf, MapOf, NotByte, SqlValue, Timestamp};

use crate::types::SqlType;

/// A column under construction. Write it through [`SqlValue`].
#[derive(Debug)]
pub struct Column {
    len: usize,
    /// One flag a row from the first NULL on; empty before, since most columns have none.
    valid: Vec<bool>,
    data: Data,
}

/// The values of a [`Column`]; a NULL row holds a zero value.
#[derive(Debug)]
pub enum Data {
    /// UTF-8 text: `offsets` has one entry more than there are rows.
    Text {
        /// Start of each row in `bytes`, then the end.
        offsets: Vec<usize>,
        /// All rows, one after another; always valid UTF-8.
        bytes: Vec<u8>,
    },
    /// Raw bytes, laid out as text is.
    Blob {
        /// Start of each row in `bytes`, then the end.
        offsets: Vec<usize>,
        /// All rows, one after another.
        bytes: Vec<u8>,
    },
    /// Integers, and times in microseconds since 1970.
    Int(Vec<i64>),
    /// Floats.
    Float(Vec<f64>),
    /// Booleans.
    Bool(Vec<bool>),
    /// Lists: row `i` is `offsets[i]..offsets[i + 1]` of `child`. Maps too, whose child is a struct of [`SqlType::MAP_ENTRY`].
    List {
        /// Start of each row in `child`, then the end.
        offsets: Vec<usize>,
        /// The elements of all rows.
        child: Box<Column>,
    },
    /// Structs: one column a field.
    Struct(Vec<Column>),
    /// Nothing is kept of what is written: nobody asked for it.
    Skipped,
}

impl Column {
    /// An empty column of type `ty`.
    pub fn new(ty: &SqlType) -> Self {
        let data = match ty {
            SqlType::Text => Data::Text { offsets: vec![0], bytes: Vec::new() },
            SqlType::Blob => Data::Blob { offsets: vec![0], bytes: Vec::new() },
            SqlType::Int | SqlType::Time => Data::Int(Vec::new()),
            SqlType::Float => Data::Float(Vec::new()),
            SqlType::Bool => Data::Bool(Vec::new()),
            SqlType::List(element) => Data::List { offsets: vec![0], child: Box::new(Self::new(element)) },
            SqlType::Map => Data::List { offsets: vec![0], child: Box::new(Self::new(&SqlType::Struct(SqlType::MAP_ENTRY))) },
            SqlType::Struct(fields) => Data::Struct(fields.iter().map(|(_, ty)| Self::new(ty)).collect()),
        };
        Self { len: 0, valid: Vec::new(), data }
    }

    /// The columns of the fields of a struct column without NULLs, to be used up one after another; else the column.
    pub fn into_fields(self) -> Result<Vec<Self>, Self> {
        match self.data {
            Data::Struct(fields) if self.valid.is_empty() => Ok(fields),
            data => Err(Self { len: self.len, valid: self.valid, data }),
        }
    }

    /// Lists of the rows of `child`; `offsets` has one entry more than there are lists.
    pub fn of_lists(offsets: Vec<usize>, child: Self) -> Self {
        Self { len: offsets.len().saturating_sub(1), valid: Vec::new(), data: Data::List { offsets, child: Box::new(child) } }
    }

    /// Takes all rows out and keeps their room.
    pub(crate) fn clear(&mut self) {
        self.len = 0;
        self.valid.clear();
        match &mut self.data {
            Data::Text { offsets, bytes } | Data::Blob { offsets, bytes } => {
                offsets.truncate(1);
                bytes.clear();
            }
            Data::Int(values) => values.clear(),
            Data::Float(values) => values.clear(),
            Data::Bool(values) => values.clear(),
            Data::List { offsets, child } => {
                offsets.truncate(1);
                child.clear();
            }
            Data::Struct(fields) => fields.iter_mut().for_each(Self::clear),
            Data::Skipped => {}
        }
    }

    /// An empty column of type `ty`, a struct, without the fields that are not `wanted`; all are where it is `None`.
    pub fn of_fields(ty: &SqlType, wanted: Option<&[bool]>) -> Self {
        let mut column = Self::new(ty);
        if let (Data::Struct(fields), Some(wanted)) = (&mut column.data, wanted) {
            let unwanted = fields.iter_mut().zip(wanted).filter(|(_, wanted)| !**wanted);
            unwanted.for_each(|(field, _)| field.data = Data::Skipped);
        }
        column
    }

    /// Makes room for `rows` more: growing step by step costs more than writing small values.
    pub fn reserve(&mut self, rows: usize) {
        match &mut self.data {
            Data::Text { offsets, bytes } | Data::Blob { offsets, bytes } => {
                offsets.reserve(rows);
                // Memory that is not written to costs nothing.
                bytes.reserve(rows.saturating_mul(8));
            }
            Data::List { offsets, .. } => offsets.reserve(rows),
            Data::Int(values) => values.reserve(rows),
            Data::Float(values) => values.reserve(rows),
            Data::Bool(values) => values.reserve(rows),
            Data::Struct(fields) => fields.iter_mut().for_each(|field| field.reserve(rows)),
            Data::Skipped => return,
        }
        self.valid.reserve(rows);
    }

    /// Whether nothing is kept of what is written into it.
    pub fn is_skipped(&self) -> bool {
        matches!(self.data, Data::Skipped)
    }

    /// Number of rows written.
    pub fn len(&self) -> usize {
        self.len
    }

    /// True before the first row.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// One flag a row, or `None` where no row is NULL.
    pub fn validity(&self) -> Option<&[bool]> {
        (!self.valid.is_empty()).then_some(&self.valid)
    }

    /// The values.
    pub fn data(&self) -> &Data {
        &self.data
    }

    /// Takes the column apart: validity (as [`Column::validity`]), row count, values.
    pub fn into_parts(self) -> (Option<Vec<bool>>, usize, Data) {
        ((!self.valid.is_empty()).then_some(self.valid), self.len, self.data)
    }

    /// Counts a row that is not NULL.
    #[inline]
    fn count_valid(&mut self) {
        count(&mut self.len, &mut self.valid, true);
    }

    /// Counts a row that is NULL.
    #[inline]
    fn count_null(&mut self) {
        count(&mut self.len, &mut self.valid, false);
    }

    /// Appends a NULL row.
    #[inline]
    pub fn push_null(&mut self) {
        match &mut self.data {
            Data::Text { offsets, bytes } | Data::Blob { offsets, bytes } => offsets.push(bytes.len()),
            Data::Int(values) => values.push(0),
            Data::Float(values) => values.push(0.0),
            Data::Bool(values) => values.push(false),
            Data::List { offsets, child } => offsets.push(child.len()),
            Data::Struct(fields) => fields.iter_mut().for_each(Self::push_null),
            Data::Skipped => return,
        }
        self.count_null();
    }

    /// Appends a list of one NULL.
    pub fn push_null_element(&mut self) {
        let Data::List { offsets, child } = &mut self.data else { mismatch("a list") };
        child.push_null();
        offsets.push(child.len());
        self.count_valid();
    }

    /// Starts a struct row; write every field with [`Row::put`], in the order of the type.
    pub fn row(&mut self) -> Row<'_> {
        self.count_valid();
        let fields = match &mut self.data {
            Data::Struct(fields) => fields.as_mut_slice(),
            // The fields of a struct are left out, never the whole.
            _ => mismatch("a struct"),
        };
        Row { fields: fields.iter_mut() }
    }

    /// Appends struct rows of which each flag says whether it is not NULL, for whoever writes them column by column: `write` gets the fields and appends
    /// as many rows to each, whatever to those of NULL rows.
    pub fn rows(&mut self, valid: impl Iterator<Item = bool>, write: impl FnOnce(&mut [Self])) {
        let Self { len, valid: flags, data } = self;
        valid.for_each(|is_valid| count(len, flags, is_valid));
        let Data::Struct(fields) = data else { mismatch("structs") };
        write(fields);
        if fields.iter().any(|field| field.len != *len && !field.is_skipped()) {
            mismatch("fields of unequal length");
        }
    }

    /// Appends values one after another.
    pub fn extend(&mut self, values: impl Iterator<Item = impl SqlValue>) {
        values.for_each(|value| value.write(self));
    }

    /// Appends NULL rows.
    pub fn extend_nulls(&mut self, rows: usize) {
        match &mut self.data {
            Data::Text { offsets, bytes } | Data::Blob { offsets, bytes } => offsets.resize(offsets.len() + rows, bytes.len()),
            Data::Int(values) => values.resize(values.len() + rows, 0),
            Data::Float(values) => values.resize(values.len() + rows, 0.0),
            Data::Bool(values) => values.resize(values.len() + rows, false),
            Data::List { offsets, child } => offsets.resize(offsets.len() + rows, child.len()),
            Data::Struct(fields) => fields.iter_mut().for_each(|field| field.extend_nulls(rows)),
            Data::Skipped => return,
        }
        self.valid.resize(self.len, true);
        self.len += rows;
        self.valid.resize(self.len, false);
    }

    /// Appends texts.
    pub fn extend_texts<'v>(&mut self, texts: impl Iterator<Item = Option<&'v str>>) {
        let Self { len, valid, data } = self;
        let (offsets, bytes) = match data {
            Data::Text { offsets, bytes } => (offsets, bytes),
            Data::Skipped => return,
            _ => mismatch("texts"),
        };
        for text in texts {
            bytes.extend_from_slice(text.unwrap_or("").as_bytes());
            offsets.push(bytes.len());
            count(len, valid, text.is_some());
        }
    }

    /// This struct column with `leading` fields, of as many rows, before its own.
    pub(crate) fn with_leading_fields(mut self, leading: Vec<Self>) -> Self {
        match &mut self.data {
            Data::Struct(fields) => drop(fields.splice(0..0, leading)),
            _ => mismatch("fields"),
        }
        self
    }

    /// A struct column without its first field.
    pub(crate) fn without_first_field(mut self) -> Self {
        match &mut self.data {
            Data::Struct(fields) => drop(fields.splice(0..1, [])),
            _ => mismatch("fields"),
        }
        self
    }

    #[inline]
    fn push_bytes(&mut self, value: &[u8]) {
        match &mut self.data {
            Data::Text { offsets, bytes } | Data::Blob { offsets, bytes } => {
                bytes.extend_from_slice(value);
                offsets.push(bytes.len());
            }
            Data::Skipped => return,
            _ => mismatch("text or bytes"),
        }
        self.count_valid();
    }

    /// Appends a map. The caller sees to it that the keys are distinct.
    pub(crate) fn push_map<'v>(&mut self, entries: impl Iterator<Item = (&'v str, &'v str)>) {
        if self.is_skipped() {
            return;
        }
        let Data::List { offsets, child } = &mut self.data else { mismatch("a map") };
        let Data::Struct(fields) = &mut child.data else { mismatch("a map") };
        let [keys, values] = fields.as_mut_slice() else { mismatch("a map") };
        let mut count = 0;
        for (key, value) in entries {
            keys.push_bytes(key.as_bytes());
            values.push_bytes(value.as_bytes());
            count += 1;
        }
        (0..count).for_each(|_| child.count_valid());
        offsets.push(child.len);
        self.count_valid();
    }

    fn push_list<T>(&mut self, values: impl Iterator<Item = T>, write: impl Fn(T, &mut Self)) {
        match &mut self.data {
            Data::Skipped => return,
            Data::List { offsets, child } => {
                values.for_each(|value| write(value, child));
                offsets.push(child.len());
            }
            _ => mismatch("a list"),
        }
        self.count_valid();
    }
}

/// Counts a row of a column with the row count `len` and the flags `valid`.
#[inline]
fn count(len: &mut usize, valid: &mut Vec<bool>, is_valid: bool) {
    if !is_valid && valid.len() < *len {
        valid.resize(*len, true);
    }
    if !is_valid || !valid.is_empty() {
        valid.push(is_valid);
    }
    *len += 1;
}

/// A kernel wrote another type than its `SqlValue::TYPE` says: a bug of ours, reported as such by the guard.
#[cold]
#[expect(clippy::panic, reason = "an internal contract; the guard turns it into an error that asks for a report")]
fn mismatch(wrote: &str) -> ! {
    panic!("a kernel wrote {wrote} into a column of another type")
}

/// Writes the fields of one struct row.
#[derive(Debug)]
pub struct Row<'c> {
    fields: std::slice::IterMut<'c, Column>,
}

impl Row<'_> {
    /// Writes the next field.
    #[must_use]
    #[inline]
    pub fn put(mut self, value: impl SqlValue) -> Self {
        match self.fields.next() {
            Some(column) => value.write(column),
            None => mismatch("too many fields"),
        }
        self
    }

    /// Ends the row.
    pub fn end(mut self) {
        if self.fields.next().is_some() {
            mismatch("too few fields");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Hit(&'static str, Option<i64>);
    impl SqlValue for Hit {
        const TYPE: SqlType = SqlType::Struct(&[("name", SqlType::Text), ("at", SqlType::Int)]);
        fn write(&self, out: &mut Column) {
            out.row().put(self.0).put(self.1).end();
        }
    }

    #[test]
    fn unwanted_fields_are_not_kept() {
        let mut column = Column::of_fields(&Hit::TYPE, Some(&[false, true]));
        Hit("a", Some(1)).write(&mut column);
        column.push_null();
        Hit("b", None).write(&mut column);
        let Data::Struct(fields) = column.data() else { panic!("not a struct") };
        assert_eq!((column.len(), fields[0].len(), fields[1].len()), (3, 0, 3));
        assert!(fields[0].is_skipped() && !fields[1].is_skipped());
        assert_eq!(fields[1].validity(), Some(&[true, false, false][..]));
    }

    #[test]
    fn columns_one_by_one_are_what_rows_are() {
        let hits = [Some(Hit("a", None)), None, Some(Hit("", Some(2)))];
        for wanted in [None, Some(&[true, false][..]), Some(&[false, true][..])] {
            let (mut by_row, mut by_column) = (Column::of_fields(&Hit::TYPE, wanted), Column::of_fields(&Hit::TYPE, wanted));
            for _ in 0..2 {
                for hit in &hits {
                    match hit {
                        Some(hit) => hit.write(&mut by_row),
                        None => by_row.push_null(),
                    }
                }
                by_row.push_null();
                by_column.rows(hits.iter().map(Option::is_some), |fields| {
                    let [names, places] = fields else { panic!("other fields") };
                    names.extend_texts(hits.iter().map(|hit| hit.as_ref().map(|hit| hit.0)));
                    places.extend(hits.iter().map(|hit| hit.as_ref().and_then(|hit| hit.1)));
                });
                by_column.extend_nulls(1);
            }
            assert_eq!(format!("{by_row:?}"), format!("{by_column:?}"));
        }
        let short = std::panic::catch_unwind(|| Column::new(&Hit::TYPE).rows([true].into_iter(), |_| ()));
        assert!(short.is_err(), "rows without fields");
    }

    #[test]
    fn what_is_not_wanted_is_not_computed() {
        const TYPE: SqlType = SqlType::Struct(&[("a", SqlType::Int), ("b", SqlType::Int)]);
        let mut column = Column::of_fields(&TYPE, Some(&[false, true]));
        let computed = std::cell::Cell::new(0);
        let compute = || {
            computed.set(computed.get() + 1);
            7
        };
        column.row().put(Computed(compute)).put(Computed(compute)).end();
        assert_eq!((computed.get(), column.len()), (1, 1));
    }

    #[test]
    fn lists_of_structs_know_their_bounds() {
        let mut column = Column::new(&<Vec<Hit> as SqlValue>::TYPE);
        vec![Hit("a", Some(1)), Hit("bc", None)].write(&mut column);
        column.push_null();
        Vec::<Hit>::new().write(&mut column);
        assert_eq!(column.len(), 3);
        assert_eq!(column.validity(), Some(&[true, false, true][..]));
        let Data::List { offsets, child } = column.data() else { panic!("not a list") };
        assert_eq!(offsets, &[0, 2, 2, 2]);
        let Data::Struct(fields) = child.data() else { panic!("not a struct") };
        assert!(matches!(fields[0].data(), Data::Text { offsets, bytes } if offsets == &[0, 1, 3] && bytes == b"abc"));
        assert_eq!(fields[1].validity(), Some(&[true, false][..]));
    }
}
