//! Parts of a work on several threads.

use crate::guard::guard;
use std::panic::resume_unwind;
use std::sync::{Mutex, PoisonError};
use std::thread::{Builder, available_parallelism, scope};

/// More threads than these wait for memory or the disk.
const MOST_THREADS: usize = 8;

/// How many threads are worth starting.
pub fn processors() -> usize {
    available_parallelism().map_or(1, usize::from).min(MOST_THREADS)
}

/// What `work` makes of each of `items`, in their order; the first error in that order. At most `threads` work at a time, the caller's
/// among them. After an error or a panic no more items are begun; a panic goes on in the caller, whatever else went wrong.
pub fn at_once<I: Send, T: Send, E: Send>(items: Vec<I>, threads: usize, work: impl Fn(I) -> Result<T, E> + Sync) -> Result<Vec<T>, E> {
    let others = items.len().min(threads).saturating_sub(1);
    let items = Mutex::new(items.into_iter().enumerate());
    let run = || {
        let mut done = Vec::new();
        loop {
            let next = items.lock().unwrap_or_else(PoisonError::into_inner).next();
            let Some((at, item)) = next else { break done };
            // A panic must not be printed by a thread that nobody guards.
            let result = guard(|| work(item));
            if !matches!(result, Ok(Ok(_))) {
                // What comes before this item was begun before it: the first error is among what is done.
                items.lock().unwrap_or_else(PoisonError::into_inner).by_ref().for_each(drop);
            }
            done.push((at, result));
        }
    };
    let mut done = scope(|scope| {
        // A thread that the system does not give leaves its items to the others.
        let threads: Vec<_> = (0..others).filter_map(|_| Builder::new().name("huntsql".to_owned()).spawn_scoped(scope, run).ok()).collect();
        let mut done = run();
        for thread in threads {
            done.extend(thread.join().unwrap_or_else(|what| resume_unwind(what)));
        }
        done
    });
    done.sort_by_key(|(at, _)| *at);
    let done: Vec<_> = done.into_iter().map(|(_, result)| result.unwrap_or_else(|what| resume_unwind(Box::new(what)))).collect();
    done.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
    use std::thread::{sleep, yield_now};
    use std::time::Duration;

    #[test]
    fn results_are_in_order() {
        for count in [0, 1, 2, 9] {
            for threads in [0, 1, 2, 20] {
                let items: Vec<usize> = (0..count).collect();
                assert_eq!(at_once(items.clone(), threads, Ok::<_, ()>), Ok(items));
            }
        }
        for threads in [1, 3] {
            assert_eq!(at_once(vec![1, 2, 3], threads, |item| if item < 2 { Ok(item) } else { Err(item) }), Err(2));
            let boom = || at_once(vec![0, 1], threads, |item| if item == 1 { panic!("boom") } else { Ok::<_, ()>(()) });
            assert_eq!(guard(boom).map(|_| ()), Err("boom".to_owned()));
        }
    }

    /// One thread fails and another works on: that one must not do what nobody reads, and what it finds must not be lost.
    #[test]
    fn after_an_error_no_more_is_begun() {
        for panics in [false, true] {
            let (begun, failed) = (AtomicUsize::new(0), AtomicBool::new(false));
            let work = |item: usize| {
                begun.fetch_add(1, Ordering::Relaxed);
                if item == 0 {
                    // Once the other has begun as well.
                    while begun.load(Ordering::Relaxed) < 2 {
                        yield_now();
                    }
                    failed.store(true, Ordering::Relaxed);
                    return Err(item);
                }
                while !failed.load(Ordering::Relaxed) {
                    yield_now();
                }
                // The error is noted by now.
                sleep(Duration::from_millis(50));
                if panics { panic!("boom") } else { Ok(item) }
            };
            let result = guard(|| at_once((0..1000).collect(), 2, work));
            assert_eq!(result, if panics { Err("boom".to_owned()) } else { Ok(Err(0)) });
            assert_eq!(begun.load(Ordering::Relaxed), 2);
        }
    }
}
