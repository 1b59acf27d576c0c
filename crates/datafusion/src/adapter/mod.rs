//! The one adapter that turns any kernel into a DataFusion function.

mod cache_table;
mod group;
mod input;
mod options;
mod output;
mod scalar;
mod shown;
mod table_function;
mod tables;
mod unnest_keys;

use datafusion::error::Result;
use datafusion::execution::FunctionRegistry;
use datafusion::logical_expr::WindowUDF;
use datafusion::prelude::SessionContext;
use huntsql_kernels::catalogue::Visitor;
use huntsql_kernels::group::{GroupFunction, Shape};
use huntsql_kernels::kernel::ScalarKernel;
pub(crate) use output::{arrow_type, to_arrow};
use std::sync::Arc;
pub use table_function::TableFunctionPlanner;
pub(crate) use table_function::takes_table;

/// Registers every huntsql function on `ctx`, under its name and under `huntsql_<name>`, and the tables
/// `huntsql.functions` and `huntsql.conflicts`.
///
/// A name that another function of `ctx` has is left to it and listed in `huntsql.conflicts`. Calling it again changes nothing.
pub fn register_all(ctx: &SessionContext) -> Result<()> {
    struct Bind<'c> {
        ctx: &'c SessionContext,
        conflicts: Vec<&'static str>,
        groups: Vec<&'static dyn GroupFunction>,
        windows: Vec<Arc<WindowUDF>>,
    }
    impl Visitor for Bind<'_> {
        fn scalar<K: ScalarKernel>(&mut self) {
            let taken = self.ctx.udf(K::SPEC.name).is_ok_and(|there| !scalar::is_ours(&there));
            if taken {
                self.conflicts.push(K::SPEC.name);
            }
            self.ctx.register_udf(scalar::KernelUdf::<K>::new(taken).into());
        }

        fn group(&mut self, function: &'static dyn GroupFunction) {
            let name = function.spec().name;
            self.groups.push(function);
            if function.shape() == Shape::Events {
                return;
            }
            let aliases = self.ctx.udaf(name).map(|there| there.aliases().to_vec());
            let taken = aliases.is_ok_and(|aliases| !scalar::ours(name, &aliases));
            if taken {
                self.conflicts.push(name);
            }
            self.ctx.register_udaf(group::GroupUdaf::new(function, taken).into());
            if function.shape() == Shape::PerRow {
                let aliases = self.ctx.udwf(name).map(|there| there.aliases().to_vec());
                let taken = aliases.is_ok_and(|aliases| !scalar::ours(name, &aliases));
                let window = WindowUDF::from(group::GroupUdwf::new(function, taken));
                self.windows.push(Arc::new(window.clone()));
                self.ctx.register_udwf(window);
            }
        }
    }
    let mut bind = Bind { ctx, conflicts: Vec::new(), groups: Vec::new(), windows: Vec::new() };
    huntsql_catalogue::visit(&mut bind);
    if !ctx.state().analyzer().rules.iter().any(|rule| rule.name() == unnest_keys::NAME) {
        ctx.add_analyzer_rule(Arc::new(unnest_keys::UnnestKeys::new()));
    }
    table_function::register(ctx, &bind.groups, bind.windows)?;
    tables::register(ctx, &bind.conflicts)
}

#[cfg(test)]
mod tests {
    use super::*;
    use datafusion::arrow::datatypes::DataType;
    use datafusion::error::DataFusionError;
    use datafusion::logical_expr::{ColumnarValue, Volatility, create_udf};

    async fn text(ctx: &SessionContext, sql: &str) -> Result<String> {
        let batches = ctx.sql(sql).await?.collect().await?;
        Ok(datafusion::arrow::util::pretty::pretty_format_batches(&batches)?.to_string())
    }

