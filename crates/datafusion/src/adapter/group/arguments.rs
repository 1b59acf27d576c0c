//! What the aggregate and the window form have in common: argument types, options, rows.

use super::super::{input, options, scalar};
use datafusion::arrow::array::{ArrayRef, RecordBatch, RecordBatchOptions};
use datafusion::arrow::datatypes::{DataType, Schema};
use datafusion::error::{DataFusionError, Result};
use datafusion::logical_expr::ColumnarValue;
use datafusion::physical_expr::PhysicalExpr;
use huntsql_kernels::group::{GroupError, GroupFunction, Parsed};
use huntsql_kernels::options::Value;
use huntsql_kernels::rows::Rows;
use huntsql_kernels::types::ArgType;
use std::sync::Arc;

/// How many of `given` are arguments; what follows are the options.
///
/// A struct that follows the required arguments is the options, unless the argument in its place takes a struct.
pub(in super::super) fn argument_count(function: &dyn GroupFunction, given: &[DataType]) -> Result<usize> {
    let types = function.args();
    let has_options = !function.signature().options.is_empty();
    let wrong = || {
        let usage = function.signature().usage();
        DataFusionError::Plan(format!("{} takes {usage}, got {} arguments", function.spec().name, given.len()))
    };
    let Some(last) = given.len().checked_sub(1) else { return Err(wrong()) };
    let takes_struct = types.get(last).is_some_and(|ty| *ty == ArgType::Json);
    let is_options = has_options
        && last >= function.required()
        && (last == types.len() || (matches!(given.get(last), Some(DataType::Struct(_))) && !takes_struct));
    let count = if is_options { last } else { given.len() };
    if count < function.required() || count > types.len() { Err(wrong()) } else { Ok(count) }
}

/// The types that DataFusion is asked for.
pub(super) fn coerce(function: &dyn GroupFunction, given: &[DataType]) -> Result<Vec<DataType>> {
    let count = argument_count(function, given)?;
    given.iter().enumerate().map(|(index, ty)| if index < count { coerce_one(function, index, ty) } else { Ok(ty.clone()) }).collect()
}

/// The type that argument `index` is cast to.
pub(in super::super) fn coerce_one(function: &dyn GroupFunction, index: usize, given: &DataType) -> Result<DataType> {
    let wanted = function.args().get(index).copied().unwrap_or(ArgType::Text);
    input::accepted(wanted, given).ok_or_else(|| {
        let spec = function.spec();
        let name = spec.args.get(index).map_or("?", |arg| arg.name);
        let cast = match wanted {
            ArgType::Time | ArgType::TimeOrText => "; cast it first, for example with to_timestamp",
            ArgType::Json => "",
            _ => "; cast it first",
        };
        DataFusionError::Plan(format!("{}: argument '{name}' must be {wanted}, got {given}{cast}", spec.name))
    })
}

/// The options after `count` arguments. They must not depend on a column.
pub(super) fn parse_options(function: &dyn GroupFunction, exprs: &[Arc<dyn PhysicalExpr>], count: usize) -> Result<Parsed> {
    let value = match exprs.get(count) {
        None => Value::Null,
        Some(expr) => {
            let no_columns = Arc::new(Schema::empty());
            let one_row = RecordBatch::try_new_with_options(no_columns, vec![], &RecordBatchOptions::new().with_row_count(Some(1)))?;
            let constant = expr.evaluate(&one_row).map_err(|_| {
                let name = function.spec().name;
                DataFusionError::Plan(format!("{name}: the options must be a constant, such as {{'name': 'value'}}"))
            })?;
            options::constant(function.spec().name, &constant)?
        }
    };
    function.parse(&value).map_err(scalar::engine_error)
}

/// Appends a batch to the rows of a group.
pub(in super::super) fn append(rows: &mut Rows, types: &[ArgType], arrays: &[ArrayRef]) -> Result<()> {
    let count = arrays.first().map_or(0, |array| array.len());
    let values: Vec<ColumnarValue> = arrays.iter().map(|array| ColumnarValue::Array(Arc::clone(array))).collect();
    let input = input::ArrowInput::new(types, &values)?;
    rows.extend(&input, count);
    Ok(())
}

/// The engine's form of an error.
pub(in super::super) fn engine_error(error: GroupError) -> DataFusionError {
    match error {
        GroupError::Interrupted => DataFusionError::Execution("the query was cancelled".to_owned()),
        GroupError::Kernel(error) => scalar::engine_error(error),
    }
}
