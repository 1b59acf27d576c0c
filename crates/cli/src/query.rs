//! Runs one statement: plans it, prints its rows as they come, gives up on Ctrl-C.

use crate::chart;
use crate::failure::Failure;
use crate::output::Output;
use crate::progress::Progress;
use crate::terminal;
use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::logical_expr::LogicalPlan;
use datafusion::physical_plan::{ExecutionPlan, execute_stream};
use futures::StreamExt;
use huntsql_charts::surface::take_drawn;
use huntsql_datafusion::display::{Mode, ResultWriter, Style, thousands};
use huntsql_datafusion::session::HuntSession;
use huntsql_datafusion::session::Statement;
use huntsql_datafusion::settings::HuntSettings;
use std::sync::Arc;
use std::time::Duration;
use tokio::runtime::Handle;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

/// Batches that wait for the printer.
const QUEUE: usize = 4;
/// How often the progress line moves.
const TICK: Duration = Duration::from_millis(200);

/// What a statement gave.
#[derive(Debug, Default, Clone)]
pub(crate) struct Outcome {
    /// The columns, where the statement gave rows.
    pub(crate) schema: Option<SchemaRef>,
    /// How many rows.
    pub(crate) rows: usize,
}

/// Where rows come from.
pub(crate) enum Rows {
    /// A statement to run.
    Statement(Box<Statement>),
    /// A result that is there already.
    Batch(RecordBatch),
}

enum Event {
    Plan { plan: Arc<dyn ExecutionPlan>, schema: SchemaRef, explains: bool },
    Batch(RecordBatch),
    Failed(Failure),
    Done,
}

/// Runs `rows` into `output`.
pub(crate) async fn run(
    pool: &Handle,
    session: &Arc<HuntSession>,
    rows: Rows,
    output: &mut Output,
    progress: &mut Progress,
) -> Result<Outcome, Failure> {
    let statement = match rows {
        Rows::Statement(statement) => *statement,
        Rows::Batch(batch) => return print(session, &batch, output),
    };
    // Charts of a statement that failed are not those of this one.
    drop(take_drawn());
    let (sender, mut events) = mpsc::channel(QUEUE);
    let task = Abort(pool.spawn(produce(Arc::clone(session), statement, sender)));
    let result = consume(session, &mut events, output, progress).await;
    drop(task);
    progress.erase();
    let settled = output.settle(result.is_ok());
    let outcome = result?;
    settled.map(|()| outcome)
}

fn print(session: &HuntSession, batch: &RecordBatch, output: &mut Output) -> Result<Outcome, Failure> {
    let settings = HuntSettings::of(session.context());
    let mode = match output.mode(&settings) {
        Mode::Record => Mode::Table,
        other => other,
    };
    output.check(mode)?;
    // What the shell says of itself is no data from a log: it is short, and shown whole.
    let style = Style { defang: false, max_rows: None, ..output.style(&settings) };
    let schema = batch.schema();
    let written = output.writer(mode, &schema, style, || ()).and_then(|mut writer| {
        writer.batch(batch)?;
        Ok(writer.finish()?)
    });
    output.settle(written.is_ok())?;
    written.map(|()| Outcome { schema: Some(schema), rows: batch.num_rows() })
}

/// Stops a task that nobody waits for any more.
struct Abort(JoinHandle<()>);

impl Drop for Abort {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Runs on the pool, so that a busy query never keeps Ctrl-C waiting.
async fn produce(session: Arc<HuntSession>, statement: Statement, sender: mpsc::Sender<Event>) {
    let last = match try_produce(&session, &statement, &sender).await {
        Ok(()) => Event::Done,
        Err(failure) => Event::Failed(failure),
    };
    // The printer may be gone.
    let _ = sender.send(last).await;
}

async fn try_produce(session: &HuntSession, statement: &Statement, sender: &mpsc::Sender<Event>) -> Result<(), Failure> {
    let plan = session.plan(statement).await?;
    let explains = matches!(plan, LogicalPlan::Explain(_) | LogicalPlan::Analyze(_));
    let named = |error| session.explain(error);
    let frame = session.context().execute_logical_plan(plan).await.map_err(named)?;
    let task = Arc::new(frame.task_ctx());
    let plan = frame.create_physical_plan().await.map_err(named)?;
    let mut stream = execute_stream(Arc::clone(&plan), task).map_err(named)?;
    if sender.send(Event::Plan { plan, schema: stream.schema(), explains }).await.is_err() {
        return Ok(());
    }
    while let Some(batch) = stream.next().await {
        if sender.send(Event::Batch(batch.map_err(named)?)).await.is_err() {
            return Ok(());
        }
    }
    Ok(())
}

async fn consume(
    session: &HuntSession,
    events: &mut mpsc::Receiver<Event>,
    output: &mut Output,
    progress: &mut Progress,
) -> Result<Outcome, Failure> {
    let interrupt = tokio::signal::ctrl_c();
    tokio::pin!(interrupt);
    let mut tick = tokio::time::interval(TICK);
    let mut printing = Printing::Waiting(Vec::new(), None);
    let mut output = Some(output);
    let mut outcome = Outcome::default();
    loop {
        let event = tokio::select! {
            biased;
            _ = &mut interrupt => return Err(Failure::Interrupted),
            _ = tick.tick() => {
                progress.tick(outcome.rows);
                continue;
            }
            event = events.recv() => event,
        };
        match event {
            // The producer went without a word: it panicked, and the hook has said so.
            None => return Err(Failure::Panicked),
            Some(Event::Done) => break,
            Some(Event::Failed(failure)) => return Err(failure),
            // SET, CREATE and the like give no columns: there is nothing to print.
            Some(Event::Plan { plan, schema, explains }) => {
                progress.watch(plan);
                if let Some(output) = output.take().filter(|_| !schema.fields().is_empty()) {
                    let settings = HuntSettings::of(session.context());
                    let mode = output.mode(&settings);
                    output.check(mode)?;
                    outcome.schema = Some(Arc::clone(&schema));
                    let start = Start { output, schema, mode, settings, explains };
                    printing = Printing::Waiting(Vec::new(), Some(start));
                }
            }
            Some(Event::Batch(batch)) => {
                outcome.rows += batch.num_rows();
                printing = printing.batch(batch, progress)?;
            }
        }
    }
    let paths = printing.finish(progress, outcome.rows)?;
    chart::after(paths.into_iter(), HuntSettings::of(session.context()).open);
    Ok(outcome)
}

/// Rows that wait until all charts of a statement are made. Those of chart functions are few; a file that looks like one of theirs may be long.
const MOST_WAITING: usize = 1000;

/// What a result is printed with.
struct Start<'o> {
    output: &'o mut Output,
    schema: SchemaRef,
    mode: Mode,
    settings: HuntSettings,
    explains: bool,
}

