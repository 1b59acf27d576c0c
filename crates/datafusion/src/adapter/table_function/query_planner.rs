//! From the logical node to the execution plan.

use super::exec::TableFunctionExec;
use super::node::TableFunctionNode;
use async_trait::async_trait;
use datafusion::catalog::Session;
use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::error::{DataFusionError, Result};
use datafusion::execution::context::QueryPlanner;
use datafusion::logical_expr::physical_planning_context::PhysicalPlanningContext;
use datafusion::logical_expr::{LogicalPlan, UserDefinedLogicalNode};
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_planner::{DefaultPhysicalPlanner, ExtensionPlanner, PhysicalPlanner};
use std::sync::Arc;

/// Plans the calls of huntsql's table functions. An application with a query planner of its own that plans its own nodes in the
/// same statements adds this to its extension planners.
#[derive(Debug, Default, Clone, Copy)]
pub struct TableFunctionPlanner;

#[async_trait]
impl ExtensionPlanner for TableFunctionPlanner {
    async fn plan_extension(
        &self,
        _: &dyn PhysicalPlanner,
        node: &dyn UserDefinedLogicalNode,
        _: &[&LogicalPlan],
        inputs: &[Arc<dyn ExecutionPlan>],
        _: &dyn Session,
        _: &PhysicalPlanningContext,
    ) -> Result<Option<Arc<dyn ExecutionPlan>>> {
        let Some(node) = node.as_any().downcast_ref::<TableFunctionNode>() else { return Ok(None) };
        let [input] = inputs else { return Err(DataFusionError::Internal("a table function without its table".to_owned())) };
        let plan = TableFunctionExec::new(node.function, Arc::clone(&node.parsed), Arc::clone(input));
        Ok(Some(Arc::new(plan)))
    }
}

/// Plans statements with table functions itself and leaves all others to the session's own planner.
#[derive(Debug)]
pub(super) struct HuntQueryPlanner {
    inner: Arc<dyn QueryPlanner + Send + Sync>,
}

impl HuntQueryPlanner {
    pub(super) fn new(inner: Arc<dyn QueryPlanner + Send + Sync>) -> Self {
        Self { inner }
    }
}

/// Whether a session plans table functions already.
pub(super) fn is_installed(planner: &(dyn QueryPlanner + Send + Sync)) -> bool {
    format!("{planner:?}").starts_with("HuntQueryPlanner")
}

#[async_trait]
impl QueryPlanner for HuntQueryPlanner {
    async fn create_physical_plan(&self, plan: &LogicalPlan, session: &dyn Session) -> Result<Arc<dyn ExecutionPlan>> {
        let mut ours = false;
        plan.apply_with_subqueries(|node| {
            ours |= matches!(node, LogicalPlan::Extension(extension) if extension.node.as_any().is::<TableFunctionNode>());
            Ok(if ours { TreeNodeRecursion::Stop } else { TreeNodeRecursion::Continue })
        })?;
        if !ours {
            return self.inner.create_physical_plan(plan, session).await;
        }
        let planner = DefaultPhysicalPlanner::with_extension_planners(vec![Arc::new(TableFunctionPlanner)]);
        planner.create_physical_plan(plan, session).await
    }
}
