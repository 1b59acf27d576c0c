//! Where a setting's value is: in the environment, in a file, or in the configuration itself.

use super::{Environment, keyring};
use crate::secret::Secret;
use std::fmt;
use std::path::{Path, PathBuf};

/// Bytes that a file with a secret may have.
const MOST_BYTES: u64 = 64 << 10;

/// Where the value of a setting is. It is looked up when it is needed, not before.
#[derive(Clone, PartialEq, Eq)]
pub enum Reference {
    /// `${env:NAME}`
    Environment(String),
    /// `file:path`
    File(PathBuf),
    /// `keyring:name`
    Keyring(String),
    /// Written out.
    Plain(Secret),
}

impl Reference {
    /// Reads `${env:NAME}`, `file:path`, `keyring:name`, or the value itself. A relative path is relative to `folder`. `Err` says what is wrong.
    pub fn parse(text: &str, folder: &Path) -> Result<Self, String> {
        let text = text.trim();
        if let Some(name) = text.strip_prefix("${env:").and_then(|rest| rest.strip_suffix('}')) {
            let is_name = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
            return if is_name {
                Ok(Self::Environment(name.to_owned()))
            } else {
                Err("has no name of a variable in ${env:...}".to_owned())
            };
        }
        if let Some(path) = text.strip_prefix("file:") {
            return Ok(Self::File(folder.join(path.trim())));
        }
        if let Some(name) = text.strip_prefix("keyring:") {
            let name = name.trim();
            return if keyring::is_name(name) { Ok(Self::Keyring(name.to_owned())) } else { Err("has no name in keyring:name".to_owned()) };
        }
        if text.starts_with("${") {
            return Err("is neither ${env:NAME}, file:path, keyring:name nor the value itself".to_owned());
        }
        Ok(Self::Plain(Secret::new(text)))
    }

    /// The value. `Err` says what is missing, and never the value.
    pub fn resolve(&self, environment: Environment<'_>) -> Result<Secret, String> {
        match self {
            Self::Plain(secret) => Ok(secret.clone()),
            Self::Environment(name) => match environment(name) {
                Some(value) => Ok(Secret::new(&value)),
                None => Err(format!("the environment variable {name} is not set")),
            },
            Self::Keyring(name) => keyring::read(name),
            Self::File(path) => {
                let wrong = |why: String| format!("the file {} {why}", path.display());
                let size = std::fs::metadata(path).map_err(|error| wrong(format!("cannot be read: {error}")))?.len();
                if size > MOST_BYTES {
                    return Err(wrong(format!("is too large for a secret ({size} bytes)")));
                }
                let text = std::fs::read_to_string(path).map_err(|error| wrong(format!("cannot be read: {error}")))?;
                if text.trim().is_empty() { Err(wrong("is empty".to_owned())) } else { Ok(Secret::new(&text)) }
            }
        }
    }
}

impl fmt::Debug for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Environment(name) => write!(f, "${{env:{name}}}"),
            Self::File(path) => write!(f, "file:{}", path.display()),
            Self::Keyring(name) => write!(f, "keyring:{name}"),
            Self::Plain(secret) => write!(f, "{secret}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_followed_when_needed() {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join("key"), "from-file\n").expect("a file");
        let environment = |name: &str| (name == "VT_KEY").then(|| "from-env".to_owned());
        let value = |text: &str| {
            let reference = Reference::parse(text, folder.path())?;
            assert!(!format!("{reference:?}").contains("canary"));
            reference.resolve(&environment).map(|secret| secret.expose().to_owned())
        };
        assert_eq!(value("${env:VT_KEY}").as_deref(), Ok("from-env"));
        assert_eq!(value("file:key").as_deref(), Ok("from-file"));
        assert_eq!(value("canary").as_deref(), Ok("canary"));
        for (text, what) in [
            ("${env:OTHER}", "OTHER is not set"),
            ("${env:a b}", "no name of a variable"),
            ("${VT_KEY}", "neither"),
            ("file:none", "cannot be read"),
            ("keyring:", "no name in keyring:name"),
        ] {
            assert!(value(text).is_err_and(|error| error.contains(what)), "{text}");
        }
    }
}
