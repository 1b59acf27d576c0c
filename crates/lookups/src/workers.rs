//! Threads that work through the questions of a statement, which may be cancelled meanwhile.

use crate::http::{Failure, Stop};
use crate::progress::Counted;
use huntsql_kernels::guard::guard;
use huntsql_kernels::interrupt::{Interrupt, Interrupted};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

/// Questions that go to one who is asked.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Queue {
    /// How many there are.
    pub(crate) questions: usize,
    /// How many are under way at a time.
    pub(crate) threads: usize,
}

/// Asks every question of every queue, and hands what came of it to `take`: the number of the queue, that of the question, and the outcome. A cancelled
/// statement does not wait: the threads end at their time-outs.
pub(crate) fn work_through<T: Send + 'static>(
    queues: &[Queue],
    ask: impl Fn(usize, usize, &Stop) -> Result<T, Failure> + Send + Sync + 'static,
    interrupt: &Interrupt,
    mut take: impl FnMut(usize, usize, Result<T, Failure>),
) -> Result<(), Interrupted> {
    let mut counted = Counted::new(queues.iter().map(|queue| queue.questions).sum());
    let (ask, stop) = (Arc::new(ask), Arc::new(Stop::default()));
    let (sender, receiver) = mpsc::channel();
    for (number, Queue { questions, threads }) in queues.iter().copied().enumerate() {
        let next = Arc::new(AtomicUsize::new(0));
        for _ in 0..threads.min(questions) {
            let (ask, stop, next, sender) = (Arc::clone(&ask), Arc::clone(&stop), Arc::clone(&next), sender.clone());
            let run = move || {
                loop {
                    let question = next.fetch_add(1, Ordering::Relaxed);
                    if question >= questions {
                        return;
                    }
                    let outcome = guard(|| ask(number, question, &stop))
                        .unwrap_or_else(|what| Err(Failure::Request(format!("an error of huntsql, please report it: {what}"))));
                    if sender.send((number, question, outcome)).is_err() {
                        return;
                    }
                }
            };
            // Where no thread is to be had, those that run do its work; where none runs, no outcome comes, which the caller says.
            drop(thread::Builder::new().name("huntsql-lookup".to_owned()).spawn(run));
        }
    }
    drop(sender);
    loop {
        match receiver.recv_timeout(Duration::from_millis(50)) {
            Ok((queue, question, outcome)) => {
                counted.one_more();
                take(queue, question, outcome);
            }
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return Ok(()),
        }
        if let Err(interrupted) = interrupt.check() {
            stop.set();
            return Err(interrupted);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_question_has_one_outcome() {
        let queues = [Queue { questions: 20, threads: 3 }, Queue { questions: 0, threads: 3 }, Queue { questions: 1, threads: 9 }];
        let ask = |queue: usize, question: usize, _: &Stop| match (queue, question) {
            (0, 7) => panic!("planted"),
            _ => Ok(question * 2),
        };
        let mut outcomes = Vec::new();
        let ended = work_through(&queues, ask, &Interrupt::default(), |queue, question, outcome| outcomes.push((queue, question, outcome)));
        assert_eq!((ended, outcomes.len()), (Ok(()), 21));
        outcomes.sort_by_key(|(queue, question, _)| (*queue, *question));
        assert!(
            outcomes.iter().enumerate().all(|(at, (queue, question, _))| (*queue, *question) == if at < 20 { (0, at) } else { (2, 0) })
        );
        let wrong =
            outcomes.iter().filter_map(|(_, question, outcome)| outcome.as_ref().err().map(|failure| (*question, failure.to_string())));
        let wrong: Vec<(usize, String)> = wrong.collect();
        assert!(wrong.len() == 1 && wrong[0].0 == 7 && wrong[0].1.contains("planted"), "{wrong:?}");
    }

    #[test]
    fn a_cancelled_statement_does_not_wait() {
        let interrupt = Interrupt::default();
        interrupt.stop();
        let started = std::time::Instant::now();
        let ask = |_: usize, _: usize, stop: &Stop| stop.sleep(Duration::from_secs(60));
        let ended = work_through(&[Queue { questions: 4, threads: 2 }], ask, &interrupt, |_, _, _| {});
        assert!(ended == Err(Interrupted) && started.elapsed() < Duration::from_secs(30));
    }
}
