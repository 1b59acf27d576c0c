//! HTTP as look-ups need it: requests that name their secrets instead of holding them, and one client that sends them.

mod request;
mod response;

pub use request::{Body, Method, Request, Text, setting};
pub use response::{DecodeError, Response};
