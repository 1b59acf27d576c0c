//! The dot commands.

use crate::chart;
use crate::doc;
use crate::failure::Failure;
use crate::output::{Output, ResultFile};
use crate::query::Rows;
use crate::schema;
use crate::shell::{Next, Shell};
use crate::terminal;
use huntsql_datafusion::display::{Mode, visible};
use huntsql_datafusion::settings;
use huntsql_kernels::nearest::hint;
use std::io::Write;
use std::path::Path;
use std::sync::Arc;

/// A dot command.
pub(crate) struct Command {
    /// Name without the dot.
    pub(crate) name: &'static str,
    /// What follows it.
    pub(crate) usage: &'static str,
    /// What it does, in a line.
    pub(crate) summary: &'static str,
    /// What else there is to know; may be empty.
    pub(crate) details: &'static str,
    /// What its argument completes to.
    pub(crate) argument: Argument,
    run: fn(&mut Shell, &str) -> Result<Next, Failure>,
}

/// What the argument of a command is, for completion.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Argument {
    /// Nothing that can be completed.
    None,
    /// A dot command.
    Command,
    /// A table or a file.
    Table,
    /// A function.
    Function,
    /// A path.
    Path,
    /// A mode.
    Mode,
    /// `on` or `off`.
    Switch,
}

/// Every command, sorted by name.
pub(crate) const COMMANDS: &[Command] = &[
    Command {
        name: "cache",
        usage: "[clear [PROVIDER]]",
        summary: "Counts the answers of look-ups that are kept, or forgets them",
        details: "They are kept so that nothing is asked twice. As SQL: SELECT * FROM huntsql.lookup_cache",
        argument: Argument::None,
        run: |_, argument| cache(argument),
    },
    Command {
        name: "defang",
        usage: "[on|off]",
        summary: "Prints indicators defanged: hxxp://evil[.]test",
        details: "Applies to every format, files included. As SQL: SET huntsql.defang = true",
        argument: Argument::Switch,
        run: |shell, argument| setting(shell, "defang", argument),
    },
    Command {
        name: "doc",
        usage: "FUNCTION",
        summary: "Explains a function, with examples",
        details: "",
        argument: Argument::Function,
        run: |shell, name| print(&doc::function(shell.session.context(), name)?),
    },
    Command { name: "exit", usage: "", summary: "Leaves", details: "", argument: Argument::None, run: |_, _| Ok(Next::Quit) },
    Command {
        name: "functions",
        usage: "[PATTERN]",
        summary: "Lists huntsql's functions; with a pattern, the engine's too",
        details: "PATTERN is a part of the name, or a LIKE pattern with % and _: .functions ip_%",
        argument: Argument::Function,
        run: |shell, pattern| print(&doc::functions(shell.session.context(), pattern)),
    },
    Command {
        name: "help",
        usage: "[COMMAND]",
        summary: "Lists the commands, or explains one",
        details: "",
        argument: Argument::Command,
        run: |_, name| print(&help(name)?),
    },
    Command {
        name: "maxrows",
        usage: "[N|auto]",
        summary: "Rows that a table shows; 0 shows all",
        details: "auto: 100 on a terminal, all elsewhere. A table that is cut says so. CSV, JSON and Parquet are never cut.\nAs SQL: SET huntsql.max_rows = 20",
        argument: Argument::None,
        run: |shell, argument| setting(shell, "max_rows", argument),
    },
    Command {
        name: "mode",
        usage: "[MODE]",
        summary: "How results are printed: table, record, markdown, csv, tsv, json, ndjson, parquet",
        details: "record prints a line a column, for wide results. CSV and TSV are for spreadsheets: texts that these would run as a formula get a\nleading ' (SET huntsql.csv_guard = false turns that off). NULL is an empty field and the empty text is \"\". As SQL: SET huntsql.mode = 'json'",
        argument: Argument::Mode,
        run: |shell, argument| setting(shell, "mode", argument),
    },
    Command {
        name: "open",
        usage: "[on|off]",
        summary: "Opens pages in the browser once they are written",
        details: "Applies to the charts of render_timeline and its sisters, and to .report. As SQL: SET huntsql.open = true",
        argument: Argument::Switch,
        run: |shell, argument| setting(shell, "open", argument),
    },
    Command {
        name: "output",
        usage: "[FILE]",
        summary: "Sends results to a new file; alone: back to the screen",
        details: "The extension is the format: .csv .tsv .json .ndjson .parquet .md .txt; else the mode stays. A file that exists is not touched;\n.output! FILE replaces it. A query that fails leaves no half result in the file.",
        argument: Argument::Path,
        run: |shell, path| output(shell, path, false),
    },
    Command {
        name: "output!",
        usage: "FILE",
        summary: "Like .output, and replaces the file",
        details: "The old file stays until the first result is whole.",
        argument: Argument::Path,
        run: |shell, path| output(shell, path, true),
    },
    Command { name: "quit", usage: "", summary: "Leaves", details: "", argument: Argument::None, run: |_, _| Ok(Next::Quit) },
    Command {
        name: "read",
        usage: "FILE",
        summary: "Runs a script",
        details: "It stops at the first statement that fails.",
        argument: Argument::Path,
        run: |shell, path| match unquoted(path) {
            "" => Err(Failure::Query(".read needs a file".to_owned())),
            path => shell.run_file(Path::new(path)),
        },
    },
    Command {
        name: "report",
        usage: "FILE|clear",
        summary: "Puts the pages of this session on one page, with a selection that they share",
        details: "The last 50 pages, up to 256 MB, are kept for it, with the statements that made them. .report clear forgets them. As SQL: render_report",
        argument: Argument::Path,
        run: |shell, path| report(shell, unquoted(path)),
    },
    Command {
        name: "schema",
        usage: "TABLE|FILE",
        summary: "Shows columns and types",
        details: "A file needs quotes only where a table has its name: .schema 'logs/*.parquet'",
        argument: Argument::Table,
        run: |shell, name| {
            if name.is_empty() {
                return Err(Failure::Query(".schema needs a table or a file; .tables lists the tables".to_owned()));
            }
            let batch = shell.pool.run(schema::describe(Arc::clone(&shell.session), name.to_owned()))?;
            shell.run_rows(Rows::Batch(batch)).map(|()| Next::Continue)
        },
    },
    Command {
        name: "settings",
        usage: "",
        summary: "Lists the settings",
        details: "Each is also SQL: SET huntsql.defang = true, SHOW huntsql.defang",
        argument: Argument::None,
        run: |shell, _| {
            let rows = shell.settings().list().into_iter();
            let rows: Vec<_> = rows.map(|(name, value, doc)| vec![format!("huntsql.{name}"), value, doc.to_owned()]).collect();
            shell.run_rows(Rows::Batch(schema::texts(&["setting", "value", "meaning"], &rows)?)).map(|()| Next::Continue)
        },
    },
    Command {
        name: "tables",
        usage: "",
        summary: "Lists tables and views",
        details: "Files need no table: SELECT * FROM 'logs/*.parquet'",
        argument: Argument::None,
        run: |shell, _| {
            let batch = shell.pool.run(schema::list(Arc::clone(&shell.session)))?;
            shell.run_rows(Rows::Batch(batch)).map(|()| Next::Continue)
        },
    },
    Command {
        name: "timer",
        usage: "[on|off]",
        summary: "Prints the time of every statement",
        details: "It goes to standard error. As SQL: SET huntsql.timer = true",
        argument: Argument::Switch,
        run: |shell, argument| setting(shell, "timer", argument),
    },
    Command {
        name: "width",
        usage: "[N|auto]",
        summary: "Columns that a table may take; 0 is any",
        details: "auto: the width of the terminal, any elsewhere. As SQL: SET huntsql.width = 120",
        argument: Argument::None,
        run: |shell, argument| setting(shell, "width", argument),
    },
];

