//! What came back, and why it could not be used.

use serde::de::DeserializeOwned;
use std::fmt;

/// An answer with its body, which the client has bounded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Response {
    /// HTTP status.
    pub status: u16,
    /// The body, unpacked.
    pub body: Vec<u8>,
}

/// An answer of another shape than its provider's documentation says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecodeError(pub String);

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for DecodeError {}

impl Response {
    /// The body as text; bytes that are no UTF-8 are replaced.
    pub fn text(&self) -> std::borrow::Cow<'_, str> {
        String::from_utf8_lossy(&self.body)
    }

    /// The body as JSON. A page of HTML, which is what proxies and login pages send, is said to be one.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, DecodeError> {
        serde_json::from_slice(&self.body).map_err(|error| {
            let start = self.body.iter().position(|byte| !byte.is_ascii_whitespace()).and_then(|at| self.body.get(at));
            DecodeError(match start {
                None => "an empty answer".to_owned(),
                Some(b'<') => "a web page instead of JSON (a proxy or a login page?)".to_owned(),
                _ => format!("not the JSON that was expected: {error}"),
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_json_is_named() {
        let answer = |body: &str| Response { status: 200, body: body.as_bytes().to_vec() }.json::<serde_json::Value>();
        assert!(answer("{\"a\": 1}").is_ok());
        for (body, expected) in [("", "an empty answer"), (" <html>", "a web page"), ("{", "not the JSON")] {
            assert!(answer(body).is_err_and(|error| error.to_string().starts_with(expected)), "{body}");
        }
    }
}
