//! What other people know, asked from SQL: where an address is, whether an indicator is known to be bad, what a name resolves to.
//!
//! Nothing here knows an engine. What is offline is a kernel like any other; what asks somebody is two pure functions (build the request, decode
//! the answer) and one client that does the asking.

pub mod catalogue;
pub mod http;
pub mod match_iocs;
pub mod ti;
