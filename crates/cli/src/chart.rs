//! What the shell does with the charts of a statement: the pictures first, then the rows, then where the pages are.

use crate::failure::Failure;
use crate::output::Output;
use crate::terminal;
use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::datatypes::{DataType, Schema, SchemaRef};
use huntsql_charts::surface::{Shown, take_drawn};
use huntsql_datafusion::display::Mode;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;

/// Prints the pictures of the charts that were made since this was called last, and gives the charts. What a result looks like says nothing:
/// any file may have columns of these names.
pub(crate) fn show(output: &mut Output, mode: Mode) -> Result<Vec<Shown>, Failure> {
    let drawn = take_drawn();
    // JSON and CSV are for programs; a file gets the picture that was asked for, and no other.
    let is_shown = |chart: &&Shown| matches!(mode, Mode::Table | Mode::Record) && (chart.format == "term" || output.is_terminal());
    let pictures: Vec<&str> = drawn.iter().filter(is_shown).filter_map(|chart| chart.picture.as_deref()).collect();
    if !pictures.is_empty() {
        output.text(&pictures)?;
    }
    Ok(drawn)
}

/// The result without the column that holds what was printed already.
pub(crate) fn without_pictures(schema: &SchemaRef, drawn: &[Shown], mode: Mode) -> Option<Vec<usize>> {
    let for_people = matches!(mode, Mode::Table | Mode::Record);
    let is_ours = !drawn.is_empty() && is_result(schema) && drawn.iter().all(|chart| chart.format != "json");
    (for_people && is_ours).then(|| (0..schema.fields().len()).filter(|index| schema.field(*index).name() != "chart").collect())
}

/// These columns of a batch; all of them where nothing is said.
pub(crate) fn columns(batch: RecordBatch, kept: Option<&[usize]>) -> Result<RecordBatch, Failure> {
    match kept {
        Some(kept) => batch.project(kept).map_err(|error| Failure::Query(error.to_string())),
        None => Ok(batch),
    }
}

/// The schema of [`columns`].
pub(crate) fn columns_of(schema: &SchemaRef, kept: Option<&[usize]>) -> SchemaRef {
    kept.and_then(|kept| schema.project(kept).ok()).map_or_else(|| Arc::clone(schema), Arc::new)
}

/// Whether a result has the columns of a chart function.
pub(crate) fn is_result(schema: &Schema) -> bool {
    let is_text = |ty: &DataType| matches!(ty, DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View);
    ["path", "format", "sha256", "chart"].iter().all(|name| schema.field_with_name(name).is_ok_and(|field| is_text(field.data_type())))
}

/// Says where the files are, and opens them where that is wished.
pub(crate) fn after(paths: impl Iterator<Item = String>, open: bool) {
    for path in paths {
        if terminal::stderr_is_terminal() {
            terminal::write_stderr(&format!("{}\n", terminal::link(Path::new(&path))));
        }
        if open {
            start_browser(Path::new(&path));
        }
    }
}

/// Starts what the system opens files with, and does not wait for it.
fn start_browser(path: &Path) {
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let mut command = if cfg!(target_os = "macos") {
        Command::new("open")
    } else if cfg!(windows) {
        Command::new("explorer")
    } else {
        Command::new("xdg-open")
    };
    let started = command.arg(absolute).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
    if let Err(error) = started {
        terminal::warning(&format!(
            "no browser was opened ({}: {error}): SET huntsql.open = false",
            command.get_program().to_string_lossy()
        ));
    }
}
