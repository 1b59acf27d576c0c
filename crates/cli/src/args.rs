//! The command line.

use crate::failure::Failure;
use crate::tools::Tool;
use clap::{ArgAction, CommandFactory, FromArgMatches, Parser};
use huntsql_datafusion::display::Mode;
use std::path::PathBuf;

const EXAMPLES: &str = r#"Examples:
  huntsql                                                 open the shell
  huntsql -c "SELECT * FROM 'logs/*.parquet' LIMIT 10"    query files by name
  huntsql -c "SELECT count(*) FROM stdin" < app.log       query standard input
  huntsql -f hunt.sql -o json > hits.json                 run a script
  huntsql -c "SELECT ..." --output hits.parquet           write a file; the extension is the format
  huntsql -c ".doc extract_iocs"                          read about a function
  huntsql config check                                    look at the configuration of look-ups

Commands and files run in the order given and stop at the first error. A table is fitted to the terminal and shows 100 rows
there; into a file or pipe it is whole. Without -c and -f, and with no terminal at standard input, a script is read from there.

Exit codes: 0 done, 1 a statement failed, 2 wrong usage, 130 interrupted."#;

/// Threat hunting in SQL.
#[derive(Debug, Parser)]
#[command(name = "huntsql", version, args_conflicts_with_subcommands = true, after_help = EXAMPLES, after_long_help = EXAMPLES)]
pub(crate) struct Args {
    /// Runs SQL statements or dot commands; may be repeated
    #[arg(short, long, value_name = "SQL", action = ArgAction::Append, allow_hyphen_values = true)]
    command: Vec<String>,
    /// Runs a script file, `-` for standard input; may be repeated
    #[arg(short, long, value_name = "FILE", action = ArgAction::Append)]
    file: Vec<PathBuf>,
    /// Format of results: table, record, markdown, csv, tsv, json, ndjson, parquet
    #[arg(short = 'o', long = "format", value_name = "MODE")]
    pub(crate) mode: Option<Mode>,
    /// Writes results to a file that does not exist yet
    #[arg(long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// Lets --output replace a file
    #[arg(long, requires = "output")]
    pub(crate) force: bool,
    /// A script (.sql); the same as -f
    #[arg(value_name = "SCRIPT")]
    scripts: Vec<PathBuf>,
    /// Something else than SQL.
    #[command(subcommand)]
    pub(crate) tool: Option<Tool>,
    /// What is run, in order.
    #[arg(skip)]
    pub(crate) sources: Vec<Source>,
}

/// Where statements come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Source {
    /// `-c`.
    Command(String),
    /// `-f`.
    File(PathBuf),
}

impl Args {
    /// Reads the command line; prints help, version and usage errors and ends the program itself.
    pub(crate) fn read() -> Result<Self, Failure> {
        let matches = Self::command().get_matches();
        let mut args = Self::from_arg_matches(&matches).unwrap_or_else(|error| error.exit());
        let places = |id| matches.indices_of(id).into_iter().flatten();
        let commands = places("command").zip(args.command.drain(..).map(Source::Command));
        let files = places("file").zip(args.file.drain(..).map(Source::File));
        if let Some(other) =
            args.scripts.iter().find(|path| path.extension().is_none_or(|extension| !extension.eq_ignore_ascii_case("sql")))
        {
            let name = other.display();
            return Err(Failure::Usage(format!("'{name}' is no .sql script; to query a file: huntsql -c \"SELECT * FROM '{name}'\"")));
        }
        let scripts = places("scripts").zip(args.scripts.drain(..).map(Source::File));
        let mut sources: Vec<_> = commands.chain(files).chain(scripts).collect();
        sources.sort_by_key(|(place, _)| *place);
        args.sources = sources.into_iter().map(|(_, source)| source).collect();
        Ok(args)
    }
}
