//! A format of log files, and the one shape in which engines see all formats.

use crate::batch::{Batch, Wanted};
use crate::sniff::{Described, binary, describe};
use crate::{Cancel, Error, Found, Piece, Result, Source, Tally, Warnings};
use encoding_rs::{Encoding, UTF_8};
use huntsql_kernels::guard::guard;
use huntsql_kernels::options::{Options, Value, parse};
use huntsql_kernels::spec::{Kind, Signature, Spec};
use huntsql_kernels::types::{ArgType, SqlType};
use std::collections::HashMap;
use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// A column of a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogColumn {
    /// Its name.
    pub name: String,
    /// Its type.
    pub ty: SqlType,
}

/// What a running scan is told and tells.
#[derive(Debug, Clone, Default)]
pub struct Control {
    /// Stops it: the next batch, or what is read before there is one, ends with [`Error::Cancelled`] after a few megabytes at most.
    pub cancel: Cancel,
    /// What it counts.
    pub tally: Arc<Tally>,
    /// Takes what it wants to say.
    pub warnings: Warnings,
}

/// A format of log files: what its rows are made of and how they are read.
pub trait LogFormat: Send + Sync + 'static {
    /// Name and documentation; the one argument is the path.
    const SPEC: Spec;
    /// The columns that every file has.
    const COLUMNS: &'static [(&'static str, SqlType)];
    /// Whether a row belongs to a line, whose number is `_line`.
    const HAS_LINES: bool;
    /// The options.
    type Options: Options;
    /// What the first look at the files found out.
    type Layout: Send + Sync + 'static;

    /// Why a file that begins so cannot be one of this format. Of a folder or pattern such a file is left out; one that the user names is read all the same.
    fn refuses(start: &[u8]) -> Option<&'static str> {
        binary(start)
    }
    /// The encoding that the user says the text has.
    fn encoding(_options: &Self::Options) -> Option<&'static Encoding> {
        None
    }
    /// Looks at the files: their columns, without `_file` and `_line`, and what reading them needs.
    fn look(options: &Self::Options, sources: &[Arc<Source>], control: &Control) -> Result<(Vec<LogColumn>, Self::Layout)>;
    /// The parts of a file that can be read by themselves, about `count` of them.
    fn pieces(_layout: &Self::Layout, source: &Arc<Source>, _count: usize) -> Vec<Piece> {
        vec![Piece::whole(Arc::clone(source))]
    }
    /// Starts reading a part.
    fn scan(
        piece: &Piece,
        layout: &Arc<Self::Layout>,
        options: &Arc<Self::Options>,
        wanted: &Wanted,
        control: &Control,
    ) -> Result<Box<dyn LogScan>>;
}

/// Reads rows, batch by batch.
pub trait LogScan: Send {
    /// Adds rows to `batch`, which is empty, until it is full; false where no rows follow.
    fn fill(&mut self, batch: &mut Batch) -> Result<bool>;
}

/// A [`LogFormat`] as an engine sees it.
pub trait LogReader: fmt::Debug + Send + Sync {
    /// Name, documentation, options, columns.
    fn signature(&self) -> Signature;
    /// Checks the options and looks at the files.
    fn open(&self, files: Vec<Found>, options: &Value, control: &Control) -> Result<Arc<dyn OpenLog>>;
}

/// Files of a log, ready to be read.
pub trait OpenLog: fmt::Debug + Send + Sync {
    /// Name of the reader.
    fn reader(&self) -> &'static str;
    /// All columns, `_file` and `_line` at the end.
    fn columns(&self) -> &[LogColumn];
    /// The files.
    fn sources(&self) -> &[Arc<Source>];
    /// Parts of the files, about `count` of each, in order.
    fn pieces(&self, count: usize) -> Vec<Piece>;
    /// Starts reading the columns `wanted` of a part.
    fn scan(&self, piece: &Piece, wanted: &[usize], control: &Control) -> Result<BatchScan>;
}

/// The batches of one part of a log.
pub struct BatchScan {
    inner: Option<Box<dyn LogScan>>,
    wanted: Wanted,
    piece: Piece,
    reader: &'static str,
    control: Control,
}

impl fmt::Debug for BatchScan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BatchScan").field("reader", &self.reader).finish_non_exhaustive()
    }
}

