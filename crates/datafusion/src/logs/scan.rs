//! The scan of log files as an execution plan.

use crate::adapter::{arrow_type, to_arrow};
use crate::error::Error;
use crate::files::CancelOnDrop;
use datafusion::arrow::array::{RecordBatch, RecordBatchOptions};
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::error::{DataFusionError, Result};
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::physical_expr::{EquivalenceProperties, PhysicalExpr};
use datafusion::physical_plan::execution_plan::{Boundedness, EmissionType};
use datafusion::physical_plan::stream::{RecordBatchReceiverStreamBuilder, RecordBatchStreamAdapter};
use datafusion::physical_plan::{DisplayAs, DisplayFormatType, ExecutionPlan, Partitioning, PlanProperties};
use futures::StreamExt;
use huntsql_kernels::column::Column;
use huntsql_readers::{Control, OpenLog, Piece, Warnings};
use std::fmt;
use std::sync::Arc;

/// Batches on their way; more only holds memory.
const IN_FLIGHT: usize = 2;

/// What every partition reads.
#[derive(Debug, Clone)]
pub(super) struct Work {
    pub(super) log: Arc<dyn OpenLog>,
    /// Numbers of the columns.
    pub(super) wanted: Vec<usize>,
    pub(super) limit: Option<usize>,
    pub(super) warnings: Warnings,
}

/// Reads log files; each partition its own pieces, in order.
#[derive(Debug)]
pub(super) struct LogScanExec {
    work: Work,
    schema: SchemaRef,
    partitions: Vec<Vec<Piece>>,
    properties: Arc<PlanProperties>,
}

impl LogScanExec {
    pub(super) fn new(work: Work, schema: SchemaRef, partitions: Vec<Vec<Piece>>) -> Self {
        let properties = Arc::new(PlanProperties::new(
            EquivalenceProperties::new(Arc::clone(&schema)),
            Partitioning::UnknownPartitioning(partitions.len()),
            EmissionType::Incremental,
            Boundedness::Bounded,
        ));
        Self { work, schema, partitions, properties }
    }
}

impl DisplayAs for LogScanExec {
    fn fmt_as(&self, _: DisplayFormatType, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sources = self.work.log.sources();
        write!(f, "LogScan: reader={} files={}", self.work.log.reader(), sources.len())?;
        if let Some(first) = sources.first() {
            write!(f, " first='{}'", first.name)?;
        }
        let columns: Vec<&str> = self.schema.fields().iter().map(|field| field.name().as_str()).collect();
        write!(f, " partitions={} columns=[{}]", self.partitions.len(), columns.join(", "))?;
        match self.work.limit {
            Some(limit) => write!(f, " limit={limit}"),
            None => Ok(()),
        }
    }
}

impl ExecutionPlan for LogScanExec {
    fn name(&self) -> &str {
        "LogScan"
    }
    fn properties(&self) -> &Arc<PlanProperties> {
        &self.properties
    }
    fn children(&self) -> Vec<&Arc<dyn ExecutionPlan>> {
        Vec::new()
    }
    fn apply_expressions(&self, _: &mut dyn FnMut(&Arc<dyn PhysicalExpr>) -> Result<TreeNodeRecursion>) -> Result<TreeNodeRecursion> {
        Ok(TreeNodeRecursion::Continue)
    }
    fn with_new_children(self: Arc<Self>, _: Vec<Arc<dyn ExecutionPlan>>) -> Result<Arc<dyn ExecutionPlan>> {
        Ok(self)
    }

    fn execute(&self, partition: usize, context: Arc<TaskContext>) -> Result<SendableRecordBatchStream> {
        let pieces = self.partitions.get(partition).cloned().unwrap_or_default();
        let (work, schema) = (self.work.clone(), Arc::clone(&self.schema));
        let batch_size = context.session_config().batch_size();
        let mut builder = RecordBatchReceiverStreamBuilder::new(Arc::clone(&self.schema), IN_FLIGHT);
        let sender = builder.tx();
        let control = Control { warnings: work.warnings.clone(), ..Control::default() };
        let stop = CancelOnDrop(Arc::clone(&control.cancel));
        builder.spawn_blocking(move || {
            let mut left = work.limit.unwrap_or(usize::MAX);
            for piece in pieces {
                let mut scan = work.log.scan(&piece, &work.wanted, &control).map_err(Error::from)?;
                while left > 0
                    && let Some((columns, rows)) = scan.next(batch_size).map_err(Error::from)?
                {
                    let batch = batch(&work, &schema, columns, rows)?.slice(0, rows.min(left));
                    left -= rows.min(left);
                    // The receiver is gone when the query was cancelled or has enough.
                    if sender.blocking_send(Ok(batch)).is_err() {
                        return Ok(());
                    }
                }
            }
            Ok(())
        });
        // Some readers read for long before there is a batch to be sent.
        let batches = builder.build().map(move |batch| {
            let _held = &stop;
            batch
        });
        Ok(Box::pin(RecordBatchStreamAdapter::new(Arc::clone(&self.schema), batches)))
    }
}

fn batch(work: &Work, schema: &SchemaRef, columns: Vec<Column>, rows: usize) -> Result<RecordBatch> {
    let described = work.log.columns();
    let mut arrays = Vec::with_capacity(columns.len());
    for (column, index) in columns.into_iter().zip(&work.wanted) {
        let of = described.get(*index).ok_or_else(|| DataFusionError::Internal(format!("no column {index}")))?;
        debug_assert!(schema.field(arrays.len()).data_type() == &arrow_type(&of.ty));
        arrays.push(to_arrow(work.log.reader(), column, &of.ty)?);
    }
    let options = RecordBatchOptions::new().with_row_count(Some(rows));
    Ok(RecordBatch::try_new_with_options(Arc::clone(schema), arrays, &options)?)
}
