//! Arrow arrays and constants as kernel arguments.

use datafusion::arrow::array::{
    Array, ArrayRef, AsArray, BooleanArray, Float64Array, GenericListArray, Int64Array, LargeStringArray, OffsetSizeTrait, StringArray,
    StringBuilder, StringViewArray, TimestampMicrosecondArray, new_null_array,
};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{
    DataType, Field, Float32Type, Float64Type, Int64Type, IntervalMonthDayNano, IntervalMonthDayNanoType, IntervalUnit,
    Time64MicrosecondType, TimeUnit, TimestampMicrosecondType, TimestampNanosecondType,
};
use datafusion::arrow::json::writer::{EncoderOptions, make_encoder};
use datafusion::error::{DataFusionError, Result};
use datafusion::logical_expr::ColumnarValue;
use huntsql_kernels::input::Input;
use huntsql_kernels::time_text::{clock_text, interval_text, iso_text, parse_time};
use huntsql_kernels::types::ArgType;
use std::ops::Range;
use std::sync::Arc;

/// The type that DataFusion is asked to hand over for an argument, or `None` where no cast makes sense.
/// Text keeps its layout: a dictionary or a view column is not copied to be read.
pub(super) fn accepted(ty: ArgType, given: &DataType) -> Option<DataType> {
    match ty {
        ArgType::Text | ArgType::Prose => text_type(given),
        ArgType::Int => (given.is_integer() || given.is_null()).then_some(DataType::Int64),
        ArgType::Float => (given.is_numeric() || given.is_null()).then_some(DataType::Float64),
        ArgType::Bool => matches!(given, DataType::Boolean | DataType::Null).then_some(DataType::Boolean),
        // The numbers of a time with a zone are those of UTC.
        ArgType::Time => match given {
            DataType::Timestamp(_, zone) => Some(DataType::Timestamp(TimeUnit::Microsecond, zone.clone())),
            DataType::Date32 | DataType::Date64 | DataType::Null => Some(DataType::Timestamp(TimeUnit::Microsecond, None)),
            _ => None,
        },
        ArgType::TimeOrText => accepted(ArgType::Time, given).or_else(|| text_type(given)),
        ArgType::FloatList => match given {
            DataType::Null => Some(DataType::new_list(DataType::Float64, true)),
            DataType::List(element) | DataType::LargeList(element) | DataType::FixedSizeList(element, _) | DataType::ListView(element) => {
                let is_number = element.data_type().is_numeric() || element.data_type().is_null();
                is_number.then(|| DataType::new_list(DataType::Float64, true))
            }
            _ => None,
        },
        ArgType::Json => match given {
            DataType::Struct(_) | DataType::Map(_, _) => Some(given.clone()),
            DataType::List(_) => Some(given.clone()),
            _ => text_type(given),
        },
        ArgType::Key => text_type(given).or_else(|| given.is_numeric().then_some(DataType::Utf8)),
        ArgType::Shown => Some(if given.is_null() { DataType::Utf8 } else { given.clone() }),
        ArgType::TextList | ArgType::Columns => match given {
            DataType::Null => Some(DataType::new_list(DataType::Utf8, true)),
            DataType::List(element) | DataType::LargeList(element) | DataType::FixedSizeList(element, _) | DataType::ListView(element) => {
                // An empty list literal has an element type of its own choosing.
                let element = text_type(element.data_type()).unwrap_or(DataType::Utf8);
                Some(DataType::List(Arc::new(Field::new_list_field(element, true))))
            }
            _ => None,
        },
    }
}

fn text_type(given: &DataType) -> Option<DataType> {
    match given {
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => Some(given.clone()),
        DataType::Dictionary(_, value) => text_type(value).map(|_| given.clone()),
        DataType::Null => Some(DataType::Utf8),
        _ => None,
    }
}

/// A column of NULLs for an argument.
pub(super) fn nulls(ty: ArgType, rows: usize) -> ArrayRef {
    new_null_array(&accepted(ty, &DataType::Null).unwrap_or(DataType::Utf8), rows)
}

/// All arguments of one batch.
pub(super) struct ArrowInput {
    args: Vec<Argument>,
}

