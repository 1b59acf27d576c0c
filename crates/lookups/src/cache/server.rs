//! Whose answer it is. A server that the configuration names in place of a provider's own, perhaps by mistake, answers for itself: that it
//! knows nothing must not be taken for the word of the provider once the mistake is mended.

use std::borrow::Cow;
use url::Url;

/// The name of a provider, or kind of facts, in the keys of the cache: with the server that is asked, unless it is the provider's own.
pub(crate) fn kept_as(name: &str, server: Option<&str>, own: Option<&str>) -> String {
    match server.map(plain) {
        Some(server) if own.map(plain) != Some(server.clone()) => format!("{name} {server}"),
        _ => name.to_owned(),
    }
}

/// Scheme, host, port and path, in one way of writing.
fn plain(server: &str) -> Cow<'_, str> {
    match Url::parse(server) {
        Ok(url) => Cow::Owned(format!("{}{}", url.origin().ascii_serialization(), url.path().trim_end_matches('/'))),
        Err(_) => Cow::Borrowed(server.trim_end_matches('/')),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_is_named_where_it_is_another() {
        let own = Some("https://api.example.com");
        for (server, expected) in [
            (None, "x"),
            (Some("https://api.example.com"), "x"),
            (Some("HTTPS://API.example.com:443/"), "x"),
            (Some("https://api.example.com/v2/"), "x https://api.example.com/v2"),
            (Some("http://api.example.com"), "x http://api.example.com"),
            (Some("https://user@api.example.com:8443/v2?q"), "x https://api.example.com:8443/v2"),
            (Some("nonsense/"), "x nonsense"),
        ] {
            assert_eq!(kept_as("x", server, own), expected, "{server:?}");
        }
        assert_eq!(kept_as("x", Some("http://a.test/"), None), "x http://a.test");
    }
}
