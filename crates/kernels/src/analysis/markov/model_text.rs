//! A trained model as text, to be kept in a table and used elsewhere.

use super::counts::Counts;
use super::options::SMOOTHING_RANGE;
use serde::{Deserialize, Serialize};

/// What a model that comes back must say.
const VERSION: u32 = 1;
/// Limits of a model that is written.
const MAX_COMMANDS: usize = 1 << 20;
const MAX_TRANSITIONS: usize = 1 << 22;
const MAX_COMMAND_BYTES: usize = 64 << 20;
/// Counts that every JSON reader keeps exactly.
const MAX_COUNT: u64 = 1 << 53;

/// The JSON. `transitions` holds for the start, then for each command in order, the commands that follow it and how often: next, count, next, count,
/// in ascending order; the number after the last command stands for the end of a session.
#[derive(Debug, Serialize, Deserialize)]
struct ModelText {
    huntsql_sequence_model: u32,
    smoothing: f64,
    commands: Vec<String>,
    transitions: Vec<Vec<u64>>,
}

/// A model that was read.
#[derive(Debug, Clone)]
pub(crate) struct StoredModel {
    pub(crate) commands: Vec<String>,
    pub(crate) counts: Counts,
    pub(crate) smoothing: f64,
}

/// Writes a model; `None` where it is too large. `name` gives the text of a command; the text of the model depends on neither the numbers of the commands
/// nor their order.
pub(crate) fn write<'n>(counts: &Counts, smoothing: f64, name: impl Fn(u32) -> &'n str) -> Option<String> {
    let mut commands: Vec<(&str, u32)> =
        (0..counts.edge()).zip(counts.singles()).filter(|(_, count)| **count > 0).map(|(command, _)| (name(command), command)).collect();
    let bytes: usize = commands.iter().map(|(text, _)| text.len()).sum();
    if commands.len() > MAX_COMMANDS || bytes > MAX_COMMAND_BYTES || counts.pairs().nth(MAX_TRANSITIONS).is_some() {
        return None;
    }
    commands.sort_unstable();
    let end = commands.len() as u64;
    let mut numbers = vec![end; counts.singles().len() + 1];
    for (number, (_, command)) in (0..end).zip(&commands) {
        if let Some(slot) = numbers.get_mut(*command as usize) {
            *slot = number;
        }
    }
    let number = |command: u32| numbers.get(command as usize).copied().unwrap_or(end);
    let row = |before: u64| if before == end { 0 } else { before + 1 };
    let mut pairs: Vec<(u64, u64, u64)> = counts.pairs().map(|(before, next, count)| (row(number(before)), number(next), count)).collect();
    pairs.sort_unstable();
    let mut transitions: Vec<Vec<u64>> = vec![Vec::new(); commands.len() + 1];
    for (row, next, count) in pairs {
        if let Some(row) = transitions.get_mut(row as usize) {
            row.extend([next, count]);
        }
    }
    let commands = commands.into_iter().map(|(text, _)| text.to_owned()).collect();
    serde_json::to_string(&ModelText { huntsql_sequence_model: VERSION, smoothing, commands, transitions }).ok()
}

/// Reads a model; `None` where the text is none that [`write()`] could have written.
pub(crate) fn read(text: &str) -> Option<StoredModel> {
    let model: ModelText = serde_json::from_str(text).ok()?;
    let commands = model.commands.len();
    let end = u32::try_from(commands).ok()?;
    let smoothing = model.smoothing;
    let plausible = model.huntsql_sequence_model == VERSION
        && SMOOTHING_RANGE.contains(&smoothing)
        && model.transitions.len() == commands + 1
        && model.commands.is_sorted_by(|a, b| a < b);
    if !plausible {
        return None;
    }
    let pairs = model.transitions.iter().map(|row| row.len() / 2).sum();
    let mut counts = Counts::new(commands, pairs);
    let mut total = 0u64;
    for (row, pairs) in (0..=end).zip(&model.transitions) {
        let before = row.checked_sub(1).unwrap_or(end);
        let mut last = None;
        // Something follows every command that was seen.
        if pairs.len() % 2 != 0 || pairs.is_empty() {
            return None;
        }
        for pair in pairs.chunks_exact(2) {
            let &[next, count] = pair else { return None };
            let next = u32::try_from(next).ok().filter(|next| *next <= end && last.is_none_or(|last| last < *next))?;
            total = total.checked_add(count).filter(|total| count > 0 && *total <= MAX_COUNT)?;
            counts.set(before, next, count);
            last = Some(next);
        }
    }
    Some(StoredModel { commands: model.commands, counts, smoothing })
}

