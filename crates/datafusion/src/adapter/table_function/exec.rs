//! The execution plan of a table function: collects a partition, computes group by group, hands out batches.

use super::super::group::engine_error;
use super::super::output::{arrow_fields, to_arrow};
use super::groups::Groups;
use super::node::Layout;
use datafusion::arrow::array::{
    Array, ArrayRef, AsArray, RecordBatch, RecordBatchOptions, StringArray, StructArray, UInt64Array, new_null_array,
};
use datafusion::arrow::compute::{concat, interleave, take};
use datafusion::arrow::datatypes::{DataType, Field, Int64Type, Schema, SchemaRef};
use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::error::{DataFusionError, Result};
use datafusion::execution::memory_pool::{MemoryConsumer, MemoryReservation};
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::physical_expr::expressions::Column;
use datafusion::physical_expr::{EquivalenceProperties, PhysicalExpr};
use datafusion::physical_plan::execution_plan::{Boundedness, EmissionType};
use datafusion::physical_plan::projection::{EmbeddedProjection, ProjectionExec, try_embed_projection};
use datafusion::physical_plan::stream::{RecordBatchReceiverStreamBuilder, RecordBatchStreamAdapter};
use datafusion::physical_plan::{
    DisplayAs, DisplayFormatType, Distribution, ExecutionPlan, ExecutionPlanProperties, InputDistributionRequirements, Partitioning,
    PlanProperties,
};
use futures::{StreamExt, TryStreamExt};
use huntsql_kernels::group::{GroupFunction, Parsed, Shape};
use huntsql_kernels::interrupt::Interrupt;
use huntsql_kernels::types::SqlType;
use std::fmt;
use std::sync::Arc;

/// Batches on their way; more only holds memory.
const IN_FLIGHT: usize = 2;

/// Runs a table function.
#[derive(Debug)]
pub(super) struct TableFunctionExec {
    call: Call,
    input: Arc<dyn ExecutionPlan>,
    /// The columns that are asked for, among those that there are; all where it is `None`.
    projection: Option<Vec<usize>>,
    properties: Arc<PlanProperties>,
}

/// What one partition needs.
#[derive(Debug, Clone)]
struct Call {
    function: &'static dyn GroupFunction,
    options: Parsed,
    layout: Layout,
    input: SchemaRef,
    output: SchemaRef,
    /// Which fields of the function are computed; all where it is `None`.
    wanted: Option<Vec<bool>>,
    /// The columns of the output among those that are computed or passed on; all where it is `None`.
    picked: Option<Vec<usize>>,
}

impl Call {
    /// A batch of the output from all columns that are computed or passed on.
    fn batch(&self, columns: Vec<ArrayRef>, rows: usize) -> Result<RecordBatch> {
        let columns = match &self.picked {
            None => columns,
            Some(picked) => picked.iter().filter_map(|index| columns.get(*index).cloned()).collect(),
        };
        let options = RecordBatchOptions::new().with_row_count(Some(rows));
        Ok(RecordBatch::try_new_with_options(Arc::clone(&self.output), columns, &options)?)
    }
}

impl TableFunctionExec {
    pub(super) fn new(function: &'static dyn GroupFunction, options: Parsed, input: Arc<dyn ExecutionPlan>) -> Self {
        Self::projected(function, options, input, None)
    }

