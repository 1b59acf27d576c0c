//! The prompt.

use crate::complete::Words;
use crate::failure::Failure;
use crate::schema;
use crate::script::is_complete;
use crate::shell::{Next, Shell};
use crate::terminal;
use rustyline::completion::{Completer, Pair};
use rustyline::error::ReadlineError;
use rustyline::highlight::Highlighter;
use rustyline::hint::Hinter;
use rustyline::history::FileHistory;
use rustyline::validate::{ValidationContext, ValidationResult, Validator};
use rustyline::{Behavior, CompletionType, Config, Context, Editor, Helper};
use std::path::PathBuf;
use std::sync::Arc;

const PROMPT: &str = "huntsql> ";
const MAX_HISTORY: usize = 10_000;

/// Reads and runs statements until Ctrl-D or `.quit`.
pub(crate) fn run(shell: &mut Shell) -> Result<(), Failure> {
    // With results going to a pipe, the prompt still belongs on the terminal.
    let behavior = if terminal::stdout_is_terminal() { Behavior::Stdio } else { Behavior::PreferTerm };
    let config = Config::builder()
        .behavior(behavior)
        .completion_type(CompletionType::List)
        .max_history_size(MAX_HISTORY)
        .and_then(|config| config.history_ignore_dups(true))
        .map_err(failed)?
        .history_ignore_space(true)
        .build();
    let mut editor = Editor::<Prompt, FileHistory>::with_config(config).map_err(failed)?;
    editor.set_helper(Some(Prompt { words: Words::new(&shell.session) }));
    let history = history_path();
    if let Some(path) = &history {
        // The first time there is none.
        let _ = editor.load_history(path);
    }
    terminal::note(&format!("huntsql {}: SQL ends with ; and .help lists the commands", env!("CARGO_PKG_VERSION")));
    loop {
        if let Some(prompt) = editor.helper_mut() {
            let (tables, columns) = shell.pool.run(schema::words(Arc::clone(&shell.session)))?;
            let result = shell.last.schema.iter().flat_map(|schema| schema.fields().iter().map(|field| field.name().clone()));
            prompt.words.refresh(tables, columns.into_iter().chain(result));
        }
        let line = match editor.readline(PROMPT) {
            Ok(line) => line,
            // Ctrl-C drops what was typed.
            Err(ReadlineError::Interrupted) => continue,
            Err(ReadlineError::Eof) => return Ok(()),
            Err(error) => return Err(failed(error)),
        };
        if line.trim().is_empty() {
            continue;
        }
        // A shell without history is still a shell.
        let _ = editor.add_history_entry(line.trim());
        if let Some(path) = &history {
            let _ = editor.append_history(path);
        }
        match shell.run_script(&line, None) {
            Ok(Next::Continue) => {}
            Ok(Next::Quit) => return Ok(()),
            Err(Failure::Query(message) | Failure::Usage(message)) => terminal::error(&message),
            Err(Failure::Interrupted) => terminal::note("cancelled"),
            Err(Failure::Panicked) => {}
            Err(Failure::BrokenPipe) => return Err(Failure::BrokenPipe),
        }
    }
}

fn failed(error: ReadlineError) -> Failure {
    match error {
        ReadlineError::Io(error) => error.into(),
        other => Failure::Query(other.to_string()),
    }
}

/// `$XDG_STATE_HOME/huntsql/history`, in a folder for this user alone. rustyline gives the file mode 0600.
fn history_path() -> Option<PathBuf> {
    let set = |name| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let state = set("XDG_STATE_HOME").filter(|path| path.is_absolute());
    let folder = state.or_else(|| Some(set("HOME").or_else(|| set("USERPROFILE"))?.join(".local/state")))?.join("huntsql");
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(&folder).ok()?;
    Some(folder.join("history"))
}

/// What rustyline asks while a statement is typed.
struct Prompt {
    words: Words,
}

impl Completer for Prompt {
    type Candidate = Pair;

    fn complete(&self, line: &str, at: usize, _: &Context<'_>) -> rustyline::Result<(usize, Vec<Pair>)> {
        let (start, found) = self.words.complete(line.get(..at).unwrap_or_default());
        Ok((start, found.into_iter().map(|candidate| Pair { display: candidate.shown, replacement: candidate.text }).collect()))
    }
}

impl Validator for Prompt {
    fn validate(&self, context: &mut ValidationContext<'_>) -> rustyline::Result<ValidationResult> {
        Ok(if is_complete(context.input()) { ValidationResult::Valid(None) } else { ValidationResult::Incomplete })
    }
}

impl Hinter for Prompt {
    type Hint = String;
}

impl Highlighter for Prompt {}
impl Helper for Prompt {}