/// Runs a line such as `.mode json`.
pub(crate) fn run(shell: &mut Shell, line: &str) -> Result<Next, Failure> {
    let line = line.trim().trim_end_matches(';').trim_end();
    let (name, argument) = split(line);
    match find(name) {
        Some(command) if command.usage.is_empty() && !argument.is_empty() => {
            Err(Failure::Query(format!(".{name} takes nothing, got '{argument}'")))
        }
        Some(command) => (command.run)(shell, argument),
        None => Err(unknown(name)),
    }
}

/// The command called `name`, without its dot.
pub(crate) fn find(name: &str) -> Option<&'static Command> {
    COMMANDS.iter().find(|command| command.name.eq_ignore_ascii_case(name))
}

/// The name of the command in `line` and what follows it.
pub(crate) fn split(line: &str) -> (&str, &str) {
    let line = line.trim_start().trim_start_matches('.');
    let (name, argument) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
    (name, argument.trim())
}

fn unknown(name: &str) -> Failure {
    let near = hint(name, COMMANDS.iter().map(|command| command.name)).replace('\'', "").replace("mean ", "mean .");
    Failure::Query(format!("unknown command '.{name}'{near}{} .help lists them", if near.is_empty() { ";" } else { "" }))
}

fn help(name: &str) -> Result<String, Failure> {
    if name.is_empty() {
        let mut out =
            String::from("SQL statements end with ; and may take several lines. Tab completes, Ctrl-C cancels, Ctrl-D leaves.\n\n");
        for command in COMMANDS {
            out.push_str(&format!("  {:<24} {}\n", format!(".{} {}", command.name, command.usage), command.summary));
        }
        out.push_str("\nA file is a table: SELECT * FROM 'logs/*.parquet' LIMIT 10;\n");
        return Ok(out);
    }
    let name = name.trim_start_matches('.');
    let command = find(name).ok_or_else(|| unknown(name))?;
    let mut out = format!(".{} {}\n{}.\n", command.name, command.usage, command.summary);
    if !command.details.is_empty() {
        out.push_str(&format!("{}\n", command.details));
    }
    Ok(out)
}

fn print(text: &str) -> Result<Next, Failure> {
    let mut stdout = std::io::stdout().lock();
    stdout.write_all(text.as_bytes())?;
    stdout.flush()?;
    Ok(Next::Continue)
}