    /// Gives only the columns of `projection`. What the function says beyond them is not written; the table's own columns were left out of
    /// `input` before.
    fn projected(
        function: &'static dyn GroupFunction,
        options: Parsed,
        input: Arc<dyn ExecutionPlan>,
        projection: Option<Vec<usize>>,
    ) -> Self {
        let columns = input.schema();
        let layout = Layout::new(columns.fields().iter().map(|field| field.name()), function.shape());
        let mut fields: Vec<Arc<Field>> = match function.shape() {
            Shape::PerRow => layout.kept.iter().map(|index| Arc::new(columns.field(*index).clone())).collect(),
            Shape::Items => {
                let ty = layout.part.map_or(DataType::Utf8, |index| columns.field(index).data_type().clone());
                vec![Arc::new(Field::new("part", ty, true))]
            }
            Shape::Events => Vec::new(),
        };
        fields.extend(arrow_fields(function.fields()).iter().cloned());
        if function.shape() == Shape::Events {
            fields.extend(layout.kept.iter().map(|index| Arc::new(columns.field(*index).clone().with_nullable(true))));
        }
        // Where the function's own columns are.
        let own = match function.shape() {
            Shape::Events => 0,
            Shape::PerRow => layout.kept.len(),
            Shape::Items => 1,
        };
        let own = own..own + function.fields().len();
        let mut wanted = projection.as_ref().map(|asked| own.clone().map(|index| asked.contains(&index)).collect::<Vec<bool>>());
        if let Some(wanted) = &mut wanted
            && !wanted.contains(&true)
            && let Some(last) = wanted.last_mut()
        {
            // Structs without fields forget how many they are.
            *last = true;
        }
        let is_there = |index: usize| {
            let place = index.checked_sub(own.start).filter(|_| own.contains(&index));
            place.zip(wanted.as_ref()).and_then(|(place, wanted)| wanted.get(place).copied()).unwrap_or(true)
        };
        let picked =
            projection.as_ref().map(|asked| asked.iter().map(|index| (0..*index).filter(|before| is_there(*before)).count()).collect());
        if let Some(asked) = &projection {
            fields = asked.iter().filter_map(|index| fields.get(*index).cloned()).collect();
        }
        let output = Arc::new(Schema::new(fields));
        let partitions = if layout.part.is_some() { input.output_partitioning().partition_count() } else { 1 };
        let properties = Arc::new(PlanProperties::new(
            EquivalenceProperties::new(Arc::clone(&output)),
            Partitioning::UnknownPartitioning(partitions),
            EmissionType::Final,
            Boundedness::Bounded,
        ));
        let call = Call { function, options, layout, input: columns, output, wanted, picked };
        Self { call, input, projection, properties }
    }
}

impl EmbeddedProjection for TableFunctionExec {
    fn with_projection(&self, projection: Option<Vec<usize>>) -> Result<Self> {
        // Of the columns that are there now.
        let projection = match (&self.projection, projection) {
            (Some(now), Some(asked)) => Some(asked.iter().filter_map(|index| now.get(*index).copied()).collect()),
            (now, asked) => asked.or_else(|| now.clone()),
        };
        Ok(Self::projected(self.call.function, Arc::clone(&self.call.options), Arc::clone(&self.input), projection))
    }
}

impl DisplayAs for TableFunctionExec {
    fn fmt_as(&self, _: DisplayFormatType, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "HuntTableFunctionExec: {}", self.call.function.spec().name)
    }
}

impl ExecutionPlan for TableFunctionExec {
    fn name(&self) -> &str {
        "HuntTableFunctionExec"
    }

    fn properties(&self) -> &Arc<PlanProperties> {
        &self.properties
    }

    fn children(&self) -> Vec<&Arc<dyn ExecutionPlan>> {
        vec![&self.input]
    }

    fn input_distribution_requirements(&self) -> InputDistributionRequirements {
        let part = self.call.layout.part.map(|index| Column::new(self.call.input.field(index).name(), index));
        InputDistributionRequirements::new(vec![match part {
            Some(column) => Distribution::KeyPartitioned(vec![Arc::new(column)]),
            None => Distribution::SinglePartition,
        }])
    }

    fn apply_expressions(&self, _: &mut dyn FnMut(&Arc<dyn PhysicalExpr>) -> Result<TreeNodeRecursion>) -> Result<TreeNodeRecursion> {
        Ok(TreeNodeRecursion::Continue)
    }

    fn with_new_children(self: Arc<Self>, mut children: Vec<Arc<dyn ExecutionPlan>>) -> Result<Arc<dyn ExecutionPlan>> {
        let input = children.pop().ok_or_else(|| DataFusionError::Internal("a table function without its table".to_owned()))?;
        Ok(Arc::new(Self::projected(self.call.function, Arc::clone(&self.call.options), input, self.projection.clone())))
    }

