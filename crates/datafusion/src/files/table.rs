//! From what a statement names to a table.

use super::decode::{ERROR, Extras, FILE, LINE, Plan, RAW};
use super::options::{BadRows, Common, Reader};
use super::parquet::ParquetTable;
use super::reader::{DataFile, infer, parallel};
use super::scan::{FileScan, Task};
use super::shape::ObjectShape;
use super::sniff::{Format, sniff};
use super::union::UnionTable;
use crate::error::Result;
use async_trait::async_trait;
use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use datafusion::catalog::{Session, TableProvider};
use datafusion::error::{DataFusionError, Result as DataFusionResult};
use datafusion::execution::session_state::SessionState;
use datafusion::logical_expr::{Expr, TableType};
use datafusion::physical_plan::ExecutionPlan;
use huntsql_readers::sniff::stem;
use huntsql_readers::{Cancel, Error, FileEntry, Found, Lister, Place, Source, Stdin, Warnings, count_lines, find};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::SystemTime;

/// What a statement asks for.
#[derive(Debug, Clone, PartialEq)]
pub struct FileRequest {
    /// Paths, folders or patterns; empty for standard input.
    pub paths: Vec<String>,
    /// How to read them.
    pub reader: Reader,
    /// The statement names `_file`.
    pub file: bool,
    /// The statement names `_line`.
    pub line: bool,
}

impl FileRequest {
    /// What the table is called where the statement gives no alias.
    pub fn alias(&self) -> String {
        let Some(first) = self.paths.first() else { return "stdin".to_owned() };
        // `logs/*.json` is called `logs`, `*.json` is called `files`.
        let whole = first.split('/').take_while(|part| !part.contains(['*', '?', '[', '{'])).collect::<Vec<_>>().join("/");
        let name = stem(if whole.len() == first.len() { first } else { &whole });
        if name.is_empty() || name == "." || name == ".." { "files".to_owned() } else { name }
    }
}

/// Name, size and time of every file: the same print, the same content.
pub type Fingerprint = Vec<(String, u64, Option<SystemTime>)>;

/// What the first pass found: it does not depend on the extra columns asked for.
#[derive(Debug)]
pub struct FirstPass {
    fingerprint: Fingerprint,
    parquet: Vec<(FileEntry, Place)>,
    shape: Arc<ObjectShape>,
    files: Vec<Arc<DataFile>>,
}

/// A table and what it was made from.
#[derive(Debug, Clone)]
pub struct Opened {
    /// The table.
    pub table: Arc<dyn TableProvider>,
    /// To be handed in again when the same files are asked for.
    pub first_pass: Option<Arc<FirstPass>>,
    /// The columns that no file holds and `*` leaves out.
    pub extras: Vec<String>,
}

/// What opening files needs.
#[derive(Debug, Clone)]
pub struct Context {
    /// Lists files.
    pub lister: Arc<dyn Lister>,
    /// Standard input.
    pub stdin: Stdin,
    /// Takes what readers want to say.
    pub warnings: Warnings,
}

/// Stops what reads files when the future or stream that waits for it is dropped.
pub(crate) struct CancelOnDrop(pub(crate) Cancel);

impl Drop for CancelOnDrop {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Opens the files of a request. What is `known` of them counts while no name, size or time has changed.
pub async fn open_files(request: &FileRequest, context: &Context, state: &SessionState, known: Option<Arc<FirstPass>>) -> Result<Opened> {
    let (asked, own) = (request.clone(), context.clone());
    let entries = blocking(move || list(&asked, &own)).await?;
    let fingerprint: Fingerprint = entries.iter().map(|(entry, _)| (entry.name.clone(), entry.size, entry.modified)).collect();
    let first_pass = match known.filter(|known| known.fingerprint == fingerprint) {
        Some(known) => known,
        None => {
            let cancel: Cancel = Arc::new(AtomicBool::new(false));
            let _guard = CancelOnDrop(Arc::clone(&cancel));
            let threads = state.config().target_partitions();
            let (reader, warnings) = (request.reader, context.warnings.clone());
            Arc::new(blocking(move || pass_over(entries, fingerprint, &reader, threads, &warnings, &cancel)).await?)
        }
    };
    let mut parts: Vec<(String, Arc<dyn TableProvider>)> = Vec::new();
    let mut made = Extras::default();
    if let Some((first, _)) = first_pass.parquet.first() {
        let table = ParquetTable::open(state, &first_pass.parquet, request.file).await?;
        made.file |= table.with_file();
        parts.push((first.name.clone(), Arc::new(table)));
    }
    if let Some(first) = first_pass.files.first() {
        let bad = matches!(request.reader, Reader::Json(options) if options.common.bad_rows == BadRows::Keep);
        let extras = Extras { file: request.file, line: request.line, bad };
        let table = FileTable::new(&first_pass, extras, request.reader.common(), context.warnings.clone());
        made.file |= table.extras.file;
        made.line |= table.extras.line;
        parts.push((first.source.name.to_string(), Arc::new(table)));
    }
    let table = match parts.len() {
        0 => return Err(Error::unreadable(&request.paths.join(", "), "none of its files holds rows").into()),
        1 => parts.swap_remove(0).1,
        _ => Arc::new(UnionTable::try_new(parts)?),
    };
    let extras = [(made.file, FILE), (made.line, LINE)];
    let extras = extras.into_iter().filter(|(made, _)| *made).map(|(_, name)| name.to_owned()).collect();
    Ok(Opened { table, first_pass: Some(first_pass), extras })
}

/// Looks at every file once: its format and the shape of its rows.
fn pass_over(
    entries: Vec<(FileEntry, Place)>,
    fingerprint: Fingerprint,
    reader: &Reader,
    threads: usize,
    warnings: &Warnings,
    cancel: &Cancel,
) -> Result<FirstPass> {
    let mut parquet = Vec::new();
    let mut rows = Vec::new();
    let sniffed = parallel(&entries, threads, |(entry, place)| sniff(entry, place.clone(), reader));
    for ((entry, place), sniffed) in entries.into_iter().zip(sniffed) {
        let sniffed = sniffed?;
        match sniffed.format {
            Format::Parquet => parquet.push((entry, place)),
            Format::Binary(what) if entry.found => warnings.add(format!("left out '{}': it is {what}", entry.name)),
            Format::Binary(what) => return Err(Error::unreadable(&entry.name, format!("it is {what}")).into()),
            format => rows.push((Arc::new(sniffed.source), format)),
        }
    }
    let (shape, files) = infer(rows, reader, threads, cancel)?;
    Ok(FirstPass { fingerprint, parquet, shape: Arc::new(shape), files })
}

/// Runs blocking work off the async threads.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(work).await.map_err(|error| Error::Internal(error.to_string()))?
}

