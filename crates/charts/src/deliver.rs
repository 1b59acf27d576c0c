//! The chart in the format that was asked for, in the file where it belongs.

use crate::model::{Body, Chart};
use crate::options::{Common, Format};
use crate::page;
use crate::result::Written;
use crate::surface;
use crate::{png, svg, term};
use huntsql_kernels::error::KernelError;
use huntsql_kernels::group::GroupError;
use huntsql_kernels::interrupt::Interrupt;
use huntsql_kernels::new_file::name_new;
use sha2::{Digest, Sha256};
use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Read, Write};
use std::path::{Path, PathBuf};

/// Pages above this size are hard to send.
const LARGE: usize = 50 << 20;

/// Makes the chart, and the file.
pub(crate) fn deliver(function: &'static str, chart: &Chart, common: &Common, interrupt: &Interrupt) -> Result<Written, GroupError> {
    let bad = |problem: String| bad_path(function, problem);
    let format = format_of(common).map_err(bad)?;
    let is_option = matches!(chart.body, Body::EChartsOption(_));
    if is_option && !matches!(format, Format::Html | Format::Json) {
        let problem = format!("'{}' is not there for an option of ECharts: it is drawn in pages only", format.name());
        return Err(KernelError::BadOption { function, option: "format".to_owned(), problem }.into());
    }
    if let (Format::Term, Some(width)) = (format, common.width.filter(|width| *width as usize > term::WIDEST)) {
        let problem = format!("must be at most {} characters where the format is 'term', got {width}", term::WIDEST);
        return Err(KernelError::BadOption { function, option: "width".to_owned(), problem }.into());
    }
    let mut page = None;
    let made = match format {
        Format::Html => {
            let drawn = page::Drawn::new(chart, interrupt)?;
            page = surface::keeps().then(|| page::json(&drawn));
            page::page(drawn, chart).into_bytes()
        }
        Format::Json => page::json(&page::Drawn::new(chart, interrupt)?).into_bytes(),
        Format::Svg => svg::write(chart, surface::size(common)).into_bytes(),
        Format::Png => png::write(chart, surface::size(common)).map_err(|error| KernelError::BadOption {
            function,
            option: "format".to_owned(),
            problem: format!("'png' cannot be made: {error}"),
        })?,
        Format::Term => term::draw(chart, &surface::terminal(common)).into_bytes(),
    };
    interrupt.check()?;
    let path = match (&common.path, format) {
        (Some(path), _) => Some(write_named(Path::new(path), format, &made).map_err(bad)?),
        (None, Format::Term | Format::Json) => None,
        (None, _) => Some(write_new(stem(function), format, &made).map_err(bad)?),
    };
    let mut warnings = chart.warnings.clone();
    if format == Format::Html && made.len() > LARGE {
        let smaller = if matches!(chart.body, Body::Lanes(_)) { "; detail_rows => ... makes it smaller" } else { "" };
        warnings.push(format!("the page has {} MB{smaller}", made.len() >> 20));
    }
    let (bytes, sha256) = (made.len(), hex(&Sha256::digest(&made)));
    let is_text = matches!(format, Format::Term | Format::Json);
    let text = if is_text { String::from_utf8(made).ok() } else { None };
    let path = path.map(|path| path.to_string_lossy().into_owned());
    surface::tell(chart, format, path.as_deref(), text.as_deref().filter(|_| format == Format::Term), page);
    let text = text.filter(|_| format == Format::Term || path.is_none());
    Ok(Written { path, format: format.name(), bytes, rows_in: chart.rows_in, rows_drawn: chart.rows_drawn, sha256, warnings, chart: text })
}

