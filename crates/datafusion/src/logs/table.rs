//! From what a statement asks for to a table over log files.

use super::call::ReaderCall;
use super::scan::{LogScanExec, Work};
use crate::adapter::arrow_type;
use crate::error::Error;
use crate::files::Context;
use async_trait::async_trait;
use datafusion::arrow::datatypes::{Field, Schema, SchemaRef};
use datafusion::catalog::{Session, TableProvider};
use datafusion::error::Result;
use datafusion::logical_expr::{Expr, TableType};
use datafusion::physical_plan::ExecutionPlan;
use huntsql_kernels::error::KernelError;
use huntsql_kernels::interrupt::Interrupt;
use huntsql_readers::{Cancel, Control, FileEntry, LogReader, OpenLog, Piece, Place, Warnings, find};
use std::sync::Arc;

/// A reader and what it was called with.
#[derive(Debug, Clone)]
pub(crate) struct LogRequest {
    pub(crate) reader: &'static dyn LogReader,
    pub(crate) call: ReaderCall,
}

/// Looks at the files of a request. Blocks, until `cancel` is set.
pub(crate) fn open_log(request: &LogRequest, context: &Context, cancel: Cancel) -> std::result::Result<Arc<dyn TableProvider>, Error> {
    let files = if request.call.paths.is_empty() {
        let bytes = context.stdin.bytes()?;
        let entry = FileEntry { name: "stdin".to_owned(), path: "stdin".into(), size: bytes.len() as u64, modified: None, found: false };
        vec![(entry, Place::Memory(bytes))]
    } else {
        let (name, call) = (request.reader.signature().spec.name, &request.call);
        let localized = huntsql_catalogue::localize(name, call.paths.clone(), &call.options, &Interrupt::from(Arc::clone(&cancel)));
        let localized = localized.map_err(|problem| {
            let wrong = KernelError::BadArgument { function: name, argument: "path", problem: format!("cannot be read: {problem}") };
            huntsql_readers::Error::from(wrong)
        })?;
        localized.warnings.into_iter().for_each(|warning| context.warnings.add(warning));
        find(&localized.paths, &*context.lister, &context.warnings)?
    };
    let control = Control { cancel, warnings: context.warnings.clone(), ..Control::default() };
    let log = request.reader.open(files, &request.call.options, &control)?;
    let fields: Vec<Field> = log.columns().iter().map(|column| Field::new(&column.name, arrow_type(&column.ty), true)).collect();
    Ok(Arc::new(LogTable { log, schema: Arc::new(Schema::new(fields)), warnings: context.warnings.clone() }))
}

/// Files of a log as one table.
#[derive(Debug)]
struct LogTable {
    log: Arc<dyn OpenLog>,
    schema: SchemaRef,
    warnings: Warnings,
}

impl LogTable {
    /// Pieces dealt out so that partitions get about as many bytes each.
    fn partitions(&self, count: usize) -> Vec<Vec<Piece>> {
        let pieces = self.log.pieces(count);
        let count = count.min(pieces.len()).max(1);
        let mut partitions: Vec<(u64, Vec<Piece>)> = vec![(0, Vec::new()); count];
        for piece in pieces {
            let bytes = piece.end.unwrap_or(piece.source.size).saturating_sub(piece.start);
            if let Some((load, pieces)) = partitions.iter_mut().min_by_key(|(load, _)| *load) {
                *load += bytes.max(1);
                pieces.push(piece);
            }
        }
        partitions.into_iter().map(|(_, pieces)| pieces).collect()
    }
}

#[async_trait]
impl TableProvider for LogTable {
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
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let wanted = projection.cloned().unwrap_or_else(|| (0..self.schema.fields().len()).collect());
        let schema = Arc::new(self.schema.project(&wanted)?);
        // With a limit one partition, in the order of the files: the first rows are those that a reader expects.
        let count = if limit.is_some() { 1 } else { state.config().target_partitions() };
        let work = Work { log: Arc::clone(&self.log), wanted, limit, warnings: self.warnings.clone() };
        Ok(Arc::new(LogScanExec::new(work, schema, self.partitions(count))))
    }
}
