//! Where results go: standard output or a file.

use crate::failure::Failure;
use crate::terminal;
use datafusion::arrow::datatypes::SchemaRef;
use huntsql_datafusion::display::{Mode, ResultWriter, Style, explain_writer, visible, writer};
use huntsql_datafusion::settings::{HuntSettings, Limit};
use huntsql_kernels::new_file::name_new;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Seek, Write};
use std::path::{Path, PathBuf};

/// Rows of a table on a terminal.
const TERMINAL_ROWS: usize = 100;

/// The place for results.
#[derive(Debug)]
pub(crate) enum Output {
    /// Standard output.
    Stdout,
    /// A file.
    File(ResultFile),
}

impl Output {
    /// The mode of the next result: the setting, unless the name of the file says another.
    pub(crate) fn mode(&self, settings: &HuntSettings) -> Mode {
        match self {
            Self::File(ResultFile { mode: Some(mode), .. }) => *mode,
            _ => settings.mode,
        }
    }

    /// True where people see the bytes.
    pub(crate) fn is_terminal(&self) -> bool {
        matches!(self, Self::Stdout) && terminal::stdout_is_terminal()
    }

    /// An error where `mode` cannot be written here.
    pub(crate) fn check(&self, mode: Mode) -> Result<(), Failure> {
        match self {
            _ if mode != Mode::Parquet => Ok(()),
            Self::Stdout if self.is_terminal() => Err(Failure::Query(
                "parquet is not for terminals: name a file (.output hits.parquet, --output hits.parquet) or use a pipe".to_owned(),
            )),
            Self::File(file) if file.good > 0 => {
                Err(Failure::Query(format!("a parquet file holds one result and {} has one: name another file with .output", file.shown())))
            }
            _ => Ok(()),
        }
    }

    /// How results look here.
    pub(crate) fn style(&self, settings: &HuntSettings) -> Style {
        let terminal = self.is_terminal();
        let bound = |limit, auto: fn() -> usize| match limit {
            Limit::Auto if terminal => Some(auto()),
            Limit::Auto | Limit::Unlimited => None,
            Limit::At(bound) => Some(bound),
        };
        Style {
            max_rows: bound(settings.max_rows, || TERMINAL_ROWS),
            width: bound(settings.width, terminal::columns),
            defang: settings.defang,
            csv_guard: settings.csv_guard.0,
            color: terminal && terminal::color_allowed(),
            terminal,
            all_rows: ".maxrows 0",
            all_columns: ".mode record",
        }
    }

    /// A writer for one result. `before` is called before bytes reach a terminal.
    pub(crate) fn writer<'a>(
        &'a mut self,
        mode: Mode,
        schema: &SchemaRef,
        style: Style,
        before: impl Fn() + Send + 'a,
    ) -> Result<Box<dyn ResultWriter + 'a>, Failure> {
        let out = self.sink(before)?;
        Ok(writer(mode, schema, style, out)?)
    }

    /// Writes texts as they are, an empty line after each: pictures of letters, which are safe to print.
    pub(crate) fn text(&mut self, texts: &[&str]) -> Result<(), Failure> {
        if texts.is_empty() {
            return Ok(());
        }
        let mut out = self.sink(|| ())?;
        for text in texts {
            writeln!(out, "{}\n", text.trim_end_matches('\n'))?;
        }
        out.flush()?;
        Ok(())
    }

    /// A writer for a plan.
    pub(crate) fn explain_writer<'a>(&'a mut self, before: impl Fn() + Send + 'a) -> Result<Box<dyn ResultWriter + 'a>, Failure> {
        Ok(explain_writer(self.sink(before)?))
    }

    fn sink<'a>(&'a mut self, before: impl Fn() + Send + 'a) -> Result<Box<dyn Write + Send + 'a>, Failure> {
        const BUFFER: usize = 1 << 16;
        Ok(match self {
            Self::Stdout => Box::new(BufWriter::with_capacity(BUFFER, Announced { out: io::stdout(), before })),
            Self::File(file) => Box::new(BufWriter::with_capacity(BUFFER, file.open()?)),
        })
    }

    /// Call it after the writer is gone: keeps the result, or leaves the file as it was before it.
    pub(crate) fn settle(&mut self, finished: bool) -> Result<(), Failure> {
        match self {
            Self::Stdout => Ok(()),
            Self::File(file) => file.settle(finished),
        }
    }
}