/// How far the printing is.
enum Printing<'o> {
    /// The pictures come first: the rows of chart functions wait for the last one.
    Waiting(Vec<RecordBatch>, Option<Start<'o>>),
    /// Rows are printed as they come.
    Writing { writer: Box<dyn ResultWriter + 'o>, kept: Option<Vec<usize>>, paths: Vec<String> },
}

impl<'o> Printing<'o> {
    fn batch(self, batch: RecordBatch, progress: &Progress) -> Result<Self, Failure> {
        match self {
            Self::Waiting(mut waiting, start) => {
                waiting.push(batch);
                let rows: usize = waiting.iter().map(RecordBatch::num_rows).sum();
                match start {
                    Some(start) if rows > MOST_WAITING || !chart::is_result(&start.schema) => start.write(waiting, progress),
                    start => Ok(Self::Waiting(if start.is_some() { waiting } else { Vec::new() }, start)),
                }
            }
            Self::Writing { mut writer, kept, paths } => {
                writer.batch(&chart::columns(batch, kept.as_deref())?)?;
                Ok(Self::Writing { writer, kept, paths })
            }
        }
    }

    /// Ends the result; gives the files of its charts.
    fn finish(self, progress: &Progress, rows: usize) -> Result<Vec<String>, Failure> {
        match self {
            Self::Waiting(waiting, Some(start)) => match start.write(waiting, progress)? {
                Self::Writing { mut writer, paths, .. } => {
                    writer.finish()?;
                    Ok(paths)
                }
                Self::Waiting(..) => Ok(Vec::new()),
            },
            Self::Waiting(_, None) => {
                if rows > 0 {
                    terminal::warning(&format!("{} rows without a column are not printed", thousands(rows)));
                }
                // CREATE TABLE AS may have made charts.
                Ok(take_drawn().into_iter().filter_map(|chart| chart.path).collect())
            }
            Self::Writing { mut writer, mut paths, .. } => {
                writer.finish()?;
                paths.extend(take_drawn().into_iter().filter_map(|chart| chart.path));
                Ok(paths)
            }
        }
    }
}

impl<'o> Start<'o> {
    fn write(self, waiting: Vec<RecordBatch>, progress: &Progress) -> Result<Printing<'o>, Failure> {
        let Self { output, schema, mode, settings, explains } = self;
        let style = output.style(&settings);
        if explains && matches!(mode, Mode::Table | Mode::Record) {
            return Printing::Writing { writer: output.explain_writer(progress.eraser())?, kept: None, paths: Vec::new() }
                .batches(waiting, progress);
        }
        progress.erase();
        let drawn = chart::show(output, mode)?;
        let kept = chart::without_pictures(&schema, &drawn, mode);
        let writer = output.writer(mode, &chart::columns_of(&schema, kept.as_deref()), style, progress.eraser())?;
        let paths = drawn.into_iter().filter_map(|chart| chart.path).collect();
        Printing::Writing { writer, kept, paths }.batches(waiting, progress)
    }
}

impl Printing<'_> {
    fn batches(mut self, batches: Vec<RecordBatch>, progress: &Progress) -> Result<Self, Failure> {
        for batch in batches {
            self = self.batch(batch, progress)?;
        }
        Ok(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use datafusion::arrow::datatypes::DataType;
    use datafusion::logical_expr::{Volatility, create_udf};

    #[tokio::test]
    async fn a_panic_in_a_query_is_no_success() {
        let session = Arc::new(HuntSession::new().unwrap());
        let boom = create_udf("boom", vec![DataType::Int64], DataType::Int64, Volatility::Volatile, Arc::new(|_| panic!("boom")));
        session.context().register_udf(boom);
        let statement = session.statements("SELECT boom(value) FROM generate_series(1, 3)").unwrap().remove(0);
        let rows = Rows::Statement(Box::new(statement));
        let result = run(&Handle::current(), &session, rows, &mut Output::Stdout, &mut Progress::start()).await;
        assert!(matches!(result, Err(Failure::Panicked)), "{result:?}");
    }
}
