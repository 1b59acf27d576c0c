//! Statements: split, bound to files, forgiving about case, explained when they fail.

mod catalog;
mod columns;
pub mod explain_error;
mod statements;
mod tables;
pub(crate) mod values;
mod wildcard;

pub use statements::Statement;

use crate::error::{Error, Result};
use crate::files::{CancelOnDrop, Context, FileRequest, Lister, LocalFiles, Opened, Stdin, Warnings, open_files};
use crate::logs::{LogRequest, open_log};
use catalog::HiddenSchema;
use datafusion::catalog::SchemaProvider;
use datafusion::execution::session_state::SessionState;
use datafusion::logical_expr::LogicalPlan;
use datafusion::prelude::{DataFrame, SessionConfig, SessionContext};
use explain_error::{explain, explain_in};
use huntsql_readers::Cancel;
use std::sync::Arc;
use tables::Request;

/// The schema that file tables live in while a statement is planned. Nothing lists it.
const FILES_SCHEMA: &str = "files";

/// A DataFusion session that reads files by name and speaks plainly.
#[derive(Clone)]
pub struct HuntSession {
    context: SessionContext,
    files: Arc<HiddenSchema>,
    reading: Context,
}

impl std::fmt::Debug for HuntSession {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("HuntSession").field("id", &self.context.session_id()).finish_non_exhaustive()
    }
}

impl HuntSession {
    /// A session over local files with this crate's defaults.
    pub fn new() -> Result<Self> {
        Self::with_config(Self::config())
    }

    /// The defaults: names keep their case, binary Parquet columns are text, `information_schema` exists.
    pub fn config() -> SessionConfig {
        let mut config = SessionConfig::new().with_information_schema(true);
        let options = config.options_mut();
        // It computes a function that gives a struct anew for each field that is read of it.
        options.optimizer.enable_leaf_expression_pushdown = false;
        options.execution.parquet.binary_as_string = true;
        options.sql_parser.enable_ident_normalization = false;
        // Where a name stands, so that its case can be mended in that place alone.
        options.sql_parser.collect_spans = true;
        config
    }

    /// A session with other settings; start from [`HuntSession::config`].
    pub fn with_config(config: SessionConfig) -> Result<Self> {
        Self::with_context(SessionContext::new_with_config(config))
    }

    /// Wraps a context. Identifier normalisation should be off in it, or unquoted names arrive in lower case.
    pub fn with_context(context: SessionContext) -> Result<Self> {
        crate::settings::install(&context);
        crate::register_all(&context).map_err(explain)?;
        let files = Arc::new(HiddenSchema::default());
        let options = context.copied_config().options().catalog.clone();
        let catalog = context
            .catalog(&options.default_catalog)
            .ok_or_else(|| Error::Internal(format!("no catalog '{}'", options.default_catalog)))?;
        catalog.register_schema(FILES_SCHEMA, Arc::clone(&files) as Arc<dyn SchemaProvider>).map_err(explain)?;
        let reading = Context { lister: Arc::new(LocalFiles), stdin: Stdin::default(), warnings: Warnings::default() };
        Ok(Self { context, files, reading })
    }

    /// The same session with something else as its standard input.
    #[must_use]
    pub fn with_stdin(mut self, stdin: Stdin) -> Self {
        self.reading.stdin = stdin;
        self
    }

    /// The same session with another way to list files.
    #[must_use]
    pub fn with_lister(mut self, lister: Arc<dyn Lister>) -> Self {
        self.reading.lister = lister;
        self
    }

    /// DataFusion's own session.
    pub fn context(&self) -> &SessionContext {
        &self.context
    }

    /// Splits a script into statements with line numbers.
    pub fn statements(&self, sql: &str) -> Result<Vec<Statement>> {
        let limit = self.context.copied_config().options().sql_parser.recursion_limit.get();
        statements::split(sql, limit)
    }

    /// Plans one statement: resolves files, standard input and names; errors say what would work.
    pub async fn plan(&self, statement: &Statement) -> Result<LogicalPlan> {
        let state = self.context.state();
        let mut ast = statement.ast().clone();
        let requests = tables::bind(&mut ast, statement, &state, &*self.reading.lister)?;
        let mut extras = wildcard::ExtraColumns::default();
        for (key, request) in requests {
            let names = match request {
                Request::Files(request) => self.open(&key, &request, &state).await?,
                Request::Log(request) => self.open_log(&key, request).await?,
            };
            extras.add(key, names);
        }
        wildcard::hide(&mut ast, &extras);
        columns::plan(ast, &state).await
    }

    async fn open(&self, key: &str, request: &FileRequest, state: &SessionState) -> Result<Vec<String>> {
        let opened = open_files(request, &self.reading, state, self.files.first_pass(key)).await?;
        let extras = opened.extras.clone();
        self.files.put(key, opened);
        Ok(extras)
    }

    /// Log files are looked at anew by every statement: few formats take a pass over all of them.
    async fn open_log(&self, key: &str, request: LogRequest) -> Result<Vec<String>> {
        let reading = self.reading.clone();
        let cancel = Cancel::default();
        let _guard = CancelOnDrop(Arc::clone(&cancel));
        let opened = tokio::task::spawn_blocking(move || open_log(&request, &reading, cancel)).await;
        let table = opened.map_err(|error| Error::Internal(error.to_string()))??;
        self.files.put(key, Opened { table, first_pass: None, extras: Vec::new() });
        Ok(Vec::new())
    }

    /// Plans and prepares exactly one statement. Definitions and `SET` take effect at once.
    pub async fn sql(&self, sql: &str) -> Result<DataFrame> {
        let statements = self.statements(sql)?;
        match statements.as_slice() {
            [statement] => {
                let plan = self.plan(statement).await?;
                self.context.execute_logical_plan(plan).await.map_err(|error| self.explain(error))
            }
            [] => Err(Error::Query("no statement".to_owned())),
            more => Err(Error::Query(format!("one statement at a time, got {}", more.len()))),
        }
    }

    /// An error of the engine in plain words, with the names of this session for hints.
    pub fn explain(&self, error: datafusion::error::DataFusionError) -> Error {
        explain_in(error, &self.context.state())
    }

    /// Takes what readers wanted to say: rows skipped, bytes replaced, files left out.
    pub fn warnings(&self) -> Vec<String> {
        self.reading.warnings.take()
    }
}