fn list(request: &FileRequest, context: &Context) -> Result<Vec<Found>> {
    if request.paths.is_empty() {
        let bytes = context.stdin.bytes()?;
        let entry = FileEntry { name: "stdin".to_owned(), path: "stdin".into(), size: bytes.len() as u64, modified: None, found: false };
        return Ok(vec![(entry, Place::Memory(bytes))]);
    }
    Ok(find(&request.paths, &*context.lister, &context.warnings)?)
}

/// Row files as one table.
#[derive(Debug)]
pub(crate) struct FileTable {
    shape: Arc<ObjectShape>,
    files: Vec<Arc<DataFile>>,
    schema: SchemaRef,
    extras: Extras,
    common: Common,
    warnings: Warnings,
}

impl FileTable {
    fn new(first_pass: &FirstPass, asked: Extras, common: Common, warnings: Warnings) -> Self {
        let (shape, files) = (Arc::clone(&first_pass.shape), first_pass.files.clone());
        // A column of the data with such a name comes first.
        let extras = Extras {
            file: asked.file && !shape.contains(FILE),
            line: asked.line && !shape.contains(LINE),
            bad: asked.bad && !shape.contains(ERROR) && !shape.contains(RAW),
        };
        let mut fields = shape.fields();
        let made = [
            (extras.bad, ERROR, DataType::Utf8View),
            (extras.bad, RAW, DataType::Utf8View),
            (extras.file, FILE, DataType::Utf8View),
            (extras.line, LINE, DataType::Int64),
        ];
        fields.extend(made.into_iter().filter(|(wanted, ..)| *wanted).map(|(_, name, data_type)| Field::new(name, data_type, true)));
        Self { shape, files, schema: Arc::new(Schema::new(fields)), extras, common, warnings }
    }

    /// Pieces dealt out so that partitions get about as many bytes each.
    fn partitions(&self, count: usize) -> Vec<Vec<Task>> {
        let mut tasks: Vec<Task> = Vec::new();
        for file in &self.files {
            tasks.extend(file.pieces(count).into_iter().map(|piece| (Arc::clone(file), piece)));
        }
        let count = count.min(tasks.len()).max(1);
        let mut partitions: Vec<(u64, Vec<Task>)> = vec![(0, Vec::new()); count];
        for (file, piece) in tasks {
            let bytes = piece.end.unwrap_or(file.source.size).saturating_sub(piece.start);
            if let Some((load, tasks)) = partitions.iter_mut().min_by_key(|(load, _)| *load) {
                *load += bytes.max(1);
                tasks.push((file, piece));
            }
        }
        partitions.into_iter().map(|(_, tasks)| tasks).collect()
    }
}

#[async_trait]
impl TableProvider for FileTable {
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
        let schema = match projection {
            Some(columns) => Arc::new(self.schema.project(columns)?),
            None => Arc::clone(&self.schema),
        };
        // With a limit one partition, in the order of the files: the first rows are those that a reader expects.
        let count = if limit.is_some() { 1 } else { state.config().target_partitions() };
        let mut partitions = self.partitions(count);
        if self.extras.line && schema.index_of(LINE).is_ok() {
            partitions = blocking(move || number(partitions)).await.map_err(DataFusionError::from)?;
        }
        let plan = Plan {
            schema,
            shape: Arc::clone(&self.shape),
            extras: self.extras,
            common: self.common,
            batch_size: state.config().batch_size(),
            tally: Arc::default(),
            cancel: Arc::default(),
        };
        Ok(Arc::new(FileScan::new(partitions, plan, limit, self.warnings.clone())))
    }
}

/// Finds the first line of every piece.
fn number(mut partitions: Vec<Vec<Task>>) -> Result<Vec<Vec<Task>>> {
    for (_, piece) in partitions.iter_mut().flatten() {
        if piece.first_line.is_none() {
            let source: &Source = &piece.source;
            piece.first_line = Some(1 + count_lines(source, piece.start)?);
        }
    }
    Ok(partitions)
}
