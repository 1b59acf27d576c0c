//! The options struct literal as an engine-neutral value.

use datafusion::arrow::array::{Array, AsArray};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Float64Type, Int64Type, IntervalMonthDayNanoType, IntervalUnit};
use datafusion::common::ScalarValue;
use datafusion::error::{DataFusionError, Result};
use datafusion::logical_expr::ColumnarValue;
use huntsql_kernels::options::Value;

/// The value of the options argument. It must be the same in every row; a foreign engine may hand a constant over as an array.
pub(super) fn constant(function: &str, value: &ColumnarValue) -> Result<Value> {
    match value {
        ColumnarValue::Scalar(scalar) => from_scalar(scalar),
        ColumnarValue::Array(array) if array.is_empty() => Ok(Value::Null),
        ColumnarValue::Array(array) => {
            let first = at(array.as_ref(), 0)?;
            for row in 1..array.len() {
                if at(array.as_ref(), row)? != first {
                    return Err(DataFusionError::Plan(format!("{function}: the options must be a constant, such as {{'name': 'value'}}")));
                }
            }
            Ok(first)
        }
    }
}

/// A scalar as a value.
pub(super) fn from_scalar(scalar: &ScalarValue) -> Result<Value> {
    at(scalar.to_array()?.as_ref(), 0)
}

fn at(array: &dyn Array, row: usize) -> Result<Value> {
    if array.is_null(row) || array.data_type().is_null() {
        return Ok(Value::Null);
    }
    let one = || array.slice(row, 1);
    Ok(match array.data_type() {
        DataType::Boolean => Value::Bool(array.as_boolean().value(row)),
        ty if ty.is_integer() => match cast(&one(), &DataType::Int64)?.as_primitive::<Int64Type>() {
            number if number.is_null(0) => Value::Other(ty.to_string()),
            number => Value::Int(number.value(0)),
        },
        ty if ty.is_numeric() => Value::Float(cast(&one(), &DataType::Float64)?.as_primitive::<Float64Type>().value(0)),
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => text(&one())?,
        DataType::Dictionary(_, value) if matches!(**value, DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View) => text(&one())?,
        DataType::List(_) => list(array.as_list::<i32>().value(row).as_ref())?,
        DataType::LargeList(_) => list(array.as_list::<i64>().value(row).as_ref())?,
        DataType::FixedSizeList(_, _) => list(array.as_fixed_size_list().value(row).as_ref())?,
        DataType::Struct(fields) => {
            let columns = array.as_struct().columns();
            Value::Struct(
                fields
                    .iter()
                    .zip(columns)
                    .map(|(field, column)| Ok((field.name().clone(), at(column.as_ref(), row)?)))
                    .collect::<Result<_>>()?,
            )
        }
        DataType::Interval(_) | DataType::Duration(_) => duration(&one())?,
        ty => Value::Other(ty.to_string()),
    })
}

/// Months have no fixed length.
fn duration(one: &dyn Array) -> Result<Value> {
    let interval = cast(one, &DataType::Interval(IntervalUnit::MonthDayNano))?;
    let value = interval.as_primitive::<IntervalMonthDayNanoType>().value(0);
    let micros = i64::from(value.days).saturating_mul(86_400_000_000).saturating_add(value.nanoseconds / 1000);
    Ok(if value.months == 0 { Value::Duration(micros) } else { Value::Other("interval with months".to_owned()) })
}

fn text(one: &dyn Array) -> Result<Value> {
    Ok(Value::Text(cast(one, &DataType::Utf8)?.as_string::<i32>().value(0).to_owned()))
}

fn list(elements: &dyn Array) -> Result<Value> {
    Ok(Value::List((0..elements.len()).map(|row| at(elements, row)).collect::<Result<_>>()?))
}
