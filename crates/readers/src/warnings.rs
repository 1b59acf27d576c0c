//! What readers want to say without failing: rows skipped, bytes replaced, files left out.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Most messages kept between two calls of [`Warnings::take`].
const MAX_KEPT: usize = 200;

/// A list of messages shared by a session and its running scans.
#[derive(Debug, Clone, Default)]
pub struct Warnings(Arc<Mutex<Kept>>);

#[derive(Debug, Default)]
struct Kept {
    messages: Vec<String>,
    /// Per file and what happened to it: how often.
    counts: BTreeMap<(String, &'static str), u64>,
    dropped: usize,
}

impl Warnings {
    /// Adds a message unless it is already there.
    pub fn add(&self, message: String) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.messages.contains(&message) {
            return;
        }
        if kept.messages.len() < MAX_KEPT {
            kept.messages.push(message);
        } else {
            kept.dropped += 1;
        }
    }

    /// Adds to the count of something that happened in a file; `what` follows the number.
    pub fn count(&self, file: &str, what: &'static str, times: u64) {
        if times > 0 {
            let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            *kept.counts.entry((file.to_owned(), what)).or_default() += times;
        }
    }

    /// Hands the messages over and starts anew.
    pub fn take(&self) -> Vec<String> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut messages = std::mem::take(&mut kept.messages);
        messages.extend(std::mem::take(&mut kept.counts).into_iter().map(|((file, what), times)| format!("{file}: {times} {what}")));
        if kept.dropped > 0 {
            messages.push(format!("{} more warnings", kept.dropped));
            kept.dropped = 0;
        }
        messages
    }
}
