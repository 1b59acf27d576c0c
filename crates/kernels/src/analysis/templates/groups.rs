//! Groups of patterns that share a template: Drain's tree and its search for the most similar template of a leaf.

use super::TemplateOptions;
use super::leaf::Leaf;
use super::line::REST;
use super::patterns::{BETWEEN_CHECKS, Patterns, TokenId};
use super::variants::split;
use crate::group::GroupResult;
use crate::interrupt::Interrupt;
use hashbrown::HashMap;

/// Patterns with one template.
#[derive(Debug)]
pub(super) struct Group {
    /// The tokens that all have, [`TokenId::WILD`] where they differ.
    pub(super) tokens: Vec<TokenId>,
    /// The patterns, the most frequent first.
    pub(super) patterns: Vec<u32>,
    /// A limit shaped it: it holds what no template was left for.
    pub(super) is_overflow: bool,
}

/// Finds the groups.
pub(super) fn group(patterns: &Patterns, options: &TemplateOptions, interrupt: &Interrupt) -> GroupResult<Vec<Group>> {
    let mut groups = Vec::new();
    for mut members in leaves(patterns, options, interrupt)? {
        interrupt.check()?;
        members.sort_unstable_by(|a, b| patterns.compare(*a, *b));
        group_leaf(&members, patterns, options, interrupt, &mut groups)?;
    }
    Ok(groups)
}

/// The patterns of each leaf of the tree: equal layout, equal first words.
fn leaves(patterns: &Patterns, options: &TemplateOptions, interrupt: &Interrupt) -> GroupResult<Vec<Vec<u32>>> {
    let count = u32::try_from(patterns.len()).unwrap_or(u32::MAX);
    let mut nodes = layouts(patterns, count);
    for level in 0..options.prefix {
        interrupt.check()?;
        descend(&mut nodes, patterns, level, options.max_children);
    }
    let mut leaves: HashMap<u32, Vec<u32>> = HashMap::new();
    for (pattern, node) in (0..count).zip(nodes) {
        leaves.entry(node).or_default().push(pattern);
    }
    Ok(leaves.into_values().collect())
}

/// For each of `count` patterns, a number for how many tokens it has and where no blank stands between them: a template can only be
/// written for patterns that have both in common.
fn layouts(patterns: &Patterns, count: u32) -> Vec<u32> {
    let mut numbers: HashMap<(usize, Vec<usize>), u32> = HashMap::new();
    let layout = |pattern| {
        let tokens = patterns.tokens(pattern);
        let next = u32::try_from(numbers.len()).unwrap_or(u32::MAX);
        let joined = tokens.iter().enumerate().filter(|(_, token)| token.is_joined()).map(|(position, _)| position);
        *numbers.entry((tokens.len(), joined.collect())).or_insert(next)
    };
    (0..count).map(layout).collect()
}

/// Replaces the node of each pattern by its child for the word of `level`.
fn descend(nodes: &mut [u32], patterns: &Patterns, level: usize, max_children: usize) {
    let words: Vec<TokenId> = (0u32..).take(nodes.len()).map(|pattern| word(patterns, pattern, level)).collect();
    let mut rows: HashMap<(u32, TokenId), u64> = HashMap::new();
    for ((node, word), count) in nodes.iter().zip(&words).zip(&patterns.rows) {
        *rows.entry((*node, *word)).or_default() += count;
    }
    let mut children: HashMap<u32, Vec<(u64, TokenId)>> = HashMap::new();
    for ((node, word), rows) in rows {
        children.entry(node).or_default().push((rows, word));
    }
    let mut numbers: HashMap<(u32, TokenId), u32> = HashMap::new();
    let mut next = 0;
    for (node, mut words) in children {
        if words.len() > max_children {
            words.select_nth_unstable_by(max_children, |a, b| {
                b.0.cmp(&a.0).then_with(|| patterns.text(a.1).cmp(patterns.text(b.1))).then(a.1.cmp(&b.1))
            });
            words.truncate(max_children);
        }
        for (_, word) in words {
            numbers.insert((node, word), next);
            next += 1;
        }
        // Shared by the words that are left.
        numbers.insert((node, TokenId::WILD), next);
        next += 1;
    }
    for (node, word) in nodes.iter_mut().zip(words) {
        let child = numbers.get(&(*node, word)).or_else(|| numbers.get(&(*node, TokenId::WILD)));
        *node = child.copied().unwrap_or_default();
    }
}

/// As far is looked for a word that is no value: `user=bob logged in`.
const OPENING: usize = 4;

/// The word of a pattern that `level` looks at. Masks say little about a message, nor do names of values and hosts; values do where a message has nothing else.
fn word(patterns: &Patterns, pattern: u32, level: usize) -> TokenId {
    let tokens = patterns.tokens(pattern);
    let telling = |token: &&TokenId| !token.is_mute() && !is_name(patterns.text(**token));
    let is_sentence = tokens.iter().take(OPENING).any(|token| !token.is_joined() && telling(&token));
    let mut words = tokens.iter().filter(telling).filter(|token| !(is_sentence && token.is_joined()));
    words.nth(level).copied().unwrap_or(TokenId::WILD)
}

/// `user=`, `www.example.com:<num>`.
fn is_name(text: &str) -> bool {
    let inner_dot = |three: &[u8]| matches!(three, [a, b'.', b] if a.is_ascii_alphanumeric() && b.is_ascii_alphanumeric());
    text.ends_with('=') || text.as_bytes().windows(3).any(inner_dot)
}

/// Gives each pattern of a leaf to the most similar group, or to a new one.
fn group_leaf(
    members: &[u32],
    patterns: &Patterns,
    options: &TemplateOptions,
    interrupt: &Interrupt,
    groups: &mut Vec<Group>,
) -> GroupResult<()> {
    let mut leaf = Leaf::default();
    let mut overflow: Option<Group> = None;
    for (i, pattern) in members.iter().enumerate() {
        if i % BETWEEN_CHECKS == 0 {
            interrupt.check()?;
        }
        let tokens = patterns.tokens(*pattern);
        let is_full = leaf.groups.len() >= options.max_templates;
        if let Some(group) = leaf.most_similar(tokens, options.similarity) {
            group.join(*pattern, tokens);
        } else if !is_full {
            leaf.push(Group::of(*pattern, tokens));
        } else if let Some(group) = &mut overflow {
            group.join(*pattern, tokens);
        } else {
            overflow = Some(Group { is_overflow: true, ..Group::of(*pattern, tokens) });
        }
    }
    for group in leaf.groups {
        interrupt.check()?;
        split(group, patterns, options, groups);
    }
    groups.extend(overflow);
    Ok(())
}

impl Group {
    /// A group of one pattern.
    pub(super) fn of(pattern: u32, tokens: &[TokenId]) -> Self {
        Self { tokens: tokens.to_vec(), patterns: vec![pattern], is_overflow: false }
    }

    /// Adds a pattern.
    pub(super) fn join(&mut self, pattern: u32, tokens: &[TokenId]) {
        for (mine, token) in self.tokens.iter_mut().zip(tokens) {
            if mine != token {
                *mine = TokenId::WILD;
            }
        }
        self.patterns.push(pattern);
    }

    /// Whether a limit shaped it.
    pub(super) fn is_limited(&self, patterns: &Patterns) -> bool {
        self.is_overflow || self.tokens.last().is_some_and(|token| patterns.text(*token) == REST)
    }
}
