//! Beginnings and ends of sessions, paired.

use super::{NO_TIME, NONE};
use crate::group::GroupResult;
use crate::interrupt::Interrupt;
use hashbrown::HashMap;

/// Events between two looks at the interrupt.
const STEP: usize = 1 << 16;

/// What an event does with a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in super::super) enum Act {
    /// Tells where the session that is about to begin comes from.
    Announce,
    Begin,
    End,
}

/// An event. Texts are numbers of a pool.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in super::super) struct Event {
    pub(in super::super) time: i64,
    pub(in super::super) act: Act,
    pub(in super::super) host: u32,
    pub(in super::super) service: u32,
    /// What the log knows the session by: a logon id, a process id.
    pub(in super::super) id: u32,
    pub(in super::super) user: u32,
    /// The user again, where the end of a session names it as well.
    pub(in super::super) owner: u32,
    pub(in super::super) by: u32,
    pub(in super::super) domain: u32,
    pub(in super::super) logon_type: u32,
    pub(in super::super) source: u32,
}

impl Event {
    /// An event that says nothing yet.
    pub(in super::super) fn new(time: i64, act: Act) -> Self {
        let (host, service, id, user, owner, by) = (NONE, NONE, NONE, NONE, NONE, NONE);
        Self { time, act, host, service, id, user, owner, by, domain: NONE, logon_type: NONE, source: NONE }
    }
}

/// A session.
#[derive(Debug, Clone, Copy)]
pub(in super::super) struct Session {
    /// The event that began it; the one that ended it, where that is all there is.
    pub(in super::super) of: Event,
    pub(in super::super) start: Option<i64>,
    pub(in super::super) end: Option<i64>,
    pub(in super::super) ended: bool,
    pub(in super::super) events: i64,
}

impl Session {
    pub(in super::super) fn status(&self) -> &'static str {
        match (self.of.act, self.ended) {
            (Act::End, _) => "no_start",
            (_, true) => "ok",
            (_, false) => "open",
        }
    }
}

type Key = (u32, u32, u32, u32);

/// The sessions, in order of their beginnings. Where the log `repeats` itself, or has ids that are never used twice, beginning or ending again is no new session.
/// `compare` puts events of one time in order, whatever the numbers of their texts.
pub(in super::super) fn pair(
    mut events: Vec<Event>,
    repeats: bool,
    compare: impl Fn(&Event, &Event) -> std::cmp::Ordering,
    interrupt: &Interrupt,
) -> GroupResult<Vec<Session>> {
    interrupt.check()?;
    // At one time, sessions begin before they end: clocks are coarse.
    events.sort_by(|a, b| (a.time, a.act).cmp(&(b.time, b.act)).then_with(|| compare(a, b)));
    let mut sessions: Vec<Session> = Vec::new();
    // Those that go on, the last begun on top, and the last that ended.
    let mut open: HashMap<Key, Vec<usize>> = HashMap::new();
    let mut ended: HashMap<Key, usize> = HashMap::new();
    let mut announced: HashMap<(u32, u32, u32), Event> = HashMap::new();
    let known = |time: i64| (time != NO_TIME).then_some(time);
    for (number, event) in events.into_iter().enumerate() {
        if number % STEP == 0 {
            interrupt.check()?;
        }
        let key = (event.host, event.service, event.id, event.owner);
        match event.act {
            Act::Announce => {
                announced.insert((event.host, event.service, event.id), event);
            }
            Act::Begin => {
                let going = open.entry(key).or_default();
                let again = going.last().copied().filter(|_| repeats && event.id != NONE);
                if let Some(session) = again.and_then(|again| sessions.get_mut(again)).filter(|session| session.of.user == event.user) {
                    session.events += 1;
                    let of = &mut session.of;
                    for (slot, new) in
                        [(&mut of.source, event.source), (&mut of.logon_type, event.logon_type), (&mut of.domain, event.domain)]
                    {
                        *slot = if *slot == NONE { new } else { *slot };
                    }
                    continue;
                }
                let mut of = event;
                let mut count = 1;
                if event.id != NONE
                    && let Some(before) = announced.remove(&(event.host, event.service, event.id))
                {
                    (of.source, of.logon_type) = (before.source, before.logon_type);
                    count += 1;
                }
                going.push(sessions.len());
                sessions.push(Session { of, start: known(event.time), end: None, ended: false, events: count });
            }
            Act::End => {
                if let Some(session) = open.get_mut(&key).and_then(Vec::pop) {
                    ended.insert(key, session);
                    if let Some(session) = sessions.get_mut(session) {
                        (session.end, session.ended) = (known(event.time), true);
                        session.of.source = if session.of.source == NONE { event.source } else { session.of.source };
                        session.events += 1;
                    }
                } else if let Some(session) = ended.get(&key).filter(|_| repeats).and_then(|session| sessions.get_mut(*session)) {
                    session.events += 1;
                } else {
                    if repeats {
                        ended.insert(key, sessions.len());
                    }
                    sessions.push(Session { of: event, start: None, end: known(event.time), ended: true, events: 1 });
                }
            }
        }
    }
    Ok(sessions)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(events: &[(i64, Act, u32, u32)], repeats: bool) -> Vec<(Option<i64>, Option<i64>, u32, &'static str)> {
        let event = |(time, act, id, user): &(i64, Act, u32, u32)| Event {
            id: *id,
            user: *user,
            owner: if repeats { NONE } else { *user },
            ..Event::new(*time, *act)
        };
        let sessions = pair(events.iter().map(event).collect(), repeats, Ord::cmp, &Interrupt::default()).unwrap();
        sessions.iter().map(|session| (session.start, session.end, session.of.user, session.status())).collect()
    }

    #[test]
    fn sessions_overlap_and_nest() {
        let (alice, bob) = (1, 2);
        // Alice from 0 to 500, Bob from 10 to 20 meanwhile.
        let events = [(500, Act::End, 7, alice), (10, Act::Begin, 8, bob), (0, Act::Begin, 7, alice), (20, Act::End, 8, bob)];
        assert_eq!(said(&events, false), [(Some(0), Some(500), alice, "ok"), (Some(10), Some(20), bob, "ok")]);
        // Without an id the last begun ends first.
        let events = [(0, Act::Begin, NONE, alice), (5, Act::Begin, NONE, alice), (6, Act::End, NONE, alice), (9, Act::End, NONE, bob)];
        assert_eq!(
            said(&events, false),
            [(Some(0), None, alice, "open"), (Some(5), Some(6), alice, "ok"), (None, Some(9), bob, "no_start")]
        );
        assert_eq!(said(&[(3, Act::End, 1, alice), (3, Act::Begin, 1, alice)], false), [(Some(3), Some(3), alice, "ok")]);
        assert_eq!(said(&[(NO_TIME, Act::Begin, 1, alice)], false), [(None, None, alice, "open")]);
    }

    #[test]
    fn ids_that_are_used_once() {
        let events = [
            (0, Act::Begin, 7, 1),
            (1, Act::Begin, 7, 1),
            (2, Act::End, 7, 1),
            (3, Act::End, 7, 1),
            (4, Act::End, 8, 1),
            (5, Act::End, 8, 1),
        ];
        assert_eq!(said(&events, true), [(Some(0), Some(2), 1, "ok"), (None, Some(4), 1, "no_start")]);
    }
}
