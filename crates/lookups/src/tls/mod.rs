//! Certificates: what a server shows, and whether one is known to be bad.

mod certificate;
mod handshake;
mod in_abuse_list;
mod tls_cert;

pub use certificate::Certificate;
pub use in_abuse_list::InAbuseList;
pub use tls_cert::TlsCert;
