//! Who is whose parent.
//!
//! Starts and children are sorted by host and process id, and merged: nothing is looked up at random, which is what costs with ten million rows.

use super::Status;
use super::events::{End, Events, NO_PID, NO_TIME, NONE, Start};
use super::inferred::{Cast, Inferred};
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
}

/// Finds the parent of each start, and sets the ends of the starts. `skew` is how much later than its child a parent may have been logged.
pub(in super::super) fn link(events: &mut Events, rows: &Rows, skew: i64, interrupt: &Interrupt) -> GroupResult<Links> {
    let count = u32::try_from(events.starts.len()).unwrap_or(NONE);
    let order = sorted(&events.starts, |start| (start.host, start.pid, start.time), interrupt)?;
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
    let children = sorted(&events.starts, |start| (start.host, start.parent_pid, start.time), interrupt)?;
    linker.by_pid(&children, interrupt)?;
    let above = linker.grandparents(&|row| events.grandparent(rows, row));
    let Linker { cast, mut parents, statuses, .. } = linker;
    // Inferred processes were numbered from 0.
    parents.iter_mut().for_each(|parent| *parent = resolve(*parent, count));
    parents.extend(above.into_iter().map(|parent| resolve(parent, count)));
    parents.resize(events.starts.len() + cast.all.len(), NONE);
    Ok(Links { parents, statuses, inferred: cast.all })
}

/// Marks the number of an inferred process while starts and inferred ones are not yet numbered together.
const INFERRED: u32 = 1 << 31;

fn resolve(parent: u32, starts: u32) -> u32 {
    if parent == NONE || parent & INFERRED == 0 { parent } else { starts.saturating_add(parent & !INFERRED) }
}

fn sorted<K: Ord>(starts: &[Start], key: impl Fn(&Start) -> K, interrupt: &Interrupt) -> GroupResult<Vec<u32>> {
    interrupt.check()?;
    let mut order: Vec<u32> = (0..u32::try_from(starts.len()).unwrap_or(NONE)).collect();
    order.sort_by_cached_key(|index| starts.get(*index as usize).map(|start| (key(start), start.row)));
    interrupt.check()?;
    Ok(order)
}

