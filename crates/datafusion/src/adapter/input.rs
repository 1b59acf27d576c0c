//! Arrow arrays and constants as kernel arguments.

use datafusion::arrow::array::{
    Array, ArrayRef, AsArray, BooleanArray, Float64Array, GenericListArray, Int64Array, LargeStringArray, OffsetSizeTrait, StringArray,
    StringViewArray,
};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Field, Float64Type, Int64Type};
use datafusion::error::{DataFusionError, Result};
use datafusion::logical_expr::ColumnarValue;
use huntsql_kernels::input::Input;
use huntsql_kernels::types::ArgType;
use std::sync::Arc;

/// The type that DataFusion is asked to hand over for an argument, or `None` where no cast makes sense.
/// Text keeps its layout: a dictionary or a view column is not copied to be read.
pub(super) fn accepted(ty: ArgType, given: &DataType) -> Option<DataType> {
    match ty {
        ArgType::Text => text_type(given),
        ArgType::Int => (given.is_integer() || given.is_null()).then_some(DataType::Int64),
        ArgType::Float => (given.is_numeric() || given.is_null()).then_some(DataType::Float64),
        ArgType::Bool => matches!(given, DataType::Boolean | DataType::Null).then_some(DataType::Boolean),
        ArgType::TextList => match given {
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
}

impl Argument {
    fn new(ty: ArgType, value: &ColumnarValue) -> Result<Self> {
        let (array, constant) = match value {
            ColumnarValue::Array(array) => (Arc::clone(array), false),
            ColumnarValue::Scalar(scalar) => (scalar.to_array()?, true),
        };
        let values = match ty {
            ArgType::Text => Values::Text(Texts::new(&array)?),
            ArgType::Int => Values::Int(cast(&array, &DataType::Int64)?.as_primitive::<Int64Type>().clone()),
            ArgType::Float => Values::Float(cast(&array, &DataType::Float64)?.as_primitive::<Float64Type>().clone()),
            ArgType::Bool => Values::Bool(cast(&array, &DataType::Boolean)?.as_boolean().clone()),
            ArgType::TextList => {
                let lists = list::<i32>(&array)?;
                let texts = Texts::new(lists.values())?;
                Values::TextList { lists, texts }
            }
        };
        Ok(Self { values, constant })
    }
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
        match self.at(arg, row)? {
            (Values::TextList { lists, texts }, row) if !lists.is_null(row) => {
                let bounds = lists.value_offsets();
                let start = usize::try_from(*bounds.get(row)?).ok()?;
                let end = usize::try_from(*bounds.get(row + 1)?).ok()?;
                Some((start..end).map(|index| texts.get(index)).collect())
            }
            _ => None,
        }
    }

    fn text_list_identity(&self, arg: usize, row: usize) -> Option<usize> {
        self.args.get(arg).map(|a| if a.constant { 0 } else { row })
    }
}
