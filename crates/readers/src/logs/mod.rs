//! The formats, one file each, and what those of lines have in common.

mod lines;
mod read_auditd;
mod read_cef;
mod read_leef;
mod read_syslog;

pub(crate) use lines::{Common, ENCODING, LineFormat, Lines, MAX_LINE, TextLines};
pub(crate) use read_auditd::ReadAuditd;
pub(crate) use read_cef::ReadCef;
pub(crate) use read_leef::ReadLeef;
pub(crate) use read_syslog::ReadSyslog;

/// What the argument of every reader is.
pub(crate) const PATH: &str = "A file, folder or pattern (`'logs/*.log.gz'`), or a list of them. `.gz`, `.zst` and `.bz2` are unpacked on the way; zip and tar archives are read \
                               in place, as `'logs.zip'` or `'logs.zip/*.json'`.";