/// One argument; a constant is an array of one row.
struct Argument {
    values: Values,
    constant: bool,
}

enum Values {
    Text(Texts),
    Int(Int64Array),
    Float(Float64Array),
    Bool(BooleanArray),
    TextList { lists: GenericListArray<i32>, texts: Texts },
    Time(TimestampMicrosecondArray),
    FloatList { lists: GenericListArray<i32>, floats: Float64Array },
}

enum Texts {
    Utf8(StringArray),
    LargeUtf8(LargeStringArray),
    View(StringViewArray),
}

impl Texts {
    fn new(array: &ArrayRef) -> Result<Self> {
        Ok(match array.data_type() {
            DataType::Utf8 => Self::Utf8(array.as_string::<i32>().clone()),
            DataType::LargeUtf8 => Self::LargeUtf8(array.as_string::<i64>().clone()),
            DataType::Utf8View => Self::View(array.as_string_view().clone()),
            // Views of dictionary values share their bytes.
            _ => Self::View(cast(array, &DataType::Utf8View)?.as_string_view().clone()),
        })
    }

    /// Whether no text is there.
    fn is_null(&self) -> bool {
        match self {
            Self::Utf8(array) => array.null_count() == array.len(),
            Self::LargeUtf8(array) => array.null_count() == array.len(),
            Self::View(array) => array.null_count() == array.len(),
        }
    }

    fn len(&self) -> usize {
        match self {
            Self::Utf8(array) => array.len(),
            Self::LargeUtf8(array) => array.len(),
            Self::View(array) => array.len(),
        }
    }

    #[inline]
    fn get(&self, row: usize) -> Option<&str> {
        match self {
            Self::Utf8(array) => (!array.is_null(row)).then(|| array.value(row)),
            Self::LargeUtf8(array) => (!array.is_null(row)).then(|| array.value(row)),
            Self::View(array) => (!array.is_null(row)).then(|| array.value(row)),
        }
    }
}

impl ArrowInput {
    /// Takes the leading `types.len()` values.
    pub(super) fn new(types: &[ArgType], values: &[ColumnarValue]) -> Result<Self> {
        let args = types.iter().zip(values).map(|(ty, value)| Argument::new(*ty, value)).collect::<Result<_>>()?;
        Ok(Self { args })
    }

    #[inline]
    fn at(&self, arg: usize, row: usize) -> Option<(&Values, usize)> {
        self.args.get(arg).map(|a| (&a.values, if a.constant { 0 } else { row }))
    }

    /// The texts of all lists, and where those of one are.
    #[inline]
    fn texts_of(&self, arg: usize, row: usize) -> Option<(&Texts, Range<usize>)> {
        match self.at(arg, row)? {
            (Values::TextList { lists, texts }, row) if !lists.is_null(row) => {
                let bounds = lists.value_offsets();
                let start = usize::try_from(*bounds.get(row)?).ok()?;
                let end = usize::try_from(*bounds.get(row + 1)?).ok()?;
                Some((texts, start..end))
            }
            _ => None,
        }
    }
}

impl Argument {
    fn new(ty: ArgType, value: &ColumnarValue) -> Result<Self> {
        let (array, constant) = match value {
            ColumnarValue::Array(array) => (Arc::clone(array), false),
            ColumnarValue::Scalar(scalar) => (scalar.to_array()?, true),
        };
        let values = match ty {
            ArgType::Text | ArgType::Prose | ArgType::Key => Values::Text(Texts::new(&array)?),
            ArgType::Int => Values::Int(cast(&array, &DataType::Int64)?.as_primitive::<Int64Type>().clone()),
            ArgType::Float => Values::Float(cast(&array, &DataType::Float64)?.as_primitive::<Float64Type>().clone()),
            ArgType::Bool => Values::Bool(cast(&array, &DataType::Boolean)?.as_boolean().clone()),
            ArgType::Shown => Values::Text(Texts::new(&shown_texts(&array)?)?),
            ArgType::TextList | ArgType::Columns => {
                let lists = list::<i32>(&array)?;
                let texts = Texts::new(lists.values())?;
                Values::TextList { lists, texts }
            }
            ArgType::TimeOrText if text_type(array.data_type()).is_some() => Values::Time(said_times(&Texts::new(&array)?)),
            ArgType::Time | ArgType::TimeOrText => Values::Time(micros(&array)?),
            ArgType::FloatList => {
                let lists = list::<i32>(&cast(&array, &DataType::new_list(DataType::Float64, true))?)?;
                let floats = lists.values().as_primitive::<Float64Type>().clone();
                Values::FloatList { lists, floats }
            }
            ArgType::Json if text_type(array.data_type()).is_some() => Values::Text(Texts::new(&array)?),
            ArgType::Json => Values::Text(Texts::Utf8(json_texts(&array)?)),
        };
        Ok(Self { values, constant })
    }
}

