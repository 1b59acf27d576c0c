//! HTTP as look-ups need it: requests that name their secrets instead of holding them, and one client that sends them.

mod client;
mod failure;
mod request;
mod response;
mod transport;

pub(crate) use client::Gate;
pub use client::{Client, Stop, Values};
pub use failure::Failure;
pub use request::{Body, Method, Request, Text, setting};
pub use response::{DecodeError, Response};
