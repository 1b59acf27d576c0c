//! The authority of a URL: user, password, host, port; plain or defanged.

use super::address::parse_address;
use super::domain_name::{split, to_ascii};
use percent_encoding::percent_decode_str;
use std::borrow::Cow;
use std::net::Ipv4Addr;
use url::Host;

/// What stands between `//` and the path.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Authority {
    /// Before the `@`, up to the first colon.
    pub username: Option<String>,
    /// Before the `@`, after the first colon.
    pub password: Option<String>,
    /// Canonical host: lower-case ASCII name without trailing dot, dotted IPv4, or IPv6 without brackets.
    pub host: Option<String>,
    /// Whether the host is an IP address.
    pub is_ip: bool,
    /// As written.
    pub port: Option<u16>,
}

/// How sure it is that the text is an authority.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Certainty {
    /// A scheme announced it.
    Announced,
    /// Nothing did: the host must speak for itself, by a known public suffix or as a plain IP address, and there is no user.
    Guessed,
}

/// Reads an authority. `None` where it cannot be one.
pub fn parse_authority(text: &str, certainty: Certainty) -> Option<Authority> {
    let text = refang(text);
    let (user, host_port) = match text.rsplit_once('@') {
        Some(_) if certainty == Certainty::Guessed => return None,
        Some((user, host_port)) => (Some(user), host_port),
        None => (None, &*text),
    };
    let (username, password) = match user {
        None => (None, None),
        Some(user) => match user.split_once(':') {
            Some((name, password)) => (Some(name.to_owned()), Some(password.to_owned())),
            None => (Some(user.to_owned()), None),
        },
    };
    let (host, port) = split_port(host_port)?;
    if host.is_empty() {
        return (port.is_none() && certainty == Certainty::Announced).then_some(Authority { username, password, ..Authority::default() });
    }
    let (host, is_ip) = match certainty {
        Certainty::Announced => announced_host(host)?,
        Certainty::Guessed => guessed_host(host)?,
    };
    Some(Authority { username, password, host: Some(host), is_ip, port })
}

/// The host and the port. A colon belongs to an IPv6 address where the whole is one, brackets forgotten.
fn split_port(text: &str) -> Option<(&str, Option<u16>)> {
    let cut = match text.strip_prefix('[') {
        Some(_) => text.find(']').map(|at| at + 1)?,
        None if text.bytes().filter(|b| *b == b':').count() > 1 => text.len(),
        None => text.find(':').unwrap_or(text.len()),
    };
    let (host, rest) = text.split_at_checked(cut)?;
    let port = match rest.strip_prefix(':') {
        None if rest.is_empty() => None,
        Some("") => None,
        Some(digits) if digits.bytes().all(|b| b.is_ascii_digit()) => Some(digits.parse().ok()?),
        _ => return None,
    };
    Some((host, port))
}

/// WHATWG host parsing: percent-decoding, IDNA, and IPv4 in any notation that a browser takes (`0x7f.1`, `2130706433`).
fn announced_host(text: &str) -> Option<(String, bool)> {
    if text.contains(':') {
        return Some((parse_address(text)?.to_string(), true));
    }
    let decoded = percent_decode_str(text).decode_utf8().ok()?;
    let ascii = strict_ascii(&decoded)?;
    // what is left for the url crate is the notations of IPv4
    match Host::parse(&ascii).ok()? {
        Host::Domain(mut name) => {
            if name.ends_with('.') {
                name.pop();
            }
            Some((name, false))
        }
        Host::Ipv4(address) => Some((address.to_string(), true)),
        Host::Ipv6(address) => Some((address.to_canonical().to_string(), true)),
    }
}

fn guessed_host(text: &str) -> Option<(String, bool)> {
    if text.contains(':') {
        return Some((parse_address(text)?.to_string(), true));
    }
    if let Ok(address) = text.parse::<Ipv4Addr>() {
        return Some((address.to_string(), true));
    }
    let name = strict_ascii(text)?;
    let name = name.strip_suffix('.').unwrap_or(&name);
    (name == "localhost" || split(name).is_some()).then(|| (name.to_owned(), false))
}

/// [`to_ascii`] without its tolerance for blanks around a name.
fn strict_ascii(text: &str) -> Option<Cow<'_, str>> {
    if text.trim_ascii().len() == text.len() { to_ascii(text) } else { None }
}

/// Marks that analysts put round a separator, and the separator.
const MARKS: &[(&str, &str)] = &[(".", "."), ("dot", "."), ("d0t", "."), (",", "."), (":", ":"), ("@", "@"), ("at", "@")];

/// Takes the brackets from `[.]`, `(dot)`, `{.}`, `[:]`, `[at]` and the like; all else stays, an IPv6 address in brackets too.
fn refang(text: &str) -> Cow<'_, str> {
    if !text.contains(['[', '(', '{']) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(['[', '(', '{']) {
        let (before, marked) = rest.split_at(at);
        out.push_str(before);
        match mark(marked) {
            Some((separator, after)) => {
                out.push_str(separator);
                rest = after;
            }
            None => {
                let (bracket, after) = marked.split_at(1);
                out.push_str(bracket);
                rest = after;
            }
        }
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// The separator that `text` starts with in brackets, and what follows.
fn mark(text: &str) -> Option<(&'static str, &str)> {
    let close = match text.bytes().next()? {
        b'[' => ']',
        b'(' => ')',
        _ => '}',
    };
    MARKS.iter().find_map(|(word, separator)| {
        let inner = text.get(1..=word.len())?;
        let after = text.get(word.len() + 1..)?.strip_prefix(close)?;
        inner.eq_ignore_ascii_case(word).then_some((*separator, after))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn refangs_marks_only() {
        for (text, expected) in [
            ("evil[.]test", "evil.test"),
            ("evil(.)test{.}x[dot]y[DOT]z(dot)", "evil.test.x.y.z."),
            ("user[@]evil[.]test[:]80", "user@evil.test:80"),
            ("user[at]evil[.]test", "user@evil.test"),
            ("[2001:db8::1]", "[2001:db8::1]"),
            ("[::1]:80", "[::1]:80"),
            ("a[.", "a[."),
            ("a[b]c", "a[b]c"),
            ("[ü]", "[ü]"),
            ("[", "["),
        ] {
            assert_eq!(refang(text), expected, "{text}");
        }
    }

    proptest! {
        #[test]
        fn never_panics(text in "\\PC*|[a-z.:@\\[\\](){}%]{0,30}") {
            parse_authority(&text, Certainty::Announced);
            parse_authority(&text, Certainty::Guessed);
        }
    }
}
