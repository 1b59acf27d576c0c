//! The line on standard error that shows that a query is alive.

use crate::terminal;
use datafusion::physical_plan::ExecutionPlan;
use huntsql_datafusion::display::thousands;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// Queries under this show nothing.
const AFTER: Duration = Duration::from_secs(1);

/// The progress of one query.
pub(crate) struct Progress {
    started: Instant,
    enabled: bool,
    shown: Arc<AtomicBool>,
    plan: Option<Arc<dyn ExecutionPlan>>,
}

impl Progress {
    /// Starts the clock.
    pub(crate) fn start() -> Self {
        Self { started: Instant::now(), enabled: terminal::stderr_is_terminal(), shown: Arc::default(), plan: None }
    }

    /// Time since the start.
    pub(crate) fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }

    /// Counts the rows that this plan reads.
    pub(crate) fn watch(&mut self, plan: Arc<dyn ExecutionPlan>) {
        self.plan = Some(plan);
    }

    /// Something that takes the line away, for who writes to the same terminal.
    pub(crate) fn eraser(&self) -> impl Fn() + Send + 'static {
        let shown = Arc::clone(&self.shown);
        move || erase(&shown)
    }

    /// Takes the line away.
    pub(crate) fn erase(&self) {
        erase(&self.shown);
    }

    /// Draws the line anew.
    pub(crate) fn tick(&self, found: usize) {
        if !self.enabled || self.elapsed() < AFTER {
            return;
        }
        let read = match self.plan.as_ref().map(rows_read) {
            Some(rows) if rows > 0 => format!(", {} rows read", thousands(rows)),
            _ => String::new(),
        };
        let asked = match huntsql_lookups::progress::progress() {
            Some((done, planned)) => format!(", {}", look_ups(done, planned, self.elapsed())),
            None => String::new(),
        };
        let found = if found > 0 { format!(", {} found", thousands(found)) } else { String::new() };
        let line = format!("{:.1} s{read}{asked}{found} (Ctrl-C cancels)", self.elapsed().as_secs_f64());
        // A line that wrapped could not be taken away.
        let line: String = line.chars().take(terminal::columns().saturating_sub(1)).collect();
        self.shown.store(true, Ordering::Relaxed);
        terminal::write_stderr(&format!("\r\x1b[K{line}"));
    }
}

/// How far the look-ups are, how fast they go, and how long they will take at that rate.
fn look_ups(done: usize, planned: usize, elapsed: Duration) -> String {
    let rate = done as f64 / elapsed.as_secs_f64().max(0.001);
    let left = planned.saturating_sub(done) as f64 / rate;
    let eta = if done == 0 || !left.is_finite() { String::new() } else { format!(", {left:.0} s left") };
    format!("{} of {} look-ups, {rate:.1}/s{eta}", thousands(done), thousands(planned))
}

fn erase(shown: &AtomicBool) {
    if shown.swap(false, Ordering::Relaxed) {
        terminal::write_stderr("\r\x1b[K");
    }
}

/// Rows that came out of the scans.
fn rows_read(plan: &Arc<dyn ExecutionPlan>) -> usize {
    let children = plan.children();
    if children.is_empty() {
        return plan.metrics().and_then(|metrics| metrics.output_rows()).unwrap_or(0);
    }
    children.into_iter().map(rows_read).sum()
}
