//! Sessions in the Linux audit log.

use super::{Act, Event, HOST, NONE, PID, PROGRAM, RESULT, Reader, SESSION, SOURCE, TYPES, USER, given};

/// The event in `row`, one of what `auditd_events` gives.
pub(in super::super) fn read_audit(reader: &mut Reader<'_>, row: usize) -> Option<Event> {
    let rows = reader.rows;
    let lists = rows.text_lists(TYPES)?;
    let types = lists.get(row)?;
    let is = |name: &str| types.iter().any(|id| lists.text(*id).is_some_and(|text| text == name));
    let act = if is("USER_START") {
        Act::Begin
    } else if is("USER_END") {
        Act::End
    } else {
        return None;
    };
    if given(rows.texts(RESULT), row).is_some_and(|result| result.starts_with("fail") || result == "no") {
        return None;
    }
    let mut event = Event::new(reader.time(row), act);
    event.host = reader.folded(HOST, row);
    event.user = given(rows.texts(USER), row).map_or(NONE, |user| reader.intern(user));
    event.owner = event.user;
    event.source = given(rows.texts(SOURCE), row).filter(|source| *source != "?").map_or(NONE, |source| reader.intern(source));
    let program = given(rows.texts(PROGRAM), row).map(|path| path.rsplit('/').next().unwrap_or(path));
    event.service = program.map_or(NONE, |program| reader.intern(program));
    let (session, pid) = (reader.number(SESSION, row), reader.number(PID, row));
    if session != NONE || pid != NONE {
        let text = |id: u32| reader.pool.get(id).unwrap_or("?");
        let both = format!("{}:{}", text(session), text(pid));
        event.id = reader.intern(&both);
    }
    Some(event)
}
