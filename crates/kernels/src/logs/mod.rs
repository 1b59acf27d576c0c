//! Lines of logs: syslog.

mod moment;
mod parse_syslog;
mod syslog;

pub use parse_syslog::{ParseSyslog, SyslogOptions, SyslogRow};
pub use syslog::{Clock, Syslog, SyslogFormat, YearFrom, parse_syslog};
