//! Records of the Linux audit system.

mod builder;
mod event;
mod merge;
mod record;
mod sockaddr;
mod syscalls;
#[cfg(test)]
mod tests;
mod tokens;
mod types;
mod value;

pub use event::{AuditEvent, AuditPath};
pub use merge::{AuditLog, merge};
pub use record::{Record, fields};
