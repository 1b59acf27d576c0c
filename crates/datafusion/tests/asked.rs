//! What is asked for above a table function reaches its plan: nothing else is written.
#![allow(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

use datafusion::physical_plan::{ExecutionPlan, displayable};
use datafusion::prelude::SessionContext;
use std::sync::Arc;

/// Columns of the table function's plan.
fn columns(plan: &Arc<dyn ExecutionPlan>) -> Option<Vec<String>> {
    if plan.name() == "HuntTableFunctionExec" {
        return Some(plan.schema().fields().iter().map(|field| field.name().clone()).collect());
    }
    plan.children().into_iter().find_map(columns)
}

#[tokio::test]
async fn only_what_is_asked_for() {
    let context = SessionContext::new();
    huntsql_datafusion::register_all(&context).unwrap();
    for (asked, expected) in
        [("sum(rank) AS x", &["rank"][..]), ("status, rank + 1 AS next, id", &["id", "rank", "status"]), ("count(*) AS n", &[])]
    {
        let sql = format!("WITH s AS (SELECT 1 AS id, ['a', 'b'] AS ops) SELECT {asked} FROM huntsql.rare_sessions(s, ops)");
        let plan = context.sql(&sql).await.unwrap().create_physical_plan().await.unwrap();
        assert_eq!(
            columns(&plan).as_deref(),
            Some(expected.iter().map(ToString::to_string).collect::<Vec<_>>()).as_deref(),
            "{}",
            displayable(plan.as_ref()).indent(false)
        );
    }
}
