//! `read_zeek(path)`: logs of Zeek, tab-separated with a header, or JSON.

use super::found::{FoundRows, FoundScan, log_columns};
use super::texts::{Common, ENCODING, MAX_LINE, TextLines, Texts};
use crate::batch::Wanted;
use crate::format::{Control, LogColumn, LogFormat, LogScan};
use crate::json::{Layout, looks_like_json};
use crate::{Piece, Result, Source};
use encoding_rs::Encoding;
use huntsql_kernels::logs::zeek::{Header, JsonRows, JsonShape, Rows, TsvShape, ZeekColumn};
use huntsql_kernels::options::{OptionField, Options, Setting};
use huntsql_kernels::spec::{Arg, Example, Family, Spec};
use huntsql_kernels::types::SqlType;
use std::collections::HashMap;
use std::sync::Arc;

/// The format of `read_zeek`.
pub(crate) struct ReadZeek;

/// Options of `read_zeek`.
#[derive(Debug, Clone, Default)]
pub(crate) struct ReadZeekOptions(Common);

impl Options for ReadZeekOptions {
    const FIELDS: &'static [OptionField] = &[ENCODING, MAX_LINE];

    fn set(&mut self, name: &str, setting: Setting) -> std::result::Result<(), String> {
        self.0.set(name, &setting).map(drop)
    }
}

/// What the first pass found out.
pub(crate) struct ZeekLayout {
    columns: Vec<ZeekColumn>,
    /// For each file by its name.
    files: HashMap<Arc<str>, Kind>,
}

#[derive(Debug, Clone)]
enum Kind {
    Json,
    /// With the one header of the file; files with several are read in one piece, and find them on the way.
    Tsv(Option<Header>),
}

impl LogFormat for ReadZeek {
    const SPEC: Spec = Spec {
        name: "read_zeek",
        family: Family::Files,
        summary: "Reads logs of Zeek, tab-separated or in JSON, with the columns and types that they have.",
        details: "\
Columns and types of a tab-separated log come from its header (`#fields`, `#types`): `time` is TIMESTAMP, `interval` and `double` DOUBLE, `count`, `int` and `port` BIGINT, `bool` BOOLEAN, sets and vectors
LIST, all others TEXT. Several headers in one file, as after a rotation, are followed. Those of a log in JSON come from all its rows; `ts` is TIMESTAMP. Several files make one table with the columns of all.
Names are as Zeek has them: write `\"id.orig_h\"`. `-` is NULL, `(empty)` the empty text or list, `\\\\xHH` is decoded. `unparsed` holds a line that is none of the log, where
all other columns are NULL.",
        args: &[Arg { name: "path", doc: super::PATH }],
        examples: &[Example {
            sql: "SELECT ts, \"id.orig_h\" AS src, \"id.resp_h\" AS dst, service, orig_bytes FROM read_zeek('tests/fixtures/logs/conn.log') WHERE orig_bytes > 1000 ORDER BY ts",
            result: "2026-11-20 07:00:00 | 192.0.2.10 | 203.0.113.66 | ssl | 5120\n2026-11-20 08:00:00 | 192.0.2.12 | NULL | NULL | 70000",
        }],
    };
    const COLUMNS: &'static [(&'static str, SqlType)] = &[];
    const HAS_LINES: bool = true;
    type Options = ReadZeekOptions;
    type Layout = ZeekLayout;

    fn encoding(options: &ReadZeekOptions) -> Option<&'static Encoding> {
        options.0.encoding
    }

    fn look(options: &ReadZeekOptions, sources: &[Arc<Source>], control: &Control) -> Result<(Vec<LogColumn>, ZeekLayout)> {
        let mut columns: Vec<ZeekColumn> = Vec::new();
        let (mut places, mut files) = (HashMap::new(), HashMap::new());
        for source in sources {
            let (found, kind) = look_at(source, options.0, control)?;
            files.insert(Arc::clone(&source.name), kind);
            merge(&mut columns, &mut places, found);
        }
        Ok((log_columns(&columns), ZeekLayout { columns, files }))
    }

    fn pieces(layout: &ZeekLayout, source: &Arc<Source>, count: usize) -> Vec<Piece> {
        match layout.files.get(&source.name) {
            Some(Kind::Json | Kind::Tsv(Some(_))) => Piece::split(source, count),
            _ => vec![Piece::whole(Arc::clone(source))],
        }
    }

    fn scan(
        piece: &Piece,
        layout: &Arc<ZeekLayout>,
        options: &Arc<ReadZeekOptions>,
        wanted: &Wanted,
        control: &Control,
    ) -> Result<Box<dyn LogScan>> {
        let texts = Texts::open(piece, Layout::Lines, options.0, control)?;
        let kind = layout.files.get(&piece.source.name);
        Ok(Box::new(FoundScan::new(&layout.columns, wanted, texts, |columns| match kind {
            Some(Kind::Json) => FoundRows::Json(JsonRows::new(columns)),
            Some(Kind::Tsv(Some(header))) => FoundRows::Tsv(Box::new(Rows::new(columns, header.clone()))),
            Some(Kind::Tsv(None)) | None => FoundRows::Tsv(Box::new(Rows::new(columns, Header::default()))),
        })))
    }
}

