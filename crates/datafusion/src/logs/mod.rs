//! The readers of log formats as tables: `SELECT * FROM read_syslog('/var/log/syslog')`.

mod call;
mod scan;
mod table;

pub(crate) use call::ReaderCall;
pub(crate) use table::{LogRequest, open_log};
