//! What the shell does with the result of a chart function: the picture first, then the row.

use crate::failure::Failure;
use crate::output::Output;
use crate::terminal;
use datafusion::arrow::array::{Array, AsArray, RecordBatch};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Schema};
use huntsql_datafusion::display::Mode;
use huntsql_datafusion::settings::HuntSettings;
use std::path::Path;
use std::process::{Command, Stdio};

/// A chart of a result.
#[derive(Debug, Default)]
pub(crate) struct Written {
    pub(crate) path: Option<String>,
    pub(crate) format: String,
    pub(crate) chart: Option<String>,
}

/// Columns by which the result of a chart function is known.
const COLUMNS: [&str; 4] = ["path", "format", "sha256", "chart"];

/// Whether a result is that of a chart function.
pub(crate) fn is_result(schema: &Schema) -> bool {
    COLUMNS.iter().all(|name| schema.field_with_name(name).is_ok_and(|field| is_text(field.data_type())))
}

fn is_text(ty: &DataType) -> bool {
    matches!(ty, DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View)
}

/// Prints the pictures, the rows, and where the pages are.
pub(crate) fn print(batches: &[RecordBatch], output: &mut Output, mode: Mode, settings: &HuntSettings) -> Result<(), Failure> {
    let written: Vec<Written> = batches.iter().map(read).collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect();
    let for_people = matches!(mode, Mode::Table | Mode::Record);
    // JSON of a chart is data; a picture of letters is none.
    let is_picture = |written: &&Written| written.format != "json";
    if for_people {
        let pictures: Vec<&str> = written.iter().filter(is_picture).filter_map(|written| written.chart.as_deref()).collect();
        output.text(&pictures)?;
    }
    let hide = for_people && written.iter().all(|written| is_picture(&written) || written.chart.is_none());
    let style = output.style(settings);
    let batches: Vec<RecordBatch> =
        batches.iter().map(|batch| if hide { without_chart(batch) } else { Ok(batch.clone()) }).collect::<Result<_, _>>()?;
    if let Some(first) = batches.first() {
        let mut writer = output.writer(mode, &first.schema(), style, || ())?;
        for batch in &batches {
            writer.batch(batch)?;
        }
        writer.finish()?;
    }
    written.iter().for_each(|written| after(written, settings.open));
    Ok(())
}

fn read(batch: &RecordBatch) -> Result<Vec<Written>, Failure> {
    let column = |name: &str| -> Result<Vec<Option<String>>, Failure> {
        let Some(column) = batch.column_by_name(name) else { return Ok(Vec::new()) };
        let texts = cast(column, &DataType::Utf8).map_err(|error| Failure::Query(error.to_string()))?;
        let texts = texts.as_string::<i32>();
        Ok((0..texts.len()).map(|row| texts.is_valid(row).then(|| texts.value(row).to_owned())).collect())
    };
    let (paths, formats, charts) = (column("path")?, column("format")?, column("chart")?);
    let rows = paths.into_iter().zip(formats).zip(charts);
    Ok(rows.map(|((path, format), chart)| Written { path, format: format.unwrap_or_default(), chart }).collect())
}

fn without_chart(batch: &RecordBatch) -> Result<RecordBatch, Failure> {
    let schema = batch.schema();
    let kept: Vec<usize> = (0..schema.fields().len()).filter(|index| schema.field(*index).name() != "chart").collect();
    batch.project(&kept).map_err(|error| Failure::Query(error.to_string()))
}

/// Says where the file is, and opens it where that is wished.
pub(crate) fn after(written: &Written, open: bool) {
    let Some(path) = &written.path else { return };
    if terminal::stderr_is_terminal() {
        terminal::write_stderr(&format!("{}\n", terminal::link(Path::new(path))));
    }
    if open {
        start_browser(Path::new(path));
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

#[cfg(test)]
mod tests {
    use super::*;
    use datafusion::arrow::array::{ArrayRef, Int64Array, StringArray};
    use std::sync::Arc;

    fn batch(chart: Option<&str>) -> RecordBatch {
        let text = |text: Option<&str>| Arc::new(StringArray::from(vec![text])) as ArrayRef;
        RecordBatch::try_from_iter_with_nullable(vec![
            ("path", text(Some("a.html")), true),
            ("format", text(Some("html")), true),
            ("bytes", Arc::new(Int64Array::from(vec![7])) as ArrayRef, true),
            ("sha256", text(Some("00")), true),
            ("chart", text(chart), true),
        ])
        .unwrap()
    }

    #[test]
    fn results_of_charts_are_known() {
        let batch = batch(Some("###"));
        assert!(is_result(&batch.schema()));
        assert!(!is_result(&without_chart(&batch).unwrap().schema()));
        let read = read(&batch).unwrap();
        assert_eq!(read[0].path.as_deref(), Some("a.html"));
        assert_eq!(read[0].chart.as_deref(), Some("###"));
    }
}
