//! Threads: queries run on a pool, the shell waits on its own thread.
//!
//! A pool whose threads are all inside an operator that does not yield (a join of 10^10 pairs) serves neither timers nor
//! signals, so Ctrl-C and the progress line need a runtime of their own; and what was cancelled may hold those threads for long,
//! so the next statement gets new ones.

use crate::failure::Failure;
use std::future::Future;
use tokio::runtime::{Builder, Handle, Runtime};

/// Plans recurse.
const STACK: usize = 8 << 20;

/// Where work runs.
pub(crate) struct Pool {
    waiting: Runtime,
    working: Option<Runtime>,
}

impl Pool {
    /// A pool with a thread a core.
    pub(crate) fn new() -> Result<Self, Failure> {
        Ok(Self { waiting: Builder::new_current_thread().enable_all().build()?, working: None })
    }

    /// The threads for the next statement.
    pub(crate) fn handle(&mut self) -> Result<Handle, Failure> {
        let working = match self.working.take() {
            Some(working) => working,
            None => Builder::new_multi_thread().enable_all().thread_stack_size(STACK).build()?,
        };
        Ok(self.working.insert(working).handle().clone())
    }

    /// Waits on this thread. After an interrupt the threads of the pool are left to themselves.
    pub(crate) fn wait<T>(&mut self, work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
        let result = self.waiting.block_on(work);
        if matches!(result, Err(Failure::Interrupted)) {
            self.abandon();
        }
        result
    }

    /// Runs something on the pool; Ctrl-C gives up on it.
    pub(crate) fn run<T: Send + 'static>(&mut self, work: impl Future<Output = Result<T, Failure>> + Send + 'static) -> Result<T, Failure> {
        let task = self.handle()?.spawn(work);
        self.wait(async {
            tokio::select! {
                biased;
                _ = tokio::signal::ctrl_c() => Err(Failure::Interrupted),
                result = task => result.unwrap_or(Err(Failure::Panicked)),
            }
        })
    }

    fn abandon(&mut self) {
        if let Some(working) = self.working.take() {
            working.shutdown_background();
        }
    }
}

impl Drop for Pool {
    // A thread may hang in a read that never returns.
    fn drop(&mut self) {
        self.abandon();
    }
}
