//! How far the look-ups of this process are, for who shows it.

use std::sync::atomic::{AtomicUsize, Ordering};

static PLANNED: AtomicUsize = AtomicUsize::new(0);
static DONE: AtomicUsize = AtomicUsize::new(0);

/// Requests that were answered and requests in all, of the statements under way; `None` where nothing is asked.
pub fn progress() -> Option<(usize, usize)> {
    let planned = PLANNED.load(Ordering::Relaxed);
    (planned > 0).then(|| (DONE.load(Ordering::Relaxed).min(planned), planned))
}

/// Counts the requests of one statement for as long as it lives.
#[derive(Debug)]
pub(crate) struct Counted {
    planned: usize,
    done: usize,
}

impl Counted {
    pub(crate) fn new(planned: usize) -> Self {
        PLANNED.fetch_add(planned, Ordering::Relaxed);
        Self { planned, done: 0 }
    }

    pub(crate) fn one_more(&mut self) {
        self.done += 1;
        DONE.fetch_add(1, Ordering::Relaxed);
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        PLANNED.fetch_sub(self.planned, Ordering::Relaxed);
        DONE.fetch_sub(self.done, Ordering::Relaxed);
    }
}
