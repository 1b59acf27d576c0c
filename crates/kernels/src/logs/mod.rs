//! Lines of logs: syslog, CEF, LEEF, the Linux audit log, Windows events in JSON, osquery, Zeek.

pub(crate) mod any_time;
mod auditd;
mod auditd_events;
mod header;
mod logon;
mod logon_sessions;
mod moment;
mod osquery;
mod parse_auditd;
mod parse_cef;
mod parse_leef;
mod parse_osquery;
mod parse_syslog;
mod parse_time;
mod parse_winevent;
mod sudo_sessions;
mod syslog;
pub mod winevent;
pub mod zeek;

pub use any_time::parse_time;
pub use auditd::{AuditEvent, AuditLog, AuditPath, Record as AuditRecord, fields as audit_fields, merge as merge_audit_records};
pub use auditd_events::AuditdEvents;
pub use logon_sessions::{LogonOptions, LogonSession, LogonSessions};
pub use osquery::OsqueryLog;
pub use parse_auditd::{AuditBuffers, AuditRow, ParseAuditd};
pub use parse_cef::{Cef, CefRow, ParseCef, parse_cef};
pub use parse_leef::{Leef, LeefRow, ParseLeef, parse_leef};
pub use parse_osquery::{OsqueryRow, ParseOsquery};
pub use parse_syslog::{ParseSyslog, SyslogOptions, SyslogRow};
pub use parse_time::{ParseTime, TimeOptions};
pub use parse_winevent::{ParseWinevent, WineventBuffers, WineventOptions, WineventRow};
pub use sudo_sessions::{SudoCommand, SudoOptions, SudoSession, SudoSessions};
pub use syslog::{Clock, Syslog, SyslogFormat, YearFrom, parse_syslog};
