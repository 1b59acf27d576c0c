//! Stand-in for `huntsql_datafusion::HuntSession`: the same names on a bare context. Deleted at integration.

use datafusion::error::Result;
use datafusion::logical_expr::LogicalPlan;
use datafusion::prelude::{SessionConfig, SessionContext};
use datafusion::sql::parser::{DFParserBuilder, Statement};

/// A session.
pub(crate) struct HuntSession {
    context: SessionContext,
}

impl HuntSession {
    /// A session with huntsql's settings.
    pub(crate) fn new() -> Result<Self> {
        Ok(Self { context: SessionContext::new_with_config(SessionConfig::new().with_information_schema(true)) })
    }

    /// DataFusion's context.
    pub(crate) fn context(&self) -> &SessionContext {
        &self.context
    }

    /// The statements of a script.
    pub(crate) fn statements(&self, sql: &str) -> Result<Vec<Statement>> {
        Ok(DFParserBuilder::new(sql).build()?.parse_statements()?.into())
    }

    /// The plan of a statement.
    pub(crate) async fn plan(&self, statement: &Statement) -> Result<LogicalPlan> {
        self.context.state().statement_to_plan(statement.clone()).await
    }

    /// What the user should know about what was read since the last call.
    pub(crate) fn warnings(&self) -> Vec<String> {
        Vec::new()
    }
}
