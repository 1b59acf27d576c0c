//! Functions of many rows over a table: `SELECT * FROM huntsql.stl_anomalies(events, ts, bytes, part => host)`.
//!
//! One relation planner, one logical node and one execution plan serve all of them. The table is an ordinary child: its plan is
//! optimised with the rest and shown by EXPLAIN.

mod call;
mod exec;
mod groups;
mod node;
mod planner;
mod query_planner;

pub use query_planner::TableFunctionPlanner;

use super::group::WindowForms;
use super::scalar::PREFIX;
use datafusion::error::Result;
use datafusion::execution::{FunctionRegistry, SessionStateBuilder};
use datafusion::logical_expr::WindowUDF;
use datafusion::prelude::SessionContext;
use datafusion::sql::sqlparser::ast::ObjectName;
use huntsql_catalogue::signatures;
use huntsql_kernels::group::GroupFunction;
use huntsql_kernels::spec::Kind;
use std::sync::Arc;

/// The schema that table functions may be called with.
const SCHEMA: &str = "huntsql";

/// Makes `functions` callable in FROM.
pub(super) fn register(ctx: &SessionContext, functions: &[&'static dyn GroupFunction], windows: Vec<Arc<WindowUDF>>) -> Result<()> {
    let state = ctx.state();
    if query_planner::is_installed(state.query_planner().as_ref()) {
        return Ok(());
    }
    let inner = Arc::clone(state.query_planner());
    let state =
        SessionStateBuilder::new_from_existing(state).with_query_planner(Arc::new(query_planner::HuntQueryPlanner::new(inner))).build();
    let planner = planner::TableFunctions::new(functions.to_vec(), Arc::clone(state.catalog_list()));
    let shared = ctx.state_ref();
    let mut held = shared.write();
    *held = state;
    held.register_relation_planner(Arc::new(planner))?;
    held.register_expr_planner(Arc::new(WindowForms(windows)))
}

/// The name of the function that is called as `name`, and whether that says it is ours: `huntsql.f` or `huntsql_f`.
fn bare_name(name: &ObjectName) -> Option<(String, bool)> {
    let parts: Vec<&str> = name.0.iter().filter_map(|part| part.as_ident()).map(|ident| ident.value.as_str()).collect();
    match parts.as_slice() {
        [name] => Some(match name.strip_prefix(PREFIX) {
            Some(bare) => (bare.to_ascii_lowercase(), true),
            None => (name.to_ascii_lowercase(), false),
        }),
        [schema, name] if schema.eq_ignore_ascii_case(SCHEMA) => Some((name.to_ascii_lowercase(), true)),
        _ => None,
    }
}

/// Whether a call of `name` in FROM is one of ours, whose first argument is a table.
pub(crate) fn takes_table(name: &ObjectName) -> bool {
    bare_name(name).is_some_and(|(bare, _)| {
        signatures().iter().any(|known| !matches!(known.kind, Kind::Scalar | Kind::Reader) && known.spec.name == bare)
    })
}
