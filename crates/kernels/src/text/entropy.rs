//! `entropy(text)`: how evenly the characters of a text are spread.

use crate::prelude::*;

/// Kernel of `entropy`.
pub struct Entropy;

impl ScalarKernel for Entropy {
    const SPEC: Spec = Spec {
        name: "entropy",
        family: Family::Text,
        summary: "Measures the Shannon entropy of a text in bits per character.",
        details: "DuckDB has an aggregate of this name: there the function is `huntsql_entropy`, a name that works on every engine.\n\n\
The sum of c/n * log2(n/c) over the different characters, where n is the number of characters in the text and c how often one of them stands
in it. A character is a Unicode code point; upper and lower case differ. 0 for the empty text and for runs of one character; never more than
log2(n). Random base64 of some length comes close to 6, random hex to 4, English words lie around 3 to 4.

Short texts have low values whatever they hold (8 characters reach 3 at most): compare texts of like length, or divide by `log2` of the length.",
        args: &[Arg { name: "text", doc: "Any text." }],
        examples: &[
            Example { sql: "SELECT huntsql_entropy('aaaa') AS a, huntsql_entropy('abab') AS b, huntsql_entropy('abcdefgh') AS c", result: "0.0 | 1.0 | 3.0" },
            Example { sql: "SELECT round(huntsql_entropy('google'), 3) AS name, round(huntsql_entropy('xkqzjw9f3h7vbp'), 3) AS generated", result: "1.918 | 3.807" },
        ],
    };
    type Args<'a> = (&'a str,);
    type Options = NoOptions;
    type Out<'a> = f64;
    type Scratch = Vec<char>;

    fn eval<'a>(wide: &'a mut Vec<char>, _: &'a NoOptions, (text,): (&'a str,)) -> KernelResult<f64> {
        Ok(Some(entropy(text, wide)))
    }
}

/// Shannon entropy of `text` in bits per character. `wide` is a buffer for the characters outside ASCII.
///
/// The terms are added in order of the code points, so that the sum is the same bits everywhere.
pub fn entropy(text: &str, wide: &mut Vec<char>) -> f64 {
    let mut ascii = [0u64; 128];
    let mut total = 0u64;
    wide.clear();
    for c in text.chars() {
        total += 1;
        match ascii.get_mut(c as usize) {
            Some(count) => *count += 1,
            None => wide.push(c),
        }
    }
    wide.sort_unstable();
    let runs = wide.chunk_by(|a, b| a == b).map(|run| run.len() as u64);
    let total = total as f64;
    ascii.into_iter().filter(|count| *count > 0).chain(runs).fold(0.0, |sum, count| {
        let count = count as f64;
        sum + count / total * (total / count).log2()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn of(text: &str) -> f64 {
        entropy(text, &mut Vec::new())
    }

    #[test]
    fn cases() {
        for (text, expected) in [
            ("", 0.0),
            ("a", 0.0),
            ("aaaaaaa", 0.0),
            ("ab", 1.0),
            ("äö", 1.0),
            ("aä", 1.0),
            ("abcd", 2.0),
            ("日本語日", 1.5),
            ("0123456789abcdef", 4.0),
            ("\0\u{1}", 1.0),
            ("aA", 1.0),
        ] {
            assert_eq!(of(text), expected, "{text:?}");
            assert!(of(text).is_sign_positive(), "{text:?}: no -0");
        }
        let all: String = (0..256u32).filter_map(char::from_u32).collect();
        assert_eq!(of(&all), 8.0);
        assert!((of("google") - 1.918_295_834_054_489_6).abs() < 1e-12);
    }

    proptest! {
        #[test]
        fn bounded_and_blind_to_order(text in "\\PC*") {
            let value = of(&text);
            let n = text.chars().count().max(1) as f64;
            prop_assert!((0.0..=n.log2() + 1e-9).contains(&value));
            prop_assert_eq!(value.to_bits(), of(&text.chars().rev().collect::<String>()).to_bits());
        }
    }
}