#[cfg(test)]
mod tests {
    use super::super::chain::Chain;
    use super::super::options::ScoreOptions;
    use super::super::score::Scorer;
    use super::*;
    use proptest::prelude::*;

    const NAMES: [&str; 4] = ["b", "never", "a", "\"ü\n"];

    fn counts() -> Counts {
        let mut counts = Counts::new(4, 10);
        for session in [&[0u32, 0][..], &[2, 0, 0], &[3]] {
            counts.add(session.iter().copied());
        }
        counts
    }

    #[test]
    fn there_and_back() {
        let text = write(&counts(), 0.5, |id| NAMES[id as usize]).unwrap();
        assert_eq!(
            text,
            r#"{"huntsql_sequence_model":1,"smoothing":0.5,"commands":["\"ü\n","a","b"],"transitions":[[0,1,1,1,2,1],[3,1],[2,1],[2,2,3,2]]}"#
        );
        let model = read(&text).unwrap();
        let (before, after) = (Chain::new(&counts(), 0.5), Chain::new(&model.counts, model.smoothing));
        let old = |number: u32| match number {
            3 => before.edge(),
            4 => before.unknown(),
            number => NAMES.iter().position(|name| *name == model.commands[number as usize]).unwrap() as u32,
        };
        for first in 0..5 {
            assert!(first == 3 || before.prior(old(first)) == after.prior(first));
            for second in 0..5 {
                assert_eq!(before.transition(old(first), old(second)), after.transition(first, second), "{first} {second}");
            }
        }
        assert_eq!((model.counts.sessions(), counts().sessions()), (3, 3));
    }

    #[test]
    fn nothing_else_is_a_model() {
        let good = r#"{"huntsql_sequence_model":1,"smoothing":1.0,"commands":["a","b"],"transitions":[[0,1],[1,1],[2,1]]}"#;
        assert!(read(good).is_some());
        for (from, to) in [
            (r#"model":1"#, r#"model":2"#),
            ("1.0", "0.0"),
            ("1.0", "-1.0"),
            ("1.0", "1e300"),
            ("1.0", "null"),
            (r#""a","b""#, r#""b","a""#),
            (r#""a","b""#, r#""a","a""#),
            (r#""a","b""#, r#""a""#),
            ("[[0,1],", "["),
            ("[0,1]", "[0]"),
            ("[0,1]", "[0,0]"),
            ("[0,1]", "[0,-1]"),
            ("[0,1]", "[0,1.5]"),
            ("[0,1]", "[3,1]"),
            ("[0,1]", "[1,1,0,1]"),
            ("[0,1]", "[0,1,0,1]"),
            ("[0,1]", "[]"),
            ("[0,1]", "[0,18446744073709551615]"),
            ("[0,1]", "[0,9007199254740992]"),
            ("}", ""),
            ("}", "} x"),
        ] {
            assert!(read(&good.replacen(from, to, 1)).is_none(), "{from} -> {to}");
        }
        for text in ["", "null", "[]", "{}", "\u{0}"] {
            assert!(read(text).is_none(), "{text:?}");
        }
    }

    proptest! {
        /// Whatever is read scores, and with a number.
        #[test]
        fn damaged_models(damage in prop::collection::vec((0usize..150, "[0-9\\[\\],\"{}:a-]{0,2}"), 0..6)) {
            let mut text = write(&counts(), 0.5, |id| NAMES[id as usize]).unwrap().replace('ü', "u");
            for (at, piece) in damage {
                let at = at.min(text.len() - 1);
                text.replace_range(at..=at, &piece);
                if text.is_empty() {
                    return Ok(());
                }
            }
            if let Some(model) = read(&text) {
                let chain = Chain::new(&model.counts, model.smoothing);
                let (options, commands) = (ScoreOptions::default(), model.commands.len() as u32);
                let session: Vec<u32> = (0..commands).chain([chain.unknown(), chain.unknown()]).collect();
                let score = Scorer::new(&chain, &options).score(&session, &[]).unwrap();
                prop_assert!(score.log10_likelihood.is_finite() && score.log10_mean <= 0.0);
            }
        }
    }
}
