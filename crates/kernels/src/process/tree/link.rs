//! Who is whose parent.
//!
//! Starts and children are sorted by host and process id, and merged: nothing is looked up at random, which is what costs with ten million rows.

use super::Status;
use super::events::{End, Events, NO_PID, NO_TIME, NONE, Start};
use super::inferred::{Cast, Inferred};
use super::order::{Entry, by_time, sort};
use crate::group::GroupResult;
use crate::interrupt::Interrupt;
use crate::rows::Rows;
use hashbrown::HashMap;

/// How far a logged start may lie from the one that a child names.
const SAME_START: u64 = 1_000_000;
/// Children between two looks at the interrupt.
const STEP: usize = 1 << 12;

/// The links of a forest. Nodes are the starts, then the inferred processes.
#[derive(Debug, Default)]
pub(in super::super) struct Links {
    /// The parent of each node; [`NONE`] for a root.
    pub(in super::super) parents: Vec<u32>,
    /// Of the starts.
    pub(in super::super) statuses: Vec<Status>,
    pub(in super::super) inferred: Vec<Inferred>,
    /// Numbers the starts that would have the same key: 0 for the first.
    pub(in super::super) copies: Vec<u32>,
}

/// Finds the parent of each start, and sets the ends of the starts. `skew` is how much later than its child a parent may have been logged.
pub(in super::super) fn link(events: &mut Events, rows: &Rows, skew: i64, interrupt: &Interrupt) -> GroupResult<Links> {
    let count = u32::try_from(events.starts.len()).unwrap_or(NONE);
    let in_time = by_time(&events.starts, interrupt)?;
    let order = sorted(&events.starts, &in_time, |start| start.pid, interrupt)?;
    set_ends(&mut events.starts, &order, std::mem::take(&mut events.ends));
    let mut linker = Linker {
        starts: &events.starts,
        order: &order,
        skew,
        cast: Cast::default(),
        parents: vec![NONE; events.starts.len()],
        statuses: vec![Status::Ok; events.starts.len()],
    };
    linker.duplicates();
    linker.by_guid();
    let children = sorted(&events.starts, &in_time, |start| start.parent_pid, interrupt)?;
    drop(in_time);
    linker.by_pid(&children, interrupt)?;
    drop(children);
    let above = linker.grandparents(&|row| events.grandparent(rows, row));
    let Linker { cast, mut parents, statuses, .. } = linker;
    let copies = copies(&events.starts, &order, interrupt)?;
    // Inferred processes were numbered from 0.
    parents.iter_mut().for_each(|parent| *parent = resolve(*parent, count));
    parents.extend(above.into_iter().map(|parent| resolve(parent, count)));
    parents.resize(events.starts.len() + cast.all.len(), NONE);
    Ok(Links { parents, statuses, inferred: cast.all, copies })
}

/// Marks the number of an inferred process while starts and inferred ones are not yet numbered together.
const INFERRED: u32 = 1 << 31;

fn resolve(parent: u32, starts: u32) -> u32 {
    if parent == NONE || parent & INFERRED == 0 { parent } else { starts.saturating_add(parent & !INFERRED) }
}

/// The starts by host, a process id and time, which `in_time` has them in.
fn sorted(starts: &[Start], in_time: &[u32], id: impl Fn(&Start) -> u64, interrupt: &Interrupt) -> GroupResult<Vec<Entry>> {
    let entry = |index: &u32| starts.get(*index as usize).map(|start| Entry { key: id(start), group: start.host, index: *index });
    Ok(sort(in_time.iter().filter_map(entry).collect(), interrupt)?)
}

/// Numbers the starts that have the same GUID or, having none, the same host, process id and time; `order` is that of host, id, time and row.
fn copies(starts: &[Start], order: &[Entry], interrupt: &Interrupt) -> GroupResult<Vec<u32>> {
    let mut copies = vec![0; starts.len()];
    let mut number = |same: bool, before: u32, index: u32| {
        let next = copies.get(before as usize).filter(|_| same).map_or(0, |copy: &u32| copy + 1);
        if let Some(copy) = copies.get_mut(index as usize) {
            *copy = next;
        }
    };
    let start = |entry: &Entry| starts.get(entry.index as usize);
    let mut before: Option<Entry> = None;
    for entry in order {
        let other = before.filter(|before| before.place() == entry.place());
        let guid = start(entry).map_or(NONE, |start| start.guid);
        if guid != NONE {
            continue;
        }
        if let Some(other) = other {
            let same = start(&other).zip(start(entry)).is_some_and(|(a, b)| a.time == b.time);
            number(same, other.index, entry.index);
        }
        before = Some(*entry);
    }
    let with_guid = (0..).zip(starts).filter(|(_, start)| start.guid != NONE);
    let with_guid = sort(with_guid.map(|(index, start)| Entry { key: u64::from(start.guid), group: 0, index }).collect(), interrupt)?;
    for pair in with_guid.windows(2) {
        if let [before, entry] = pair {
            number(before.key == entry.key, before.index, entry.index);
        }
    }
    Ok(copies)
}

