//! The huntsql shell: reads statements, runs them, prints results.

mod args;
mod chart;
mod complete;
mod doc;
mod dot;
mod failure;
mod output;
mod pool;
mod progress;
mod query;
mod repl;
mod schema;
mod script;
mod shell;
mod terminal;
mod tools;

use args::Args;
use failure::Failure;
use std::io::IsTerminal;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;

fn main() -> ExitCode {
    report_panics();
    // The hook has said what there is to say.
    let result = catch_unwind(AssertUnwindSafe(run)).unwrap_or(Err(Failure::Panicked));
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            if let Failure::Query(message) | Failure::Usage(message) = &failure {
                terminal::error(message);
            }
            failure.exit_code()
        }
    }
}

fn run() -> Result<(), Failure> {
    let args = Args::read()?;
    if let Some(tool) = &args.tool {
        return tools::run(tool);
    }
    let mut shell = shell::Shell::new(&args)?;
    if !args.sources.is_empty() {
        shell.run_sources(&args.sources)
    } else if std::io::stdin().is_terminal() {
        repl::run(&mut shell)
    } else {
        shell.run_sources(&[args::Source::File("-".into())])
    }
}

/// One line that asks for a report in place of a backtrace.
fn report_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map_or_else(String::new, |place| format!(" at {}:{}", place.file(), place.line()));
        let what = panic.payload_as_str().unwrap_or("unknown panic");
        let what = what.lines().next().unwrap_or_default();
        terminal::error(&format!("a defect in huntsql {}: {what}{place}; please report it with the statement", env!("CARGO_PKG_VERSION")));
    }));
}
