//! Patterns: lines that are equal once masked.

use super::TemplateOptions;
use super::line::{Buffers, Reader, Token, read};
use crate::group::GroupResult;
use crate::interrupt::Interrupt;
use crate::rows::{Pool, Texts};
use hashbrown::{DefaultHashBuilder, HashTable};
use std::cmp::Ordering;
use std::hash::BuildHasher;

/// How many lines or patterns are worked on between two looks at the interrupt.
pub(super) const BETWEEN_CHECKS: usize = 1 << 12;

/// The number of a token; equal tokens have the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct TokenId(u32);

const JOINED: u32 = 1;
const MUTE: u32 = 2;
const FLAGS: u32 = 2;

impl TokenId {
    /// Any token.
    pub(super) const WILD: Self = Self(!MUTE);

    fn new(text: u32, token: &Token<'_>) -> Self {
        let letters = token.text.bytes().filter(|b| b.is_ascii_alphanumeric() || !b.is_ascii()).count();
        let in_masks: usize = token.masks.iter().map(|(mask, _)| mask.name().len()).sum();
        Self(text << FLAGS | if letters == in_masks { MUTE } else { 0 } | u32::from(token.joined))
    }

    /// Whether no blank stands before it.
    pub(super) fn is_joined(self) -> bool {
        self.0 & JOINED != 0
    }

    /// Whether it holds nothing but masks and punctuation.
    #[inline]
    pub(super) fn is_mute(self) -> bool {
        self.0 & MUTE != 0
    }

    fn text(self) -> u32 {
        self.0 >> FLAGS
    }
}

/// The patterns of all lines.
#[derive(Debug, Default)]
pub(super) struct Patterns {
    texts: Pool,
    sequences: Sequences,
    /// Rows of each pattern.
    pub(super) rows: Vec<u64>,
    /// Checksum of each pattern: an order that does not depend on that of the lines, and is cheap to sort by.
    pub(super) checksums: Vec<u32>,
    /// The pattern of each distinct line.
    pub(super) of_line: Vec<u32>,
    /// Rows of each distinct line.
    pub(super) rows_of_line: Vec<u64>,
}

impl Patterns {
    /// Reads all lines.
    pub(super) fn read(lines: &Texts, options: &TemplateOptions, interrupt: &Interrupt) -> GroupResult<Self> {
        let mut patterns = Self { rows_of_line: vec![0; lines.distinct()], ..Self::default() };
        for row in 0..lines.len() {
            if let Some(rows) = lines.id(row).and_then(|id| patterns.rows_of_line.get_mut(id as usize)) {
                *rows += 1;
            }
        }
        let mut buffers = Buffers::default();
        let mut sequence = Sequence::default();
        for (id, rows) in (0u32..).zip(patterns.rows_of_line.iter().copied()) {
            if (id as usize).is_multiple_of(BETWEEN_CHECKS) {
                interrupt.check()?;
            }
            sequence.tokens.clear();
            sequence.checksum.reset();
            read(lines.text(id), options, &mut buffers, &mut sequence);
            let pattern = patterns.sequences.intern(&sequence.tokens);
            match patterns.rows.get_mut(pattern as usize) {
                Some(sum) => *sum += rows,
                None => {
                    patterns.rows.push(rows);
                    patterns.checksums.push(sequence.checksum.sum());
                }
            }
            patterns.of_line.push(pattern);
        }
        patterns.texts = sequence.texts;
        Ok(patterns)
    }

    /// Number of patterns.
    pub(super) fn len(&self) -> usize {
        self.sequences.len()
    }

    /// The tokens of a pattern.
    pub(super) fn tokens(&self, pattern: u32) -> &[TokenId] {
        self.sequences.get(pattern)
    }

    /// Text of a token.
    pub(super) fn text(&self, token: TokenId) -> &str {
        self.texts.get(token.text()).unwrap_or("")
    }

    /// The order in which patterns are looked at: the most frequent first.
    pub(super) fn compare(&self, a: u32, b: u32) -> Ordering {
        let rows = |pattern: u32| self.rows.get(pattern as usize);
        let checksum = |pattern: u32| self.checksums.get(pattern as usize);
        let texts = |pattern: u32| self.tokens(pattern).iter().map(|token| (self.text(*token), token.is_joined()));
        rows(b).cmp(&rows(a)).then_with(|| checksum(a).cmp(&checksum(b))).then_with(|| texts(a).cmp(texts(b)))
    }
}

/// Collects the tokens of a line.
#[derive(Default)]
struct Sequence {
    texts: Pool,
    tokens: Vec<TokenId>,
    checksum: flate2::Crc,
}

impl Reader for Sequence {
    fn token(&mut self, token: &Token<'_>) {
        self.checksum.update(token.text.as_bytes());
        self.checksum.update(b" ");
        self.tokens.push(TokenId::new(self.texts.intern(token.text), token));
    }
}

/// Distinct lists of tokens, numbered from 0 in order of appearance.
#[derive(Debug, Default)]
struct Sequences {
    ends: Vec<usize>,
    tokens: Vec<TokenId>,
    table: HashTable<u32>,
    hasher: DefaultHashBuilder,
}

impl Sequences {
    fn len(&self) -> usize {
        self.ends.len()
    }

    fn get(&self, id: u32) -> &[TokenId] {
        slice(&self.ends, &self.tokens, id)
    }

    fn intern(&mut self, sequence: &[TokenId]) -> u32 {
        let hash = self.hasher.hash_one(sequence);
        let Self { ends, tokens, table, hasher } = self;
        if let Some(id) = table.find(hash, |id| slice(ends, tokens, *id) == sequence) {
            return *id;
        }
        let id = u32::try_from(ends.len()).unwrap_or(u32::MAX);
        tokens.extend_from_slice(sequence);
        ends.push(tokens.len());
        table.insert_unique(hash, id, |id| hasher.hash_one(slice(ends, tokens, *id)));
        id
    }
}

fn slice<'s>(ends: &[usize], tokens: &'s [TokenId], id: u32) -> &'s [TokenId] {
    let id = id as usize;
    let start = id.checked_sub(1).map_or(Some(0), |before| ends.get(before).copied());
    start.zip(ends.get(id)).and_then(|(start, end)| tokens.get(start..*end)).unwrap_or(&[])
}
