//! Pages and JSON: see FORMAT.md.

mod block;
mod kinds;
mod rows;

use crate::deliver::hex;
use crate::label::Labels;
use crate::model::{Chart, Theme};
use crate::surface;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use block::Block;
use huntsql_kernels::interrupt::{Interrupt, Interrupted};
use kinds::{KINDS, encode, kind, needs_echarts};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::borrow::Cow;
use std::fmt::Write;

const RUNTIME: &str = include_str!("../../web/dist/runtime.js");
const STYLE: &str = include_str!("../../web/dist/runtime.css");
const ECHARTS: &str = include_str!("../../web/dist/echarts.js");
const GENERATOR: &str = concat!("huntsql ", env!("CARGO_PKG_VERSION"));

/// A chart as a page has it.
#[derive(Debug, Clone)]
pub(crate) struct Drawn {
    head: Value,
    blocks: Vec<Block>,
    kind: String,
}

impl Drawn {
    /// Encodes a chart.
    pub(crate) fn new(chart: &Chart, interrupt: &Interrupt) -> Result<Self, Interrupted> {
        let kind = kind(&chart.body);
        let mut encoded = encode(&chart.body, interrupt)?;
        let references: Vec<Value> = chart.references.iter().map(|line| json!({"time": line.time, "label": line.label})).collect();
        let mut digest = Sha256::new();
        digest.update(encoded.data.to_string());
        digest.update(encoded.spec.to_string());
        for block in &encoded.blocks {
            digest.update(&block.name);
            digest.update(&block.base64);
        }
        let mut provenance = vec![
            json!({"name": "made by", "value": GENERATOR}),
            json!({"name": "rows of the table", "value": chart.rows_in.to_string()}),
            json!({"name": "rows in the picture", "value": chart.rows_drawn.to_string()}),
            json!({"name": "SHA-256 of the data", "value": hex(&digest.finalize())}),
        ];
        provenance.extend(surface::statement().map(|query| json!({"name": "query", "value": query})));
        let head = json!({
            "id": "c0",
            "kind": kind,
            "title": chart.title,
            "subtitle": chart.subtitle,
            "rows_in": chart.rows_in,
            "rows_drawn": chart.rows_drawn,
            "warnings": chart.warnings,
            "zone": chart.zone,
            "refs": references,
            "provenance": provenance,
            "data": encoded.data,
            "spec": encoded.spec.take(),
        });
        Ok(Self { head, blocks: encoded.blocks, kind: kind.to_owned() })
    }

    /// The chart in JSON that [`json`] wrote; `None` where it is none.
    fn read(text: &str) -> Option<Self> {
        let mut chart: Value = serde_json::from_str(text).ok()?;
        let is_known = chart.get("huntsql_chart") == Some(&json!(1));
        let mut head = chart.get_mut("chart").map(Value::take).filter(|head| is_known && head.is_object())?;
        tame(&mut head, 0);
        let kind = head.get("kind")?.as_str().filter(|kind| KINDS.contains(kind))?.to_owned();
        let blocks = chart.get("blocks")?.as_object()?;
        let block = |(name, base64): (&String, &Value)| {
            let base64 = base64.as_str()?;
            let is_name = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric());
            let is_base64 = base64.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'='));
            (is_name && is_base64).then(|| Block { name: name.clone(), base64: base64.to_owned() })
        };
        let blocks = blocks.iter().map(block).collect::<Option<Vec<_>>>()?;
        Some(Self { head, blocks, kind })
    }
}

/// Depth of a head that is looked at; serde_json reads no deeper than 128.
const MOST_LEVELS: usize = 128;

/// Makes the texts of a head that somebody else may have written fit to be seen. What stands in `raw`, `colors_raw` and `sql` is for SQL, and shown as such.
fn tame(value: &mut Value, depth: usize) {
    if depth > MOST_LEVELS {
        return;
    }
    let labels = Labels { defang: false };
    match value {
        Value::String(text) => {
            if let Cow::Owned(shown) = labels.shown(text) {
                *text = shown;
            }
        }
        Value::Array(values) => values.iter_mut().for_each(|value| tame(value, depth + 1)),
        Value::Object(fields) => {
            for (name, value) in fields.iter_mut().filter(|(name, _)| !matches!(name.as_str(), "raw" | "colors_raw" | "sql")) {
                // The statement has lines.
                match value {
                    Value::String(text) if name == "value" => *text = labels.multiline(text),
                    value => tame(value, depth + 1),
                }
            }
        }
        _ => {}
    }
}

/// JSON of one chart, for `render_report` and other programs.
pub(crate) fn json(drawn: &Drawn) -> String {
    let mut text = format!("{{\"huntsql_chart\":1,\"chart\":{},\"blocks\":{{", inert(&drawn.head));
    for (index, block) in drawn.blocks.iter().enumerate() {
        let comma = if index == 0 { "" } else { "," };
        // Names and base64 need no escapes. Writing into a text does not fail.
        let _ = write!(text, "{comma}\"{}\":\"{}\"", block.name, block.base64);
    }
    text.push_str("}}\n");
    text
}

/// A page of one chart.
pub(crate) fn page(drawn: Drawn, chart: &Chart) -> String {
    write_page(vec![drawn], &chart.title, chart.theme, &[])
}

