//! Lines of logs: syslog, CEF, LEEF.

mod header;
mod moment;
mod parse_cef;
mod parse_leef;
mod parse_syslog;
mod syslog;

pub use parse_cef::{Cef, CefRow, ParseCef, parse_cef};
pub use parse_leef::{Leef, LeefRow, ParseLeef, parse_leef};
pub use parse_syslog::{ParseSyslog, SyslogOptions, SyslogRow};
pub use syslog::{Clock, Syslog, SyslogFormat, YearFrom, parse_syslog};
