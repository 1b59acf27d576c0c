//! No panic leaves a kernel: it becomes an error that asks for a report.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook, take_hook};
use std::sync::Once;

thread_local! {
    static GUARDED: Cell<bool> = const { Cell::new(false) };
}

/// Runs `work`; a panic in it becomes `Err` with its message and place, and prints nothing.
pub fn guard<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    quiet_hook();
    let outer = GUARDED.replace(true);
    let result = catch_unwind(AssertUnwindSafe(work));
    GUARDED.set(outer);
    result.map_err(|payload| {
        payload
            .downcast_ref::<&str>()
            .map(|text| (*text).to_owned())
            .or_else(|| payload.downcast_ref::<String>().cloned())
            .unwrap_or_else(|| "unknown panic".to_owned())
    })
}

/// The host's panic hook stays in force for every panic outside [`guard`].
fn quiet_hook() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let host = take_hook();
        set_hook(Box::new(move |info| {
            if !GUARDED.get() {
                host(info);
            }
        }));
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_becomes_text() {
        assert_eq!(guard(|| 7), Ok(7));
        assert_eq!(guard(|| panic!("boom {}", 1)).map(|()| 0), Err("boom 1".to_owned()));
    }
}
