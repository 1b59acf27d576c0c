//! The scan of row files as an execution plan.

use super::decode::Plan;
use super::reader::DataFile;
use crate::error::Error;
use datafusion::arrow::array::RecordBatch;
use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::error::Result;
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::physical_expr::{EquivalenceProperties, PhysicalExpr};
use datafusion::physical_plan::execution_plan::{Boundedness, EmissionType};
use datafusion::physical_plan::stream::RecordBatchReceiverStreamBuilder;
use datafusion::physical_plan::{DisplayAs, DisplayFormatType, ExecutionPlan, Partitioning, PlanProperties};
use huntsql_readers::{Piece, Tally, Warnings};
use std::fmt;
use std::sync::Arc;

/// Batches on their way; more only holds memory.
const IN_FLIGHT: usize = 2;

/// A piece of a file to read.
pub(crate) type Task = (Arc<DataFile>, Piece);

/// Reads files; each partition its own pieces, in order.
pub(crate) struct FileScan {
    partitions: Vec<Vec<Task>>,
    plan: Plan,
    limit: Option<usize>,
    warnings: Warnings,
    properties: Arc<PlanProperties>,
}

impl FileScan {
    pub(crate) fn new(partitions: Vec<Vec<Task>>, plan: Plan, limit: Option<usize>, warnings: Warnings) -> Self {
        let properties = Arc::new(PlanProperties::new(
            EquivalenceProperties::new(Arc::clone(&plan.schema)),
            Partitioning::UnknownPartitioning(partitions.len()),
            EmissionType::Incremental,
            Boundedness::Bounded,
        ));
        Self { partitions, plan, limit, warnings, properties }
    }
}

impl fmt::Debug for FileScan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.fmt_as(DisplayFormatType::Default, f)
    }
}

impl DisplayAs for FileScan {
    fn fmt_as(&self, _: DisplayFormatType, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut files: Vec<&str> = self.partitions.iter().flatten().map(|(file, _)| &*file.source.name).collect();
        files.dedup();
        let columns: Vec<&str> = self.plan.schema.fields().iter().map(|field| field.name().as_str()).collect();
        write!(f, "FileScan: files={}", files.len())?;
        if let Some(first) = files.first() {
            write!(f, " first='{first}'")?;
        }
        write!(f, " partitions={} columns=[{}]", self.partitions.len(), columns.join(", "))?;
        match self.limit {
            Some(limit) => write!(f, " limit={limit}"),
            None => Ok(()),
        }
    }
}

impl ExecutionPlan for FileScan {
    fn name(&self) -> &str {
        "FileScan"
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

    fn execute(&self, partition: usize, _: Arc<TaskContext>) -> Result<SendableRecordBatchStream> {
        let tasks = self.partitions.get(partition).cloned().unwrap_or_default();
        let mut builder = RecordBatchReceiverStreamBuilder::new(Arc::clone(&self.plan.schema), IN_FLIGHT);
        let sender = builder.tx();
        let (plan, warnings) = (self.plan.clone(), self.warnings.clone());
        let mut left = self.limit.unwrap_or(usize::MAX);
        builder.spawn_blocking(move || {
            for (file, piece) in tasks {
                if left == 0 {
                    break;
                }
                let plan = Plan { tally: Arc::new(Tally::default()), ..plan.clone() };
                let mut gone = false;
                let result = file.decode(&piece, &plan, &mut |batch: RecordBatch| {
                    let rows = batch.num_rows().min(left);
                    left -= rows;
                    // The receiver is gone when the query was cancelled or has enough.
                    gone = sender.blocking_send(Ok(batch.slice(0, rows))).is_err();
                    !gone && left > 0
                });
                plan.tally.report(&file.source.name, &warnings);
                result.map_err(Error::from)?;
                if gone {
                    break;
                }
            }
            Ok(())
        });
        Ok(builder.build())
    }
}