impl BatchScan {
    /// The next at most `most` rows, which is the same in every call: the wanted columns in their order, and the number of rows. `None` at the end.
    pub fn next(&mut self, most: usize) -> Result<Option<(Vec<huntsql_kernels::column::Column>, usize)>> {
        loop {
            let Some(inner) = &mut self.inner else { return Ok(None) };
            if self.control.cancel.load(Ordering::Relaxed) {
                self.inner = None;
                return Err(Error::Cancelled);
            }
            let mut batch = Batch::new(&self.wanted, most);
            let filled = guard(|| inner.fill(&mut batch)).unwrap_or_else(|what| Err(Error::Internal(format!("{}: {what}", self.reader))));
            match filled {
                Ok(true) => {}
                Ok(false) => self.inner = None,
                Err(error) => {
                    self.inner = None;
                    return Err(self.piece.mend(error));
                }
            }
            if self.inner.is_none() {
                self.control.tally.report(&self.piece.source.name, &self.control.warnings);
            }
            if batch.rows() > 0 {
                return batch.finish(&self.piece.source.name).map(Some);
            }
        }
    }
}

/// A [`LogFormat`] as a value.
pub struct Reader<F>(PhantomData<fn() -> F>);

impl<F> Reader<F> {
    /// The reader of `F`.
    pub const fn new() -> Self {
        Self(PhantomData)
    }
}

impl<F> Default for Reader<F> {
    fn default() -> Self {
        Self::new()
    }
}

impl<F: LogFormat> fmt::Debug for Reader<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(F::SPEC.name)
    }
}

impl<F: LogFormat> LogReader for Reader<F> {
    fn signature(&self) -> Signature {
        Signature {
            spec: const { &F::SPEC },
            kind: Kind::Reader,
            args: &[ArgType::Text],
            optional: 0,
            options: F::Options::FIELDS,
            required_options: &[],
            result: SqlType::Struct(F::COLUMNS),
            columns: F::COLUMNS,
            keeps_rows: false,
            window: None,
            is_remote: false,
        }
    }

    fn open(&self, files: Vec<Found>, options: &Value, control: &Control) -> Result<Arc<dyn OpenLog>> {
        let name = F::SPEC.name;
        let opened = guard(|| {
            let options: F::Options = parse(name, options)?;
            let encoding = F::encoding(&options);
            let mut sources = Vec::with_capacity(files.len());
            let first = files.first().map_or_else(String::new, |(entry, _)| entry.name.clone());
            for (entry, place) in files {
                if control.cancel.load(Ordering::Relaxed) {
                    return Err(Error::Cancelled);
                }
                let Described { source, start } = describe(&entry, place, encoding)?;
                match F::refuses(&start).filter(|_| entry.found && source.encoding == UTF_8) {
                    Some(what) => control.warnings.add(format!("left out '{}': it is {what}", entry.name)),
                    None => sources.push(Arc::new(source)),
                }
            }
            if sources.is_empty() {
                return Err(Error::unreadable(&first, format!("no file that {name} reads")));
            }
            let (mut columns, layout) = F::look(&options, &sources, control)?;
            name_apart(&mut columns);
            let made = [(true, FILE, SqlType::Text), (F::HAS_LINES, LINE, SqlType::Int)];
            for (wanted, name, ty) in made {
                if wanted {
                    columns.push(LogColumn { name: name.to_owned(), ty });
                }
            }
            Ok(Opened::<F> { columns, sources, layout: Arc::new(layout), options: Arc::new(options) })
        });
        Ok(Arc::new(opened.unwrap_or_else(|what| Err(Error::Internal(format!("{name}: {what}"))))?))
    }
}

/// Makes names that come from the data differ by more than case, which DuckDB wants: a second `processid` becomes `processid_1`. The last column is
/// the format's own (`unparsed`) and keeps its name, as do `_file` and `_line`: a log must not say where it comes from, nor make a file unreadable by a key of one line.
fn name_apart(columns: &mut [LogColumn]) {
    let Some((last, others)) = columns.split_last_mut() else { return };
    // For each name that is taken the last number behind it, so that many equal names are not tried again and again.
    let own = [last.name.to_lowercase(), FILE.to_owned(), LINE.to_owned()];
    let mut used: HashMap<String, u64> = own.into_iter().map(|name| (name, 0)).collect();
    for column in others {
        let plain = column.name.clone();
        let mut lower = plain.to_lowercase();
        while used.contains_key(&lower) {
            let number = used.entry(plain.to_lowercase()).or_insert(0);
            *number += 1;
            column.name = format!("{plain}_{number}");
            lower = column.name.to_lowercase();
        }
        used.insert(lower, 0);
    }
}

