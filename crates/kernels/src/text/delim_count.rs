//! `delim_count(text)`: how many separators a text has.

use super::delimiters::Delimiters;
use crate::prelude::*;

/// Kernel of `delim_count`.
pub struct DelimCount;

impl ScalarKernel for DelimCount {
    const SPEC: Spec = Spec {
        name: "delim_count",
        family: Family::Text,
        summary: "Counts the characters that separate the parts of a command line: white space and punctuation.",
        details: "\
Command lines of one kind have as many separators whatever stands between them, so the number is a feature to cluster by. White space is that of Unicode, with
the control characters U+001C to U+001F; punctuation is `-\\/.,\"'|&:;%$()`. The result is that of MSTICPy's `delim_count`.",
        args: &[Arg { name: "text", doc: "A command line or any text." }],
        examples: &[
            Example { sql: "SELECT delim_count('The quick & sly (as all foxes might be/or not) fox, jumped over a frog.') AS n", result: "20" },
            Example { sql: "SELECT delim_count('/var/www/html/index.php', {'delimiters': '/'}) AS depth", result: "4" },
        ],
    };
    type Args<'a> = (&'a str,);
    type Options = Delimiters;
    type Out<'a> = i64;
    type Scratch = ();

    fn eval<'a>((): &'a mut (), delimiters: &'a Delimiters, (text,): (&'a str,)) -> KernelResult<i64> {
        Ok(Some(delim_count(text, delimiters)))
    }
}

/// Number of delimiters in `text`.
pub fn delim_count(text: &str, delimiters: &Delimiters) -> i64 {
    let mut count = 0;
    delimiters.each(text, |_| count += 1);
    count
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::options::{Value, parse};

    #[test]
    fn cases() {
        for (text, expected) in [
            ("", 0),
            ("abc", 0),
            ("The quick & sly (as all foxes might be/or not) fox, jumped over a frog.", 20),
            ("a b\tc\nd", 3),
            // Python: len(re.findall(r'\s', ...)) of these is 5.
            ("a\u{a0}b\u{2003}c\u{85}d\u{1f}e\u{3000}", 5),
            ("\u{200b}\u{feff}\u{180e}", 0),
            ("ä-é", 1),
            (r#"-\/.,"'|&:;%$()"#, 15),
            ("#=+*@!?<>[]{}_~^`", 0),
        ] {
            assert_eq!(delim_count(text, &Delimiters::default()), expected, "{text:?}");
        }
    }

    #[test]
    fn own_delimiters() {
        let of = |text: &str| parse::<Delimiters>("delim_count", &Value::Struct(vec![("delimiters".into(), Value::Text(text.into()))]));
        assert_eq!(delim_count("a→b c→d", &of("→").unwrap()), 2);
        assert_eq!(delim_count("a b=c", &of("=").unwrap()), 1);
        assert!(of("").unwrap_err().to_string().contains("must hold a character"));
    }
}
