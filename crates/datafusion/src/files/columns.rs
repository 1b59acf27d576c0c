//! Column buffers that rows are decoded into: any row may be set late, twice or never.

use super::shape::{ObjectShape, Shape};
use datafusion::arrow::array::{
    ArrayRef, BooleanArray, BooleanBufferBuilder, Float64Array, Int64Array, ListArray, StringArray, StringViewArray, StructArray,
    UInt64Array,
};
use datafusion::arrow::buffer::{Buffer, NullBuffer, OffsetBuffer, ScalarBuffer};
use datafusion::arrow::datatypes::{DataType, FieldRef, Fields};
use datafusion::arrow::error::ArrowError;
use std::collections::HashMap;
use std::sync::Arc;

/// Bit per row: set or NULL.
pub(crate) struct Validity(BooleanBufferBuilder);

impl Validity {
    fn new() -> Self {
        Self(BooleanBufferBuilder::new(0))
    }
    fn len(&self) -> usize {
        self.0.len()
    }
    fn finish(&mut self) -> Option<NullBuffer> {
        let nulls = NullBuffer::new(self.0.finish());
        (nulls.null_count() > 0).then_some(nulls)
    }
}

/// Values of one column so far. A row that was never set is NULL; a row set again takes the later value.
pub(crate) struct Column {
    pub(crate) values: Values,
    valid: Validity,
}

pub(crate) enum Values {
    Bool(BooleanBufferBuilder),
    Int(Vec<i64>),
    UInt(Vec<u64>),
    Float(Vec<f64>),
    Text { ends: Vec<i32>, bytes: Vec<u8> },
    Struct { fields: Fields, members: Members },
    List { field: FieldRef, ends: Vec<i32>, items: Box<Column> },
}

/// The members of a struct or the columns of a table, found by key.
pub(crate) struct Members {
    pub(crate) columns: Vec<Option<Column>>,
    names: Vec<Arc<str>>,
    index: HashMap<Arc<str>, usize>,
}

impl Members {
    /// All keys of `shape` that `wanted` keeps; the others are known and skipped.
    pub(crate) fn new(shape: &ObjectShape, fields: &[FieldRef]) -> Self {
        let by_name: HashMap<&str, &FieldRef> = fields.iter().map(|field| (field.name().as_str(), field)).collect();
        let mut members = Self { columns: Vec::new(), names: Vec::new(), index: HashMap::new() };
        for (name, shape) in shape.iter() {
            let column = by_name.get(&**name).map(|field| Column::new(field.data_type(), shape));
            members.index.insert(Arc::clone(name), members.names.len());
            members.names.push(Arc::clone(name));
            members.columns.push(column);
        }
        members
    }

    /// Position of `name`; `expected` is tried first.
    pub(crate) fn position(&self, name: &str, expected: usize) -> Option<usize> {
        if self.names.get(expected).is_some_and(|known| **known == *name) {
            return Some(expected);
        }
        self.index.get(name).copied()
    }

    pub(crate) fn column(&mut self, position: usize) -> Option<&mut Column> {
        self.columns.get_mut(position)?.as_mut()
    }

    pub(crate) fn truncate(&mut self, rows: usize) {
        for column in self.columns.iter_mut().flatten() {
            column.truncate(rows);
        }
    }

    /// The finished array of `name`, `rows` long; None for an unknown name.
    pub(crate) fn take(&mut self, name: &str, rows: usize) -> Result<Option<ArrayRef>, ArrowError> {
        let Some(&position) = self.index.get(name) else { return Ok(None) };
        self.column(position).map(|column| column.finish(rows)).transpose()
    }
}

impl Column {
    pub(crate) fn new(data_type: &DataType, shape: &Shape) -> Self {
        let values = match data_type {
            DataType::Boolean => Values::Bool(BooleanBufferBuilder::new(0)),
            DataType::Int64 => Values::Int(Vec::new()),
            DataType::UInt64 => Values::UInt(Vec::new()),
            DataType::Float64 => Values::Float(Vec::new()),
            DataType::Struct(fields) => {
                let nothing = ObjectShape::default();
                let shape = shape.object.as_deref().unwrap_or(&nothing);
                Values::Struct { fields: fields.clone(), members: Members::new(shape, fields) }
            }
            DataType::List(field) => {
                let nothing = Shape::default();
                let element = shape.element.as_deref().unwrap_or(&nothing);
                Values::List { field: Arc::clone(field), ends: Vec::new(), items: Box::new(Self::new(field.data_type(), element)) }
            }
            _ => Values::Text { ends: Vec::new(), bytes: Vec::new() },
        };
        Self { values, valid: Validity::new() }
    }

