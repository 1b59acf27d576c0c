//! Words with few forms: `Accepted` and `Failed` are not values of one parameter.
//!
//! Drain joins such messages wherever they are long enough. What a hunter looks for is often the rare form.

use super::TemplateOptions;
use super::groups::Group;
use super::patterns::{Patterns, TokenId};
use super::template::is_affix;

/// As many rows must there be for each form: few rows have few names in them.
const ROWS_PER_FORM: u64 = 8;

/// Splits `group` at its words with few forms, and appends what becomes of it to `groups`.
pub(super) fn split(group: Group, patterns: &Patterns, options: &TemplateOptions, groups: &mut Vec<Group>) {
    let mut open = vec![group];
    while let Some(group) = open.pop() {
        match few_forms(&group, patterns, options.variants) {
            None => groups.push(group),
            Some((position, forms)) => open.extend(forms.into_iter().filter_map(|form| of_form(&group, patterns, position, form))),
        }
    }
}

/// The first position whose words have the fewest forms, and these.
fn few_forms(group: &Group, patterns: &Patterns, most: usize) -> Option<(usize, Vec<TokenId>)> {
    let rows: u64 = group.patterns.iter().filter_map(|pattern| patterns.rows.get(*pattern as usize)).sum();
    let most = most.min(usize::try_from(rows / ROWS_PER_FORM).unwrap_or(usize::MAX));
    let wild = group.tokens.iter().enumerate().filter(|(_, token)| **token == TokenId::WILD);
    wild.filter_map(|(position, _)| Some((position, forms(group, patterns, position, most)?))).min_by_key(|(_, forms)| forms.len())
}

/// The forms of the word at `position`, if there are at most `most` and all are words. What follows `=` is a value.
fn forms(group: &Group, patterns: &Patterns, position: usize, most: usize) -> Option<Vec<TokenId>> {
    let mut forms = Vec::new();
    for pattern in &group.patterns {
        let token = *patterns.tokens(*pattern).get(position)?;
        if !forms.contains(&token) {
            if forms.len() >= most || token.is_joined() || !is_word(patterns.text(token)) {
                return None;
            }
            forms.push(token);
        }
    }
    (forms.len() > 1).then_some(forms)
}

fn of_form(group: &Group, patterns: &Patterns, position: usize, form: TokenId) -> Option<Group> {
    let mut members = group.patterns.iter().filter(|pattern| patterns.tokens(**pattern).get(position) == Some(&form));
    let first = *members.next()?;
    let mut part = Group::of(first, patterns.tokens(first));
    members.for_each(|pattern| part.join(*pattern, patterns.tokens(*pattern)));
    Some(part)
}

/// Letters, with punctuation around them.
fn is_word(text: &str) -> bool {
    let word = text.trim_matches(|c: char| u8::try_from(c).is_ok_and(is_affix));
    !word.is_empty() && word.chars().all(char::is_alphabetic)
}
