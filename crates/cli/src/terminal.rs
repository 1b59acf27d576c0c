//! What is known of the terminal, and messages on standard error.

use huntsql_charts::term::{ColorDepth, Terminal};
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

/// What charts may use of the terminal.
pub(crate) fn drawing() -> Terminal {
    let detected = Terminal::detect(|name| std::env::var(name).ok());
    let color = if color_allowed() { detected.color } else { ColorDepth::None };
    Terminal { width: columns(), color, ..detected }
}

/// A path as a link, where the terminal shows links.
pub(crate) fn link(path: &std::path::Path) -> String {
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let shown = visible_lines(&path.to_string_lossy());
    if !(stderr_is_terminal() && color_allowed()) {
        return shown;
    }
    let url: String = absolute.to_string_lossy().bytes().fold(String::from("file://"), |mut url, byte| {
        match byte {
            b'/' | b'-' | b'_' | b'.' | b'~' | b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' => url.push(char::from(byte)),
            _ => url.push_str(&format!("%{byte:02X}")),
        }
        url
    });
    format!("\x1b]8;;{url}\x1b\\{shown}\x1b]8;;\x1b\\")
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
