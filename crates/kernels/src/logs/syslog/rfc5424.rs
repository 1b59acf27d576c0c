//! RFC 5424, section 6.

use super::{Syslog, SyslogFormat, after, word};
use crate::logs::moment::iso_time;
use crate::prelude::*;

/// Longest name of an element. The RFC says 32; the name is written once for each parameter of the element.
const MAX_ID: usize = 128;

/// What follows the priority. `None` where it does not start with a version and a time.
pub(super) fn parse<'a>(line: &'a str, data: &mut TextMap) -> Option<Syslog<'a>> {
    let (version, rest) = word(line);
    if !matches!(version.as_bytes(), [b'1'..=b'9'] | [b'1'..=b'9', b'0'..=b'9'] | [b'1'..=b'9', b'0'..=b'9', b'0'..=b'9']) {
        return None;
    }
    let (time, rest) = match rest.strip_prefix("- ") {
        Some(rest) => (None, rest),
        None => {
            let (time, end) = iso_time(rest.as_bytes(), 0)?;
            (Some(time), after(rest, end.strip_prefix(b" ").or(end.is_empty().then_some(end))?))
        }
    };
    let (host, rest) = word(rest);
    let (app, rest) = word(rest);
    let (process, rest) = word(rest);
    let (message_id, rest) = word(rest);
    let rest = structured_data(rest, data);
    Some(Syslog {
        time,
        host: value(host),
        app: value(app),
        pid: process.parse().ok(),
        message: rest.map(|text| text.strip_prefix('\u{feff}').unwrap_or(text)),
        priority: None,
        version: version.parse().ok(),
        message_id: value(message_id),
        format: SyslogFormat::Rfc5424,
    })
}

/// `-` is no value.
fn value(text: &str) -> Option<&str> {
    (!text.is_empty() && text != "-").then_some(text)
}

/// Takes the structured data off and gives the message: NULL where there is none, and from the first element that is malformed where there is one.
fn structured_data<'a>(text: &'a str, data: &mut TextMap) -> Option<&'a str> {
    if let Some(rest) = text.strip_prefix('-') {
        return if rest.is_empty() { None } else { Some(rest.strip_prefix(' ').unwrap_or(text)) };
    }
    let mut rest = text;
    while let Some(inner) = rest.strip_prefix('[') {
        match element(inner, data) {
            Some(next) => rest = next,
            None => return Some(rest),
        }
    }
    (!rest.is_empty()).then(|| rest.strip_prefix(' ').unwrap_or(rest))
}

/// `id name="value" ...]`. An element without parameters is an entry of its own. `None` where it is malformed, or its name no name.
fn element<'a>(text: &'a str, data: &mut TextMap) -> Option<&'a str> {
    let end = text.find([' ', ']', '"', '='])?;
    let (id, mut rest) = text.split_at_checked(end).filter(|(id, _)| (1..=MAX_ID).contains(&id.len()))?;
    if rest.starts_with(']') {
        data.push(id, "");
    }
    loop {
        rest = rest.trim_start_matches(' ');
        if let Some(next) = rest.strip_prefix(']') {
            return Some(next);
        }
        let (name, quoted) = rest.split_once("=\"")?;
        (!name.is_empty() && !name.contains([' ', ']', '"', '='])).then_some(())?;
        let end = end_of_value(quoted)?;
        let (value, next) = quoted.split_at_checked(end)?;
        data.push_joined(id, name, |out| unescape(value, out));
        rest = next.strip_prefix('"')?;
    }
}

/// Where the first quotation mark is that no backslash escapes.
fn end_of_value(text: &str) -> Option<usize> {
    let mut from = 0;
    loop {
        let at = from + memchr::memchr2(b'"', b'\\', text.as_bytes().get(from..)?)?;
        if text.as_bytes().get(at) == Some(&b'"') {
            return Some(at);
        }
        from = at + 2;
    }
}

/// RFC 5424, 6.3.3: a backslash before any other character stands for itself.
fn unescape(value: &str, out: &mut String) {
    let mut rest = value;
    while let Some((plain, escaped)) = rest.split_once('\\') {
        out.push_str(plain);
        if !escaped.starts_with(['"', '\\', ']']) {
            out.push('\\');
        }
        let next = escaped.chars().next();
        out.extend(next);
        rest = escaped.get(next.map_or(0, char::len_utf8)..).unwrap_or("");
    }
    out.push_str(rest);
}