    fn try_swapping_with_projection(&self, projection: &ProjectionExec) -> Result<Option<Arc<dyn ExecutionPlan>>> {
        try_embed_projection(projection, self)
    }

    fn execute(&self, partition: usize, context: Arc<TaskContext>) -> Result<SendableRecordBatchStream> {
        let name = format!("huntsql {}[{partition}]", self.call.function.spec().name);
        let reservation = MemoryConsumer::new(name).register(context.memory_pool());
        let input = self.input.execute(partition, Arc::clone(&context))?;
        let (call, batch_size) = (self.call.clone(), context.session_config().batch_size());
        let stop = StopOnDrop(Interrupt::default());
        let interrupt = stop.0.clone();
        let made = async move { Collected::read(&call, input, reservation).await?.run(call, batch_size, interrupt) };
        let batches = futures::stream::once(made).try_flatten().map(move |batch| {
            let _held = &stop;
            batch
        });
        Ok(Box::pin(RecordBatchStreamAdapter::new(Arc::clone(&self.call.output), batches)))
    }
}

/// Tells the computation when its stream is dropped.
struct StopOnDrop(Interrupt);

impl Drop for StopOnDrop {
    fn drop(&mut self) {
        self.0.stop();
    }
}

/// A partition, read.
struct Collected {
    groups: Groups,
    /// The columns that are passed on.
    batches: Vec<RecordBatch>,
    reservation: MemoryReservation,
}

impl Collected {
    async fn read(call: &Call, mut input: SendableRecordBatchStream, reservation: MemoryReservation) -> Result<Self> {
        let mut groups = Groups::new(call.function, &call.layout, &call.input)?;
        let (mut batches, mut kept) = (Vec::new(), 0);
        while let Some(batch) = input.try_next().await? {
            groups.add(&batch)?;
            if call.function.shape() != Shape::Items {
                let batch = batch.project(&call.layout.kept)?;
                kept += batch.get_array_memory_size();
                batches.push(batch);
            }
            reservation.try_resize(kept + groups.size())?;
        }
        Ok(Self { groups, batches, reservation })
    }

    /// Computes on a thread of its own, so that a cancelled query is free at once.
    fn run(self, call: Call, batch_size: usize, interrupt: Interrupt) -> Result<SendableRecordBatchStream> {
        let mut builder = RecordBatchReceiverStreamBuilder::new(Arc::clone(&call.output), IN_FLIGHT);
        let sender = builder.tx();
        builder.spawn_blocking(move || {
            let mut gone = false;
            let mut emit = |batch: RecordBatch| {
                let rows = batch.num_rows();
                for start in (0..rows).step_by(batch_size.max(1)) {
                    gone = gone || sender.blocking_send(Ok(batch.slice(start, batch_size.min(rows - start)))).is_err();
                }
                !gone
            };
            let result = match call.function.shape() {
                Shape::Items => self.items(&call, &interrupt, &mut emit),
                Shape::PerRow => self.per_row(&call, &interrupt, &mut emit),
                Shape::Events => self.events(&call, batch_size, &interrupt, &mut emit),
            };
            // Nobody listens to what became of a query that was cancelled.
            if gone { Ok(()) } else { result }
        });
        Ok(builder.build())
    }

    fn items(mut self, call: &Call, interrupt: &Interrupt, emit: &mut dyn FnMut(RecordBatch) -> bool) -> Result<()> {
        let parts = self.groups.parts()?;
        for (group, rows) in self.groups.take().into_iter().enumerate() {
            let items = compute(call, &rows, interrupt)?;
            let part: ArrayRef = match &parts {
                Some(parts) => take(parts, &UInt64Array::from_value(group as u64, items.len()), None)?,
                None => Arc::new(StringArray::new_null(items.len())),
            };
            let columns = std::iter::once(part).chain(items.columns().iter().cloned()).collect();
            if !emit(call.batch(columns, items.len())?) {
                break;
            }
        }
        Ok(())
    }

