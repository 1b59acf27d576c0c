//! What the services of abuse.ch have in common: one key, and a status within the answer.

use super::answer::{Text, missing};
use super::provider::SettingSpec;
use crate::http::DecodeError;

/// One key for all of them.
pub(super) const AUTH_KEY: &[SettingSpec] =
    &[SettingSpec::key("api_key", "Auth-Key, free from https://auth.abuse.ch; one for all services of abuse.ch.")];

/// Whether there is something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Found {
    Yes,
    No,
}

/// Reads a `query_status`. What asks for another question or another key is an error.
pub(super) fn found(status: &Text) -> Result<Found, DecodeError> {
    let status = status.as_str().ok_or_else(|| missing("query_status"))?;
    match status {
        "ok" => Ok(Found::Yes),
        "no_result" | "no_results" | "hash_not_found" | "not_found" | "imphash_not_found" => Ok(Found::No),
        other => Err(DecodeError(format!("the provider answered '{other}'"))),
    }
}