fn micros(array: &ArrayRef) -> Result<TimestampMicrosecondArray> {
    let zone = match array.data_type() {
        // Arrow's cast rounds towards 1970, not down.
        DataType::Timestamp(TimeUnit::Nanosecond, _) => {
            return Ok(array.as_primitive::<TimestampNanosecondType>().unary(|nanos| nanos.div_euclid(1000)));
        }
        DataType::Timestamp(_, zone) => zone.clone(),
        _ => None,
    };
    Ok(cast(array, &DataType::Timestamp(TimeUnit::Microsecond, zone))?.as_primitive::<TimestampMicrosecondType>().clone())
}

/// The times that texts say.
fn said_times(texts: &Texts) -> TimestampMicrosecondArray {
    (0..texts.len()).map(|row| texts.get(row).and_then(|text| parse_time(text, "iso"))).collect()
}

/// Values of any type as people read them.
pub(super) fn shown_texts(array: &ArrayRef) -> Result<ArrayRef> {
    Ok(match array.data_type() {
        ty if text_type(ty).is_some() && !ty.is_null() => Arc::clone(array),
        DataType::Struct(_) | DataType::Map(_, _) | DataType::List(_) | DataType::LargeList(_) | DataType::FixedSizeList(_, _) => {
            Arc::new(json_texts(array)?)
        }
        DataType::Binary | DataType::LargeBinary | DataType::BinaryView | DataType::FixedSizeBinary(_) => Arc::new(hex_texts(array)?),
        // Arrow's own text of a time fails where no calendar has it.
        DataType::Timestamp(_, zone) => {
            let end = if zone.is_some() { "Z" } else { "" };
            Arc::new(time_texts(array, |micros| iso_text(micros).map(|text| text + end))?)
        }
        DataType::Date32 | DataType::Date64 => {
            let day = |micros| iso_text(micros).and_then(|text| text.split('T').next().map(str::to_owned));
            Arc::new(time_texts(array, day)?)
        }
        DataType::Float32 => {
            Arc::new(array.as_primitive::<Float32Type>().iter().map(|v| v.map(|v| format!("{v:?}"))).collect::<StringArray>())
        }
        DataType::Float64 => {
            Arc::new(array.as_primitive::<Float64Type>().iter().map(|v| v.map(|v| format!("{v:?}"))).collect::<StringArray>())
        }
        DataType::Interval(_) => {
            let plain = cast(array, &DataType::Interval(IntervalUnit::MonthDayNano))?;
            let text = |value: IntervalMonthDayNano| interval_text(value.months, value.days, value.nanoseconds / 1000);
            Arc::new(plain.as_primitive::<IntervalMonthDayNanoType>().iter().map(|value| value.map(text)).collect::<StringArray>())
        }
        DataType::Time32(_) | DataType::Time64(_) => {
            let plain = cast(array, &DataType::Time64(TimeUnit::Microsecond))?;
            Arc::new(plain.as_primitive::<Time64MicrosecondType>().iter().map(|micros| micros.map(clock_text)).collect::<StringArray>())
        }
        _ => cast(array, &DataType::Utf8)?,
    })
}

/// Times as texts.
fn time_texts(array: &ArrayRef, text: impl Fn(i64) -> Option<String>) -> Result<StringArray> {
    Ok(micros(array)?.iter().map(|micros| micros.and_then(&text)).collect())
}