pub(crate) fn bad_path(function: &'static str, problem: String) -> GroupError {
    KernelError::BadOption { function, option: "path".to_owned(), problem }.into()
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What is asked for, which the ending of the path must fit.
fn format_of(common: &Common) -> Result<Format, String> {
    let Some(path) = &common.path else { return Ok(common.format.unwrap_or(Format::Html)) };
    let ending = Path::new(path).extension().and_then(|ending| ending.to_str()).unwrap_or("");
    match (common.format, Format::ending(ending)) {
        (Some(format), Some(of_path)) if format == of_path => Ok(format),
        (None, Some(of_path)) => Ok(of_path),
        (Some(format), _) => Err(format!(
            "must end with .{} where the format is '{}', got '{}'",
            format.endings().join(" or ."),
            format.name(),
            path.escape_debug()
        )),
        (None, None) => Err(format!("must end with .html, .svg, .png, .txt or .json, got '{}'", path.escape_debug())),
    }
}

/// `timeline` of `render_timeline`.
fn stem(function: &str) -> &str {
    function.strip_prefix("render_").unwrap_or(function)
}

/// Writes a file of a new name in the working directory.
pub(crate) fn write_new(stem: &str, format: Format, bytes: &[u8]) -> Result<PathBuf, String> {
    let ending = format.endings().first().copied().unwrap_or("txt");
    for number in 1..10_000 {
        let name = if number == 1 { format!("{stem}.{ending}") } else { format!("{stem}-{number}.{ending}") };
        let path = PathBuf::from(name);
        match OpenOptions::new().write(true).create_new(true).open(&path) {
            Ok(file) => return fill(file, &path, bytes).map(|()| path),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            Err(error) => {
                let problem = format!("is not given, and '{}' cannot be written in the working directory: {error}", path.display());
                return Err(format!("{problem}; say where: path => '/tmp/{stem}.{ending}'"));
            }
        }
    }
    Err(format!("is not given, and the working directory holds ten thousand files such as '{stem}-2.{ending}'"))
}

fn fill(mut file: File, path: &Path, bytes: &[u8]) -> Result<(), String> {
    file.write_all(bytes).map_err(|error| {
        drop(std::fs::remove_file(path));
        format!("names '{}', which cannot be written: {error}", shown(path))
    })
}

/// Writes the file that was asked for, whole or not at all.
pub(crate) fn write_named(path: &Path, format: Format, bytes: &[u8]) -> Result<PathBuf, String> {
    let is_there = path.symlink_metadata().is_ok();
    let refused = || format!("names '{}', which is there already and is no chart of huntsql; nothing was written", shown(path));
    if is_there && !is_chart(path, format) {
        return Err(refused());
    }
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let folder = path.parent().unwrap_or(Path::new(""));
    let cannot = |error: std::io::Error| format!("names '{}', which cannot be written: {error}", shown(path));
    for number in 0..100 {
        let beside = folder.join(format!(".{name}.{}-{number}.part", std::process::id()));
        match OpenOptions::new().write(true).create_new(true).open(&beside) {
            Ok(file) => {
                fill(file, &beside, bytes)?;
                // What has come there meanwhile is not replaced.
                let named = match is_there {
                    false => name_new(&beside, path),
                    true if is_chart(path, format) => std::fs::rename(&beside, path),
                    true => Err(ErrorKind::AlreadyExists.into()),
                };
                return named.map(|()| path.to_owned()).map_err(|error| {
                    drop(std::fs::remove_file(&beside));
                    if error.kind() == ErrorKind::AlreadyExists { refused() } else { cannot(error) }
                });
            }
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            Err(error) => return Err(cannot(error)),
        }
    }
    Err(format!("names '{}', beside which a hundred unfinished files lie", shown(path)))
}

/// Whether a file is one that may be replaced: nothing, or a chart that we wrote.
fn is_chart(path: &Path, format: Format) -> bool {
    // What is no file, such as a pipe, would keep us waiting.
    if !path.is_file() {
        return false;
    }
    let mut head = Vec::new();
    if File::open(path).and_then(|file| file.take(4096).read_to_end(&mut head)).is_err() {
        return false;
    }
    let has = |mark: &str| head.windows(mark.len()).any(|window| window == mark.as_bytes());
    head.is_empty()
        || match format {
            Format::Html => has("<meta name=\"generator\" content=\"huntsql"),
            Format::Svg => has("<svg") && has(svg::MARK),
            Format::Png => head.starts_with(b"\x89PNG") && has(png::MARK),
            Format::Json => head.starts_with(b"{\"huntsql_chart\""),
            Format::Term => false,
        }
}

fn shown(path: &Path) -> String {
    path.display().to_string().escape_debug().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endings_and_formats_agree() {
        let of = |format, path: Option<&str>| format_of(&Common { format, path: path.map(str::to_owned), ..Common::default() });
        assert_eq!(of(None, None), Ok(Format::Html));
        assert_eq!(of(None, Some("a/b.SVG")), Ok(Format::Svg));
        assert_eq!(of(Some(Format::Png), Some("x.png")), Ok(Format::Png));
        assert_eq!(
            of(Some(Format::Html), Some("x.png")).unwrap_err(),
            "must end with .html or .htm where the format is 'html', got 'x.png'"
        );
        assert_eq!(of(None, Some("x")).unwrap_err(), "must end with .html, .svg, .png, .txt or .json, got 'x'");
    }

    #[test]
    fn only_charts_are_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("c.json");
        std::fs::write(&path, "{\"evidence\": 1}").unwrap();
        assert!(write_named(&path, Format::Json, b"{\"huntsql_chart\":1}").unwrap_err().contains("nothing was written"));
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "{\"evidence\": 1}");
        std::fs::remove_file(&path).unwrap();
        write_named(&path, Format::Json, b"{\"huntsql_chart\":1}").unwrap();
        write_named(&path, Format::Json, b"{\"huntsql_chart\":1, \"a\": 2}").unwrap();
        assert!(std::fs::read_to_string(&path).unwrap().contains("\"a\": 2"));
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is left beside it");
        let picture = folder.path().join("shot.png");
        std::fs::write(&picture, b"\x89PNG evidence").unwrap();
        assert!(write_named(&picture, Format::Png, b"").unwrap_err().contains("nothing was written"));
        assert!(write_named(folder.path(), Format::Png, b"").unwrap_err().contains("nothing was written"), "a folder is no chart");
        let error = write_named(&folder.path().join("no/c.json"), Format::Json, b"").unwrap_err();
        assert!(error.contains("cannot be written"), "{error}");
    }
}
