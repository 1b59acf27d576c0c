//! Parquet files through DataFusion's own reader, with `_file`.

use super::decode::FILE;
use super::union::unite;
use crate::error::Result;
use crate::session::explain_error::explain;
use async_trait::async_trait;
use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::ScalarValue;
use datafusion::datasource::file_format::FileFormat;
use datafusion::datasource::file_format::parquet::ParquetFormat;
use datafusion::datasource::listing::PartitionedFile;
use datafusion::datasource::object_store::ObjectStoreUrl;
use datafusion::datasource::physical_plan::{FileGroup, FileScanConfigBuilder, ParquetSource};
use datafusion::datasource::table_schema::TableSchema;
use datafusion::error::Result as DataFusionResult;
use datafusion::execution::session_state::SessionState;
use datafusion::logical_expr::{Expr, TableType};
use datafusion::object_store::memory::InMemory;
use datafusion::object_store::path::Path;
use datafusion::object_store::{ObjectMeta, ObjectStore, ObjectStoreExt};
use datafusion::physical_plan::ExecutionPlan;
use huntsql_readers::{Error, FileEntry, Place};
use std::sync::Arc;

/// Parquet files of one store as one table.
#[derive(Debug)]
pub(crate) struct ParquetTable {
    store: ObjectStoreUrl,
    files: Vec<(ObjectMeta, Arc<str>)>,
    format: Arc<ParquetFormat>,
    file_schema: SchemaRef,
    schema: SchemaRef,
    with_file: bool,
}

impl ParquetTable {
    /// Reads the footers of all files. `with_file` adds `_file`.
    pub(crate) async fn open(state: &SessionState, entries: &[(FileEntry, Place)], with_file: bool) -> Result<Self> {
        let in_memory = entries.iter().any(|(_, place)| matches!(place, Place::Memory(_)));
        let broken = |name: &str, error| Error::Unreadable { path: name.to_owned(), problem: explain(error).to_string() };
        let store_url = if in_memory { ObjectStoreUrl::parse("huntsql-memory://") } else { Ok(ObjectStoreUrl::local_filesystem()) };
        let store_url = store_url.map_err(explain)?;
        if in_memory {
            state.runtime_env().register_object_store(store_url.as_ref(), Arc::new(InMemory::new()));
        }
        let store: Arc<dyn ObjectStore> = state.runtime_env().object_store(&store_url).map_err(explain)?;
        let format = Arc::new(ParquetFormat::default().with_options(state.table_options().parquet.clone()));
        let mut files = Vec::with_capacity(entries.len());
        let mut schemas = Vec::with_capacity(entries.len());
        for (entry, place) in entries {
            let meta = match place {
                Place::Memory(bytes) => {
                    let path = Path::from(entry.name.as_str());
                    let put = store.put(&path, bytes.clone().into()).await;
                    put.map_err(|error| Error::Unreadable { path: entry.name.clone(), problem: error.to_string() })?;
                    store.head(&path).await
                }
                Place::Disk(path) => {
                    let path = std::fs::canonicalize(path).map_err(|error| Error::io(&entry.name, &error))?;
                    let path = Path::from_absolute_path(&path)
                        .map_err(|error| Error::Unreadable { path: entry.name.clone(), problem: error.to_string() })?;
                    store.head(&path).await
                }
                Place::Member { .. } => return Err(Error::unreadable(&entry.name, "a packed Parquet file; unpack it first").into()),
            };
            let meta = meta.map_err(|error| Error::Unreadable { path: entry.name.clone(), problem: error.to_string() })?;
            let schema =
                format.infer_schema(state, &store, std::slice::from_ref(&meta)).await.map_err(|error| broken(&entry.name, error))?;
            schemas.push((entry.name.as_str(), schema));
            files.push((meta, Arc::from(entry.name.as_str())));
        }
        let file_schema = Arc::new(unite(schemas.into_iter())?);
        let with_file = with_file && file_schema.index_of(FILE).is_err();
        let mut fields: Vec<Arc<Field>> = file_schema.fields().iter().cloned().collect();
        if with_file {
            fields.push(Arc::new(file_field()));
        }
        Ok(Self { store: store_url, files, format, file_schema, schema: Arc::new(Schema::new(fields)), with_file })
    }
}

impl ParquetTable {
    /// Whether `_file` was added.
    pub(crate) fn with_file(&self) -> bool {
        self.with_file
    }
}

fn file_field() -> Field {
    Field::new(FILE, DataType::Utf8View, true)
}

#[async_trait]
impl TableProvider for ParquetTable {
    fn schema(&self) -> SchemaRef {
        Arc::clone(&self.schema)
    }
    fn table_type(&self) -> TableType {
        TableType::Base
    }

    async fn scan(
        &self,
        state: &dyn Session,
        projection: Option<&Vec<usize>>,
        _: &[Expr],
        limit: Option<usize>,
    ) -> DataFusionResult<Arc<dyn ExecutionPlan>> {
        let made = if self.with_file { vec![Arc::new(file_field())] } else { Vec::new() };
        let source =
            Arc::new(ParquetSource::new(TableSchema::builder(Arc::clone(&self.file_schema)).with_table_partition_cols(made).build()));
        let count = state.config().target_partitions().min(self.files.len()).max(1);
        let mut groups: Vec<Vec<PartitionedFile>> = vec![Vec::new(); count];
        for (at, (meta, name)) in self.files.iter().enumerate() {
            let mut file = PartitionedFile::new_from_meta(meta.clone());
            if self.with_file {
                file = file.with_partition_values(vec![ScalarValue::Utf8View(Some(name.to_string()))]);
            }
            if let Some(group) = groups.get_mut(at % count) {
                group.push(file);
            }
        }
        let config = FileScanConfigBuilder::new(self.store.clone(), source)
            .with_file_groups(groups.into_iter().map(FileGroup::new).collect())
            .with_projection_indices(projection.cloned())?
            .with_limit(limit)
            .build();
        self.format.create_physical_plan(state, config).await
    }
}
