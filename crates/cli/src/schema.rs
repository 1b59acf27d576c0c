//! Tables and their columns, as rows to print and as words to complete.

use crate::failure::Failure;
use datafusion::arrow::array::{ArrayRef, RecordBatch, StringArray};
use datafusion::catalog::SchemaProvider;
use datafusion::common::TableReference;
use huntsql_datafusion::display::type_name;
use huntsql_datafusion::session::HuntSession;
use std::path::Path;
use std::sync::Arc;

/// A batch of text columns.
pub(crate) fn texts(names: &[&str], rows: &[Vec<String>]) -> Result<RecordBatch, Failure> {
    let column = |i: usize| Arc::new(rows.iter().map(|row| row.get(i)).collect::<StringArray>()) as ArrayRef;
    let columns = names.iter().enumerate().map(|(i, name)| (*name, column(i), true));
    RecordBatch::try_from_iter_with_nullable(columns).map_err(|error| Failure::Query(error.to_string()))
}

/// Every table outside information_schema: its name as a query must spell it, and where to find it.
fn tables(session: &HuntSession) -> Vec<(TableReference, Arc<dyn SchemaProvider>)> {
    let context = session.context();
    let state = context.state();
    let default = &state.config_options().catalog;
    let mut found = Vec::new();
    for catalog in context.catalog_names() {
        let Some(schemas) = context.catalog(&catalog) else { continue };
        for schema in schemas.schema_names().into_iter().filter(|name| name != "information_schema") {
            let Some(provider) = schemas.schema(&schema) else { continue };
            for table in provider.table_names() {
                let reference = if catalog != default.default_catalog {
                    TableReference::full(catalog.clone(), schema.clone(), table)
                } else if schema != default.default_schema {
                    TableReference::partial(schema.clone(), table)
                } else {
                    TableReference::bare(table)
                };
                found.push((reference, Arc::clone(&provider)));
            }
        }
    }
    found.sort_by_key(|(reference, _)| reference.to_quoted_string());
    found
}

/// Name and kind of every table.
pub(crate) async fn list(session: Arc<HuntSession>) -> Result<RecordBatch, Failure> {
    let mut rows = Vec::new();
    for (reference, provider) in tables(&session) {
        let kind = match provider.table_type(reference.table()).await? {
            Some(datafusion::logical_expr::TableType::View) => "view",
            Some(datafusion::logical_expr::TableType::Temporary) => "temporary",
            _ => "table",
        };
        rows.push(vec![reference.to_quoted_string(), kind.to_owned()]);
    }
    texts(&["table", "kind"], &rows)
}

/// Column, type and nullability of a table, view or file.
pub(crate) async fn describe(session: Arc<HuntSession>, name: String) -> Result<RecordBatch, Failure> {
    let name = name.as_str();
    let quoted = || format!("'{}'", name.replace('\'', "''"));
    let unquoted = name.starts_with(['\'', '"']) || name.contains('(');
    let known =
        |name: &str| tables(&session).iter().any(|(reference, _)| reference.to_quoted_string() == name || reference.to_string() == name);
    let path_like = name.contains(['/', '\\', '*']) || Path::new(name).exists();
    let table = if unquoted || known(name) || !path_like { name.to_owned() } else { quoted() };
    let statements = session.statements(&format!("SELECT * FROM {table}"))?;
    let [statement] = statements.as_slice() else {
        return Err(Failure::Query(format!("'{name}' is not the name of one table")));
    };
    let plan = session.plan(statement).await?;
    let row = |field: &Arc<datafusion::arrow::datatypes::Field>| {
        let nullable = if field.is_nullable() { "yes" } else { "no" };
        vec![field.name().clone(), type_name(field.data_type()), nullable.to_owned()]
    };
    texts(&["column", "type", "null"], &plan.schema().fields().iter().map(row).collect::<Vec<_>>())
}

/// Names of the tables and, up to a bound that keeps a prompt quick, of their columns.
pub(crate) async fn words(session: Arc<HuntSession>) -> Result<(Vec<String>, Vec<String>), Failure> {
    const MAX_TABLES: usize = 100;
    let tables = tables(&session);
    let mut columns = Vec::new();
    for (reference, provider) in tables.iter().take(MAX_TABLES) {
        if let Ok(Some(table)) = provider.table(reference.table()).await {
            columns.extend(table.schema().fields().iter().map(|field| field.name().clone()));
        }
    }
    Ok((tables.iter().map(|(reference, _)| reference.to_quoted_string()).collect(), columns))
}
