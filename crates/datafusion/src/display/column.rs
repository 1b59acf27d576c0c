//! Reads any arrow array as [`Value`]s. Nothing else in the display looks into arrow.

use datafusion::arrow::array::types::{Int16Type, Int32Type, Int64Type, RunEndIndexType};
use datafusion::arrow::array::*;
use datafusion::arrow::datatypes::{DataType, TimeUnit};
use datafusion::arrow::util::display::{ArrayFormatter, FormatOptions};
use datafusion::error::{DataFusionError, Result};
use std::ops::Range;

/// One value of a result.
pub(super) enum Value<'v, 'a> {
    /// NULL.
    Null,
    /// A truth value.
    Bool(bool),
    /// A signed integer.
    Int(i64),
    /// An unsigned integer.
    UInt(u64),
    /// A single-precision float, which has shorter digits than the same double.
    Single(f32),
    /// A float.
    Float(f64),
    /// The exact digits of a decimal.
    Decimal(String),
    /// A date, time, timestamp, duration or interval, written out.
    Time(String),
    /// Text from the data.
    Text(&'v str),
    /// Raw bytes.
    Bytes(&'v [u8]),
    /// The rows of a column that one list holds.
    List(&'v Column<'a>, Range<usize>),
    /// The fields of a struct, in a row.
    Struct(&'v [(&'a str, Column<'a>)], usize),
    /// Keys, values and the rows that one map holds.
    Map(&'v Column<'a>, &'v Column<'a>, Range<usize>),
}

type Read<'a, T> = Box<dyn Fn(usize) -> T + 'a>;

/// An array whose types were looked at once.
pub(super) struct Column<'a> {
    array: &'a dyn Array,
    kind: Kind<'a>,
}

enum Kind<'a> {
    Flat(Read<'a, Value<'a, 'a>>),
    List(Box<Column<'a>>, Read<'a, Range<usize>>),
    Struct(Vec<(&'a str, Column<'a>)>),
    Map(Box<Column<'a>>, Box<Column<'a>>, Read<'a, Range<usize>>),
    /// Dictionaries, run ends and unions: the row of another column, `None` for NULL.
    Elsewhere(Vec<Column<'a>>, Read<'a, Option<(usize, usize)>>),
}

impl<'a> Column<'a> {
    /// Looks at `array`. An error is a type that cannot be shown.
    pub(super) fn new(array: &'a dyn Array) -> Result<Self> {
        Ok(Self { array, kind: kind(array)? })
    }

    /// The value in `row`; NULL past the end.
    pub(super) fn get(&self, row: usize) -> Value<'_, 'a> {
        if row >= self.array.len() || self.array.is_null(row) {
            return Value::Null;
        }
        match &self.kind {
            Kind::Flat(read) => read(row),
            Kind::List(child, range) => Value::List(child, range(row)),
            Kind::Struct(fields) => Value::Struct(fields, row),
            Kind::Map(keys, values, range) => Value::Map(keys, values, range(row)),
            Kind::Elsewhere(columns, place) => {
                place(row).and_then(|(column, row)| Some(columns.get(column)?.get(row))).unwrap_or(Value::Null)
            }
        }
    }
}

fn kind<'a>(array: &'a dyn Array) -> Result<Kind<'a>> {
    macro_rules! flat {
        ($array:ty, $variant:ident) => {{
            let array = typed::<$array>(array)?;
            Kind::Flat(Box::new(move |row| Value::$variant(array.value(row).into())))
        }};
    }
    macro_rules! list {
        ($array:ty) => {{
            let list = typed::<$array>(array)?;
            let range = move |row| span(list.value_offsets().get(row), list.value_offsets().get(row + 1));
            Kind::List(Box::new(Column::new(list.values())?), Box::new(range))
        }};
    }
    macro_rules! list_view {
        ($array:ty) => {{
            let list = typed::<$array>(array)?;
            let range = move |row| {
                let start = list.value_offset(row).try_into().unwrap_or(0_usize);
                start..start.saturating_add(list.value_size(row).try_into().unwrap_or(0))
            };
            Kind::List(Box::new(Column::new(list.values())?), Box::new(range))
        }};
    }
    Ok(match array.data_type() {
        DataType::Null => Kind::Flat(Box::new(|_| Value::Null)),
        DataType::Boolean => flat!(BooleanArray, Bool),
        DataType::Int8 => flat!(Int8Array, Int),
        DataType::Int16 => flat!(Int16Array, Int),
        DataType::Int32 => flat!(Int32Array, Int),
        DataType::Int64 => flat!(Int64Array, Int),
        DataType::UInt8 => flat!(UInt8Array, UInt),
        DataType::UInt16 => flat!(UInt16Array, UInt),
        DataType::UInt32 => flat!(UInt32Array, UInt),
        DataType::UInt64 => flat!(UInt64Array, UInt),
        DataType::Float16 => flat!(Float16Array, Single),
        DataType::Float32 => flat!(Float32Array, Single),
        DataType::Float64 => flat!(Float64Array, Float),
        DataType::Utf8 => flat!(StringArray, Text),
        DataType::LargeUtf8 => flat!(LargeStringArray, Text),
        DataType::Utf8View => flat!(StringViewArray, Text),
        DataType::Binary => flat!(BinaryArray, Bytes),
        DataType::LargeBinary => flat!(LargeBinaryArray, Bytes),
        DataType::BinaryView => flat!(BinaryViewArray, Bytes),
        DataType::FixedSizeBinary(_) => flat!(FixedSizeBinaryArray, Bytes),
        DataType::Decimal32(..) | DataType::Decimal64(..) | DataType::Decimal128(..) | DataType::Decimal256(..) => {
            written(array, Value::Decimal)?
        }
        DataType::Date32
        | DataType::Date64
        | DataType::Time32(_)
        | DataType::Time64(_)
        | DataType::Timestamp(..)
        | DataType::Duration(_)
        | DataType::Interval(_) => written(array, Value::Time)?,
        DataType::List(_) => list!(ListArray),
        DataType::LargeList(_) => list!(LargeListArray),
        DataType::ListView(_) => list_view!(ListViewArray),
        DataType::LargeListView(_) => list_view!(LargeListViewArray),
        DataType::FixedSizeList(_, size) => {
            let list = typed::<FixedSizeListArray>(array)?;
            let size = usize::try_from(*size).unwrap_or(0);
            Kind::List(Box::new(Column::new(list.values())?), Box::new(move |row| row * size..(row + 1) * size))
        }
        DataType::Struct(fields) => {
            let columns = typed::<StructArray>(array)?.columns();
            let read = |(field, column): (&'a std::sync::Arc<_>, &'a ArrayRef)| {
                let field: &'a datafusion::arrow::datatypes::Field = field;
                Ok((field.name().as_str(), Column::new(column)?))
            };
            Kind::Struct(fields.iter().zip(columns).map(read).collect::<Result<_>>()?)
        }
        DataType::Map(..) => {
            let map = typed::<MapArray>(array)?;
            let range = move |row| span(map.value_offsets().get(row), map.value_offsets().get(row + 1));
            Kind::Map(Box::new(Column::new(map.keys())?), Box::new(Column::new(map.values())?), Box::new(range))
        }
        DataType::Dictionary(..) => {
            let dictionary = array.as_any_dictionary_opt().ok_or_else(|| mismatch(array))?;
            // normalized_keys panics on an empty dictionary; then every row is NULL.
            let keys = if dictionary.values().is_empty() { Vec::new() } else { dictionary.normalized_keys() };
            Kind::Elsewhere(vec![Column::new(dictionary.values())?], Box::new(move |row| Some((0, *keys.get(row)?))))
        }
        DataType::RunEndEncoded(ends, _) => match ends.data_type() {
            DataType::Int16 => runs::<Int16Type>(array)?,
            DataType::Int32 => runs::<Int32Type>(array)?,
            _ => runs::<Int64Type>(array)?,
        },
        DataType::Union(fields, _) => {
            let union = typed::<UnionArray>(array)?;
            let ids: Vec<i8> = fields.iter().map(|(id, _)| id).collect();
            let columns = ids.iter().map(|id| Column::new(union.child(*id))).collect::<Result<_>>()?;
            let place = move |row| Some((ids.iter().position(|id| *id == union.type_id(row))?, union.value_offset(row)));
            Kind::Elsewhere(columns, Box::new(place))
        }
    })
}

fn runs<'a, R: RunEndIndexType>(array: &'a dyn Array) -> Result<Kind<'a>> {
    let runs = typed::<RunArray<R>>(array)?;
    Ok(Kind::Elsewhere(vec![Column::new(runs.values())?], Box::new(move |row| Some((0, runs.get_physical_index(row))))))
}