    pub(crate) fn text() -> Self {
        Self { values: Values::Text { ends: Vec::new(), bytes: Vec::new() }, valid: Validity::new() }
    }

    pub(crate) fn int() -> Self {
        Self { values: Values::Int(Vec::new()), valid: Validity::new() }
    }

    pub(crate) fn len(&self) -> usize {
        self.valid.len()
    }

    /// Forgets everything from `row` on, or fills with NULL up to it: the next value is that of `row`.
    pub(crate) fn seek(&mut self, row: usize) {
        let len = self.len();
        if len > row {
            self.truncate(row);
        } else if len < row {
            self.nulls(row - len);
        }
    }

    pub(crate) fn truncate(&mut self, rows: usize) {
        if self.len() <= rows {
            return;
        }
        self.valid.0.truncate(rows);
        match &mut self.values {
            Values::Bool(bits) => bits.truncate(rows),
            Values::Int(values) => values.truncate(rows),
            Values::UInt(values) => values.truncate(rows),
            Values::Float(values) => values.truncate(rows),
            Values::Text { ends, bytes } => {
                ends.truncate(rows);
                bytes.truncate(last(ends));
            }
            Values::Struct { members, .. } => members.truncate(rows),
            Values::List { ends, items, .. } => {
                ends.truncate(rows);
                items.truncate(last(ends));
            }
        }
    }

    fn nulls(&mut self, count: usize) {
        self.valid.0.append_n(count, false);
        match &mut self.values {
            Values::Bool(bits) => bits.append_n(count, false),
            Values::Int(values) => values.resize(values.len() + count, 0),
            Values::UInt(values) => values.resize(values.len() + count, 0),
            Values::Float(values) => values.resize(values.len() + count, 0.0),
            Values::Text { ends, .. } | Values::List { ends, .. } => {
                let end = ends.last().copied().unwrap_or(0);
                ends.resize(ends.len() + count, end);
            }
            Values::Struct { .. } => {}
        }
    }

    pub(crate) fn push_null(&mut self) {
        self.nulls(1);
    }

    /// Marks the row whose value was just appended as set.
    pub(crate) fn set(&mut self) {
        self.valid.0.append(true);
    }

    /// Appends a text. False when the column holds no texts or its buffer is full.
    pub(crate) fn push_text(&mut self, text: &str) -> bool {
        let Values::Text { ends, bytes } = &mut self.values else { return false };
        let Ok(end) = i32::try_from(bytes.len() + text.len()) else { return false };
        bytes.extend_from_slice(text.as_bytes());
        ends.push(end);
        self.set();
        true
    }

    pub(crate) fn push_int(&mut self, value: i64) -> bool {
        let Values::Int(values) = &mut self.values else { return false };
        values.push(value);
        self.set();
        true
    }

    /// The finished array with `rows` rows; the column is empty afterwards.
    pub(crate) fn finish(&mut self, rows: usize) -> Result<ArrayRef, ArrowError> {
        self.seek(rows);
        let nulls = self.valid.finish();
        Ok(match &mut self.values {
            Values::Bool(bits) => Arc::new(BooleanArray::new(bits.finish(), nulls)),
            Values::Int(values) => Arc::new(Int64Array::new(ScalarBuffer::from(std::mem::take(values)), nulls)),
            Values::UInt(values) => Arc::new(UInt64Array::new(ScalarBuffer::from(std::mem::take(values)), nulls)),
            Values::Float(values) => Arc::new(Float64Array::new(ScalarBuffer::from(std::mem::take(values)), nulls)),
            Values::Text { ends, bytes } => {
                let texts = StringArray::try_new(offsets(std::mem::take(ends)), Buffer::from_vec(std::mem::take(bytes)), nulls)?;
                Arc::new(StringViewArray::from(&texts))
            }
            Values::Struct { fields, members } => {
                let mut arrays = Vec::with_capacity(fields.len());
                for field in fields.iter() {
                    let array = members.take(field.name(), rows)?;
                    arrays.push(array.ok_or_else(|| ArrowError::SchemaError(format!("no member '{}'", field.name())))?);
                }
                Arc::new(StructArray::try_new_with_length(fields.clone(), arrays, nulls, rows)?)
            }
            Values::List { field, ends, items } => {
                let ends = std::mem::take(ends);
                let items = items.finish(last(&ends))?;
                Arc::new(ListArray::try_new(Arc::clone(field), offsets(ends), items, nulls)?)
            }
        })
    }
}

fn last(ends: &[i32]) -> usize {
    ends.last().and_then(|end| usize::try_from(*end).ok()).unwrap_or(0)
}

fn offsets(mut ends: Vec<i32>) -> OffsetBuffer<i32> {
    ends.insert(0, 0);
    OffsetBuffer::new(ScalarBuffer::from(ends))
}
