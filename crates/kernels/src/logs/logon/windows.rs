//! Sessions in the Windows security log.

use super::{Act, DOMAIN, EVENT, Event, HOST, LOGON_TYPE, NONE, Reader, SESSION, SOURCE, USER, given};

/// The event in `row`: 4624 begins a session, 4634 and 4647 end it.
pub(in super::super) fn read_windows(reader: &mut Reader<'_>, row: usize) -> Option<Event> {
    let rows = reader.rows;
    let event = given(rows.texts(EVENT), row)?;
    let act = match event.strip_suffix(".0").unwrap_or(event) {
        "4624" => Act::Begin,
        "4634" | "4647" => Act::End,
        _ => return None,
    };
    let mut event = Event::new(reader.time(row), act);
    event.host = reader.folded(HOST, row);
    event.id = reader.number(SESSION, row);
    let mut text = |arg: usize| given(rows.texts(arg), row).map_or(NONE, |text| reader.intern(text));
    (event.user, event.domain, event.source) = (text(USER), text(DOMAIN), text(SOURCE));
    event.logon_type = given(rows.texts(LOGON_TYPE), row).map_or(NONE, |number| reader.intern(logon_type(number)));
    Some(event)
}

/// The name of a type of logon. Source: Microsoft, event 4624, field "Logon Type".
fn logon_type(number: &str) -> &str {
    match number.strip_suffix(".0").unwrap_or(number) {
        "0" => "system",
        "2" => "interactive",
        "3" => "network",
        "4" => "batch",
        "5" => "service",
        "7" => "unlock",
        "8" => "network_cleartext",
        "9" => "new_credentials",
        "10" => "remote_interactive",
        "11" => "cached_interactive",
        "12" => "cached_remote_interactive",
        "13" => "cached_unlock",
        other => other,
    }
}
