//! A text that nobody sees.

use std::fmt;

/// A key, a password. It prints as `***` and is shown nowhere; only what is sent holds it.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret {
    text: String,
    is_open: bool,
}

impl Secret {
    /// Hides `text`. Line ends around it, which a file has, are not part of it.
    pub fn new(text: &str) -> Self {
        Self { text: text.trim().to_owned(), is_open: false }
    }

    /// The same, where it is no secret: a name, a place. It prints as `***` all the same, but what a provider says of it is not masked.
    #[must_use]
    pub fn open(self) -> Self {
        Self { is_open: true, ..self }
    }

    /// Whether others may see it.
    pub fn is_open(&self) -> bool {
        self.is_open
    }

    /// The text, for what is sent.
    pub fn expose(&self) -> &str {
        &self.text
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_prints_it() {
        let secret = Secret::new("canary\n");
        assert_eq!((format!("{secret} {secret:?} {:?}", Some(&secret)), secret.expose()), ("*** *** Some(***)".to_owned(), "canary"));
    }
}
