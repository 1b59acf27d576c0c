//! `read_evtx(path)`: event logs of Windows.

use super::windows::{self, COLUMNS, DATA, NAMED};
use crate::batch::{Batch, Wanted};
use crate::format::{Control, LogColumn, LogFormat, LogScan};
use crate::{Compression, Error, Piece, Place, Result, Source};
use huntsql_evtx::{CHUNK_SIZE, ChunkReader, Column as Field, EvtxError, HEADER_SIZE, Item, Layout, Projection, Record};
use huntsql_kernels::column::{MapOf, SqlValue};
use huntsql_kernels::options::{OptionField, Options, Setting};
use huntsql_kernels::spec::{Arg, Example, Family, Spec};
use huntsql_kernels::types::SqlType;
use std::io::{BufReader, Read};
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// The format of `read_evtx`.
pub(crate) struct ReadEvtx;

/// Options of `read_evtx`.
#[derive(Debug, Clone, Default)]
pub(crate) struct ReadEvtxOptions {
    names: Vec<String>,
}

impl Options for ReadEvtxOptions {
    const FIELDS: &'static [OptionField] = &[NAMED];

    fn set(&mut self, _: &str, setting: Setting) -> std::result::Result<(), String> {
        if let Setting::TextList(names) = setting {
            for name in names {
                if !self.names.contains(&name) {
                    self.names.push(name);
                }
            }
        }
        Ok(())
    }
}

/// Name of the column for what could not be read.
const DAMAGE: &str = "damage";

impl LogFormat for ReadEvtx {
    const SPEC: Spec = Spec {
        name: "read_evtx",
        family: Family::Files,
        summary: "Reads Windows event logs (`.evtx`).",
        details: "\
One row an event, with the columns of [`parse_winevent`](logs.md#parse_winevent) and those that `columns` asks for: `user` is the SID, `event_data` holds EventData or UserData (data without a name as `param1`, `param2`), `message` is NULL,
since its text is in libraries of the machine that wrote the log. What is not asked for is not decoded: name columns rather than reading `event_data['CommandLine']`.

What is damaged is said in `damage`, with its place in the file (a warning too, in the shell), and the rest is read: a row with NULLs where no event could be read, and the columns that were read where an event breaks off.
Slack space is not searched.",
        args: &[Arg { name: "path", doc: super::PATH }],
        examples: &[Example {
            sql: "SELECT computer, \"ParentProcessName\" AS parent, count(*) AS n FROM read_evtx('tests/fixtures/logs/security.evtx', columns => ['ParentProcessName', 'CommandLine']) \
                  WHERE event_id = 4688 AND \"CommandLine\" LIKE '%whoami%' GROUP BY 1, 2 ORDER BY 1, 2",
            result: "DC-01.corp.example | C:\\Users\\m.weber\\AppData\\Local\\Temp\\update.exe | 1\nDC-01.corp.example | C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe | 1\nDC-01.corp.example | C:\\Windows\\System32\\cmd.exe | 2\nFILES-02.corp.example | C:\\Windows\\System32\\svchost.exe | 1\nWS-014.corp.example | C:\\Windows\\System32\\svchost.exe | 1",
        }],
    };
    const COLUMNS: &'static [(&'static str, SqlType)] = COLUMNS;
    const HAS_LINES: bool = false;
    type Options = ReadEvtxOptions;
    type Layout = ();

    fn refuses(start: &[u8]) -> Option<&'static str> {
        match Layout::of(start, start.len() as u64) {
            Ok(_) => None,
            Err(EvtxError::NotEvtx) => Some("not a Windows event log"),
            Err(_) => Some("a Windows event log with a damaged header"),
        }
    }

    fn look(options: &ReadEvtxOptions, sources: &[Arc<Source>], _: &Control) -> Result<(Vec<LogColumn>, ())> {
        for source in sources {
            header(source, &mut source.open_unpacked()?)?;
        }
        let mut columns: Vec<LogColumn> = COLUMNS.iter().map(|(name, ty)| LogColumn { name: (*name).to_owned(), ty: *ty }).collect();
        let taken: Vec<&str> = COLUMNS.iter().map(|(name, _)| *name).chain([DAMAGE]).collect();
        columns.extend(windows::named_columns(&options.names, &taken));
        columns.push(LogColumn { name: DAMAGE.to_owned(), ty: SqlType::Text });
        Ok((columns, ()))
    }

    fn pieces(_: &(), source: &Arc<Source>, count: usize) -> Vec<Piece> {
        /// Below this a thread costs more than it saves.
        const MIN_CHUNKS: u64 = 32;
        let whole = vec![Piece::whole(Arc::clone(source))];
        if source.compression != Compression::None || !matches!(source.place, Place::Disk(_)) {
            return whole;
        }
        let chunks = source.size.saturating_sub(HEADER_SIZE as u64).div_ceil(CHUNK_SIZE as u64);
        let count = (count as u64).min(chunks / MIN_CHUNKS).max(1);
        if count == 1 {
            return whole;
        }
        let start = |index: u64| HEADER_SIZE as u64 + chunks * index / count * CHUNK_SIZE as u64;
        let piece = |index| Piece {
            source: Arc::clone(source),
            start: start(index),
            end: (index + 1 < count).then(|| start(index + 1)),
            first_line: Some(1),
        };
        (0..count).map(piece).collect()
    }

    fn scan(piece: &Piece, _: &Arc<()>, options: &Arc<ReadEvtxOptions>, wanted: &Wanted, control: &Control) -> Result<Box<dyn LogScan>> {
        let names = options.names.iter().enumerate().filter(|(at, _)| wanted.has(COLUMNS.len() + at));
        let fields: Vec<Option<Field>> =
            COLUMNS.iter().map(|(name, _)| Field::ALL.into_iter().find(|field| field.name() == *name)).collect();
        let asked: Vec<Field> = fields.iter().enumerate().filter(|(index, _)| wanted.has(*index)).filter_map(|(_, field)| *field).collect();
        let mut projection = Projection::default().columns(&asked).fields(names.clone().map(|(_, name)| name.clone()));
        if COLUMNS.iter().position(|(name, _)| *name == DATA).is_some_and(|index| wanted.has(index)) {
            projection = projection.event_data();
        }
        let mut reader: Box<dyn Read + Send> = if piece.start > 0 {
            piece.source.open_raw(piece.start)?
        } else {
            let mut reader = piece.source.open_unpacked()?;
            header(&piece.source, &mut reader)?;
            reader
        };
        reader = Box::new(BufReader::with_capacity(4 * CHUNK_SIZE, reader));
        Ok(Box::new(Scan {
            input: reader,
            at: piece.start.max(HEADER_SIZE as u64),
            end: piece.end,
            chunks: ChunkReader::new(projection),
            in_chunk: false,
            fields,
            named: names.map(|(at, _)| COLUMNS.len() + at).collect(),
            damage: COLUMNS.len() + options.names.len(),
            source: Arc::clone(&piece.source),
            control: control.clone(),
        }))
    }
}

