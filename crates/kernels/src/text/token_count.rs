//! `token_count(text)`: how many parts a text has.

use crate::prelude::*;
use memchr::memmem;

/// Options of `token_count`.
#[derive(Debug, Clone)]
pub struct TokenCountOptions {
    delimiter: String,
}

impl Default for TokenCountOptions {
    fn default() -> Self {
        Self { delimiter: " ".to_owned() }
    }
}

impl Options for TokenCountOptions {
    const FIELDS: &'static [OptionField] = &[OptionField {
        name: "delimiter",
        kind: OptionKind::Text,
        default: "' '",
        doc: "What stands between the parts: one or more characters.",
    }];

    fn set(&mut self, _name: &str, setting: Setting) -> Result<(), String> {
        match setting {
            Setting::Text(delimiter) if delimiter.is_empty() => Err("must not be empty".to_owned()),
            Setting::Text(delimiter) => {
                self.delimiter = delimiter;
                Ok(())
            }
            _ => Ok(()),
        }
    }
}

/// Kernel of `token_count`.
pub struct TokenCount;

impl ScalarKernel for TokenCount {
    const SPEC: Spec = Spec {
        name: "token_count",
        family: Family::Text,
        summary: "Counts the parts of a text between delimiters.",
        details: "\
One more than there are delimiters: two blanks in a row have an empty part between them, and the empty text is one empty part. The result is that of
MSTICPy's `token_count`.",
        args: &[Arg { name: "text", doc: "A command line or any text." }],
        examples: &[
            Example { sql: "SELECT token_count('The quick & sly (as all foxes might be/or not) fox, jumped over a frog.') AS n", result: "15" },
            Example { sql: "SELECT token_count('/var/www/html/index.php', {'delimiter': '/'}) AS n", result: "5" },
        ],
    };
    type Args<'a> = (&'a str,);
    type Options = TokenCountOptions;
    type Out<'a> = i64;
    type Scratch = ();

    fn eval<'a>((): &'a mut (), options: &'a TokenCountOptions, (text,): (&'a str,)) -> KernelResult<i64> {
        Ok(Some(token_count(text, &options.delimiter)))
    }
}

/// Number of parts of `text` between `delimiter`s.
pub fn token_count(text: &str, delimiter: &str) -> i64 {
    let delimiters = match delimiter.as_bytes() {
        [byte] => memchr::memchr_iter(*byte, text.as_bytes()).count(),
        delimiter => memmem::find_iter(text.as_bytes(), delimiter).count(),
    };
    i64::try_from(delimiters).unwrap_or(i64::MAX).saturating_add(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::options::{Value, parse};
    use proptest::prelude::*;

    #[test]
    fn cases() {
        for (text, delimiter, expected) in [
            ("", " ", 1),
            ("a", " ", 1),
            (" ", " ", 2),
            ("a  b ", " ", 4),
            ("a\tb", " ", 1),
            ("The quick & sly (as all foxes might be/or not) fox, jumped over a frog.", " ", 15),
            ("aaaa", "aa", 3),
            ("aaa", "aa", 2),
            ("a→b→c", "→", 3),
        ] {
            assert_eq!(token_count(text, delimiter), expected, "{text:?} {delimiter:?}");
        }
        let empty = Value::Struct(vec![("delimiter".into(), Value::Text(String::new()))]);
        assert!(parse::<TokenCountOptions>("token_count", &empty).unwrap_err().to_string().contains("must not be empty"));
    }

    proptest! {
        #[test]
        fn as_split_counts(text in "[ab→]{0,40}", delimiter in "[ab→]{1,3}") {
            prop_assert_eq!(token_count(&text, &delimiter), text.split(&delimiter).count() as i64);
        }
    }
}
