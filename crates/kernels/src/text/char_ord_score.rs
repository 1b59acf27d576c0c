//! `char_ord_score(text)`: the sum of the characters' numbers.

use crate::prelude::*;

/// Options of `char_ord_score`.
#[derive(Debug, Clone)]
pub struct CharOrdScoreOptions {
    scale: i64,
}

impl Default for CharOrdScoreOptions {
    fn default() -> Self {
        Self { scale: 1 }
    }
}

impl Options for CharOrdScoreOptions {
    const FIELDS: &'static [OptionField] = &[OptionField {
        name: "scale",
        kind: OptionKind::Int(1, 1_000_000_000),
        default: "1",
        doc: "The sum is divided by this and rounded down, so that small changes of the text do not show.",
    }];

    fn set(&mut self, _name: &str, setting: Setting) -> Result<(), String> {
        if let Setting::Int(scale) = setting {
            self.scale = scale;
        }
        Ok(())
    }
}

/// Kernel of `char_ord_score`.
pub struct CharOrdScore;

impl ScalarKernel for CharOrdScore {
    const SPEC: Spec = Spec {
        name: "char_ord_score",
        family: Family::Text,
        summary: "Adds up the code points of a text: names that differ little have scores that differ little.",
        details: "\
A feature to cluster paths and command lines by. The result is that of MSTICPy's `char_ord_score`. Texts with the same characters in another order have the same
score, and random parts (GUIDs, numbers) move it: `command_pattern` takes them out first.",
        args: &[Arg { name: "text", doc: "A path, a command line or any text." }],
        examples: &[
            Example { sql: "SELECT char_ord_score('The quick & sly (as all foxes might be/or not) fox, jumped over a frog.') AS score", result: "6199" },
            Example { sql: "SELECT char_ord_score('svchost.exe', {'scale': 100}) AS known, char_ord_score('svch0st.exe', {'scale': 100}) AS odd", result: "11 | 10" },
        ],
    };
    type Args<'a> = (&'a str,);
    type Options = CharOrdScoreOptions;
    type Out<'a> = i64;
    type Scratch = ();

    fn eval<'a>((): &'a mut (), options: &'a CharOrdScoreOptions, (text,): (&'a str,)) -> KernelResult<i64> {
        Ok(Some(char_ord_score(text) / options.scale.max(1)))
    }
}

/// Sum of the code points of `text`.
pub fn char_ord_score(text: &str) -> i64 {
    if text.is_ascii() { text.bytes().map(i64::from).sum() } else { text.chars().map(|c| i64::from(u32::from(c))).sum() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cases() {
        for (text, expected) in [
            ("", 0),
            ("a", 97),
            ("The quick & sly (as all foxes might be/or not) fox, jumped over a frog.", 6199),
            ("ä", 228),
            ("aä日\u{10ffff}", 97 + 228 + 0x65e5 + 0x10ffff),
        ] {
            assert_eq!(char_ord_score(text), expected, "{text:?}");
        }
    }
}