/// Looks at all lines that say something about the columns: the headers, or every object.
fn look_at(source: &Arc<Source>, common: Common, control: &Control) -> Result<(Vec<ZeekColumn>, Kind)> {
    let mut lines = TextLines::open(&Piece::whole(Arc::clone(source)), common, control)?;
    let (mut tsv, mut json) = (TsvShape::default(), JsonShape::default());
    let mut is_json = None;
    let (mut header, mut headers, mut in_header) = (Header::default(), 0, false);
    while let Some((line, _)) = lines.next()? {
        if line.is_empty() {
            continue;
        }
        if *is_json.get_or_insert_with(|| looks_like_json(line)) {
            json.see(line);
            continue;
        }
        let is_header = line.starts_with('#');
        if is_header || in_header {
            // A header that cannot be read makes its rows unparsed, not the statement fail.
            let _ = tsv.see(line);
        }
        if is_header && !line.starts_with("#close") && !line.starts_with("#open") {
            headers += usize::from(!in_header);
            let _ = header.take(line);
        }
        in_header = is_header;
    }
    if is_json == Some(true) {
        return Ok((json.columns(), Kind::Json));
    }
    Ok((tsv.columns(), Kind::Tsv((headers == 1).then_some(header))))
}

/// Adds the columns of another file; one with another type there holds both. `places` are those of the columns by name.
fn merge(columns: &mut Vec<ZeekColumn>, places: &mut HashMap<String, usize>, found: Vec<ZeekColumn>) {
    for column in found {
        match places.get(&column.name).and_then(|at| columns.get_mut(*at)) {
            Some(known) => known.ty = known.ty_with(&column),
            None => {
                places.insert(column.name.clone(), columns.len());
                columns.push(column);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The first pass is over all rows, which may take long.
    #[test]
    fn a_cancelled_look_stops() {
        let bytes = "{\"a\":1}\n".repeat(10).into_bytes();
        let source = Arc::new(Source::new("x", crate::Place::Memory(bytes.clone().into()), bytes.len() as u64));
        let control = Control::default();
        assert!(ReadZeek::look(&ReadZeekOptions::default(), &[Arc::clone(&source)], &control).is_ok());
        control.cancel.store(true, std::sync::atomic::Ordering::Relaxed);
        let looked = ReadZeek::look(&ReadZeekOptions::default(), &[Arc::clone(&source)], &control);
        assert!(matches!(looked, Err(crate::Error::Cancelled)));
        let looked = super::super::ReadMordor::look(&Default::default(), &[source], &control);
        assert!(matches!(looked, Err(crate::Error::Cancelled)));
    }

    #[test]
    fn columns_of_several_files() {
        let (mut columns, mut places) = (Vec::new(), HashMap::new());
        let column = |(name, ty): (&str, SqlType)| ZeekColumn { name: name.to_owned(), ty };
        for file in
            [&[("a", SqlType::Int), ("b", SqlType::Text)][..], &[("c", SqlType::Bool), ("a", SqlType::Float)], &[("b", SqlType::Text)]]
        {
            merge(&mut columns, &mut places, file.iter().copied().map(column).collect());
        }
        assert_eq!(columns, [("a", SqlType::Float), ("b", SqlType::Text), ("c", SqlType::Bool)].map(column));
    }
}