/// Gives each start the first end of its process id before the next start.
fn set_ends(starts: &mut [Start], order: &[Entry], mut ends: Vec<End>) {
    if ends.is_empty() {
        return;
    }
    ends.sort_unstable_by_key(|end| (end.host, end.pid, end.time));
    let mut ends = ends.into_iter().filter(|end| end.pid != NO_PID && end.time != NO_TIME).peekable();
    for (at, Entry { index, .. }) in order.iter().enumerate() {
        let Some(Start { host, pid, time, .. }) = starts.get(*index as usize).copied() else { continue };
        while ends.next_if(|end| (end.host, end.pid, end.time) < (host, pid, time)).is_some() {}
        let next = order.get(at + 1).and_then(|next| starts.get(next.index as usize)).filter(|next| (next.host, next.pid) == (host, pid));
        let ended = ends.peek().filter(|end| (end.host, end.pid) == (host, pid) && next.is_none_or(|next| end.time <= next.time));
        if let Some(end) = ended.map(|end| end.time)
            && let Some(start) = starts.get_mut(*index as usize).filter(|start| start.end == NO_TIME)
        {
            start.end = end;
        }
    }
}

struct Linker<'e> {
    starts: &'e [Start],
    /// The starts by host, process id and time.
    order: &'e [Entry],
    skew: i64,
    cast: Cast,
    parents: Vec<u32>,
    statuses: Vec<Status>,
}

