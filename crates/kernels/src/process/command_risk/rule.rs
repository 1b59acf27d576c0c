//! A rule: what it looks for, and what a match means.

use regex::bytes::{Regex, RegexBuilder};

/// How much a match weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Everyday work that attackers do as well.
    Low,
    /// Rare in everyday work.
    Medium,
    /// Hardly ever harmless.
    High,
    /// An attack, or a test of one.
    Critical,
}

impl Severity {
    /// All, from the lowest.
    pub const NAMES: &'static [&'static str] = &["low", "medium", "high", "critical"];

    /// As returned in SQL.
    pub fn name(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }

    /// The severity of that name.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Low, Self::Medium, Self::High, Self::Critical].into_iter().find(|severity| severity.name() == name)
    }
}

/// Where a command line is from, or what a rule is for.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub enum System {
    /// Any system.
    #[default]
    Any,
    /// Windows.
    Windows,
    /// Linux and its kin.
    Linux,
}

impl System {
    /// All.
    pub const NAMES: &'static [&'static str] = &["any", "windows", "linux"];

    /// The system of that name.
    pub fn parse(name: &str) -> Option<Self> {
        match name {
            "any" => Some(Self::Any),
            "windows" => Some(Self::Windows),
            "linux" => Some(Self::Linux),
            _ => None,
        }
    }

    /// Whether a rule for `self` is asked on command lines from `other`.
    pub fn meets(self, other: Self) -> bool {
        self == Self::Any || other == Self::Any || self == other
    }
}

/// One rule.
#[derive(Debug, Clone)]
pub struct Rule {
    /// Its name.
    pub name: String,
    /// How much a match weighs.
    pub severity: Severity,
    /// What it is for.
    pub system: System,
    /// ATT&CK ids.
    pub techniques: Vec<String>,
    /// What a match means.
    pub description: String,
    /// One of these is in every text that can match; empty where nothing is known.
    pub words: Vec<String>,
    /// All must match; the first gives the text of the match.
    pub patterns: Vec<Regex>,
    /// Must not match.
    pub unless: Option<Regex>,
}

impl Rule {
    /// What in `text` the rule matches: offsets of the first pattern's match.
    pub fn find(&self, text: &str) -> Option<(usize, usize)> {
        let (first, others) = self.patterns.split_first()?;
        let bytes = text.as_bytes();
        let found = first.find(bytes)?;
        let all = others.iter().all(|pattern| pattern.is_match(bytes));
        let excluded = || self.unless.as_ref().is_some_and(|unless| unless.is_match(bytes));
        (all && !excluded()).then(|| (text.floor_char_boundary(found.start()), text.ceil_char_boundary(found.end())))
    }
}

/// Compiled size that a pattern may have.
const LARGEST_PATTERN: usize = 1 << 20;

/// Compiles a pattern as rules have them: case does not matter, `.` is anything, line breaks included. Classes and `\b` know ASCII
/// only: a Unicode `\b` makes the engine give up its fast automaton at the first other character, which is the attacker's to write.
pub(super) fn compile(pattern: &str) -> Result<Regex, regex::Error> {
    RegexBuilder::new(pattern).unicode(false).case_insensitive(true).dot_matches_new_line(true).size_limit(LARGEST_PATTERN).build()
}