/// Gives each start the first end of its process id before the next start.
fn set_ends(starts: &mut [Start], order: &[u32], mut ends: Vec<End>) {
    ends.sort_unstable_by_key(|end| (end.host, end.pid, end.time));
    let mut ends = ends.into_iter().filter(|end| end.pid != NO_PID && end.time != NO_TIME).peekable();
    for (at, index) in order.iter().enumerate() {
        let Some(Start { host, pid, time, .. }) = starts.get(*index as usize).copied() else { continue };
        while ends.next_if(|end| (end.host, end.pid, end.time) < (host, pid, time)).is_some() {}
        let next = order.get(at + 1).and_then(|index| starts.get(*index as usize)).filter(|next| (next.host, next.pid) == (host, pid));
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
    order: &'e [u32],
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
            let &[first, second] = pair else { continue };
            let same = self.start(first).zip(self.start(second)).is_some_and(|(a, b)| {
                a.pid != NO_PID
                    && a.time != NO_TIME
                    && (a.host, a.pid, a.time, a.name, a.parent_pid, a.guid) == (b.host, b.pid, b.time, b.name, b.parent_pid, b.guid)
            });
            if same && let Some(status) = self.statuses.get_mut(second as usize) {
                *status = Status::Duplicate;
            }
        }
    }

    /// Links those that name their parent's GUID.
    fn by_guid(&mut self) {
        let mut of_guid: HashMap<u32, u32> = HashMap::new();
        for index in self.order {
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
    fn by_pid(&mut self, children: &[u32], interrupt: &Interrupt) -> GroupResult<()> {
        let mut order = self.order;
        for (number, child) in children.iter().enumerate() {
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
            let of = |index: &u32| self.starts.get(*index as usize).map_or((NONE, NO_PID), |start| (start.host, start.pid));
            // Both lists are sorted: what lies before is never wanted again.
            while order.first().is_some_and(|first| of(first) < wanted) {
                order = order.get(1..).unwrap_or(&[]);
            }
            let instances = order.get(..order.partition_point(|index| of(index) <= wanted)).unwrap_or(&[]);
            let (parent, status) = self.choose(*child, &start, instances);
            self.set(*child, parent, status);
        }
        Ok(())
    }

    /// The parent of `child` among the processes that ever had its parent's id, in order of time.
    fn choose(&mut self, child: u32, start: &Start, instances: &[u32]) -> (u32, Status) {
        let time = |index: &u32| self.starts.get(*index as usize).map_or(NO_TIME, |start| start.time);
        let parent = |index: u32| self.starts.get(index as usize).filter(|_| index != child);
        let named = |parent: &Start| start.parent_name != NONE && parent.name != NONE;
        let fits = |parent: &Start| {
            let alive = parent.end == NO_TIME || parent.end >= start.time.saturating_sub(self.skew);
            alive && (!named(parent) || parent.name == start.parent_name)
        };
        if start.time == NO_TIME {
            let only = if let [only] = instances { parent(*only).filter(|parent| fits(parent)).map(|_| *only) } else { None };
            return (only.unwrap_or_else(|| self.infer(start, instances.len())), Status::NoTime);
        }
        if start.parent_time != NO_TIME {
            let near = |index: &&u32| time(index).abs_diff(start.parent_time) <= SAME_START && parent(**index).is_some();
            let nearest = instances.iter().filter(near).min_by_key(|index| time(index).abs_diff(start.parent_time));
            return (nearest.copied().unwrap_or_else(|| self.infer(start, 0)), Status::Ok);
        }
        let tick = instances.partition_point(|index| time(index) < start.time);
        let after = instances.partition_point(|index| time(index) <= start.time);
        let before = tick.checked_sub(1).and_then(|last| instances.get(last)).copied();
        let fitting = |index: &u32| parent(*index).is_some_and(fits);
        // Within one tick of the clock the order is not known. In logs by the minute most processes live for less: one of the same tick goes before
        // an older one of that id, the nearest in the log first.
        let same_tick = instances.get(tick..after).unwrap_or(&[]);
        let distance = |index: &&u32| self.starts.get(**index as usize).map_or(u32::MAX, |parent| parent.row.abs_diff(start.row));
        let in_tick = same_tick.iter().filter(|index| fitting(index)).min_by_key(distance).copied();
        let found = in_tick.or_else(|| before.filter(fitting));
        if let Some(found) = found {
            let other_session =
                parent(found).is_some_and(|parent| parent.session != start.asked_by && parent.session != NONE && start.asked_by != NONE);
            return (found, if other_session { Status::LogonMismatch } else { Status::Ok });
        }
        let nobody_before = before.is_none();
        let late =
            instances.get(after..).unwrap_or(&[]).iter().take_while(|index| time(index) <= start.time.saturating_add(self.skew)).find(
                |index| parent(**index).is_some_and(|parent| if named(parent) { parent.name == start.parent_name } else { nobody_before }),
            );
        match late {
            Some(late) => (*late, Status::LateParent),
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
            let key = |index: &u32| self.start(*index).map(|start| (start.host, start.pid));
            let first = self.order.partition_point(|index| key(index) < Some((child.host, pid)));
            let last = self.order.partition_point(|index| key(index) <= Some((child.host, pid)));
            let instances = self.order.get(first..last).unwrap_or(&[]);
            let distance = |index: &&u32| self.start(**index).map_or(u64::MAX, |start| start.time.abs_diff(time));
            let logged = instances.iter().min_by_key(distance).filter(|index| time != NO_TIME && distance(index) <= SAME_START);
            parents.push(logged.copied().unwrap_or_else(|| {
                let meant = Inferred { pid, name, time, guid: NONE, generation: 2, ..child };
                INFERRED | self.cast.find(meant, 0)
            }));
        }
        parents
    }
}