/// A page of several charts.
#[derive(Debug)]
pub(crate) struct Report {
    pub(crate) page: String,
    pub(crate) rows_in: usize,
    pub(crate) rows_drawn: usize,
    pub(crate) warnings: Vec<String>,
}

/// A page of charts in JSON; `Err` is the place of one that is none.
pub(crate) fn report(charts: &[&str], title: &str, theme: Theme, provenance: &[(String, String)]) -> Result<Report, usize> {
    let read = |(place, text): (usize, &&str)| Drawn::read(text).ok_or(place);
    let drawn = charts.iter().enumerate().map(read).collect::<Result<Vec<_>, _>>()?;
    let count = |name: &str| {
        let of = |chart: &Drawn| chart.head.get(name).and_then(Value::as_u64).and_then(|count| usize::try_from(count).ok()).unwrap_or(0);
        drawn.iter().map(of).fold(0, usize::saturating_add)
    };
    let (rows_in, rows_drawn) = (count("rows_in"), count("rows_drawn"));
    let warnings = drawn.iter().filter_map(|chart| chart.head.get("warnings").and_then(Value::as_array)).flatten();
    let warnings = warnings.filter_map(|warning| warning.as_str().map(str::to_owned)).collect();
    Ok(Report { page: write_page(drawn, title, theme, provenance), rows_in, rows_drawn, warnings })
}

/// The title of a chart in JSON, by which a report is sorted where nothing else says how.
pub(crate) fn title(text: &str) -> String {
    #[derive(serde::Deserialize)]
    struct Head {
        #[serde(default)]
        title: String,
    }
    #[derive(serde::Deserialize)]
    struct Outer {
        chart: Head,
    }
    serde_json::from_str(text).map_or_else(|_| String::new(), |outer: Outer| outer.chart.title)
}

fn write_page(mut charts: Vec<Drawn>, title: &str, theme: Theme, provenance: &[(String, String)]) -> String {
    for (number, chart) in charts.iter_mut().enumerate() {
        if let Some(head) = chart.head.as_object_mut() {
            head.insert("id".to_owned(), json!(format!("c{number}")));
        }
    }
    let with_echarts = charts.iter().any(|chart| needs_echarts(&chart.kind));
    let theme = match theme {
        Theme::Auto => "auto",
        Theme::Light => "light",
        Theme::Dark => "dark",
    };
    let provenance: Vec<Value> = provenance.iter().map(|(name, value)| json!({"name": name, "value": value})).collect();
    let heads: Vec<Value> = charts.iter_mut().map(|chart| chart.head.take()).collect();
    let head = json!({"version": 1, "generator": GENERATOR, "title": title, "theme": theme, "charts": heads, "provenance": provenance});
    let scripts: &[&str] = if with_echarts { &[RUNTIME, ECHARTS] } else { &[RUNTIME] };
    let hashes: Vec<String> = scripts.iter().map(|script| hash(script)).collect();
    let size: usize = charts.iter().flat_map(|chart| &chart.blocks).map(|block| block.base64.len() + 100).sum();
    let mut page = String::with_capacity(size + RUNTIME.len() + STYLE.len() + if with_echarts { ECHARTS.len() } else { 0 } + 100_000);
    let shown_title = if title.is_empty() { "huntsql" } else { title };
    // Writing into a text does not fail.
    let _ = write!(
        page,
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; script-src {}; worker-src blob:; style-src {}; img-src blob: data:; base-uri 'none'; form-action 'none'\">\n\
         <meta name=\"generator\" content=\"{GENERATOR}\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n\
         <noscript>This page draws its charts with a script that is part of it; your browser does not run scripts.</noscript>\n<div id=\"app\"></div>\n\
         <script type=\"application/json\" id=\"page\">{}</script>\n",
        hashes.join(" "),
        hash(STYLE),
        escaped(shown_title),
        inert(&head),
    );
    let mut later = Vec::new();
    for (number, chart) in charts.iter().enumerate() {
        for block in &chart.blocks {
            if block.name == "bins" {
                write_block(&mut page, number, block);
            } else {
                later.push((number, block));
            }
        }
    }
    for script in scripts {
        let _ = writeln!(page, "<script>{script}</script>");
    }
    later.into_iter().for_each(|(number, block)| write_block(&mut page, number, block));
    page.push_str("</body>\n</html>\n");
    page
}

fn write_block(page: &mut String, number: usize, block: &Block) {
    let _ = writeln!(
        page,
        "<script type=\"application/octet-stream\" data-chart=\"c{number}\" data-block=\"{}\">{}</script>",
        block.name, block.base64
    );
}

fn hash(text: &str) -> String {
    format!("'sha256-{}'", STANDARD.encode(Sha256::digest(text.as_bytes())))
}

/// JSON in which nothing ends a script or begins a tag.
fn inert(value: &Value) -> String {
    let text = value.to_string();
    let mut safe = String::with_capacity(text.len() + text.len() / 16);
    for c in text.chars() {
        match c {
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => {
                let _ = write!(safe, "\\u{:04x}", u32::from(c));
            }
            c => safe.push(c),
        }
    }
    safe
}

/// Text in HTML.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '&' => safe.push_str("&amp;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            c => safe.push(c),
        }
    }
    safe
}
