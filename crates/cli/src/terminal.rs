//! What is known of the terminal, and messages on standard error.

use huntsql_datafusion::display::visible_lines;
use rustyline::history::MemHistory;
use std::io::{IsTerminal, Write};

/// True where standard output is a terminal.
pub(crate) fn stdout_is_terminal() -> bool {
    std::io::stdout().is_terminal()
}

/// True where standard error is a terminal.
pub(crate) fn stderr_is_terminal() -> bool {
    std::io::stderr().is_terminal()
}

/// True unless `NO_COLOR` (no-color.org) or a dumb terminal forbids colours.
pub(crate) fn color_allowed() -> bool {
    let set = |name| std::env::var_os(name).is_some_and(|value: std::ffi::OsString| !value.is_empty());
    !set("NO_COLOR") && std::env::var_os("TERM").is_none_or(|term| term != "dumb")
}

/// The width of the terminal in columns.
pub(crate) fn columns() -> usize {
    let asked = rustyline::Editor::<(), MemHistory>::with_history(rustyline::Config::default(), MemHistory::new())
        .ok()
        .and_then(|mut editor| editor.dimensions())
        .map(|(columns, _)| usize::from(columns));
    // A terminal that does not say (0) gets what every terminal has.
    asked.filter(|columns| *columns > 0).unwrap_or(80)
}

/// Prints `error: message`.
pub(crate) fn error(message: &str) {
    say("error", "\x1b[1;31m", message);
}

/// Prints `warning: message`.
pub(crate) fn warning(message: &str) {
    say("warning", "\x1b[1;33m", message);
}

/// Prints a message that is neither.
pub(crate) fn note(message: &str) {
    write_stderr(&format!("{}\n", visible_lines(message)));
}

fn say(kind: &str, look: &str, message: &str) {
    let text = visible_lines(message);
    if stderr_is_terminal() && color_allowed() {
        write_stderr(&format!("{look}{kind}:\x1b[0m {text}\n"));
    } else {
        write_stderr(&format!("{kind}: {text}\n"));
    }
}

/// Writes text of our own. There is nobody to tell where this fails.
pub(crate) fn write_stderr(text: &str) {
    let mut stderr = std::io::stderr().lock();
    let _ = stderr.write_all(text.as_bytes());
    let _ = stderr.flush();
}