/// Reads the header of a file and checks it.
fn header(source: &Source, reader: &mut dyn Read) -> Result<()> {
    let mut bytes = Vec::new();
    reader.take(HEADER_SIZE as u64).read_to_end(&mut bytes).map_err(|error| source.unreadable(&error))?;
    match Layout::of(&bytes, bytes.len() as u64) {
        Ok(_) => Ok(()),
        Err(EvtxError::Io(error)) => Err(source.unreadable(&error)),
        Err(error) => Err(Error::unreadable(&source.name, error.to_string())),
    }
}

struct Scan {
    input: Box<dyn Read + Send>,
    /// Where the next chunk begins.
    at: u64,
    end: Option<u64>,
    chunks: ChunkReader,
    /// Whether the reader is in a chunk.
    in_chunk: bool,
    /// For each fixed column what it is of an event; the map and the message are `None`.
    fields: Vec<Option<Field>>,
    /// The columns of the wanted names.
    named: Vec<usize>,
    /// The column of what could not be read.
    damage: usize,
    source: Arc<Source>,
    control: Control,
}

impl LogScan for Scan {
    fn fill(&mut self, batch: &mut Batch) -> Result<bool> {
        while !batch.is_full() {
            if !self.in_chunk {
                if self.control.cancel.load(Ordering::Relaxed) {
                    return Err(Error::Cancelled);
                }
                if self.end.is_some_and(|end| self.at >= end) {
                    return Ok(false);
                }
                let buffer = self.chunks.buffer();
                buffer.clear();
                let read = (&mut self.input).take(CHUNK_SIZE as u64).read_to_end(buffer).map_err(|error| self.source.unreadable(&error))?;
                if read == 0 {
                    return Ok(false);
                }
                self.chunks.start(self.at);
                self.at += CHUNK_SIZE as u64;
                self.in_chunk = true;
            }
            let Some(item) = self.chunks.next() else {
                self.in_chunk = false;
                continue;
            };
            let (record, damage) = match item {
                Item::Record(record) => (Some(record), record.damage()),
                Item::Damage(damage) => (None, Some(damage)),
            };
            write_fields(record, &self.fields, batch);
            for (at, index) in self.named.iter().enumerate() {
                if let Some(column) = batch.column(*index) {
                    record.and_then(|record| record.field(at)).write(column);
                }
            }
            if let Some(damage) = damage {
                self.control.warnings.add(format!("{}: {damage}", self.source.name));
            }
            if let Some(column) = batch.column(self.damage) {
                damage.map(|damage| damage.to_string()).write(column);
            }
            // Text is bounded by the size of a chunk, so rows alone fill a batch.
            batch.end_row(0, 0);
        }
        Ok(true)
    }
}

fn write_fields(record: Option<Record<'_>>, fields: &[Option<Field>], batch: &mut Batch) {
    for (index, ((name, ty), field)) in COLUMNS.iter().zip(fields).enumerate() {
        let Some(column) = batch.column(index) else { continue };
        match (record, field, ty) {
            (Some(record), Some(field), SqlType::Text) => record.text(*field).write(column),
            (Some(record), Some(field), _) => record.number(*field).write(column),
            (Some(record), None, _) if *name == DATA => {
                let data = record.event_data();
                (data.len() > 0).then(|| MapOf(data)).write(column);
            }
            _ => column.push_null(),
        }
    }
}