/// Types that arrow writes out. A value past what a calendar can name is shown as the number that is stored.
fn written<'a>(array: &'a dyn Array, wrap: fn(String) -> Value<'a, 'a>) -> Result<Kind<'a>> {
    // arrow knows named time zones only with a feature that DataFusion may lack; then the moment is shown in UTC.
    let formatter = match (ArrayFormatter::try_new(array, &FormatOptions::new()), array.data_type()) {
        (Ok(formatter), _) => formatter,
        (Err(_), DataType::Timestamp(unit, Some(_))) => return in_utc(array, *unit),
        (Err(error), _) => return Err(error.into()),
    };
    Ok(Kind::Flat(Box::new(move |row| match formatter.value(row).try_to_string() {
        Ok(text) => wrap(text),
        Err(_) => wrap(stored(array, row)),
    })))
}

fn in_utc<'a>(array: &'a dyn Array, unit: TimeUnit) -> Result<Kind<'a>> {
    let utc = datafusion::arrow::compute::cast(array, &DataType::Timestamp(unit, Some("+00:00".into())))?;
    Ok(Kind::Flat(Box::new(move |row| {
        let text = ArrayFormatter::try_new(&utc, &FormatOptions::new()).and_then(|formatter| formatter.value(row).try_to_string());
        Value::Time(text.unwrap_or_else(|_| stored(&utc, row)))
    })))
}

fn stored(array: &dyn Array, row: usize) -> String {
    let number = datafusion::arrow::compute::cast(&array.slice(row, 1), &DataType::Int64).ok();
    let number = number.as_deref().and_then(|array| array.as_primitive_opt::<Int64Type>());
    number.map_or_else(|| "out of range".to_owned(), |array| array.value(0).to_string())
}

fn typed<T: 'static>(array: &dyn Array) -> Result<&T> {
    array.as_any().downcast_ref().ok_or_else(|| mismatch(array))
}

fn mismatch(array: &dyn Array) -> DataFusionError {
    DataFusionError::Internal(format!("a column of type {} is no such array", array.data_type()))
}

fn span<O: Copy + TryInto<usize>>(start: Option<&O>, end: Option<&O>) -> Range<usize> {
    let place = |offset: Option<&O>| offset.and_then(|offset| (*offset).try_into().ok()).unwrap_or(0);
    place(start)..place(end)
}