/// Name of the column that holds the name of the file.
pub(crate) const FILE: &str = "_file";
/// Name of the column that holds the number of the line.
pub(crate) const LINE: &str = "_line";

struct Opened<F: LogFormat> {
    columns: Vec<LogColumn>,
    sources: Vec<Arc<Source>>,
    layout: Arc<F::Layout>,
    options: Arc<F::Options>,
}

impl<F: LogFormat> fmt::Debug for Opened<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct(F::SPEC.name).field("files", &self.sources.len()).finish_non_exhaustive()
    }
}

impl<F: LogFormat> OpenLog for Opened<F> {
    fn reader(&self) -> &'static str {
        F::SPEC.name
    }
    fn columns(&self) -> &[LogColumn] {
        &self.columns
    }
    fn sources(&self) -> &[Arc<Source>] {
        &self.sources
    }
    fn pieces(&self, count: usize) -> Vec<Piece> {
        self.sources.iter().flat_map(|source| F::pieces(&self.layout, source, count)).collect()
    }
    fn scan(&self, piece: &Piece, wanted: &[usize], control: &Control) -> Result<BatchScan> {
        let name = F::SPEC.name;
        let control = Control { tally: Arc::default(), ..control.clone() };
        let wanted = Wanted::new(&self.columns, wanted);
        let mut piece = piece.clone();
        if wanted.lines() && piece.first_line.is_none() {
            piece.first_line = Some(1 + crate::count_lines(&piece.source, piece.start)?);
        }
        let inner = guard(|| F::scan(&piece, &self.layout, &self.options, &wanted, &control))
            .unwrap_or_else(|what| Err(Error::Internal(format!("{name}: {what}"))))
            .map_err(|error| piece.mend(error))?;
        Ok(BatchScan { inner: Some(inner), wanted, piece, reader: name, control })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_apart() {
        for (names, expected) in [
            (vec![], vec![]),
            (vec!["a", "A", "unparsed"], vec!["a", "A_1", "unparsed"]),
            (vec!["Unparsed", "b", "unparsed"], vec!["Unparsed_1", "b", "unparsed"]),
            (vec!["_FILE", "unparsed"], vec!["_FILE_1", "unparsed"]),
            (vec!["a", "a_1", "A", "A", "unparsed"], vec!["a", "a_1", "A_2", "A_3", "unparsed"]),
        ] {
            let mut columns: Vec<LogColumn> = names.iter().map(|name| LogColumn { name: (*name).to_owned(), ty: SqlType::Text }).collect();
            name_apart(&mut columns);
            let made: Vec<&str> = columns.iter().map(|column| column.name.as_str()).collect();
            assert_eq!(made, expected, "{names:?}");
        }
    }

    /// A file of two rows or more for each reader.
    fn sample(reader: &str) -> Vec<u8> {
        let text = match reader {
            "read_auditd" => "type=A msg=audit(1.0:1): a=1\ntype=A msg=audit(2.0:2): a=1\n",
            "read_evtx" => {
                let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/fixtures/logs/security.evtx");
                return std::fs::read(path).unwrap();
            }
            "read_mordor" | "read_winevent_json" | "read_osquery" => "{\"a\":1}\n{\"a\":2}\n",
            "read_zeek" => "#fields\ta\n#types\tstring\nx\ny\n",
            "ti_feed" => "192.0.2.1\n192.0.2.2\n",
            _ => "<13>a\n<13>b\n",
        };
        text.as_bytes().to_vec()
    }

    #[test]
    fn cancelled_readers_stop() {
        for reader in crate::catalogue::readers() {
            let name = reader.signature().spec.name;
            let bytes = sample(name);
            let entry = crate::FileEntry { name: "x".to_owned(), path: "x".into(), size: bytes.len() as u64, modified: None, found: false };
            let files = vec![(entry, crate::Place::Memory(bytes.into()))];
            let log = reader.open(files.clone(), &Value::Null, &Control::default()).unwrap();
            let control = Control::default();
            let mut scan = log.scan(&log.pieces(1)[0], &[0], &control).unwrap();
            assert!(matches!(scan.next(1), Ok(Some((_, 1)))), "{name}");
            control.cancel.store(true, Ordering::Relaxed);
            assert!(matches!(scan.next(1), Err(Error::Cancelled)), "{name}");
            assert!(matches!(scan.next(1), Ok(None)), "{name}: nothing follows an error");
            assert!(matches!(reader.open(files, &Value::Null, &control), Err(Error::Cancelled)), "{name}");
        }
    }
}