/// Bytes as hexadecimal digits.
fn hex_texts(array: &ArrayRef) -> Result<StringArray> {
    let bytes = cast(array, &DataType::Binary)?;
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    Ok(bytes.as_binary::<i32>().iter().map(|bytes| bytes.map(hex)).collect())
}

/// Structs, maps and lists as JSON.
fn json_texts(array: &ArrayRef) -> Result<StringArray> {
    let field = Arc::new(Field::new("json", array.data_type().clone(), true));
    let options = EncoderOptions::default().with_explicit_nulls(true);
    let mut encoder = make_encoder(&field, array.as_ref(), &options)?;
    let mut texts = StringBuilder::new();
    let mut bytes = Vec::new();
    for row in 0..array.len() {
        if encoder.is_null(row) {
            texts.append_null();
            continue;
        }
        bytes.clear();
        encoder.encode(row, &mut bytes);
        texts.append_value(String::from_utf8_lossy(&bytes));
    }
    Ok(texts.finish())
}

fn list<O: OffsetSizeTrait>(array: &ArrayRef) -> Result<GenericListArray<O>> {
    array.as_list_opt::<O>().cloned().ok_or_else(|| DataFusionError::Internal(format!("a list of texts arrived as {}", array.data_type())))
}

impl Input for ArrowInput {
    #[inline]
    fn text(&self, arg: usize, row: usize) -> Option<&str> {
        match self.at(arg, row)? {
            (Values::Text(texts), row) => texts.get(row),
            _ => None,
        }
    }

    fn int(&self, arg: usize, row: usize) -> Option<i64> {
        match self.at(arg, row)? {
            (Values::Int(array), row) if !array.is_null(row) => Some(array.value(row)),
            _ => None,
        }
    }

    fn float(&self, arg: usize, row: usize) -> Option<f64> {
        match self.at(arg, row)? {
            (Values::Float(array), row) if !array.is_null(row) => Some(array.value(row)),
            _ => None,
        }
    }

    fn bool(&self, arg: usize, row: usize) -> Option<bool> {
        match self.at(arg, row)? {
            (Values::Bool(array), row) if !array.is_null(row) => Some(array.value(row)),
            _ => None,
        }
    }

    fn text_list(&self, arg: usize, row: usize) -> Option<Vec<Option<&str>>> {
        let (texts, bounds) = self.texts_of(arg, row)?;
        Some(bounds.map(|index| texts.get(index)).collect())
    }

    fn each_text<'a>(&'a self, arg: usize, row: usize, take: &mut dyn FnMut(Option<&'a str>)) -> bool {
        let Some((texts, bounds)) = self.texts_of(arg, row) else { return false };
        bounds.for_each(|index| take(texts.get(index)));
        true
    }

    fn is_missing(&self, arg: usize) -> bool {
        self.args.get(arg).is_none_or(|argument| match &argument.values {
            Values::Text(texts) => texts.is_null(),
            Values::Int(array) => array.null_count() == array.len(),
            Values::Float(array) => array.null_count() == array.len(),
            Values::Bool(array) => array.null_count() == array.len(),
            Values::Time(array) => array.null_count() == array.len(),
            Values::TextList { lists, .. } | Values::FloatList { lists, .. } => lists.null_count() == lists.len(),
        })
    }

    fn time(&self, arg: usize, row: usize) -> Option<i64> {
        match self.at(arg, row)? {
            (Values::Time(array), row) if !array.is_null(row) => Some(array.value(row)),
            _ => None,
        }
    }

    fn float_list(&self, arg: usize, row: usize, into: &mut Vec<f64>) -> bool {
        let Some((Values::FloatList { lists, floats }, row)) = self.at(arg, row) else { return false };
        if lists.is_null(row) {
            return false;
        }
        let bounds = lists.value_offsets();
        let (Some(start), Some(end)) = (bounds.get(row), bounds.get(row + 1)) else { return false };
        into.extend((*start as usize..*end as usize).map(|index| if floats.is_null(index) { f64::NAN } else { floats.value(index) }));
        true
    }

    fn text_list_identity(&self, arg: usize, row: usize) -> Option<usize> {
        self.args.get(arg).map(|a| if a.constant { 0 } else { row })
    }
}