impl Linker<'_> {
    fn start(&self, index: u32) -> Option<&Start> {
        self.starts.get(index as usize)
    }

    fn set(&mut self, child: u32, parent: u32, status: Status) {
        if let Some(slot) = self.parents.get_mut(child as usize) {
            *slot = parent;
        }
        if let Some(slot) = self.statuses.get_mut(child as usize).filter(|slot| **slot == Status::Ok) {
            *slot = status;
        }
    }

    fn duplicates(&mut self) {
        for pair in self.order.windows(2) {
            let [first, second] = pair else { continue };
            if first.place() != second.place() {
                continue;
            }
            let same = self.start(first.index).zip(self.start(second.index)).is_some_and(|(a, b)| {
                a.pid != NO_PID
                    && a.time != NO_TIME
                    && (a.host, a.pid, a.time, a.name, a.parent_pid, a.guid) == (b.host, b.pid, b.time, b.name, b.parent_pid, b.guid)
            });
            if same && let Some(status) = self.statuses.get_mut(second.index as usize) {
                *status = Status::Duplicate;
            }
        }
    }

    /// Links those that name their parent's GUID.
    fn by_guid(&mut self) {
        let mut of_guid: HashMap<u32, u32> = HashMap::new();
        if self.starts.iter().all(|start| start.guid == NONE && start.parent_guid == NONE) {
            return;
        }
        for Entry { index, .. } in self.order {
            if let Some(start) = self.start(*index).filter(|start| start.guid != NONE) {
                let first = of_guid.entry(start.guid).or_insert(*index);
                if self.start(*first).is_some_and(|known| (start.time, start.row) < (known.time, known.row)) {
                    *first = *index;
                }
            }
        }
        for (child, start) in (0..).zip(self.starts) {
            if start.parent_guid == NONE || start.parent_guid == start.guid {
                continue;
            }
            match of_guid.get(&start.parent_guid) {
                Some(parent) => {
                    let late = self.start(*parent).is_some_and(|parent| parent.time > start.time);
                    self.set(child, *parent, if late { Status::LateParent } else { Status::Ok });
                }
                None => {
                    let parent = self.cast.find(Inferred::parent_of(start), 0);
                    self.set(child, INFERRED | parent, Status::Ok);
                }
            }
        }
    }

    /// Links the others: `children` are sorted by host, parent's process id and time.
    fn by_pid(&mut self, children: &[Entry], interrupt: &Interrupt) -> GroupResult<()> {
        let mut order = self.order;
        // Those that have the id that was wanted last.
        let (mut of, mut instances): (_, &[Entry]) = (None, &[]);
        for (number, Entry { index: child, .. }) in children.iter().enumerate() {
            if number % STEP == 0 {
                interrupt.check()?;
            }
            let Some(start) = self.start(*child).copied() else { continue };
            if start.parent_guid != NONE && start.parent_guid != start.guid {
                continue;
            }
            if start.pid == NO_PID && start.guid == NONE {
                self.set(*child, NONE, Status::NoProcessId);
            }
            if start.parent_pid == NO_PID || start.parent_pid == start.pid {
                self.set(*child, NONE, Status::NoParent);
                continue;
            }
            let wanted = (start.host, start.parent_pid);
            if of != Some(wanted) {
                // Both lists are sorted: what lies before is never wanted again.
                let before = order.iter().take_while(|entry| entry.place() < wanted).count();
                order = order.get(before..).unwrap_or(&[]);
                instances = order.get(..order.iter().take_while(|entry| entry.place() == wanted).count()).unwrap_or(&[]);
                of = Some(wanted);
            }
            let (parent, status) = self.choose(*child, &start, instances);
            self.set(*child, parent, status);
        }
        Ok(())
    }

    /// The parent of `child` among the processes that ever had its parent's id, in order of time.
    fn choose(&mut self, child: u32, start: &Start, instances: &[Entry]) -> (u32, Status) {
        let time = |entry: &Entry| self.starts.get(entry.index as usize).map_or(NO_TIME, |start| start.time);
        let parent = |entry: &Entry| self.starts.get(entry.index as usize).filter(|_| entry.index != child);
        let named = |parent: &Start| start.parent_name != NONE && parent.name != NONE;
        let fits = |parent: &Start| {
            let alive = parent.end == NO_TIME || parent.end >= start.time.saturating_sub(self.skew);
            alive && (!named(parent) || parent.name == start.parent_name)
        };
        if start.time == NO_TIME {
            let only = if let [only] = instances { parent(only).filter(|parent| fits(parent)).map(|_| only.index) } else { None };
            return (only.unwrap_or_else(|| self.infer(start, instances.len())), Status::NoTime);
        }
        if start.parent_time != NO_TIME {
            let near = |entry: &&Entry| time(entry).abs_diff(start.parent_time) <= SAME_START && parent(entry).is_some();
            let nearest = instances.iter().filter(near).min_by_key(|entry| time(entry).abs_diff(start.parent_time));
            return (nearest.map(|entry| entry.index).unwrap_or_else(|| self.infer(start, 0)), Status::Ok);
        }
        let tick = instances.partition_point(|entry| time(entry) < start.time);
        let after = instances.partition_point(|entry| time(entry) <= start.time);
        let before = tick.checked_sub(1).and_then(|last| instances.get(last)).copied();
        let fitting = |entry: &Entry| parent(entry).is_some_and(fits);
        // Within one tick of the clock the order is not known. In logs by the minute most processes live for less: one of the same tick goes before
        // an older one of that id, the nearest in the log first.
        let same_tick = instances.get(tick..after).unwrap_or(&[]);
        let distance = |entry: &&Entry| self.starts.get(entry.index as usize).map_or(u32::MAX, |parent| parent.row.abs_diff(start.row));
        let in_tick = same_tick.iter().filter(|entry| fitting(entry)).min_by_key(distance).copied();
        let found = in_tick.or_else(|| before.filter(fitting));
        if let Some(found) = found {
            let other_session =
                parent(&found).is_some_and(|parent| parent.session != start.asked_by && parent.session != NONE && start.asked_by != NONE);
            return (found.index, if other_session { Status::LogonMismatch } else { Status::Ok });
        }
        let nobody_before = before.is_none();
        let late =
            instances.get(after..).unwrap_or(&[]).iter().take_while(|entry| time(entry) <= start.time.saturating_add(self.skew)).find(
                |entry| parent(entry).is_some_and(|parent| if named(parent) { parent.name == start.parent_name } else { nobody_before }),
            );
        match late {
            Some(late) => (late.index, Status::LateParent),
            None => (self.infer(start, after), Status::Ok),
        }
    }

    /// A parent that was not logged; `epoch` tells apart what had its id before and after another start.
    fn infer(&mut self, start: &Start, epoch: usize) -> u32 {
        INFERRED | self.cast.find(Inferred::parent_of(start), i64::try_from(epoch).unwrap_or(i64::MAX))
    }

    /// The parents of inferred processes, where rows name their grandparents.
    fn grandparents(&mut self, grandparent: &dyn Fn(u32) -> Option<(u64, u32, i64)>) -> Vec<u32> {
        let children = self.cast.all.clone();
        let mut parents = Vec::with_capacity(children.len());
        for child in children {
            let Some((pid, name, time)) = grandparent(child.from).filter(|(pid, ..)| *pid != NO_PID && *pid != child.pid) else {
                parents.push(NONE);
                continue;
            };
            let first = self.order.partition_point(|entry| entry.place() < (child.host, pid));
            let last = self.order.partition_point(|entry| entry.place() <= (child.host, pid));
            let instances = self.order.get(first..last).unwrap_or(&[]);
            let distance = |entry: &&Entry| self.start(entry.index).map_or(u64::MAX, |start| start.time.abs_diff(time));
            let logged = instances.iter().min_by_key(distance).filter(|entry| time != NO_TIME && distance(entry) <= SAME_START);
            parents.push(logged.map(|entry| entry.index).unwrap_or_else(|| {
                let meant = Inferred { pid, name, time, guid: NONE, generation: 2, ..child };
                INFERRED | self.cast.find(meant, 0)
            }));
        }
        parents
    }
}
