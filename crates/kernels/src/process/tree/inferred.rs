//! Parents that were never logged: one for all children that mean the same.

use super::events::{NO_TIME, NONE, Start};
use hashbrown::HashMap;

/// A process that only its children speak of.
#[derive(Debug, Clone, Copy)]
pub(in super::super) struct Inferred {
    pub(in super::super) host: u32,
    pub(in super::super) pid: u64,
    pub(in super::super) name: u32,
    pub(in super::super) guid: u32,
    /// When it started, where its children say so.
    pub(in super::super) time: i64,
    /// The first child's time: it was there by then.
    pub(in super::super) seen: i64,
    /// The row of that child, and whether its parent (1) or grandparent (2) is meant.
    pub(in super::super) from: u32,
    pub(in super::super) generation: u8,
}

/// What tells inferred processes apart: host, id, name, GUID, and the time of its start or the number of starts with that id before.
type Key = (u32, u64, u32, u32, i64);

/// All of them.
#[derive(Debug, Default)]
pub(super) struct Cast {
    pub(super) all: Vec<Inferred>,
    numbers: HashMap<Key, u32>,
}

impl Cast {
    /// The process that is meant, made up if it is new.
    pub(super) fn find(&mut self, meant: Inferred, epoch: i64) -> u32 {
        let epoch = if meant.time == NO_TIME { epoch } else { meant.time };
        // A GUID says it all.
        let key = if meant.guid == NONE { (meant.host, meant.pid, meant.name, NONE, epoch) } else { (NONE, 0, NONE, meant.guid, 0) };
        let next = u32::try_from(self.all.len()).unwrap_or(NONE);
        let number = *self.numbers.entry(key).or_insert(next);
        match self.all.get_mut(number as usize) {
            None => self.all.push(meant),
            // The earliest child speaks, whatever the order of the rows.
            Some(known) if (meant.seen, meant.from) < (known.seen, known.from) => *known = meant,
            Some(_) => {}
        }
        number
    }
}

impl Inferred {
    /// The parent of `child`, as the child has it.
    pub(super) fn parent_of(child: &Start) -> Self {
        Self {
            host: child.host,
            pid: child.parent_pid,
            name: child.parent_name,
            guid: child.parent_guid,
            time: child.parent_time,
            seen: child.time,
            from: child.row,
            generation: 1,
        }
    }
}
