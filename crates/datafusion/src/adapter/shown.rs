//! Several columns as one argument: the texts that people read, a list a row.

use super::input::shown_texts;
use datafusion::arrow::array::{ArrayRef, ListArray, StringArray, UInt32Array};
use datafusion::arrow::buffer::OffsetBuffer;
use datafusion::arrow::compute::{cast, concat, take};
use datafusion::arrow::datatypes::{DataType, Field};
use datafusion::error::{DataFusionError, Result};
use datafusion::logical_expr::{ColumnarValue, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility};
use std::sync::{Arc, LazyLock};

/// The function; only plans of our own call it.
pub(super) fn shown_columns() -> Arc<ScalarUDF> {
    static SHOWN: LazyLock<Arc<ScalarUDF>> = LazyLock::new(|| {
        let signature = Signature::variadic_any(Volatility::Immutable);
        Arc::new(ScalarUDF::new_from_impl(ShownColumns { signature }))
    });
    Arc::clone(&SHOWN)
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct ShownColumns {
    signature: Signature,
}

impl ScalarUDFImpl for ShownColumns {
    fn name(&self) -> &str {
        "_huntsql_shown_columns"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(DataType::new_list(DataType::Utf8, true))
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let columns: Vec<ArrayRef> = args
            .args
            .iter()
            .map(|arg| {
                arg.to_array(args.number_rows).and_then(|array| shown_texts(&array)).and_then(|texts| Ok(cast(&texts, &DataType::Utf8)?))
            })
            .collect::<Result<_>>()?;
        Ok(ColumnarValue::Array(Arc::new(lists(&columns, args.number_rows)?)))
    }
}

/// The texts of each row side by side.
fn lists(columns: &[ArrayRef], rows: usize) -> Result<ListArray> {
    let too_many = || DataFusionError::Internal("more texts in a batch than a list can hold".to_owned());
    let (width, count) = (columns.len(), u32::try_from(rows).map_err(|_| too_many())?);
    let texts: ArrayRef = if columns.is_empty() {
        Arc::new(StringArray::from(Vec::<&str>::new()))
    } else {
        let one_after_another = concat(&columns.iter().map(AsRef::as_ref).collect::<Vec<_>>())?;
        let wide = u32::try_from(width).map_err(|_| too_many())?;
        let order: UInt32Array = (0..count).flat_map(|row| (0..wide).map(move |column| column * count + row)).collect();
        take(&one_after_another, &order, None)?
    };
    let offsets = OffsetBuffer::from_lengths(std::iter::repeat_n(width, rows));
    Ok(ListArray::try_new(Arc::new(Field::new_list_field(DataType::Utf8, true)), offsets, texts, None)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use datafusion::arrow::array::AsArray;

    #[test]
    fn texts_stand_by_rows() {
        let column = |texts: &[Option<&str>]| Arc::new(texts.iter().copied().collect::<StringArray>()) as ArrayRef;
        let said = lists(&[column(&[Some("a"), None]), column(&[Some("x"), Some("y")])], 2).unwrap();
        let texts = |row: usize| said.value(row).as_string::<i32>().iter().map(|text| text.map(str::to_owned)).collect::<Vec<_>>();
        assert_eq!(texts(0), [Some("a".to_owned()), Some("x".to_owned())]);
        assert_eq!(texts(1), [None, Some("y".to_owned())]);
        assert_eq!(lists(&[], 3).unwrap().value(2).len(), 0);
    }
}
