//! Texts of a group, each distinct one stored once.

mod recent;

use hashbrown::{DefaultHashBuilder, HashTable};
use recent::{RECENT_FROM, Recent};
use std::hash::BuildHasher;
use std::ops::Range;

/// Stands for NULL among the numbers of texts.
pub(super) const NULL_TEXT: u32 = u32::MAX;

/// A column of texts. Equal texts are stored once and have the same number, so that a kernel can count by number.
#[derive(Debug, Clone, Default)]
pub struct Texts {
    ids: Vec<u32>,
    pool: Pool,
    recent: Recent,
    kind: Kind,
}

/// Whether equal texts have the same number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Kind {
    /// They have.
    #[default]
    Names,
    /// They have as long as that seems to pay: see [`ArgType::Prose`](crate::types::ArgType::Prose).
    Prose,
    /// They may have several: it did not pay.
    Kept,
}

/// Rows after which it is known whether texts come again.
const TRIAL: usize = 1 << 13;

impl Texts {
    /// Texts that seldom come again.
    pub(super) fn prose() -> Self {
        Self { kind: Kind::Prose, ..Self::default() }
    }

    pub(super) fn none() -> &'static Self {
        static NONE: std::sync::LazyLock<Texts> = std::sync::LazyLock::new(Texts::default);
        &NONE
    }

    pub(super) fn push(&mut self, text: Option<&str>) {
        if self.kind == Kind::Prose && self.ids.len() == TRIAL && self.pool.len() > TRIAL / 2 {
            self.kind = Kind::Kept;
        }
        let id = match text {
            None => NULL_TEXT,
            Some(text) if self.kind == Kind::Kept => self.recent.keep(text, &mut self.pool),
            Some(text) if self.ids.len() < RECENT_FROM => self.pool.intern(text),
            Some(text) => self.recent.intern(text, &mut self.pool),
        };
        self.ids.push(id);
    }

    pub(super) fn push_nulls(&mut self, count: usize) {
        self.ids.resize(self.ids.len() + count, NULL_TEXT);
    }

    pub(super) fn append(&mut self, other: &Self) {
        if self.kind != Kind::Names && (self.is_empty() || other.kind == Kind::Kept) {
            self.kind = other.kind;
        }
        let is_kept = self.kind == Kind::Kept;
        let number = |text: &str| if is_kept { self.pool.keep(text) } else { self.pool.intern(text) };
        let map: Vec<u32> = (0..other.pool.len()).map(|id| other.pool.get(id as u32).unwrap_or("")).map(number).collect();
        self.ids.extend(other.ids.iter().map(|id| map.get(*id as usize).copied().unwrap_or(NULL_TEXT)));
    }

    /// The rows in another order; numbers follow the first appearance again, so that nothing tells of the order before.
    pub(super) fn in_order(&self, order: &[usize]) -> Self {
        let mut sorted = Self { kind: self.kind, ..Self::default() };
        let mut numbers = vec![NULL_TEXT; self.pool.len()];
        for row in order {
            let id = self.ids.get(*row).copied().unwrap_or(NULL_TEXT);
            let number = match numbers.get_mut(id as usize) {
                None => NULL_TEXT,
                Some(number) => {
                    if *number == NULL_TEXT {
                        let text = self.text(id);
                        *number = if self.kind == Kind::Kept { sorted.pool.keep(text) } else { sorted.pool.intern(text) };
                    }
                    *number
                }
            };
            sorted.ids.push(number);
        }
        sorted
    }

    pub(super) fn size(&self) -> usize {
        self.ids.capacity() * 4 + self.pool.size() + self.recent.size()
    }

    /// The number of every row, NULL included.
    pub(super) fn ids(&self) -> &[u32] {
        &self.ids
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// Number of distinct texts; their numbers are `0..distinct`. Those of prose may be equal.
    pub fn distinct(&self) -> usize {
        self.pool.len()
    }

    /// The number of the text in `row`.
    #[inline]
    pub fn id(&self, row: usize) -> Option<u32> {
        self.ids.get(row).copied().filter(|id| *id != NULL_TEXT)
    }

    /// The text in `row`.
    #[inline]
    pub fn get(&self, row: usize) -> Option<&str> {
        self.ids.get(row).and_then(|id| self.pool.get(*id))
    }

    /// The number of `text`, if it is one of them.
    pub fn find(&self, text: &str) -> Option<u32> {
        self.pool.find(text)
    }

    /// The text with number `id`.
    pub fn text(&self, id: u32) -> &str {
        self.pool.get(id).unwrap_or("")
    }
}

/// Distinct texts, numbered from 0 in order of appearance.
#[derive(Debug, Clone, Default)]
pub(crate) struct Pool {
    ends: Vec<usize>,
    bytes: String,
    /// Half of a text's hash beside its number: growing and most comparisons need not touch the texts, which are all over the memory.
    table: HashTable<(u32, u32)>,
    hasher: DefaultHashBuilder,
}

