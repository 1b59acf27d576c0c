//! The groups of a leaf of Drain's tree, with an index that finds those that may be similar to a pattern.

use super::groups::Group;
use super::patterns::TokenId;
use hashbrown::HashMap;

/// The groups of a leaf.
#[derive(Default)]
pub(super) struct Leaf {
    pub(super) groups: Vec<Group>,
    /// The groups that began with a word at a position. Some have other words there by now.
    began_with: HashMap<(usize, TokenId), Vec<u32>>,
    /// For each group, how many words of a pattern it began with: zero between two calls.
    shared: Vec<u32>,
    /// Groups that share a word: empty between two calls.
    met: Vec<u32>,
}

impl Leaf {
    /// The group most similar to `tokens`, if one is as similar as `least`; of equally similar ones the first.
    pub(super) fn most_similar(&mut self, tokens: &[TokenId], least: f64) -> Option<&mut Group> {
        let mut mute = 0u32;
        for (position, token) in tokens.iter().enumerate() {
            mute += u32::from(token.is_mute());
            for group in self.began_with.get(&(position, *token)).into_iter().flatten() {
                if let Some(shared) = self.shared.get_mut(*group as usize) {
                    if *shared == 0 {
                        self.met.push(*group);
                    }
                    *shared += 1;
                }
            }
        }
        // What is not mute is compared in any case.
        let words = tokens.len() as f64 - f64::from(mute);
        let mut best: Option<(f64, u32)> = None;
        for group in self.met.drain(..) {
            let shared = self.shared.get_mut(group as usize).map_or(0, std::mem::take);
            if f64::from(shared) < least * words {
                continue;
            }
            let similarity = self.groups.get(group as usize).map_or(0.0, |group| similarity(&group.tokens, tokens));
            if similarity >= least && best.is_none_or(|(most, first)| similarity > most || (similarity == most && group < first)) {
                best = Some((similarity, group));
            }
        }
        best.and_then(|(_, group)| self.groups.get_mut(group as usize))
    }

    /// Adds a group.
    pub(super) fn push(&mut self, group: Group) {
        let number = u32::try_from(self.groups.len()).unwrap_or(u32::MAX);
        for (position, token) in group.tokens.iter().enumerate().filter(|(_, token)| !token.is_mute()) {
            self.began_with.entry((position, *token)).or_default().push(number);
        }
        self.groups.push(group);
        self.shared.push(0);
    }
}

/// The part of the words that are equal. Masks say nothing about a message, so equal ones do not count.
fn similarity(template: &[TokenId], tokens: &[TokenId]) -> f64 {
    let (mut equal, mut mute) = (0u32, 0u32);
    for (a, b) in template.iter().zip(tokens) {
        let same = a == b;
        equal += u32::from(same);
        mute += u32::from(same && b.is_mute());
    }
    let words = tokens.len() as f64 - f64::from(mute);
    if words > 0.0 { f64::from(equal - mute) / words } else { 1.0 }
}
