//! The schema `huntsql`: what is registered, and what could not be under its own name.

use super::cache_table::CacheTable;
use datafusion::arrow::array::{ArrayRef, RecordBatch, StringArray};
use datafusion::catalog::{MemTable, MemorySchemaProvider, SchemaProvider, TableProvider};
use datafusion::error::{DataFusionError, Result};
use datafusion::prelude::SessionContext;
use huntsql_catalogue::signatures;
use std::sync::Arc;

const SCHEMA: &str = "huntsql";

pub(super) fn register(ctx: &SessionContext, conflicts: &[&'static str]) -> Result<()> {
    let default = ctx.copied_config().options().catalog.default_catalog.clone();
    let catalog = ctx.catalog(&default).ok_or_else(|| DataFusionError::Plan(format!("huntsql: the session has no catalog '{default}'")))?;
    let schema = match catalog.schema(SCHEMA) {
        Some(schema) => schema,
        None => {
            let schema: Arc<dyn SchemaProvider> = Arc::new(MemorySchemaProvider::new());
            catalog.register_schema(SCHEMA, Arc::clone(&schema))?;
            schema
        }
    };
    let all = signatures();
    let functions = table(&[
        ("name", all.iter().map(|s| s.spec.name.to_owned()).collect()),
        ("family", all.iter().map(|s| s.spec.family.name().to_owned()).collect()),
        ("usage", all.iter().map(|s| s.usage()).collect()),
        ("table_usage", all.iter().map(|s| s.table_usage().unwrap_or_default()).collect()),
        ("summary", all.iter().map(|s| s.spec.summary.to_owned()).collect()),
    ])?;
    let conflicts = table(&[
        ("name", conflicts.iter().map(|name| (*name).to_owned()).collect()),
        ("use_instead", conflicts.iter().map(|name| format!("huntsql_{name}")).collect()),
    ])?;
    let tables: [(&str, Arc<dyn TableProvider>); 3] =
        [("functions", Arc::new(functions)), ("conflicts", Arc::new(conflicts)), ("lookup_cache", Arc::new(CacheTable::new()))];
    for (name, table) in tables {
        if schema.table_exist(name) {
            schema.deregister_table(name)?;
        }
        schema.register_table(name.to_owned(), table)?;
    }
    Ok(())
}

fn table(columns: &[(&str, Vec<String>)]) -> Result<MemTable> {
    let arrays = columns.iter().map(|(name, values)| (*name, Arc::new(StringArray::from(values.clone())) as ArrayRef));
    let batch = RecordBatch::try_from_iter(arrays)?;
    MemTable::try_new(batch.schema(), vec![vec![batch]])
}