struct Announced<F> {
    out: io::Stdout,
    before: F,
}

impl<F: Fn()> Write for Announced<F> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        (self.before)();
        self.out.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// A file that only ever holds whole results. The first is written beside it and then given its name, so that a query that
/// fails leaves nothing behind and a file of that name is never lost by accident.
#[derive(Debug)]
pub(crate) struct ResultFile {
    path: PathBuf,
    mode: Option<Mode>,
    replace: bool,
    part: Option<PathBuf>,
    file: Option<File>,
    good: u64,
}

impl ResultFile {
    /// A file at `path`, in the mode that its extension says unless `fixed`.
    pub(crate) fn new(path: &Path, replace: bool, fixed: Option<Mode>) -> Result<Self, Failure> {
        if path.is_dir() {
            return Err(Failure::Usage(format!("{} is a folder", visible(&path.to_string_lossy()))));
        }
        if !replace && path.symlink_metadata().is_ok() {
            return Err(Failure::Usage(format!("{} exists", visible(&path.to_string_lossy()))));
        }
        let mode = fixed.or_else(|| Mode::of_path(path));
        Ok(Self { path: path.to_owned(), mode, replace, part: None, file: None, good: 0 })
    }

    /// The name, safe to print.
    pub(crate) fn shown(&self) -> String {
        visible(&self.path.to_string_lossy()).into_owned()
    }

    /// The mode that the extension says.
    pub(crate) fn mode(&self) -> Option<Mode> {
        self.mode
    }

    /// True once a result is in it.
    pub(crate) fn is_written(&self) -> bool {
        self.part.is_none() && self.file.is_some()
    }

    fn wrong(&self, error: &io::Error) -> Failure {
        Failure::Query(format!("cannot write {}: {error}", self.shown()))
    }

    fn open(&mut self) -> Result<File, Failure> {
        if self.file.is_none() {
            let mut name = self.path.file_name().unwrap_or_default().to_owned();
            name.push(format!(".{}.part", std::process::id()));
            let part = self.path.with_file_name(name);
            let file = OpenOptions::new().write(true).create_new(true).open(&part).map_err(|error| self.wrong(&error))?;
            self.part = Some(part);
            self.file = Some(file);
        }
        match &self.file {
            Some(file) => file.try_clone().map_err(|error| self.wrong(&error)),
            None => Err(Failure::Query(format!("{} is not open", self.shown()))),
        }
    }

    fn settle(&mut self, finished: bool) -> Result<(), Failure> {
        let Some(file) = &mut self.file else { return Ok(()) };
        let settled = if !finished {
            file.set_len(self.good).and_then(|()| file.seek(io::SeekFrom::Start(self.good)))
        } else {
            file.stream_position()
        };
        self.good = settled.map_err(|error| self.wrong(&error))?;
        let Some(part) = self.part.take() else { return Ok(()) };
        if !finished {
            self.file = None;
            return fs::remove_file(&part).map_err(|error| self.wrong(&error));
        }
        let named = if self.replace { fs::rename(&part, &self.path) } else { name_new(&part, &self.path) };
        if let Err(error) = named {
            self.file = None;
            let _ = fs::remove_file(&part);
            return Err(self.wrong(&error));
        }
        Ok(())
    }
}

impl Drop for ResultFile {
    fn drop(&mut self) {
        if let Some(part) = &self.part {
            let _ = fs::remove_file(part);
        }
    }
}
