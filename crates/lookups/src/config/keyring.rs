//! Secrets that the operating system keeps: Secret Service on Linux, Keychain on macOS, Credential Manager on Windows.

use crate::secret::Secret;
use huntsql_kernels::guard::guard;
use keyring::v1::{Entry, Error};
use std::collections::BTreeMap;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// What our secrets are filed under.
const SERVICE: &str = "huntsql";
/// How long we wait: the system may ask its user to unlock the keyring.
const PATIENCE: Duration = Duration::from_secs(60);
/// How long a secret that was read holds, and that there was none.
const KEPT: Duration = Duration::from_secs(600);
const FAILED: Duration = Duration::from_secs(30);
/// Longest name of a secret.
const LONGEST_NAME: usize = 255;

/// Whether a secret can have this name.
pub(super) fn is_name(name: &str) -> bool {
    !name.is_empty() && name.len() <= LONGEST_NAME && !name.chars().any(|c| c.is_control() || c == '"')
}

/// What was read, and when.
type Read = (Instant, Result<Secret, String>);

/// What was read of late, by name. Who reads holds it: one question at a time, since each may ask the user, and each costs a thread that a keyring without an answer keeps.
static KNOWN: Mutex<BTreeMap<String, Read>> = Mutex::new(BTreeMap::new());

/// The secret of that name. `Err` says what is missing. It is asked for once in a while, not for each batch of rows.
pub(super) fn read(name: &str) -> Result<Secret, String> {
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((at, read)) = known.get(name)
        && at.elapsed() < if read.is_ok() { KEPT } else { FAILED }
    {
        return read.clone();
    }
    let read = ask(name);
    known.insert(name.to_owned(), (Instant::now(), read.clone()));
    read
}

fn ask(name: &str) -> Result<Secret, String> {
    let (sender, receiver) = mpsc::channel();
    let wanted = name.to_owned();
    // On a thread of its own: the keyring may never answer, and its client must not run inside the engine's own runtime.
    let ask = move || drop(sender.send(guard(|| Entry::new(SERVICE, &wanted).and_then(|entry| entry.get_password()))));
    thread::Builder::new().name("huntsql-keyring".to_owned()).spawn(ask).map_err(|error| format!("no thread for the keyring: {error}"))?;
    match receiver.recv_timeout(PATIENCE) {
        Ok(Ok(Ok(secret))) if secret.trim().is_empty() => Err(format!("the secret '{name}' of the keyring is empty")),
        Ok(Ok(Ok(secret))) => Ok(Secret::new(&secret)),
        Ok(Ok(Err(Error::NoEntry))) => {
            Err(format!("the keyring has no secret of service '{SERVICE}' and user '{name}': {}", how_to_store(name)))
        }
        Ok(Ok(Err(Error::NoDefaultStore))) => {
            let why = Entry::store_status().as_ref().err().map(|error| format!(": {error}")).unwrap_or_default();
            Err(format!(
                "no keyring can be reached{why}; use ${{env:NAME}} or file:path (a keyring that is started later is seen after a restart)"
            ))
        }
        // What these say may hold what was stored.
        Ok(Ok(Err(Error::BadEncoding(_) | Error::BadDataFormat(..)))) => Err(format!("the secret '{name}' of the keyring is no text")),
        Ok(Ok(Err(Error::Ambiguous(_)))) => Err(format!("the keyring has several secrets of service '{SERVICE}' and user '{name}'")),
        Ok(Ok(Err(error))) => Err(format!("the keyring cannot be read: {error}")),
        Err(RecvTimeoutError::Timeout) => Err(format!("the keyring did not answer within {} seconds", PATIENCE.as_secs())),
        Ok(Err(what)) => Err(format!("the keyring cannot be read, please report it: {what}")),
        Err(RecvTimeoutError::Disconnected) => Err("the keyring cannot be read; please report this".to_owned()),
    }
}

fn how_to_store(name: &str) -> String {
    let name = name.replace('\'', "'\\''");
    if cfg!(target_os = "macos") {
        format!("security add-generic-password -s {SERVICE} -a '{name}' -w")
    } else if cfg!(windows) {
        format!("cmdkey /generic:\"{name}.{SERVICE}\" /user:\"{name}\" /pass")
    } else {
        format!("secret-tool store --label='{SERVICE} {name}' service {SERVICE} username '{name}'")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        assert!(is_name("virustotal") && is_name("misp key"));
        assert!(!is_name("") && !is_name("a\nb") && !is_name(&"x".repeat(256)));
    }
}
