//! A finished kernel column as an arrow array. Buffers are handed over, not copied.

use datafusion::arrow::array::{
    ArrayRef, BinaryArray, BooleanArray, Float64Array, Int64Array, ListArray, MapArray, StringArray, StructArray, TimestampMicrosecondArray,
};
use datafusion::arrow::buffer::{Buffer, NullBuffer, OffsetBuffer, ScalarBuffer};
use datafusion::arrow::datatypes::{DataType, Field, Fields, TimeUnit};
use datafusion::error::{DataFusionError, Result};
use huntsql_kernels::column::{Column, Data};
use huntsql_kernels::types::SqlType;
use std::sync::Arc;

/// The arrow type of a SQL type.
pub(crate) fn arrow_type(ty: &SqlType) -> DataType {
    match ty {
        SqlType::Text => DataType::Utf8,
        SqlType::Int => DataType::Int64,
        SqlType::Float => DataType::Float64,
        SqlType::Bool => DataType::Boolean,
        SqlType::Blob => DataType::Binary,
        SqlType::Time => DataType::Timestamp(TimeUnit::Microsecond, None),
        SqlType::List(element) => DataType::List(Arc::new(Field::new_list_field(arrow_type(element), true))),
        SqlType::Struct(fields) => DataType::Struct(arrow_fields(fields)),
        SqlType::Map => DataType::Map(map_entries(), false),
    }
}

/// The entries of a map, named as DataFusion names them; keys are never NULL.
fn map_entries() -> Arc<Field> {
    let fields = SqlType::MAP_ENTRY.iter().enumerate().map(|(index, (name, ty))| Field::new(*name, arrow_type(ty), index > 0));
    Arc::new(Field::new_struct("entries", fields.collect::<Fields>(), false))
}

pub(super) fn arrow_fields(fields: &[(&str, SqlType)]) -> Fields {
    fields.iter().map(|(name, ty)| Field::new(*name, arrow_type(ty), true)).collect()
}

/// Converts `column`, which was built for `ty`.
pub(crate) fn to_arrow(function: &str, column: Column, ty: &SqlType) -> Result<ArrayRef> {
    let (validity, rows, data) = column.into_parts();
    let nulls = validity.map(NullBuffer::from);
    let array: ArrayRef = match (data, ty) {
        (Data::Text { offsets, bytes }, SqlType::Text) => {
            Arc::new(StringArray::try_new(offset_buffer(function, &offsets)?, Buffer::from_vec(bytes), nulls)?)
        }
        (Data::Blob { offsets, bytes }, SqlType::Blob) => {
            Arc::new(BinaryArray::try_new(offset_buffer(function, &offsets)?, Buffer::from_vec(bytes), nulls)?)
        }
        (Data::Int(values), SqlType::Int) => Arc::new(Int64Array::try_new(ScalarBuffer::from(values), nulls)?),
        (Data::Int(values), SqlType::Time) => Arc::new(TimestampMicrosecondArray::try_new(ScalarBuffer::from(values), nulls)?),
        (Data::Float(values), SqlType::Float) => Arc::new(Float64Array::try_new(ScalarBuffer::from(values), nulls)?),
        (Data::Bool(values), SqlType::Bool) => Arc::new(BooleanArray::new(values.into(), nulls)),
        (Data::List { offsets, child }, SqlType::List(element)) => {
            let field = Arc::new(Field::new_list_field(arrow_type(element), true));
            let child = to_arrow(function, *child, element)?;
            Arc::new(ListArray::try_new(field, offset_buffer(function, &offsets)?, child, nulls)?)
        }
        (Data::List { offsets, child }, SqlType::Map) => {
            let entries = map_entries();
            let (_, rows, Data::Struct(columns)) = child.into_parts() else {
                return Err(DataFusionError::Internal(format!("{function}: a map without entries")));
            };
            let texts = columns.into_iter().map(|column| to_arrow(function, column, &SqlType::Text)).collect::<Result<Vec<_>>>()?;
            let DataType::Struct(fields) = entries.data_type().clone() else {
                return Err(DataFusionError::Internal(format!("{function}: entries that are no structs")));
            };
            let child = StructArray::try_new_with_length(fields, texts, None, rows)?;
            Arc::new(MapArray::try_new(entries, offset_buffer(function, &offsets)?, child, nulls, false)?)
        }
        (Data::Struct(columns), SqlType::Struct(fields)) => {
            // Fields that nobody asked for are left out.
            let kept = columns.into_iter().zip(fields.iter()).filter(|(column, _)| !column.is_skipped());
            let (fields, children): (Vec<_>, Vec<_>) = kept
                .map(|(column, field)| Ok((*field, to_arrow(function, column, &field.1)?)))
                .collect::<Result<Vec<_>>>()?
                .into_iter()
                .unzip();
            Arc::new(StructArray::try_new_with_length(arrow_fields(&fields), children, nulls, rows)?)
        }
        (_, ty) => return Err(DataFusionError::Internal(format!("{function}: a column that is not {ty}"))),
    };
    Ok(array)
}

/// Arrow's text, blob and list arrays count with 32 bits.
fn offset_buffer(function: &str, offsets: &[usize]) -> Result<OffsetBuffer<i32>> {
    // They never fall, so that the last is the largest: one look at it, not one at each.
    if offsets.last().is_some_and(|last| i32::try_from(*last).is_err()) {
        return Err(DataFusionError::ResourcesExhausted(format!(
            "{function}: the results for one batch of rows are larger than 2 GiB; SET datafusion.execution.batch_size = 256 and run it again"
        )));
    }
    Ok(OffsetBuffer::new(offsets.iter().map(|offset| *offset as i32).collect::<ScalarBuffer<i32>>()))
}
