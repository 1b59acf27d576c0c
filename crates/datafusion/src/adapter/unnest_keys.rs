//! Mends a wrong answer of DataFusion 55: `Unnest` keeps the unique keys of its input, though it repeats their rows.
//!
//! With `SELECT DISTINCT cmd` below and `unnest(extract_iocs(cmd))` above, the optimizer takes `cmd` for unique, so it drops
//! the rest of `ORDER BY cmd, type` and the whole of an outer `SELECT DISTINCT cmd, type`. Here every column that passes
//! an `Unnest` goes through a function that gives its argument back: a computed column is no key.

use datafusion::arrow::datatypes::{DataType, FieldRef};
use datafusion::common::Column;
use datafusion::common::config::ConfigOptions;
use datafusion::common::tree_node::{Transformed, TreeNode};
use datafusion::error::{DataFusionError, Result};
use datafusion::logical_expr::expr::ScalarFunction;
use datafusion::logical_expr::logical_plan::{Projection, Unnest};
use datafusion::logical_expr::{
    ColumnarValue, Expr, LogicalPlan, ReturnFieldArgs, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility,
};
use datafusion::optimizer::AnalyzerRule;
use std::sync::Arc;

/// The rule.
#[derive(Debug)]
pub(super) struct UnnestKeys {
    keep: Arc<ScalarUDF>,
}

/// Name of the rule.
pub(super) const NAME: &str = "huntsql_unnest_keys";

impl UnnestKeys {
    pub(super) fn new() -> Self {
        Self { keep: Arc::new(Keep { signature: Signature::any(1, Volatility::Immutable) }.into()) }
    }

    fn mend(&self, plan: LogicalPlan) -> Result<Transformed<LogicalPlan>> {
        let below = plan.map_subqueries(|subquery| self.mend(subquery))?;
        let changed = below.transformed;
        let mut plan = below.data.map_children(|child| self.mend(child))?;
        if plan.transformed {
            plan.data = plan.data.recompute_schema()?;
        }
        plan.transformed |= changed;
        match plan.data {
            LogicalPlan::Unnest(unnest) if may_have_keys(&unnest.input)? => {
                Ok(Transformed::yes(LogicalPlan::Unnest(self.without_keys(unnest)?)))
            }
            other => Ok(Transformed::new_transformed(other, plan.transformed)),
        }
    }

    fn without_keys(&self, unnest: Unnest) -> Result<Unnest> {
        let columns = unnest.input.schema().columns();
        let computed =
            columns.into_iter().map(|column| if unnest.exec_columns.contains(&column) { Expr::Column(column) } else { self.keep(column) });
        let input = Projection::try_new(computed.collect(), Arc::clone(&unnest.input))?;
        Unnest::try_new(Arc::new(LogicalPlan::Projection(input)), unnest.exec_columns, unnest.options)
    }

    fn keep(&self, column: Column) -> Expr {
        let (relation, name) = (column.relation.clone(), column.name.clone());
        Expr::ScalarFunction(ScalarFunction::new_udf(Arc::clone(&self.keep), vec![Expr::Column(column)])).alias_qualified(relation, name)
    }
}

/// `DISTINCT` becomes a `GROUP BY`, and gets its key, only after the analyzer. Where nothing makes a key, filters keep their way to the scan.
fn may_have_keys(plan: &LogicalPlan) -> Result<bool> {
    let has_keys = plan.schema().functional_dependencies().iter().next().is_some();
    Ok(has_keys || plan.exists(|node| Ok(matches!(node, LogicalPlan::Distinct(_) | LogicalPlan::Aggregate(_))))?)
}

impl AnalyzerRule for UnnestKeys {
    fn analyze(&self, plan: LogicalPlan, _: &ConfigOptions) -> Result<LogicalPlan> {
        Ok(self.mend(plan)?.data)
    }

    fn name(&self) -> &str {
        NAME
    }
}

/// Gives its argument back.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Keep {
    signature: Signature,
}

impl ScalarUDFImpl for Keep {
    fn name(&self) -> &str {
        "huntsql_keep"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, types: &[DataType]) -> Result<DataType> {
        types.first().cloned().ok_or_else(|| DataFusionError::Internal("huntsql_keep without an argument".to_owned()))
    }

    fn return_field_from_args(&self, args: ReturnFieldArgs<'_>) -> Result<FieldRef> {
        args.arg_fields.first().cloned().ok_or_else(|| DataFusionError::Internal("huntsql_keep without an argument".to_owned()))
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        args.args.into_iter().next().ok_or_else(|| DataFusionError::Internal("huntsql_keep without an argument".to_owned()))
    }
}
