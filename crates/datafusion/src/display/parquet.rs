//! Parquet.

use super::{ResultWriter, Style, unique_names};
use datafusion::arrow::array::{Array, ArrayRef, RecordBatch, RecordBatchOptions, StringArray};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Schema, SchemaRef};
use datafusion::error::{DataFusionError, Result};
use datafusion::parquet::arrow::ArrowWriter;
use datafusion::parquet::basic::{Compression, ZstdLevel};
use datafusion::parquet::file::properties::WriterProperties;
use std::io::Write;
use std::sync::Arc;

/// Writes a Parquet file, a row group at a time.
pub(super) struct ParquetWriter<W: Write + Send> {
    writer: Option<ArrowWriter<W>>,
    schema: SchemaRef,
    defang: bool,
}

impl<W: Write + Send> ParquetWriter<W> {
    /// A writer for results of `schema`; an error names what Parquet cannot hold.
    pub(super) fn new(out: W, schema: &SchemaRef, style: &Style) -> Result<Self> {
        let rename = |(field, name): (&Arc<datafusion::arrow::datatypes::Field>, String)| field.as_ref().clone().with_name(name);
        let fields: Vec<_> = schema.fields().iter().zip(unique_names(schema)).map(rename).collect();
        let schema = Arc::new(Schema::new(fields));
        let properties = WriterProperties::builder().set_compression(Compression::ZSTD(ZstdLevel::default())).build();
        let writer = ArrowWriter::try_new(out, SchemaRef::clone(&schema), Some(properties))?;
        Ok(Self { writer: Some(writer), schema, defang: style.defang })
    }
}

impl<W: Write + Send> ResultWriter for ParquetWriter<W> {
    fn batch(&mut self, batch: &RecordBatch) -> Result<()> {
        let columns = batch.columns().iter().map(|array| if self.defang { defanged(array) } else { Ok(Arc::clone(array)) });
        let options = RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
        let batch = RecordBatch::try_new_with_options(SchemaRef::clone(&self.schema), columns.collect::<Result<_>>()?, &options)?;
        match &mut self.writer {
            Some(writer) => Ok(writer.write(&batch)?),
            None => Err(DataFusionError::Internal("a batch after the end of a Parquet file".to_owned())),
        }
    }

    fn finish(&mut self) -> Result<()> {
        if let Some(writer) = self.writer.take() {
            writer.into_inner()?.flush()?;
        }
        Ok(())
    }
}

/// Text columns with their indicators defanged, in the layout they had.
fn defanged(array: &ArrayRef) -> Result<ArrayRef> {
    let text = match array.data_type() {
        DataType::Dictionary(_, value) => value.as_ref(),
        other => other,
    };
    if !matches!(text, DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View) {
        return match array.data_type().is_nested() {
            true => Err(DataFusionError::NotImplemented(
                "parquet output cannot defang texts inside lists and structs: SET huntsql.defang = false, or unnest them".to_owned(),
            )),
            false => Ok(Arc::clone(array)),
        };
    }
    let texts = cast(array, &DataType::Utf8)?;
    let Some(texts) = texts.as_any().downcast_ref::<StringArray>() else { return Ok(texts) };
    let safe = |text: &str| {
        let mut out = String::new();
        huntsql_kernels::text::defang(text, &mut out);
        out
    };
    let safe: StringArray = texts.iter().map(|text| text.map(safe)).collect();
    Ok(cast(&safe, array.data_type())?)
}
