//! RFC 3164 as it is found in the field, and the same with a date of ISO 8601.

use super::{Clock, Syslog, SyslogFormat, after, tag, word};
use crate::logs::moment::{Moment, digits, iso_time, month, time_of_day};

/// What follows the priority. Without one, only a time makes a line syslog.
pub(super) fn parse<'a>(line: &'a str, has_priority: bool, clock: &Clock) -> Option<Syslog<'a>> {
    if let Some((time, rest)) = iso_time(line.as_bytes(), clock.offset).and_then(whole) {
        let body = body(after(line, rest));
        // Programs' own logs begin so too: the tag tells them apart.
        return (has_priority || body.app.is_some()).then_some(Syslog { time: Some(time), format: SyslogFormat::Iso, ..body });
    }
    if let Some((time, rest)) = bsd_time(line.as_bytes(), clock).and_then(whole) {
        return Some(Syslog { time, format: SyslogFormat::Rfc3164, ..body(after(line, rest)) });
    }
    // RFC 3164, 4.3.3: a relay takes whatever follows a priority for a message.
    has_priority.then(|| Syslog { format: SyslogFormat::Rfc3164, ..tagged(line.trim_start_matches(' ')) })
}

/// A time with a blank or nothing after it; anything else is a word that only begins like a time.
fn whole<T>((time, rest): (T, &[u8])) -> Option<(T, &[u8])> {
    Some((time, rest.strip_prefix(b" ").or(rest.is_empty().then_some(rest))?))
}

/// Takes `Oct  1 22:14:15`, or `Oct 01 2024 22:14:15` as Cisco writes it, off the front.
fn bsd_time<'a>(bytes: &'a [u8], clock: &Clock) -> Option<(Option<i64>, &'a [u8])> {
    let (name, rest) = bytes.split_at_checked(3)?;
    let month = month(name)?;
    let rest = rest.strip_prefix(b" ")?;
    let (day, rest) = match rest {
        [b' ', rest @ ..] => digits(rest, 1)?,
        [_, b' ', ..] => digits(rest, 1)?,
        _ => digits(rest, 2)?,
    };
    let day = u8::try_from(day).ok().filter(|day| (1..=31).contains(day))?;
    let rest = rest.strip_prefix(b" ")?;
    if let Some((year, rest)) = digits(rest, 4).and_then(|(year, rest)| Some((year, rest.strip_prefix(b" ")?))) {
        let (micros, rest) = time_of_day(rest)?;
        return Some((Moment { month, day, micros }.in_year(year, clock.offset), rest));
    }
    let (micros, rest) = time_of_day(rest)?;
    Some((clock.time(Moment { month, day, micros }), rest))
}

/// Host, tag and message. A line that its own host wrote often names no host.
fn body(text: &str) -> Syslog<'_> {
    let text = text.trim_start_matches(' ');
    let (first, rest) = word(text);
    if first.is_empty() || is_tag(first) {
        return tagged(text);
    }
    // Cisco ASA sets a colon of its own between host and message.
    let rest = rest.trim_start_matches(' ');
    Syslog { host: Some(first), ..tagged(rest.strip_prefix(": ").unwrap_or(rest)) }
}

/// `sshd:`, `sshd[1]`, `sshd[1]:`; an address of IPv6 is none.
fn is_tag(word: &str) -> bool {
    (word.ends_with(':') && !word.ends_with("::")) || (word.ends_with(']') && !word.starts_with('['))
}

fn tagged(text: &str) -> Syslog<'_> {
    let (tag, message) = tag::split(text);
    Syslog { app: tag.map(|tag| tag.app), pid: tag.and_then(|tag| tag.pid), message: Some(message), ..Syslog::default() }
}