    #[tokio::test]
    async fn a_taken_name_stays_and_is_listed() -> Result<()> {
        let ctx = SessionContext::new();
        let theirs = create_udf(
            "defang",
            vec![DataType::Utf8],
            DataType::Utf8,
            Volatility::Immutable,
            Arc::new(|args: &[ColumnarValue]| Ok(args[0].clone())),
        );
        ctx.register_udf(theirs);
        register_all(&ctx)?;
        register_all(&ctx)?;
        let sql = "SELECT defang('http://a.test') AS theirs, huntsql_defang('http://a.test') AS ours";
        let shown = text(&ctx, sql).await?;
        assert!(shown.contains("http://a.test") && shown.contains("hxxp://a[.]test"), "{shown}");
        let conflicts = text(&ctx, "SELECT name, use_instead FROM huntsql.conflicts").await?;
        assert!(conflicts.contains("| defang | huntsql_defang |"), "{conflicts}");
        Ok(())
    }

    #[tokio::test]
    async fn wrong_options_fail_at_planning() -> Result<()> {
        let ctx = SessionContext::new();
        register_all(&ctx)?;
        ctx.sql("CREATE TABLE empty AS SELECT 'x' AS msg WHERE false").await?.collect().await?;
        let error =
            text(&ctx, "SELECT extract_iocs(msg, {'typs': ['ipv4']}) AS hits FROM empty").await.expect_err("a wrong option").to_string();
        assert!(error.contains("unknown option 'typs', did you mean 'types'?"), "{error}");
        let error = text(&ctx, "SELECT extract_iocs(msg, {'types': [msg]}) AS hits FROM (VALUES ('ipv4'), ('url')) v(msg)")
            .await
            .expect_err("options of the row")
            .to_string();
        assert!(error.contains("must be a constant"), "{error}");
        let error = text(&ctx, "SELECT extract_iocs()").await.expect_err("no argument").to_string();
        assert!(error.contains("extract_iocs takes extract_iocs(text [, options]), got 0 arguments"), "{error}");
        let error = text(&ctx, "SELECT defang(7)").await.expect_err("a number").to_string();
        assert!(error.contains("defang: argument 'text' must be TEXT, got Int64; cast it first"), "{error}");
        Ok(())
    }

    #[tokio::test]
    async fn rows_are_accounted_to_the_pool() -> Result<()> {
        let runtime = datafusion::execution::runtime_env::RuntimeEnvBuilder::new().with_memory_limit(4 << 20, 1.0).build_arc()?;
        let ctx = SessionContext::new_with_config_rt(datafusion::prelude::SessionConfig::new(), runtime);
        register_all(&ctx)?;
        let few = "WITH t AS (SELECT to_timestamp(i) AS ts FROM (SELECT unnest(range(0, 1000)) AS i) s) \
                   SELECT count(*) FROM huntsql.sessionize(t, ts)";
        assert!(text(&ctx, few).await?.contains("1000"));
        let many = text(&ctx, &few.replace("1000", "1000000")).await.expect_err("a small pool").to_string();
        assert!(many.contains("huntsql sessionize"), "{many}");
        Ok(())
    }

    #[tokio::test]
    async fn a_foreign_query_planner_keeps_its_statements() -> Result<()> {
        use datafusion::execution::SessionStateBuilder;
        use datafusion::execution::context::QueryPlanner;
        #[derive(Debug)]
        struct Refuses;
        #[async_trait::async_trait]
        impl QueryPlanner for Refuses {
            async fn create_physical_plan(
                &self,
                _: &datafusion::logical_expr::LogicalPlan,
                _: &dyn datafusion::catalog::Session,
            ) -> Result<Arc<dyn datafusion::physical_plan::ExecutionPlan>> {
                Err(DataFusionError::Plan("refused".to_owned()))
            }
        }
        let state = SessionStateBuilder::new().with_default_features().with_query_planner(Arc::new(Refuses)).build();
        let ctx = SessionContext::new_with_state(state);
        register_all(&ctx)?;
        assert!(text(&ctx, "SELECT 1").await.expect_err("theirs").to_string().contains("refused"));
        let ours = "WITH t AS (SELECT to_timestamp(0) AS ts) SELECT session_id FROM huntsql.sessionize(t, ts)";
        assert!(text(&ctx, ours).await?.contains('1'));
        Ok(())
    }
}
