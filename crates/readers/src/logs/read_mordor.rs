//! `read_mordor(path)`: recorded attacks of the Security-Datasets project, and other JSON of one object an event.

use super::found::{FoundRows, FoundScan, log_columns};
use super::texts::{Common, ENCODING, MAX_LINE, Texts, layout};
use crate::batch::Wanted;
use crate::format::{Control, LogColumn, LogFormat, LogScan};
use crate::json::Layout;
use crate::{Piece, Result, Source};
use encoding_rs::Encoding;
use huntsql_kernels::logs::zeek::{JsonRows, JsonShape, ZeekColumn};
use huntsql_kernels::options::{OptionField, Options, Setting};
use huntsql_kernels::spec::{Arg, Example, Family, Spec};
use huntsql_kernels::types::SqlType;
use std::collections::HashMap;
use std::sync::Arc;

/// The format of `read_mordor`.
pub(crate) struct ReadMordor;

/// Options of `read_mordor`.
#[derive(Debug, Clone, Default)]
pub(crate) struct ReadMordorOptions(Common);

impl Options for ReadMordorOptions {
    const FIELDS: &'static [OptionField] = &[ENCODING, MAX_LINE];

    fn set(&mut self, name: &str, setting: Setting) -> std::result::Result<(), String> {
        self.0.set(name, &setting).map(drop)
    }
}

/// What the first pass found out.
pub(crate) struct MordorLayout {
    columns: Vec<ZeekColumn>,
    /// For each file by its name.
    files: HashMap<Arc<str>, Layout>,
}

impl LogFormat for ReadMordor {
    const SPEC: Spec = Spec {
        name: "read_mordor",
        family: Family::Files,
        summary: "Reads recorded attacks of the Security-Datasets project (Mordor) as they come: zip or tar archives of JSON, one object an event.",
        details: "\
Every key of the objects is a column, of the widest type of its values: BIGINT, DOUBLE, BOOLEAN, TIMESTAMP (texts of ISO 8601 in UTC), lists of these, else TEXT; objects in objects are TEXT that holds the JSON. All rows
are looked at first, so that a key of the last one is a column too. Nothing is unpacked to disk. `unparsed` holds what is no JSON object, where all other columns are NULL.

For columns that do not depend on who recorded the events, read Windows events with [`read_winevent_json`](#read_winevent_json).",
        args: &[Arg { name: "path", doc: super::PATH }],
        examples: &[Example {
            sql: "SELECT \"Computer\", \"EventID\", count(*) AS events FROM read_mordor('examples/logs/processes.ndjson') WHERE \"Computer\" = 'ws-03' GROUP BY 1, 2 ORDER BY 2",
            result: "ws-03 | 4688 | 80\nws-03 | 4689 | 48",
        }],
    };
    const COLUMNS: &'static [(&'static str, SqlType)] = &[];
    const HAS_LINES: bool = true;
    type Options = ReadMordorOptions;
    type Layout = MordorLayout;

    fn encoding(options: &ReadMordorOptions) -> Option<&'static Encoding> {
        options.0.encoding
    }

    fn look(options: &ReadMordorOptions, sources: &[Arc<Source>], control: &Control) -> Result<(Vec<LogColumn>, MordorLayout)> {
        let mut shape = JsonShape::default();
        let mut files = HashMap::new();
        for source in sources {
            let layout = layout(source, control)?;
            files.insert(Arc::clone(&source.name), layout);
            let mut texts = Texts::open(&Piece::whole(Arc::clone(source)), layout, options.0, control)?;
            while let Some((text, _)) = texts.next()? {
                shape.see(text);
            }
        }
        let columns = shape.columns();
        Ok((log_columns(&columns), MordorLayout { columns, files }))
    }

    fn pieces(layout: &MordorLayout, source: &Arc<Source>, count: usize) -> Vec<Piece> {
        match layout.files.get(&source.name) {
            Some(Layout::Stream) => vec![Piece::whole(Arc::clone(source))],
            _ => Piece::split(source, count),
        }
    }

    fn scan(
        piece: &Piece,
        layout: &Arc<MordorLayout>,
        options: &Arc<ReadMordorOptions>,
        wanted: &Wanted,
        control: &Control,
    ) -> Result<Box<dyn LogScan>> {
        let how = layout.files.get(&piece.source.name).copied().unwrap_or(Layout::Lines);
        let texts = Texts::open(piece, how, options.0, control)?;
        Ok(Box::new(FoundScan::new(&layout.columns, wanted, texts, |columns| FoundRows::Json(JsonRows::new(columns)))))
    }
}
