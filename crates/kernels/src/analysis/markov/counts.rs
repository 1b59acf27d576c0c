//! How often commands follow each other.

use hashbrown::HashMap;

/// Counts of commands and of pairs of commands in sessions. Commands are numbers below `commands`; the number `commands` itself stands
/// for the start of a session before a command and for its end after one.
#[derive(Debug, Clone)]
pub(crate) struct Counts {
    singles: Vec<u64>,
    sessions: u64,
    pairs: Pairs<u64>,
}

impl Counts {
    /// No sessions of commands below `commands`; `events` is about how many are to come.
    pub(crate) fn new(commands: usize, events: usize) -> Self {
        Self { singles: vec![0; commands], sessions: 0, pairs: Pairs::new(commands + 1, events, 0) }
    }

    /// Counts a session; one without commands is none.
    pub(crate) fn add(&mut self, session: impl Iterator<Item = u32>) {
        let edge = self.edge();
        let mut before = edge;
        for command in session {
            if let Some(count) = self.singles.get_mut(command as usize) {
                *count += 1;
                self.pairs.update(before, command, |pair| *pair += 1);
                before = command;
            }
        }
        if before != edge {
            self.sessions += 1;
            self.pairs.update(before, edge, |pair| *pair += 1);
        }
    }

    /// Sets how often `next` follows `before`, which must not have been set; each is a command or the edge.
    pub(crate) fn set(&mut self, before: u32, next: u32, count: u64) {
        match self.singles.get_mut(before as usize) {
            Some(single) => *single += count,
            None => self.sessions += count,
        }
        self.pairs.update(before, next, |pair| *pair = count);
    }

    /// The number that stands for the start and the end.
    pub(crate) fn edge(&self) -> u32 {
        self.singles.len() as u32
    }

    /// How many sessions were counted.
    pub(crate) fn sessions(&self) -> u64 {
        self.sessions
    }

    /// How often each command occurs.
    pub(crate) fn singles(&self) -> &[u64] {
        &self.singles
    }

    /// How many commands occur.
    pub(crate) fn seen(&self) -> usize {
        self.singles.iter().filter(|count| **count > 0).count()
    }

    /// The pairs that occur, in any order.
    pub(crate) fn pairs(&self) -> impl Iterator<Item = (u32, u32, u64)> + '_ {
        self.pairs.iter().filter(|(_, _, count)| *count > 0)
    }
}

/// A value for each pair of numbers below `width`: a matrix where that is small beside the data, else a hash table.
#[derive(Debug, Clone)]
pub(crate) enum Pairs<T> {
    Dense { width: usize, values: Vec<T> },
    Sparse { values: HashMap<(u32, u32), T>, other: T },
}

/// Cells of the largest matrix: 8 MB.
const MAX_CELLS: usize = 1 << 20;
/// Cells that are worth having whatever the data.
const FREE_CELLS: usize = 1 << 12;
/// Cells for each event or pair at most.
const CELLS_PER_EVENT: usize = 64;

impl<T: Copy> Pairs<T> {
    /// `other` for every pair; `used` is about how many will differ.
    pub(crate) fn new(width: usize, used: usize, other: T) -> Self {
        let most = used.saturating_mul(CELLS_PER_EVENT).clamp(FREE_CELLS, MAX_CELLS);
        match width.checked_mul(width).filter(|cells| *cells <= most) {
            Some(cells) => Self::Dense { width, values: vec![other; cells] },
            None => Self::Sparse { values: HashMap::new(), other },
        }
    }

    /// Changes the value of a pair of numbers below the width.
    #[inline]
    pub(crate) fn update(&mut self, before: u32, next: u32, change: impl FnOnce(&mut T)) {
        match self {
            Self::Dense { width, values } => {
                if let Some(value) = values.get_mut(before as usize * *width + next as usize) {
                    change(value);
                }
            }
            Self::Sparse { values, other } => change(values.entry((before, next)).or_insert(*other)),
        }
    }

    /// The value of a pair, or `None` where only the default is known.
    #[inline]
    pub(crate) fn get(&self, before: u32, next: u32) -> Option<T> {
        match self {
            Self::Dense { width, values } => values.get(before as usize * *width + next as usize).copied(),
            Self::Sparse { values, .. } => values.get(&(before, next)).copied(),
        }
    }

    fn iter(&self) -> Box<dyn Iterator<Item = (u32, u32, T)> + '_> {
        match self {
            Self::Dense { width, values } => {
                let pair = |at: usize| ((at / *width) as u32, (at % *width) as u32);
                Box::new(values.iter().enumerate().map(move |(at, value)| (pair(at).0, pair(at).1, *value)))
            }
            Self::Sparse { values, .. } => Box::new(values.iter().map(|((before, next), value)| (*before, *next, *value))),
        }
    }
}
