//! `render_report`: several charts on one page.

use crate::deliver::{hex, write_named};
use crate::label::Labels;
use crate::model::Theme;
use crate::options::Format;
use crate::page;
use crate::result::Written;
use huntsql_kernels::error::KernelError;
use huntsql_kernels::group::{GroupKernel, GroupResult};
use huntsql_kernels::interrupt::Interrupt;
use huntsql_kernels::options::{OptionField, OptionKind, Options, Setting};
use huntsql_kernels::rows::Rows;
use huntsql_kernels::spec::{Arg, Example, Family, Spec};
use huntsql_kernels::types::ArgType;
use sha2::{Digest, Sha256};
use std::path::Path;

const NAME: &str = "render_report";
const CHART: usize = 0;
const PATH: usize = 1;
const PLACE: usize = 2;
/// Charts of a page.
const MOST: usize = 100;

/// Options of `render_report`.
#[derive(Debug, Default)]
pub struct ReportOptions {
    title: String,
    theme: Theme,
    provenance: Vec<(String, String)>,
}

impl Options for ReportOptions {
    const FIELDS: &'static [OptionField] = &[
        OptionField {
            name: "provenance",
            kind: OptionKind::TextOrList,
            default: "[]",
            doc: "What is told of the report below its charts, each `name: value`: the query, the files, the case.",
        },
        OptionField {
            name: "theme",
            kind: OptionKind::Choice(&["auto", "dark", "light"]),
            default: "'auto'",
            doc: "Colours; `auto` is what the reader's system has.",
        },
        OptionField { name: "title", kind: OptionKind::Text, default: "''", doc: "What stands above." },
    ];
    fn set(&mut self, name: &str, setting: Setting) -> Result<(), String> {
        let labels = Labels { defang: true };
        match (name, setting) {
            ("title", Setting::Text(title)) => self.title = labels.shown(&title).into_owned(),
            ("theme", Setting::Text(theme)) => {
                self.theme = match theme.as_str() {
                    "dark" => Theme::Dark,
                    "light" => Theme::Light,
                    _ => Theme::Auto,
                }
            }
            ("provenance", Setting::TextList(texts)) => {
                let pair = |text: &String| {
                    let (name, value) = text.split_once(':').unwrap_or(("note", text));
                    (labels.shown(name.trim()).into_owned(), labels.shown(value.trim()).into_owned())
                };
                self.provenance = texts.iter().map(pair).collect();
            }
            _ => {}
        }
        Ok(())
    }
}

/// `render_report`.
#[derive(Debug)]
pub struct RenderReport;

/// Writes the charts of a shell, which are in the form of `format => 'json'`, on one page. `Err` is a sentence.
pub fn write_report(charts: &[String], path: &str, title: &str) -> Result<Written, String> {
    if Path::new(path).extension().and_then(|ending| ending.to_str()).and_then(Format::ending) != Some(Format::Html) {
        return Err(format!("a report is a page: its name must end with .html, got '{}'", path.escape_debug()));
    }
    let texts: Vec<&str> = charts.iter().map(String::as_str).collect();
    let title = Labels { defang: true }.shown(title);
    let made = page::report(&texts, &title, Theme::Auto, &[]).map_err(|place| format!("chart {} cannot be read again", place + 1))?;
    write(made, Path::new(path)).map_err(|problem| format!("the path {problem}"))
}

fn write(made: page::Report, path: &Path) -> Result<Written, String> {
    let path = write_named(path, Format::Html, made.page.as_bytes())?;
    Ok(Written {
        path: Some(path.to_string_lossy().into_owned()),
        format: Format::Html.name(),
        bytes: made.page.len(),
        rows_in: made.rows_in,
        rows_drawn: made.rows_drawn,
        sha256: hex(&Sha256::digest(made.page.as_bytes())),
        warnings: made.warnings,
        chart: None,
    })
}

impl GroupKernel for RenderReport {
    const SPEC: Spec = Spec {
        name: NAME,
        family: Family::Charts,
        summary: "Puts several charts on one page, in which a selection in one filters the others.",
        details: include_str!("report.md"),
        args: &[
            Arg { name: "chart", doc: "The column `chart` of a chart with `format => 'json'`; NULL is passed over." },
            Arg { name: "path", doc: "The page to write, one for all rows; a page that is there is replaced if it is a chart." },
            Arg { name: "place", doc: "A number by which the charts stand in order; by title without it." },
        ],
        examples: &[Example { sql: "SELECT render_report(chart, 'report.html') AS written FROM (VALUES (NULL)) v(chart)", result: "[]" }],
    };
    const ARGS: &'static [ArgType] = &[ArgType::Text, ArgType::Text, ArgType::Int];
    const OPTIONAL: usize = 1;
    type Options = ReportOptions;
    type Item = Written;

    fn compute(rows: &Rows, options: &ReportOptions, interrupt: &Interrupt) -> GroupResult<Vec<Written>> {
        let (charts, paths) = (rows.texts(CHART), rows.texts(PATH));
        let mut placed: Vec<(i64, String, &str)> = (0..rows.len())
            .filter_map(|row| charts.get(row).map(|chart| (rows.int(PLACE, row).unwrap_or(i64::MAX), page::title(chart), chart)))
            .collect();
        if placed.is_empty() {
            return Ok(Vec::new());
        }
        placed.sort();
        let bad = |argument: &'static str, problem: String| KernelError::BadArgument { function: NAME, argument, problem };
        if placed.len() > MOST {
            return Err(bad("chart", format!("must have at most {MOST} rows, got {}", placed.len())).into());
        }
        if paths.distinct() != 1 {
            return Err(bad("path", "must be one file for all rows, such as 'report.html'".to_owned()).into());
        }
        let path = Path::new(paths.text(0));
        if path.extension().and_then(|ending| ending.to_str()).and_then(Format::ending) != Some(Format::Html) {
            return Err(bad("path", format!("must end with .html, got '{}'", paths.text(0).escape_debug())).into());
        }
        interrupt.check()?;
        let texts: Vec<&str> = placed.iter().map(|(_, _, chart)| *chart).collect();
        let made = page::report(&texts, &options.title, options.theme, &options.provenance).map_err(|place| {
            let start: String = texts.get(place).unwrap_or(&"").chars().take(40).collect();
            bad("chart", format!("must be what a chart with format => 'json' has in its column chart, got '{}'", start.escape_debug()))
        })?;
        interrupt.check()?;
        Ok(vec![write(made, path).map_err(|problem| bad("path", problem))?])
    }
}