impl Pool {
    fn len(&self) -> usize {
        self.ends.len()
    }

    #[inline]
    pub(crate) fn get(&self, id: u32) -> Option<&str> {
        slice(&self.ends, &self.bytes, id)
    }

    /// Whether the text with number `id` is `text`.
    #[inline]
    fn is(&self, id: u32, text: &str) -> bool {
        is(&self.ends, &self.bytes, id, text)
    }

    /// The number of `text`, and half of its hash.
    #[inline]
    fn look_up(&self, text: &str) -> (Option<u32>, u32) {
        let half = (self.hasher.hash_one(text) >> 32) as u32;
        let same = |(known, id): &(u32, u32)| *known == half && is(&self.ends, &self.bytes, *id, text);
        (self.table.find(spread(half), same).map(|(_, id)| *id), half)
    }

    fn find(&self, text: &str) -> Option<u32> {
        self.look_up(text).0
    }

    pub(crate) fn intern(&mut self, text: &str) -> u32 {
        let (found, half) = self.look_up(text);
        if let Some(id) = found {
            return id;
        }
        let Self { ends, bytes, table, .. } = self;
        let id = add(ends, bytes, text);
        table.insert_unique(spread(half), (half, id), |(half, _)| spread(*half));
        id
    }

    /// As [`Pool::intern`], without a look at whether it is there already. It is not found afterwards.
    fn keep(&mut self, text: &str) -> u32 {
        add(&mut self.ends, &mut self.bytes, text)
    }

    fn size(&self) -> usize {
        self.bytes.capacity() + self.ends.capacity() * 8 + self.table.capacity() * 9
    }
}

fn add(ends: &mut Vec<usize>, bytes: &mut String, text: &str) -> u32 {
    // Four thousand million distinct texts do not fit into memory before they run out of numbers.
    let id = u32::try_from(ends.len()).unwrap_or(NULL_TEXT);
    bytes.push_str(text);
    ends.push(bytes.len());
    id
}

/// The table looks at both ends of a hash.
fn spread(half: u32) -> u64 {
    u64::from(half).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

fn slice<'p>(ends: &[usize], bytes: &'p str, id: u32) -> Option<&'p str> {
    bytes.get(bounds(ends, id)?)
}

/// As bytes: where a text begins and ends need not be looked at as letters.
#[inline]
fn is(ends: &[usize], bytes: &str, id: u32, text: &str) -> bool {
    bounds(ends, id).and_then(|bounds| bytes.as_bytes().get(bounds)) == Some(text.as_bytes())
}

#[inline]
fn bounds(ends: &[usize], id: u32) -> Option<Range<usize>> {
    let id = id as usize;
    let start = id.checked_sub(1).map_or(Some(0), |before| ends.get(before).copied())?;
    Some(start..*ends.get(id)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(prose: bool, count: usize, text: impl Fn(usize) -> String) -> Texts {
        let mut texts = if prose { Texts::prose() } else { Texts::default() };
        (0..count).for_each(|row| texts.push(if row % 10 == 9 { None } else { Some(text(row)) }.as_deref()));
        texts
    }

    fn same(a: &Texts, b: &Texts) -> bool {
        a.len() == b.len() && (0..a.len()).all(|row| a.get(row) == b.get(row))
    }

    #[test]
    fn prose_is_what_it_was() {
        let (lines, words) = (|row: usize| format!("line {}", row % 15_000), |row: usize| format!("word {}", row % 100));
        for text in [&lines as &dyn Fn(usize) -> String, &words] {
            let (names, prose) = (of(false, 40_000, text), of(true, 40_000, text));
            assert!(same(&names, &prose));
            let order: Vec<usize> = (0..40_000).rev().collect();
            assert!(same(&names.in_order(&order), &prose.in_order(&order)));
            for (first, second) in [(&prose, &prose), (&of(true, 10, words), &prose), (&prose, &of(true, 10, words))] {
                let mut both = Texts::prose();
                both.append(first);
                both.append(second);
                both.push(Some("the last"));
                let expected = (0..first.len()).map(|row| first.get(row)).chain((0..second.len()).map(|row| second.get(row)));
                assert!(expected.chain([Some("the last")]).eq((0..both.len()).map(|row| both.get(row))));
            }
        }
        assert_eq!(of(true, 40_000, words).distinct(), 90, "what comes again is stored once");
        assert!(of(true, 40_000, lines).distinct() > 20_000, "what seldom does is not looked up");
        let long = |row: usize| if row < 9_000 { format!("line {row}") } else { format!("{}{}", row % 2, "x".repeat(5_000)) };
        assert!(of(true, 40_000, long).distinct() < 9_000, "long ones are");
        assert!(
            of(true, 40_000, |row| if row < 9_000 { format!("line {row}") } else { "again".to_owned() }).distinct() < 9_000,
            "and what came just now"
        );
    }
}