    fn per_row(mut self, call: &Call, interrupt: &Interrupt, emit: &mut dyn FnMut(RecordBatch) -> bool) -> Result<()> {
        let mut said: Vec<ArrayRef> = Vec::new();
        // Where the results of each group begin, once they stand one after another.
        let mut next: Vec<u64> = Vec::new();
        let mut count = 0;
        for rows in self.groups.take() {
            next.push(count);
            count += rows.len() as u64;
            said.push(Arc::new(compute(call, &rows, interrupt)?));
        }
        let arrays: Vec<&dyn Array> = said.iter().map(AsRef::as_ref).collect();
        let all: ArrayRef = match arrays.as_slice() {
            // Not even a row.
            [] => return Ok(()),
            arrays => concat(arrays)?,
        };
        drop(said);
        self.reservation.try_grow(all.get_array_memory_size())?;
        let mut at = 0;
        for batch in self.batches {
            let rows = batch.num_rows();
            let mine = match self.groups.group_of().get(at..at + rows).filter(|groups| !groups.is_empty()) {
                None => all.slice(at, rows),
                Some(groups) => {
                    let places = groups.iter().map(|group| {
                        let place = next.get_mut(*group as usize)?;
                        *place += 1;
                        Some(*place - 1)
                    });
                    take(&all, &places.collect::<UInt64Array>(), None)?
                }
            };
            at += rows;
            let columns = batch.columns().iter().chain(mine.as_struct().columns()).cloned().collect();
            if !emit(call.batch(columns, rows)?) {
                break;
            }
        }
        Ok(())
    }
}

impl Collected {
    /// The rows that the function speaks of, beside what it says, in its order.
    fn events(mut self, call: &Call, batch_size: usize, interrupt: &Interrupt, emit: &mut dyn FnMut(RecordBatch) -> bool) -> Result<()> {
        // Of no rows there may be something to say as well.
        let rows = self.groups.take().into_iter().next().unwrap_or_else(|| huntsql_kernels::rows::Rows::new(call.function.args()));
        let said = compute(call, &rows, interrupt)?;
        drop(rows);
        self.reservation.try_grow(said.get_array_memory_size())?;
        let Some((numbers, said)) = said.columns().split_first() else { return Ok(()) };
        let numbers = numbers.as_primitive::<Int64Type>();
        let starts: Vec<usize> =
            self.batches.iter().scan(0, |next, batch| Some(std::mem::replace(next, *next + batch.num_rows()))).collect();
        // One row of NULLs, for what no row tells of.
        let nulls: Vec<ArrayRef> = call.layout.kept.iter().map(|index| new_null_array(call.input.field(*index).data_type(), 1)).collect();
        let place = |number: Option<i64>| {
            let Some(row) = number.and_then(|number| usize::try_from(number).ok()) else { return (self.batches.len(), 0) };
            let batch = starts.partition_point(|start| *start <= row).saturating_sub(1);
            (batch, row - starts.get(batch).copied().unwrap_or(0))
        };
        let length = numbers.len();
        for start in (0..length).step_by(batch_size.max(1)) {
            let count = batch_size.max(1).min(length - start);
            let places: Vec<(usize, usize)> = numbers.slice(start, count).iter().map(place).collect();
            let mut columns: Vec<ArrayRef> = said.iter().map(|column| column.slice(start, count)).collect();
            for (index, null) in nulls.iter().enumerate() {
                let arrays: Vec<&dyn Array> =
                    self.batches.iter().map(|batch| batch.column(index).as_ref()).chain([null.as_ref()]).collect();
                columns.push(interleave(&arrays, &places)?);
            }
            if !emit(call.batch(columns, count)?) {
                break;
            }
        }
        Ok(())
    }
}

fn compute(call: &Call, rows: &huntsql_kernels::rows::Rows, interrupt: &Interrupt) -> Result<StructArray> {
    let column = call.function.compute_wanted(rows, &call.options, interrupt, call.wanted.as_deref()).map_err(engine_error)?;
    let array = to_arrow(call.function.spec().name, column, &SqlType::Struct(call.function.computed_fields()))?;
    Ok(array.as_struct().clone())
}
