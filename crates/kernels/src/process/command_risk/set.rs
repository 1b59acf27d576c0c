//! All rules at once: one pass for their words, then only the patterns of the rules whose words are there.

use super::file::{self, Problem};
use super::rule::Rule;
use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};
use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

/// Rules, ready to be asked.
#[derive(Debug)]
pub(super) struct RuleSet {
    pub(super) rules: Vec<Arc<Rule>>,
    words: AhoCorasick,
    /// Rules of each word.
    rules_of: Vec<Vec<usize>>,
    /// Rules without words.
    always: Vec<usize>,
}

/// The rules that come with huntsql.
pub(super) static BUILT_IN: LazyLock<Arc<RuleSet>> = LazyLock::new(|| {
    let rules = FILES.iter().filter_map(|(_, text)| file::read(text).ok()).flatten().map(Arc::new).collect();
    Arc::new(RuleSet::new(rules).unwrap_or_else(|_| RuleSet::empty()))
});

/// Characters of all words for which the words become a full automaton, of some 200 bytes each.
const LARGEST_DFA: usize = 50_000;

const FILES: &[(&str, &str)] = &[
    ("credentials", include_str!("rules/credentials.yaml")),
    ("discovery", include_str!("rules/discovery.yaml")),
    ("download", include_str!("rules/download.yaml")),
    ("evasion", include_str!("rules/evasion.yaml")),
    ("execution", include_str!("rules/execution.yaml")),
    ("impact", include_str!("rules/impact.yaml")),
    ("lateral", include_str!("rules/lateral.yaml")),
    ("persistence", include_str!("rules/persistence.yaml")),
];

impl RuleSet {
    fn empty() -> Self {
        let words = AhoCorasick::new([""; 0]);
        #[expect(clippy::expect_used, reason = "an automaton of nothing fits")]
        let words = words.expect("an automaton of nothing");
        Self { rules: Vec::new(), words, rules_of: Vec::new(), always: Vec::new() }
    }

    fn new(mut rules: Vec<Arc<Rule>>) -> Result<Self, String> {
        // The gravest first, so that findings are in that order.
        rules.sort_by(|a, b| b.severity.cmp(&a.severity).then_with(|| a.name.cmp(&b.name)));
        let mut rules_of: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        let mut always = Vec::new();
        for (index, rule) in rules.iter().enumerate() {
            if rule.words.is_empty() {
                always.push(index);
            }
            for word in &rule.words {
                rules_of.entry(word.to_ascii_lowercase()).or_default().push(index);
            }
        }
        // The full automaton is the fastest and has a size that grows with the words: not for a big list of the user's.
        let size: usize = rules_of.keys().map(String::len).sum();
        let words = AhoCorasick::builder()
            .kind((size <= LARGEST_DFA).then_some(AhoCorasickKind::DFA))
            .ascii_case_insensitive(true)
            .match_kind(MatchKind::Standard)
            .build(rules_of.keys())
            .map_err(|error| format!("has words that are too many or too long: {error}"))?;
        Ok(Self { rules, words, rules_of: rules_of.into_values().collect(), always })
    }

    /// The built-in rules and those in `text`, which take the place of built-in ones with the same name.
    pub(super) fn with(text: &str) -> Result<Self, String> {
        let added = file::read(text).map_err(|Problem { line, what }| format!("line {line}, {what}"))?;
        let kept = BUILT_IN.rules.iter().filter(|rule| added.iter().all(|other| other.name != rule.name)).cloned();
        Self::new(kept.chain(added.iter().cloned().map(Arc::new)).collect())
    }

    /// Marks the rules that may match `text`; false where there is none.
    pub(super) fn candidates(&self, text: &str, marked: &mut Vec<bool>) -> bool {
        // Most texts hold no word: whether there is any is asked first.
        if self.always.is_empty() && !self.words.is_match(text) {
            return false;
        }
        marked.clear();
        marked.resize(self.rules.len(), false);
        let of_words = self.words.find_overlapping_iter(text).filter_map(|hit| self.rules_of.get(hit.pattern().as_usize())).flatten();
        for rule in of_words.chain(&self.always) {
            if let Some(marked) = marked.get_mut(*rule) {
                *marked = true;
            }
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn the_rule_files_are_well_formed() {
        let mut names = HashSet::new();
        for (name, text) in FILES {
            let rules = file::read(text).unwrap_or_else(|problem| panic!("{name}.yaml: {problem:?}"));
            for rule in rules {
                let Rule { name, techniques, description, words, .. } = &rule;
                assert!(names.insert(name.clone()), "{name} twice");
                assert!(name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_'), "{name}");
                assert!(description.ends_with('.') && description.len() < 120, "{name}");
                assert!(!words.is_empty() && words.iter().all(|word| word.len() > 1 || "^`".contains(word)), "{name}: words make it fast");
                assert!(words.iter().all(|word| *word == word.to_lowercase()), "{name}: words are in lower case");
                assert!(!techniques.is_empty(), "{name}");
                for id in techniques {
                    let bytes = id.as_bytes();
                    assert!(matches!(bytes.len(), 5 | 9) && bytes[0] == b'T' && bytes[1..5].iter().all(u8::is_ascii_digit), "{name}: {id}");
                    assert!(bytes.len() == 5 || bytes[5] == b'.' && bytes[6..].iter().all(u8::is_ascii_digit), "{name}: {id}");
                }
            }
        }
        assert_eq!(BUILT_IN.rules.len(), names.len());
        assert!(names.len() >= 80, "{}", names.len());
    }

    #[test]
    fn user_rules() {
        let name = &BUILT_IN.rules[0].name;
        let set = RuleSet::with(&format!(
            "- {{rule: {name}, severity: low, match: abc}}\n- {{rule: ours, severity: critical, words: [Evil], match: 'evil\\d'}}"
        ));
        let set = set.unwrap();
        assert_eq!(set.rules.len(), BUILT_IN.rules.len() + 1);
        assert_eq!(set.rules.iter().filter(|rule| rule.name == *name).count(), 1);
        assert!(RuleSet::with("- x").unwrap_err().starts_with("line 1, "));
    }
}
