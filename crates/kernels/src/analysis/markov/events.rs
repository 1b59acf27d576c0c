//! Sessions out of a log with one row per event.

use crate::interrupt::{Interrupt, Interrupted};
use crate::rows::Rows;
use std::cmp::Ordering;
use std::ops::Range;

/// What a session is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Purpose {
    /// The model is trained on it, and it is scored.
    Both,
    /// It is scored by what the others taught.
    Score,
    /// The model is trained on it.
    Train,
}

impl Purpose {
    /// By the boolean that says whether to train.
    pub(crate) fn of(train: Option<bool>) -> Self {
        match train {
            None => Self::Both,
            Some(false) => Self::Score,
            Some(true) => Self::Train,
        }
    }

    pub(crate) fn trains(self) -> bool {
        self != Self::Score
    }

    pub(crate) fn is_scored(self) -> bool {
        self != Self::Train
    }
}

/// An event of a session.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Event {
    pub(crate) time: i64,
    pub(crate) command: u32,
    /// Number of the parameters' text.
    pub(crate) params: Option<u32>,
}

/// A session: where its events are.
#[derive(Debug, Clone)]
pub(crate) struct SessionEvents {
    /// Number of the session's key.
    pub(crate) key: u32,
    pub(crate) purpose: Purpose,
    /// In [`EventLog::events`].
    pub(crate) range: Range<usize>,
    /// Whether rows of it were left out, having no time or no event.
    pub(crate) incomplete: bool,
}

/// A log by session, each in order of time, events of the same instant in order of their text.
#[derive(Debug, Default)]
pub(crate) struct EventLog {
    pub(crate) events: Vec<Event>,
    pub(crate) sessions: Vec<SessionEvents>,
    /// How many rows have no session.
    pub(crate) homeless: usize,
}

/// Arguments of the rows.
const SESSION: usize = 0;
const TIME: usize = 1;
const COMMAND: usize = 2;
pub(crate) const PARAMS: usize = 3;
const TRAIN: usize = 4;

/// Rows between two looks at the interrupt.
const CHECK_ROWS: usize = 1 << 16;

/// The purposes of a key's sessions.
const PURPOSES: [Purpose; 3] = [Purpose::Both, Purpose::Score, Purpose::Train];

impl EventLog {
    /// Reads rows of session, time, event, parameters and `train`. Rows of a session that differ in `train` are different sessions.
    pub(crate) fn read(rows: &Rows, interrupt: &Interrupt) -> Result<Self, Interrupted> {
        let (keys, commands, params) = (rows.texts(SESSION), rows.texts(COMMAND), rows.texts(PARAMS));
        let slots = keys.distinct() * PURPOSES.len();
        let slot = |row: usize| Some(keys.id(row)? as usize * PURPOSES.len() + Purpose::of(rows.bool(TRAIN, row)) as usize);
        let event = |row: usize| Some(Event { time: rows.int(TIME, row)?, command: commands.id(row)?, params: params.id(row) });

        let (mut sizes, mut incomplete, mut homeless) = (vec![0usize; slots], vec![false; slots], 0);
        let mut found: Vec<(usize, Event)> = Vec::with_capacity(rows.len());
        for row in 0..rows.len() {
            if row % CHECK_ROWS == 0 {
                interrupt.check()?;
            }
            let Some(slot) = slot(row) else {
                homeless += 1;
                continue;
            };
            match (event(row), sizes.get_mut(slot), incomplete.get_mut(slot)) {
                (Some(event), Some(size), _) => {
                    *size += 1;
                    found.push((slot, event));
                }
                (None, _, Some(incomplete)) => *incomplete = true,
                _ => {}
            }
        }
        interrupt.check()?;
        // A counting sort by session keeps the order of the rows, which mostly is that of time.
        let mut ends: Vec<usize> = sizes.iter().scan(0, |end, size| Some(std::mem::replace(end, *end + size))).collect();
        let mut events = vec![Event { time: 0, command: 0, params: None }; found.len()];
        for (slot, event) in found {
            if let Some(end) = ends.get_mut(slot)
                && let Some(place) = events.get_mut(*end)
            {
                *place = event;
                *end += 1;
            }
        }
        interrupt.check()?;
        let text_order = |a: &Event, b: &Event| -> Ordering {
            let texts = |event: &Event| (commands.text(event.command), event.params.map(|id| params.text(id)));
            a.time.cmp(&b.time).then_with(|| texts(a).cmp(&texts(b)))
        };
        let mut sessions = Vec::new();
        for (slot, ((end, size), incomplete)) in ends.into_iter().zip(sizes).zip(incomplete).enumerate() {
            if size == 0 && !incomplete {
                continue;
            }
            if slot % 1024 == 0 {
                interrupt.check()?;
            }
            let range = end - size..end;
            let members = events.get_mut(range.clone()).unwrap_or_default();
            if !members.is_sorted_by(|a, b| a.time < b.time) {
                members.sort_unstable_by(text_order);
            }
            let purpose = PURPOSES.get(slot % PURPOSES.len()).copied().unwrap_or(Purpose::Both);
            sessions.push(SessionEvents { key: (slot / PURPOSES.len()) as u32, purpose, range, incomplete });
        }
        Ok(Self { events, sessions, homeless })
    }

    /// The events of a session.
    #[inline]
    pub(crate) fn of(&self, session: &SessionEvents) -> &[Event] {
        self.events.get(session.range.clone()).unwrap_or(&[])
    }
}
