//! The state of a session, and how scripts run in it.

use crate::args::{Args, Source};
use crate::dot;
use crate::failure::Failure;
use crate::output::{Output, ResultFile};
use crate::pool::Pool;
use crate::progress::Progress;
use crate::query::{self, Outcome, Rows};
use crate::script::{Kind, Piece, pieces};
use crate::terminal;
use huntsql_charts::surface;
use huntsql_datafusion::display::{thousands, visible};
use huntsql_datafusion::session::HuntSession;
use huntsql_datafusion::settings::{self, HuntSettings};
use std::io::Read;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::runtime::Builder;

/// Scripts that scripts may `.read`.
const MAX_DEPTH: usize = 16;
/// A program that was told to stop and is busy elsewhere stops anyway.
const PATIENCE: Duration = Duration::from_secs(2);

/// A session and where its results go.
pub(crate) struct Shell {
    /// The engine.
    pub(crate) session: Arc<HuntSession>,
    /// Where results go.
    pub(crate) output: Output,
    /// What the last statement gave.
    pub(crate) last: Outcome,
    /// What runs statements.
    pub(crate) pool: Pool,
    depth: usize,
}

/// What the shell does next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Next {
    /// Goes on.
    Continue,
    /// Leaves.
    Quit,
}

impl Shell {
    /// A session as the command line asks for it.
    pub(crate) fn new(args: &Args) -> Result<Self, Failure> {
        let session = Arc::new(HuntSession::new()?);
        surface::keep_charts();
        if args.output.is_none() && terminal::stdout_is_terminal() {
            surface::set_terminal(Some(terminal::drawing()));
            let wanted = std::env::var("HUNTSQL_GRAPHICS").unwrap_or_default();
            let graphics = surface::Graphics::named(&wanted).ok_or_else(|| {
                Failure::Usage(format!("HUNTSQL_GRAPHICS must be 'kitty', 'sixel' or 'none', got '{}'", wanted.escape_debug()))
            })?;
            surface::set_graphics(graphics);
        }
        if let Some(mode) = args.mode {
            settings::set(session.context(), "mode", mode.name())?;
        }
        let output = match &args.output {
            Some(path) => Output::File(ResultFile::new(path, args.force, args.mode).map_err(|failure| match failure {
                Failure::Usage(problem) if problem.ends_with("exists") => Failure::Usage(format!("{problem}; --force replaces it")),
                other => other,
            })?),
            None => Output::Stdout,
        };
        Ok(Self { session, output, last: Outcome::default(), pool: Pool::new()?, depth: 0 })
    }

    /// The settings now.
    pub(crate) fn settings(&self) -> HuntSettings {
        HuntSettings::of(self.session.context())
    }

    /// Runs the sources in order, up to the first failure.
    pub(crate) fn run_sources(&mut self, sources: &[Source]) -> Result<(), Failure> {
        stop_when_told()?;
        for source in sources {
            let next = match source {
                Source::Command(sql) => self.run_script(sql, None)?,
                Source::File(path) => self.run_file(path)?,
            };
            if next == Next::Quit {
                break;
            }
        }
        if let Output::File(file) = &self.output
            && !file.is_written()
        {
            terminal::warning(&format!("no statement gave rows: {} was not written", file.shown()));
        }
        Ok(())
    }

    /// Runs a script file; `-` is standard input.
    pub(crate) fn run_file(&mut self, path: &Path) -> Result<Next, Failure> {
        let name = if path == Path::new("-") { "stdin".to_owned() } else { path.to_string_lossy().into_owned() };
        let shown = visible(&name).into_owned();
        let mut bytes = Vec::new();
        let read = if path == Path::new("-") {
            std::io::stdin().read_to_end(&mut bytes)
        } else {
            std::fs::read(path).map(|found| {
                bytes = found;
                0
            })
        };
        read.map_err(|error| Failure::Usage(format!("cannot read the script {shown}: {error}")))?;
        let script = String::from_utf8(bytes).map_err(|error| {
            let line = error.as_bytes().iter().take(error.utf8_error().valid_up_to()).filter(|byte| **byte == b'\n').count() + 1;
            Failure::Usage(format!("the script {shown} is not UTF-8 (line {line})"))
        })?;
        if self.depth >= MAX_DEPTH {
            return Err(Failure::Query(format!("{shown}: scripts read scripts more than {MAX_DEPTH} deep")));
        }
        self.depth += 1;
        let result = self.run_script(&script, Some(&shown));
        self.depth -= 1;
        result
    }

    /// Runs the statements and dot commands of a script up to the first failure, which names its line.
    pub(crate) fn run_script(&mut self, script: &str, name: Option<&str>) -> Result<Next, Failure> {
        for piece in pieces(script) {
            let next = self.run_piece(&piece).map_err(|failure| match name {
                Some(name) => failure.at(&format!("{name}:{}", piece.line)),
                None if script.trim().contains('\n') => failure.at(&format!("line {}", piece.line)),
                None => failure,
            })?;
            if next == Next::Quit {
                return Ok(next);
            }
        }
        Ok(Next::Continue)
    }

    fn run_piece(&mut self, piece: &Piece<'_>) -> Result<Next, Failure> {
        if piece.kind == Kind::Dot {
            return dot::run(self, piece.text);
        }
        // Blank lines before it make the parser name the line and column of the script.
        let placed = format!("{}{}{}", "\n".repeat(piece.line - 1), " ".repeat(piece.column), piece.text);
        for statement in self.session.statements(&placed)? {
            surface::set_statement(Some(piece.text));
            let done = self.run_rows(Rows::Statement(Box::new(statement)));
            surface::set_statement(None);
            done?;
        }
        Ok(Next::Continue)
    }

    /// Prints rows, then what is to be known about them.
    pub(crate) fn run_rows(&mut self, rows: Rows) -> Result<(), Failure> {
        let timed = matches!(rows, Rows::Statement(_));
        let mut progress = Progress::start();
        let pool = self.pool.handle()?;
        let result = self.pool.wait(query::run(&pool, &self.session, rows, &mut self.output, &mut progress));
        for warning in self.session.warnings() {
            terminal::warning(&warning);
        }
        if timed && self.settings().timer {
            let rows = result.as_ref().map_or(0, |outcome| outcome.rows);
            terminal::note(&format!(
                "{:.3} s, {} {}",
                progress.elapsed().as_secs_f64(),
                thousands(rows),
                if rows == 1 { "row" } else { "rows" }
            ));
        }
        self.last = result?;
        Ok(())
    }
}

/// On a thread of its own, which no query can keep busy.
fn stop_when_told() -> Result<(), Failure> {
    let waiting = Builder::new_current_thread().enable_all().build()?;
    std::thread::spawn(move || {
        waiting.block_on(async {
            if tokio::signal::ctrl_c().await.is_ok() {
                tokio::time::sleep(PATIENCE).await;
                terminal::write_stderr("\n");
                std::process::exit(130);
            }
        });
    });
    Ok(())
}
