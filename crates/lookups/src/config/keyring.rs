//! Secrets that the operating system keeps: Secret Service on Linux, Keychain on macOS, Credential Manager on Windows.

use crate::secret::Secret;
use keyring::v1::{Entry, Error};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

/// What our secrets are filed under.
const SERVICE: &str = "huntsql";
/// How long we wait: the system may ask its user to unlock the keyring.
const PATIENCE: Duration = Duration::from_secs(60);
/// Longest name of a secret.
const LONGEST_NAME: usize = 255;

/// Whether a secret can have this name.
pub(super) fn is_name(name: &str) -> bool {
    !name.is_empty() && name.len() <= LONGEST_NAME && !name.chars().any(char::is_control)
}

/// The secret of that name. `Err` says what is missing.
pub(super) fn read(name: &str) -> Result<Secret, String> {
    let (sender, receiver) = mpsc::channel();
    let wanted = name.to_owned();
    // On a thread of its own: the keyring may never answer, and its client must not run inside the engine's own runtime.
    let ask = move || drop(sender.send(Entry::new(SERVICE, &wanted).and_then(|entry| entry.get_password())));
    thread::Builder::new().name("huntsql-keyring".to_owned()).spawn(ask).map_err(|error| format!("no thread for the keyring: {error}"))?;
    match receiver.recv_timeout(PATIENCE) {
        Ok(Ok(secret)) if secret.trim().is_empty() => Err(format!("the secret '{name}' of the keyring is empty")),
        Ok(Ok(secret)) => Ok(Secret::new(&secret)),
        Ok(Err(Error::NoEntry)) => {
            Err(format!("the keyring has no secret of service '{SERVICE}' and user '{name}': {}", how_to_store(name)))
        }
        Ok(Err(Error::NoDefaultStore)) => {
            let why = Entry::store_status().as_ref().err().map(|error| format!(": {error}")).unwrap_or_default();
            Err(format!("no keyring can be reached{why}; use ${{env:NAME}} or file:path"))
        }
        // What else it says may hold what was stored.
        Ok(Err(Error::BadEncoding(_))) => Err(format!("the secret '{name}' of the keyring is no text")),
        Ok(Err(error)) => Err(format!("the keyring cannot be read: {error}")),
        Err(RecvTimeoutError::Timeout) => Err(format!("the keyring did not answer within {} seconds", PATIENCE.as_secs())),
        Err(RecvTimeoutError::Disconnected) => Err("the keyring cannot be read; please report this".to_owned()),
    }
}

fn how_to_store(name: &str) -> String {
    let name = name.replace('\'', "'\\''");
    if cfg!(target_os = "macos") {
        format!("security add-generic-password -s {SERVICE} -a '{name}' -w")
    } else if cfg!(windows) {
        format!("cmdkey /generic:{name}.{SERVICE} /user:{name} /pass")
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
