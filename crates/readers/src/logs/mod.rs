//! The formats, one file each, and what those of lines have in common.

mod audit_order;
mod audit_records;
mod audit_windows;
mod found;
mod lines;
mod read_auditd;
mod read_cef;
mod read_evtx;
mod read_leef;
mod read_mordor;
mod read_osquery;
mod read_syslog;
mod read_winevent_json;
mod read_zeek;
mod texts;
mod windows;

pub(crate) use lines::{LineFormat, Lines, Raw};
pub(crate) use read_auditd::ReadAuditd;
pub(crate) use read_cef::ReadCef;
pub(crate) use read_evtx::ReadEvtx;
pub(crate) use read_leef::ReadLeef;
pub(crate) use read_mordor::ReadMordor;
pub(crate) use read_osquery::ReadOsquery;
pub(crate) use read_syslog::ReadSyslog;
pub(crate) use read_winevent_json::ReadWineventJson;
pub(crate) use read_zeek::ReadZeek;
pub(crate) use texts::{Common, ENCODING, MAX_LINE, TextLines};

/// What the argument of every reader is.
pub(crate) const PATH: &str = "A file, folder or pattern (`'logs/*.log.gz'`), or a list of them. `.gz`, `.zst` and `.bz2` are unpacked on the way; zip and tar archives are read \
                               in place, as `'logs.zip'` or `'logs.zip/*.json'`.";
