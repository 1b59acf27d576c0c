//! Groups as texts: templates.

use super::Templates;
use super::groups::Group;
use super::patterns::{Patterns, TokenId};
use crate::text::mask::Mask;

/// Stands for a token that varies.
pub(super) const WILD: &str = "<*>";

/// What lines have in common.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    /// With masks, and `<*>` for words that differ.
    pub text: String,
    /// Rows that match.
    pub rows: u64,
    /// Whether a limit shaped it.
    pub is_limited: bool,
    pub(super) tokens: Vec<Part>,
    /// What stands for its parameters, in order.
    pub(super) marks: Vec<&'static str>,
}

/// A token of a template.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Part {
    /// The same in all lines, but for as many masks.
    Fixed { masks: usize },
    /// Varies; all have as many bytes of punctuation in common at the start and at the end.
    Wild { prefix: usize, suffix: usize },
}

/// Writes the templates of `groups`, joins those that read the same, and sorts them.
pub(super) fn render(patterns: Patterns, groups: Vec<Group>) -> Templates {
    let mut rendered: Vec<(Template, Vec<u32>)> =
        groups.into_iter().map(|group| (Template::new(&group, &patterns), group.patterns)).collect();
    rendered.sort_unstable_by(|(a, _), (b, _)| a.text.cmp(&b.text).then_with(|| a.tokens.cmp(&b.tokens)));
    rendered.dedup_by(|(again, patterns), (first, all)| {
        let same = again.text == first.text;
        if same {
            first.rows += again.rows;
            first.is_limited |= again.is_limited;
            all.append(patterns);
        }
        same
    });
    rendered.sort_unstable_by(|(a, _), (b, _)| b.rows.cmp(&a.rows).then_with(|| a.text.cmp(&b.text)));
    let mut of_pattern = vec![0; patterns.len()];
    let mut templates = Vec::with_capacity(rendered.len());
    for (number, (template, members)) in (0u32..).zip(rendered) {
        for pattern in members {
            if let Some(slot) = of_pattern.get_mut(pattern as usize) {
                *slot = number;
            }
        }
        templates.push(template);
    }
    let of_line = patterns.of_line.iter().map(|pattern| of_pattern.get(*pattern as usize).copied().unwrap_or_default()).collect();
    Templates { templates, of_line, rows_of_line: patterns.rows_of_line }
}

impl Template {
    fn new(group: &Group, patterns: &Patterns) -> Self {
        let mut text = String::new();
        let mut tokens = Vec::with_capacity(group.tokens.len());
        let mut marks = Vec::new();
        let first = group.patterns.first().map_or(&[][..], |pattern| patterns.tokens(*pattern));
        for (i, (token, of_first)) in group.tokens.iter().zip(first).enumerate() {
            if i > 0 && !of_first.is_joined() {
                text.push(' ');
            }
            if *token == TokenId::WILD {
                let shared = patterns.text(*of_first);
                let (prefix, suffix) = affixes(group, patterns, i, shared);
                text.push_str(shared.get(..prefix).unwrap_or(""));
                text.push_str(WILD);
                text.push_str(shared.get(shared.len() - suffix..).unwrap_or(""));
                tokens.push(Part::Wild { prefix, suffix });
                marks.push(WILD);
            } else {
                let fixed = patterns.text(*token);
                text.push_str(fixed);
                let before = marks.len();
                marks.extend(masks_of(fixed));
                tokens.push(Part::Fixed { masks: marks.len() - before });
            }
        }
        let rows = group.patterns.iter().filter_map(|pattern| patterns.rows.get(*pattern as usize)).sum();
        Self { text, rows, is_limited: group.is_limited(patterns), tokens, marks }
    }
}

/// Length of the punctuation that token `i` of all patterns begins and ends with; `shared` is that of the first pattern.
fn affixes(group: &Group, patterns: &Patterns, i: usize, shared: &str) -> (usize, usize) {
    let bytes = shared.as_bytes();
    let mut prefix = bytes.iter().take_while(|b| is_affix(**b)).count();
    let mut suffix = bytes.iter().rev().take_while(|b| is_affix(**b)).count();
    for pattern in &group.patterns {
        let other = patterns.tokens(*pattern).get(i).map_or("", |token| patterns.text(*token)).as_bytes();
        prefix = bytes.iter().zip(other).take(prefix).take_while(|(a, b)| a == b).count();
        suffix = bytes.iter().rev().zip(other.iter().rev()).take(suffix).take_while(|(a, b)| a == b).count();
        // The same bytes may not count twice.
        suffix = suffix.min(other.len().saturating_sub(prefix));
        if prefix + suffix == 0 {
            break;
        }
    }
    (prefix, suffix)
}

/// The masks in the text of a token. A line that holds one as it is written cannot be told from one that was masked.
fn masks_of(token: &str) -> impl Iterator<Item = &'static str> {
    token.match_indices('<').filter_map(|(at, _)| {
        let rest = token.get(at..)?;
        Mask::ALL.into_iter().map(Mask::mark).find(|mark| rest.starts_with(mark))
    })
}

/// What stands around words.
pub(super) fn is_affix(byte: u8) -> bool {
    matches!(byte, b'"' | b'\'' | b'`' | b'(' | b')' | b'[' | b']' | b'{' | b'}' | b',' | b';' | b':' | b'=' | b'.' | b'!' | b'?')
}
