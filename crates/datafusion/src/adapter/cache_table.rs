//! The table `huntsql.lookup_cache`: what is kept when a statement is planned.

use super::output::{arrow_fields, to_arrow};
use super::scalar::engine_error;
use async_trait::async_trait;
use datafusion::arrow::array::{Array, ListArray, RecordBatch, StructArray};
use datafusion::arrow::datatypes::{Schema, SchemaRef};
use datafusion::catalog::{MemTable, Session, TableProvider};
use datafusion::common::ScalarValue;
use datafusion::error::{DataFusionError, Result};
use datafusion::logical_expr::{ColumnarValue, Expr, TableType};
use datafusion::physical_plan::ExecutionPlan;
use huntsql_kernels::column::SqlValue;
use huntsql_kernels::kernel::{run, signature};
use huntsql_kernels::options::NoOptions;
use huntsql_kernels::types::SqlType;
use huntsql_lookups::cache::{CachedRow, LookupCache};
use std::sync::Arc;

/// The answers that are kept for the user's own configuration.
#[derive(Debug)]
pub(super) struct CacheTable {
    schema: SchemaRef,
}

impl CacheTable {
    pub(super) fn new() -> Self {
        let schema = match <CachedRow as SqlValue>::TYPE {
            SqlType::Struct(fields) => Schema::new(arrow_fields(fields)),
            _ => Schema::empty(),
        };
        Self { schema: Arc::new(schema) }
    }
}

#[async_trait]
impl TableProvider for CacheTable {
    fn schema(&self) -> SchemaRef {
        Arc::clone(&self.schema)
    }

    fn table_type(&self) -> TableType {
        TableType::View
    }

    async fn scan(
        &self,
        state: &dyn Session,
        projection: Option<&Vec<usize>>,
        filters: &[Expr],
        limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let signature = signature::<LookupCache>();
        let arguments = [ColumnarValue::Scalar(ScalarValue::Utf8(None))];
        let input = super::input::ArrowInput::new(signature.args, &arguments)?;
        let column = run::<LookupCache>(&input, 1, &NoOptions).map_err(engine_error)?;
        let list = to_arrow(signature.spec.name, column, &signature.result)?;
        let rows = list.as_any().downcast_ref::<ListArray>().and_then(|list| list.values().as_any().downcast_ref::<StructArray>());
        let rows = rows.ok_or_else(|| DataFusionError::Internal("lookup_cache gives another type".to_owned()))?;
        let batch = RecordBatch::try_new(self.schema(), rows.columns().to_vec())?;
        MemTable::try_new(self.schema(), vec![vec![batch]])?.scan(state, projection, filters, limit).await
    }
}
