//! A function that says something about each row as a window function.

use super::super::output::{arrow_type, to_arrow};
use super::super::scalar::PREFIX;
use super::GroupUdaf;
use super::arguments::{append, argument_count, coerce, engine_error, parse_options};
use datafusion::arrow::array::{ArrayRef, AsArray};
use datafusion::arrow::datatypes::{DataType, Field, FieldRef};
use datafusion::error::{DataFusionError, Result};
use datafusion::logical_expr::expr::{WindowFunction, WindowFunctionParams};
use datafusion::logical_expr::function::{PartitionEvaluatorArgs, WindowUDFFieldArgs};
use datafusion::logical_expr::planner::{ExprPlanner, PlannerResult, RawWindowExpr};
use datafusion::logical_expr::{Expr, PartitionEvaluator, Signature, Volatility, WindowFunctionDefinition, WindowUDF, WindowUDFImpl};
use huntsql_kernels::group::{GroupFunction, Parsed};
use huntsql_kernels::interrupt::Interrupt;
use huntsql_kernels::rows::Rows;
use huntsql_kernels::types::SqlType;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

/// The window form of a function.
#[derive(Debug)]
pub(in super::super) struct GroupUdwf {
    function: &'static dyn GroupFunction,
    name: String,
    aliases: Vec<String>,
    signature: Signature,
}

impl GroupUdwf {
    /// The function under `huntsql_<name>` and, unless that is `taken`, under its name.
    pub(in super::super) fn new(function: &'static dyn GroupFunction, taken: bool) -> Self {
        let prefixed = format!("{PREFIX}{}", function.spec().name);
        let (name, aliases) = if taken { (prefixed, Vec::new()) } else { (function.spec().name.to_owned(), vec![prefixed]) };
        Self { function, name, aliases, signature: Signature::user_defined(Volatility::Immutable) }
    }
}

impl PartialEq for GroupUdwf {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}
impl Eq for GroupUdwf {}
impl Hash for GroupUdwf {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.name.hash(state);
    }
}

impl WindowUDFImpl for GroupUdwf {
    fn name(&self) -> &str {
        &self.name
    }

    fn aliases(&self) -> &[String] {
        &self.aliases
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, given: &[DataType]) -> Result<Vec<DataType>> {
        coerce(self.function, given)
    }

    fn field(&self, args: WindowUDFFieldArgs<'_>) -> Result<FieldRef> {
        let fields = self.function.fields();
        let ty = match self.function.window_field().and_then(|index| fields.get(index)) {
            Some((_, ty)) => *ty,
            None => SqlType::Struct(fields),
        };
        Ok(Arc::new(Field::new(args.name(), arrow_type(&ty), true)))
    }

    fn partition_evaluator(&self, args: PartitionEvaluatorArgs<'_>) -> Result<Box<dyn PartitionEvaluator>> {
        let types: Vec<DataType> = args.input_fields().iter().map(|field| field.data_type().clone()).collect();
        let count = argument_count(self.function, &types)?;
        Ok(Box::new(GroupEvaluator { function: self.function, options: parse_options(self.function, args.input_exprs(), count)?, count }))
    }
}

/// Computes one partition at a time.
#[derive(Debug)]
struct GroupEvaluator {
    function: &'static dyn GroupFunction,
    options: Parsed,
    count: usize,
}

impl PartitionEvaluator for GroupEvaluator {
    fn evaluate_all(&mut self, values: &[ArrayRef], _: usize) -> Result<ArrayRef> {
        let (name, types) = (self.function.spec().name, self.function.args());
        let mut rows = Rows::new(types);
        append(&mut rows, types.get(..self.count).unwrap_or(types), values.get(..self.count).unwrap_or(values))?;
        let said = self.function.compute(&rows, &self.options, &Interrupt::default()).map_err(engine_error)?;
        let said = to_arrow(name, said, &SqlType::Struct(self.function.fields()))?;
        match self.function.window_field() {
            None => Ok(said),
            Some(index) => {
                let field = said.as_struct().columns().get(index).cloned();
                field.ok_or_else(|| DataFusionError::Internal(format!("{name}: no field {index}")))
            }
        }
    }
}

/// Makes `f(x) OVER (...)` the window form where `f` is an aggregate as well: DataFusion would take the aggregate.
#[derive(Debug)]
pub(in super::super) struct WindowForms(pub(in super::super) Vec<Arc<WindowUDF>>);

impl ExprPlanner for WindowForms {
    fn plan_window(&self, expr: RawWindowExpr) -> Result<PlannerResult<RawWindowExpr>> {
        let form = match &expr.func_def {
            WindowFunctionDefinition::AggregateUDF(aggregate) if aggregate.inner().is::<GroupUdaf>() => {
                self.0.iter().find(|window| window.name() == aggregate.name())
            }
            _ => None,
        };
        let Some(form) = form else { return Ok(PlannerResult::Original(expr)) };
        let RawWindowExpr { args, partition_by, order_by, window_frame, filter, null_treatment, distinct, .. } = expr;
        let params = WindowFunctionParams { args, partition_by, order_by, window_frame, filter, null_treatment, distinct };
        let fun = WindowFunctionDefinition::WindowUDF(Arc::clone(form));
        Ok(PlannerResult::Planned(Expr::from(WindowFunction { fun, params })))
    }
}