/// Shows or clears the answers of look-ups.
fn cache(argument: &str) -> Result<Next, Failure> {
    let context = huntsql_lookups::context::context(None).map_err(Failure::Query)?;
    let mut words = argument.split_whitespace();
    match (words.next(), words.next(), words.next()) {
        (None, ..) => {
            let place = context.cache.path().map_or_else(|| "memory".to_owned(), |path| path.display().to_string());
            let mut counts: Vec<(String, usize)> = Vec::new();
            for row in context.cache.rows() {
                match counts.last_mut().filter(|(provider, _)| *provider == row.provider) {
                    Some((_, count)) => *count += 1,
                    None => counts.push((row.provider, 1)),
                }
            }
            let mut text = format!("answers in {}\n", visible(&place));
            for (provider, count) in counts {
                text.push_str(&format!("{count:>8}  {}\n", visible(&provider)));
            }
            print(&text)
        }
        (Some("clear"), provider, None) => {
            let gone = context.cache.clear(provider);
            let what = if gone == 1 { "answer" } else { "answers" };
            print(&format!("{gone} {what} forgotten\n"))
        }
        _ => Err(Failure::Usage(format!(".cache takes nothing, `clear` or `clear PROVIDER`, not '{}'", visible(argument)))),
    }
}

/// Writes the charts of this session on one page.
fn report(shell: &mut Shell, path: &str) -> Result<Next, Failure> {
    match path {
        "" => return Err(Failure::Query(".report needs a file, such as report.html".to_owned())),
        "clear" => {
            huntsql_charts::surface::forget_charts();
            return Ok(Next::Continue);
        }
        _ => {}
    }
    let charts = huntsql_charts::surface::kept_charts();
    if charts.is_empty() {
        let hint = "draw one first, such as SELECT * FROM huntsql.render_timeline(tbl, ts)";
        return Err(Failure::Query(format!("there is no page to report: {hint}")));
    }
    let written =
        huntsql_charts::kernels::write_report(&charts, path, "").map_err(|problem| Failure::Query(format!(".report: {problem}")))?;
    let count = if charts.len() == 1 { "1 chart".to_owned() } else { format!("{} charts", charts.len()) };
    let gone = match huntsql_charts::surface::forgotten_charts() {
        0 => String::new(),
        gone => format!(" ({gone} older ones are not kept any more)"),
    };
    terminal::note(&format!("{count} on {}{gone}", visible(path)));
    chart::after(written.path.into_iter(), shell.settings().open);
    Ok(Next::Continue)
}

/// Changes a setting, or shows it where no value is given.
fn setting(shell: &mut Shell, name: &str, value: &str) -> Result<Next, Failure> {
    if value.is_empty() {
        let found = shell.settings().list().into_iter().find(|(known, ..)| *known == name);
        let (_, value, doc) = found.unwrap_or_default();
        return print(&format!("{value}  ({doc})\n"));
    }
    settings::set(shell.session.context(), name, unquoted(value))?;
    if name == "mode"
        && let Output::File(file) = &shell.output
        && let Some(mode) = file.mode()
    {
        terminal::note(&format!("{} stays {mode}, as its extension says", file.shown()));
    }
    Ok(Next::Continue)
}

fn output(shell: &mut Shell, path: &str, replace: bool) -> Result<Next, Failure> {
    let path = unquoted(path);
    if path.is_empty() {
        shell.output = Output::Stdout;
        return Ok(Next::Continue);
    }
    let file = ResultFile::new(Path::new(path), replace, None).map_err(|failure| match failure {
        Failure::Usage(problem) if problem.ends_with("exists") => {
            Failure::Query(format!("{problem}; .output! {} replaces it", visible(path)))
        }
        Failure::Usage(problem) => Failure::Query(problem),
        other => other,
    })?;
    let mode = file.mode().unwrap_or(shell.settings().mode);
    terminal::note(&format!("results go to {} as {mode}, until .output", file.shown()));
    shell.output = Output::File(file);
    Ok(Next::Continue)
}

/// `path` without the quotes that completion or habit put around it.
fn unquoted(path: &str) -> &str {
    let inner = |quote| path.strip_prefix(quote).and_then(|rest: &str| rest.strip_suffix(quote));
    inner('\'').or_else(|| inner('"')).unwrap_or(path)
}

/// Names of modes, for completion.
pub(crate) fn modes() -> impl Iterator<Item = &'static str> {
    Mode::ALL.iter().map(|mode| mode.name())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_sorted_and_explained() {
        assert!(COMMANDS.windows(2).all(|pair| pair[0].name < pair[1].name));
        for command in COMMANDS {
            assert!(help(command.name).unwrap().contains(command.summary));
        }
    }

    #[test]
    fn unknown_commands_name_the_nearest() {
        let message = |name| match unknown(name) {
            Failure::Query(message) => message,
            other => panic!("{other:?}"),
        };
        assert_eq!(message("table"), "unknown command '.table', did you mean .tables? .help lists them");
        assert_eq!(message("zzzz"), "unknown command '.zzzz'; .help lists them");
    }
}
