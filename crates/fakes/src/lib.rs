//! What tests need of the world outside, made up.

pub mod dns;
pub mod http;
pub mod mmdb;
