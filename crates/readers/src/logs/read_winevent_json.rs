//! `read_winevent_json(path)`: Windows events in JSON, whoever wrote them.

use super::lines::Raw;
use super::texts::{Common, ENCODING, MAX_LINE, Texts, layout};
use super::windows::{self, COLUMNS, DATA, NAMED};
use crate::batch::{Batch, Wanted};
use crate::format::{Control, LogColumn, LogFormat, LogScan};
use crate::json::Layout;
use crate::{Piece, Result, Source};
use encoding_rs::Encoding;
use huntsql_kernels::column::SqlValue;
use huntsql_kernels::logs::winevent::{Event, Field, Reader, Wants};
use huntsql_kernels::options::{OptionField, Options, Setting};
use huntsql_kernels::spec::{Arg, Example, Family, Spec};
use huntsql_kernels::types::SqlType;
use std::collections::HashMap;
use std::sync::Arc;

/// The format of `read_winevent_json`.
pub(crate) struct ReadWineventJson;

/// Options of `read_winevent_json`.
#[derive(Debug, Clone, Default)]
pub(crate) struct ReadWineventJsonOptions {
    common: Common,
    names: Vec<String>,
}

impl Options for ReadWineventJsonOptions {
    const FIELDS: &'static [OptionField] = &[NAMED, ENCODING, MAX_LINE];

    fn set(&mut self, name: &str, setting: Setting) -> std::result::Result<(), String> {
        if self.common.set(name, &setting)? {
            return Ok(());
        }
        if let Setting::TextList(names) = setting {
            names.into_iter().for_each(|name| {
                if !self.names.contains(&name) {
                    self.names.push(name)
                }
            });
        }
        Ok(())
    }
}

impl LogFormat for ReadWineventJson {
    const SPEC: Spec = Spec {
        name: "read_winevent_json",
        family: Family::Files,
        summary: "Reads Windows events in JSON: of winlogbeat, NXLog, Security-Datasets (Mordor), evtx_dump, Chainsaw, Velociraptor, Sentinel, `Get-WinEvent | ConvertTo-Json`.",
        details: "\
One row an event, with the columns that [`parse_winevent`](logs.md#parse_winevent) gives and those that `columns` asks for; who wrote an event is seen event by event. Events may stand one a line, over several lines, or
in a list. What is not asked for is not decoded: name columns rather than reading `event_data['CommandLine']`. `unparsed` holds what is no event, where all other columns are NULL. The same columns come
out of [`read_evtx`](#read_evtx), and `process_tree` knows them.",
        args: &[Arg { name: "path", doc: super::PATH }],
        examples: &[Example {
            sql: "SELECT time, computer, \"ParentProcessName\" AS parent, \"CommandLine\" AS command FROM read_winevent_json('examples/logs/processes.ndjson', columns => ['ParentProcessName', 'CommandLine']) \
                  WHERE event_id = 4688 AND \"CommandLine\" LIKE '%MiniDump%'",
            result: "2026-11-20 11:47:40 | ws-03 | C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe | rundll32.exe C:\\Windows\\System32\\comsvcs.dll, MiniDump 624 C:\\Users\\Public\\l.dmp full",
        }],
    };
    const COLUMNS: &'static [(&'static str, SqlType)] = COLUMNS;
    const HAS_LINES: bool = true;
    type Options = ReadWineventJsonOptions;
    /// For each file by its name.
    type Layout = HashMap<Arc<str>, Layout>;

    fn encoding(options: &ReadWineventJsonOptions) -> Option<&'static Encoding> {
        options.common.encoding
    }

    fn look(options: &ReadWineventJsonOptions, sources: &[Arc<Source>], control: &Control) -> Result<(Vec<LogColumn>, Self::Layout)> {
        let mut columns: Vec<LogColumn> = COLUMNS.iter().map(|(name, ty)| LogColumn { name: (*name).to_owned(), ty: *ty }).collect();
        let mut taken: Vec<&str> = COLUMNS.iter().map(|(name, _)| *name).collect();
        taken.push(Raw::Unparsed.name());
        columns.extend(windows::named_columns(&options.names, &taken));
        columns.push(LogColumn { name: Raw::Unparsed.name().to_owned(), ty: SqlType::Text });
        let layouts = sources.iter().map(|source| Ok((Arc::clone(&source.name), layout(source, control)?)));
        Ok((columns, layouts.collect::<Result<_>>()?))
    }

    fn pieces(layouts: &Self::Layout, source: &Arc<Source>, count: usize) -> Vec<Piece> {
        match layouts.get(&source.name) {
            Some(Layout::Stream) => vec![Piece::whole(Arc::clone(source))],
            _ => Piece::split(source, count),
        }
    }

    fn scan(
        piece: &Piece,
        layouts: &Arc<Self::Layout>,
        options: &Arc<ReadWineventJsonOptions>,
        wanted: &Wanted,
        control: &Control,
    ) -> Result<Box<dyn LogScan>> {
        let layout = layouts.get(&piece.source.name).copied().unwrap_or(Layout::Lines);
        Ok(Box::new(Scan {
            texts: Texts::open(piece, layout, options.common, control)?,
            wants: windows::wants(wanted, &options.names),
            named: (COLUMNS.len()..COLUMNS.len() + options.names.len()).filter(|index| wanted.has(*index)).collect(),
            unparsed: COLUMNS.len() + options.names.len(),
            reader: Reader::default(),
            event: Event::default(),
        }))
    }
}

struct Scan {
    texts: Texts,
    wants: Wants,
    /// The columns of the wanted names.
    named: Vec<usize>,
    /// The column of what is no event.
    unparsed: usize,
    reader: Reader,
    event: Event,
}

impl LogScan for Scan {
    fn fill(&mut self, batch: &mut Batch) -> Result<bool> {
        while !batch.is_full() {
            let Some((text, line)) = self.texts.next()? else { return Ok(false) };
            if text.trim_ascii().is_empty() {
                continue;
            }
            let parsed = self.reader.parse(text, &self.wants, &mut self.event);
            write_event(&self.event, parsed, &self.named, batch);
            if let Some(column) = batch.column(self.unparsed) {
                (!parsed).then_some(text).write(column);
            }
            batch.end_row(line, text.len());
        }
        Ok(true)
    }
}

/// Writes the columns of an event, NULLs where it is none.
fn write_event(event: &Event, parsed: bool, named: &[usize], batch: &mut Batch) {
    let mut fields = Field::ALL.into_iter();
    for (index, (name, ty)) in COLUMNS.iter().enumerate() {
        let field = if *name == DATA { None } else { fields.next() };
        let Some(column) = batch.column(index) else { continue };
        match (field, ty) {
            _ if !parsed => column.push_null(),
            (None, _) => (!event.data().is_empty()).then(|| event.data()).write(column),
            (Some(field), SqlType::Text) => event.text(field).write(column),
            (Some(field), _) => event.number(field).write(column),
        }
    }
    for (at, index) in named.iter().enumerate() {
        if let Some(column) = batch.column(*index) {
            event.named(at).filter(|_| parsed).write(column);
        }
    }
}
