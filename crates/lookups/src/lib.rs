//! What other people know, asked from SQL: where an address is, whether an indicator is known to be bad, what a name resolves to.
//!
//! Nothing here knows an engine. What is offline is a kernel like any other; what asks somebody is two pure functions (build the request, decode
//! the answer) and one client that does the asking.

pub mod cache;
pub mod catalogue;

pub mod config;
pub mod context;
pub mod dns;
mod facts;
pub mod feed_url;
pub mod geo;
pub mod http;
mod limited;
pub mod match_iocs;
mod never_send;
pub mod progress;
mod secret;
pub mod ti;
pub mod tls;
pub mod whois;
mod workers;
mod yaml;
pub use never_send::NeverSend;
pub use secret::Secret;
pub use yaml::Problem;
